/** The package as its users get it: packed, installed into an empty project, imported, compiled, put on a page. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { browsersUnderTest, launch, openPage, videoFrames } from '../helpers/browser.mjs';
import { closing } from '../helpers/person.mjs';
import { serve } from '../helpers/static-server.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const exec = promisify(execFile);
const run = (command, args, cwd = root) => exec(command, args, { cwd, maxBuffer: 1 << 26 });

let project;
let contents;

before(async () => {
  project = await mkdtemp(join(tmpdir(), 'rtc-call-consumer-'));
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project]);
  const [{ filename, files }] = JSON.parse(stdout);
  contents = files.map(({ path }) => path);
  await writeFile(
    join(project, 'package.json'),
    '{ "name": "consumer", "private": true, "type": "module" }\n',
  );
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${filename}`], project);
});
after(() => rm(project, { recursive: true, force: true }));

const inNode = async (source) => {
  await writeFile(join(project, 'program.mjs'), source);
  return (await run(process.execPath, ['program.mjs'], project)).stdout.trim();
};

describe('the package', () => {
  it('holds what it needs and nothing else', () => {
    const folders = new Set(contents.map((path) => path.split('/')[0]));
    const expected = [
      'LICENSE',
      'README.md',
      'README.zh-CN.md',
      'cdn',
      'custom-elements.json',
      'dist',
      'package.json',
      'src',
    ];
    assert.deepEqual([...folders].sort(), expected.sort());
    for (const path of [
      'cdn/rtc-call.min.js',
      'cdn/rtc-call.iife.min.js',
      'cdn/LICENSES.txt',
      'cdn/locales/de.js',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/index.js.map',
      'dist/core.js',
      'dist/define.js',
      'dist/components/rtc-call.js',
    ]) {
      assert.ok(contents.includes(path), `${path} is missing`);
    }
  });

  it('brings the licences of what its bundles hold', async () => {
    const text = await readFile(join(project, 'node_modules/rtc-call/cdn/LICENSES.txt'), 'utf8');
    for (const name of [
      '@lit/context',
      '@lit/reactive-element',
      '@shoelace-style/localize',
      'lit-element',
      'lit-html',
    ]) {
      assert.match(text, new RegExp(`^${name} \\d`, 'm'));
    }
    assert.match(text, /Redistributions in binary form must reproduce the above copyright/);
  });

  it('imports in plain Node, without side effects', async () => {
    const printed = await inNode(`
      const before = Object.keys(globalThis).sort().join();
      const { CallController } = await import('rtc-call/core.js');
      if (Object.keys(globalThis).sort().join() !== before) throw new Error('core.js left a global behind');
      const { RtcCall } = await import('rtc-call');
      await import('rtc-call/components/rtc-local-video.js');
      await import('rtc-call/define.js');
      const call = new CallController({ name: 'Ana' });
      const failure = await call.start().catch((error) => error.code);
      console.log(call.state.phase, failure, typeof RtcCall);
    `);
    assert.equal(printed, 'idle unsupported function');
  });

  it('imports words in plain Node', async () => {
    const printed = await inNode(`
      const { registerTranslation } = await import('rtc-call');
      const { ar } = await import('rtc-call/locales/ar.js');
      await import('rtc-call/cdn/locales/de.js');
      registerTranslation({ $code: 'en', leave: 'Hang up' });
      console.log(ar.$dir, ar.leave);
    `);
    assert.equal(printed, 'rtl مغادرة');
  });

  it('has the version that it says', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const printed = await inNode(`
      const { RtcCall } = await import('rtc-call');
      console.log(RtcCall.version);
    `);
    assert.equal(printed, version);
  });

  for (const resolution of ['nodenext', 'bundler']) {
    it(`compiles under strict with the resolution of ${resolution}`, async () => {
      await copyFile(join(root, 'test/types/consumer.ts'), join(project, 'consumer.ts'));
      const compilerOptions = {
        target: 'ES2022',
        lib: ['ES2023', 'DOM', 'DOM.Iterable'],
        module: resolution === 'bundler' ? 'ESNext' : 'NodeNext',
        moduleResolution: resolution,
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noEmit: true,
        types: [],
      };
      await writeFile(
        join(project, 'tsconfig.json'),
        JSON.stringify({ compilerOptions, files: ['consumer.ts'] }),
      );
      const compiler = join(root, 'node_modules/typescript/bin/tsc');
      await run(process.execPath, [compiler, '-p', 'tsconfig.json'], project).catch((error) => {
        assert.fail(error.stdout);
      });
    });
  }

  for (const name of browsersUnderTest()) {
    it(`speaks the languages whose files a page loads, in any order (${name})`, async (t) => {
      await writeFile(
        join(project, 'languages.html'),
        `<!doctype html><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
         <script src="node_modules/rtc-call/cdn/locales/de.js"></script>
         <script type="module" src="node_modules/rtc-call/cdn/rtc-call.min.js"></script>
         <script type="module" src="node_modules/rtc-call/cdn/locales/pt-br.js"></script>
         <script type="module">
           import { registerTranslation } from './node_modules/rtc-call/cdn/rtc-call.min.js';
           registerTranslation({ $code: 'ko', joinLede: '-' });
         </script>
         <script src="node_modules/rtc-call/cdn/rtc-call.iife.min.js"></script>
         <script src="node_modules/rtc-call/cdn/locales/ko.js"></script>
         <rtc-call lang="de-AT"><rtc-join></rtc-join></rtc-call>
         <rtc-call lang="pt"><rtc-join></rtc-join></rtc-call>
         <rtc-call lang="ko"><rtc-join></rtc-join></rtc-call>
         <rtc-call lang="zh-CN"><rtc-join></rtc-join></rtc-call>
         <rtc-call lang="eo"><rtc-join></rtc-join></rtc-call>`,
      );
      const server = closing(t, await serve(project));
      const browser = closing(t, await launch(name));
      const page = await openPage(browser, new URL('languages.html', server.url).href);
      const titles = ['Am Anruf teilnehmen', 'Entrar na chamada', '통화에 참여', '加入通话', 'Join the call'];
      await page.waitForFunction(
        (wanted) => {
          const joins = [...document.querySelectorAll('rtc-join')];
          return joins.every(({ shadowRoot }, index) => shadowRoot?.textContent.includes(wanted[index]));
        },
        { timeout: 10_000 },
        titles,
      );
      assert.deepEqual(page.problems, []);
    });

    it(`makes a call on a page of a stranger (${name})`, async (t) => {
      await writeFile(
        join(project, 'page.html'),
        `<!doctype html><title>A page</title><link rel="icon" href="data:,">
         <script src="node_modules/rtc-call/cdn/rtc-call.iife.min.js"></script>
         <script type="module" src="node_modules/rtc-call/cdn/rtc-call.min.js"></script>
         <rtc-call id="a" autostart></rtc-call><rtc-call id="b" autostart></rtc-call>
         <script>
           a.addEventListener('rtc-signal', (e) => b.receiveSignal(JSON.stringify(e.detail)));
           b.addEventListener('rtc-signal', (e) => a.receiveSignal(JSON.stringify(e.detail)));
         </script>`,
      );
      const server = closing(t, await serve(project));
      const browser = closing(t, await launch(name));
      const page = await openPage(browser, new URL('page.html', server.url).href);
      for (const id of ['a', 'b']) await videoFrames(page, `#${id} >>> rtc-remote-video >>> video`, 5);
      assert.deepEqual(page.problems, []);
    });
  }
});
