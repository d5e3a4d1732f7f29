/**
 * Runs the tests in real browsers: `node scripts/test.mjs [unit|e2e|package]…`, all these three without an argument.
 *
 * - unit: test/core and test/components, inside the browsers
 * - e2e: test/e2e, whole pages driven from outside
 * - package: test/package, the built package in plain Node
 * - docs: test/docs, the documentation: its pages, links and examples. Only when it is named.
 * - chaos: test/chaos, calls under faults: simulated, in browsers, across networks. Only when it is named; with
 *   `--full` at full size (hours), otherwise at the size for continuous integration. Further names choose files:
 *   `node scripts/test.mjs chaos network interop`.
 *
 * RTC_BROWSERS=chromium or =firefox chooses one browser. The last line is `N passed, N failed` over everything.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect, stripVTControlCharacters } from 'node:util';
import { findBrowsers } from './browsers.mjs';
import { entries, isBuilt } from './built.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

const SUITES = {
  unit: { folders: ['test/core', 'test/components'], ending: '.test.ts', run: runInBrowsers },
  e2e: {
    folders: ['test/e2e'],
    ending: '.test.mjs',
    run: runInNode,
    needsBuild: true,
    atOnce: 2, // most of their time is waiting
    alone: ['quality'], // a browser short of time sends smaller pictures
  },
  package: { folders: ['test/package'], ending: '.test.mjs', run: runInNode, needsBuild: true },
  docs: { folders: ['test/docs'], ending: '.test.mjs', run: runInNode, needsBuild: true, isOptional: true },
  chaos: {
    folders: ['test/chaos'],
    ending: '.test.mjs',
    run: runInNode,
    needsBuild: true,
    isOptional: true,
    atOnce: 2,
    alone: ['browsers', 'live-fuzz', 'network', 'simulation'], // they take every processor, or measure
  },
};

const isFull = process.argv.includes('--full');
process.env.RTC_FULL = isFull ? '1' : '';

/** A test file that hangs must not hang the run. */
const FILE_TIMEOUT_MS = (isFull ? 6 * 60 : 10) * 60_000;

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** The browsers to test in, by name. Installs them only where a machine has none, or in continuous integration. */
function chooseBrowsers() {
  const wanted = (process.env.RTC_BROWSERS || 'chromium,firefox').split(',').map((name) => name.trim());
  let found = findBrowsers({ wanted });
  const count = ({ notes: _, ...paths }) => Object.keys(paths).length;
  if (count(found) === 0 || (process.env.CI && count(found) < wanted.length)) {
    found = findBrowsers({ wanted, install: true });
  }
  const { notes, ...paths } = found;
  for (const [name, path] of Object.entries(paths)) {
    console.log(`${name}: ${path}`);
    process.env[`RTC_${name.toUpperCase()}`] = path;
  }
  for (const note of notes) console.log(note);
  const names = Object.keys(paths);
  if (names.length === 1 && wanted.length > 1) console.log(`Testing in ${names[0]} only.`);
  process.env.RTC_BROWSERS = names.join(',');
  return names;
}

function build() {
  console.log('Building…');
  return spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' }).status === 0;
}

