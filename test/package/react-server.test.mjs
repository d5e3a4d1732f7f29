/** `<rtc-call>` in a component that React renders on a server and takes over in the browser, as Next does. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { browsersUnderTest, launch, openPage, videoFrames } from '../helpers/browser.mjs';
import { packedProject } from '../helpers/packed.mjs';
import { closing } from '../helpers/person.mjs';
import { serve } from '../helpers/static-server.mjs';

const exec = promisify(execFile);

/** What server and browser share. React attaches no listener to an element that it takes over: an effect does. */
const app = `
  import { createElement as h, useEffect, useRef, useState } from 'react';
  import 'rtc-call/define.js';

  function Room({ name }) {
    const ref = useRef(null);
    const [people, setPeople] = useState([]);
    useEffect(() => {
      const call = ref.current;
      const channel = new BroadcastChannel('room');
      channel.onmessage = ({ data }) => call.receiveSignal(data);
      const send = ({ detail }) => channel.postMessage(detail);
      const greet = ({ detail }) => setPeople((before) => [...before, detail.participant.name]);
      call.constraints = { video: { width: 320, height: 240 } };
      call.addEventListener('rtc-signal', send);
      call.addEventListener('rtc-participant-join', greet);
      return () => {
        channel.close();
        call.removeEventListener('rtc-signal', send);
        call.removeEventListener('rtc-participant-join', greet);
      };
    }, []);
    return h('section', { id: name.toLowerCase() },
      h('rtc-call', { ref, name, 'no-audio': true, 'max-participants': 2 }),
      h('output', null, people.join()));
  }

  export const App = () => h('main', null, h(Room, { name: 'Ana' }), h(Room, { name: 'Ben' }));
`;

const server = `
  import { createElement } from 'react';
  import { renderToString } from 'react-dom/server';
  import { App } from './app.mjs';
  process.stdout.write(renderToString(createElement(App)));
`;

const client = `
  import { createElement } from 'react';
  import { hydrateRoot } from 'react-dom/client';
  import { App } from './app.mjs';
  globalThis.mended = [];
  globalThis.calls = [...document.querySelectorAll('rtc-call')];
  hydrateRoot(document.querySelector('#root'), createElement(App), {
    onRecoverableError: (error) => globalThis.mended.push(String(error)),
  });
`;

describe('rendered by React on a server', { timeout: 120_000 }, () => {
  let project;
  let markup;

  before(async () => {
    project = await packedProject(['react', 'react-dom']);
    for (const [file, text] of Object.entries({ 'app.mjs': app, 'server.mjs': server, 'client.mjs': client }))
      await writeFile(join(project.folder, file), text);
    const { stdout, stderr } = await exec(process.execPath, ['server.mjs'], { cwd: project.folder });
    assert.equal(stderr, '');
    markup = stdout;
    await build({
      entryPoints: [join(project.folder, 'client.mjs')],
      outfile: join(project.folder, 'client.js'),
      bundle: true,
      format: 'esm',
      // The development build says what differs between server and browser.
      define: { 'process.env.NODE_ENV': '"development"' },
      logLevel: 'warning',
    });
    await writeFile(
      join(project.folder, 'page.html'),
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
       <div id="root">${markup}</div><script type="module" src="client.js"></script>`,
    );
  });
  after(() => project?.remove());

  it('a call is in the markup with its attributes', () => {
    assert.match(markup, /<rtc-call name="Ana" no-audio="" max-participants="2"><\/rtc-call>/);
  });

  for (const name of browsersUnderTest()) {
    it(`a call is taken over as it is, and works (${name})`, async (t) => {
      const site = closing(t, await serve(project.folder));
      const browser = closing(t, await launch(name));
      const page = await openPage(browser, `${site.url}/page.html`);
      for (const id of ['ana', 'ben'])
        await page.locator(`#${id} >>> rtc-join >>> [part~="join-button"]`).click();
      for (const [id, other] of [
        ['ana', 'Ben'],
        ['ben', 'Ana'],
      ]) {
        await videoFrames(page, `#${id} rtc-call >>> rtc-remote-video >>> video`, 5);
        assert.equal(await page.$eval(`#${id} output`, ({ textContent }) => textContent), other);
      }
      const facts = await page.evaluate(() => ({
        mended: globalThis.mended,
        isSame: globalThis.calls.every((call) => call.isConnected),
        most: document.querySelector('rtc-call').maxParticipants,
        constraints: document.querySelector('rtc-call').constraints,
      }));
      assert.deepEqual(facts, {
        mended: [],
        isSame: true,
        most: 2,
        constraints: { video: { width: 320, height: 240 } },
      });
      assert.deepEqual(page.problems, []);
    });
  }
});
