/** The page's transport between several pages: as good or as bad as a test wants. Needs no browser. */
import { type FakeClock, seededRandom } from './fake-clock.js';

export interface TransportOptions {
  latencyMs?: number;
  /** Added to the latency at random: more than the gap between two messages reorders them. */
  jitterMs?: number;
  /** Probabilities from 0 to 1. */
  loss?: number;
  duplication?: number;
  /** The sender gets its own messages too, as on some broadcast channels. */
  echoes?: boolean;
  seed?: number;
}

/** What JSON makes of a value that it can hold; throws where something would get lost. Half the time of the text. */
function jsonCopy(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map(jsonCopy);
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) {
    throw new TypeError(`JSON can not hold a ${typeof value} of this kind`);
  }
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) if (member !== undefined) copy[key] = jsonCopy(member);
  return copy;
}

/** Broadcasts every message to all who joined, as JSON would, and keeps a log. */
export class FakeTransport<Message = unknown> {
  options: TransportOptions;
  /** Messages for which it returns false are lost. */
  passes: (message: Message, from: string) => boolean = () => true;
  /** Long runs do without the log: keeping what is soon garbage takes time. */
  keepsLog = true;
  /** Everything that was sent, lost or not. */
  readonly log: { readonly at: number; readonly from: string; readonly message: Message }[] = [];
  readonly #clock: FakeClock;
  readonly #random: () => number;
  readonly #members = new Map<string, (message: Message, from: string) => void>();

  constructor(clock: FakeClock, options: TransportOptions = {}) {
    this.#clock = clock;
    this.options = options;
    this.#random = seededRandom(options.seed ?? 1);
  }

  /** @returns the way to send as this member */
  join(name: string, receive: (message: Message, from: string) => void): (message: Message) => void {
    this.#members.set(name, receive);
    return (message) => {
      this.send(message, name);
    };
  }

  /** Nothing reaches the member any more. */
  leave(name: string): void {
    this.#members.delete(name);
  }

  send(message: Message, from: string): void {
    if (this.keepsLog) this.log.push({ at: this.#clock.now(), from, message });
    if (!this.passes(message, from)) return;
    const { latencyMs = 10, jitterMs = 0, loss = 0, duplication = 0, echoes = false } = this.options;
    const copy = jsonCopy(message) as Message; // as every transport does; nobody changes it
    for (const name of [...this.#members.keys()]) {
      if (name === from && !echoes) continue;
      const copies = this.#random() < loss ? 0 : this.#random() < duplication ? 2 : 1;
      for (let number = 0; number < copies; number++) {
        this.#clock.setTimer(
          () => this.#members.get(name)?.(copy, from),
          latencyMs + this.#random() * jitterMs,
        );
      }
    }
  }
}
