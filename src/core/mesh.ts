import { targetOf } from './adaptation.js';
import type { CallFact, LeaveReason } from './call-state.js';
import {
  maxGenerationStep,
  maxMessageBurst,
  maxMessagesPerSecond,
  maxRebuildsPerMinute,
  networkChangeMs,
  permissionRebuildMs,
  rebuildPauseMs,
  viewDelayMs,
} from './defaults.js';
import { CallError } from './errors.js';
import type { Outgoing, TrackRole } from './outgoing.js';
import { PeerLink, type ConfigurationSource } from './peer-link.js';
import type { Platform } from './platform.js';
import type { LinkState } from './recovery.js';
import { RateLimit } from './rate-limit.js';
import type { Peer, SelfDescription, SignalBody } from './peer.js';
import { Roster } from './roster.js';
import { parseSignal, type EnvelopedMessage, type SignalView } from './signal.js';
import { Statistics, type Measured } from './statistics.js';

export interface MeshOptions {
  platform: Platform;
  /** The state of this side, asked whenever it is needed. */
  describeSelf: () => SelfDescription;
  outgoing: () => Outgoing;
  /** For a new connection or restart; may ask the page for fresh servers. */
  configuration: ConfigurationSource;
  maxParticipants: () => number;
  /** Whether the person is asked for devices at this moment. */
  isAsking: () => boolean;
  /** How large the pictures of a participant are shown here; null: not known. */
  viewOf: (id: string) => SignalView | null;
  events: MeshEvents;
}

export interface MeshEvents {
  fact: (fact: CallFact, reason?: LeaveReason) => void;
  signal: (message: EnvelopedMessage) => void;
  message: (from: string, text: string) => void;
  error: (error: CallError) => void;
  /** The others say that there is no place; `replaced`: any more, since the same id has joined elsewhere. */
  refused: (why: 'full' | 'replaced') => void;
  /** Others can cause it at will: to be told now and then. */
  dropped: (what: string) => void;
}

/** The others of one started call, as the controller sees them: a `Mesh`, or a `PlainCall` with a foreign page. */
export interface Peers {
  start(): void;
  /** Closes every connection, without facts: the caller knows. May be called twice. */
  stop(mayReturn?: boolean): void;
  /** Sends to every participant, where that is possible. */
  sendToAll(body: SignalBody): void;
  setTrack(role: TrackRole, track: MediaStreamTrack | null): void;
  /** Tells the links what this side sends at all, after a setting has changed it. */
  refreshSends(): void;
  /** The person has allowed a device. */
  permissionGranted(): void;
  /** Statistics of the connection to each participant, by id. */
  getStats(): Promise<Map<string, RTCStatsReport>>;
}

/** One participant: the session of its page and the link to it, both replaced at need, the streams for good. */
interface Connection {
  peer: Peer;
  link: PeerLink | null;
  readonly stream: MediaStream;
  readonly screenStream: MediaStream;
  wasConnected: boolean;
  /** Gathering began before the person allowed a device: the browser may have hidden every address. */
  isVeiled: boolean;
  /** When the latest connections were rebuilt, on the platform's clock. */
  rebuiltAt: number[];
  cancelRebuild: (() => void) | null;
  /** How large its pictures are shown here, as it was told. */
  toldView: string;
  /** See `targetOf`. */
  share: number | null;
}

/**
 * The people of one started call: a roster that finds them and one link to each, two people or eight. Tells what
 * happens as facts about participants; only here does anybody know that participants have links.
 */
export class Mesh implements Peers {
  readonly #options: MeshOptions;
  readonly #roster: Roster;
  readonly #connections = new Map<string, Connection>();
  readonly #statistics: Statistics;
  #isPermitted = false;
  #stopNetworkWatch: (() => void) | null = null;
  #cancelNetworkChange: (() => void) | null = null;
  #cancelPermissionWatch: (() => void) | null = null;
  #cancelViews: (() => void) | null = null;

