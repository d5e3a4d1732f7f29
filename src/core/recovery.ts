import {
  connectTimeoutMs,
  disconnectedGraceMs,
  iceServersTimeoutMs,
  restartSettleMs,
  restartTimeoutMs,
} from './defaults.js';
import type { Platform } from './platform.js';
import { Pulse } from './pulse.js';

export type LinkState = 'connecting' | 'connected' | 'lost' | 'closed';

export interface RecoveryOptions {
  platform: Platform;
  /** To a page that does not know this library: nothing in band, and nobody who could be asked whether he is there. */
  isPlain: boolean;
  /** Null before it is made. */
  connection: () => RTCPeerConnection | null;
  /** Whether the data channel is open. */
  isOpen: () => boolean;
  /** Sends text over the data channel. @returns false when it can not */
  sendInBand: (text: string) => boolean;
  /** Everything that has arrived over the connection so far, in bytes. */
  countBytes: () => Promise<number>;
  /** Runs an operation when those before it are done. */
  enqueue: (operation: () => unknown) => void;
  /** First rung: restarts ICE, from whichever side. */
  restart: () => void;
  /** Asks the other side for a sign that it can be reached. */
  want: () => void;
  /** The connection stands, `again` after a loss; comes before the state. */
  stands: (again: boolean) => void;
  state: (state: LinkState) => void;
  /** Second rung: no path was found, so that a new connection is needed. */
  broken: () => void;
}

