/**
 * Calls between real browsers under faults: lossy, repeating, delaying, reordering and echoing signaling, reloads,
 * crashes, outages, devices off and on, glare. Zero may be stuck.
 *
 * Every call comes from its seed. `RTC_SLICE=17-17 npm run test:chaos -- browsers` repeats one, `=500-999` plays a
 * slice. A full run leaves out what has passed before: see progress.mjs. What has passed counts as long as the core,
 * the element that owns the call, and what plays here do the same: how the other elements look and what they say
 * decides about no connection.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { browsersUnderTest } from '../helpers/browser.mjs';
import { playCalls } from './browsers/play.mjs';
import { pairingOf } from './browsers/schedule.mjs';
import { Stage } from './browsers/stage.mjs';
import { fingerprint, Progress } from './progress.mjs';

const progress = new Progress(
  'browsers',
  await fingerprint({
    entries: [
      'src/core.ts',
      ...['host', 'play', 'schedule', 'stage'].map((name) => `test/chaos/browsers/${name}.mjs`),
    ],
    modules: ['rtc-call', 'page-presence', 'content-loaded'].map((name) => `src/components/${name}.ts`),
    texts: ['host', 'side'].map((name) => `test/chaos/browsers/${name}.html`),
  }),
);

const sliceSize = 250;
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
  return Array.from({ length: 10_000 / sliceSize }, (_, at) => ({
    from: at * sliceSize,
    to: (at + 1) * sliceSize - 1,
  }));
}

const passed = process.env.RTC_FULL && !process.env.RTC_SLICE ? progress.read() : [];

const hasPassed = ({ from, to }, pairing) =>
  passed.some(
    (entry) => entry.from === from && entry.to === to && entry.pairing === pairing && entry.failed === 0,
  );

const count = (values) => {
  const counts = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
};

/** The figures of a slice, appended to the progress. */
function note(slice, pairing, results, seconds) {
  const settled = results.map(({ settledMs }) => settledMs).sort((one, other) => one - other);
  const quantile = (share) => settled[Math.min(settled.length - 1, Math.floor(settled.length * share))];
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const figures = {
    at: new Date().toISOString(),
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
  progress.note(figures);
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
        if (hasPassed(slice, name)) {
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
