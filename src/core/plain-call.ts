import { targetOf } from './adaptation.js';
import type { CallFact, LeaveReason, Participant } from './call-state.js';
import { closedGraceMs, closedProbeMs, silenceTimeoutMs } from './defaults.js';
import { Dialect, readOrigin, type DialectName, type Origin, type PlainSignal } from './dialects.js';
import { CallError } from './errors.js';
import { ForeignTracks } from './foreign-tracks.js';
import type { Peers } from './mesh.js';
import type { Outgoing, TrackRole } from './outgoing.js';
import { PeerLink, type ConfigurationSource } from './peer-link.js';
import type { Platform } from './platform.js';
import type { LinkState } from './recovery.js';
import type { MessageStyle, SignalMessage } from './signal.js';
import { Statistics } from './statistics.js';

export interface PlainCallOptions {
  platform: Platform;
  dialect: DialectName;
  /** This side offers at once, and does not give way when two offers cross. */
  initiator: boolean;
  outgoing: () => Outgoing;
  /** For a new connection or restart; may ask the page for fresh servers. */
  configuration: ConfigurationSource;
  events: PlainCallEvents;
}

export interface PlainCallEvents {
  fact: (fact: CallFact, reason?: LeaveReason) => void;
  signal: (message: SignalMessage) => void;
  error: (error: CallError) => void;
  /** Others can cause it at will: to be told now and then. */
  dropped: (what: string) => void;
}

/** The id of the one participant: a foreign page does not name itself. */
export const plainPeerId = 'peer';

/** Descriptions of pages that are gone may still be on their way. */
const maxFormer = 8;

/**
 * A call with one page that does not know this library: textbook code or simple-peer. Nothing but what such a page
 * understands is ever sent, nothing is repeated and nobody says hello or goodbye; what can be known of the other side
 * is read from its descriptions and its tracks. Tells facts as a `Mesh` does.
 */
export class PlainCall implements Peers {
  readonly #options: PlainCallOptions;
  readonly #dialect: Dialect;
  readonly #statistics: Statistics;
  readonly #tracks: ForeignTracks;
  /** Sessions of connections that the other side has given up. */
  readonly #former: string[] = [];
  #link: PeerLink | null = null;
  /** The link began with an offer of this side. */
  #offers = false;
  #generation = 0;
  #isJoined = false;
  #wasConnected = false;
  #isStopped = false;
  /** The newest description of the other side. */
  #origin: (Origin & { readonly sdp: string }) | null = null;
  /** Whom the transport names as the sender, where it does. */
  #sender: string | undefined;
  /** The description that was sent last and its candidates, and those that wait for theirs. */
  #said: PlainSignal[] = [];
  #held: RTCIceCandidateInit[] = [];
  #cancelLeave: (() => void) | null = null;

