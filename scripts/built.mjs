import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A folder and everything in it. */
export function* entries(folder) {
  yield folder;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* entries(path);
    else yield path;
  }
}

/** Whether dist/ and cdn/ hold the sources as they are now. The working folder is the repository. */
export function isBuilt() {
  const outputs = [
    'dist/define.js',
    'cdn/rtc-call.min.js',
    'cdn/rtc-call.iife.min.js',
    'custom-elements.json',
  ];
  if (!outputs.every((path) => existsSync(path))) return false;
  const inputs = [
    ...entries('src'),
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'rollup.config.mjs',
  ];
  const newest = Math.max(...inputs.map((path) => statSync(path).mtimeMs));
  return outputs.every((path) => statSync(path).mtimeMs >= newest);
}
