import type { CallPhase, LeaveReason, MediaState, Participant, Quality } from './call-state.js';
import type { CallError } from './errors.js';
import type { SignalMessage } from './signal.js';

/** What `CallController` fires, by event type. `<rtc-call>` fires the same with `rtc-` in front. */
export interface CallEventDetails {
  /** To be brought to the others by the page: broadcast it, or hand it to whom `rtc.to` names. */
  signal: SignalMessage;
  'phase-change': { readonly phase: CallPhase; readonly previous: CallPhase };
  'participant-join': { readonly participant: Participant };
  'participant-leave': { readonly participant: Participant; readonly reason: LeaveReason };
  'media-change': { readonly media: MediaState };
  /** Text that a participant sent; `at` is the time of arrival in milliseconds since 1970. */
  message: { readonly from: string; readonly text: string; readonly at: number };
  'quality-change': { readonly participantId: string; readonly quality: Quality };
  incoming: { readonly id: string; readonly name: string };
  error: { readonly error: CallError };
}

/** An event of `CallController` with its typed `detail`. */
export class CallEvent<Type extends keyof CallEventDetails> extends Event {
  declare readonly type: Type;
  readonly detail: CallEventDetails[Type];

  constructor(type: Type, detail: CallEventDetails[Type]) {
    super(type);
    this.detail = detail;
  }
}
