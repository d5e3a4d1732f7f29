import { candidateGatherMs, maxCandidates, maxMediaSections } from './defaults.js';
import { toCallError, type CallError } from './errors.js';
import { MediaSections, type RemoteTrackEvents } from './media-sections.js';
import { Negotiation, type Description } from './negotiation.js';
import type { Outgoing } from './outgoing.js';
import type { SignalBody } from './peer.js';
import type { Platform } from './platform.js';
import { Recovery, type LinkState } from './recovery.js';
import type { SignalMessage, TransceiverRequest } from './signal.js';

/**
 * Asked before the connection is made and before every restart; what comes meanwhile waits for the answer. Given back
 * a configuration that the browser has refused, it gives as much of it as the browser takes.
 */
export type ConfigurationSource = (
  refused?: RTCConfiguration,
) => RTCConfiguration | Promise<RTCConfiguration>;

export interface PeerLinkOptions {
  platform: Platform;
  configuration: ConfigurationSource;
  /** This side makes the first offer; the other waits for it. */
  offersFirst: boolean;
  polite: boolean;
  generation: number;
  outgoing: Outgoing;
  events: PeerLinkEvents;
  /** For a page that does not know this library. */
  plain?: PlainRules;
}

/**
 * A link to a page that does not know this library: nothing in band, restarts from this side, and a section of its
 * own for what the other side has not offered.
 */
export interface PlainRules {
  /**
   * Asks the other side for an offer, with a further section where a kind is named.
   * @returns false where this side makes such an offer itself
   */
  ask: (kind?: 'audio' | 'video') => boolean;
  /** A data channel was closed by the other side. */
  channelClosed: () => void;
}

export interface PeerLinkEvents extends RemoteTrackEvents {
  signal: (body: SignalBody) => void;
  state: (state: LinkState) => void;
  channelMessage: (text: string) => void;
  /** Something of the other side went beyond a limit and was left out. */
  dropped: (what: string) => void;
  /** A fault that the link could not mend by itself. */
  error: (error: CallError) => void;
  /** The connection is beyond repair, after an `error` or because no path is found; a new one is needed. */
  broken: (why: 'error' | 'no-path') => void;
}

/** Bytes waiting in the data channel; past them signals take the transport alone. */
const maxBufferedBytes = 1_000_000;

/**
 * One `RTCPeerConnection` to one other page: owns it and its data channel, negotiates, exchanges candidates and
 * restarts ICE, one operation after the other. What it carries is for its `sections`, when to restart for its `Recovery`.
 */
export class PeerLink {
  readonly generation: number;
  /** What it carries in both directions. */
  readonly sections: MediaSections;
  readonly #options: PeerLinkOptions;
  readonly #recovery: Recovery;
  #connection: RTCPeerConnection | null = null;
  #negotiation: Negotiation | null = null;
  #channel: RTCDataChannel | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #candidates: RTCIceCandidateInit[] = [];
  #cancelFlush: (() => void) | null = null;
  #remoteUfrag: string | undefined;
  #receivedCandidates = 0;
  #offersAgain = false;

