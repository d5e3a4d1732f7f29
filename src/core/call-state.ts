import { maxMessages, maxUnconfirmedSessions } from './defaults.js';
import type { CallError } from './errors.js';
import type { Caller } from './incoming-callers.js';

export type CallPhase = 'idle' | 'waiting' | 'connecting' | 'connected' | 'reconnecting' | 'ended';
export type ConnectionStatus = 'connecting' | 'connected' | 'reconnecting';
export type RemoteMediaStatus = 'on' | 'off' | 'unknown';
export type Quality = 'good' | 'fair' | 'poor' | 'unknown';
/** What makes a connection worse than good: packets lost, long ways, no room to send, a picture that stands still. */
export type QualityReason = 'loss' | 'delay' | 'bandwidth' | 'freeze';
export type LeaveReason = 'left' | 'timeout' | 'ended' | 'replaced';

/** Somebody else in the call. Frozen; a change makes a new object with the same `id` and the same streams. */
export interface Participant {
  /** The id that the other side gave itself (`peer-id`). */
  readonly id: string;
  /** Display name as the other side told it, at most 64 characters of text, never markup; may be empty. */
  readonly name: string;
  readonly connection: ConnectionStatus;
  /** One stream for the whole stay: tracks come and go in it. Owned by the call; do not stop its tracks. */
  readonly stream: MediaStream;
  /** The shared screen while there is one. Owned by the call. */
  readonly screenStream: MediaStream | null;
  readonly microphone: RemoteMediaStatus;
  readonly camera: RemoteMediaStatus;
  /** Of the connection to the participant, both ways; unknown while it is not connected, or not yet measured. */
  readonly quality: Quality;
  /** Why the quality is fair or poor; else null. */
  readonly qualityReason: QualityReason | null;
  /** Speaks at this moment; pauses between words count as speech. */
  readonly speaking: boolean;
}

export type MediaKind = 'microphone' | 'camera' | 'screen';
export type MediaStatus = 'off' | 'starting' | 'on' | 'denied' | 'missing' | 'busy';
export type MediaState = Readonly<Record<MediaKind, MediaStatus>>;

/** Something to hear or see with; `deviceId` and `label` are empty until the person has given permission. */
export interface Device {
  readonly kind: MediaDeviceKind;
  readonly deviceId: string;
  readonly label: string;
}

/** A device in use went away and another took its place, or it came back and took its place again. */
export interface DeviceReplacement {
  readonly kind: 'microphone' | 'camera';
  readonly reason: 'unplugged' | 'returned';
  /** What is in use now. */
  readonly label: string;
}

/** A text of the call, as it was sent; frozen. */
export interface CallMessage {
  /** Id of the participant who sent it; empty: this side. */
  readonly from: string;
  /** Their name at that time; may be empty. */
  readonly name: string;
  /** Text, never markup. */
  readonly text: string;
  /** Milliseconds since 1970, on this side's clock. */
  readonly at: number;
}

/** Why a device is not there, beside the status that says that it is not. */
export type MediaErrors = Readonly<Record<MediaKind, CallError | null>>;

/** A snapshot of the whole call: frozen, and sharing every part that did not change with the one before. */
export interface CallState {
  readonly phase: CallPhase;
  /** The others, in the order of their arrival. */
  readonly participants: readonly Participant[];
  readonly media: MediaState;
  readonly mediaErrors: MediaErrors;
  /** The own microphone and camera, for the own view; null while nothing is open. Owned by the call. */
  readonly localStream: MediaStream | null;
  /** The camera looks away from the person, or the picture is the page's own: do not mirror it. */
  readonly localFacing: 'user' | 'environment' | 'page';
  readonly error: CallError | null;
  /** Why the call could not be joined at all: `start()` rejected, or the others had no place. */
  readonly refusal: CallError | null;
  /** Somebody who calls while this side has not started. */
  readonly incoming: Caller | null;
  /** Who has declined this call, by ids, the newest last. */
  readonly declined: readonly Caller[];
  /** The own display name, as it is told to the others. */
  readonly name: string;
  /** The browser refused to play sound until the person acts. */
  readonly playbackBlocked: boolean;
  /** The chosen `audiooutput`; empty: the browser's own choice. */
  readonly speakerId: string;
  /** The microphone in use, or to be used next; empty: the browser's own choice. */
  readonly microphoneId: string;
  /** The camera in use, or to be used next; empty: the browser's own choice. */
  readonly cameraId: string;
  /** What is plugged in. Kept up to date while devices are open or `watchDevices()` asks for it. */
  readonly devices: readonly Device[];
  /** Which devices the person wants to be seen and heard with, open or not. */
  readonly wanted: Readonly<Record<'microphone' | 'camera', boolean>>;
  /** The latest texts of this call, sent and received, the newest last. */
  readonly messages: readonly CallMessage[];
  /** The last device that was replaced by itself in this call or preview. */
  readonly replacement: DeviceReplacement | null;
  /** When this call was first connected to somebody, in milliseconds since 1970; null before. */
  readonly connectedAt: number | null;
}

