import type { MessageStyle, SignalMessage } from './signal.js';

/** The ways of writing that `dialect` knows: see `CallOptions`. */
export type DialectName = 'auto' | 'w3c' | 'simple-peer';

/** What this side has to say to a page that does not know this library. */
export type PlainSignal = Pick<
  SignalMessage,
  'description' | 'candidate' | 'candidates' | 'renegotiate' | 'transceiverRequest'
>;

/** Incarnation and order of a description, from its `o=` line (RFC 8866 §5.2). */
export interface Origin {
  /** The same for the whole life of an `RTCPeerConnection`. */
  readonly session: string;
  /** Grows with every description of the session. */
  readonly version: number;
}

/**
 * How one foreign page writes. Starts from `dialect`, learns from every message of that page, and writes in the very
 * shape that it uses: nested (`{description}`, `{candidate}`) or flat (`{type, sdp}`, `{type: 'candidate', …}`).
 */
export class Dialect {
  readonly #name: DialectName;
  #isFlat: boolean;
  #isSimplePeer: boolean;
  #candidate: NonNullable<MessageStyle['candidate']> | 'nested' | null = null;

  constructor(name: DialectName) {
    this.#name = name;
    this.#isSimplePeer = this.#isFlat = name === 'simple-peer';
  }

  /** Whether the page uses simple-peer: only its initiator offers, and its data channel closes with it. */
  get isSimplePeer(): boolean {
    return this.#isSimplePeer;
  }

  /** Takes note of the shape of a message. */
  learn(message: PlainSignal, style: MessageStyle = {}): void {
    if (this.#name === 'simple-peer') return;
    const { description, candidate } = message;
    if (description) this.#isFlat = style.description === 'flat';
    if (candidate) {
      this.#candidate = style.candidate ?? 'nested';
      // Until its description comes.
      if (!description && style.candidate) this.#isFlat = true;
    }
    // Browsers' own candidates name their `usernameFragment`, those of simple-peer never do.
    const isItsCandidate = style.candidate === 'typed' && candidate?.usernameFragment === undefined;
    if (message.renegotiate || message.transceiverRequest || isItsCandidate) this.#isSimplePeer = true;
  }

  /** The messages that say it, in order, in the page's shape. Nothing else is ever sent to a foreign page. */
  write(signal: PlainSignal): SignalMessage[] {
    const { description, candidate, candidates = [], renegotiate, transceiverRequest } = signal;
    const messages = (candidate ? [candidate] : candidates).map((one) => this.#writeCandidate(one));
    if (description) messages.push(this.#isFlat ? { ...description } : { description });
    if (renegotiate) messages.push({ type: 'renegotiate', renegotiate });
    if (transceiverRequest) messages.push({ type: 'transceiverRequest', transceiverRequest });
    return messages;
  }

  #writeCandidate({ usernameFragment, ...init }: RTCIceCandidateInit): SignalMessage {
    const candidate =
      this.#isSimplePeer || usernameFragment === undefined ? init : { ...init, usernameFragment };
    switch (this.#candidate ?? (this.#isFlat ? 'typed' : 'nested')) {
      case 'typed':
        return { type: 'candidate', candidate };
      case 'flat': // the one shape in which `candidate` is a text
        return { type: 'candidate', ...candidate } as unknown as SignalMessage;
      default:
        return { candidate };
    }
  }
}

/** The origin of a description; without an `o=` line every such text counts as one session. */
export function readOrigin(sdp: string): Origin {
  const [, session = '', version] = /^o=\S+ (\S+) (\d+)/m.exec(sdp) ?? [];
  return { session, version: Number(version ?? 0) };
}
