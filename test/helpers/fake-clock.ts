/** A clock that moves only when it is told, and randomness that repeats. Needs no browser. */

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** More timers than this in one instant: something goes round in a circle. */
const maxTimersAnInstant = 20_000;

interface NodeGlobals {
  setImmediate?: (callback: () => void) => unknown;
}

let channel: MessageChannel | undefined;
const waiting: (() => void)[] = [];

/** Resolves in a later task, when every microtask that is due by now has run. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => {
    const { setImmediate } = globalThis as NodeGlobals;
    if (setImmediate) {
      setImmediate(resolve);
      return;
    }
    if (!channel) {
      channel = new MessageChannel();
      channel.port1.onmessage = () => waiting.shift()?.();
    }
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}

export class FakeClock {
  #now = 1000;
  #timers: Timer[] = [];

  now = (): number => this.#now;

  setTimer = (callback: () => void, delayMs: number): (() => void) => {
    const timer = { at: this.#now + Math.max(0, delayMs), callback };
    const index = this.#timers.findIndex(({ at }) => at > timer.at);
    this.#timers.splice(index < 0 ? this.#timers.length : index, 0, timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** How many timers are set: none should be left behind by what was closed. */
  get timerCount(): number {
    return this.#timers.length;
  }

  /** Runs every timer of the next `ms` milliseconds in order, and the microtasks after each. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    let inThisInstant = 0;
    await microtasks();
    for (let [next] = this.#timers; next && next.at <= end; [next] = this.#timers) {
      this.#timers.shift();
      inThisInstant = next.at > this.#now ? 0 : inThisInstant + 1;
      if (inThisInstant > maxTimersAnInstant) throw new Error(`The clock stands still at ${this.#now} ms`);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await microtasks();
    }
    this.#now = end;
  }

  /** Runs what is due now: microtasks and timers without delay. */
  settle(): Promise<void> {
    return this.advance(0);
  }
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
