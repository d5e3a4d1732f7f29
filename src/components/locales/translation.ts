import type { Translation } from '@shoelace-style/localize';
import type { networkAdvice } from '../../core/verdict.js';

/** What the diagnosis finds, by its code: what is wrong and, behind a line break, what to do. */
type Findings = Record<keyof typeof networkAdvice, (server: string) => string>;

/** Every word that the elements show or say. A locale is one object of this shape in one module. */
export interface RtcTranslation extends Translation, Findings {
  join: string;
  joinAgain: string;
  joinWithoutCamera: string;
  joinWithoutDevices: string;
  joinTitle: string;
  joinLede: string;
  joinWithoutCameraLede: string;
  joinIncoming: (name: string) => string;
  leftTitle: string;
  leftLede: string;
  failedTitle: string;
  yourName: string;
  previewTitle: string;
  previewText: string;
  previewStart: string;
  microphone: string;
  camera: string;
  mute: string;
  unmute: string;
  cameraOff: string;
  cameraOn: string;
  leave: string;
  tryAgain: string;
  controls: string;
  you: string;
  guest: string;
  yourCamera: string;
  pictureOf: (name: string) => string;
  screenOf: (name: string) => string;
  muted: string;
  cameraIsOff: string;
  waitingTitle: string;
  waitingText: string;
  connecting: (name: string) => string;
  connected: string;
  reconnecting: string;
  reconnectingTo: (name: string) => string;
  reconnectingText: string;
  tapForSound: string;
  cameraDeniedTitle: string;
  cameraMissingTitle: string;
  cameraBusyTitle: string;
  microphoneDeniedTitle: string;
  microphoneMissingTitle: string;
  microphoneBusyTitle: string;
  deniedSteps: string;
  missingSteps: string;
  busySteps: string;
  insecureSteps: string;
  policySteps: string;
  takesLong: string;
  checking: string;
  checkAgain: string;
  copyReport: string;
  copied: string;
}
