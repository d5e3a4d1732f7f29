/**
 * Checks everything: `npm run verify`, or `npm run verify -- --no-tests` for all but the tests. Goes on after a
 * failure, so that one run shows them all.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { node, tool } from './tools.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const manifestFile = 'custom-elements.json';
const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null);

const git = (...args) => spawnSync('git', args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });

const manifestBefore = read(manifestFile);

function checkManifest() {
  if (read(manifestFile) !== manifestBefore) {
    console.error(`${manifestFile} was stale. The build has written it anew: commit it.`);
    return false;
  }
  if (git('rev-parse', '--is-inside-work-tree').status !== 0) return true;
  if (git('ls-files', '--', manifestFile).stdout.trim() === '') {
    console.error(`${manifestFile} is not in git: add it.`);
    return false;
  }
  const { status, stdout } = git('diff', '--exit-code', '--', manifestFile);
  if (status !== 0) console.error(`${manifestFile} differs from the one in git:\n${stdout}`);
  return status === 0;
}

/** The core alone, bundled as a user's bundler would, to be measured. */
async function bundleCore() {
  const [{ rollup }, { plugins, minify }] = await Promise.all([
    import('rollup'),
    import('../rollup.config.mjs'),
  ]);
  const bundle = await rollup({ input: 'dist/core.js', plugins });
  await bundle.write({ file: 'node_modules/.cache/rtc-call/core.min.js', format: 'es', plugins: [minify] });
  await bundle.close();
}

const usersTypes = 'test/types/tsconfig.json';

const steps = [
  ['format', () => tool('prettier', ['--check', '--log-level', 'warn', '.'])],
  ['lint', () => tool('eslint', ['.', '--max-warnings', '0'])],
  [
    'templates',
    // A page defines the elements through define.ts, so a template that uses one imports nothing.
    () =>
      tool(
        '@jackolope/lit-analyzer',
        ['src', '--strict', '--maxWarnings', '0', '--rules.no-missing-import', 'off'],
        { bin: 'lit-analyzer', quietly: true },
      ),
  ],
  ['types', () => tool('typescript', ['--noEmit', '--pretty'], { bin: 'tsc' })],
  ['icons', () => node(['scripts/icons.mjs', '--check'])],
  ['build', () => node(['scripts/build.mjs'])],
  ['manifest', checkManifest],
  ['public names', () => node(['scripts/manifest-diff.mjs'])],
  [
    'types for users',
    () => tool('typescript', ['-p', usersTypes, '--noEmit', '--pretty'], { bin: 'tsc' }),
    existsSync(usersTypes),
  ],
  ['package', () => tool('publint', ['--strict'], { quietly: true })],
  [
    'types in package',
    () =>
      tool('@arethetypeswrong/cli', ['--pack', '.', '--profile', 'esm-only'], { bin: 'attw', quietly: true }),
  ],
  ['size', async () => (await bundleCore(), tool('size-limit', []))],
  ['sizes in documents', () => node(['scripts/size-report.mjs', '--check'])],
  ['tests', () => node(['scripts/test.mjs']), !process.argv.includes('--no-tests')],
];

const results = [];
for (const [name, check, wanted = true] of steps) {
  if (!wanted) continue;
  console.log(`\n## ${name}`);
  const started = performance.now();
  let passed = false;
  try {
    passed = await check();
  } catch (error) {
    console.error(error.message);
  }
  results.push({ name, passed, seconds: ((performance.now() - started) / 1000).toFixed(1) });
}

console.log('\n## summary');
for (const { name, passed, seconds } of results) {
  console.log(`${passed ? '✔ pass' : '✖ FAIL'}  ${name.padEnd(18)} ${seconds.padStart(6)} s`);
}
const failures = results.filter(({ passed }) => !passed);
console.log(
  failures.length === 0 ? 'Everything passes.' : `Failed: ${failures.map(({ name }) => name).join(', ')}`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
