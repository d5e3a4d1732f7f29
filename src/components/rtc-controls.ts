import { html, nothing, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import { isStarted } from '../core/call-state.js';
import { CallElement } from './call-element.js';
import { deviceToggle, flipButton, hasCameras } from './device-toggle.js';
import { icon } from './icons.js';
import { baseStyles } from './styles/base.js';
import { buttonStyles } from './styles/button.js';
import { controlsStyles } from './styles/controls.js';
import { menuStyles } from './styles/menu.js';

/**
 * The bar with the buttons of the call: microphone, camera, devices, leave; outside a call, join.
 *
 * @element rtc-controls
 * @slot start - Further buttons before the built-in ones.
 * @slot end - Further buttons between camera and leave.
 * @slot icon-microphone - The icon of the open microphone.
 * @slot icon-microphone-off - The icon of the muted microphone.
 * @slot icon-camera - The icon of the open camera.
 * @slot icon-camera-off - The icon of the closed camera.
 * @slot icon-flip - The icon of the button that turns to the other camera.
 * @slot icon-devices - The icon of the button that opens the devices.
 * @slot icon-leave - The icon of the button that leaves the call.
 * @csspart bar - The bar.
 * @csspart button - Every button.
 * @csspart microphone-button - The button that mutes and unmutes.
 * @csspart camera-button - The button that closes and opens the camera.
 * @csspart flip-button - The button that turns to a phone's other camera.
 * @csspart devices-button - The button that opens the devices.
 * @csspart devices-panel - The panel with the devices; inside it the parts of `<rtc-devices>`.
 * @csspart close-button - The button that closes the panel.
 * @csspart leave-button - The button that leaves the call.
 * @csspart join-button - The button that joins, outside a call.
 * @csspart icon - Every built-in icon.
 */
export class RtcControls extends CallElement {
  static override styles = [baseStyles, buttonStyles, controlsStyles, menuStyles];

  readonly #phase = this.consume(({ phase }) => phase);
  readonly #microphone = this.consume(({ media }) => media.microphone);
  readonly #camera = this.consume(({ media }) => media.camera);
  readonly #hasCameras = this.consume(hasCameras);

  /** The panel with the devices; what is in it is there only while it is open. */
  @state() private isOpen = false;
  #hadFocus = false;

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
      ${this.#camera.value === 'on' && this.#hasCameras.value ? flipButton(context) : nothing}
      ${this.#renderDevices()}
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

  #renderDevices(): TemplateResult {
    const words = this.localize.term('devices');
    return html`<button
        type="button"
        class="control on open-devices"
        part="button devices-button"
        popovertarget="devices"
        aria-haspopup="dialog"
        aria-label=${words}
        title=${words}
      >
        <slot name="icon-devices">${icon('settings')}</slot>
      </button>
      <div
        id="devices"
        class="menu"
        part="devices-panel"
        popover
        tabindex="-1"
        role="dialog"
        aria-labelledby="devices-title"
        @beforetoggle=${this.#onToggle}
        @toggle=${this.#onToggle}
      >
        ${
          this.isOpen
            ? html`<header>
                  <h2 id="devices-title">${words}</h2>
                  <button
                    type="button"
                    class="control"
                    part="close-button"
                    popovertarget="devices"
                    popovertargetaction="hide"
                    aria-label=${this.localize.term('close')}
                  >
                    ${icon('close')}
                  </button>
                </header>
                <rtc-devices
                  exportparts="devices, device, device-label, device-select, device-trouble, level, test-button, hint, icon"
                ></rtc-devices>`
            : nothing
        }
      </div>`;
  }

  readonly #onToggle = (event: Event): void => {
    const { newState, type } = event as ToggleEvent;
    const panel = event.currentTarget as HTMLElement;
    const isOpen = newState === 'open';
    if (type === 'beforetoggle') {
      if (isOpen) this.isOpen = true;
      else this.#hadFocus = panel.matches(':focus-within');
      return;
    }
    this.isOpen = isOpen;
    if (isOpen) panel.focus();
    // Chromium does not by itself where the focus was in a shadow tree of the panel.
    else if (this.#hadFocus) (panel.previousElementSibling as HTMLElement).focus();
  };

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
