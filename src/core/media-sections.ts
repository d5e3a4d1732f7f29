import { applyTarget, preferScreenCodec, sendKeyFrame, type Target } from './adaptation.js';
import { keyFrameRepeatMs } from './defaults.js';
import { trackRoles, type Outgoing, type TrackRole } from './outgoing.js';
import type { Platform } from './platform.js';

export interface RemoteTrackEvents {
  /** A track of the other side began, or was ended by it. Who tells it does not own the streams it is put into. */
  trackAdded: (track: MediaStreamTrack, role: TrackRole) => void;
  trackRemoved: (track: MediaStreamTrack, role: TrackRole) => void;
}

export interface MediaSectionsOptions extends RemoteTrackEvents {
  platform: Platform;
  outgoing: Outgoing;
  /** Runs an operation when those before it are done. */
  enqueue: (operation: () => unknown) => void;
  /**
   * Only for a page that does not know this library: asks it to offer a section.
   * @returns false where this side offers the section itself
   */
  ask?: (kind: 'audio' | 'video') => boolean;
}

/**
 * The media sections of one connection: which of them is microphone, camera and screen, and the tracks in them in
 * both directions. Negotiation needs no track: transceivers are made empty, and tracks follow by `replaceTrack`.
 */
export class MediaSections {
  readonly #options: MediaSectionsOptions;
  readonly #tracks: Record<TrackRole, MediaStreamTrack | null>;
  readonly #sends: Record<TrackRole, boolean>;
  readonly #transceivers = new Map<TrackRole, RTCRtpTransceiver>();
  /** Their track, direction or target has changed. */
  readonly #unattached = new Set<TrackRole>();
  readonly #remoteTracks = new Map<MediaStreamTrack, TrackRole>();
  /** What the other side has been asked to offer. */
  readonly #asked = new Set<TrackRole>();
  readonly #targets: Partial<Record<TrackRole, Target>> = {};
  #connection: RTCPeerConnection | null = null;
  /** Groups the screen for a page that goes by streams. */
  #screenStream: MediaStream | null = null;
  #cancelKeyFrames: (() => void) | null = null;
  #heardAt: number | undefined;

  constructor(options: MediaSectionsOptions) {
    this.#options = options;
    this.#tracks = { ...options.outgoing.tracks };
    this.#sends = { ...options.outgoing.sends };
  }

  /** From now on of this connection. */
  open(connection: RTCPeerConnection): void {
    this.#connection = connection;
    connection.ontrack = ({ track, transceiver }) => {
      this.#addRemoteTrack(track, transceiver);
    };
  }

