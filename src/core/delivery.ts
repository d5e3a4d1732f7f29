import {
  ackDelayMs,
  retransmitFactor,
  retransmitInitialMs,
  retransmitMaxMs,
  retransmitMinMs,
  stallTimeoutMs,
} from './defaults.js';
import type { Platform } from './platform.js';

export interface DeliveryOptions<Body> {
  platform: Platform;
  /** Puts one message on the wire, stamped with these numbers; `body` is null for a mere acknowledgement. */
  transmit: (body: Body | null, seq: number, ack: number) => void;
}

interface Unacknowledged<Body> {
  readonly seq: number;
  readonly body: Body;
  /** When it was put on the wire, for the last time. */
  sentAt: number;
  retransmitted: boolean;
}

/** Messages that arrive before one that is missing wait here; more than this and the sender must repeat them. */
const maxWaiting = 256;

/**
 * Reliable, ordered delivery between two sessions over a transport that loses, repeats, delays and reorders:
 * numbers from 1, cumulative acknowledgements, retransmission with back-off.
 */
export class Delivery<Body> {
  readonly #options: DeliveryOptions<Body>;
  #lastSent = 0;
  #lastDelivered = 0;
  #isDelivering = false;
  /** Since when what waits has been waiting for the same missing message, while the other side is heard. */
  #waitingSince = 0;
  #heardAt = 0;
  #outgoing: Unacknowledged<Body>[] = [];
  readonly #waiting = new Map<number, () => void>();
  #roundTripMs: number | null = null;
  #retransmitDelayMs = retransmitInitialMs;
  #cancelRetransmit: (() => void) | null = null;
  #cancelAck: (() => void) | null = null;
  #closed = false;

  constructor(options: DeliveryOptions<Body>) {
    this.#options = options;
  }

  /** Number of messages sent so far. */
  get sentCount(): number {
    return this.#lastSent;
  }

  /** A message is missing that the other side does not repeat: a forged acknowledgement may have taken it from us. */
  get isStalled(): boolean {
    return this.#waiting.size > 0 && this.#heardAt - this.#waitingSince >= stallTimeoutMs;
  }

