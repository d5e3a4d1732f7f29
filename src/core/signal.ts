import {
  maxCandidates,
  maxIdLength,
  maxMediaSections,
  maxMessageLength,
  maxNameLength,
  maxTextLength,
  protocolVersion,
} from './defaults.js';

export type SignalKind =
  | 'hello'
  | 'description'
  | 'candidate'
  | 'want'
  | 'restart'
  | 'reset'
  | 'media'
  | 'message'
  | 'ack'
  | 'bye'
  | 'full'
  | 'decline';

/** What a side says about its own microphone, camera and screen. */
export interface SignalMedia {
  microphone: 'on' | 'off';
  camera: 'on' | 'off';
  screen: 'on' | 'off';
}

/** How many pixels high a side shows the pictures of the recipient; 0: not at all; absent: not known. */
export interface SignalView {
  camera?: number;
  screen?: number;
}

/** The sidecar that makes a message reliable: see docs/architecture.md, "Signals". */
export interface SignalSidecar {
  version: 1;
  kind: SignalKind;
  /** Id of the sender (`peer-id`). */
  from: string;
  /** 128 random bits per started call of the sender, never stored. */
  session: string;
  /** Id and session of the recipient; both absent: for everybody. */
  to?: string;
  toSession?: string;
  /** Number of the message in its pair of sessions, from 1; 0 where neither order nor arrival matters. */
  seq: number;
  /** Every message of the recipient up to this number has arrived. */
  ack: number;
  /** Number of the `RTCPeerConnection` of the pair, from 1. */
  generation?: number;
  /** A question that only a living page can answer with `echo`. */
  nonce?: string;
  echo?: string;
  engine?: string;
  name?: string;
  media?: SignalMedia;
  view?: SignalView;
  room?: string;
  /** The text of a `message`. */
  text?: string;
  /** Of a `bye`: the page may come back in a moment under the same id, since it is perhaps reloaded. */
  mayReturn?: boolean;
}

/**
 * One signaling message: JSON-safe and structured-cloneable. The body is what a plain perfect-negotiation page
 * understands (webrtc-pc §4.6, §4.8.1); the sidecar carries the rest. To a page that writes otherwise the message
 * is in that page's shape: see `dialects.ts`.
 */
export interface SignalMessage {
  description?: { type: RTCSdpType; sdp: string };
  candidate?: RTCIceCandidateInit;
  /** Candidates born together, only for peers that speak the envelope. */
  candidates?: RTCIceCandidateInit[];
  rtc?: SignalSidecar;
  /** Of a flat message: `offer`, `answer`, `candidate`, `renegotiate` or `transceiverRequest`. */
  type?: string;
  /** Of a flat description. */
  sdp?: string;
  /** The side that does not offer asks for an offer (simple-peer, which ends at messages without a word it knows). */
  renegotiate?: true;
  /** The same, with a further media section. */
  transceiverRequest?: TransceiverRequest;
}

/** A further media section that the other side is asked to offer; `init` is for its `addTransceiver`. */
export interface TransceiverRequest {
  kind: 'audio' | 'video';
  init?: { direction?: RTCRtpTransceiverDirection };
}

/** How the writer of a bare message writes, where it is not as webrtc-pc shows it (`{description}`, `{candidate}`). */
export interface MessageStyle {
  /** `{type, sdp}` */
  description?: 'flat';
  /** `typed`: `{type: 'candidate', candidate: {…}}`; `flat`: the members of the candidate are the message's own. */
  candidate?: 'typed' | 'flat';
}

/** A message with its sidecar: what this library sends. */
export type EnvelopedMessage = SignalMessage & { rtc: SignalSidecar };

/** What `parseSignal` made of its input. `ignored`: not ours, and none of our business. */
export type ParsedSignal =
  | { readonly outcome: 'message'; readonly message: EnvelopedMessage }
  | { readonly outcome: 'bare'; readonly message: SignalMessage; readonly style?: MessageStyle }
  | { readonly outcome: 'ignored' }
  | { readonly outcome: 'invalid'; readonly reason: string };

const maxCandidateLength = 4096;
/** No message of ours has so many: browsers take tens of milliseconds to read 10,000 objects in one another. */
const maxBrackets = 10 * maxCandidates;
/** What is between quotes in JSON; the last may lack its end. */
const quoted = /"(?:[^"\\]|\\.)*"?/gs;

class Rejection extends Error {
  readonly #isOurs = true;

  /** Not by `instanceof`, which asks a proxy that the page may have thrown. */
  static is(error: unknown): error is Rejection {
    return typeof error === 'object' && error !== null && #isOurs in error;
  }
}
class Malformed extends Rejection {}
class Foreign extends Rejection {}

/**
 * Where untrusted input ends: reads only known members, each once, into fresh objects, and never throws.
 * @param input an object or its JSON text, from anywhere
 */