/** test/core and test/components through Web Test Runner, whose reporter ends with a line of counts. */
async function runInBrowsers() {
  const runner = spawn(process.execPath, ['node_modules/@web/test-runner/dist/bin.js'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((done) => runner.on('close', done));
  let counts;
  let blank = false;
  for await (const coloured of createInterface({ input: runner.stdout })) {
    const line = stripVTControlCharacters(coloured);
    const match = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(line);
    if (match) {
      const [passed, failed, skipped] = match.slice(1).map(Number);
      counts = { passed, failed, skipped };
      continue;
    }
    if (line || !blank) console.log(line);
    blank = !line;
  }
  const exitCode = await ended;
  if (!counts) {
    console.error(`✖ The test runner stopped with code ${exitCode} before it had results.`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  if (exitCode !== 0 && counts.failed === 0) {
    console.error(`✖ The test runner stopped with code ${exitCode}.`);
    counts.failed = 1;
  }
  return counts;
}

/** An error as node prints it, without the frames of the test runner. */
function describe(failure) {
  const error = failure?.cause ?? failure;
  const text = typeof error === 'object' ? inspect(error, { depth: 4 }) : String(error);
  const lines = text.split('\n').filter((line) => !/^\s+at .*\(?node:internal\//.test(line));
  return lines.join('\n').replace(/^(?=.)/gm, '    ');
}

/** Test files for node:test, one process a file, so many at once. */
async function runInNode(files, atOnce = 1) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const path = [];
  const stream = run({
    files: files.map((file) => resolve(file)),
    concurrency: atOnce,
    timeout: FILE_TIMEOUT_MS,
  });
  for await (const { type, data } of stream) {
    if (type === 'test:stdout' || type === 'test:stderr') {
      process[type.slice('test:'.length)].write(data.message);
    } else if (type === 'test:start') {
      path.length = data.nesting;
      path.push(data.name);
    } else if (type === 'test:pass' || type === 'test:fail') {
      const { details, nesting, name } = data;
      const file = data.file ? relative(root, data.file) : '';
      const isFile = resolve(name) === data.file;
      const title = isFile ? file : [file, ...path.slice(0, nesting), name].join(' › ');
      const isSuite = details.type === 'suite';
      const time = seconds(details.duration_ms);
      if (type === 'test:fail' && data.todo === undefined) {
        // The test that failed inside has been counted.
        if (details.error?.failureType === 'subtestsFailed') continue;
        counts.failed++;
        console.log(`✖ ${title} (${time})`);
        console.log(
          isFile
            ? '    The file broke off, or something in it failed outside a test.'
            : describe(details.error),
        );
      } else if (data.skip !== undefined || data.todo !== undefined) {
        if (isSuite) continue;
        counts.skipped++;
        console.log(`- ${title}`);
      } else if (isFile) {
        counts.failed++;
        console.log(`✖ ${title}\n    It has no tests.`);
      } else if (!isSuite) {
        counts.passed++;
        console.log(`✔ ${title} (${time})`);
      }
    }
  }
  return counts;
}

function add(sum, counts) {
  for (const key of Object.keys(sum)) sum[key] += counts[key];
}

const started = performance.now();
const total = { passed: 0, failed: 0, skipped: 0 };

function fail(message) {
  console.error(`✖ ${message}`);
  total.failed++;
}

const words = process.argv.slice(2).filter((word) => word !== '--full');
const chosen = words.filter((word) => Object.hasOwn(SUITES, word));
/** Files of the chaos suite, by name without ending; none: all. */
const chosenFiles = words.filter((word) => existsSync(`test/chaos/${word}.test.mjs`));
for (const name of words) {
  if (!chosen.includes(name) && !chosenFiles.includes(name)) {
    console.error(`There is no suite "${name}": choose from ${Object.keys(SUITES).join(', ')}.`);
    process.exit(2);
  }
}
const suites = Object.entries(SUITES).filter(([name, { isOptional }]) =>
  chosen.length === 0 ? !isOptional : chosen.includes(name),
);

const browsers = chooseBrowsers();
if (browsers.length === 0) {
  fail('No browser to test in.');
} else {
  const built = !suites.some(([, { needsBuild }]) => needsBuild) || isBuilt() || build();
  if (!built) fail('The build failed.');
  for (const [name, { folders, ending, run: runSuite, needsBuild, atOnce, alone = [] }] of suites) {
    const present = folders.filter((folder) => existsSync(folder));
    const files = present
      .flatMap((folder) => [...entries(folder)])
      .filter((file) => file.endsWith(ending))
      .filter((file) => chosenFiles.length === 0 || chosenFiles.includes(basename(file, ending)));
    if (present.length === 0 || (needsBuild && !built)) continue;
    console.log(`\n# ${name} tests`);
    if (files.length === 0) {
      fail(`No file in ${present.join(', ')} ends in ${ending}.`);
      continue;
    }
    const begun = performance.now();
    const isAlone = (file) => alone.includes(basename(file, ending));
    const together = files.filter((file) => !isAlone(file));
    const counts = { passed: 0, failed: 0, skipped: 0 };
    if (together.length > 0) add(counts, await runSuite(together, atOnce));
    if (together.length < files.length) add(counts, await runSuite(files.filter(isAlone)));
    add(total, counts);
    const { passed, failed, skipped } = counts;
    console.log(
      `${name}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds(performance.now() - begun)}`,
    );
  }
}

console.log(`\nTotal time ${seconds(performance.now() - started)}`);
console.log(
  `${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`,
);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
