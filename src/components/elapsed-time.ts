import type { ReactiveController } from 'lit';
import type { Localize } from './localize.js';
import type { RtcCall } from './rtc-call.js';

/** `mm:ss`, from an hour on `h:mm:ss`, in the digits of the language. */
export function formatElapsed(elapsedMs: number, lang: string): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1000));
  const hours = Math.floor(seconds / 3600);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) parts.unshift(hours);
  return parts
    .map((part, index) =>
      part.toLocaleString(lang, { minimumIntegerDigits: index === 0 && hours > 0 ? 1 : 2 }),
    )
    .join(':');
}

/** How long a call has gone on, in the layout's element for it: goes on by itself, without rendering anything. */
export class ElapsedTime implements ReactiveController {
  readonly #call: RtcCall;
  readonly #localize: Localize;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(call: RtcCall, localize: Localize) {
    this.#call = call;
    this.#localize = localize;
  }

  hostConnected(): void {
    this.hostUpdated();
  }

  hostUpdated(): void {
    this.hostDisconnected();
    const element = this.#call.shadowRoot?.querySelector('.time');
    if (!element) return;
    const tell = (): void => {
      const elapsedMs = Date.now() - (this.#call.controller.state.connectedAt ?? Date.now());
      element.textContent = formatElapsed(elapsedMs, this.#localize.lang());
    };
    tell();
    this.#timer = setInterval(tell, 1000);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
  }
}
