/** What may happen to a simulated call: everything is plain data, so that a failure can be printed and repeated. */
import * as fc from 'fast-check';
import type { Engine } from '../../../src/core/platform.js';

/** One place in the call: who sits there may vanish and come back. */
export interface Seat {
  readonly engine: Engine;
  /** When the page opens, after the begin of the schedule. */
  readonly opensAtMs: number;
  /** How long the person or the camera takes. */
  readonly deviceMs: number;
  /** How long each operation of a connection takes. */
  readonly operationMs: number;
}

/** The page's transport while faults last. */
export interface Weather {
  readonly latencyMs: number;
  readonly jitterMs: number;
  readonly loss: number;
  readonly duplication: number;
  readonly echoes: boolean;
}

export type Action =
  /** The page is gone and comes back as a new one. */
  | {
      readonly do: 'reload';
      readonly seat: number;
      readonly manner: 'crash' | 'close' | 'pagehide';
      readonly keepsId: boolean;
      readonly awayMs: number;
    }
  /** The page is gone for good. */
  | { readonly do: 'leave'; readonly seat: number; readonly manner: 'crash' | 'close' | 'pagehide' }
  /** `end()`, and `start()` after a while. */
  | { readonly do: 'restart'; readonly seat: number; readonly awayMs: number }
  /** Into the back/forward cache and out of it. */
  | { readonly do: 'rest'; readonly seat: number; readonly awayMs: number }
  /** Every page changes at once what it sends: all negotiate. */
  | { readonly do: 'glare'; readonly with: 'screen' | 'sends' }
  | { readonly do: 'screen' | 'microphone' | 'camera' | 'sends' | 'unplug'; readonly seat: number }
  | { readonly do: 'say'; readonly seat: number }
  /** The page's transport carries nothing. */
  | { readonly do: 'silence'; readonly forMs: number }
  /** The host has changed its network, and its browser says so or not: every path is gone. */
  | { readonly do: 'network'; readonly seat: number; readonly isTold: boolean }
  /** The network between the pages carries nothing. */
  | { readonly do: 'cut'; readonly forMs: number };

export interface Step {
  readonly afterMs: number;
  readonly action: Action;
}

export interface Schedule {
  readonly seed: number;
  readonly seats: readonly Seat[];
  readonly weather: Weather;
  readonly steps: readonly Step[];
}

const seat = fc.record({
  engine: fc.constantFrom<Engine>('chromium', 'firefox', 'webkit'),
  opensAtMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4000 })),
  deviceMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 6000 })),
  operationMs: fc.constantFrom(0, 0, 1, 5, 40),
});

const weather = fc.record({
  latencyMs: fc.constantFrom(0, 5, 20, 100, 400),
  jitterMs: fc.constantFrom(0, 0, 10, 100, 600),
  loss: fc.constantFrom(0, 0, 0.1, 0.3, 0.5),
  duplication: fc.constantFrom(0, 0, 0.2, 0.6),
  echoes: fc.boolean(),
});

const manner = fc.constantFrom('crash' as const, 'close' as const, 'pagehide' as const);
const awayMs = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 }));
const outageMs = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 5000, max: 40_000 }));

const actionOf = (seatNumber: fc.Arbitrary<number>): fc.Arbitrary<Action> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('say' as const), seat: seatNumber }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom('screen' as const, 'microphone', 'camera', 'sends', 'unplug'),
        seat: seatNumber,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('network' as const), seat: seatNumber, isTold: fc.boolean() }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('glare' as const), with: fc.constantFrom('screen', 'sends') }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('reload' as const),
        seat: seatNumber,
        manner,
        keepsId: fc.boolean(),
        awayMs,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), seat: seatNumber, manner }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('restart' as const, 'rest' as const),
        seat: seatNumber,
        awayMs,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('silence' as const, 'cut' as const),
        forMs: outageMs,
      }),
    },
  );

const scheduleOf = (seatCount: number): fc.Arbitrary<Schedule> =>
  fc.record({
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    seats: fc.array(seat, { minLength: seatCount, maxLength: seatCount }),
    weather,
    steps: fc.array(
      fc.record({
        afterMs: fc.oneof(
          fc.constant(0),
          fc.integer({ min: 0, max: 300 }),
          fc.integer({ min: 0, max: 3000 }),
        ),
        action: actionOf(fc.nat({ max: seatCount - 1 })),
      }),
      { maxLength: 12, size: 'max' },
    ),
  });

/** Calls of two, and every third time of three. */
export const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  { weight: 2, arbitrary: scheduleOf(2) },
  { weight: 1, arbitrary: scheduleOf(3) },
);
