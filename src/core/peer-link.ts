import { applyTarget, preferScreenCodec, type Target } from './adaptation.js';
import {
  candidateGatherMs,
  connectTimeoutMs,
  disconnectedGraceMs,
  iceServersTimeoutMs,
  keyFrameRepeatMs,
  maxCandidates,
  maxMediaSections,
  restartSettleMs,
  restartTimeoutMs,
} from './defaults.js';
import { toCallError, type CallError } from './errors.js';
import { Negotiation, type Description } from './negotiation.js';
import type { Platform } from './platform.js';
import { Pulse } from './pulse.js';
import type { SignalBody } from './peer.js';
import type { SignalMessage, TransceiverRequest } from './signal.js';

/** The three things that a side sends, in the order of their media sections. */
export type TrackRole = 'audio' | 'video' | 'screen';

/** What this side sends on every link. The tracks and streams stay their owner's. */
export interface Outgoing {
  /** Groups microphone and camera for the other side (`msid`). */
  readonly stream: MediaStream;
  /** Whether this side ever sends the kind; false makes it receive only. */
  readonly sends: Readonly<Record<TrackRole, boolean>>;
  readonly tracks: Readonly<Record<TrackRole, MediaStreamTrack | null>>;
}

export type LinkState = 'connecting' | 'connected' | 'lost' | 'closed';

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

export interface PeerLinkEvents {
  signal: (body: SignalBody) => void;
  state: (state: LinkState) => void;
  /** A track of the other side began, or was ended by it. The link does not own the streams it is put into. */
  trackAdded: (track: MediaStreamTrack, role: TrackRole) => void;
  trackRemoved: (track: MediaStreamTrack, role: TrackRole) => void;
  channelMessage: (text: string) => void;
  /** Something of the other side went beyond a limit and was left out. */
  dropped: (what: string) => void;
  /** A fault that the link could not mend by itself. */
  error: (error: CallError) => void;
  /** The connection is beyond repair, after an `error` or because no path is found; a new one is needed. */
  broken: (why: 'error' | 'no-path') => void;
}

const trackRoles = ['audio', 'video', 'screen'] as const;

/** Bytes waiting in the data channel; past them signals take the transport alone. */
const maxBufferedBytes = 1_000_000;

/**
 * One `RTCPeerConnection` to one other page: owns it, its transceivers and its data channel, negotiates them and
 * restarts ICE. Negotiation needs no track: transceivers go out empty and tracks follow by `replaceTrack`.
 */
export class PeerLink {
  readonly generation: number;
  readonly #options: PeerLinkOptions;
  readonly #tracks: Record<TrackRole, MediaStreamTrack | null>;
  readonly #sends: Record<TrackRole, boolean>;
  readonly #transceivers = new Map<TrackRole, RTCRtpTransceiver>();
  /** Their track, direction or target has changed. */
  readonly #unattached = new Set<TrackRole>();
  readonly #remoteTracks = new Map<MediaStreamTrack, TrackRole>();
  #connection: RTCPeerConnection | null = null;
  #negotiation: Negotiation | null = null;
  #channel: RTCDataChannel | null = null;
  readonly #pulse: Pulse;
  #queue: Promise<unknown> = Promise.resolve();
  #state: LinkState = 'connecting';
  #candidates: RTCIceCandidateInit[] = [];
  #cancelFlush: (() => void) | null = null;
  #cancelWatch: (() => void) | null = null;
  #cancelKeyFrames: (() => void) | null = null;
  /** Lost, and the other side could not be told of a restart yet. */
  #isOutOfReach = false;
  /** A restart has begun since the connection was lost: a second wish for one gives it no more time. */
  #isRestarting = false;
  /** The other side has not answered a restart yet. */
  #isRestartOffered = false;
  #remoteUfrag: string | undefined;
  #targets: Partial<Record<TrackRole, Target>> = {};
  #heardAt: number | undefined;
  #receivedCandidates = 0;
  /** Groups the screen for a page that goes by streams. */
  #screenStream: MediaStream | null = null;
  /** What the other side has been asked to offer. */
  readonly #asked = new Set<TrackRole>();
  #offersAgain = false;

