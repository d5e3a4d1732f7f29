/**
 * A small model of `RTCPeerConnection` (webrtc-pc §4.4, §4.7, §5): signaling states with rollback, transceivers,
 * `negotiationneeded`, ICE restarts. Every operation takes one task of the fake clock. Needs no browser.
 */
import type { FakeClock } from './fake-clock.js';
import { FakeStream, FakeTarget, FakeTrack } from './fake-media.js';
import { FakeDataChannel, type FakeNetwork } from './fake-network.js';
import {
  intersect,
  readSdp,
  receives,
  reverse,
  sends,
  writeSdp,
  type Sdp,
  type Section,
} from './fake-sdp.js';
import { FakeTransceiver } from './fake-transceiver.js';

interface Description {
  readonly type: RTCSdpType;
  readonly sdp: string;
}

/** What a rollback goes back to. */
interface Stable {
  readonly slots: readonly (FakeTransceiver | 'application')[];
  readonly mids: ReadonlyMap<FakeTransceiver, string | null>;
  readonly applicationMid: string | null;
}

type Operation = 'setLocalDescription' | 'setRemoteDescription' | 'addIceCandidate';

export class FakePeerConnection extends FakeTarget {
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: RTCPeerConnectionIceEvent) => void) | null = null;
  ontrack: ((event: RTCTrackEvent) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  signalingState: RTCSignalingState = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  currentLocalDescription: Description | null = null;
  currentRemoteDescription: Description | null = null;
  pendingLocalDescription: Description | null = null;
  pendingRemoteDescription: Description | null = null;
  readonly channels: FakeDataChannel[] = [];
  readonly configurations: RTCConfiguration[] = [];
  /** A candidate of the other side's present description has come. */
  hasCandidate = false;
  /** How long every operation takes. */
  operationMs = 0;
  /** How many candidates are found for each set of ICE credentials, all in one task. */
  candidateCount = 2;
  readonly #clock: FakeClock;
  readonly #network: FakeNetwork;
  readonly #sessionId: string;
  readonly #failures = new Map<Operation, DOMException>();
  #version = 0;
  #ufragCount = 0;
  #midCount = 0;
  #transceivers: FakeTransceiver[] = [];
  #slots: (FakeTransceiver | 'application')[] = [];
  #applicationMid: string | null = null;
  #stable: Stable | null = null;
  #operations: (() => void)[] = [];
  #isNegotiationNeeded = false;
  #updateOnEmptyChain = false;
  /** ICE credentials that a restart wants replaced. */
  #ufragToReplace: string | null = null;

  constructor(clock: FakeClock, network: FakeNetwork) {
    super();
    this.#clock = clock;
    this.#network = network;
    this.#sessionId = network.nextSessionId();
  }

  get localDescription(): Description | null {
    return this.pendingLocalDescription ?? this.currentLocalDescription;
  }

  get remoteDescription(): Description | null {
    return this.pendingRemoteDescription ?? this.currentRemoteDescription;
  }

  get localUfrag(): string {
    return this.localDescription ? readSdp(this.localDescription.sdp).ufrag : '';
  }

  get remoteUfrag(): string {
    return this.remoteDescription ? readSdp(this.remoteDescription.sdp).ufrag : '';
  }

  getTransceivers(): FakeTransceiver[] {
    return [...this.#transceivers];
  }

  addTransceiver(
    trackOrKind: FakeTrack | 'audio' | 'video',
    {
      direction = 'sendrecv',
      streams = [],
    }: { direction?: Section['direction']; streams?: FakeStream[] } = {},
  ): FakeTransceiver {
    this.#checkOpen();
    const track = typeof trackOrKind === 'string' ? null : trackOrKind;
    const kind = typeof trackOrKind === 'string' ? trackOrKind : trackOrKind.kind;
    const transceiver = new FakeTransceiver(kind, direction, () => this.#updateNegotiationNeeded());
    transceiver.sender.track = track;
    transceiver.sender.streams = streams.map(({ id }) => id);
    this.#transceivers.push(transceiver);
    this.#updateNegotiationNeeded();
    return transceiver;
  }

  createDataChannel(label: string, { id = 0 }: { negotiated?: boolean; id?: number } = {}): FakeDataChannel {
    this.#checkOpen();
    const channel = new FakeDataChannel(this.#clock, label, id);
    this.channels.push(channel);
    this.#updateNegotiationNeeded();
    return channel;
  }

  setLocalDescription(description?: { type: RTCSdpType }): Promise<void> {
    return this.#chain('setLocalDescription', () => {
      const isOffering = this.signalingState === 'stable' || this.signalingState === 'have-local-offer';
      const type = description?.type ?? (isOffering ? 'offer' : 'answer');
      if (type === 'rollback') this.#rollback();
      else if (type === 'offer') this.#applyLocalOffer();
      else this.#applyLocalAnswer();
    });
  }

  setRemoteDescription({ type, sdp }: Description): Promise<void> {
    return this.#chain('setRemoteDescription', () => {
      if (type === 'rollback') {
        this.#rollback();
        return;
      }
      const remote = readSdp(sdp);
      if (type === 'offer') this.#applyRemoteOffer({ type, sdp }, remote);
      else this.#applyRemoteAnswer({ type, sdp }, remote);
      this.#network.check(this);
    });
  }

  addIceCandidate(init: RTCIceCandidateInit): Promise<void> {
    return this.#chain('addIceCandidate', () => {
      if (!this.remoteDescription) throw new DOMException('No remote description', 'InvalidStateError');
      const { ufrag, sections } = readSdp(this.remoteDescription.sdp);
      const isKnown = sections.some(({ mid }, index) => mid === init.sdpMid || index === init.sdpMLineIndex);
      if (init.candidate && !isKnown) throw new DOMException('No such section', 'OperationError');
      if (init.usernameFragment != null && init.usernameFragment !== ufrag) {
        throw new DOMException('Of another description', 'OperationError');
      }
      if (init.candidate) this.hasCandidate = true;
      this.#network.check(this);
    });
  }

  restartIce(): void {
    this.#ufragToReplace = this.currentLocalDescription
      ? readSdp(this.currentLocalDescription.sdp).ufrag
      : null;
    if (this.#ufragToReplace !== null) this.#updateNegotiationNeeded();
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.#checkOpen();
    this.configurations.push(configuration);
  }

  async getStats(): Promise<Map<string, unknown>> {
    return new Map([['fake', { type: 'fake', session: this.#sessionId }]]);
  }

  /** Fires nothing, like the real one; the other side notices. */
  close(): void {
    if (this.signalingState === 'closed') return;
    this.#network.closed(this);
    this.signalingState = 'closed';
    this.connectionState = 'closed';
    for (const channel of this.channels) channel.close();
    for (const { receiver } of this.#transceivers) receiver.track.stop();
  }

  /** A path to the other side is found. */
  connect(): void {
    this.#setConnectionState('connected');
    for (const { currentDirection, receiver } of this.#transceivers) {
      if (receives(currentDirection)) receiver.track.setMuted(false);
    }
  }

  openChannels(): void {
    for (const channel of this.channels) channel.open();
  }

  /** No packet came for seconds. */
  loseNetwork(): void {
    this.#setConnectionState('disconnected');
  }

  fail(): void {
    this.#setConnectionState('failed');
  }

  /** The next such operation rejects. */
  failNext(operation: Operation, name = 'OperationError'): void {
    this.#failures.set(operation, new DOMException(`${operation} fails`, name));
  }

  #setConnectionState(state: RTCPeerConnectionState): void {
    if (this.connectionState === state || this.connectionState === 'closed') return;
    this.connectionState = state;
    this.fire('connectionstatechange');
  }

  #checkOpen(): void {
    if (this.signalingState === 'closed') throw new DOMException('It is closed', 'InvalidStateError');
  }

  /** webrtc-pc §4.4.1.2: one after the other; what is under way when the connection closes never settles. */
  #chain(name: Operation, operation: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        if (this.signalingState === 'closed') return;
        try {
          const failure = this.#failures.get(name);
          this.#failures.delete(name);
          if (failure) throw failure;
          operation();
          resolve();
        } catch (error) {
          reject(error as DOMException);
        }
        this.#operations.shift();
        const [next] = this.#operations;
        if (next) next();
        else if (this.#updateOnEmptyChain) {
          this.#updateOnEmptyChain = false;
          this.#updateNegotiationNeeded();
        }
      };
      if (this.signalingState === 'closed') {
        reject(new DOMException('It is closed', 'InvalidStateError'));
        return;
      }
      this.#operations.push(() => this.#clock.setTimer(finish, this.operationMs));
      if (this.#operations.length === 1) this.#operations[0]?.();
    });
  }

  /** webrtc-pc §4.7.3. */
  #updateNegotiationNeeded(): void {
    if (this.#operations.length > 0) {
      this.#updateOnEmptyChain = true;
      return;
    }
    if (this.signalingState !== 'stable') return;
    if (!this.#checkNegotiationNeeded()) {
      this.#isNegotiationNeeded = false;
      return;
    }
    if (this.#isNegotiationNeeded) return;
    this.#isNegotiationNeeded = true;
    this.#clock.setTimer(() => {
      if (this.#operations.length > 0) this.#updateOnEmptyChain = true;
      else if (this.signalingState === 'stable' && this.#isNegotiationNeeded) this.fire('negotiationneeded');
    }, 0);
  }

  #checkNegotiationNeeded(): boolean {
    const local = this.currentLocalDescription;
    if (this.#ufragToReplace !== null) return true;
    if (this.channels.length > 0 && this.#applicationMid === null) return true;
    return this.#transceivers.some(({ mid, direction, sender }) => {
      if (mid === null || !local) return true;
      const section = (description: Description | null): Section | undefined =>
        description ? readSdp(description.sdp).sections.find((one) => one.mid === mid) : undefined;
      const ours = section(local);
      const theirs = section(this.currentRemoteDescription);
      if (!ours || !theirs) return true;
      if (sends(direction) && ours.streams.join() !== sender.streams.join()) return true;
      return local.type === 'offer'
        ? direction !== ours.direction && direction !== reverse(theirs.direction)
        : ours.direction !== intersect(direction, reverse(theirs.direction));
    });
  }

  #applyLocalOffer(): void {
    this.#require('stable', 'have-local-offer');
    this.#remember();
    for (const transceiver of this.#transceivers) {
      if (this.#slots.includes(transceiver)) continue;
      transceiver.mid = String(this.#midCount++);
      this.#slots.push(transceiver);
    }
    if (this.channels.length > 0 && this.#applicationMid === null) {
      this.#applicationMid = String(this.#midCount++);
      this.#slots.push('application');
    }
    const current = this.currentLocalDescription && readSdp(this.currentLocalDescription.sdp).ufrag;
    const isFresh = current === null || current === this.#ufragToReplace;
    const sections = this.#slots.map((slot) => this.#describe(slot, null));
    this.pendingLocalDescription = this.#write('offer', isFresh ? this.#newUfrag() : current, sections);
    this.signalingState = 'have-local-offer';
  }

  #applyLocalAnswer(): void {
    this.#require('have-remote-offer');
    const offer = readSdp(this.pendingRemoteDescription?.sdp ?? '');
    const former = this.currentRemoteDescription && readSdp(this.currentRemoteDescription.sdp).ufrag;
    const sections = this.#slots.map((slot, index) => this.#describe(slot, offer.sections[index] ?? null));
    const ufrag = former === offer.ufrag ? this.localUfrag : this.#newUfrag();
    this.currentLocalDescription = this.#write('answer', ufrag, sections);
    this.currentRemoteDescription = this.pendingRemoteDescription;
    this.#becomeStable(sections.map(({ direction }) => direction));
  }

  #applyRemoteOffer(description: Description, { sections }: Sdp): void {
    if (this.signalingState === 'have-local-offer') this.#rollback();
    this.#require('stable', 'have-remote-offer');
    if (sections.length < this.#slots.length)
      throw new DOMException('Sections are missing', 'InvalidAccessError');
    this.#remember();
    sections.forEach((section, index) => {
      if (section.kind === 'application') {
        this.#applicationMid = section.mid;
        this.#slots[index] = 'application';
        return;
      }
      let transceiver = this.#slots[index];
      if (typeof transceiver !== 'object') {
        transceiver = new FakeTransceiver(section.kind, 'recvonly', () => this.#updateNegotiationNeeded());
        this.#transceivers.push(transceiver);
        this.#slots[index] = transceiver;
      }
      transceiver.mid = section.mid;
      this.#midCount = Math.max(this.#midCount, Number(section.mid) + 1);
    });
    this.#forgetCandidates(description);
    this.pendingRemoteDescription = description;
    this.signalingState = 'have-remote-offer';
    this.#fireTracks(sections);
  }

  #applyRemoteAnswer(description: Description, { sections }: Sdp): void {
    this.#require('have-local-offer', 'have-remote-pranswer');
    if (sections.length !== this.#slots.length)
      throw new DOMException('Sections differ', 'InvalidAccessError');
    this.#forgetCandidates(description);
    this.currentLocalDescription = this.pendingLocalDescription;
    this.currentRemoteDescription = description;
    this.#becomeStable(sections.map(({ direction }) => reverse(direction)));
    this.#fireTracks(sections);
  }

  #becomeStable(directions: readonly Section['direction'][]): void {
    this.#slots.forEach((slot, index) => {
      if (slot !== 'application') slot.currentDirection = directions[index] ?? 'inactive';
    });
    this.pendingLocalDescription = this.pendingRemoteDescription = this.#stable = null;
    this.signalingState = 'stable';
    if (this.#ufragToReplace !== this.localUfrag) this.#ufragToReplace = null;
    this.#isNegotiationNeeded = false;
    this.#updateOnEmptyChain = true;
    this.#network.check(this);
  }

  #rollback(): void {
    const stable = this.#stable;
    if (!stable) throw new DOMException('Nothing to roll back', 'InvalidStateError');
    const isRemote = this.signalingState === 'have-remote-offer';
    this.#slots = [...stable.slots];
    this.#applicationMid = stable.applicationMid;
    if (isRemote)
      this.#transceivers = this.#transceivers.filter((transceiver) => stable.mids.has(transceiver));
    for (const transceiver of this.#transceivers) transceiver.mid = stable.mids.get(transceiver) ?? null;
    this.pendingLocalDescription = this.pendingRemoteDescription = this.#stable = null;
    this.signalingState = 'stable';
    this.#isNegotiationNeeded = false;
    this.#updateOnEmptyChain = true;
  }

  #remember(): void {
    this.#stable ??= {
      slots: [...this.#slots],
      mids: new Map(this.#transceivers.map((transceiver) => [transceiver, transceiver.mid])),
      applicationMid: this.#applicationMid,
    };
  }

  #require(...states: RTCSignalingState[]): void {
    if (states.includes(this.signalingState)) return;
    throw new DOMException(`Called in the wrong state: ${this.signalingState}`, 'InvalidStateError');
  }

  #describe(slot: FakeTransceiver | 'application', offered: Section | null): Section {
    if (slot === 'application') {
      return { kind: 'application', mid: this.#applicationMid ?? '', direction: 'sendrecv', streams: [] };
    }
    const direction = offered ? intersect(slot.direction, reverse(offered.direction)) : slot.direction;
    return {
      kind: slot.kind,
      mid: slot.mid ?? '',
      direction,
      streams: sends(direction) ? slot.sender.streams : [],
    };
  }

  #write(type: 'offer' | 'answer', ufrag: string, sections: readonly Section[]): Description {
    return { type, sdp: writeSdp({ sessionId: this.#sessionId, version: ++this.#version, ufrag, sections }) };
  }

  #newUfrag(): string {
    const ufrag = `u${this.#sessionId}x${++this.#ufragCount}`;
    this.#network.register(ufrag, this);
    this.#clock.setTimer(() => this.#gather(ufrag), 0);
    return ufrag;
  }

  #gather(ufrag: string): void {
    for (let number = 1; number <= this.candidateCount; number++) {
      if (this.signalingState === 'closed') return;
      const init = {
        candidate: `candidate:${number} 1 udp 2122260223 192.0.2.${this.#sessionId} ${50_000 + number} typ host ufrag ${ufrag}`,
        sdpMid: '0',
        sdpMLineIndex: 0,
        usernameFragment: ufrag,
      };
      this.fire('icecandidate', { candidate: { ...init, toJSON: () => init } });
    }
    this.fire('icecandidate', { candidate: null });
  }

  #forgetCandidates({ sdp }: Description): void {
    if (this.remoteDescription && this.remoteUfrag !== readSdp(sdp).ufrag) this.hasCandidate = false;
  }

  #fireTracks(sections: readonly Section[]): void {
    sections.forEach((section, index) => {
      const transceiver = this.#slots[index];
      if (typeof transceiver !== 'object') return;
      const wasReceiving = transceiver.isReceiving;
      transceiver.isReceiving = sends(section.direction);
      const { receiver } = transceiver;
      if (wasReceiving && !transceiver.isReceiving) receiver.track.setMuted(true);
      if (wasReceiving || !transceiver.isReceiving) return;
      const streams = section.streams.map((id) => new FakeStream([receiver.track], id));
      this.fire('track', { track: receiver.track, receiver, transceiver, streams });
    });
  }
}
