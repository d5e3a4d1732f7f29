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
  /** The side that does not offer asks for an offer (simple-peer). */
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
const descriptionTypes: ReadonlySet<unknown> = new Set(['offer', 'answer', 'pranswer', 'rollback']);
const directions: ReadonlySet<unknown> = new Set(['sendrecv', 'sendonly', 'recvonly', 'inactive']);
const maxCandidateLength = 4096;
/** No message of ours has so many: browsers take tens of milliseconds to read 100,000 arrays in one another. */
const maxBrackets = 2 * maxTextLength;

/** Any of these tells that a message is one of a call … */
const tellingMembers = [
  'description',
  'candidate',
  'candidates',
  'sdp',
  'rtc',
  'renegotiate',
  'transceiverRequest',
] as const;
/** … and these say more of some. */
const flatMembers = ['type', 'sdpMid', 'sdpMLineIndex', 'usernameFragment'] as const;

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
  if (text.split('[', maxBrackets).length === maxBrackets) throw new Foreign();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Foreign(); // other traffic on a shared channel
  }
}

function parseObject(value: object): ParsedSignal {
  const source = readMembers(value, tellingMembers);
  if (Object.values(source).every((member) => member === undefined)) return { outcome: 'ignored' };
  const { type, sdpMid, sdpMLineIndex, usernameFragment } = readMembers(value, flatMembers);
  const message: SignalMessage = {};
  const style: MessageStyle = {};
  const isBare = source.rtc === undefined;
  if (source.description !== undefined) message.description = parseDescription(source.description);
  else if (isBare && source.sdp !== undefined) {
    message.description = parseDescription({ type, sdp: source.sdp });
    style.description = 'flat';
  }
  const isSpread = isBare && (type === 'candidate' || isPresent(sdpMid) || isPresent(sdpMLineIndex));
  if (isSpread && typeof source.candidate === 'string') {
    const candidate = { candidate: source.candidate, sdpMid, sdpMLineIndex, usernameFragment };
    message.candidate = parseCandidate(candidate, 'candidate');
    style.candidate = 'flat';
  } else if (isPresent(source.candidate)) {
    message.candidate = parseCandidate(source.candidate, 'candidate');
    if (type === 'candidate') style.candidate = 'typed';
  }
  if (source.candidates !== undefined) message.candidates = parseCandidates(source.candidates);
  if (isBare) {
    if (source.renegotiate === true) message.renegotiate = true;
    if (isPresent(source.transceiverRequest)) {
      message.transceiverRequest = parseTransceiverRequest(source.transceiverRequest);
    }
    return { outcome: 'bare', message, ...(Object.keys(style).length > 0 && { style }) };
  }
  const rtc = parseSidecar(source.rtc);
  const enveloped = { ...message, rtc };
  checkBody(enveloped);
  return { outcome: 'message', message: enveloped };
}

function checkBody({ description, candidate, candidates, rtc }: EnvelopedMessage): void {
  if (rtc.kind === 'description' && !description) throw new Malformed("a 'description' without description");
  if (rtc.kind === 'candidate' && !candidate && !candidates)
    throw new Malformed("a 'candidate' without candidate");
  if (rtc.kind === 'message' && rtc.text === undefined) throw new Malformed("a 'message' without text");
}

function parseDescription(value: unknown): { type: RTCSdpType; sdp: string } {
  const { type, sdp } = readMembers(asObject(value, 'description'), ['type', 'sdp']);
  if (!descriptionTypes.has(type))
    throw new Malformed('description.type is not offer, answer, pranswer or rollback');
  const text = type === 'rollback' ? '' : asString(sdp, 'description.sdp', maxMessageLength);
  if (type !== 'rollback' && !text.startsWith('v=0')) throw new Malformed('description.sdp is not SDP');
  if ((text.match(/^m=/gm)?.length ?? 0) > maxMediaSections) {
    throw new Malformed(`description.sdp has more than ${maxMediaSections} media sections`);
  }
  return { type: type as RTCSdpType, sdp: text };
}

function parseCandidates(value: unknown): RTCIceCandidateInit[] {
  if (!Array.isArray(value)) throw new Malformed('candidates is not an array');
  const entries = value as unknown[];
  const { length } = entries;
  if (length > maxCandidates) throw new Malformed(`candidates has more than ${maxCandidates} entries`);
  // By index: the array's own iterator could go on for ever.
  return Array.from({ length }, (_, index) => parseCandidate(entries[index], `candidates[${index}]`));
}

