/** `rtc-call/core.js`: the call without a face. Imports in plain Node; needs a browser when it is used. */
export { CallController } from './core/call-controller.js';
export { CallEvent, type CallEventDetails } from './core/call-events.js';
export { type CallOptionChanges, type CallOptions } from './core/call-options.js';
export type {
  CallPhase,
  CallState,
  ConnectionStatus,
  Device,
  DeviceReplacement,
  LeaveReason,
  MediaErrors,
  MediaKind,
  MediaState,
  MediaStatus,
  Participant,
  Quality,
  QualityReason,
  RemoteMediaStatus,
} from './core/call-state.js';
export type { Diagnosis, ServerDiagnosis } from './core/diagnosis.js';
export type { DialectName } from './core/dialects.js';
export { CallError, type CallErrorCode } from './core/errors.js';
export { parseIceServers, type ParsedIceServers } from './core/ice-servers.js';
export { browserPlatform, type Engine, type LevelMeter, type Platform } from './core/platform.js';
export {
  parseSignal,
  type EnvelopedMessage,
  type MessageStyle,
  type ParsedSignal,
  type SignalKind,
  type SignalMedia,
  type SignalMessage,
  type SignalSidecar,
  type SignalView,
  type TransceiverRequest,
} from './core/signal.js';
export type { Finding, FindingCode } from './core/verdict.js';
export type { View } from './core/views.js';