  /** Sends `body` now and again until it is acknowledged. */
  send(body: Body): void {
    if (this.#closed) return;
    const message = {
      seq: ++this.#lastSent,
      body,
      sentAt: this.#options.platform.now(),
      retransmitted: false,
    };
    this.#outgoing.push(message);
    this.#transmit(message.body, message.seq);
    if (!this.#cancelRetransmit) this.#scheduleRetransmit(this.#initialDelay());
  }

  /** Takes note that the other side has everything up to `ack`. */
  acknowledged(ack: number): void {
    if (this.#closed || ack > this.#lastSent) return;
    const done = this.#outgoing.filter(({ seq }) => seq <= ack);
    if (done.length === 0) return;
    this.#outgoing = this.#outgoing.slice(done.length);
    const newest = done.at(-1);
    // Karn's rule (RFC 6298 §3): a repeated message, or one that waited for it, says nothing about the round trip.
    const wereRepeated = done.some(({ retransmitted }) => retransmitted);
    if (newest && !wereRepeated) {
      const sample = this.#options.platform.now() - newest.sentAt;
      this.#roundTripMs = this.#roundTripMs === null ? sample : 0.75 * this.#roundTripMs + 0.25 * sample;
    }
    this.#cancelRetransmit?.();
    this.#cancelRetransmit = null;
    if (this.#outgoing.length === 0) return;
    this.#scheduleRetransmit(this.#initialDelay());
    if (!wereRepeated) return;
    // After an outage what followed is most likely lost too, unless it may still be under way.
    for (const message of this.#outgoing) if (this.#isOverdue(message)) this.#repeat(message);
  }

  /**
   * Takes an arrived message: `deliver` is called once, in the order of the numbers, perhaps later, perhaps
   * never (a duplicate). Number 0 is delivered at once.
   * @param ackWithinMs how long the acknowledgement may wait for a message to ride on
   */
  receive(seq: number, deliver: () => void, ackWithinMs = ackDelayMs): void {
    if (this.#closed) return;
    const now = this.#options.platform.now();
    // A cut: nothing could be repeated meanwhile.
    if (now - this.#heardAt >= stallTimeoutMs / 2) this.#waitingSince = now;
    this.#heardAt = now;
    const [oldest] = this.#outgoing;
    if (oldest?.retransmitted) {
      // The other side is heard again: what was lost in the silence need not wait for the end of a long delay.
      this.#cancelRetransmit?.();
      const restMs = oldest.sentAt + this.#initialDelay() - now;
      this.#scheduleRetransmit(restMs > 0 ? restMs : this.#patienceMs);
      if (restMs <= 0) this.#repeat(oldest);
    }
    if (seq === 0) {
      deliver();
      return;
    }
    this.#scheduleAck(ackWithinMs);
    if (seq <= this.#lastDelivered || this.#waiting.has(seq)) return;
    // The missing one is always taken: it frees all that waits for it.
    if (this.#waiting.size >= maxWaiting && seq !== this.#lastDelivered + 1) return;
    if (this.#waiting.size === 0) this.#waitingSince = now;
    this.#waiting.set(seq, deliver);
    if (this.#isDelivering) return; // arrived while another is delivered: the loop below goes on with it
    this.#isDelivering = true;
    try {
      for (;;) {
        const next = this.#waiting.get(this.#lastDelivered + 1);
        if (!next) return;
        this.#waiting.delete(++this.#lastDelivered);
        this.#waitingSince = now;
        next();
      }
    } finally {
      this.#isDelivering = false;
    }
  }

  /** Stops every timer; nothing is sent or delivered any more. May be called twice. */
  close(): void {
    this.#closed = true;
    this.#cancelRetransmit?.();
    this.#cancelAck?.();
    this.#cancelRetransmit = this.#cancelAck = null;
    this.#outgoing = [];
    this.#waiting.clear();
  }

  #transmit(body: Body | null, seq: number): void {
    this.#cancelAck?.(); // every message carries the acknowledgement
    this.#cancelAck = null;
    this.#options.transmit(body, seq, this.#lastDelivered);
  }

  #scheduleAck(withinMs: number): void {
    if (this.#cancelAck && withinMs <= ackDelayMs) return; // or messages in a row would put it off for ever
    this.#cancelAck?.();
    this.#cancelAck = this.#options.platform.setTimer(() => {
      this.#transmit(null, 0);
    }, withinMs);
  }

  /** How long an acknowledgement may take. */
  get #patienceMs(): number {
    return this.#roundTripMs === null
      ? retransmitInitialMs
      : Math.min(retransmitMaxMs, Math.max(retransmitMinMs, 1.5 * this.#roundTripMs + ackDelayMs));
  }

  #isOverdue({ sentAt }: Unacknowledged<Body>): boolean {
    return this.#options.platform.now() - sentAt >= this.#patienceMs;
  }

  #initialDelay(): number {
    this.#retransmitDelayMs = this.#patienceMs;
    return this.#retransmitDelayMs;
  }

  #scheduleRetransmit(delayMs: number): void {
    this.#cancelRetransmit = this.#options.platform.setTimer(() => {
      this.#retransmitDelayMs = Math.min(retransmitMaxMs, this.#retransmitDelayMs * retransmitFactor);
      this.#scheduleRetransmit(this.#retransmitDelayMs);
      // Only the oldest: what follows it is most likely there and waits for it.
      const [oldest] = this.#outgoing;
      if (oldest) this.#repeat(oldest);
    }, delayMs);
  }

  #repeat(message: Unacknowledged<Body>): void {
    message.retransmitted = true;
    message.sentAt = this.#options.platform.now();
    this.#transmit(message.body, message.seq);
  }
}
