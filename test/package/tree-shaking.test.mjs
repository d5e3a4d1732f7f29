/** What a bundler keeps of the packed package, and what importing it does in plain Node. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import nodeResolve from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { packedProject } from '../helpers/packed.mjs';

const exec = promisify(execFile);

let project;
before(async () => {
  project = await packedProject();
});
after(() => project?.remove());

/** Bundles a program and returns its code and the modules that are left in it: `rtc-call/dist/…`, `lit/…`. */
async function bundle(source) {
  const input = join(project.folder, 'program.mjs');
  await writeFile(input, source);
  const build = await rollup({
    input,
    plugins: [nodeResolve({ exportConditions: ['production', 'browser'] })],
    onwarn(warning) {
      if (warning.code !== 'EMPTY_BUNDLE') throw new Error(warning.message);
    },
  });
  const {
    output: [{ code, modules }],
  } = await build.generate({ format: 'es' });
  await build.close();
  const left = Object.entries(modules)
    .filter(([, { renderedLength }]) => renderedLength > 0)
    .map(([id]) => id.split('/node_modules/').at(-1))
    .filter((id) => !id.endsWith('program.mjs'));
  return { code, left };
}

const elements = (left) => left.map((id) => /components\/(rtc-[a-z-]+)\.js$/.exec(id)?.[1]).filter(Boolean);

describe('a bundle', () => {
  it('is empty when nothing of the classes is used', async () => {
    const { left } = await bundle(`import 'rtc-call'; import 'rtc-call/core.js'; import 'rtc-call/react';`);
    assert.deepEqual(left, []);
  });

  it('holds one small class without anything else', async () => {
    const { left } = await bundle(`import { CallError } from 'rtc-call'; console.log(CallError);`);
    assert.deepEqual(left, ['rtc-call/dist/core/errors.js']);
    const events = await bundle(`import { RtcSignalEvent } from 'rtc-call'; console.log(RtcSignalEvent);`);
    assert.deepEqual(events.left, ['rtc-call/dist/components/events.js']);
  });

  it('holds the core without lit', async () => {
    const { left } = await bundle(`import { CallController } from 'rtc-call'; console.log(CallController);`);
    assert.ok(left.includes('rtc-call/dist/core/mesh.js'));
    assert.deepEqual(
      left.filter((id) => !id.startsWith('rtc-call/dist/core/')),
      [],
    );
  });

  for (const entry of ['rtc-call', 'rtc-call/components/rtc-local-video.js']) {
    it(`holds one element of ${entry}, without the others and the core of the call`, async () => {
      const { code, left } = await bundle(
        `import { RtcLocalVideo } from '${entry}'; console.log(RtcLocalVideo);`,
      );
      assert.deepEqual(elements(left), ['rtc-local-video']);
      assert.ok(!left.includes('rtc-call/dist/core/mesh.js'), 'the mesh is left');
      assert.ok(!left.includes('rtc-call/dist/define.js'));
      assert.ok(!code.includes('customElements.define'));
    });
  }

  it('holds every element with define.js, even when nothing of it is used', async () => {
    const { code, left } = await bundle(`import 'rtc-call/define.js';`);
    assert.equal(elements(left).length, 8);
    assert.ok(code.includes('customElements.define'));
  });

  it('holds the words of a language that is only imported', async () => {
    const { left } = await bundle(`import 'rtc-call/locales/de.js';`);
    assert.ok(left.includes('rtc-call/dist/components/locales/de.js'));
  });
});

describe('in plain Node', () => {
  /** Imports in a process of its own, and returns the names of the global variables then. */
  const globalsAfter = async (specifiers) => {
    const lines = specifiers.map((specifier) => `await import(${JSON.stringify(specifier)});`);
    const source = `${lines.join('\n')}\nconsole.log(JSON.stringify(Object.getOwnPropertyNames(globalThis)));`;
    const { stdout, stderr } = await exec(process.execPath, ['--input-type=module', '-e', source], {
      cwd: project.folder,
      timeout: 20_000,
    });
    assert.equal(stderr, '');
    return JSON.parse(stdout);
  };

  it('every entry is imported without a trace, and the process ends', async () => {
    const home = join(project.folder, 'node_modules/rtc-call');
    const { exports } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
    const entries = [];
    for (const [name, target] of Object.entries(exports)) {
      if (!target.default) continue; // cdn/ is for browsers, the others are JSON
      const specifier = name.replace('.', 'rtc-call');
      if (!name.includes('*')) {
        entries.push(specifier);
        continue;
      }
      const [folder] = target.default.split('*');
      const files = (await readdir(join(home, folder))).filter((file) => file.endsWith('.js'));
      assert.ok(files.length > 0, `${name} is empty`);
      for (const file of files) entries.push(specifier.replace('*.js', file));
    }
    assert.ok(entries.length > 20, `${entries.length} entries`);
    const others = await globalsAfter(['lit', '@lit/context', '@shoelace-style/localize', 'tslib']);
    assert.deepEqual(new Set(await globalsAfter(entries)), new Set(others));
  });
});
