/** `<rtc-call>` rendered on a server by @lit-labs/ssr, and taken over by a browser. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import nodeResolve from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { browsersUnderTest, launch, openPage, videoFrames } from '../helpers/browser.mjs';
import { packedProject } from '../helpers/packed.mjs';
import { closing } from '../helpers/person.mjs';
import { serve } from '../helpers/static-server.mjs';

const exec = promisify(execFile);

/** What a server does for every request. */
const program = `
  import { render } from '@lit-labs/ssr';
  import { collectResult } from '@lit-labs/ssr/lib/render-result.js';
  import { html } from 'lit';
  import 'rtc-call/define.js';
  const page = html\`<rtc-call id="ana" name="Ana" no-audio></rtc-call>
    <rtc-call id="ben" name="Ben" no-audio></rtc-call>
    <rtc-call id="own"><rtc-status></rtc-status><rtc-remote-video></rtc-remote-video>
      <rtc-controls></rtc-controls><rtc-chat></rtc-chat></rtc-call>\`;
  process.stdout.write(await collectResult(render(page)));
`;

/** The server speaks English, the page German. */
const clients = {
  'with define.js alone': `
    import 'rtc-call/locales/de.js';
    import 'rtc-call/define.js';`,
  "after lit's own hydration": `
    import '@lit-labs/ssr-client/lit-element-hydrate-support.js';
    import 'rtc-call/locales/de.js';
    import 'rtc-call/define.js';`,
};

/** In the page: the headings of the join screens that a call shows. */
const joinScreens = () => {
  const { shadowRoot } = document.querySelector('#ana');
  const joins = [...(shadowRoot?.querySelectorAll('rtc-join') ?? [])];
  return joins.flatMap((join) =>
    [...(join.shadowRoot?.querySelectorAll('[part="title"]') ?? [])].map((title) => title.textContent.trim()),
  );
};

describe('rendered on a server', () => {
  let project;
  let markup;

  before(async () => {
    project = await packedProject(['@lit-labs/ssr', '@lit-labs/ssr-client']);
    await writeFile(join(project.folder, 'program.mjs'), program);
    const { stdout, stderr } = await exec(process.execPath, ['program.mjs'], { cwd: project.folder });
    assert.equal(stderr, '');
    markup = stdout;
  });
  after(() => project?.remove());

  it('a call has its join screen in the markup', () => {
    assert.match(markup, /<rtc-call[^>]* id="ana"[^>]*><template shadowroot="open" shadowrootmode="open">/);
    assert.match(markup, /<rtc-join[^>]*>/);
    assert.match(markup, /part="join-button"/);
    assert.match(markup, /Join the call/);
  });

  for (const name of browsersUnderTest()) {
    for (const [client, source] of Object.entries(clients)) {
      it(`a call is taken over ${client} (${name})`, async (t) => {
        const input = join(project.folder, 'client.mjs');
        await writeFile(input, source);
        const build = await rollup({
          input,
          plugins: [nodeResolve({ exportConditions: ['production', 'browser'] })],
        });
        await build.write({ file: join(project.folder, 'client.js'), format: 'es' });
        await build.close();
        await writeFile(
          join(project.folder, 'page.html'),
          `<!doctype html><html lang="de"><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
           ${markup}
           <script>
             window.atFirst = (${joinScreens})();
             ana.addEventListener('rtc-signal', (e) => ben.receiveSignal(e.detail));
             ben.addEventListener('rtc-signal', (e) => ana.receiveSignal(e.detail));
           </script>
           <script type="module" src="client.js"></script>`,
        );
        const server = closing(t, await serve(project.folder));
        const browser = closing(t, await launch(name));
        const page = await openPage(browser, `${server.url}/page.html`);
        assert.deepEqual(await page.evaluate('atFirst'), ['Join the call'], 'before any script');
        assert.deepEqual(await page.evaluate(joinScreens), ['Am Anruf teilnehmen'], 'afterwards, once');
        for (const id of ['ana', 'ben'])
          await page.locator(`#${id} >>> rtc-join >>> [part~="join-button"]`).click();
        for (const id of ['ana', 'ben']) await videoFrames(page, `#${id} >>> rtc-remote-video >>> video`, 5);
        const own = await page.$eval('#own', ({ shadowRoot }) => shadowRoot.querySelector('rtc-join'));
        assert.equal(own, null, "the page's own layout is alone");
        assert.deepEqual(page.problems, []);
      });
    }
  }
});
