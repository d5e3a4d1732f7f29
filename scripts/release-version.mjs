/**
 * Turns the changesets into the next version: `npm run release:version`. Changesets raises package.json and writes
 * CHANGELOG.md; the number in src/version.ts and package-lock.json follows. Nothing is committed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tool } from './tools.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

const former = readJson('package.json').version;
if (!tool('@changesets/cli', ['version'], { bin: 'changeset' })) process.exit(1);
const { version } = readJson('package.json');

const source = readFileSync('src/version.ts', 'utf8');
writeFileSync('src/version.ts', source.replace(`'${former}'`, `'${version}'`));

const lock = readJson('package-lock.json');
lock.version = lock.packages[''].version = version;
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);

console.log(former === version ? 'There is no changeset.' : `${former} → ${version}`);
