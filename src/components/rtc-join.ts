import { html, nothing, type TemplateResult } from 'lit';
import { CallElement } from './call-element.js';
import { deviceToggle, isFailed } from './device-toggle.js';
import { deviceTrouble } from './device-trouble.js';
import { icon } from './icons.js';
import { baseStyles } from './styles/base.js';
import { buttonStyles } from './styles/button.js';
import { joinStyles } from './styles/join.js';

/**
 * The way into a call: own picture on one side, name and Join on the other. No device opens before the person
 * asks for it; what fails is explained in the picture's place, and joining without it stays possible.
 *
 * @element rtc-join
 * @slot title - The heading.
 * @slot lede - The sentence under the heading.
 * @slot panel - Further fields of the page, between name and Join.
 * @csspart stage - The side with the picture.
 * @csspart panel - The side with name and Join.
 * @csspart title - The heading.
 * @csspart lede - The sentence under the heading.
 * @csspart name-input - The field for the name.
 * @csspart join-button - Joins the call.
 * @csspart preview-button - Opens camera and microphone for the preview.
 * @csspart microphone-button - Mutes and unmutes.
 * @csspart camera-button - Closes and opens the camera.
 * @csspart retry-button - Tries a device that failed again.
 * @csspart icon - Every built-in icon.
 */
export class RtcJoin extends CallElement {
  static override styles = [baseStyles, buttonStyles, joinStyles];

  readonly #phase = this.consume(({ phase }) => phase);
  readonly #name = this.consume(({ name }) => name);
  readonly #media = this.consume(({ media }) => media);
  readonly #mediaErrors = this.consume(({ mediaErrors }) => mediaErrors);
  readonly #refusal = this.consume(({ refusal }) => refusal);
  readonly #incoming = this.consume(({ incoming }) => incoming);

  protected override render(): TemplateResult {
    const { microphone, camera } = this.#media.value;
    const isTouched = microphone !== 'off' || camera !== 'off';
    const context = { controller: this.#phase.controller, localize: this.localize };
    const term = this.localize.term.bind(this.localize);
    return html`<div class="frame">
      <div class="stage" part="stage">
        <rtc-local-video exportparts="video, plate, placeholder"></rtc-local-video>
        ${this.#renderAdvice(isTouched)}
        ${
          isTouched
            ? html`<div class="preview-bar">
                ${deviceToggle('microphone', microphone, context)} ${deviceToggle('camera', camera, context)}
              </div>`
            : nothing
        }
      </div>
      <form class="panel" part="panel" @submit=${this.#join}>
        <h2 part="title"><slot name="title">${this.#title()}</slot></h2>
        <p class="lede" part="lede"><slot name="lede">${this.#lede()}</slot></p>
        <div class="form">
          <label class="field">
            <span>${term('yourName')}</span>
            <input
              part="name-input"
              name="name"
              autocomplete="name"
              maxlength="64"
              .value=${this.#name.value}
              @change=${this.#rename}
            />
          </label>
          <slot name="panel"></slot>
          <button
            type="submit"
            class="button primary large"
            part="join-button"
            ?disabled=${!this.#phase.controller}
          >
            ${this.#joinWords()}
          </button>
        </div>
      </form>
    </div>`;
  }

  #title(): string {
    if (this.#refusal.value) return this.localize.term('failedTitle');
    return this.localize.term(this.#phase.value === 'ended' ? 'leftTitle' : 'joinTitle');
  }

  #lede(): string {
    const incoming = this.#incoming.value;
    const refusal = this.#refusal.value;
    if (refusal) return refusal.message;
    if (incoming) return this.localize.term('joinIncoming', incoming.name);
    if (isFailed(this.#media.value.camera)) return this.localize.term('joinWithoutCameraLede');
    return this.localize.term(this.#phase.value === 'ended' ? 'leftLede' : 'joinLede');
  }

  #joinWords(): string {
    const { camera, microphone } = this.#media.value;
    if (isFailed(camera))
      return this.localize.term(isFailed(microphone) ? 'joinWithoutDevices' : 'joinWithoutCamera');
    return this.localize.term(this.#phase.value === 'ended' ? 'joinAgain' : 'join');
  }

  /** In the picture's place: what is wrong and what to do, or the way to see oneself first. */
  #renderAdvice(isTouched: boolean): TemplateResult | typeof nothing {
    const trouble = deviceTrouble(this.#mediaErrors.value, this.localize);
    if (trouble) {
      if (this.#media.value.camera === 'on') return nothing; // the picture is there; the microphone button tells
      return html`<div class="advice">
        <h3>${trouble.title}</h3>
        <p>${trouble.text}</p>
        <button type="button" class="button" part="retry-button" @click=${this.#preview}>
          ${icon('refresh')}${this.localize.term('tryAgain')}
        </button>
      </div>`;
    }
    if (isTouched) return nothing;
    return html`<div class="advice">
      <h3>${this.localize.term('previewTitle')}</h3>
      <p>${this.localize.term('previewText')}</p>
      <button
        type="button"
        class="button"
        part="preview-button"
        ?disabled=${!this.#phase.controller}
        @click=${this.#preview}
      >
        ${icon('camera')}${this.localize.term('previewStart')}
      </button>
    </div>`;
  }

  readonly #preview = (): void => {
    const { controller } = this.#phase;
    const { microphone, camera } = this.#media.value;
    const ignore = (): undefined => undefined; // recorded in the state, which is on the screen
    if (microphone === 'off' && camera === 'off') {
      // They may have been switched off one by one: now they are wanted again.
      if (!controller?.options.noAudio) controller?.setMicrophone(true).catch(ignore);
      if (!controller?.options.noVideo) controller?.setCamera(true).catch(ignore);
    }
    controller?.preview().catch(ignore);
  };

  readonly #rename = (event: Event): void => {
    this.#phase.controller?.configure({ name: (event.target as HTMLInputElement).value });
  };

  readonly #join = (event: Event): void => {
    event.preventDefault();
    this.#phase.controller?.start().catch(() => undefined); // recorded in the state, which is on the screen
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'rtc-join': RtcJoin;
  }
}