export function parseSignal(input: unknown): ParsedSignal {
  try {
    const value = typeof input === 'string' ? parseText(input) : input;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { outcome: 'ignored' };
    return parseObject(value);
  } catch (error) {
    // A getter or proxy of the page threw: as malformed as a wrong value.
    if (!Rejection.is(error)) return { outcome: 'invalid', reason: 'it can not be read' };
    return error instanceof Foreign ? { outcome: 'ignored' } : { outcome: 'invalid', reason: error.message };
  }
}

function parseText(text: string): unknown {
  if (text.length > maxMessageLength) throw new Malformed(`it is longer than ${maxMessageLength} characters`);
  if (text.replace(quoted, '').split(/[[{]/, maxBrackets).length === maxBrackets) throw new Foreign();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Foreign(); // other traffic on a shared channel
  }
}

function parseObject(value: object): ParsedSignal {
  const members = value as Record<string, unknown>;
  // Each is read here, once: a getter can not answer twice. Any of these tells that a message is one of a call …
  const { description, candidate, candidates, sdp, rtc, renegotiate, transceiverRequest } = members;
  const telling = [description, candidate, candidates, sdp, rtc, renegotiate, transceiverRequest];
  if (telling.every((member) => member === undefined)) return { outcome: 'ignored' };
  // … and these say more of some.
  const { type, sdpMid, sdpMLineIndex, usernameFragment } = members;
  const message: SignalMessage = {};
  const style: MessageStyle = {};
  const isBare = rtc === undefined;
  if (description !== undefined) message.description = readDescription(description, 'description');
  else if (isBare && sdp !== undefined) {
    message.description = readDescription({ type, sdp }, 'description');
    style.description = 'flat';
  }
  const isSpread = isBare && (type === 'candidate' || isPresent(sdpMid) || isPresent(sdpMLineIndex));
  if (isSpread && typeof candidate === 'string') {
    const flat = { candidate, sdpMid, sdpMLineIndex, usernameFragment };
    message.candidate = readCandidate(flat, 'candidate');
    style.candidate = 'flat';
  } else if (isPresent(candidate)) {
    message.candidate = readCandidate(candidate, 'candidate');
    if (type === 'candidate') style.candidate = 'typed';
  }
  if (candidates !== undefined) message.candidates = readCandidates(candidates);
  if (isBare) {
    if (renegotiate === true) message.renegotiate = true;
    if (isPresent(transceiverRequest)) {
      message.transceiverRequest = readTransceiverRequest(transceiverRequest, 'transceiverRequest');
    }
    return { outcome: 'bare', message, ...(Object.keys(style).length > 0 && { style }) };
  }
  const enveloped = { ...message, rtc: readSidecar(rtc, 'rtc') };
  const { kind, text } = enveloped.rtc;
  const has: Partial<Record<SignalKind, boolean>> = {
    description: message.description !== undefined,
    candidate: (message.candidate ?? message.candidates) !== undefined,
    message: text !== undefined,
  };
  if (has[kind] === false) throw new Malformed(`a '${kind}' without ${kind === 'message' ? 'text' : kind}`);
  return { outcome: 'message', message: enveloped };
}

/** What becomes of an untrusted value; throws where it is none. The path says in the message where it stood. */
type Reader<Value> = (value: unknown, path: string) => Value;

/** How each member of an object is read; a reader returns undefined for what is to be left out. */
type Shape<Type> = { readonly [Key in keyof Type]-?: Reader<Type[Key] | undefined> };

/**
 * Reads an object: each member of the shape once, in its order, into a fresh object. What is absent or null stays
 * absent, but for those whose readers say what then.
 */
const object =
  <Type extends object>(shape: Shape<Type>, always: readonly (keyof Type)[] = []): Reader<Type> =>
  (value, path) => {
    if (typeof value !== 'object' || value === null) throw new Malformed(`${path} is not an object`);
    const keys = Object.keys(shape) as (keyof Type & string)[];
    const members = keys.map((key): unknown => (value as Type)[key]);
    const result: Partial<Type> = {};
    for (const [index, key] of keys.entries()) {
      if (!isPresent(members[index]) && !always.includes(key)) continue;
      const read = shape[key](members[index], `${path}.${key}`);
      if (read !== undefined) result[key] = read;
    }
    return result as Type;
  };

const string =
  (maxLength: number): Reader<string> =>
  (value, path) => {
    if (typeof value !== 'string') throw new Malformed(`${path} is not a string`);
    if (value.length > maxLength) throw new Malformed(`${path} is longer than ${maxLength} characters`);
    return value;
  };

const id: Reader<string> = (value, path) => {
  const text = string(maxIdLength)(value, path);
  if (!text || /\p{Cc}/u.test(text)) throw new Malformed(`${path} is empty or has control characters`);
  return text;
};

const count =
  (max = Number.MAX_SAFE_INTEGER): Reader<number> =>
  (value, path) => {
    if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max) return value as number;
    throw new Malformed(`${path} is not a whole number from 0 to ${max}`);
  };

