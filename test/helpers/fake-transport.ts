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

/** Broadcasts every message to all who joined, as JSON text, and keeps a log. */
export class FakeTransport<Message = unknown> {
  options: TransportOptions;
  /** Messages for which it returns false are lost. */
  passes: (message: Message, from: string) => boolean = () => true;
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
    this.log.push({ at: this.#clock.now(), from, message });
    if (!this.passes(message, from)) return;
    const { latencyMs = 10, jitterMs = 0, loss = 0, duplication = 0, echoes = false } = this.options;
    const copy = JSON.parse(JSON.stringify(message)) as Message; // as every transport does; nobody changes it
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
