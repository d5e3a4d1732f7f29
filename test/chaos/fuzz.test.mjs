/**
 * Hostile messages into the validator (50,000; RTC_FULL=1: 1,000,000) and into a running call on fakes.
 * RTC_SEED=number chooses others. The same messages go into a call in a browser elsewhere (test/chaos/fuzz/messages.ts).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { bundle } from './simulation/bundle.mjs';
import { drain, outsideMicrotasks } from './simulation/drain.mjs';

const isFull = Boolean(process.env.RTC_FULL);
const seed = Number(process.env.RTC_SEED || 1);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const host = {
  drain,
  nowMs: () => performance.now(),
  cpuMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

const { attack, validate } = await import(await bundle('test/chaos/fuzz/live.ts'));

/** Under 10 ms at the 99.9th percentile and under 50 ms always. */
function checkTimes(what, times) {
  const sorted = times.toSorted((one, other) => one - other);
  const p999 = sorted[Math.floor(sorted.length * 0.999)];
  const max = sorted.at(-1);
  console.log(
    `fuzz: ${what}: ${times.length} messages, p99.9 ${p999.toFixed(2)} ms, longest ${max.toFixed(2)} ms`,
  );
  assert.ok(p999 < 10, `p99.9 is ${p999} ms`);
  assert.ok(max < 50, `the longest took ${max} ms`);
}

const heapMiB = () => {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

test('the validator survives hostile messages', () => {
  const { fault, timesMs, outcomes } = validate({ ...host, seed, count: isFull ? 1_000_000 : 50_000 });
  console.log(`fuzz: validator: ${JSON.stringify(outcomes)}`);
  assert.equal(fault, null);
  for (const outcome of ['message', 'bare', 'ignored', 'invalid'])
    assert.ok(outcomes[outcome] > 100, `${outcome} is rare`);
  checkTimes('validator', timesMs);
});

for (const isFresh of [true, false]) {
  // Where the connection is silent, whoever controls the transport controls who is in the call: no more than that.
  const title = isFresh ? 'a running call survives' : 'a page whose data channel is silent survives';
  test(`${title} hostile messages`, async () => {
    const count = isFull ? 100_000 : 10_000;
    const { fault, timesMs, accepted, timers, connections } = await outsideMicrotasks(() =>
      attack({ ...host, seed, count, isFresh }),
    );
    console.log(
      `fuzz: ${accepted} of ${count} were read as ours; ${timers} timers, ${connections} connections at the end`,
    );
    assert.equal(fault, null);
    assert.ok(accepted > count / 20, 'hardly any message gets as far as the call');
    assert.ok(timers < 500, `${timers} timers`);
    assert.ok(connections <= 7, `${connections} connections`);
    checkTimes(isFresh ? 'running call' : 'silent call', timesMs);
  });
}

const memoryCount = isFull ? 100_000 : 30_000;

test(`${memoryCount} hostile messages leave nothing in the memory`, async () => {
  let halfway = 0;
  const report = await outsideMicrotasks(() =>
    attack({ ...host, seed: seed + 1, count: memoryCount, isFresh: true }, () => (halfway = heapMiB())),
  );
  report.timesMs.length = 0;
  const grownMiB = heapMiB() - halfway;
  assert.ok(report.call);
  console.log(
    `fuzz: memory: ${halfway.toFixed(1)} MiB after half of ${memoryCount} messages, ${grownMiB.toFixed(1)} MiB more at the end`,
  );
  assert.ok(grownMiB < 8, `${grownMiB} MiB`);
});