export type CallFact =
  | { readonly type: 'started' }
  | { readonly type: 'ended' }
  | {
      readonly type: 'participant-joined';
      readonly id: string;
      readonly name: string;
      readonly stream: MediaStream;
    }
  | {
      readonly type: 'participant-changed';
      readonly id: string;
      readonly changes: Partial<Omit<Participant, 'id' | 'stream'>>;
    }
  | { readonly type: 'participant-left'; readonly id: string }
  | {
      readonly type: 'media-changed';
      readonly kind: MediaKind;
      readonly status: MediaStatus;
      readonly error?: CallError;
    }
  | {
      readonly type: 'local-stream-changed';
      readonly stream: MediaStream | null;
      readonly facing: CallState['localFacing'];
    }
  | { readonly type: 'message-added'; readonly message: CallMessage }
  | { readonly type: 'error-recorded'; readonly error: CallError }
  | { readonly type: 'refused'; readonly error: CallError }
  | { readonly type: 'incoming-changed'; readonly caller: CallState['incoming'] }
  | { readonly type: 'declined'; readonly caller: Caller }
  | { readonly type: 'called-again' }
  | { readonly type: 'name-changed'; readonly name: string }
  | { readonly type: 'playback-changed'; readonly blocked: boolean }
  | { readonly type: 'speaker-changed'; readonly deviceId: string }
  | { readonly type: 'device-used'; readonly kind: 'microphone' | 'camera'; readonly deviceId: string }
  | { readonly type: 'devices-changed'; readonly devices: readonly Device[] }
  | { readonly type: 'wanted-changed'; readonly kind: 'microphone' | 'camera'; readonly wanted: boolean }
  | { readonly type: 'device-replaced'; readonly replacement: DeviceReplacement }
  | { readonly type: 'connected'; readonly at: number };

export const initialState: CallState = Object.freeze({
  phase: 'idle',
  participants: Object.freeze([]),
  media: Object.freeze({ microphone: 'off', camera: 'off', screen: 'off' }),
  mediaErrors: Object.freeze({ microphone: null, camera: null, screen: null }),
  localStream: null,
  localFacing: 'user',
  error: null,
  refusal: null,
  incoming: null,
  declined: Object.freeze([]),
  name: '',
  playbackBlocked: false,
  speakerId: '',
  microphoneId: '',
  cameraId: '',
  devices: Object.freeze([]),
  wanted: Object.freeze({ microphone: true, camera: true }),
  messages: Object.freeze([]),
  replacement: null,
  connectedAt: null,
});

/** The phase of a started call, from who is there. The only place where it is decided. */
export function derivePhase(participants: readonly Participant[]): CallPhase {
  if (participants.length === 0) return 'waiting';
  if (participants.some(({ connection }) => connection === 'connected')) return 'connected';
  return participants.some(({ connection }) => connection === 'reconnecting') ? 'reconnecting' : 'connecting';
}

