/** Plays scheduled calls, many at once, and says which did not come back to life. */
import { makeSchedule } from './schedule.mjs';

/** After the faults a call has so long to be well on both sides. */
const settleMs = 30_000;
/** Between two looks at a call. */
const lookMs = 150;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until both sides are well at the same moment. @returns what is wrong with each, or null */
export async function settle(pair, call, sides) {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const [a, b] = await pair.both('health', call, (key) => (key === 'a' ? sides[1] : sides[0]));
    if (!a && !b) return null;
    if (performance.now() > deadline) return { a, b };
    await wait(lookMs);
  }
}

/**
 * @param {import('./stage.mjs').Pair} pair
 * @param {number} seed
 * @returns {Promise<object>} figures of the call; `failure`: what is wrong, with all that helps to find out why
 */
export async function playCall(pair, seed) {
  const schedule = makeSchedule(seed);
  const [a, b] = schedule.sides;
  await pair.both('load', seed, (key) => ({ plan: key === 'a' ? a : b, seed }));
  await pair.both('play', seed, () => ({ faultsUntilMs: schedule.faultsUntilMs }));
  const calmAt = performance.now();
  const missing = await settle(pair, seed, schedule.sides);
  const settledMs = Math.round(performance.now() - calmAt);
  const reports = missing && (await pair.both('report', seed));
  const closed = await pair.both('close', seed);
  const problems = closed.flatMap((side) => side.problems);
  const failure =
    missing || problems.length > 0
      ? [
          missing ? `Stuck: side a: ${missing.a || 'well'}; side b: ${missing.b || 'well'}.` : 'Exceptions.',
          ...problems,
          JSON.stringify(schedule),
          ...(reports ?? []).flat(),
        ].join('\n')
      : null;
  return {
    seed,
    settledMs,
    isStuck: missing !== null,
    failure,
    errors: closed.flatMap((side) => side.errors),
    reloads: schedule.sides.flatMap(({ actions }) => actions.filter(({ kind }) => kind === 'reload')).length,
    connectionCount: closed.reduce((sum, side) => sum + side.connectionCount, 0),
  };
}

/**
 * Plays the calls of one pairing of browsers, in fresh pages.
 *
 * @param {import('./stage.mjs').Stage} stage
 * @param {[string, string]} pairing
 * @param {number[]} seeds
 * @param {number} concurrency calls at the same time
 * @returns {Promise<object[]>} see {@link playCall}
 */
export async function playCalls(stage, pairing, seeds, concurrency) {
  const results = [];
  const pair = await stage.openPair(pairing);
  try {
    const waiting = [...seeds];
    const work = async () => {
      for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
        results.push(await playCall(pair, seed));
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    if (pair.problems.length > 0) throw new Error(pair.problems.join('\n'));
    return results;
  } finally {
    await pair.close();
  }
}
