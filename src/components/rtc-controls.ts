import { css, html, type TemplateResult } from 'lit';
import { isStarted } from '../core/call-state.js';
import { CallElement } from './call-element.js';
import { deviceToggle } from './device-toggle.js';
import { icon } from './icons.js';
import { baseStyles } from './styles/base.js';
import { buttonStyles } from './styles/button.js';

/**
 * The bar with the buttons of the call: microphone, camera, leave; outside a call, join.
 *
 * @element rtc-controls
 * @slot start - Further buttons before the built-in ones.
 * @slot end - Further buttons between camera and leave.
 * @slot icon-microphone - The icon of the open microphone.
 * @slot icon-microphone-off - The icon of the muted microphone.
 * @slot icon-camera - The icon of the open camera.
 * @slot icon-camera-off - The icon of the closed camera.
 * @slot icon-leave - The icon of the button that leaves the call.
 * @csspart bar - The bar.
 * @csspart button - Every button.
 * @csspart microphone-button - The button that mutes and unmutes.
 * @csspart camera-button - The button that closes and opens the camera.
 * @csspart leave-button - The button that leaves the call.
 * @csspart join-button - The button that joins, outside a call.
 * @csspart icon - Every built-in icon.
 */
export class RtcControls extends CallElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      :host {
        display: inline-block;
        max-inline-size: 100%;
      }
      .bar {
        display: flex;
        align-items: center;
        gap: 4px;
        inline-size: fit-content;
        max-inline-size: 100%;
        padding: 6px;
        border-radius: calc(var(--_radius-control) + 6px);
        background: var(--_surface);
        box-shadow:
          0 0 0 1px var(--_line),
          var(--_elevation-1);
      }
      .rule {
        inline-size: 1px;
        block-size: 24px;
        margin-inline: 6px;
        background: var(--_line);
      }
      .control.on {
        background: var(--_raised);
      }
      @container rtc (width < 480px) {
        .leave {
          inline-size: 60px;
          padding: 0;
        }
        .leave .word,
        .rule {
          display: none;
        }
      }
      @container rtc (width < 480px) and (orientation: portrait) {
        :host {
          display: block;
          --rtc-target: 52px;
        }
        .bar {
          justify-content: space-between;
          inline-size: auto;
          padding: 8px;
          border-radius: 22px;
        }
        .leave {
          inline-size: 68px;
        }
      }
      @media (forced-colors: active) {
        .bar {
          border: 1px solid CanvasText;
        }
      }
    `,
  ];

  readonly #phase = this.consume(({ phase }) => phase);
  readonly #microphone = this.consume(({ media }) => media.microphone);
  readonly #camera = this.consume(({ media }) => media.camera);

  protected override render(): TemplateResult {
    const term = this.localize.term.bind(this.localize);
    if (!isStarted({ phase: this.#phase.value })) {
      return html`<div class="bar" part="bar" role="toolbar" aria-label=${term('controls')}>
        <slot name="start"></slot>
        <button
          type="button"
          class="button primary"
          part="button join-button"
          ?disabled=${!this.#phase.controller}
          @click=${this.#join}
        >
          ${this.#phase.value === 'ended' ? term('joinAgain') : term('join')}
        </button>
        <slot name="end"></slot>
      </div>`;
    }
    const context = { controller: this.#phase.controller, localize: this.localize };
    return html`<div class="bar" part="bar" role="toolbar" aria-label=${term('controls')}>
      <slot name="start"></slot>
      ${deviceToggle('microphone', this.#microphone.value, context)}
      ${deviceToggle('camera', this.#camera.value, context)}
      <slot name="end"></slot>
      <span class="rule"></span>
      <button
        type="button"
        class="button danger leave"
        part="button leave-button"
        aria-label=${term('leave')}
        @click=${this.#leave}
      >
        <slot name="icon-leave">${icon('leave')}</slot><span class="word">${term('leave')}</span>
      </button>
    </div>`;
  }

  readonly #join = (): void => {
    this.#phase.controller?.start().catch(() => undefined); // recorded in the state, which is on the screen
  };

  readonly #leave = (): void => {
    this.#phase.controller?.end();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'rtc-controls': RtcControls;
  }
}
