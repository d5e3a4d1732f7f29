import { Delivery } from './delivery.js';
import type { Platform } from './platform.js';
import type { SignalMedia, SignalMessage, SignalSidecar, SignalView } from './signal.js';

/** What this side says of itself. */
export interface SelfDescription {
  readonly id: string;
  readonly room: string;
  readonly name: string;
  readonly media: SignalMedia;
}

/** The part of a message that its sender chooses; the roster adds addresses and numbers. */
export type SignalBody = Pick<SignalMessage, 'description' | 'candidate' | 'candidates'> &
  Pick<SignalSidecar, 'kind'> &
  Partial<Pick<SignalSidecar, 'generation' | 'media' | 'mayReturn' | 'name' | 'text' | 'view'>>;

/** Another page that hears us and whom we hear: one session of one peer. */
export interface Peer {
  readonly id: string;
  readonly session: string;
  readonly name: string;
  readonly media: SignalMedia | null;
  /** How large it shows the pictures of this side. */
  readonly view: SignalView;
  /** This side makes the first offer of a fresh connection. */
  readonly offersFirst: boolean;
  /** In later glare this side gives way (perfect negotiation). */
  readonly polite: boolean;
  /** A directed message has been sent, so the other side knows or will know that we hear it. */
  readonly addressed: boolean;
  /** Sends reliably and in order. */
  send(body: SignalBody): void;
}

/** What the roster notes of one session: a `Peer` as soon as it is confirmed. */
export class RosterEntry implements Peer {
  readonly id: string;
  readonly session: string;
  name = '';
  media: SignalMedia | null = null;
  /** What it was told of the media of this side, and the number of the message. */
  toldMedia = '';
  toldBy = 0;
  view: SignalView = {};
  confirmed = false;
  /** What the transport says of the sender: later messages under another are dropped. */
  readonly sender: string | undefined;
  /** Our question to this session, and when it was asked: its page lived then, if it answers. */
  nonce = '';
  askedAt = 0;
  /** Its question to us, which every message to it answers. */
  theirNonce: string | undefined;
  engine: string | undefined;
  readonly metAt: number;
  lastHeardAt: number;
  /** It seems to have left; whether it has is seen in a moment. */
  cancelBye: (() => void) | null = null;
  readonly delivery: Delivery<SignalBody>;
  readonly #platform: Platform;
  readonly #self: { session: string; engine: string };

  constructor(
    rtc: SignalSidecar,
    options: {
      platform: Platform;
      self: { session: string; engine: string };
      sender: string | undefined;
      transmit: (entry: RosterEntry, body: SignalBody | null, seq: number, ack: number) => void;
    },
  ) {
    this.id = rtc.from;
    this.session = rtc.session;
    this.#self = options.self;
    this.sender = options.sender;
    this.#platform = options.platform;
    this.renewQuestion();
    this.metAt = this.lastHeardAt = this.askedAt;
    this.delivery = new Delivery({
      platform: options.platform,
      transmit: (body, seq, ack) => {
        options.transmit(this, body, seq, ack);
      },
    });
  }

  get offersFirst(): boolean {
    const ours = this.#self.engine === 'chromium';
    const theirs = this.engine === 'chromium';
    return ours === theirs ? this.#self.session > this.session : ours;
  }

  get polite(): boolean {
    return this.#self.session < this.session;
  }

  get addressed(): boolean {
    return this.delivery.sentCount > 0;
  }

  renewQuestion(): void {
    this.nonce = this.#platform.randomId();
    this.askedAt = this.#platform.now();
  }

  send(body: SignalBody): void {
    this.delivery.send(body);
  }

  close(): void {
    this.cancelBye?.();
    this.delivery.close();
  }
}
