/** A Web Test Runner reporter: failures in full, one line a file, and a last line that a script can read. */
import { relative } from 'node:path';

const MAX_DIFF_LINES = 60;

const indent = (text, by) => text.replace(/^(?=.)/gm, ' '.repeat(by));

/** The two values line by line, `-` expected and `+` actual, without the lines that they begin and end with alike. */
function diff(expected, actual) {
  const before = expected.split('\n');
  const after = actual.split('\n');
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < Math.min(before.length, after.length) - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end++;
  }
  const context = (lines) => lines.map((line) => `  ${line}`);
  const lines = [
    ...context(before.slice(Math.max(0, start - 3), start)),
    ...before.slice(start, before.length - end).map((line) => `- ${line}`),
    ...after.slice(start, after.length - end).map((line) => `+ ${line}`),
    ...context(before.slice(before.length - end, before.length - end + 3)),
  ];
  const shown = lines.slice(0, MAX_DIFF_LINES);
  if (lines.length > shown.length) shown.push(`  … ${lines.length - shown.length} more lines`);
  return ['- expected  + actual', ...shown].join('\n');
}

function describeError(error) {
  if (!error) return 'failed without an error';
  const { name, message = '', stack = '', expected, actual } = error;
  const parts = [name && !message.startsWith(name) ? `${name}: ${message}` : message];
  if (typeof expected === 'string' && typeof actual === 'string' && expected !== actual) {
    parts.push(diff(expected, actual));
  }
  const frames = stack
    .split('\n')
    .filter((line) => !message.split('\n').includes(line.replace(/^\w*Error: /, '')));
  if (frames.length > 0) parts.push(frames.map((line) => line.trim()).join('\n'));
  return parts.filter(Boolean).join('\n');
}

function* allTests(suite, path = []) {
  if (!suite) return;
  for (const test of suite.tests) yield { ...test, fullName: [...path, test.name].join(' › ') };
  for (const inner of suite.suites) yield* allTests(inner, [...path, inner.name]);
}

/** What the runner only logs: a rejection that nobody handles, thrown after its test or beside it. */
const isUncaught = ([first]) =>
  typeof first === 'string' && /^An error was thrown .*outside a test/.test(first);

const isNoise = (args) =>
  args.some((arg) => typeof arg === 'string' && arg.startsWith('Lit is in dev mode.'));

/** Everything that one file did in one browser. A file that did not run at all is one failure. */
function summarize(session) {
  const tests = [...allTests(session.testResults)];
  const failures = tests
    .filter((test) => !test.passed && !test.skipped)
    .map((test) => ({ title: test.fullName, text: describeError(test.error) }));
  for (const error of session.errors ?? [])
    failures.push({ title: '(whole file)', text: describeError(error) });
  for (const [text] of (session.logs ?? []).filter(isUncaught)) {
    failures.push({ title: '(whole file)', text: `${text}\nThe console below has the error.` });
  }
  if (failures.length > 0 || tests.length === 0) {
    for (const url of session.request404s ?? []) {
      if (!url.endsWith('/favicon.ico'))
        failures.push({ title: '(whole file)', text: `404 not found: ${url}`, extra: true });
    }
  }
  if (failures.length === 0 && tests.length === 0) {
    failures.push({ title: '(whole file)', text: 'It has no tests.' });
  } else if (failures.length === 0 && session.passed === false) {
    failures.push({ title: '(whole file)', text: 'It was stopped before its tests ended.' });
  }
  return {
    passed: tests.filter((test) => test.passed && !test.skipped).length,
    failed: failures.filter((failure) => !failure.extra).length,
    skipped: tests.filter((test) => test.skipped).length,
    failures,
  };
}

/** @returns {import('@web/test-runner').Reporter} */
export function reporter() {
  let watch = false;
  let failed = false;

  function printTotal(sessions) {
    const total = { passed: 0, failed: 0, skipped: 0 };
    for (const session of sessions) {
      const counts = summarize(session);
      for (const key of Object.keys(total)) total[key] += counts[key];
    }
    failed = total.failed > 0;
    console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  }

  return {
    start({ config }) {
      watch = config.watch;
      // The runner takes a file without tests and an unhandled rejection for success.
      if (!watch) process.on('exit', () => failed && (process.exitCode = 1));
    },

    reportTestFileResults({ logger, sessionsForTestFile, testFile }) {
      const file = relative(process.cwd(), testFile);
      for (const session of sessionsForTestFile) {
        const browser = session.browser.name;
        const { passed, failed, skipped, failures } = summarize(session);
        const counts = [`${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`];
        logger.log(`${failed ? '✖' : '✔'} ${browser}  ${file}  ${counts.filter(Boolean).join(', ')}`);
        for (const { title, text } of failures) {
          logger.log(`\n  ✖ ${browser}  ${file}\n    ${title}\n${indent(text, 6)}\n`);
        }
        const logs = (session.logs ?? []).filter((args) => !isNoise(args) && !isUncaught(args));
        if (logs.length > 0) {
          logger.log(`  console of ${browser}  ${file}:`);
          logger.group();
          logger.group();
          for (const args of logs) logger.log(...args);
          logger.groupEnd();
          logger.groupEnd();
        }
      }
    },

    onTestRunFinished({ sessions }) {
      // After the results of the last file, which the runner prints when this returns.
      if (watch) setImmediate(() => printTotal(sessions));
    },

    stop({ sessions }) {
      if (!watch) printTotal(sessions);
    },
  };
}