/**
 * Knows whether a connection stands and climbs the ladder where it does not: waits a moment, makes sure that the other
 * side can be told, restarts ICE, and gives the connection up where that does not help in time.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #pulse: Pulse;
  #state: LinkState = 'connecting';
  /** Lost, and the other side could not be told of a restart yet. */
  #isOutOfReach = false;
  /** A restart has begun since the connection was lost: a second wish for one gives it no more time. */
  #isRestarting = false;
  #isRestartOffered = false;
  #cancelStep: (() => void) | null = null;

  constructor(options: RecoveryOptions) {
    this.#options = options;
    const { platform, isOpen, sendInBand, countBytes, connection } = options;
    this.#pulse = new Pulse({
      platform,
      beat: () => {
        sendInBand(''); // as small as a message can be
      },
      countBytes,
      flows: () => {
        if (isOpen() && connection()?.connectionState === 'connected') this.#onConnected();
      },
      silent: () => {
        if (this.#state === 'connected') this.#onLost(0);
      },
    });
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Whether it stands, as far as is known, between two pages of this library: nobody outside has a say then. */
  get isHeld(): boolean {
    return this.#state === 'connected' && this.#pulse.isKnown;
  }

  /** The other side has not answered a restart yet. */
  get isRestartOffered(): boolean {
    return this.#isRestartOffered;
  }

  /** The connection was made. */
  begin(): void {
    this.#watch(connectTimeoutMs);
  }

  /** The data channel is open. */
  channelOpened(): void {
    this.#pulse.start();
  }

  /** Something came through the data channel. */
  channelHeard(): void {
    this.#pulse.hear();
  }

  /** The other page is gone or going: its connection says so only seconds later. */
  channelClosed(): void {
    if (this.#state === 'connected') this.#onLost();
  }

  /** The browser says so of the connection. */
  follow(state: RTCPeerConnectionState): void {
    if (state === 'connected') {
      // After a loss the state alone proves nothing: Firefox says so seconds before anything flows.
      if (this.#state === 'lost' && this.#pulse.isKnown && !this.#pulse.isFresh) return;
      this.#onConnected();
    } else if (state === 'failed' && this.#isBeyondRepair) {
      this.#isOutOfReach = false;
      this.#setState('lost');
      // One that never stood failed because there is no network, perhaps: the next would fail as soon.
      if (!this.#isClosed()) this.#watch(this.#pulse.isKnown ? 0 : restartTimeoutMs);
    } else if (state === 'disconnected' || state === 'failed') {
      this.#onLost(state === 'failed' ? 0 : disconnectedGraceMs);
    }
  }

  /** Somebody outside speaks for the other side, as that does when the connection is lost on its end. */
  doubt(): void {
    if (this.isHeld) this.#pulse.doubt();
  }

  /** The other side was heard over the page's transport: it can be told of a restart. */
  hear(): void {
    if (!this.#isOutOfReach) return;
    this.#isOutOfReach = false;
    this.#options.enqueue(async () => {
      // The path may have come back with the transport: a restart would only interrupt it.
      const flows = await this.#pulse.flowsAgain();
      if (this.#state !== 'lost' || this.#isRestartOffered) return;
      this.#after(flows ? disconnectedGraceMs : 0, () => {
        this.#climb();
      });
    });
  }

  /** The network may have changed: whether the connection stands is found out soon, not in seconds. */
  networkChanged(): void {
    if (this.isHeld) {
      this.#pulse.suspect();
    } else if (this.#isBeyondRepair) {
      if (this.#state === 'lost') this.#watch(0);
    } else if (this.#options.connection()?.remoteDescription && !this.#isOutOfReach) {
      this.#isRestarting = false;
      this.#options.restart();
    }
  }

  /** This side is about to offer a restart. */
  offersRestart(): void {
    this.#isRestartOffered = true;
  }

  /** A restart has begun on this side. */
  restarted(): void {
    const { isPlain } = this.#options;
    this.#isRestartOffered = true;
    if (this.#state !== 'lost' || (this.#isRestarting && !isPlain)) return;
    this.#isRestarting = true;
    this.#watch(restartTimeoutMs); // only now: the servers may have taken as long
  }

  /** A description of the other side has come that is part of a new beginning of ICE. */
  reached(): void {
    this.#isRestartOffered = this.#isOutOfReach = false;
  }

  /** It is about to be applied. */
  tries(type: RTCSdpType): void {
    const { isPlain } = this.#options;
    if (this.#state !== 'lost' || (isPlain && type !== 'offer')) return;
    // Chromium 156 may go on with a pair of its new port and the other side's former one, which leads nowhere.
    const settleMs = this.#isBeyondRepair ? 0 : restartSettleMs;
    this.#watch(type === 'offer' ? restartTimeoutMs : settleMs);
  }

  /** May be called twice. */
  close(): void {
    this.#setState('closed');
    this.#cancelStep?.();
    this.#pulse.stop();
  }

  /** Firefox 153 has closed the data channel by then: a restart connects, but carries nothing for 16 s or for ever. */
  get #isBeyondRepair(): boolean {
    const { isPlain, platform, connection } = this.#options;
    return connection()?.connectionState === 'failed' && !isPlain && platform.engine === 'firefox';
  }

  #onConnected(): void {
    if (this.#state === 'connected' || this.#state === 'closed') return;
    this.#cancelStep?.();
    this.#cancelStep = null;
    this.#isRestarting = this.#isOutOfReach = false;
    this.#options.stands(this.#state === 'lost');
    this.#setState('connected');
  }

  #onLost(graceMs = disconnectedGraceMs): void {
    // Once on the ladder a further sign of the same loss must not begin it anew: it would never end.
    if (this.#state === 'closed' || (this.#state === 'lost' && this.#cancelStep)) return;
    this.#setState('lost');
    if (this.#isClosed()) return; // by a listener
    this.#pulse.suspect(); // that something flows again is to be seen as soon
    this.#after(graceMs, () => {
      if (this.#options.isPlain) {
        this.#climb();
        return;
      }
      this.#isOutOfReach = true;
      this.#watch(restartTimeoutMs);
      this.#options.want(); // whatever comes back shows that an offer would arrive, too
    });
  }

  /** First rung: restart ICE. Second: give up this connection when that does not help. */
  #climb(): void {
    this.#watch(iceServersTimeoutMs + restartTimeoutMs); // shorter as soon as the restart begins
    this.#options.restart();
  }

  /** Gives up the connection unless it stands by then. */
  #watch(delayMs: number): void {
    this.#after(delayMs, () => {
      this.#options.broken();
    });
  }

  /** The next step of the ladder, in place of the one that was to come. */
  #after(delayMs: number, step: () => void): void {
    this.#cancelStep?.();
    this.#cancelStep = this.#options.platform.setTimer(() => {
      this.#cancelStep = null;
      step();
    }, delayMs);
  }

  #setState(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.state(state);
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }
}
