/**
 * The description machine of the fake connection (webrtc-pc §4.3.1, §4.4.1.5; RFC 8829 §5): signaling states with
 * rollback, sections, mids and DTLS roles, with the faults that browsers have there. Knows no time. Needs no browser.
 */
import type { Engine } from '../../src/core/platform.js';
import { intersect, readSdp, reverse, sends, writeSdp, type Section, type Setup } from './fake-sdp.js';
import { FakeTransceiver } from './fake-transceiver.js';

export interface Description {
  readonly type: RTCSdpType;
  readonly sdp: string;
}

type Slot = FakeTransceiver | 'application';

/** What a rollback goes back to. */
interface Stable {
  readonly slots: readonly Slot[];
  readonly mids: ReadonlyMap<FakeTransceiver, string | null>;
  readonly applicationMid: string | null;
}

const ufragOf = (description: Description | null): string =>
  description ? readSdp(description.sdp).ufrag : '';

export class FakeSignaling {
  state: RTCSignalingState = 'stable';
  currentLocal: Description | null = null;
  currentRemote: Description | null = null;
  pendingLocal: Description | null = null;
  pendingRemote: Description | null = null;
  transceivers: FakeTransceiver[] = [];
  /** A data channel was made, so there has to be a section for it. */
  needsApplication = false;
  /** The answer has rejected the section of the data channels. */
  isDataRejected = false;
  readonly #engine: Engine;
  readonly #sessionId: string;
  readonly #newUfrag: () => string;
  readonly #onChange: () => void;
  readonly #onTrack: () => void;
  #version = 0;
  #midCount = 0;
  #slots: Slot[] = [];
  #applicationMid: string | null = null;
  #stable: Stable | null = null;
  #dtlsRole: Setup | null = null;
  /** Chromium 156: where an offer that was rolled back had the data channels; it can not put them elsewhere. */
  #stuckMid: string | null = null;
  /** ICE credentials that a restart wants replaced. */
  #ufragsToReplace: readonly string[] = [];

  /** @param options `onChange`: something changed that may need a negotiation; `onTrack`: another track is sent */
  constructor(
    engine: Engine,
    sessionId: string,
    options: { newUfrag: () => string; onChange: () => void; onTrack: () => void },
  ) {
    this.#engine = engine;
    this.#sessionId = sessionId;
    this.#newUfrag = options.newUfrag;
    this.#onChange = options.onChange;
    this.#onTrack = options.onTrack;
  }

  get local(): Description | null {
    return this.pendingLocal ?? this.currentLocal;
  }

  get remote(): Description | null {
    return this.pendingRemote ?? this.currentRemote;
  }

  get localUfrag(): string {
    return ufragOf(this.local);
  }

  get remoteUfrag(): string {
    return ufragOf(this.remote);
  }

