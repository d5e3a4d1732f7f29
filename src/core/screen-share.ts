import type { MediaStatus } from './call-state.js';
import { captureError, nothingFound } from './devices.js';
import type { CallError } from './errors.js';
import type { Platform } from './platform.js';

export interface ScreenShareEvents {
  status: (status: MediaStatus, error?: CallError) => void;
  /** What is sent from now on. */
  track: (track: MediaStreamTrack | null) => void;
}

/** The own screen: asks for it, holds its track and stops it. Knows nothing of camera and microphone. */
export class ScreenShare {
  readonly #platform: Platform;
  readonly #events: ScreenShareEvents;
  #track: MediaStreamTrack | null = null;
  /** While the person chooses. */
  #choosing: Promise<void> | null = null;
  /** Counts requests; an answer to an older one is not used. */
  #request = 0;

  constructor(platform: Platform, events: ScreenShareEvents) {
    this.#platform = platform;
    this.#events = events;
  }

  /** What is sent; owned here. */
  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  /** Asks for a screen, window or tab; called again meanwhile it returns the same promise. Rejects with `CallError`. */
  start(): Promise<void> {
    if (this.#choosing) return this.#choosing;
    if (this.#track) return Promise.resolve();
    const request = ++this.#request;
    const isCurrent = (): boolean => request === this.#request;
    const choosing = this.#choose(isCurrent);
    if (isCurrent()) this.#choosing = choosing;
    return choosing;
  }

  /** Stops the track, and what a question brings that is still open. May be called twice. */
  stop(): void {
    this.#request++;
    this.#choosing = null;
    const track = this.#track;
    if (track) {
      this.#track = null;
      track.onended = null;
      track.stop();
      this.#events.track(null);
    }
    this.#events.status('off');
  }

  async #choose(isCurrent: () => boolean): Promise<void> {
    this.#events.status('starting');
    if (!isCurrent()) return; // a listener took it back
    let track: MediaStreamTrack | undefined;
    try {
      const stream = await this.#platform.getDisplayMedia({ video: true });
      [track] = stream.getVideoTracks();
      if (!track) throw nothingFound;
    } catch (cause) {
      const error = await captureError(this.#platform, 'screen', cause);
      if (isCurrent()) {
        this.#choosing = null;
        this.#events.status('off', error);
      }
      throw error;
    }
    if (!isCurrent()) {
      track.stop();
      return;
    }
    this.#choosing = null;
    track.contentHint ||= 'detail'; // text must stay sharp
    this.#track = track;
    track.onended = () => {
      this.stop(); // the browser's own "stop sharing"
    };
    this.#events.track(track);
    if (isCurrent()) this.#events.status('on');
  }
}
