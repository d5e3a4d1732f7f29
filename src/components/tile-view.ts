import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { CallController } from '../core/call-controller.js';
import type { View } from '../core/views.js';

export interface TileViewOptions {
  controller: () => CallController | null;
  /** The `<video>` of the host, once it is rendered. */
  video: () => HTMLVideoElement | null;
  /** Whose picture it is; null while nobody is there. */
  content: () => Pick<View, 'participantId' | 'source'> | null;
}

/** Nobody sees the pixels of a finer screen in a moving picture. */
const maxPixelRatio = 2;

/** Tells the call how large a host's picture is shown, so that no larger one is sent. */
export class TileView implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: TileViewOptions;
  #observer: ResizeObserver | null = null;
  /** Where `visibilitychange` is heard: pop-out windows have a document of their own. */
  #page: Document | null = null;
  #told: CallController | null = null;

  constructor(host: ReactiveControllerHost & HTMLElement, options: TileViewOptions) {
    this.#host = host;
    this.#options = options;
  }

  hostConnected(): void {
    (this.#observer ??= new ResizeObserver(this.#look)).observe(this.#host);
    this.#page = this.#host.ownerDocument;
    this.#page.addEventListener('visibilitychange', this.#look);
  }

  hostUpdated(): void {
    this.#look();
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#page?.removeEventListener('visibilitychange', this.#look);
    this.#tell(null, null);
  }

  readonly #look = (): void => {
    const { controller, content } = this.#options;
    const view = this.#host.isConnected ? content() : null;
    this.#tell(controller(), view && { ...view, height: this.#height() });
  };

  /** Of the whole picture, with what is cut off, in pixels of the screen. */
  #height(): number {
    const { clientWidth, clientHeight, ownerDocument } = this.#host;
    const video = this.#options.video();
    if (!video) return 0;
    const root = video.getRootNode() as Partial<DocumentOrShadowRoot>;
    if (ownerDocument.hidden && root.pictureInPictureElement !== video) return 0;
    const height = clientWidth * (video.videoHeight / video.videoWidth || 9 / 16);
    const fit = getComputedStyle(video).objectFit === 'contain' ? Math.min : Math.max;
    return Math.round(fit(height, clientHeight) * Math.min(devicePixelRatio, maxPixelRatio));
  }

  #tell(controller: CallController | null, view: View | null): void {
    if (this.#told !== controller) this.#told?.setView(this, null);
    this.#told = controller;
    controller?.setView(this, view);
  }
}
