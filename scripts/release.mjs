/**
 * Prepares a release without publishing anything: `npm run release:dry`. Builds, checks the package as npm would pack
 * it, lists the licences of everything that users install with it, and writes the hashes of the bundles into the
 * documents (between `<!-- integrity -->` and `<!-- /integrity -->`).
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { node, tool } from './tools.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const read = (path) => readFileSync(path, 'utf8');
const readJson = (path) => JSON.parse(read(path));

const bundles = ['cdn/rtc-call.min.js', 'cdn/rtc-call.iife.min.js'];
const documents = ['README.md'];
/** What may be packed: folders and files at the top of the package. */
const packed = ['LICENSE', 'README.md', 'cdn', 'custom-elements.json', 'dist', 'package.json', 'src'];
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

const integrityOf = (path) => `sha384-${createHash('sha384').update(readFileSync(path)).digest('base64')}`;

/** The lines between the marks of a document: one a bundle. */
const integrityLines = () =>
  ['```text', ...bundles.map((path) => `${path}  ${integrityOf(path)}`), '```'].join('\n');

function writeHashes() {
  let isGood = true;
  for (const path of documents.filter(existsSync)) {
    const text = read(path);
    const marks = /<!-- integrity -->[^]*?<!-- \/integrity -->/;
    if (!marks.test(text)) {
      console.error(`${path} has no place for the hashes: <!-- integrity --><!-- /integrity -->.`);
      isGood = false;
      continue;
    }
    const wanted = text.replace(marks, `<!-- integrity -->\n\n${integrityLines()}\n\n<!-- /integrity -->`);
    if (wanted === text) continue;
    writeFileSync(path, wanted);
    console.log(`Hashes written into ${path}.`);
  }
  console.log(integrityLines());
  return isGood;
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
];

const failed = [];
for (const [name, check] of steps) {
  console.log(`\n## ${name}`);
  if (!check()) failed.push(name);
}
console.log(failed.length === 0 ? '\nReady.' : `\n✖ Failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
