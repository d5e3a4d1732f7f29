/**
 * Prepares a release without publishing anything: `npm run release:dry`. Builds, checks the package as npm would pack
 * it, lists the licences of everything that users install with it, and writes the hashes of the bundles into the
 * documents: see integrity.mjs. To be committed are they with the version that they belong to, never before.
 *
 * With `--check`, as `npm publish` runs it, nothing is written: documents with other hashes than those of the bundles
 * fail, and so does a package that can not be published with provenance.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { documents, hashesOf, withHashes } from './integrity.mjs';
import { node, tool } from './tools.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const read = (path) => readFileSync(path, 'utf8');
const readJson = (path) => JSON.parse(read(path));

const isCheck = process.argv.includes('--check');

/** What may be packed: folders and files at the top of the package. */
const packed = [
  'LICENSE',
  'README.md',
  'README.zh-CN.md',
  'cdn',
  'custom-elements.json',
  'dist',
  'package.json',
  'src',
];
/** Licences that ask for nothing but their notice. */
const licences = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

/** The packages that are installed with this one, by name, with version and licence. */
function dependencies() {
  const found = new Map();
  const visit = (name) => {
    if (found.has(name)) return;
    const { version, license, dependencies = {} } = readJson(join('node_modules', name, 'package.json'));
    found.set(name, { name, version, license });
    for (const inner of Object.keys(dependencies)) visit(inner);
  };
  for (const name of Object.keys(readJson('package.json').dependencies)) visit(name);
  return [...found.values()].sort((one, other) => one.name.localeCompare(other.name));
}

function checkLicences() {
  const all = dependencies();
  for (const { name, version, license } of all) console.log(`${name} ${version}: ${license}`);
  const others = all.filter(({ license }) => !licences.includes(license));
  for (const { name, license } of others) console.error(`${name} has the licence ${license}: look into it.`);
  return others.length === 0;
}

function checkContents() {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { status, stdout, stderr } = spawnSync('npm', args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) {
    console.error(stderr);
    return false;
  }
  const [{ files, size, unpackedSize }] = JSON.parse(stdout);
  const kB = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
  console.log(`${files.length} files, ${kB(size)} packed, ${kB(unpackedSize)} unpacked`);
  const strange = files.filter(({ path }) => !packed.includes(path.split('/')[0]));
  for (const { path } of strange) console.error(`${path} does not belong into the package.`);
  const missing = packed.filter((part) => !files.some(({ path }) => path.split('/')[0] === part));
  for (const part of missing) console.error(`${part} is missing in the package.`);
  return strange.length + missing.length === 0;
}

async function writeHashes() {
  const { version } = readJson('package.json');
  const hashes = hashesOf('cdn');
  let isGood = true;
  for (const path of documents()) {
    const text = read(path);
    const wanted = await withHashes(text, { path, version, hashes });
    if (wanted === text) continue;
    if (isCheck) {
      console.error(`${path} has not the hashes of ${version}: npm run release:dry writes them.`);
      isGood = false;
      continue;
    }
    writeFileSync(path, wanted);
    console.log(`Hashes written into ${path}: commit them with the version, or take them back.`);
  }
  for (const [file, hash] of Object.entries(hashes)) console.log(`cdn/${file}  ${hash}`);
  return isGood;
}

/** npm signs where a package was built; it asks that the package names that repository. */
function checkProvenance() {
  const { repository, publishConfig } = readJson('package.json');
  if (!publishConfig?.provenance) console.error('publishConfig.provenance is not set in package.json.');
  if (!repository)
    console.error('package.json names no repository: npm refuses provenance without, see CONTRIBUTING.md.');
  return Boolean(publishConfig?.provenance && (repository || !isCheck));
}

const steps = [
  ['build', () => node(['scripts/build.mjs'])],
  ['package', () => tool('publint', ['--strict'], { quietly: true })],
  [
    'types in package',
    () =>
      tool('@arethetypeswrong/cli', ['--pack', '.', '--profile', 'esm-only'], { bin: 'attw', quietly: true }),
  ],
  ['contents', checkContents],
  ['licences', checkLicences],
  ['hashes', writeHashes],
  ['provenance', checkProvenance],
];

const failed = [];
for (const [name, check] of steps) {
  console.log(`\n## ${name}`);
  if (!(await check())) failed.push(name);
}
console.log(failed.length === 0 ? '\nReady.' : `\n✖ Failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
