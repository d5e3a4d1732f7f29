import type { Participant } from '../core/call-state.js';

/**
 * Keeps the last picture of a `<video>`, under a veil, while the connection behind it is lost, and until the next one is there.
 * Browsers do not: Chromium turns black when a track ends, and both show nothing of a new track before its first frame.
 */
export class LastPicture {
  readonly #onGone: () => void;
  #canvas: HTMLCanvasElement | null = null;
  #participantId: string | undefined;
  #isAwaited = false;

  /** @param onGone the next picture is there */
  constructor(onGone: () => void) {
    this.#onGone = onGone;
  }

  /**
   * To be called before every rendering.
   * @param participant whose picture it is; null: none is to be shown
   * @returns what to render above the video, if anything
   */
  keep(video: HTMLVideoElement | null, participant: Participant | null): HTMLCanvasElement | null {
    if (participant?.id !== this.#participantId) this.#canvas = null;
    this.#participantId = participant?.id;
    if (participant?.connection === 'reconnecting') {
      this.#isAwaited = false;
      if (video?.videoWidth) this.#canvas ??= draw(video);
    } else if (video && this.#canvas && !this.#isAwaited) {
      this.#isAwaited = true;
      const drop = (): void => {
        if (!this.#isAwaited) return; // lost again
        this.#isAwaited = false;
        this.#canvas = null;
        this.#onGone();
      };
      // Firefox before 132 does not tell.
      if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(drop);
      else queueMicrotask(drop);
    }
    return this.#canvas;
  }
}

/** Drawn in once: as a style it would be computed anew with every frame of whatever moves above the picture. */
const veil = 'grayscale(0.85) brightness(0.5) contrast(0.92)';

function draw(video: HTMLVideoElement): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.part.add('video'); // it takes the place of one
  const context = canvas.getContext('2d');
  if (context) {
    context.filter = veil; // Safari before 18 has none: the picture stays as it was
    context.drawImage(video, 0, 0);
  }
  return canvas;
}
