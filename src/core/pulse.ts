import { freshMs, heartbeatMs, silenceMs, suspicionMs } from './defaults.js';
import type { Platform } from './platform.js';

export interface PulseOptions {
  platform: Platform;
  /** Sends the other side a sign of life over the connection itself. */
  beat: () => void;
  /** Everything that the connection has received so far, in bytes. */
  countBytes: () => Promise<number>;
  /** Something arrived over the connection. */
  flows: () => void;
  /** Nothing has arrived over the connection for too long. */
  silent: () => void;
}

/**
 * Feels whether anything still arrives over a connection: by signs of life in the data channel, and where those fail
 * to come by the bytes of its statistics. States of the browser say it late, and after a restart sometimes wrongly.
 */
export class Pulse {
  readonly #options: PulseOptions;
  /** When the other side was heard in the data channel; null: never. */
  #heardAt: number | null = null;
  #flowedAt = 0;
  /** When the timer of the next tick should fire. */
  #dueAt = 0;
  /** Read last; null: not since the other side was heard. */
  #bytes: number | null = null;
  /** Nothing has arrived since the network may have changed, or since the other side said so. */
  #isSuspect = false;
  #cancelTick: (() => void) | null = null;

  constructor(options: PulseOptions) {
    this.#options = options;
  }

  /** Whether the other side was ever heard: only then its silence says something. */
  get isKnown(): boolean {
    return this.#heardAt !== null;
  }

  /** Whether the other side was heard a moment ago; a page that stands still hears nothing, so that does not count. */
  get isFresh(): boolean {
    return this.#heardAt !== null && this.#now() - this.#stoodStillMs - this.#heardAt < freshMs;
  }

  /** Begins when the data channel opens. */
  start(): void {
    this.#flowedAt = this.#now();
    if (!this.#cancelTick) this.#tick();
  }

  /** May be called twice. */
  stop(): void {
    this.#cancelTick?.();
    this.#cancelTick = this.#heardAt = null;
  }

  /** Something came through the data channel. */
  hear(): void {
    this.#heardAt = this.#now();
    this.#bytes = null;
    this.#flow();
  }

  /** The network may have changed: a shorter silence counts until something arrives. */
  suspect(): void {
    this.#flowedAt = this.#now();
    this.#lookSooner();
  }

  /** Whether anything has arrived since the last `suspect()`. */
  async flowsAgain(): Promise<boolean> {
    if (!this.#cancelTick) return false;
    await this.#readBytes();
    return !this.#isSuspect;
  }

  /** Somebody says in its name that the connection is lost: where it is silent that is looked into at once. */
  doubt(): void {
    if (!this.#isSuspect && !this.isFresh) this.#lookSooner();
  }

  #lookSooner(): void {
    if (!this.#cancelTick) return;
    this.#isSuspect = true;
    this.#bytes = null;
    this.#cancelTick();
    this.#tick();
  }

  /** How long the page has been standing still: its timer is overdue by more than timers usually are. */
  get #stoodStillMs(): number {
    return Math.max(0, this.#now() - this.#dueAt - heartbeatMs / 2);
  }

  #tick(): void {
    const delayMs = this.#isSuspect ? suspicionMs / 4 : heartbeatMs;
    this.#dueAt = this.#now() + delayMs;
    this.#cancelTick = this.#options.platform.setTimer(() => {
      if (this.#heardAt !== null) this.#heardAt += this.#stoodStillMs;
      this.#tick();
    }, delayMs);
    this.#options.beat();
    if (this.#isSuspect || !this.isFresh) this.#readBytes().catch(() => undefined); // closed meanwhile
  }

  async #readBytes(): Promise<void> {
    const bytes = await this.#options.countBytes();
    if (!this.#cancelTick) return;
    const former = this.#bytes;
    this.#bytes = bytes;
    if (former === null) return; // one reading says nothing, nor does a page that was frozen until now
    if (bytes > former) this.#flow();
    else if (this.isKnown && this.#now() - this.#flowedAt >= this.#allowedMs) this.#options.silent();
  }

  #flow(): void {
    this.#flowedAt = this.#now();
    this.#isSuspect = false;
    this.#options.flows();
  }

  get #allowedMs(): number {
    return this.#isSuspect ? suspicionMs : silenceMs;
  }

  #now(): number {
    return this.#options.platform.now();
  }
}
