/** Every example of the documentation that is marked as one that runs does what it says. See examples.mjs. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEvents } from '../../demo/recipes/server-sent-events-server.mjs';
import { startSocketIo } from '../../demo/recipes/socket-io-server.mjs';
import { browsersUnderTest, launch, openPage } from '../helpers/browser.mjs';
import { closing } from '../helpers/person.mjs';
import { serveExamples } from './example-server.mjs';
import { pageOf, readExamples } from './examples.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const examples = readExamples();
/** Those with which people begin, in the second browser too. */
const inBoth = /^(README.*|docs\/(zh\/)?get-started)\.md$/;
const limitMs = 20_000;
/** Several calls at once are many pictures to encode; here a few will do. */
const fewPictures = { chromium: ['--use-fake-device-for-media-stream=fps=5'], firefox: [] };

let server;
before(async () => {
  server = await serveExamples();
});
after(() => server.close());

/** Runs in the page: what the code of a check can use, and the check. */
async function checkInPage(code, limit) {
  let call;
  const until = async (condition) => {
    const deadline = performance.now() + limit;
    while (!(await condition())) {
      const { phase, participants } = call?.controller?.state ?? call?.state ?? {};
      if (performance.now() > deadline)
        throw new Error(`not in time: ${condition} (${phase}, ${participants?.length})`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const connected = async () => {
    await until(() => call.start);
    if (call.phase === 'idle') void call.start();
    await until(() => call.phase === 'connected');
  };
  const textOf = (node) =>
    [...(node.shadowRoot ?? node).querySelectorAll('*')].reduce(
      (text, inner) => text + (inner.shadowRoot ? textOf(inner) : ''),
      (node.shadowRoot ?? node).textContent,
    );
  await until(
    () => (call = document.querySelector('rtc-call') ?? window.call ?? document.querySelector('video')),
  );
  const says = (text) => until(() => textOf(document).includes(text));
  const AsyncFunction = until.constructor;
  await new AsyncFunction('call', 'until', 'connected', 'says', code)(call, until, connected, says);
}

/** A project of the documentation in a folder of its own, its server running. */
async function startProject(t, { files }, name) {
  const folder = join(root, 'node_modules/.cache/rtc-call/docs', name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  await copyFile(join(root, 'cdn/rtc-call.min.js'), join(folder, 'rtc-call.min.js'));
  const port = await new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
  const child = spawn(process.execPath, ['server.mjs'], {
    cwd: folder,
    env: { ...process.env, PORT: port },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  t.after(() => child.kill());
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 10_000;
  while (!(await fetch(url).catch(() => null))) {
    assert.equal(child.exitCode, null, 'server.mjs ended');
    assert.ok(Date.now() < deadline, 'server.mjs does not answer');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return `${url}/`;
}

const closed = (other) => ({
  close: () =>
    new Promise((resolve) => {
      other.close(resolve);
      other.closeAllConnections();
    }),
});

/** The server of a recipe that an example asks for, or the common one. */
async function originFor(t, { options }) {
  const start = options['socket-io'] ? startSocketIo : options['server-sent-events'] ? startEvents : null;
  if (!start) return server.url;
  const recipe = await start(0);
  closing(t, closed(recipe));
  return `http://127.0.0.1:${recipe.address().port}`;
}

let count = 0;

/** Makes the page of an example there is, and returns its address. */
async function publish(t, example) {
  const path = `/examples/${++count}/`;
  const html = (await pageOf(example))
    .replaceAll('wss://example.org', `${server.url.replace('http', 'ws')}/examples`)
    .replaceAll(/https:\/\/example\.org\/(?=rtc-call|locales)/g, '/')
    .replaceAll('https://example.org', await originFor(t, example))
    .replaceAll('src="rtc-call.min.js"', 'src="/rtc-call.min.js"')
    // Examples that run at the same time share the server.
    .replaceAll(`${server.url.replace('http', 'ws')}/examples`, `${server.url.replace('http', 'ws')}${path}`);
  server.add(path, html);
  return server.url + path;
}

async function runInBrowser(t, browser, example) {
  const { options, check, text } = example;
  const context = closing(t, await browser.createBrowserContext());
  const runs = [{ check: check || (options.two ? 'await connected()' : '') }];
  if (options.two) runs.push({ ...runs[0] });
  if (options.with) {
    const other = examples.find((it) => it.text === text && it.options.id === options.with);
    runs[1] = { check: other.check, url: await publish(t, other) };
  }
  const url = options.project ? await startProject(t, example, `${count++}`) : await publish(t, example);
  const pages = [];
  for (const [index, run] of runs.entries()) {
    const hash = index > 0 ? `#${options.hash ?? 'caller'}` : '';
    pages.push(await openPage(context, (run.url ?? url) + hash));
  }
  const results = await Promise.allSettled(
    pages.map((page, index) => page.evaluate(checkInPage, runs[index].check, limitMs)),
  );
  const problems = pages.flatMap((page) => page.problems);
  assert.deepEqual([...problems, ...results.flatMap(({ reason }) => (reason ? [reason.message] : []))], []);
}

async function runInNode({ code, check }) {
  const args = ['--input-type=module', '--eval', `${code}\n${check}`];
  await promisify(execFile)(process.execPath, args, { cwd: root });
}

for (const name of browsersUnderTest()) {
  const isFirst = name === browsersUnderTest()[0];
  const those = examples.filter(({ text }) => isFirst || inBoth.test(text));
  // In Firefox a page that opens while another context closes may be gone at once ("no such frame").
  const concurrency = name === 'firefox' ? 1 : 2;
  describe(`the examples (${name})`, { concurrency }, () => {
    let browser;
    before(async () => {
      browser = await launch(name, { args: fewPictures[name] });
    });
    after(() => browser.close());

    for (const example of those) {
      const { title, options } = example;
      it(`${title} ${options.compile ? 'compiles' : 'does what it says'}`, async (t) => {
        if (options.node) await runInNode(example);
        else if (options.compile) assert.ok(await pageOf(example));
        else await runInBrowser(t, browser, example);
      });
    }
  });
}
