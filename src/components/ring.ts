import type { ReactiveController } from 'lit';
import { playNotes, ringNotes } from './tone.js';

/** From one ring to the next. */
const intervalMs = 3000;

/** Rings softly as long as its host is in the page and says so, and as far as the browser allows sound. */
export class Ring implements ReactiveController {
  readonly #options: { isRinging: () => boolean; speakerId: () => string };
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: { isRinging: () => boolean; speakerId: () => string }) {
    this.#options = options;
  }

  hostUpdated(): void {
    if (!this.#options.isRinging()) {
      this.hostDisconnected();
    } else if (this.#timer === undefined) {
      this.#timer = setInterval(this.#play, intervalMs);
      this.#play();
    }
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  readonly #play = (): void => {
    const activation = navigator.userActivation as UserActivation | undefined; // not in older browsers
    if (activation?.hasBeenActive === false) return;
    void playNotes(ringNotes, this.#options.speakerId());
  };
}
