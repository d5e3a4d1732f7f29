/** A clock that moves only when it is told, and randomness that repeats. Needs no browser. */

interface Timer {
  readonly at: number;
  /** Breaks ties: timers of one instant run in the order in which they were set. */
  readonly order: number;
  /** Null once it has run or was taken back. */
  callback: (() => void) | null;
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

const isBefore = (one: Timer, other: Timer): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

export class FakeClock {
  #now = 1000;
  /** A binary heap: the next timer comes first. Those taken back stay in it until they are due. */
  readonly #heap: Timer[] = [];
  #order = 0;
  #count = 0;
  #inThisInstant = 0;

  now = (): number => this.#now;

  setTimer = (callback: () => void, delayMs: number): (() => void) => {
    const timer: Timer = { at: this.#now + Math.max(0, delayMs), order: ++this.#order, callback };
    this.#push(timer);
    this.#count++;
    return () => {
      if (timer.callback) this.#count--;
      timer.callback = null;
    };
  };

  /** How many timers are set: none should be left behind by what was closed. */
  get timerCount(): number {
    return this.#count;
  }

  /** Runs every timer of the next `ms` milliseconds in order, and the microtasks after each. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await microtasks();
    while (this.#runNext(end)) await microtasks();
    this.#now = end;
  }

  /**
   * The same without giving up the thread, a thousand times as fast.
   * @param drain runs every microtask that is due; only some hosts have such a function
   */
  advanceAtOnce(ms: number, drain: () => void): void {
    const end = this.#now + ms;
    drain();
    while (this.#runNext(end)) drain();
    this.#now = end;
  }

  /** Runs what is due now: microtasks and timers without delay. */
  settle(): Promise<void> {
    return this.advance(0);
  }

  /** Runs the next timer, unless it is due after `end`. */
  #runNext(end: number): boolean {
    for (let next = this.#heap[0]; next && next.at <= end; next = this.#heap[0]) {
      this.#pop();
      const { callback } = next;
      if (!callback) continue;
      this.#inThisInstant = next.at > this.#now ? 0 : this.#inThisInstant + 1;
      if (this.#inThisInstant > maxTimersAnInstant) {
        throw new Error(`The clock stands still at ${this.#now} ms`);
      }
      this.#now = Math.max(this.#now, next.at);
      next.callback = null;
      this.#count--;
      callback();
      return true;
    }
    return false;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above]!;
      if (!isBefore(timer, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      const child = heap[below]!;
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = last;
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
