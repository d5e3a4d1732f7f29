/** A slice: so many schedules out of one seed. Runs in Node alone. */
import * as fc from 'fast-check';
import { schedules, type Schedule } from './schedule.js';
import { live } from './world.js';

export interface SliceOptions {
  /** Seed of the slice: the same schedules for the same number. */
  readonly slice: number;
  readonly calls: number;
  /** Of a failure: lives only that schedule and what it shrinks to. */
  readonly path?: string | undefined;
  /** Runs every microtask that is due. */
  readonly drain: () => void;
  /** Gets a line for everything that happens. */
  readonly log?: ((line: string) => void) | undefined;
}

export interface SliceReport {
  readonly calls: number;
  /** What went wrong, with the shrunk schedule and how to repeat it; null: nothing. */
  readonly failure: string | null;
  /** The longest time that a call took to heal. */
  readonly healedWithinMs: number;
  /** How long all calls together took on their own clock. */
  readonly virtualMs: number;
}

/** A schedule that fails is made smaller for so long, counted from the begin of its slice. */
const shrinkForMs = 120_000;

export function runSlice({ slice, calls, path, drain, log }: SliceOptions): SliceReport {
  let lived = 0;
  let healedWithinMs = 0;
  let virtualMs = 0;
  const property = fc.property(schedules, (schedule: Schedule) => {
    const outcome = live(schedule, drain, log);
    lived++;
    healedWithinMs = Math.max(healedWithinMs, outcome.healedAfterMs);
    virtualMs += outcome.virtualMs;
    if (outcome.fault !== null) throw new Error(outcome.fault);
  });
  const details = fc.check(property, {
    seed: slice,
    numRuns: calls,
    ...(path !== undefined && { path, endOnFailure: true }),
    interruptAfterTimeLimit: shrinkForMs,
    markInterruptAsFailure: true,
  });
  const report = { calls: lived, healedWithinMs, virtualMs };
  if (!details.failed) return { ...report, failure: null };
  const error = details.errorInstance;
  const failure = [
    error instanceof Error ? error.message : 'It took too long.',
    `Shrunk ${details.numShrinks} times to ${JSON.stringify(details.counterexample?.[0])}`,
    `Again: RTC_SEED=${slice} RTC_PATH=${details.counterexamplePath ?? ''} node --test test/chaos/simulation.test.mjs`,
  ];
  return { ...report, failure: failure.join('\n') };
}