  /** Makes the first sections, before any track exists: the connection is negotiated while the camera still opens. */
  add(): void {
    for (const role of ['audio', 'video'] as const) {
      const transceiver = this.#connection?.addTransceiver(role, {
        direction: this.#direction(role),
        streams: [this.#options.outgoing.stream], // without it the other side's event.streams would be empty
      });
      if (transceiver) this.#transceivers.set(role, transceiver);
      this.#attachSoon(role);
    }
  }

  /**
   * The answerer makes no transceivers of its own but takes those that were offered. Their tracks follow behind the
   * answer: it does not depend on them.
   */
  adopt(): void {
    for (const transceiver of this.#connection?.getTransceivers() ?? []) {
      if (transceiver.mid === null || transceiver.direction === 'stopped') continue;
      const known = this.#roleOf(transceiver);
      const role = known ?? this.#nextRole(transceiver.receiver.track.kind);
      if (known === null && role !== null) this.#transceivers.set(role, transceiver);
      if (role === null || this.#transceivers.get(role) !== transceiver) continue;
      this.#direct(role, transceiver);
      this.#attachSoon(role);
    }
  }

  /** Adds the sections that had to wait for the first description. */
  async attachWaiting(): Promise<void> {
    for (const role of this.#options.ask ? trackRoles : (['screen'] as const)) await this.#attach(role);
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

  /** How loud the newest sound of the other side is, 0 to 1; null while none comes. */
  readLevel(): number | null {
    const receiver: Partial<RTCRtpReceiver> | undefined = this.#transceivers.get('audio')?.receiver;
    const [source] = receiver?.getSynchronizationSources?.() ?? [];
    if (!source) return null;
    const isOld = source.timestamp === this.#heardAt; // browsers remember the last packet for seconds
    this.#heardAt = source.timestamp;
    return isOld ? 0 : (source.audioLevel ?? null);
  }

  /** The connection stands, `again` after a loss. */
  onConnected(again: boolean): void {
    if (again) {
      this.#sendKeyFrames();
      // Once more: on one of the sides the new path may not be in use yet, and the frame is lost.
      this.#cancelKeyFrames?.();
      this.#cancelKeyFrames = this.#options.platform.setTimer(() => {
        this.#sendKeyFrames();
      }, keyFrameRepeatMs);
    }
    const transport = this.#transceivers.get('video')?.sender.transport?.iceTransport;
    if (!transport) return;
    transport.onselectedcandidatepairchange = () => {
      this.#sendKeyFrames();
    };
  }

  /** Without one, Chromium's decoder waits up to 3 s after a loss before it asks for it. */
  #sendKeyFrames(): void {
    this.#options.enqueue(async () => {
      const senders = [...this.#transceivers.values()].map(({ sender }) => sender);
      const pictures = senders.filter(({ track }) => track?.kind === 'video');
      await Promise.all(pictures.map((sender) => sendKeyFrame(sender, this.#options.platform.engine)));
    });
  }

  /** The connection is at its end. Its remote tracks are not taken back: the last frame may stay. */
  close(): void {
    this.#cancelKeyFrames?.();
    for (const track of this.#remoteTracks.keys()) track.onended = null;
    if (this.#connection) this.#connection.ontrack = null;
    this.#connection = null;
  }

  /** Roles that change together are attached side by side: the picture does not wait for the sound. */
  #attachSoon(role: TrackRole): void {
    this.#unattached.add(role);
    if (this.#unattached.size > 1) return;
    this.#options.enqueue(async () => {
      const roles = [...this.#unattached];
      this.#unattached.clear();
      await Promise.all(roles.map((one) => this.#attach(one)));
    });
  }

  /** Puts the role's track on its sender and the direction that follows; a screen gets its section when needed. */
  async #attach(role: TrackRole): Promise<void> {
    const connection = this.#connection;
    const { ask, platform } = this.#options;
    const track = this.#tracks[role];
    if (!connection) return;
    let transceiver = this.#transceivers.get(role);
    if (!transceiver && (role === 'screen' || ask) && track && connection.remoteDescription) {
      if (this.#asked.has(role)) return;
      if (ask?.(role === 'audio' ? role : 'video')) {
        this.#asked.add(role);
        return; // it comes with an offer
      }
      transceiver = connection.addTransceiver(track, { direction: 'sendrecv', streams: this.#streams(role) });
      // Not in Firefox 153: in glare its payload types then clash, and Chromium can not read its description.
      if (role === 'screen' && platform.engine === 'chromium')
        preferScreenCodec(transceiver, platform.videoCodecs());
      this.#transceivers.set(role, transceiver);
    }
    if (!transceiver) return; // before the first description: attached when it is there
    this.#direct(role, transceiver);
    const { sender } = transceiver;
    // The encoder starts with the right parameters, and neither step waits for the other.
    const targeted = applyTarget(sender, role, track, this.#targets[role]);
    if (sender.track !== track) await sender.replaceTrack(track);
    await targeted;
  }

  /** Gives a section its direction and, where that is allowed, the streams of what is sent. */
  #direct(role: TrackRole, transceiver: RTCRtpTransceiver): void {
    const direction = this.#direction(role);
    if (transceiver.direction !== direction) transceiver.direction = direction;
    const mayName = this.#options.ask ?? this.#connection?.signalingState === 'have-remote-offer';
    if (direction === 'sendrecv' && mayName) transceiver.sender.setStreams(...this.#streams(role));
  }

  #direction(role: TrackRole): RTCRtpTransceiverDirection {
    // A plain page would show an empty screen in place of the camera.
    const sends = role === 'screen' && this.#options.ask ? this.#tracks.screen : this.#sends[role];
    return sends ? 'sendrecv' : 'recvonly';
  }

  /** What a sender's track belongs to, for the other side's `event.streams`. */
  #streams(role: TrackRole): MediaStream[] {
    if (role !== 'screen') return [this.#options.outgoing.stream];
    if (!this.#options.ask) return []; // told by `media`
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

  #addRemoteTrack(track: MediaStreamTrack, transceiver: RTCRtpTransceiver): void {
    if (this.#remoteTracks.has(track)) return;
    const role: TrackRole =
      this.#roleOf(transceiver) ??
      (track.kind === 'audio' ? 'audio' : this.#isFirstVideo(transceiver) ? 'video' : 'screen');
    this.#remoteTracks.set(track, role);
    track.onended = () => {
      this.#removeRemoteTrack(track);
    };
    this.#options.trackAdded(track, role);
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
    this.#options.trackRemoved(track, role);
  }
}
