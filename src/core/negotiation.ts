import { maxCandidates } from './defaults.js';

/** A description with its text, as it travels. */
export interface Description {
  type: RTCSdpType;
  sdp: string;
}

/**
 * Perfect negotiation (webrtc-pc §10.7) and nothing else. Every call must come from the link's one queue: then
 * `signalingState` alone tells glare, and the flags of the textbook version are not needed.
 */
export class Negotiation {
  readonly #connection: RTCPeerConnection;
  readonly #polite: boolean;
  readonly #send: (description: Description) => void;
  /** Candidates that came before their description (RFC 8838 §11 allows it); the oldest give way. */
  #early: RTCIceCandidateInit[] = [];

  constructor(
    connection: RTCPeerConnection,
    options: { polite: boolean; send: (description: Description) => void },
  ) {
    this.#connection = connection;
    this.#polite = options.polite;
    this.#send = options.send;
  }

  /**
   * Makes and sends an offer, unless a negotiation is under way: `negotiationneeded` fires again after it.
   * @param again also in place of an own offer that has not been answered
   */
  async offer(again = false): Promise<void> {
    const { signalingState } = this.#connection;
    if (signalingState !== 'stable' && !(again && signalingState === 'have-local-offer')) return;
    await this.#connection.setLocalDescription();
    this.#sendLocal();
  }

  /**
   * Takes the other side's description and answers an offer. A stale answer and, on the impolite side, an offer
   * that crossed ours are dropped.
   * @param beforeAnswer may arrange transceivers between offer and answer
   */
  async receive(description: Description, beforeAnswer: () => void): Promise<void> {
    const connection = this.#connection;
    const isOffer = description.type === 'offer';
    if (!isOffer && connection.signalingState !== 'have-local-offer') return; // stale answer
    if (isOffer && connection.signalingState !== 'stable' && !this.#polite) return; // it crossed ours
    await connection.setRemoteDescription(description); // rolls back our offer where it crossed theirs
    await this.#addEarlyCandidates();
    if (isOffer) {
      beforeAnswer();
      await connection.setLocalDescription();
      this.#sendLocal();
    }
  }

  /**
   * Adds a candidate, or keeps it until its description is there. One that the browser does not take is dropped:
   * it may belong to an offer that was ignored or replaced, and is one path less at worst.
   */
  async addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    const known = this.#connection.remoteDescription?.sdp;
    const ufrag = candidate.usernameFragment ?? / ufrag (\S+)/.exec(candidate.candidate ?? '')?.[1] ?? '';
    if (!known?.includes(`a=ice-ufrag:${ufrag}`)) {
      if (this.#early.push(candidate) > maxCandidates) this.#early.shift();
      return;
    }
    try {
      await this.#connection.addIceCandidate(candidate);
    } catch {
      // Dropped.
    }
  }

  async #addEarlyCandidates(): Promise<void> {
    const early = this.#early;
    this.#early = [];
    for (const candidate of early) await this.addCandidate(candidate);
  }

  #sendLocal(): void {
    const description = this.#connection.localDescription;
    if (description) this.#send({ type: description.type, sdp: description.sdp });
  }
}
