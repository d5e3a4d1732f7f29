/**
 * Calls between real browsers under faults: lossy, repeating, delaying, reordering and echoing signaling, reloads,
 * crashes, outages, devices off and on, glare. Zero may be stuck.
 *
 * Every call comes from its seed. `RTC_SLICE=17-17 npm run test:chaos -- browsers` repeats one, `=500-999` plays a
 * slice. At full size a slice that test/artefacts/chaos-browsers.jsonl records as passed with the same built files
 * is not played again, so that an interrupted run goes on where it was.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { browsersUnderTest } from '../helpers/browser.mjs';
import { playCalls } from './browsers/play.mjs';
import { pairingOf } from './browsers/schedule.mjs';
import { Stage } from './browsers/stage.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const artefacts = path('../artefacts/');
const record = path('../artefacts/chaos-browsers.jsonl');
const bundle = createHash('sha256')
  .update(readFileSync(path('../../cdn/rtc-call.iife.min.js')))
  .digest('hex')
  .slice(0, 12);

const sliceSize = 500;
/** Calls at the same time: more keep two cores no busier. */
const concurrency = 6;

/** What to play: first and last seed of each slice. */
function chooseSlices() {
  if (process.env.RTC_SLICE) {
    const [from, to = from] = process.env.RTC_SLICE.split('-').map(Number);
    if (!(from >= 0 && to >= from)) throw new Error('RTC_SLICE is first-last, as in 500-999');
    return [{ from, to }];
  }
  if (!process.env.RTC_FULL) return [{ from: 0, to: 299 }];
  return Array.from({ length: 20 }, (_, at) => ({ from: at * sliceSize, to: (at + 1) * sliceSize - 1 }));
}

const recorded = existsSync(record)
  ? readFileSync(record, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : [];

const hasPassed = ({ from, to }, pairing) =>
  recorded.some(
    (entry) =>
      entry.bundle === bundle &&
      entry.from === from &&
      entry.to === to &&
      entry.pairing === pairing &&
      entry.failed === 0,
  );

const count = (values) => {
  const counts = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
};

/** The figures of a slice, appended to the record. */
function note(slice, pairing, results, seconds) {
  const settled = results.map(({ settledMs }) => settledMs).sort((one, other) => one - other);
  const quantile = (share) => settled[Math.min(settled.length - 1, Math.floor(settled.length * share))];
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const figures = {
    at: new Date().toISOString(),
    bundle,
    ...slice,
    pairing,
    calls: results.length,
    stuck: results.filter(({ isStuck }) => isStuck).length,
    failed: results.filter(({ failure }) => failure).length,
    seconds: Math.round(seconds),
    callsPerSecond: Number((results.length / seconds).toFixed(2)),
    settledMs: { median: quantile(0.5), p99: quantile(0.99), max: settled.at(-1) },
    reloads: sum('reloads'),
    connections: sum('connectionCount'),
    errors: count(results.flatMap(({ errors }) => errors)),
  };
  mkdirSync(artefacts, { recursive: true });
  appendFileSync(record, `${JSON.stringify(figures)}\n`);
  console.log(JSON.stringify(figures));
}

describe('calls under faults', () => {
  let stage;
  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  const installed = browsersUnderTest();
  for (const slice of chooseSlices()) {
    const bySeed = Array.from({ length: slice.to - slice.from + 1 }, (_, at) => slice.from + at);
    const pairings = new Set(bySeed.map((seed) => pairingOf(seed).join('–')));
    for (const name of pairings) {
      const pairing = name.split('–');
      if (!pairing.every((browser) => installed.includes(browser))) continue;
      const seeds = bySeed.filter((seed) => pairingOf(seed).join('–') === name);
      it(`come back by themselves: ${name}, seeds ${slice.from} to ${slice.to}`, async (t) => {
        if (process.env.RTC_FULL && !process.env.RTC_SLICE && hasPassed(slice, name)) {
          t.diagnostic('passed before');
          return;
        }
        const began = performance.now();
        const results = await playCalls(stage, pairing, seeds, concurrency);
        note(slice, name, results, (performance.now() - began) / 1000);
        const failures = results
          .filter(({ failure }) => failure)
          .map(
            ({ seed, failure }) =>
              `Call ${seed} (repeat it alone: RTC_SLICE=${seed}-${seed} npm run test:chaos -- browsers)\n${failure}`,
          );
        assert.equal(failures.length, 0, failures.join('\n\n'));
      });
    }
  }
});
