/**
 * Simulated calls: two or three controllers on fake connections and a virtual clock, faults by a seeded schedule,
 * then peace, in which every call must heal (test/chaos/simulation/).
 *
 * - 20,000 calls; RTC_FULL=1: 1,000,000. In slices of 250, each with its number as seed.
 * - RTC_SLICE=from-to: only these slices. Progress goes to test/artefacts/simulation.json; at full size an interrupted
 *   run of the same sources goes on there.
 * - RTC_SEED=slice RTC_PATH=path: one failure again, with a line for everything that happens.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { bundle } from './simulation/bundle.mjs';

const { RTC_FULL, RTC_SLICE, RTC_SEED, RTC_PATH } = process.env;

const CALLS_A_SLICE = 250;
const LAST_SLICE = (RTC_FULL ? 1_000_000 : 20_000) / CALLS_A_SLICE;
const artefacts = fileURLToPath(new URL('../artefacts/', import.meta.url));
const progressFile = `${artefacts}simulation.json`;

/** The numbers of the slices to run. */
function chooseSlices() {
  if (RTC_SEED) return [Number(RTC_SEED)];
  const [from, to] = RTC_SLICE ? RTC_SLICE.split('-').map(Number) : [1, LAST_SLICE];
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** What has been lived of this very bundle in a full run that was interrupted, or nothing. */
function former(sources) {
  const nothing = { sources, calls: 0, virtualMs: 0, healedWithinMs: 0, slices: [] };
  if (!RTC_FULL || RTC_SLICE || RTC_SEED || !existsSync(progressFile)) return nothing;
  const progress = JSON.parse(readFileSync(progressFile, 'utf8'));
  return progress.sources === sources ? progress : nothing;
}

/** Runs the slices on all cores. Stops at the first failure. */
async function run(slices, file) {
  const sources = createHash('sha256')
    .update(readFileSync(new URL(file)))
    .digest('hex')
    .slice(0, 12);
  const total = { ...former(sources), failures: [] };
  const callsBefore = total.calls;
  const done = new Set(total.slices);
  const waiting = slices.filter((slice) => !done.has(slice));
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
      worker.on('message', ({ slice, calls, virtualMs, healedWithinMs, failure }) => {
        total.calls += calls;
        total.virtualMs += virtualMs;
        total.healedWithinMs = Math.max(total.healedWithinMs, healedWithinMs);
        if (failure) total.failures.push(failure);
        else total.slices.push(slice);
        writeFileSync(progressFile, JSON.stringify(total));
        next();
      });
      next();
    });
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), waiting.length) }, work));
  return { ...total, callsBefore };
}

test('every simulated call heals', { timeout: 12 * 3_600_000 }, async () => {
  mkdirSync(artefacts, { recursive: true });
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
