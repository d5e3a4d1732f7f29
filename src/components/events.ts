import type { CallEventDetails } from '../core/call-events.js';

type Details = CallEventDetails;

/** What every event of `<rtc-call>` is: bubbling, composed, with a typed `detail`. */
abstract class RtcEvent<Detail> extends Event {
  readonly detail: Detail;

  constructor(type: string, detail: Detail) {
    super(type, { bubbles: true, composed: true });
    this.detail = detail;
  }
}

/** A message for the others: forward `detail` to them. JSON-safe and structured-cloneable. */
export class RtcSignalEvent extends RtcEvent<Details['signal']> {
  constructor(detail: Details['signal']) {
    super('rtc-signal', detail);
  }
}

/** The call is in another phase. */
export class RtcPhaseChangeEvent extends RtcEvent<Details['phase-change']> {
  constructor(detail: Details['phase-change']) {
    super('rtc-phase-change', detail);
  }
}

/** Somebody joined. */
export class RtcParticipantJoinEvent extends RtcEvent<Details['participant-join']> {
  constructor(detail: Details['participant-join']) {
    super('rtc-participant-join', detail);
  }
}

/** Somebody left, fell silent for good, or the own call ended. */
export class RtcParticipantLeaveEvent extends RtcEvent<Details['participant-leave']> {
  constructor(detail: Details['participant-leave']) {
    super('rtc-participant-leave', detail);
  }
}

/** The own microphone, camera or screen is in another state. */
export class RtcMediaChangeEvent extends RtcEvent<Details['media-change']> {
  constructor(detail: Details['media-change']) {
    super('rtc-media-change', detail);
  }
}

/** Somebody sent a text. It is text: never insert it as markup. */
export class RtcMessageEvent extends RtcEvent<Details['message']> {
  constructor(detail: Details['message']) {
    super('rtc-message', detail);
  }
}

/** The connection to somebody became better or worse. */
export class RtcQualityChangeEvent extends RtcEvent<Details['quality-change']> {
  constructor(detail: Details['quality-change']) {
    super('rtc-quality-change', detail);
  }
}

/** Somebody is there and calls while this side has not started. */
export class RtcIncomingEvent extends RtcEvent<Details['incoming']> {
  constructor(detail: Details['incoming']) {
    super('rtc-incoming', detail);
  }
}

/** Something went wrong; `detail.error.code` says what. */
export class RtcErrorEvent extends RtcEvent<Details['error']> {
  constructor(detail: Details['error']) {
    super('rtc-error', detail);
  }
}

/** From the controller's event to the element's. */
export const eventClasses: {
  readonly [Type in keyof Details]: new (detail: Details[Type]) => RtcEvent<Details[Type]>;
} = {
  signal: RtcSignalEvent,
  'phase-change': RtcPhaseChangeEvent,
  'participant-join': RtcParticipantJoinEvent,
  'participant-leave': RtcParticipantLeaveEvent,
  'media-change': RtcMediaChangeEvent,
  message: RtcMessageEvent,
  'quality-change': RtcQualityChangeEvent,
  incoming: RtcIncomingEvent,
  error: RtcErrorEvent,
};

declare global {
  interface HTMLElementEventMap {
    'rtc-signal': RtcSignalEvent;
    'rtc-phase-change': RtcPhaseChangeEvent;
    'rtc-participant-join': RtcParticipantJoinEvent;
    'rtc-participant-leave': RtcParticipantLeaveEvent;
    'rtc-media-change': RtcMediaChangeEvent;
    'rtc-message': RtcMessageEvent;
    'rtc-quality-change': RtcQualityChangeEvent;
    'rtc-incoming': RtcIncomingEvent;
    'rtc-error': RtcErrorEvent;
  }
}