  constructor(options: PeerLinkOptions) {
    this.#options = options;
    this.generation = options.generation;
    this.#tracks = { ...options.outgoing.tracks };
    this.#sends = { ...options.outgoing.sends };
    this.#pulse = new Pulse({
      platform: options.platform,
      beat: () => {
        this.sendInBand(''); // as small as a message can be
      },
      countBytes: () => this.countBytes(),
      flows: () => {
        const isOpen = this.#channel?.readyState === 'open';
        if (isOpen && this.#connection?.connectionState === 'connected') this.#onConnected();
      },
      silent: () => {
        if (this.#state === 'connected') this.#onLost(0);
      },
    });
    this.#enqueue(() =>
      this.#configured((configuration) => {
        if (!this.#isClosed()) this.#open(options.platform.createPeerConnection(configuration));
      }),
    );
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Whether it stands, as far as is known, between two pages of this library: nobody outside has a say then. */
  get isHeld(): boolean {
    return this.#state === 'connected' && this.#pulse.isKnown;
  }

  /** Somebody outside speaks for the other side, as that does when the connection is lost on its end. */
  doubt(): void {
    if (this.isHeld) this.#pulse.doubt();
  }

  /** Statistics of the connection, or null before it exists. */
  async getStats(): Promise<RTCStatsReport | null> {
    return (await this.#connection?.getStats()) ?? null;
  }

  /** How loud the newest sound of the other side is, 0 to 1; null while none comes. */
  readLevel(): number | null {
    const receiver: Partial<RTCRtpReceiver> | undefined = this.#transceivers.get('audio')?.receiver;
    const [source] = receiver?.getSynchronizationSources?.() ?? [];
    if (!source) return null;
    const isOld = source.timestamp === this.#heardAt; // browsers remember the last packet for seconds
    this.#heardAt = source.timestamp;
    return isOld ? 0 : (source.audioLevel ?? null);
  }

  /** The other side was heard over the page's transport: it can be told of a restart. */
  hear(): void {
    if (!this.#isOutOfReach) return;
    this.#isOutOfReach = false;
    this.#enqueue(async () => {
      // The path may have come back with the transport: a restart would only interrupt it.
      const flows = await this.#pulse.flowsAgain();
      if (this.#state !== 'lost' || this.#isRestartOffered) return;
      this.#after(flows ? disconnectedGraceMs : 0, () => {
        this.#climb();
      });
    });
  }

  /** Takes a description, candidates or a wish to restart of this generation from the other side. */
  receive(kind: 'description' | 'candidate' | 'restart', message: SignalMessage): void {
    this.#enqueue(async () => {
      // An offer for a restart that is under way serves the other side, too.
      if (kind === 'restart' && !this.#isRestartOffered) await this.#restartIce();
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

  /** Sends `track` from now on (null: nothing) without a new negotiation wherever a sender exists. */
  setTrack(role: TrackRole, track: MediaStreamTrack | null): void {
    this.#tracks[role] = track;
    if (track) this.#sends[role] = true;
    else this.#asked.delete(role);
    this.#attachSoon(role);
  }

  /** Whether this side may send the kind at all; a change negotiates a new direction. */
  setSends(role: TrackRole, sends: boolean): void {
    this.#sends[role] = sends;
    this.#attachSoon(role);
  }

  /** How pictures are sent from now on. */
  setTarget(role: 'video' | 'screen', target: Target): void {
    if (JSON.stringify(target) === JSON.stringify(this.#targets[role])) return;
    this.#targets[role] = target;
    this.#attachSoon(role);
  }

  /** Restarts ICE, from this side where it offered first, else from the other (see docs/decisions). */
  restart(): void {
    if (this.#options.offersFirst || this.#options.plain) {
      this.#isRestartOffered = true;
      this.#enqueue(() => this.#restartIce());
      return;
    }
    this.#enqueue(() => this.#refreshServers()); // while the other side does the same
    this.#signal({ kind: 'restart' });
  }

  /** The network may have changed: whether the connection stands is found out soon, not in seconds. */
  networkChanged(): void {
    if (this.#state === 'connected' && this.#pulse.isKnown) {
      this.#pulse.suspect();
    } else if (this.#isBeyondRepair) {
      if (this.#state === 'lost') this.#watch(0);
    } else if (this.#connection?.remoteDescription && !this.#isOutOfReach) {
      this.#isRestarting = false;
      this.restart();
    }
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
    if (this.#state === 'closed') return;
    this.#setState('closed');
    this.#cancelFlush?.();
    this.#cancelWatch?.();
    this.#cancelKeyFrames?.();
    this.#pulse.stop();
    for (const track of this.#remoteTracks.keys()) track.onended = null;
    const connection = this.#connection;
    this.#connection = this.#negotiation = null;
    this.#detachChannel();
    if (!connection) return;
    connection.onnegotiationneeded = connection.onicecandidate = connection.ontrack = null;
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
    this.#watch(connectTimeoutMs);
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
    connection.ontrack = ({ track, transceiver }) => {
      this.#addRemoteTrack(track, transceiver);
    };
    connection.onconnectionstatechange = () => {
      this.#onConnectionState(connection.connectionState);
    };
    if (!this.#options.offersFirst) return;
    // Before any track exists: the connection is negotiated while the camera still opens.
    this.#openChannel(connection);
    for (const role of ['audio', 'video'] as const) {
      const transceiver = connection.addTransceiver(role, {
        direction: this.#direction(role),
        streams: [this.#options.outgoing.stream], // without it the other side's event.streams would be empty
      });
      this.#transceivers.set(role, transceiver);
      this.#attachSoon(role);
    }
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
    this.#isRestartOffered = true;
    const { plain } = this.#options;
    if (plain) await this.#negotiation?.offer(true); // the former offer may be lost: nobody repeats it
    if (this.#state !== 'lost' || (this.#isRestarting && !plain)) return;
    this.#isRestarting = true;
    this.#watch(restartTimeoutMs); // only now: the answer may have taken as long
  }

  async #receiveDescription(description: Description): Promise<void> {
    const negotiation = this.#negotiation;
    if (!negotiation) return;
    const ufrag = /^a=ice-ufrag:(\S+)/m.exec(description.sdp)?.[1];
    if (ufrag !== this.#remoteUfrag) {
      this.#isRestartOffered = this.#isOutOfReach = false;
      if (this.#remoteUfrag !== undefined && description.type === 'offer') await this.#refreshServers();
      this.#remoteUfrag = ufrag;
      this.#receivedCandidates = 0;
      const isOffer = description.type === 'offer';
      // Chromium 156 may go on with a pair of its new port and the other side's former one, which leads nowhere.
      if (this.#state === 'lost' && (isOffer || !this.#options.plain))
        this.#watch(isOffer ? restartTimeoutMs : restartSettleMs);
    }
    await negotiation.receive(description, () => this.#adoptTransceivers());
    // They may have waited for the first description.
    for (const role of this.#options.plain ? trackRoles : (['screen'] as const)) await this.#attach(role);
    if (this.#offersAgain) await this.#offerAgain();
  }

  /** Now, or as soon as the negotiation is over that is under way. */
  async #offerAgain(): Promise<void> {
    this.#offersAgain = this.#connection?.signalingState !== 'stable';
    await this.#negotiation?.offer();
  }

  /** The answerer makes no transceivers of its own but takes those that were offered. */
  async #adoptTransceivers(): Promise<void> {
    const connection = this.#connection;
    if (!connection) return;
    if (!this.#options.plain) this.#openChannel(connection);
    for (const transceiver of connection.getTransceivers()) {
      if (transceiver.mid === null || transceiver.direction === 'stopped') continue;
      const known = this.#roleOf(transceiver);
      const role = known ?? this.#nextRole(transceiver.receiver.track.kind);
      if (known === null && role !== null) this.#transceivers.set(role, transceiver);
      if (role !== null && this.#transceivers.get(role) === transceiver) await this.#attach(role);
    }
  }

  /** Roles that change together are attached side by side: the picture does not wait for the sound. */
  #attachSoon(role: TrackRole): void {
    this.#unattached.add(role);
    if (this.#unattached.size > 1) return;
    this.#enqueue(async () => {
      const roles = [...this.#unattached];
      this.#unattached.clear();
      await Promise.all(roles.map((one) => this.#attach(one)));
    });
  }

  /** Puts the role's track on its sender and the direction that follows; a screen gets its section when needed. */
  async #attach(role: TrackRole): Promise<void> {
    const connection = this.#connection;
    const { plain } = this.#options;
    const track = this.#tracks[role];
    if (!connection) return;
    let transceiver = this.#transceivers.get(role);
    if (!transceiver && (role === 'screen' || plain) && track && connection.remoteDescription) {
      if (this.#asked.has(role)) return;
      if (plain?.ask(role === 'audio' ? role : 'video')) {
        this.#asked.add(role);
        return; // it comes with an offer
      }
      transceiver = connection.addTransceiver(track, { direction: 'sendrecv', streams: this.#streams(role) });
      // Not in Firefox 153: in glare its payload types then clash, and Chromium can not read its description.
      const { platform } = this.#options;
      if (role === 'screen' && platform.engine === 'chromium')
        preferScreenCodec(transceiver, platform.videoCodecs());
      this.#transceivers.set(role, transceiver);
    }
    if (!transceiver) return; // before the first description: attached when it is there
    const direction = this.#direction(role);
    if (transceiver.direction !== direction) transceiver.direction = direction;
    const mayName = plain ?? connection.signalingState === 'have-remote-offer';
    if (direction === 'sendrecv' && mayName) transceiver.sender.setStreams(...this.#streams(role));
    const { sender } = transceiver;
    // The encoder starts with the right parameters, and neither step waits for the other.
    const targeted = applyTarget(sender, role, track, this.#targets[role]);
    if (sender.track !== track) await sender.replaceTrack(track);
    await targeted;
  }

  #direction(role: TrackRole): RTCRtpTransceiverDirection {
    // A plain page would show an empty screen in place of the camera.
    const sends = role === 'screen' && this.#options.plain ? this.#tracks.screen : this.#sends[role];
    return sends ? 'sendrecv' : 'recvonly';
  }

  /** What a sender's track belongs to, for the other side's `event.streams`. */
  #streams(role: TrackRole): MediaStream[] {
    if (role !== 'screen') return [this.#options.outgoing.stream];
    if (!this.#options.plain) return []; // told by `media`
    return [(this.#screenStream ??= this.#options.platform.createMediaStream())];
  }

  #roleOf(transceiver: RTCRtpTransceiver): TrackRole | null {
    for (const [role, own] of this.#transceivers) if (own === transceiver) return role;
    return null;
  }

  /** The first section of a kind is microphone or camera, the next video is the screen. */
  #nextRole(kind: string): TrackRole | null {
    const role = kind === 'audio' ? 'audio' : this.#transceivers.has('video') ? 'screen' : 'video';
    return this.#transceivers.has(role) ? null : role;
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
      this.#pulse.start();
    };
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      this.#pulse.hear();
      if (typeof data === 'string' && data) this.#options.events.channelMessage(data);
    };
    channel.onclose = () => {
      // The other page is gone or going: its connection says so only seconds later.
      if (this.#channel === channel && this.#state === 'connected') this.#onLost();
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

  #addRemoteTrack(track: MediaStreamTrack, transceiver: RTCRtpTransceiver): void {
    if (this.#remoteTracks.has(track)) return;
    const role: TrackRole =
      this.#roleOf(transceiver) ??
      (track.kind === 'audio' ? 'audio' : this.#isFirstVideo(transceiver) ? 'video' : 'screen');
    this.#remoteTracks.set(track, role);
    track.onended = () => {
      this.#removeRemoteTrack(track);
    };
    this.#options.events.trackAdded(track, role);
  }

  #isFirstVideo(transceiver: RTCRtpTransceiver): boolean {
    const videos = this.#connection
      ?.getTransceivers()
      .filter(({ receiver }) => receiver.track.kind === 'video');
    return videos?.[0] === transceiver;
  }

  #removeRemoteTrack(track: MediaStreamTrack): void {
    const role = this.#remoteTracks.get(track);
    if (!role) return;
    track.onended = null;
    this.#remoteTracks.delete(track);
    this.#options.events.trackRemoved(track, role);
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

  #onConnectionState(state: RTCPeerConnectionState): void {
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

  #onConnected(): void {
    if (this.#state === 'connected' || this.#state === 'closed') return;
    this.#cancelWatch?.();
    this.#cancelWatch = null;
    this.#isRestarting = this.#isOutOfReach = false;
    if (this.#state === 'lost') {
      this.#sendKeyFrames();
      // Once more: on one of the sides the new path may not be in use yet, and the frame is lost.
      this.#cancelKeyFrames?.();
      this.#cancelKeyFrames = this.#options.platform.setTimer(() => {
        this.#sendKeyFrames();
      }, keyFrameRepeatMs);
    }
    const transport = this.#transceivers.get('video')?.sender.transport?.iceTransport;
    if (transport) {
      transport.onselectedcandidatepairchange = () => {
        this.#sendKeyFrames();
      };
    }
    this.#setState('connected');
  }

  /** Without one, Chromium's decoder waits up to 3 s after a loss before it asks for it. */
  #sendKeyFrames(): void {
    if (this.#isClosed() || this.#options.platform.engine !== 'chromium') return;
    for (const { sender } of this.#transceivers.values()) {
      if (sender.track?.kind !== 'video') continue;
      const parameters = sender.getParameters();
      const options = { encodingOptions: parameters.encodings.map(() => ({ keyFrame: true })) };
      sender.setParameters(parameters, options).catch(() => undefined); // then the decoder's question has to do
    }
  }

  /** Firefox 153 has closed the data channel by then: a restart connects, but carries nothing for 16 s or for ever. */
  get #isBeyondRepair(): boolean {
    const { plain, platform } = this.#options;
    return this.#connection?.connectionState === 'failed' && !plain && platform.engine === 'firefox';
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

  #onLost(graceMs = disconnectedGraceMs): void {
    // Once on the ladder a further sign of the same loss must not begin it anew: it would never end.
    if (this.#state === 'closed' || (this.#state === 'lost' && this.#cancelWatch)) return;
    this.#setState('lost');
    if (this.#isClosed()) return; // by a listener
    this.#pulse.suspect(); // that something flows again is to be seen as soon
    this.#after(graceMs, () => {
      if (this.#options.plain) {
        this.#climb();
        return;
      }
      this.#isOutOfReach = true;
      this.#watch(restartTimeoutMs);
      this.#signal({ kind: 'want' }); // whatever comes back shows that an offer would arrive, too
    });
  }

  /** First rung: restart ICE. Second: give up this connection when that does not help. */
  #climb(): void {
    this.#watch(iceServersTimeoutMs + restartTimeoutMs); // shorter as soon as the restart begins
    this.restart();
  }

  /** Gives up the connection unless it stands by then. */
  #watch(delayMs: number): void {
    this.#after(delayMs, () => {
      this.#options.events.broken('no-path');
    });
  }

  /** The next step of the ladder, in place of the one that was to come. */
  #after(delayMs: number, step: () => void): void {
    this.#cancelWatch?.();
    this.#cancelWatch = this.#options.platform.setTimer(() => {
      this.#cancelWatch = null;
      step();
    }, delayMs);
  }

  #setState(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.events.state(state);
  }

  #signal(body: SignalBody): void {
    if (this.#state !== 'closed') this.#options.events.signal({ ...body, generation: this.generation });
  }

  /** One operation at a time: no description is applied while another still is. */
  #enqueue(operation: () => unknown): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#state === 'closed') return;
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
    return this.#state === 'closed';
  }
}