  constructor(options: PlainCallOptions) {
    this.#options = options;
    this.#dialect = new Dialect(options.dialect);
    this.#statistics = new Statistics({
      platform: options.platform,
      connected: () => {
        const link = this.#link;
        return link?.state === 'connected' ? [{ id: plainPeerId, link, microphone: null }] : [];
      },
      changed: (_id, changes) => {
        this.#change(changes);
      },
      shareMeasured: (_id, share) => {
        for (const role of ['video', 'screen'] as const) {
          this.#link?.sections.setTarget(role, targetOf(role, undefined, 1, share));
        }
      },
    });
    const [person, screen] = [options.platform.createMediaStream(), options.platform.createMediaStream()];
    this.#tracks = new ForeignTracks({ person, screen }, () => {
      this.#describe();
    });
  }

  /** Offers, where that is this side's part. */
  start(): void {
    if (this.#options.initiator && !this.#link) this.#connect(true);
  }

  /** Closes the connection without facts: the caller knows. Says nothing. May be called twice. */
  stop(): void {
    this.#isStopped = true;
    this.#release();
  }

  /**
   * Takes a message of the foreign page.
   * @param sender who sent it, where the transport knows: messages of others are dropped
   */
  receive(message: SignalMessage, style?: MessageStyle, sender?: string): void {
    if (this.#isStopped) return;
    if (sender !== undefined && (this.#sender ??= sender) !== sender) return;
    const { description, renegotiate, transceiverRequest } = message;
    const isFirst = !this.#origin;
    if (this.#isEcho(message) || (description && !this.#admits(description))) return;
    this.#dialect.learn(message, style);
    // A page that came after our offer: it must have it, since we do not give way.
    if (isFirst && description?.type === 'offer' && this.#options.initiator) this.#write(this.#said);
    if (!this.#link) this.#connect(false);
    this.#join();
    if (this.#offers && renegotiate) this.#link?.offer();
    if (this.#offers && transceiverRequest) this.#link?.offer(transceiverRequest);
    this.#link?.receive(description ? 'description' : 'candidate', message);
  }

  /** A foreign page takes neither texts nor news of devices. */
  sendToAll(): void {
    // Nothing is sent.
  }

  setTrack(role: TrackRole, track: MediaStreamTrack | null): void {
    this.#link?.sections.setTrack(role, track);
  }

  refreshSends(): void {
    const { sends } = this.#options.outgoing();
    for (const role of ['audio', 'video'] as const) this.#link?.sections.setSends(role, sends[role]);
  }

  /** A new connection in place of one that began without permission is nothing that a foreign page understands. */
  permissionGranted(): void {
    // Nothing to do.
  }

  async getStats(): Promise<Map<string, RTCStatsReport>> {
    const report = await this.#link?.getStats();
    return new Map(report ? [[plainPeerId, report]] : []);
  }

  /** Some transports bring a sender its own messages. */
  #isEcho({ description, candidate }: SignalMessage): boolean {
    const own = this.#said[0]?.description;
    if (description && own) return readOrigin(description.sdp).session === readOrigin(own.sdp).session;
    return this.#said.some((said) => candidate && said.candidate?.candidate === candidate.candidate);
  }

  /** Whether to take a description. A new session is a page that was reloaded: it gets a new link in the old place. */
  #admits({ type, sdp }: { type: RTCSdpType; sdp: string }): boolean {
    if (type === 'rollback') return false;
    const origin = { ...readOrigin(sdp), sdp };
    const former = this.#origin;
    if (this.#former.includes(origin.session)) return false;
    if (former?.session === origin.session) {
      // Late or repeated: an answer to it would be one too many.
      if (origin.version < former.version || sdp === former.sdp) return false;
    } else if (type !== 'offer' && (former || !this.#link)) return false;
    else if (former && this.#link) {
      this.#retire(former);
      this.#connect(false);
    }
    this.#origin = origin;
    return true;
  }

  #join(): void {
    if (this.#isJoined) return;
    this.#isJoined = true;
    this.#leaveAfter(silenceTimeoutMs, 'timeout');
    this.#options.events.fact({
      type: 'participant-joined',
      id: plainPeerId,
      name: '',
      stream: this.#tracks.stream,
    });
    if (this.#link) this.#onState(this.#link.state);
  }

  #connect(offersFirst: boolean): void {
    const { platform, initiator, configuration, outgoing, events } = this.#options;
    this.#link?.close();
    this.#offers = offersFirst;
    this.#said = [];
    this.#held = [];
    this.#tracks.forget();
    const isCurrent = (): boolean => this.#link === link;
    const link: PeerLink = new PeerLink({
      platform,
      configuration,
      offersFirst,
      polite: !initiator,
      generation: ++this.#generation,
      outgoing: outgoing(),
      events: {
        signal: (body) => {
          if (isCurrent()) this.#say(body);
        },
        state: (state) => {
          if (isCurrent()) this.#onState(state);
        },
        trackAdded: (track) => {
          if (isCurrent()) this.#tracks.add(track);
        },
        trackRemoved: (track) => {
          this.#tracks.remove(track);
        },
        channelMessage: () => undefined, // there is no channel of ours
        dropped: events.dropped,
        error: ({ code, message, cause }) => {
          events.error(new CallError(code, message, { cause, participantId: plainPeerId }));
        },
        broken: (why) => {
          if (isCurrent() && why === 'no-path') this.#onNoPath(link);
        },
      },
      plain: {
        ask: (kind) => {
          if (offersFirst || !this.#dialect.isSimplePeer) return false;
          this.#write([kind ? { transceiverRequest: { kind } } : { renegotiate: true }]);
          return true;
        },
        channelClosed: () => {
          if (isCurrent()) void this.#onChannelClosed(link);
        },
      },
    });
    this.#link = link;
    if (this.#isJoined) {
      this.#leaveAfter(silenceTimeoutMs, 'timeout');
      this.#onState(link.state);
    }
  }

  /** Sends a description or candidates; these never before the description that they belong to. */
  #say({ description, candidate, candidates = [] }: PlainSignal): void {
    const ready: PlainSignal[] = description ? [{ description }] : [];
    const waiting = description ? this.#held.splice(0) : [];
    if (description) this.#said = [];
    const { sdp = '' } = description ?? this.#said[0]?.description ?? {};
    for (const one of [...waiting, ...(candidate ? [candidate] : candidates)]) {
      if (sdp.includes(`a=ice-ufrag:${one.usernameFragment ?? ''}`)) ready.push({ candidate: one });
      else this.#held.push(one);
    }
    this.#said.push(...ready);
    this.#write(ready);
  }

  #write(signals: readonly PlainSignal[]): void {
    for (const message of signals.flatMap((signal) => this.#dialect.write(signal))) {
      if (!this.#isStopped) this.#options.events.signal(message); // a listener may end the call
    }
  }

  #onState(state: LinkState): void {
    if (state === 'closed' || !this.#isJoined) return;
    if (state === 'connected') {
      this.#wasConnected = true;
      this.#statistics.wake();
      this.#cancelLeave?.();
      this.#cancelLeave = null;
    } else if (!this.#cancelLeave) this.#leaveAfter(silenceTimeoutMs, 'timeout');
    this.#change({
      connection: state === 'connected' ? 'connected' : this.#wasConnected ? 'reconnecting' : 'connecting',
      ...(state !== 'connected' && { quality: 'unknown', qualityReason: null, speaking: false }),
    });
    this.#describe();
  }

  #onNoPath(link: PeerLink): void {
    if (!this.#isJoined) return; // nobody has answered
    if (!this.#wasConnected) {
      const message = 'No network path to the other side was found. A TURN server in ice-servers helps.';
      this.#options.events.error(new CallError('ice-failed', message, { participantId: plainPeerId }));
    }
    link.restart();
  }

  /** simple-peer is gone with its channel. Any other page is, unless bytes still come. */
  async #onChannelClosed(link: PeerLink): Promise<void> {
    if (!this.#dialect.isSimplePeer) {
      const before = await link.countBytes();
      await new Promise<void>((resolve) => {
        this.#options.platform.setTimer(resolve, closedProbeMs);
      });
      if ((await link.countBytes()) > before) return;
    }
    if (this.#link === link) this.#onGone();
  }

  /**
   * The other side has closed its connection. It may be a reload: the place is kept for a moment. Nothing is offered
   * by this side: a page that hung up would be in the call again.
   */
  #onGone(): void {
    this.#link?.close();
    this.#link = null;
    if (this.#origin) this.#retire(this.#origin);
    this.#origin = null;
    if (!this.#isJoined) return;
    this.#change({ connection: 'reconnecting' });
    this.#leaveAfter(closedGraceMs, 'left');
  }

  #retire({ session }: Origin): void {
    if (this.#former.push(session) > maxFormer) this.#former.shift();
  }

  #leaveAfter(delayMs: number, reason: LeaveReason): void {
    this.#cancelLeave?.();
    this.#cancelLeave = this.#options.platform.setTimer(() => {
      this.#release();
      this.#options.events.fact({ type: 'participant-left', id: plainPeerId }, reason);
    }, delayMs);
  }

  /** Back to being alone: nothing of the other side plays on anywhere, and another may come. */
  #release(): void {
    this.#cancelLeave?.();
    this.#cancelLeave = null;
    this.#statistics.stop();
    this.#link?.close();
    this.#link = this.#origin = null;
    this.#sender = undefined;
    this.#isJoined = this.#wasConnected = false;
    this.#tracks.release();
  }

  #describe(): void {
    if (this.#link?.state === 'connected') this.#change(this.#tracks.describe());
  }

  #change(changes: Partial<Omit<Participant, 'id' | 'stream'>>): void {
    this.#options.events.fact({ type: 'participant-changed', id: plainPeerId, changes });
  }
}
