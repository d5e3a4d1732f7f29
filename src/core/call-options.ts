import { defaultMaxParticipants, maxIdLength } from './defaults.js';
import type { DialectName } from './dialects.js';
import { CallError } from './errors.js';
import { checkIceServers, parseIceServers } from './ice-servers.js';
import type { LocalMediaOptions } from './local-media.js';
import { cleanName } from './signal.js';

/** The settings of a call. Every one has a default and may be changed later by `configure()`. */
export interface CallOptions extends LocalMediaOptions {
  /** STUN and TURN servers (none: host candidates only). A wrong one is reported and left out. */
  iceServers: RTCIceServer[];
  /**
   * Asked before every new connection and ICE restart, so that TURN credentials never go stale; wins over `iceServers`. Where it
   * rejects or takes over 5 s the last known servers are used and `timeout` is reported.
   */
  iceServersProvider: (() => Promise<RTCIceServer[]>) | null;
  /** `relay` keeps every address of this side from the others (`all`). */
  iceTransportPolicy: RTCIceTransportPolicy;
  /** Display name told to the others, at most 64 characters (empty). */
  name: string;
  /** Own id, at most 64 characters (null: random). A change in a call leaves and joins again. */
  peerId: string | null;
  /** Messages of another room are ignored (empty). A change in a call leaves and joins again. */
  room: string;
  /** People in the call, oneself included (8). */
  maxParticipants: number;
  /**
   * How to speak with a page that does not know this library, one to one (`auto`: as it does, once it has spoken).
   * `w3c` (`{description}`, `{candidate}`) and `simple-peer` (`{type, sdp}`, …) send nothing else from the first message
   * on, and ignore other pages of this library. Counts from the next `start()`.
   */
  dialect: DialectName;
  /**
   * With `dialect` `w3c` or `simple-peer`: this side offers at `start()`, when the other page must be there already, and
   * is the impolite one (false: it waits for an offer, and is polite).
   */
  initiator: boolean;
}

/**
 * What `configure()` takes: `iceServers` also as the text of the `ice-servers` attribute. Null and undefined stand for
 * the default, since that is what frameworks write when a page gives a property no longer.
 */
export type CallOptionChanges = {
  [Key in keyof CallOptions]?:
    CallOptions[Key] | (Key extends 'iceServers' ? string : never) | null | undefined;
};

export const defaultOptions: CallOptions = Object.freeze({
  iceServers: [],
  iceServersProvider: null,
  iceTransportPolicy: 'all',
  noAudio: false,
  noVideo: false,
  constraints: {},
  localStream: null,
  processTrack: null,
  name: '',
  peerId: null,
  room: '',
  maxParticipants: defaultMaxParticipants,
  dialect: 'auto',
  initiator: false,
});

/** What each setting must be, and the words for it; what is not here is checked elsewhere, or can be anything. */
const rules: Readonly<
  Partial<Record<keyof CallOptions, readonly [isUsable: (value: unknown) => boolean, rule: string]>>
> = {
  iceServersProvider: [isFunctionOrNull, 'is a function that returns servers'],
  processTrack: [isFunctionOrNull, 'is a function that returns a track'],
  iceTransportPolicy: [isOneOf('all', 'relay'), "is 'all' or 'relay'"],
  constraints: [(value) => typeof value === 'object' && value !== null, 'is an object with audio and video'],
  // By its shape, since streams of another frame are of another class.
  localStream: [
    (value) => value === null || typeof (value as MediaStream | undefined)?.getTracks === 'function',
    'is a MediaStream or null',
  ],
  name: [isText(0, Infinity), 'is a text'],
  room: [isText(0, 256), 'is a text of at most 256 characters'],
  peerId: [
    (value) => value === null || (isText(1, maxIdLength)(value) && !/\p{Cc}/u.test(value as string)),
    `is a text of 1 to ${maxIdLength} characters`,
  ],
  maxParticipants: [(value) => Number.isInteger(value) && (value as number) >= 2, 'is a whole number from 2'],
  dialect: [isOneOf('auto', 'w3c', 'simple-peer'), "is 'auto', 'w3c' or 'simple-peer'"],
  initiator: [isOneOf(true, false), 'is true or false'],
};

function isFunctionOrNull(value: unknown): boolean {
  return value === null || typeof value === 'function';
}

function isOneOf(...values: unknown[]) {
  return (value: unknown): boolean => values.includes(value);
}

function isText(minLength: number, maxLength: number) {
  return (value: unknown): boolean =>
    typeof value === 'string' && value.length >= minLength && value.length <= maxLength;
}

/** Merges `changes` into `former`. A value that can not be used is named in `errors`, and the former one stays. */
export function mergeOptions(
  former: CallOptions,
  changes: CallOptionChanges,
): { options: CallOptions; errors: CallError[] } {
  const errors: CallError[] = [];
  const options: CallOptions = { ...former };
  for (const key of Object.keys(changes) as (keyof CallOptions)[]) {
    Object.assign(options, { [key]: changes[key] ?? defaultOptions[key] });
  }
  if ('iceServers' in changes) {
    const servers: RTCIceServer[] | string = options.iceServers; // not read yet
    const parsed = typeof servers === 'string' ? parseIceServers(servers) : checkIceServers(servers);
    options.iceServers = parsed.iceServers;
    errors.push(...parsed.errors);
  }
  for (const [key, [isUsable, rule]] of Object.entries(rules)) {
    if (isUsable(options[key as keyof CallOptions])) continue;
    Object.assign(options, { [key]: former[key as keyof CallOptions] });
    errors.push(new CallError('invalid-config', `${key} ${rule}. The former value stays.`));
  }
  options.name = cleanName(options.name);
  return { options, errors };
}
