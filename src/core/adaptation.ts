import { maxUplinkBits, maxVideoBits, minVideoBits } from './defaults.js';
import type { TrackRole } from './outgoing.js';
import type { Engine } from './platform.js';

/** How a picture is to be sent. */
export interface Target {
  /** In pixels; a smaller picture stays as it is. */
  readonly height: number;
  readonly maxBitrate: number | undefined;
  readonly maxFramerate: number;
}

/**
 * How to send a picture that is shown `height` pixels high; bits follow the pixels, a little slower, since small
 * pictures are harder to compress.
 * @param height undefined: not known, so as it is; 0: not shown at the moment, so small, but ready
 * @param linkCount to how many participants this side sends
 * @param share of the bits, from 0 to 1, that the path to the participant leaves to pictures; null: not measured yet,
 * so no limit: an encoder of Chromium 156 that begins with one drops its first pictures and begins with a small one
 */
export function targetOf(
  role: 'video' | 'screen',
  height: number | undefined,
  linkCount: number,
  share: number | null,
): Target {
  const shown = Math.max(90, height ?? Infinity);
  const bits = Math.min(90 * shown ** 1.5, maxVideoBits, maxUplinkBits / linkCount);
  return {
    height: shown,
    maxBitrate: share === null ? undefined : Math.round(Math.max(bits * share, minVideoBits)),
    maxFramerate: role === 'screen' || shown <= 180 ? 15 : 30,
  };
}

/**
 * Asks for VP9 for a screen. It costs no more time than VP8, and keeps the size where Firefox's VP8 gives it up.
 * Cameras keep the browser's own order. Never fails: where preferences can not be set, the browser's order counts.
 */
export function preferScreenCodec(transceiver: RTCRtpTransceiver, codecs: readonly RTCRtpCodec[]): void {
  const isVp9 = ({ mimeType }: RTCRtpCodec): boolean => mimeType === 'video/VP9';
  try {
    transceiver.setCodecPreferences([...codecs.filter(isVp9), ...codecs.filter((codec) => !isVp9(codec))]);
  } catch {
    // An old browser.
  }
}

/**
 * Makes a sender follow its target. Sound goes first where browsers know priorities; a camera rather loses sharpness
 * than motion, a screen the other way round. Does nothing where nothing would change, and never fails: a sender that
 * takes no parameters at the moment sends on as it is.
 * @param track what the sender sends, or is about to
 */
export async function applyTarget(
  sender: RTCRtpSender,
  role: TrackRole,
  track: MediaStreamTrack | null,
  target?: Target,
): Promise<void> {
  try {
    const parameters = sender.getParameters();
    const [encoding] = parameters.encodings;
    if (!encoding || !track) return;
    const former = JSON.stringify(parameters);
    if (role === 'audio') {
      encoding.priority = 'high';
    } else {
      parameters.degradationPreference = role === 'screen' ? 'maintain-resolution' : 'maintain-framerate';
      if (target) {
        const { height, maxBitrate, maxFramerate } = target;
        const scaleResolutionDownBy = Math.max(1, (track.getSettings().height ?? 0) / height);
        Object.assign(encoding, { maxBitrate, maxFramerate, scaleResolutionDownBy });
      }
    }
    if (JSON.stringify(parameters) !== former) await sender.setParameters(parameters);
  } catch {
    // Closed, or without such parameters.
  }
}

/**
 * Sends the next picture whole. Never fails: then the decoder has to ask for it. Nobody else may set parameters of the
 * sender meanwhile.
 */
export async function sendKeyFrame(sender: RTCRtpSender, engine: Engine): Promise<void> {
  try {
    // Firefox 153 does not know the wish, but an encoding that begins anew begins so.
    for (const active of engine === 'firefox' ? [false, true] : [true]) {
      const parameters = sender.getParameters();
      for (const encoding of parameters.encodings) encoding.active = active;
      const encodingOptions = parameters.encodings.map(() => ({ keyFrame: true }));
      await sender.setParameters(parameters, { encodingOptions });
    }
  } catch {
    // Closed, or without such parameters.
  }
}
