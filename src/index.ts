/** `rtc-call`: classes and types, without side effects. Importing registers nothing; `rtc-call/define.js` does. */
export * from './core.js';
export { callContext, CallConsumer } from './components/call-context.js';
export {
  RtcErrorEvent,
  RtcIncomingEvent,
  RtcMediaChangeEvent,
  RtcMessageEvent,
  RtcParticipantJoinEvent,
  RtcParticipantLeaveEvent,
  RtcPhaseChangeEvent,
  RtcQualityChangeEvent,
  RtcSignalEvent,
} from './components/events.js';
export { registerTranslation, type RtcTranslationOverrides } from './components/locales/registry.js';
export type { RtcTranslation } from './components/locales/translation.js';
export { RtcCall } from './components/rtc-call.js';
export { RtcChat } from './components/rtc-chat.js';
export { RtcControls } from './components/rtc-controls.js';
export { RtcDevices } from './components/rtc-devices.js';
export { RtcJoin } from './components/rtc-join.js';
export { RtcLocalVideo } from './components/rtc-local-video.js';
export { RtcRemoteVideo } from './components/rtc-remote-video.js';
export { RtcStatus } from './components/rtc-status.js';
