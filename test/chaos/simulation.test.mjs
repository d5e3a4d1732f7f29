/**
 * Simulated calls: two or three controllers on fake connections and a virtual clock, faults by a seeded schedule,
 * then peace, in which every call must heal (test/chaos/simulation/).
 *
 * - 20,000 calls; RTC_FULL=1: 1,000,000. In slices of 250, each with its number as seed.
 * - RTC_SLICE=from-to: only these slices. A full run leaves out what has passed before with the same core, fakes and
 *   schedules: see progress.mjs.
 * - RTC_SEED=slice RTC_PATH=path: one failure again, with a line for everything that happens.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { fingerprint, Progress } from './progress.mjs';
import { bundle } from './simulation/bundle.mjs';

const { RTC_FULL, RTC_SLICE, RTC_SEED, RTC_PATH } = process.env;

const CALLS_A_SLICE = 250;
const LAST_SLICE = (RTC_FULL ? 1_000_000 : 20_000) / CALLS_A_SLICE;

/** The numbers of the slices to run. */
function chooseSlices() {
  if (RTC_SEED) return [Number(RTC_SEED)];
  const [from, to] = RTC_SLICE ? RTC_SLICE.split('-').map(Number) : [1, LAST_SLICE];
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** Slices that passed, of these very schedules on this very core. */
async function openProgress() {
  const entry = 'test/chaos/simulation/slice.ts';
  // Whose random numbers the schedules are made of.
  const { version } = JSON.parse(
    readFileSync(new URL(import.meta.resolve('fast-check/package.json')), 'utf8'),
  );
  return new Progress('simulation', `${await fingerprint({ entries: [entry] })} fast-check ${version}`);
}

/** Runs the slices on all cores. Stops at the first failure. */
async function run(slices, file) {
  const progress = await openProgress();
  const passed = RTC_FULL && !RTC_SLICE && !RTC_SEED ? progress.read() : [];
  const former = new Map(
    passed.filter(({ slice }) => slice <= LAST_SLICE).map((report) => [report.slice, report]),
  );
  const waiting = slices.filter((slice) => !former.has(slice));
  const total = { calls: 0, virtualMs: 0, healedWithinMs: 0, failures: [] };
  const add = ({ calls, virtualMs, healedWithinMs }) => {
    total.calls += calls;
    total.virtualMs += virtualMs;
    total.healedWithinMs = Math.max(total.healedWithinMs, healedWithinMs);
  };
  for (const report of former.values()) add(report);
  const callsBefore = total.calls;
  const work = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./simulation/worker.mjs', import.meta.url), {
        workerData: { bundle: file },
      });
      const next = () => {
        const slice = total.failures.length > 0 ? undefined : waiting.shift();
        if (slice === undefined) resolve(worker.terminate());
        else worker.postMessage({ slice, calls: CALLS_A_SLICE, path: RTC_PATH });
      };
      worker.on('error', reject);
      worker.on('message', ({ failure, ...report }) => {
        add(report);
        if (failure) total.failures.push(failure);
        else if (!RTC_SEED) progress.note(report);
        next();
      });
      next();
    });
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), waiting.length) }, work));
  return { ...total, callsBefore };
}

test('every simulated call heals', { timeout: 12 * 3_600_000 }, async () => {
  const file = await bundle('test/chaos/simulation/slice.ts');
  const slices = chooseSlices();
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const { calls, callsBefore, virtualMs, healedWithinMs, failures } = await run(slices, file);
  const callsNow = calls - callsBefore;
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `simulation: ${calls} calls, ${callsNow} of them in ${seconds.toFixed(1)} s, ${(callsNow / seconds).toFixed(0)} calls/s, ` +
      `${((user + system) / 1000 / callsNow).toFixed(2)} ms of processor time a call; ` +
      `${(virtualMs / 3_600_000).toFixed(0)} h on their own clocks, the slowest healed in ${(healedWithinMs / 1000).toFixed(1)} s`,
  );
  assert.equal(failures.length, 0, failures.join('\n\n'));
  if (!RTC_PATH) assert.equal(calls, slices.length * CALLS_A_SLICE);
});
