import { css, html, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { CallController } from '../core/call-controller.js';
import type { Localize } from './localize.js';

type Listening = Pick<CallController, 'watchLevel'>;

/** Short upright strokes, of which as many shine as the microphone is loud. */
export const levelStyles = css`
  .level {
    display: block;
    flex: 1;
    min-inline-size: 0;
    block-size: 14px;
    /* whole strokes only: 3 px each, 4 px between */
    max-inline-size: calc(round(down, 100% + 4px, 7px) - 4px);
    mask: repeating-linear-gradient(90deg, #000 0 3px, #0000 3px 7px);
    background: var(--_rest, color-mix(in srgb, var(--_line-strong) 65%, transparent));
  }
  .level i {
    display: block;
    block-size: 100%;
    inline-size: round(down, var(--_level, 0%), 7px);
    background: var(--_ink, var(--_accent-ink));
  }
  @media (forced-colors: active) {
    .level {
      forced-color-adjust: none;
      background: color-mix(in srgb, CanvasText 30%, Canvas);
    }
    .level i {
      background: Highlight;
    }
  }
`;

/** ARIA 1.2; the template analyzer knows ARIA 1.1. */
const meter = 'meter' as 'progressbar';

/**
 * Shows how loud the own microphone is, wherever its host renders `render()` or what `selector` finds; measures only
 * then. Styles see it as `--_level`, a share of 100 %.
 */
export class LevelMeter implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #controller: () => Listening | null;
  readonly #selector: string;
  #bound: { controller: Listening; meter: HTMLElement; stop: () => void } | null = null;

  constructor(
    host: ReactiveControllerHost & HTMLElement,
    controller: () => Listening | null,
    selector = '.level',
  ) {
    this.#host = host;
    this.#controller = controller;
    this.#selector = selector;
    host.addController(this);
  }

  render(localize: Localize): TemplateResult {
    return html`<span
      class="level"
      part="level"
      role=${meter}
      aria-label=${localize.term('microphoneLevel')}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow="0"
      ><i></i
    ></span>`;
  }

  hostUpdated(): void {
    const meter = this.#host.shadowRoot?.querySelector<HTMLElement>(this.#selector) ?? null;
    const controller = this.#host.isConnected && meter ? this.#controller() : null;
    const bound = this.#bound;
    if (bound ? bound.meter === meter && bound.controller === controller : !controller) return;
    this.hostDisconnected();
    if (!controller || !meter) return;
    const stop = controller.watchLevel((level) => {
      meter.style.setProperty('--_level', `${level * 100}%`);
      if (meter.role) meter.ariaValueNow = String(Math.round(level * 10) * 10); // in steps, for those who have it read to them
    });
    this.#bound = { controller, meter, stop };
  }

  hostDisconnected(): void {
    this.#bound?.stop();
    this.#bound = null;
  }
}