/** The next state. Pure; returns the same object when the fact changes nothing. */
export function reduce(state: CallState, fact: CallFact): CallState {
  switch (fact.type) {
    case 'started':
      return change(state, {
        phase: 'waiting',
        // A wrong setting is as wrong as before; what kept the call from starting is over.
        error: state.error?.code === 'invalid-config' && state.error !== state.refusal ? state.error : null,
        refusal: null,
        incoming: null,
        declined: initialState.declined,
        messages: initialState.messages,
        connectedAt: null,
      });
    case 'ended':
      return change(state, {
        phase: state.phase === 'idle' ? 'idle' : 'ended',
        participants: initialState.participants,
        incoming: null,
        playbackBlocked: false,
        replacement: null,
      });
    case 'participant-joined':
      if (!isStarted(state) || state.participants.some(({ id }) => id === fact.id)) return state;
      return withParticipants(without(state, fact.id), [
        ...state.participants,
        Object.freeze({
          id: fact.id,
          name: fact.name,
          connection: 'connecting',
          stream: fact.stream,
          screenStream: null,
          microphone: 'unknown',
          camera: 'unknown',
          quality: 'unknown',
          qualityReason: null,
          speaking: false,
        } satisfies Participant),
      ]);
    case 'participant-changed':
      return withParticipants(
        state,
        state.participants.map((participant) =>
          participant.id === fact.id ? change<Participant>(participant, fact.changes) : participant,
        ),
      );
    case 'participant-left':
      return withParticipants(
        state,
        state.participants.filter(({ id }) => id !== fact.id),
      );
    case 'media-changed':
      return change(state, {
        media: change(state.media, { [fact.kind]: fact.status }),
        mediaErrors: change(state.mediaErrors, { [fact.kind]: fact.error ?? null }),
      });
    case 'local-stream-changed':
      return change(state, { localStream: fact.stream, localFacing: fact.facing });
    case 'message-added':
      return change(state, {
        messages: Object.freeze([...state.messages, Object.freeze(fact.message)].slice(-maxMessages)),
      });
    case 'error-recorded':
      return change(state, { error: fact.error });
    case 'refused':
      return change(state, { error: fact.error, refusal: fact.error });
    case 'incoming-changed':
      return change(state, { incoming: fact.caller });
    case 'declined':
      if (!isStarted(state) || state.declined.some(({ id }) => id === fact.caller.id)) return state;
      return change(state, {
        declined: Object.freeze(
          [...state.declined, Object.freeze(fact.caller)].slice(-maxUnconfirmedSessions),
        ),
      });
    case 'called-again':
      return change(state, { declined: initialState.declined });
    case 'name-changed':
      return change(state, { name: fact.name });
    case 'playback-changed':
      return change(state, { playbackBlocked: fact.blocked });
    case 'speaker-changed':
      return change(state, { speakerId: fact.deviceId });
    case 'device-used':
      return change(state, { [`${fact.kind}Id` as const]: fact.deviceId });
    case 'devices-changed':
      return change(state, { devices: fact.devices });
    case 'wanted-changed':
      return change(state, { wanted: change(state.wanted, { [fact.kind]: fact.wanted }) });
    case 'device-replaced':
      return change(state, { replacement: fact.replacement });
    case 'connected':
      return change(state, { connectedAt: state.connectedAt ?? fact.at });
  }
}

/** Whether the call is under way: between `start()` and `end()`. */
export const isStarted = ({ phase }: Pick<CallState, 'phase'>): boolean =>
  phase !== 'idle' && phase !== 'ended';

function withParticipants(state: CallState, participants: readonly Participant[]): CallState {
  const same =
    participants.length === state.participants.length &&
    participants.every((participant, index) => participant === state.participants[index]);
  if (same) return state;
  return change(state, {
    participants: Object.freeze(participants),
    phase: isStarted(state) ? derivePhase(participants) : state.phase,
  });
}

/** Whoever joins has not declined, or no longer. */
const without = (state: CallState, id: string): CallState =>
  state.declined.some((one) => one.id === id)
    ? change(state, { declined: Object.freeze(state.declined.filter((one) => one.id !== id)) })
    : state;

/** A frozen copy with `changes`, or the very object when they change nothing. */
function change<T extends object>(object: T, changes: Partial<T>): T {
  const changed = (Object.keys(changes) as (keyof T)[]).some((key) => !Object.is(object[key], changes[key]));
  return changed ? Object.freeze({ ...object, ...changes }) : object;
}
