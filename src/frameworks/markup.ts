import type { RtcCall } from '../components/rtc-call.js';
import type { RtcChat } from '../components/rtc-chat.js';
import type { RtcControls } from '../components/rtc-controls.js';
import type { RtcDevices } from '../components/rtc-devices.js';
import type { RtcJoin } from '../components/rtc-join.js';
import type { RtcLocalVideo } from '../components/rtc-local-video.js';
import type { RtcRemoteVideo } from '../components/rtc-remote-video.js';
import type { RtcStatus } from '../components/rtc-status.js';

/** The properties of each element that can be written. */
interface Writable {
  'rtc-call': Pick<
    RtcCall,
    | 'autostart'
    | 'constraints'
    | 'controller'
    | 'dialect'
    | 'iceServers'
    | 'iceServersProvider'
    | 'iceTransportPolicy'
    | 'initiator'
    | 'layout'
    | 'localStream'
    | 'maxParticipants'
    | 'name'
    | 'noAudio'
    | 'noHotkeys'
    | 'noRing'
    | 'noVideo'
    | 'peerId'
    | 'processTrack'
    | 'room'
  >;
  'rtc-chat': Pick<RtcChat, 'closable'>;
  'rtc-controls': Pick<RtcControls, 'chat'>;
  'rtc-devices': Pick<RtcDevices, 'noLevel'>;
  'rtc-join': Pick<RtcJoin, 'noRing'>;
  'rtc-local-video': Pick<RtcLocalVideo, 'noMirror'>;
  'rtc-remote-video': Pick<RtcRemoteVideo, 'participantId' | 'pinned' | 'source'>;
  'rtc-status': Pick<RtcStatus, 'chat' | 'noticesOnly'>;
}

export type Tag = keyof Writable;

type Kebab<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `-${Lowercase<First>}`}${Kebab<Rest>}`
  : '';

/** `false` is no value of an attribute: some frameworks would write it as a text, which switches the attribute on. */
type Attribute<Value> = Value extends boolean ? true | '' : Value extends number ? number | string : Value;

type Attributes<Properties> = {
  [
    Name in keyof Properties & string as Name extends Kebab<Name>
      ? never
      : NonNullable<Properties[Name]> extends string | number | boolean
        ? Kebab<Name>
        : never
  ]?: Attribute<NonNullable<Properties[Name]>> | undefined;
};

type Properties<Of extends Tag> = {
  [Name in keyof Writable[Of]]?: Writable[Of][Name] | undefined;
};

/** What markup can set on an element: properties by their names, and attributes by theirs. */
export type Markup<Of extends Tag> = Properties<Of> &
  Attributes<Writable[Of]> &
  (Of extends 'rtc-call' ? { 'ice-servers'?: string | undefined } : unknown);

type CallEvents = {
  [Type in keyof HTMLElementEventMap as Extract<Type, `rtc-${string}`>]: HTMLElementEventMap[Type];
};

/** The events of an element, by type. */
export type EventsOf<Of extends Tag> = Of extends 'rtc-call'
  ? CallEvents
  : Of extends 'rtc-chat'
    ? { close: Event }
    : Of extends 'rtc-controls'
      ? { chat: Event }
      : unknown;

/** Handlers as React and Svelte name them: `onrtc-signal`. */
export type Handlers<Of extends Tag> = {
  [Type in keyof EventsOf<Of> & string as `on${Type}`]?: ((event: EventsOf<Of>[Type]) => void) | undefined;
};
