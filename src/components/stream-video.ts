import type { ReactiveController, ReactiveControllerHost } from 'lit';

export interface StreamVideoOptions {
  /** The `<video>` of the host, once it is rendered. */
  video: () => HTMLVideoElement | null;
  /** What it plays at the moment. */
  stream: () => MediaStream | null;
  /** Sound is refused until the person acts; the picture plays muted meanwhile. */
  onBlocked?: () => void;
  /** The first frame is there, or the last one is gone. */
  onPicture: () => void;
}

/**
 * Binds a stream to a host's `<video>` and keeps it playing: after the first render, after a move in the DOM (a
 * detached video pauses and does not resume), and muted where the browser refuses sound.
 */
export class StreamVideo implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: StreamVideoOptions;
  #bound: HTMLVideoElement | null = null;
  #isBlocked = false;
  /** Where `visibilitychange` is heard: pop-out windows have a document of their own. */
  #page: Document | null = null;

  constructor(host: ReactiveControllerHost & HTMLElement, options: StreamVideoOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** Whether a picture is to be seen: false for sound alone and before the first frame. */
  get hasPicture(): boolean {
    return (this.#bound?.srcObject ?? null) !== null && (this.#bound?.videoWidth ?? 0) > 0;
  }

  /** Whether the browser refused the sound. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  hostConnected(): void {
    this.#page = this.#host.ownerDocument;
    this.#page.addEventListener('visibilitychange', this.#onReturn);
    this.#host.requestUpdate();
  }

  hostUpdated(): void {
    const video = this.#options.video();
    if (video !== this.#bound) this.#attach(video);
    if (!video) return;
    const stream = this.#host.isConnected ? this.#options.stream() : null;
    if (video.srcObject === stream) {
      if (stream && video.paused) void this.#play(video);
      return;
    }
    video.srcObject = stream;
    this.#setBlocked(video, false);
    if (stream) void this.#play(video);
    this.#options.onPicture();
  }

  hostDisconnected(): void {
    this.#page?.removeEventListener('visibilitychange', this.#onReturn);
    if (this.#bound) this.#bound.srcObject = null;
  }

  /** Tries again with sound: call it while the person's act is being handled. */
  resume(): void {
    const video = this.#bound;
    if (!video?.srcObject || !this.#isBlocked) return; // without a stream it would be refused for ever
    this.#setBlocked(video, false);
    void this.#play(video);
  }

  /** Phones pause what they put into the background. */
  readonly #onReturn = (): void => {
    if (!this.#page?.hidden) this.#host.requestUpdate();
  };

  readonly #onResize = (): void => {
    this.#options.onPicture();
  };

  #attach(video: HTMLVideoElement | null): void {
    this.#bound?.removeEventListener('resize', this.#onResize);
    this.#bound = video;
    video?.addEventListener('resize', this.#onResize);
  }

  #setBlocked(video: HTMLVideoElement, isBlocked: boolean): void {
    if (isBlocked === this.#isBlocked) return;
    this.#isBlocked = isBlocked;
    video.muted = isBlocked;
    this.#host.requestUpdate();
    if (isBlocked) this.#options.onBlocked?.();
  }

  async #play(video: HTMLVideoElement): Promise<void> {
    const { srcObject } = video;
    try {
      await video.play();
    } catch (error) {
      // AbortError: another stream took its place, or the element left the page; both play again by themselves.
      const isRefused = error instanceof DOMException && error.name === 'NotAllowedError';
      if (!isRefused || video.muted || video.srcObject !== srcObject) return;
      this.#setBlocked(video, true);
      await this.#play(video);
    }
  }
}
