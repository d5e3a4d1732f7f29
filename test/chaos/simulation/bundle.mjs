/** Makes one module of TypeScript sources and what they import of src and test/helpers. */
import { build } from 'esbuild';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * @param source path of the entry, from the root of the repository
 * @param options more options for esbuild
 * @returns the URL of the module in test/artefacts; fast-check stays outside it
 */
export async function bundle(source, options = {}) {
  const outfile = `${root}test/artefacts/${basename(source, '.ts')}.bundle.mjs`;
  await build({
    entryPoints: [root + source],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    external: ['fast-check'],
    sourcemap: 'inline',
    logLevel: 'error',
    ...options,
  });
  return pathToFileURL(outfile).href;
}
