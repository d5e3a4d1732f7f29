/**
 * `npm run bench`: what users would do otherwise against this project, in turn, round by round, in one browser.
 * Prints tables and writes them into docs/benchmarks.md. `--short` is a guard for continuous integration: few rounds,
 * nothing written, and it fails when a figure is worse than its guard in targets.mjs.
 *
 *   node bench/run.mjs [--short] [--only first-picture,memory] [--rounds 5] [--no-build]
 *
 * `RTC_BROWSERS=chromium` or `=firefox` chooses one browser.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { browsersUnderTest } from '../test/helpers/browser.mjs';
import { makeBundles } from './bundles.mjs';
import { writeParts } from './document.mjs';
import { number, table } from './figures.mjs';
import { describeMachine, libraryVersions, load } from './machine.mjs';
import { firstPicture } from './measurements/first-picture.mjs';
import { groups } from './measurements/groups.mjs';
import { inCall } from './measurements/in-call.mjs';
import { memory } from './measurements/memory.mjs';
import { recovery } from './measurements/recovery.mjs';
import { scriptCost } from './measurements/script-cost.mjs';
import { Stage } from './stage.mjs';
import { judge } from './targets.mjs';

const MEASUREMENTS = [firstPicture, scriptCost, inCall, memory, groups, recovery];
/** What the short form has. */
const SHORT = [firstPicture, memory];

const { values: wanted } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});

function chooseMeasurements() {
  const offered = wanted.short ? SHORT : MEASUREMENTS;
  if (!wanted.only) return offered;
  return wanted.only.split(',').map((name) => {
    const found = MEASUREMENTS.find((one) => one.name === name);
    const names = MEASUREMENTS.map((one) => one.name).join(', ');
    if (!found) throw new Error(`There is no measurement "${name}": choose from ${names}.`);
    return found;
  });
}

function build() {
  const script = fileURLToPath(new URL('../scripts/build.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' });
  if (status !== 0) throw new Error('The build failed.');
}

const targetTable = (judgements) =>
  table(
    ['target', 'at most', 'measured', ''],
    judgements.map(({ what, most, digits, value, isMissed }) => [
      ...[what, number(most, digits), number(value, digits), isMissed ? 'missed' : 'holds'],
    ]),
  );

async function measure(measurement, browser) {
  const loadBefore = load();
  const rounds = Number(wanted.rounds ?? measurement.rounds[wanted.short ? 'short' : 'full']);
  const log = (line) => console.log(`${measurement.name}, ${browser}: ${line}`);
  const stage = await Stage.open(browser);
  let result;
  let version;
  try {
    version = await stage.version;
    result = await measurement.run(stage, { rounds, isShort: wanted.short, log });
  } finally {
    await stage.close();
  }
  const judgements = judge(measurement.name, browser, result, wanted.short);
  const date = new Date().toISOString().slice(0, 10);
  const text = [
    `### ${version.replace('/', ' ')}`,
    `Run of ${date}, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}: ${libraryVersions()}; ${describeMachine(loadBefore)}.`,
    ...measurement.report(result),
    ...(judgements.length > 0 ? ['Targets:', targetTable(judgements)] : []),
  ].join('\n\n');
  console.log(`\n## ${measurement.name}\n\n${text}\n`);
  if (!wanted.short) await writeParts({ [`${measurement.name} ${browser}`]: text });
  return judgements;
}

const measurements = chooseMeasurements();
if (!wanted['no-build']) build();
await makeBundles();
const browsers = browsersUnderTest();
const judgements = [];
for (const measurement of measurements) {
  for (const browser of browsers.filter((name) => measurement.browsers.includes(name))) {
    judgements.push(...(await measure(measurement, browser)));
  }
}
const missed = judgements.filter(({ isMissed }) => isMissed);
for (const { browser, what, value, digits } of missed) {
  console.error(`✖ ${browser}: ${what}: ${number(value, digits)}`);
}
console.log(`${judgements.length - missed.length} passed, ${missed.length} failed`);
// The full form tells how far a target is missed; only the short one guards. PeerJS's server has timers that no call
// of it stops: the process would not end by itself.
process.exit(wanted.short && missed.length > 0 ? 1 : 0);