const oneOf =
  <Value>(...values: readonly Value[]): Reader<Value> =>
  (value, path) => {
    if (values.includes(value as Value)) return value as Value;
    throw new Malformed(`${path} is not ${values.join(' or ')}`);
  };

const onOrOff: Reader<'on' | 'off'> = (value) => (value === 'on' ? 'on' : 'off');

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

const readDescription: Reader<{ type: RTCSdpType; sdp: string }> = (value, path) => {
  const { type, sdp } = object<{ type: RTCSdpType; sdp: unknown }>(
    { type: oneOf('offer', 'answer', 'pranswer', 'rollback'), sdp: (text) => text },
    ['type'],
  )(value, path);
  if (type === 'rollback') return { type, sdp: '' };
  const text = string(maxMessageLength)(sdp, `${path}.sdp`);
  if (!text.startsWith('v=0')) throw new Malformed(`${path}.sdp is not SDP`);
  if ((text.match(/^m=/gm)?.length ?? 0) > maxMediaSections) {
    throw new Malformed(`${path}.sdp has more than ${maxMediaSections} media sections`);
  }
  return { type, sdp: text };
};

const readCandidateMembers = object<RTCIceCandidateInit>(
  {
    candidate: (value = '', path) => string(maxCandidateLength)(value, path),
    sdpMid: string(maxIdLength),
    sdpMLineIndex: count(maxMediaSections),
    usernameFragment: string(256),
  },
  ['candidate'],
);

const readCandidate: Reader<RTCIceCandidateInit> = (value, path) => {
  const candidate = readCandidateMembers(value, path);
  if (candidate.candidate && !isPresent(candidate.sdpMid) && !isPresent(candidate.sdpMLineIndex)) {
    throw new Malformed(`${path} has neither sdpMid nor sdpMLineIndex`);
  }
  return candidate;
};

function readCandidates(value: unknown): RTCIceCandidateInit[] {
  if (!Array.isArray(value)) throw new Malformed('candidates is not an array');
  const entries = value as unknown[];
  const { length } = entries;
  if (length > maxCandidates) throw new Malformed(`candidates has more than ${maxCandidates} entries`);
  // By index: the array's own iterator could go on for ever.
  return Array.from({ length }, (_, index) => readCandidate(entries[index], `candidates[${index}]`));
}

const directions: readonly unknown[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

const readTransceiverRequest = object<TransceiverRequest>(
  {
    kind: oneOf('audio', 'video'),
    init: object<{ direction?: RTCRtpTransceiverDirection }>({
      direction: (value) => (directions.includes(value) ? (value as RTCRtpTransceiverDirection) : undefined),
    }),
  },
  ['kind'],
);

const kinds: ReadonlySet<string> = new Set<SignalKind>([
  'hello',
  'description',
  'candidate',
  'want',
  'restart',
  'reset',
  'media',
  'message',
  'ack',
  'bye',
  'full',
  'decline',
]);

const readSidecar = object<SignalSidecar>(
  {
    version: (value) => {
      if (value === protocolVersion) return value;
      const version = typeof value === 'number' ? value : 'unknown';
      throw new Malformed(
        `it is of protocol version ${version}, this side speaks ${protocolVersion}: update the older page`,
      );
    },
    kind: (value, path) => {
      const kind = string(Infinity)(value, path);
      if (kinds.has(kind)) return kind as SignalKind;
      throw new Foreign(); // of a later minor version: none of our business
    },
    from: id,
    session: id,
    seq: count(),
    ack: count(),
    to: id,
    toSession: id,
    nonce: id,
    echo: id,
    engine: id,
    room: string(256),
    name: (value, path) => cleanName(string(1024)(value, path)),
    text: string(maxTextLength),
    generation: count(),
    mayReturn: (value) => value === true || undefined,
    media: object<SignalMedia>({ microphone: onOrOff, camera: onOrOff, screen: onOrOff }, [
      'microphone',
      'camera',
      'screen',
    ]),
    view: object<SignalView>({ camera: count(), screen: count() }),
  },
  ['version', 'kind', 'from', 'session', 'seq', 'ack'],
);

/**
 * A display name as it may be shown: without control characters and direction overrides, white space folded,
 * at most 64 characters.
 */
export function cleanName(name: string): string {
  const text = name
    .replace(/[\p{Cf}\p{Cs}\p{Co}]/gu, keepJoiner)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Zs}]+/gu, ' ');
  return Array.from(text.trim()).slice(0, maxNameLength).join('').trimEnd();
}

/** Zero-width joiner and non-joiner are letters of names in several scripts. */
const keepJoiner = (character: string): string =>
  character === '\u200d' || character === '\u200c' ? character : '';