  constructor(options: MeshOptions) {
    this.#options = options;
    this.#roster = new Roster({
      platform: options.platform,
      describeSelf: options.describeSelf,
      events: {
        transmit: (message, session) => {
          this.#transmit(message, session);
        },
        hasPlace: (id) =>
          this.#connections.has(id) || this.#connections.size + 2 <= options.maxParticipants(),
        isSettled: () => [...this.#connections.values()].some(({ wasConnected }) => wasConnected),
        joined: (peer) => {
          this.#onJoined(peer);
        },
        left: (peer, reason) => {
          this.#onLeft(peer, reason);
        },
        received: (peer, message) => {
          this.#onReceived(peer, message);
        },
        heard: ({ id }) => {
          this.#connections.get(id)?.link?.hear();
        },
        isAlive: ({ id }) => this.#connections.get(id)?.link?.state === 'connected',
        isHeld: ({ id, session }) => {
          const connection = this.#connections.get(id);
          return connection?.peer.session === session && connection.link?.isHeld === true;
        },
        dropped: options.events.dropped,
        doubted: ({ id }) => {
          this.#connections.get(id)?.link?.doubt();
        },
        refused: (session) => {
          this.#onRefused(session);
        },
        declined: (caller) => {
          options.events.fact({ type: 'declined', caller });
        },
      },
    });
    this.#statistics = new Statistics({
      platform: options.platform,
      connected: () => this.#connected(),
      changed: (id, changes) => {
        options.events.fact({ type: 'participant-changed', id, changes });
      },
      shareMeasured: (id, share) => {
        const connection = this.#connections.get(id);
        if (connection) connection.share = share;
        this.#adapt();
      },
    });
  }

  /** The own session, by which own messages are known that come back. */
  get session(): string {
    return this.#roster.session;
  }

  /** Whether no other page has been heard. */
  get isAlone(): boolean {
    return this.#roster.isAlone;
  }

  /** Says hello at once. */
  start(): void {
    this.#stopNetworkWatch = this.#options.platform.onNetworkChange(() => {
      this.#onNetworkChange();
    });
    this.#roster.start();
  }

  /**
   * Says goodbye and closes every connection, without facts: the caller knows. May be called twice.
   * @param mayReturn the page is perhaps only reloaded
   */
  stop(mayReturn = false): void {
    this.#roster.stop(mayReturn);
    this.#stopNetworkWatch?.();
    this.#cancelNetworkChange?.();
    this.#cancelPermissionWatch?.();
    this.#cancelViews?.();
    this.#statistics.stop();
    for (const connection of this.#connections.values()) releaseConnection(connection);
    this.#connections.clear();
  }

  receive(message: EnvelopedMessage, sender?: string): void {
    this.#roster.receive(message, sender);
  }

  /** Sends to every participant, reliably. */
  sendToAll(body: SignalBody): void {
    this.#roster.sendToAll(body);
  }

  setTrack(role: TrackRole, track: MediaStreamTrack | null): void {
    for (const { link } of this.#connections.values()) link?.sections.setTrack(role, track);
  }

  /** Tells the others how large their pictures are shown here, once the layout has settled. */
  tellViews(): void {
    this.#cancelViews ??= this.#options.platform.setTimer(() => {
      this.#cancelViews = null;
      for (const connection of this.#connections.values()) {
        const { peer, toldView } = connection;
        const view = this.#options.viewOf(peer.id) ?? {};
        connection.toldView = JSON.stringify(view);
        if (connection.toldView !== toldView) peer.send({ kind: 'media', view });
      }
    }, viewDelayMs);
  }

  /** Tells the links what this side sends at all, after a setting has changed it. */
  refreshSends(): void {
    const { sends } = this.#options.outgoing();
    for (const { link } of this.#connections.values()) {
      for (const role of ['audio', 'video'] as const) link?.sections.setSends(role, sends[role]);
    }
  }

  /**
   * The person has allowed a device. On a first visit Chromium gathers only `.local` names before that and keeps
   * them through restarts, so a link that does not connect soon is built anew (docs/decisions/0005).
   */
  permissionGranted(): void {
    if (this.#isPermitted) return;
    this.#isPermitted = true;
    this.#cancelPermissionWatch = this.#options.platform.setTimer(() => {
      for (const connection of this.#connections.values()) {
        if (connection.isVeiled && connection.link?.state !== 'connected') this.#rebuild(connection);
      }
    }, permissionRebuildMs);
  }

  /** @returns the statistics of the connection to each participant, by id */
  async getStats(): Promise<Map<string, RTCStatsReport>> {
    const reports = new Map<string, RTCStatsReport>();
    for (const [id, { link }] of this.#connections) {
      const report = await link?.getStats();
      if (report) reports.set(id, report);
    }
    return reports;
  }

  /** One participant can say this for itself only: whoever is or was connected to others goes on with them. */
  #onRefused(session: string): void {
    const connections = [...this.#connections.values()];
    const refusing = connections.find(({ peer }) => peer.session === session);
    const { id } = this.#options.describeSelf(); // a page with the own id is refused together with this one
    const hasOthers = connections.some(
      (other) => other !== refusing && other.wasConnected && other.peer.id !== id,
    );
    if (hasOthers) this.#roster.drop(session);
    else this.#options.events.refused(refusing?.wasConnected ? 'replaced' : 'full');
  }

  #onNetworkChange(): void {
    this.#cancelNetworkChange ??= this.#options.platform.setTimer(() => {
      this.#cancelNetworkChange = null;
      for (const { link } of this.#connections.values()) link?.networkChanged();
    }, networkChangeMs);
  }

  #onJoined(peer: Peer): void {
    const { platform, events } = this.#options;
    const known = this.#connections.get(peer.id);
    if (known) {
      // The page was reloaded: the participant keeps its place and its stream.
      closeConnection(known);
      known.peer = peer;
      known.toldView = '{}';
      this.#connect(known, 1, peer.offersFirst);
    } else {
      const connection: Connection = {
        peer,
        link: null,
        stream: platform.createMediaStream(),
        screenStream: platform.createMediaStream(),
        wasConnected: false,
        isVeiled: false,
        rebuiltAt: [],
        cancelRebuild: null,
        toldView: '{}',
        share: null,
      };
      this.#connections.set(peer.id, connection);
      this.#connect(connection, 1, peer.offersFirst);
      events.fact({ type: 'participant-joined', id: peer.id, name: peer.name, stream: connection.stream });
    }
    const connection = this.#connections.get(peer.id);
    if (connection?.peer !== peer) return; // a listener ended the call
    this.#describePeer(connection);
    if (this.#options.viewOf(peer.id)) this.tellViews();
    // The side that waits for the offer must show that it is there, unless its hello has done so.
    if (!peer.offersFirst && !peer.addressed) peer.send({ kind: 'want' });
  }

  #onLeft(peer: Peer, reason: LeaveReason): void {
    const connection = this.#connections.get(peer.id);
    if (connection?.peer.session !== peer.session) return;
    releaseConnection(connection);
    this.#connections.delete(peer.id);
    this.#adapt();
    this.#options.events.fact({ type: 'participant-left', id: peer.id }, reason);
  }

  #onReceived(peer: Peer, message: EnvelopedMessage): void {
    const connection = this.#connections.get(peer.id);
    if (connection?.peer.session !== peer.session) return;
    const { kind, generation = 1, text } = message.rtc;
    const current = connection.link?.generation ?? 0;
    this.#describePeer(connection);
    switch (kind) {
      case 'description':
      case 'candidate':
      case 'restart':
        if (generation > current && message.description?.type === 'offer') {
          const isPlausible = generation <= current + maxGenerationStep;
          if (isPlausible && this.#mayBuild(connection)) this.#connect(connection, generation, false);
        }
        if (generation === connection.link?.generation) connection.link.receive(kind, message);
        break;
      case 'reset':
        if (generation > current) this.#rebuild(connection);
        break;
      case 'media':
        this.#statistics.wake(); // perhaps there is sound now
        this.#adapt();
        break;
      case 'message':
        if (text !== undefined) this.#options.events.message(peer.id, text);
        break;
      default: // the rest only says that the peer is there, and what it calls itself
    }
  }

  #connect(connection: Connection, generation: number, offersFirst: boolean): void {
    const { platform, events } = this.#options;
    const { peer } = connection;
    const former = connection.link;
    const limit = new RateLimit(maxMessagesPerSecond, maxMessageBurst);
    connection.isVeiled = !this.#isPermitted;
    const isCurrent = (): boolean => connection.link === link;
    const link: PeerLink = new PeerLink({
      platform,
      configuration: this.#options.configuration,
      offersFirst,
      polite: peer.polite,
      generation,
      outgoing: this.#options.outgoing(),
      events: {
        signal: (body) => {
          peer.send(body);
        },
        state: (state) => {
          if (isCurrent()) this.#showConnection(connection, state);
        },
        trackAdded: (track, role) => {
          if (isCurrent()) this.#addTrack(connection, track, role);
        },
        trackRemoved: (track, role) => {
          streamOf(connection, role).removeTrack(track);
        },
        channelMessage: (text) => {
          if (limit.admits(platform.now())) this.#onChannelMessage(peer, text);
          else events.dropped('too many messages arrive over the connection');
        },
        dropped: events.dropped,
        error: (error) => {
          events.error(
            new CallError(error.code, error.message, { cause: error.cause, participantId: peer.id }),
          );
        },
        broken: (why) => {
          if (isCurrent()) this.#onBroken(connection, why);
        },
      },
    });
    connection.link = link;
    former?.close();
    this.#adapt();
    this.#showConnection(connection, link.state);
  }

  #onBroken(connection: Connection, why: 'error' | 'no-path'): void {
    if (why === 'no-path' && connection.isVeiled && !this.#isPermitted && this.#options.isAsking()) {
      // The browser may hide every address until the person has answered: no new connection finds more before.
      this.#rebuildLater(connection);
      return;
    }
    if (why === 'no-path' && !connection.wasConnected) {
      const message = `No network path to ${connection.peer.name || 'the participant'} was found. Trying again; a TURN server in ice-servers helps.`;
      this.#options.events.error(new CallError('ice-failed', message, { participantId: connection.peer.id }));
    }
    this.#rebuild(connection);
  }

  /** A new `RTCPeerConnection` in place of one beyond repair, made by the side that offers first. */
  #rebuild(connection: Connection): void {
    const { peer, link } = connection;
    if (this.#connections.get(peer.id) !== connection) return; // a listener ended the call
    const generation = (link?.generation ?? 0) + 1;
    if (!peer.offersFirst) {
      peer.send({ kind: 'reset', generation });
      return;
    }
    if (this.#mayBuild(connection)) this.#connect(connection, generation, true);
    else this.#rebuildLater(connection);
  }

  #rebuildLater(connection: Connection): void {
    connection.cancelRebuild ??= this.#options.platform.setTimer(() => {
      connection.cancelRebuild = null;
      if (connection.link?.state !== 'connected') this.#rebuild(connection);
    }, rebuildPauseMs);
  }

  /** Notes one more connection, unless there were too many in a minute, whichever side wants it. */
  #mayBuild(connection: Connection): boolean {
    const now = this.#options.platform.now();
    connection.rebuiltAt = connection.rebuiltAt.filter((at) => now - at < 60_000);
    return connection.rebuiltAt.length < maxRebuildsPerMinute && connection.rebuiltAt.push(now) > 0;
  }

  #showConnection(connection: Connection, state: LinkState): void {
    if (state === 'closed') return;
    if (state === 'connected') {
      connection.wasConnected = true;
      this.#statistics.wake();
    }
    const status =
      state === 'connected' ? 'connected' : connection.wasConnected ? 'reconnecting' : 'connecting';
    this.#options.events.fact({
      type: 'participant-changed',
      id: connection.peer.id,
      changes: {
        connection: status,
        ...(state !== 'connected' && { quality: 'unknown', qualityReason: null, speaking: false }),
      },
    });
  }

  *#connected(): Generator<Measured> {
    for (const [id, { link, peer }] of this.#connections) {
      if (link?.state === 'connected') yield { id, link, microphone: peer.media?.microphone ?? null };
    }
  }

  /** Pictures follow how large they are shown, how many get them, and what the path carries. */
  #adapt(): void {
    const { size } = this.#connections;
    for (const { link, peer, share } of this.#connections.values()) {
      link?.sections.setTarget('video', targetOf('video', peer.view.camera, size, share));
      link?.sections.setTarget('screen', targetOf('screen', peer.view.screen, size, share));
    }
  }

  /** What the other side says of itself, as far as it has said anything. */
  #describePeer({ peer, screenStream }: Connection): void {
    const { media, name } = peer;
    const hasScreen = media?.screen === 'on' && screenStream.getTracks().length > 0;
    this.#options.events.fact({
      type: 'participant-changed',
      id: peer.id,
      changes: {
        name,
        ...(media && { microphone: media.microphone, camera: media.camera }),
        screenStream: hasScreen ? screenStream : null,
      },
    });
  }

  #addTrack(connection: Connection, track: MediaStreamTrack, role: TrackRole): void {
    const stream = streamOf(connection, role);
    // The former track stayed for its last frame; now it makes way.
    for (const former of stream.getTracks()) {
      if (former.kind === track.kind && former !== track) stream.removeTrack(former);
    }
    stream.addTrack(track);
    this.#describePeer(connection);
  }

  #onChannelMessage(peer: Peer, text: string): void {
    const parsed = parseSignal(text);
    // The channel proves the sender: a message that names another does not come from there.
    if (parsed.outcome === 'message' && parsed.message.rtc.session === peer.session) {
      this.#roster.receive(parsed.message, undefined, 'channel');
    }
  }

  #transmit(message: EnvelopedMessage, session: string | null): void {
    const isBye = message.rtc.kind === 'bye';
    for (const { peer, link } of this.#connections.values()) {
      if (session === peer.session || (session === null && isBye)) link?.sendInBand(JSON.stringify(message));
    }
    this.#options.events.signal(message);
  }
}

const streamOf = ({ stream, screenStream }: Connection, role: TrackRole): MediaStream =>
  role === 'screen' ? screenStream : stream;

function closeConnection(connection: Connection): void {
  connection.cancelRebuild?.();
  connection.cancelRebuild = null;
  connection.link?.close();
}

/** For good: nothing of the other side plays on anywhere. */
function releaseConnection(connection: Connection): void {
  closeConnection(connection);
  for (const stream of [connection.stream, connection.screenStream]) {
    for (const track of stream.getTracks()) track.stop();
  }
}
