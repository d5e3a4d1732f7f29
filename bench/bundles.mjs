/** One file for each contestant and page, as an application's bundler would make it: minified, nothing shared. */
import { build } from 'esbuild';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = 'node_modules/.cache/rtc-call/bench';

/** Where the bundles are, from the root of the repository. */
export const bundles = `/${outdir}`;

const modulesOf = (folder) =>
  readdirSync(`${root}${folder}`)
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => `${root}${folder}/${name}`);

const options = {
  absWorkingDir: root,
  outdir: `${root}${outdir}`,
  bundle: true,
  minify: true,
  target: 'es2022',
  logLevel: 'error',
  define: { 'process.env.NODE_ENV': '"production"' },
};

/** Needs dist/: `npm run build`. */
export async function makeBundles() {
  await build({
    ...options,
    entryPoints: [...modulesOf('bench/contestants'), ...modulesOf('bench/pages')],
    outbase: `${root}bench`,
    format: 'esm',
    conditions: ['browser'],
  });
}

/**
 * A library in one minified classic script.
 *
 * @param {string} source of an entry that imports it
 * @returns {Promise<string>}
 */
export async function scriptOf(source) {
  const { outputFiles } = await build({
    ...options,
    stdin: { contents: source, resolveDir: root },
    format: 'iife',
    write: false,
  });
  return outputFiles[0].text;
}
