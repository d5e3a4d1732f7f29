/** The page's signaling, as bad as it gets: loses, repeats, delays, reorders and echoes, and is not alone. */

/** What others send on the same channel. */
const TRAFFIC = [
  'ping',
  '',
  '{',
  '[]',
  'null',
  '42',
  '{"type":"chat","text":"hello"}',
  '{"rtc":{"kind":"poll","version":1}}',
  '{"type":"presence","from":"a0"}',
];

export class FaultyChannel {
  #random;
  #faults;
  #carry;
  #echo;
  #isOut = false;
  #kept = null;

  /**
   * @param {object} options
   * @param {import('./random.mjs').Random} options.random
   * @param {object} options.faults of one side of a schedule
   * @param {(text: string) => void} options.carry to the other side
   * @param {(text: string) => void} options.echo back to this side
   */
  constructor({ random, faults, carry, echo }) {
    this.#random = random;
    this.#faults = faults;
    this.#carry = carry;
    this.#echo = echo;
  }

  /** Closed: nothing arrives. */
  get isOut() {
    return this.#isOut;
  }

  /** @returns {string} what became of it, for the log */
  send(text) {
    if (this.#isOut) {
      this.#kept?.push(text);
      return this.#kept ? 'kept' : 'lost: closed';
    }
    if (!this.#faults) {
      setTimeout(() => this.#carry(text), 0);
      return '';
    }
    const random = this.#random;
    const { loss, duplication, reordering, echo, traffic, minMs, maxMs } = this.#faults;
    const pass = (carry, what) => {
      const lateMs = random.chance(reordering) ? random.between(50, 400) : 0;
      setTimeout(() => carry(what), random.between(minMs, maxMs) + lateMs);
    };
    if (random.chance(traffic)) pass(this.#carry, random.pick(TRAFFIC));
    if (random.chance(echo)) pass(this.#echo, text);
    if (random.chance(loss)) return 'lost';
    const isTwice = random.chance(duplication);
    pass(this.#carry, text);
    if (isTwice) pass(this.#carry, text);
    return isTwice ? 'twice' : '';
  }

  /** Closes the channel for a while. @param {boolean} keeps what is sent meanwhile follows later, else it is lost */
  fail(forMs, keeps) {
    this.#isOut = true;
    this.#kept = keeps ? (this.#kept ?? []) : null;
    setTimeout(() => {
      this.#isOut = false;
      const kept = this.#kept ?? [];
      this.#kept = null;
      for (const text of kept) this.send(text);
    }, forMs);
  }

  /** From now on it does what channels promise. */
  heal() {
    this.#faults = null;
  }
}