  constructor(options: PeerLinkOptions) {
    this.#options = options;
    const { platform, outgoing, generation, events, plain } = options;
    this.generation = generation;
    const enqueue = (operation: () => unknown): void => {
      this.#enqueue(operation);
    };
    this.sections = new MediaSections({
      platform,
      outgoing,
      enqueue,
      trackAdded: events.trackAdded,
      trackRemoved: events.trackRemoved,
      ...(plain && { ask: plain.ask }),
    });
    this.#recovery = new Recovery({
      platform,
      isPlain: plain !== undefined,
      connection: () => this.#connection,
      isOpen: () => this.#channel?.readyState === 'open',
      sendInBand: (text) => this.sendInBand(text),
      countBytes: () => this.countBytes(),
      enqueue,
      restart: () => {
        this.restart();
      },
      want: () => {
        this.#signal({ kind: 'want' });
      },
      stands: (again) => {
        this.sections.onConnected(again);
      },
      state: events.state,
      broken: () => {
        events.broken('no-path');
      },
    });
    enqueue(() =>
      this.#configured((configuration) => {
        if (!this.#isClosed()) this.#open(platform.createPeerConnection(configuration));
      }),
    );
  }

  get state(): LinkState {
    return this.#recovery.state;
  }

  /** Whether it stands, as far as is known, between two pages of this library: nobody outside has a say then. */
  get isHeld(): boolean {
    return this.#recovery.isHeld;
  }

  /** Somebody outside speaks for the other side, as that does when the connection is lost on its end. */
  doubt(): void {
    this.#recovery.doubt();
  }

  /** The other side was heard over the page's transport: it can be told of a restart. */
  hear(): void {
    this.#recovery.hear();
  }

  /** The network may have changed: whether the connection stands is found out soon, not in seconds. */
  networkChanged(): void {
    this.#recovery.networkChanged();
  }

  /** Statistics of the connection, or null before it exists. */
  async getStats(): Promise<RTCStatsReport | null> {
    return (await this.#connection?.getStats()) ?? null;
  }

  /** Takes a description, candidates or a wish to restart of this generation from the other side. */
  receive(kind: 'description' | 'candidate' | 'restart', message: SignalMessage): void {
    this.#enqueue(async () => {
      // An offer for a restart that is under way serves the other side, too.
      if (kind === 'restart' && !this.#recovery.isRestartOffered) await this.#restartIce();
      if (message.description) await this.#receiveDescription(message.description);
      const candidates = message.candidates ?? (message.candidate ? [message.candidate] : []);
      for (const candidate of candidates) {
        if (++this.#receivedCandidates > maxCandidates) {
          this.#options.events.dropped(`more than ${maxCandidates} candidates arrived`);
          return;
        }
        await this.#negotiation?.addCandidate(candidate);
      }
    });
  }

  /** Restarts ICE, from this side where it offered first, else from the other (see docs/decisions). */
  restart(): void {
    if (this.#options.offersFirst || this.#options.plain) {
      this.#recovery.offersRestart();
      this.#enqueue(() => this.#restartIce());
      return;
    }
    this.#enqueue(() => this.#refreshServers()); // while the other side does the same
    this.#signal({ kind: 'restart' });
  }

  /** Makes an offer because the other side asks for it, with a further section where it names one. */
  offer(section?: TransceiverRequest): void {
    this.#enqueue(async () => {
      const connection = this.#connection;
      if (!connection) return;
      if (!section) await this.#offerAgain();
      else if (connection.getTransceivers().length < maxMediaSections) {
        connection.addTransceiver(section.kind, section.init);
      }
    });
  }

  /** Sends text over the data channel. @returns false when it is not open or is congested */
  sendInBand(text: string): boolean {
    const channel = this.#channel;
    if (channel?.readyState !== 'open' || channel.bufferedAmount > maxBufferedBytes) return false;
    try {
      channel.send(text);
      return true;
    } catch {
      return false; // longer than the other side takes, or closing this very moment
    }
  }

  /** Ends the connection. Its remote tracks are not taken back: the last frame may stay. May be called twice. */
  close(): void {
    if (this.#isClosed()) return;
    this.#recovery.close();
    this.sections.close();
    this.#cancelFlush?.();
    const connection = this.#connection;
    this.#connection = this.#negotiation = null;
    this.#detachChannel();
    if (!connection) return;
    connection.onnegotiationneeded = connection.onicecandidate = null;
    connection.onconnectionstatechange = connection.ondatachannel = null;
    connection.close();
  }

  /** @param use throws, and has done nothing, where the browser refuses the configuration */
  async #configured(use: (configuration: RTCConfiguration) => void): Promise<void> {
    const { configuration } = this.#options;
    const asked = configuration();
    // At once where possible: what is shown of the participant is rendered in the next microtasks.
    const wanted = asked instanceof Promise ? await asked : asked;
    try {
      use(wanted);
    } catch (error) {
      if (!wanted.iceServers?.length) throw error;
      use(await configuration(wanted));
    }
  }

  #open(connection: RTCPeerConnection): void {
    this.#connection = connection;
    this.sections.open(connection);
    this.#recovery.begin();
    this.#negotiation = new Negotiation(connection, {
      polite: this.#options.polite,
      send: (description) => {
        this.#signal({ kind: 'description', description });
      },
    });
    const { plain } = this.#options;
    connection.onnegotiationneeded = () => {
      if (!plain?.ask()) this.#enqueue(() => this.#negotiation?.offer());
    };
    if (plain) {
      connection.ondatachannel = ({ channel }) => {
        this.#watchChannel(channel);
      };
    }
    connection.onicecandidate = ({ candidate }) => {
      // Only a passive one could be reached over TCP, and browsers make none: active ones are of no use to anybody.
      if (candidate?.candidate && candidate.tcpType !== 'active') this.#queueCandidate(candidate);
    };
    connection.onconnectionstatechange = () => {
      this.#recovery.follow(connection.connectionState);
    };
    if (!this.#options.offersFirst) return;
    this.#openChannel(connection);
    this.sections.add();
    // `negotiationneeded` would come a task later, behind all that is rendered for the participant.
    this.#enqueue(() => this.#negotiation?.offer());
  }

  /** Credentials may have expired since the connection was made. */
  #refreshServers(): Promise<void> {
    return this.#configured((configuration) => this.#connection?.setConfiguration(configuration));
  }

  async #restartIce(): Promise<void> {
    await this.#refreshServers();
    this.#connection?.restartIce();
    // The former offer may be lost: a plain page does not ask for it again.
    if (this.#options.plain) await this.#negotiation?.offer(true);
    this.#recovery.restarted();
  }

  async #receiveDescription(description: Description): Promise<void> {
    const negotiation = this.#negotiation;
    if (!negotiation) return;
    const ufrag = /^a=ice-ufrag:(\S+)/m.exec(description.sdp)?.[1];
    if (ufrag !== this.#remoteUfrag) {
      this.#recovery.reached();
      if (this.#remoteUfrag !== undefined && description.type === 'offer') await this.#refreshServers();
      this.#remoteUfrag = ufrag;
      this.#receivedCandidates = 0;
      this.#recovery.tries(description.type);
    }
    await negotiation.receive(description, () => {
      this.#adopt();
    });
    await this.sections.attachWaiting();
    if (this.#offersAgain) await this.#offerAgain();
  }

  /** Now, or as soon as the negotiation is over that is under way. */
  async #offerAgain(): Promise<void> {
    this.#offersAgain = this.#connection?.signalingState !== 'stable';
    await this.#negotiation?.offer();
  }

  /** Takes from an offer what it brings. */
  #adopt(): void {
    if (this.#connection && !this.#options.plain) this.#openChannel(this.#connection);
    this.sections.adopt();
  }

  #openChannel(connection: RTCPeerConnection): void {
    if (this.#channel) return;
    if (this.#options.plain) {
      this.#watchChannel(connection.createDataChannel('rtc-call')); // simple-peer is not connected without one
      return;
    }
    const channel = connection.createDataChannel('rtc-call', { negotiated: true, id: 0 });
    this.#channel = channel;
    channel.onopen = () => {
      this.#recovery.channelOpened();
    };
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      this.#recovery.channelHeard();
      if (typeof data === 'string' && data) this.#options.events.channelMessage(data);
    };
    channel.onclose = () => {
      if (this.#channel === channel) this.#recovery.channelClosed();
    };
  }

  /** A channel with a foreign page carries nothing of ours; what it brings is not read. */
  #watchChannel(channel: RTCDataChannel): void {
    channel.onclose = () => {
      if (!this.#isClosed()) this.#options.plain?.channelClosed();
    };
  }

  #detachChannel(): void {
    if (this.#channel) this.#channel.onopen = this.#channel.onmessage = this.#channel.onclose = null;
    this.#channel = null;
  }

  /** Candidates born at about the same time travel together. */
  #queueCandidate(candidate: RTCIceCandidate): void {
    this.#candidates.push(candidate.toJSON());
    this.#cancelFlush ??= this.#options.platform.setTimer(() => {
      this.#flushCandidates();
    }, candidateGatherMs);
  }

  #flushCandidates(): void {
    this.#cancelFlush = null;
    const candidates = this.#candidates;
    this.#candidates = [];
    const [first] = candidates;
    if (first)
      this.#signal({
        kind: 'candidate',
        ...(candidates.length === 1 ? { candidate: first } : { candidates }),
      });
  }

  /** Everything that has arrived over the connection so far, in bytes. */
  async countBytes(): Promise<number> {
    let bytes = 0;
    // Of connection, transport and streams alike: only growth counts, and no browser fills in all of them.
    for (const stats of ((await this.#connection?.getStats()) ?? new Map<string, unknown>()).values()) {
      const { bytesReceived } = stats as { bytesReceived?: number };
      bytes += bytesReceived ?? 0;
    }
    return bytes;
  }

  #signal(body: SignalBody): void {
    if (!this.#isClosed()) this.#options.events.signal({ ...body, generation: this.generation });
  }

  /** One operation at a time: no description is applied while another still is. */
  #enqueue(operation: () => unknown): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#isClosed()) return;
      try {
        await operation();
      } catch (error) {
        if (this.#isClosed()) return; // the connection was closed under the operation
        this.#options.events.error(toCallError(error, 'connection'));
        if (!this.#isClosed()) this.#options.events.broken('error'); // a listener may have ended the call
      }
    });
  }

  #isClosed(): boolean {
    return this.#recovery.state === 'closed';
  }
}
