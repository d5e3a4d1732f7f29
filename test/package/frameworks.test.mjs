/** Small apps of each framework against the packed package: the compiler checks them, a browser runs them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildApp } from '../../demo/frameworks/apps.mjs';
import { browsersUnderTest, launch, openPage, videoFrames } from '../helpers/browser.mjs';
import { packedProject } from '../helpers/packed.mjs';
import { serve } from '../helpers/static-server.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

const typescript = /^(\S+)\((\d+),\d+\): error/gm;
const tsc = { program: 'typescript/bin/tsc', args: ['-p', '.'], error: typescript };

const checkers = {
  plain: tsc,
  react: tsc,
  vue: { program: 'vue-tsc/bin/vue-tsc.js', args: ['-p', '.'], error: typescript },
  svelte: {
    program: 'svelte-check/bin/svelte-check',
    args: ['--tsconfig', 'tsconfig.json', '--output', 'machine', '--threshold', 'error'],
    error: /^\d+ ERROR "([^"]+)" (\d+):/gm,
  },
};

/** Runs a checker in a folder and returns the places of its errors, `file:line`, and all that it said. */
const check = ({ program, args, error }, folder) =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, 'node_modules', program), ...args],
      { cwd: folder },
      (_, stdout) => {
        const places = [...stdout.matchAll(error)].map(([, file, line]) => `${file}:${line}`);
        resolve({ places: new Set(places), output: stdout });
      },
    );
  });

/** Where a folder's wrong uses are: every line with `wrong` in it, in the file of that name. */
async function wrongUses(folder) {
  const file = (await readdir(folder)).find((name) => /^wrong\./i.test(name));
  const lines = (await readFile(join(folder, file), 'utf8')).split('\n');
  return new Set(
    lines.flatMap((line, index) => (/"wrong"|\/\/ wrong/.test(line) ? [`${file}:${index + 1}`] : [])),
  );
}

describe('the types for frameworks', () => {
  it('know every property that can be written', async () => {
    const [source, manifest] = await Promise.all(
      ['src/frameworks/markup.ts', 'custom-elements.json'].map((path) => readFile(join(root, path), 'utf8')),
    );
    const elements = JSON.parse(manifest).modules.flatMap(({ declarations }) => declarations);
    for (const { tagName, members } of elements.filter((element) => element.tagName)) {
      const [, picked] = new RegExp(`'${tagName}': Pick<\\s*\\w+,([^>]*)>`).exec(source);
      const written = members.filter(({ kind, readonly }) => kind === 'field' && !readonly);
      assert.deepEqual(
        [...picked.matchAll(/'(\w+)'/g)].map(([, name]) => name).sort(),
        written.map(({ name }) => name).sort(),
        tagName,
      );
    }
  });
});

describe('the package in a framework', { timeout: 180_000 }, () => {
  let project;
  let server;
  let browser;

  before(async () => {
    project = await packedProject([
      'react',
      'react-dom',
      '@types/react',
      '@types/react-dom',
      'vue',
      'svelte',
    ]);
    for (const path of ['demo/frameworks', 'test/package/consumers'])
      await cp(join(root, path), project.folder, { recursive: true });
    server = await serve(project.folder);
    if (browsersUnderTest().includes('chromium')) browser = await launch('chromium');
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    await project?.remove();
  });

  for (const [name, checker] of Object.entries(checkers)) {
    it(`has types for ${name} that refuse wrong uses, and only those`, async () => {
      const folder = join(project.folder, name);
      const expected = await wrongUses(folder);
      assert.ok(expected.size > 3);
      const { places, output } = await check(checker, folder);
      assert.deepEqual(places, expected, output);
    });

    it(`makes a call in ${name}`, { skip: !browsersUnderTest().includes('chromium') }, async () => {
      await buildApp(name, { root: join(project.folder, name) });
      const page = await openPage(browser, `${server.url}/${name}/dist/index.html`);
      for (const [id, other] of [
        ['ana', 'Ben'],
        ['ben', 'Ana'],
      ]) {
        const inner = name === 'plain' ? 'rtc-call >>> ' : '';
        await videoFrames(page, `#${id} ${inner}rtc-remote-video >>> video`, 5);
        const output = await page.$eval(`#${id} output`, ({ textContent }) => textContent);
        assert.equal(output, other, 'the handler of rtc-participant-join was called');
        const call = await page.$eval(`#${id} rtc-call`, ({ constraints, noAudio }) => ({
          constraints,
          noAudio,
        }));
        assert.deepEqual(call, { constraints: { video: { width: 320, height: 240 } }, noAudio: true });
      }
      assert.deepEqual(page.problems, []);
      await page.close();
    });
  }
});