  add(kind: 'audio' | 'video', direction: Section['direction']): FakeTransceiver {
    const transceiver = new FakeTransceiver(kind, direction, this.#onChange, this.#onTrack);
    this.transceivers.push(transceiver);
    return transceiver;
  }

  /** The transceiver of each section, in order; null for the data channels. */
  get sections(): (FakeTransceiver | null)[] {
    return this.#slots.map((slot) => (slot === 'application' ? null : slot));
  }

  restartIce(): void {
    this.#ufragsToReplace = [this.currentLocal, this.pendingLocal].map(ufragOf).filter(Boolean);
  }

  /** webrtc-pc §4.7.3, "check if negotiation is needed". */
  isNegotiationNeeded(): boolean {
    if (this.#ufragsToReplace.length > 0) return true;
    if (this.needsApplication && (this.#applicationMid === null || this.isDataRejected)) return true;
    return this.transceivers.some(({ mid, direction, sender }) => {
      const local = this.currentLocal;
      if (mid === null || !local) return true;
      const section = (description: Description | null): Section | undefined =>
        description ? readSdp(description.sdp).sections.find((one) => one.mid === mid) : undefined;
      const ours = section(local);
      const theirs = section(this.currentRemote);
      if (!ours || !theirs) return true;
      if (sends(direction) && ours.streams.join() !== sender.streams.join()) return true;
      return local.type === 'offer'
        ? direction !== ours.direction && direction !== reverse(theirs.direction)
        : ours.direction !== intersect(direction, reverse(theirs.direction));
    });
  }

  applyLocal(type: RTCSdpType): void {
    if (type === 'rollback') this.rollback();
    else if (type === 'offer') this.#applyLocalOffer();
    else this.#applyLocalAnswer();
  }

  applyRemote(description: Description): void {
    if (description.type === 'rollback') this.rollback();
    else if (description.type === 'offer') this.#applyRemoteOffer(description);
    else this.#applyRemoteAnswer(description);
  }

  rollback(): void {
    const stable = this.#stable;
    if (!stable) throw new DOMException('Nothing to roll back', 'InvalidStateError');
    // Transceivers that the other side's offer made go; own ones only lose their sections.
    if (this.state === 'have-remote-offer') {
      this.transceivers = this.transceivers.filter((transceiver) => stable.mids.has(transceiver));
    }
    if (this.state === 'have-local-offer' && stable.applicationMid === null && this.#engine !== 'firefox') {
      this.#stuckMid = this.#applicationMid;
    }
    this.#slots = [...stable.slots];
    this.#applicationMid = stable.applicationMid;
    for (const transceiver of this.transceivers) transceiver.mid = stable.mids.get(transceiver) ?? null;
    this.#settle();
  }

  #applyLocalOffer(): void {
    this.#require('stable', 'have-local-offer');
    this.#remember();
    for (const transceiver of this.transceivers) {
      if (this.#slots.includes(transceiver)) continue;
      transceiver.mid = String(this.#midCount++);
      this.#slots.push(transceiver);
    }
    if (this.needsApplication && this.#applicationMid === null) {
      this.#applicationMid = String(this.#midCount++);
      this.#slots.push('application');
    }
    const current = ufragOf(this.currentLocal);
    const ufrag = current === '' || this.#ufragsToReplace.includes(current) ? this.#newUfrag() : current;
    const sections = this.#slots.map((slot) => this.#describe(slot, null));
    this.pendingLocal = this.#write('offer', ufrag, 'actpass', sections);
    this.state = 'have-local-offer';
  }

  #applyLocalAnswer(): void {
    this.#require('have-remote-offer');
    const offer = readSdp(this.pendingRemote?.sdp ?? '');
    const isRestart = ufragOf(this.currentRemote) !== offer.ufrag;
    this.#checkStuckMid(offer.sections);
    const sections = this.#slots.map((slot, index) => this.#describe(slot, offer.sections[index] ?? null));
    // Firefox 153 answers every restart as if it were the first offer, though the handshake stays as it was.
    const role = this.#engine === 'firefox' && isRestart ? null : this.#dtlsRole;
    this.currentLocal = this.#write(
      'answer',
      isRestart ? this.#newUfrag() : ufragOf(this.currentLocal),
      role ?? 'active',
      sections,
    );
    this.#dtlsRole ??= 'active';
    this.currentRemote = this.pendingRemote;
    this.#agree(sections.map(({ direction }) => direction));
  }

  #applyRemoteOffer(description: Description): void {
    const { sections } = readSdp(description.sdp);
    if (this.state === 'have-local-offer') this.rollback();
    this.#require('stable', 'have-remote-offer');
    if (sections.length < this.#slots.length)
      throw new DOMException('Sections are missing', 'InvalidAccessError');
    this.#remember();
    sections.forEach(({ kind, mid }, index) => {
      this.#midCount = Math.max(this.#midCount, Number(mid) + 1);
      if (kind === 'application') {
        this.#applicationMid = mid;
        this.#slots[index] = 'application';
        return;
      }
      const slot = this.#slots[index];
      // Transceivers of `addTransceiver` are not reused for the sections of an offer (RFC 8829 §5.10).
      const transceiver = typeof slot === 'object' ? slot : this.add(kind, 'recvonly');
      this.#slots[index] = transceiver;
      transceiver.mid = mid;
    });
    this.pendingRemote = description;
    this.state = 'have-remote-offer';
  }

  #applyRemoteAnswer(description: Description): void {
    const { sections, setup } = readSdp(description.sdp);
    this.#require('have-local-offer', 'have-remote-pranswer');
    if (sections.length !== this.#slots.length)
      throw new DOMException('Sections differ', 'InvalidAccessError');
    const role = setup === 'active' ? 'passive' : 'active';
    this.#dtlsRole ??= role;
    if (this.#dtlsRole !== role && this.#engine !== 'firefox')
      throw new DOMException('Failed to set SSL role for the transport', 'InvalidAccessError');
    this.isDataRejected = sections.some(({ kind, isRejected }) => kind === 'application' && isRejected);
    this.currentLocal = this.pendingLocal;
    this.currentRemote = description;
    this.#agree(sections.map(({ direction }) => reverse(direction)));
  }

  #agree(directions: readonly Section['direction'][]): void {
    this.#slots.forEach((slot, index) => {
      if (slot !== 'application') slot.currentDirection = directions[index] ?? 'inactive';
    });
    this.#settle();
    if (!this.#ufragsToReplace.includes(this.localUfrag)) this.#ufragsToReplace = [];
  }

  /** Chromium 156: data channels can not go to another section than in the offer that was rolled back. */
  #checkStuckMid(offered: readonly Section[]): void {
    const stuck = this.#stuckMid;
    if (stuck === null || this.#applicationMid === null || this.#applicationMid === stuck) return;
    if (!offered.some(({ mid }) => mid === stuck))
      throw new DOMException('Failed to start SCTP transport', 'OperationError');
    this.isDataRejected = true;
  }

  #settle(): void {
    this.pendingLocal = this.pendingRemote = this.#stable = null;
    this.state = 'stable';
  }

  #remember(): void {
    this.#stable ??= {
      slots: [...this.#slots],
      mids: new Map(this.transceivers.map((transceiver) => [transceiver, transceiver.mid])),
      applicationMid: this.#applicationMid,
    };
  }

  #require(...states: RTCSignalingState[]): void {
    if (states.includes(this.state)) return;
    throw new DOMException(`Called in the wrong state: ${this.state}`, 'InvalidStateError');
  }

  #describe(slot: Slot, offered: Section | null): Section {
    if (slot === 'application') {
      const mid = this.#applicationMid ?? '';
      return {
        kind: 'application',
        isRejected: this.isDataRejected,
        mid,
        direction: 'sendrecv',
        streams: [],
      };
    }
    const direction = offered ? intersect(slot.direction, reverse(offered.direction)) : slot.direction;
    return {
      kind: slot.kind,
      mid: slot.mid ?? '',
      direction,
      streams: sends(direction) ? slot.sender.streams : [],
    };
  }

  #write(type: 'offer' | 'answer', ufrag: string, setup: Setup, sections: readonly Section[]): Description {
    const version = ++this.#version;
    return { type, sdp: writeSdp({ sessionId: this.#sessionId, version, ufrag, setup, sections }) };
  }
}
