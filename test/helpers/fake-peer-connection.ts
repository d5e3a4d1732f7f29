/**
 * A small model of `RTCPeerConnection` (webrtc-pc §4.4, §4.7, §5): operations one after the other, signaling states,
 * transceivers, `negotiationneeded`, candidates, ICE restarts. Every operation takes one task of the fake clock.
 * Needs no browser.
 */
import type { Engine } from '../../src/core/platform.js';
import type { FakeClock } from './fake-clock.js';
import { FakeStream, FakeTarget, type FakeTrack } from './fake-media.js';
import { FakeDataChannel, type FakeNetwork } from './fake-network.js';
import { readSdp, receives, sends, type Direction } from './fake-sdp.js';
import { FakeSignaling, type Description } from './fake-signaling.js';
import type { FakeTransceiver } from './fake-transceiver.js';

type Operation = 'setLocalDescription' | 'setRemoteDescription' | 'addIceCandidate';

/** Of a network that nobody else is in. */
const deadAddress = '198.51.100.1';

interface TransceiverInit {
  direction?: Direction;
  streams?: FakeStream[];
}

export class FakePeerConnection extends FakeTarget {
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: RTCPeerConnectionIceEvent) => void) | null = null;
  ontrack: ((event: RTCTrackEvent) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ondatachannel: ((event: RTCDataChannelEvent) => void) | null = null;
  connectionState: RTCPeerConnectionState = 'new';
  /** The same without a habit of Firefox 153: it says `connecting` from a local offer until its answer. */
  pathState: RTCPeerConnectionState = 'new';
  /** The own ICE user fragment of the path in use. */
  pathUfrag = '';
  readonly channels: FakeDataChannel[] = [];
  /** What `setConfiguration` got. */
  readonly configurations: RTCConfiguration[] = [];
  /** What `getStats` gives besides, by id. */
  readonly stats = new Map<string, object>();
  /** A candidate of the other side's present description has come that leads somewhere. */
  hasCandidate = false;
  /** How long every operation takes. */
  operationMs = 0;
  /** Of servers that the browser does not take. */
  refusedUrls: readonly string[] = [];
  /** How many candidates are found for each set of ICE credentials, all in one task. */
  candidateCount = 2;
  /** Firefox 153: it has failed once. A restart connects it again, but nothing flows any more. */
  isSpent = false;
  readonly engine: Engine;
  readonly #clock: FakeClock;
  readonly #network: FakeNetwork;
  readonly #sessionId: string;
  readonly #signaling: FakeSignaling;
  readonly #failures = new Map<Operation, DOMException>();
  #ufragCount = 0;
  #bytesReceived = 0;
  #operations: (() => void)[] = [];
  #isNegotiationNeeded = false;
  #updateOnEmptyChain = false;

  /** @param engine whose habits it has, where browsers differ */
  constructor(clock: FakeClock, network: FakeNetwork, engine: Engine = 'chromium') {
    super();
    this.engine = engine;
    this.#clock = clock;
    this.#network = network;
    this.#sessionId = network.nextSessionId();
    this.#signaling = new FakeSignaling(engine, this.#sessionId, {
      newUfrag: () => this.#newUfrag(),
      onChange: () => this.#updateNegotiationNeeded(),
      onTrack: () => this.#network.tell(this, (partner) => partner.hear()),
    });
  }

  get signalingState(): RTCSignalingState {
    return this.#signaling.state;
  }

  get localDescription(): Description | null {
    return this.#signaling.local;
  }

  get remoteDescription(): Description | null {
    return this.#signaling.remote;
  }

  get localUfrag(): string {
    return this.#signaling.localUfrag;
  }

  get remoteUfrag(): string {
    return this.#signaling.remoteUfrag;
  }

  getTransceivers(): FakeTransceiver[] {
    return [...this.#signaling.transceivers];
  }

  addTransceiver(
    trackOrKind: FakeTrack | 'audio' | 'video',
    { direction = 'sendrecv', streams = [] }: TransceiverInit = {},
  ): FakeTransceiver {
    this.#checkOpen();
    const track = typeof trackOrKind === 'string' ? null : trackOrKind;
    const transceiver = this.#signaling.add(
      typeof trackOrKind === 'string' ? trackOrKind : trackOrKind.kind,
      direction,
    );
    transceiver.sender.track = track;
    transceiver.sender.streams = streams.map(({ id }) => id);
    this.#updateNegotiationNeeded();
    return transceiver;
  }

  createDataChannel(
    label: string,
    { negotiated = false, id = 0 }: { negotiated?: boolean; id?: number } = {},
  ): FakeDataChannel {
    this.#checkOpen();
    // Of an ordinary channel the browsers choose the id; here it tells which connection made it.
    const chosen = negotiated ? id : 1000 * Number(this.#sessionId) + this.channels.length;
    const channel = new FakeDataChannel(this.#network, this, label, chosen, negotiated);
    this.channels.push(channel);
    this.#signaling.needsApplication = true;
    this.#updateNegotiationNeeded();
    return channel;
  }

  /** The other side's ordinary channel arrives. */
  acceptChannel({ label, id }: FakeDataChannel): FakeDataChannel {
    const channel = new FakeDataChannel(this.#network, this, label, id, false);
    this.channels.push(channel);
    this.fire('datachannel', { channel });
    return channel;
  }

  setLocalDescription(description?: { type: RTCSdpType }): Promise<void> {
    return this.#chain('setLocalDescription', () => {
      const isOffering = this.signalingState === 'stable' || this.signalingState === 'have-local-offer';
      this.#signaling.applyLocal(description?.type ?? (isOffering ? 'offer' : 'answer'));
      this.#showState();
      this.#afterDescription();
      // Chromium 156 says it before the promise of a rollback settles, Firefox 153 after it.
      if (description?.type === 'rollback' && this.engine !== 'firefox') this.#checkNegotiation();
    });
  }

  setRemoteDescription(description: Description): Promise<void> {
    return this.#chain('setRemoteDescription', () => {
      const former = this.remoteUfrag;
      this.#signaling.applyRemote(description);
      if (this.remoteUfrag !== former) this.hasCandidate = false;
      this.#showState();
      if (description.type !== 'rollback') this.#fireTracks();
      if (description.type === 'answer' && this.#signaling.isDataRejected)
        for (const channel of this.channels) channel.drop();
      this.#afterDescription();
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
      if (init.candidate && !init.candidate.includes(deadAddress)) this.hasCandidate = true;
      this.#network.check(this);
    });
  }

  restartIce(): void {
    this.#signaling.restartIce();
    this.#updateNegotiationNeeded();
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.#checkOpen();
    this.checkServers(configuration);
    this.configurations.push(configuration);
  }

  /** Throws what Firefox 153 throws. */
  checkServers({ iceServers = [] }: RTCConfiguration): void {
    const url = iceServers.flatMap(({ urls }) => urls).find((one) => this.refusedUrls.includes(one));
    if (url !== undefined) throw new DOMException(`'${url}' uses a port that is blocked`, 'SyntaxError');
  }

  /** Reports flow while there is a path, whatever else does. */
  async getStats(): Promise<Map<string, unknown>> {
    if (this.#network.reaches(this)) this.#bytesReceived += 100;
    const transport = { type: 'transport', bytesReceived: this.#bytesReceived, session: this.#sessionId };
    return new Map([['transport', transport], ...this.stats]);
  }

  /** Fires nothing, like the real one; the other side notices. */
  close(): void {
    if (this.signalingState === 'closed') return;
    this.#network.closed(this);
    this.#signaling.state = 'closed';
    this.pathState = this.connectionState = 'closed';
    for (const channel of this.channels) channel.close();
    for (const { receiver } of this.#signaling.transceivers) {
      this.#clock.setTimer(() => receiver.track.end(), 0);
    }
  }

  /** Its page crashed: nobody is told anything, not even the other side. */
  vanish(): void {
    for (const channel of this.channels) channel.partner = null;
    this.close();
  }

  /** A path to the other side is found. */
  connect(): void {
    // Where it stood once, Chromium 156 goes back from `failed` by this way.
    const isBack = this.pathState === 'failed' && this.pathUfrag !== '' && this.engine !== 'firefox';
    this.pathUfrag = this.localUfrag;
    if (isBack) this.#setPathState('disconnected');
    this.#setPathState('connected');
    this.hear();
  }

  /** Packets of the other side arrive: what it sends is heard. */
  hear(): void {
    if (!this.#network.reaches(this)) return;
    const sent = new Map<string | null, FakeTransceiver>();
    for (const one of this.#network.partnerOf(this)?.getTransceivers() ?? []) sent.set(one.mid, one);
    for (const { mid, currentDirection, receiver } of this.#signaling.transceivers) {
      const { sender, currentDirection: theirs } = sent.get(mid) ?? {};
      if (sender?.track && sends(theirs ?? null) && receives(currentDirection))
        receiver.track.setMuted(false);
    }
  }

  openChannels(): void {
    if (this.#signaling.isDataRejected) return;
    for (const channel of this.channels) channel.open();
  }

  /** No packet came for seconds. */
  loseNetwork(): void {
    this.#setPathState('disconnected');
  }

  fail(): void {
    if (this.pathState === 'failed' || this.pathState === 'closed') return;
    this.#setPathState('failed');
    if (this.engine !== 'firefox') return;
    this.isSpent = true;
    for (const channel of this.channels) channel.drop();
  }

  /** The next such operation rejects. */
  failNext(operation: Operation, name = 'OperationError'): void {
    this.#failures.set(operation, new DOMException(`${operation} fails`, name));
  }

  #setPathState(state: RTCPeerConnectionState): void {
    if (this.pathState === state || this.pathState === 'closed') return;
    this.pathState = state;
    this.#showState();
  }

  #showState(): void {
    const isNegotiating = this.engine === 'firefox' && this.signalingState === 'have-local-offer';
    const state = isNegotiating && this.pathState === 'connected' ? 'connecting' : this.pathState;
    if (this.connectionState === state) return;
    this.connectionState = state;
    this.fire('connectionstatechange');
  }

  #checkOpen(): void {
    if (this.signalingState === 'closed') throw new DOMException('It is closed', 'InvalidStateError');
  }

  /** webrtc-pc §4.4.1.2: one after the other; what is under way when the connection closes never settles. */
  #chain(name: Operation, operation: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#checkOpen();
      const finish = (): void => {
        if (this.signalingState === 'closed') return;
        try {
          const failure = this.#failures.get(name);
          this.#failures.delete(name);
          if (failure) throw failure;
          operation();
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
        this.#operations.shift();
        const [next] = this.#operations;
        if (next) next();
        else if (this.#updateOnEmptyChain) {
          this.#updateOnEmptyChain = false;
          this.#updateNegotiationNeeded();
        }
      };
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
    this.#clock.setTimer(() => {
      if (this.signalingState === 'closed') return;
      if (this.#operations.length > 0) this.#updateOnEmptyChain = true;
      else this.#checkNegotiation();
    }, 0);
  }

  #checkNegotiation(): void {
    if (this.signalingState !== 'stable') return;
    const wasNeeded = this.#isNegotiationNeeded;
    this.#isNegotiationNeeded = this.#signaling.isNegotiationNeeded();
    if (this.#isNegotiationNeeded && !wasNeeded) this.fire('negotiationneeded');
  }

  #afterDescription(): void {
    if (this.signalingState === 'stable') {
      this.#isNegotiationNeeded = false;
      this.#updateOnEmptyChain = true;
    }
    this.#network.check(this);
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
      // Only the last leads anywhere.
      const address = number < this.candidateCount ? deadAddress : `192.0.2.${this.#sessionId}`;
      const candidate = `candidate:${number} 1 udp 1 ${address} ${50_000 + number} typ host ufrag ${ufrag}`;
      const init = { candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: ufrag };
      this.fire('icecandidate', { candidate: { ...init, toJSON: () => init } });
    }
    this.fire('icecandidate', { candidate: null });
  }

  #fireTracks(): void {
    const { sections } = readSdp(this.remoteDescription?.sdp ?? '');
    this.#signaling.sections.forEach((transceiver, index) => {
      const section = sections[index];
      if (!transceiver || !section) return;
      const { receiver, isReceiving } = transceiver;
      transceiver.isReceiving = sends(section.direction);
      if (isReceiving && !transceiver.isReceiving) receiver.track.setMuted(true);
      if (isReceiving || !transceiver.isReceiving) return;
      const streams = section.streams.map((id) => new FakeStream([receiver.track], id));
      this.fire('track', { track: receiver.track, receiver, transceiver, streams });
    });
  }
}