function parseCandidate(value: unknown, path: string): RTCIceCandidateInit {
  const source = readMembers(asObject(value, path), [
    'candidate',
    'sdpMid',
    'sdpMLineIndex',
    'usernameFragment',
  ]);
  const candidate: RTCIceCandidateInit = {
    candidate:
      source.candidate === undefined
        ? ''
        : asString(source.candidate, `${path}.candidate`, maxCandidateLength),
  };
  if (isPresent(source.sdpMid)) candidate.sdpMid = asString(source.sdpMid, `${path}.sdpMid`, maxIdLength);
  if (isPresent(source.sdpMLineIndex)) {
    candidate.sdpMLineIndex = asCount(source.sdpMLineIndex, `${path}.sdpMLineIndex`, maxMediaSections);
  }
  if (isPresent(source.usernameFragment)) {
    candidate.usernameFragment = asString(source.usernameFragment, `${path}.usernameFragment`, 256);
  }
  if (candidate.sdpMid === undefined && candidate.sdpMLineIndex === undefined && candidate.candidate) {
    throw new Malformed(`${path} has neither sdpMid nor sdpMLineIndex`);
  }
  return candidate;
}

function parseTransceiverRequest(value: unknown): TransceiverRequest {
  const { kind, init } = readMembers(asObject(value, 'transceiverRequest'), ['kind', 'init']);
  if (kind !== 'audio' && kind !== 'video') {
    throw new Malformed('transceiverRequest.kind is not audio or video');
  }
  if (!isPresent(init)) return { kind };
  const { direction } = readMembers(asObject(init, 'transceiverRequest.init'), ['direction']);
  return {
    kind,
    init: directions.has(direction) ? { direction: direction as RTCRtpTransceiverDirection } : {},
  };
}

function parseSidecar(value: unknown): SignalSidecar {
  const source = readMembers(asObject(value, 'rtc'), [
    'version',
    'kind',
    'from',
    'session',
    'to',
    'toSession',
    'seq',
    'ack',
    'generation',
    'nonce',
    'echo',
    'engine',
    'name',
    'media',
    'view',
    'room',
    'text',
    'mayReturn',
  ]);
  if (source.version !== protocolVersion) {
    const version = typeof source.version === 'number' ? String(source.version) : 'unknown';
    throw new Malformed(
      `it is of protocol version ${version}, this side speaks ${protocolVersion}: update the older page`,
    );
  }
  if (typeof source.kind !== 'string') throw new Malformed('rtc.kind is not a string');
  if (!kinds.has(source.kind)) throw new Foreign(); // of a later minor version: none of our business
  const rtc: SignalSidecar = {
    version: 1,
    kind: source.kind as SignalKind,
    from: asId(source.from, 'rtc.from'),
    session: asId(source.session, 'rtc.session'),
    seq: asCount(source.seq, 'rtc.seq'),
    ack: asCount(source.ack, 'rtc.ack'),
  };
  for (const key of ['to', 'toSession', 'nonce', 'echo', 'engine'] as const) {
    if (isPresent(source[key])) rtc[key] = asId(source[key], `rtc.${key}`);
  }
  if (isPresent(source.room)) rtc.room = asString(source.room, 'rtc.room', 256);
  if (isPresent(source.name)) rtc.name = cleanName(asString(source.name, 'rtc.name', 1024));
  if (isPresent(source.text)) rtc.text = asString(source.text, 'rtc.text', maxTextLength);
  if (isPresent(source.generation)) rtc.generation = asCount(source.generation, 'rtc.generation');
  if (source.mayReturn === true) rtc.mayReturn = true;
  if (isPresent(source.media)) {
    const media = readMembers(asObject(source.media, 'rtc.media'), ['microphone', 'camera', 'screen']);
    rtc.media = {
      microphone: media.microphone === 'on' ? 'on' : 'off',
      camera: media.camera === 'on' ? 'on' : 'off',
      screen: media.screen === 'on' ? 'on' : 'off',
    };
  }
  if (isPresent(source.view)) {
    const view = readMembers(asObject(source.view, 'rtc.view'), ['camera', 'screen']);
    rtc.view = {};
    for (const key of ['camera', 'screen'] as const) {
      if (isPresent(view[key])) rtc.view[key] = asCount(view[key], `rtc.view.${key}`);
    }
  }
  return rtc;
}

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

type Members<Key extends string> = Record<Key, unknown>;

/** Reads each named own-or-inherited member exactly once, so that a getter can not answer twice. */
function readMembers<Key extends string>(source: object, keys: readonly Key[]): Members<Key> {
  const members = {} as Members<Key>; // an object without prototype is several times as slow
  for (const key of keys) members[key] = (source as Members<Key>)[key];
  return members;
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

function asObject(value: unknown, path: string): object {
  if (typeof value !== 'object' || value === null) throw new Malformed(`${path} is not an object`);
  return value;
}

function asString(value: unknown, path: string, maxLength: number): string {
  if (typeof value !== 'string') throw new Malformed(`${path} is not a string`);
  if (value.length > maxLength) throw new Malformed(`${path} is longer than ${maxLength} characters`);
  return value;
}

function asId(value: unknown, path: string): string {
  const id = asString(value, path, maxIdLength);
  if (!id || /\p{Cc}/u.test(id)) throw new Malformed(`${path} is empty or has control characters`);
  return id;
}

function asCount(value: unknown, path: string, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) {
    throw new Malformed(`${path} is not a whole number from 0 to ${max}`);
  }
  return value;
}
