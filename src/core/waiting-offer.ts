import { maxCandidates, silenceTimeoutMs } from './defaults.js';
import { readOrigin } from './dialects.js';
import type { Platform } from './platform.js';
import type { MessageStyle, SignalMessage } from './signal.js';

/** A message without sidecar, how it is written, and who sent it where the transport knows. */
export interface BareSignal {
  readonly message: SignalMessage;
  readonly style?: MessageStyle | undefined;
  readonly sender?: string | undefined;
}

/** What a foreign page sends before this side has started: its last offer and the candidates, kept until the start. */
export class WaitingOffer {
  readonly #platform: Platform;
  #offer: BareSignal | null = null;
  /** They may come before their offer; the oldest give way. */
  #candidates: BareSignal[] = [];
  #at = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** @returns whether it is an offer that counts: somebody calls */
  keep(signal: BareSignal): boolean {
    const { description, candidate } = signal.message;
    if (candidate && this.#candidates.push(signal) > maxCandidates) this.#candidates.shift();
    if (description?.type !== 'offer') return false;
    const former = this.#offer?.message.description;
    if (former) {
      const [old, now] = [readOrigin(former.sdp), readOrigin(description.sdp)];
      if (old.session === now.session && now.version < old.version) return false; // it was overtaken
    }
    this.#offer = signal;
    this.#at = this.#platform.now();
    return true;
  }

  /** Gives everything away; nothing where there is no offer, or one whose page has long been silent. */
  take(): BareSignal[] {
    const isAlive = this.#offer !== null && this.#platform.now() - this.#at < silenceTimeoutMs;
    const all = this.#offer && isAlive ? [this.#offer, ...this.#candidates] : [];
    this.#offer = null;
    this.#candidates = [];
    return all;
  }
}
