import { html, nothing, type TemplateResult } from 'lit';
import { CallElement } from './call-element.js';
import { callerOf } from './caller.js';
import { deviceToggle, flipButton, hasCameras, isFailed } from './device-toggle.js';
import { deviceTrouble, type DeviceTrouble } from './device-trouble.js';
import { icon } from './icons.js';
import { LevelMeter, levelStyles } from './level-meter.js';
import { refusalText } from './refusal.js';
import { Ring } from './ring.js';
import { baseStyles } from './styles/base.js';
import { buttonStyles } from './styles/button.js';
import { joinStyles } from './styles/join.js';
import { property, state } from './property.js';

const ignore = (): undefined => undefined; // recorded in the state, which is on the screen

/**
 * The way into a call: own picture on one side; name, devices and Join on the other. No device opens before the
 * person asks for it; what fails is explained in the picture's place, and joining without it stays possible. While
 * somebody is there and calls, it says so, rings softly, and lets the person answer or decline.
 *
 * @element rtc-join
 * @slot title - The heading.
 * @slot lede - The sentence under the heading.
 * @slot panel - Further fields of the page, between name and devices.
 * @slot icon-microphone - The icon of the open microphone.
 * @slot icon-microphone-off - The icon of the muted microphone.
 * @slot icon-camera - The icon of the open camera.
 * @slot icon-camera-off - The icon of the closed camera.
 * @slot icon-flip - The icon of the button that turns to the other camera.
 * @slot icon-ring - The icon of the button that switches the ring off.
 * @slot icon-ring-off - The icon of the button that switches it on again.
 * @csspart stage - The side with the picture.
 * @csspart advice - What to do, in the place of the picture.
 * @csspart notice - What is wrong with one device while the other one works, over the picture.
 * @csspart panel - The side with name, devices and Join.
 * @csspart title - The heading.
 * @csspart lede - The sentence under the heading.
 * @csspart name-input - The field for the name.
 * @csspart join-button - Joins the call; answers a caller.
 * @csspart decline-button - Declines a caller.
 * @csspart ring-button - Switches the sound of the ring off and on.
 * @csspart preview-button - Opens camera and microphone for the preview.
 * @csspart button - Each round button over the picture.
 * @csspart microphone-button - Mutes and unmutes; before the preview, whether to join with the microphone.
 * @csspart camera-button - Closes and opens the camera; before the preview, whether to join with it.
 * @csspart flip-button - Turns to the other camera of a phone.
 * @csspart level - The strokes that show how loud the microphone is.
 * @csspart retry-button - Tries a device that failed again.
 * @csspart tab-link - Opens the page in its own tab, where the page around it withholds devices.
 * @csspart icon - Every built-in icon.
 * @cssstate calling - Somebody is there and calls.
 */
export class RtcJoin extends CallElement {
  static override styles = [baseStyles, buttonStyles, levelStyles, joinStyles];

  /** Callers do not ring. They never do before the person has touched the page: browsers allow no sound then. */
  @property({ type: Boolean, attribute: 'no-ring' }) noRing = false;

  readonly #phase = this.consume(({ phase }) => phase);
  readonly #name = this.consume(({ name }) => name);
  readonly #media = this.consume(({ media }) => media);
  readonly #mediaErrors = this.consume(({ mediaErrors }) => mediaErrors);
  readonly #wanted = this.consume(({ wanted }) => wanted);
  readonly #refusal = this.consume(({ refusal }) => refusal);
  readonly #incoming = this.consume(({ incoming }) => incoming);
  readonly #caller = this.consume(callerOf);
  readonly #speaker = this.consume(({ speakerId }) => speakerId);
  readonly #hasCameras = this.consume(hasCameras);
  /** The browser has told names before, so it asks no more. */
  readonly #isKnown = this.consume(({ devices }) => devices.some(({ label }) => label !== ''));
  /** As the person wishes, for as long as the page is there. */
  @state() private isRingOn = true;
  /** What had the focus before the present update, and on which side. */
  #focused: Element | null = null;
  #side: HTMLElement | null = null;
  readonly #level = new LevelMeter(this, () => this.#phase.controller);

  constructor() {
    super();
    this.addController(
      new Ring({
        isRinging: () => this.#caller.value !== null && !this.noRing && this.isRingOn,
        speakerId: () => this.#speaker.value,
      }),
    );
  }

  /** To the panel with the words: the next Tab leads to its first button or field. */
  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector<HTMLElement>('.panel')?.focus(options);
  }

  protected override willUpdate(): void {
    this.#focused = this.shadowRoot?.activeElement ?? null;
    this.#side = this.#focused?.closest<HTMLElement>('.stage, .panel') ?? null;
  }

  protected override updated(): void {
    // What was pressed has gone, as its work is done: the focus stays on its side.
    if (this.#focused && !this.#focused.isConnected) this.#side?.focus({ preventScroll: true });
  }

  protected override render(): TemplateResult {
    const term = this.localize.term.bind(this.localize);
    const isCalled = this.#caller.value !== null;
    this.setStates({ calling: isCalled });
    return html`<div class="frame">
      ${this.#renderStage()}
      <form class="panel ${isCalled ? 'calling' : ''}" part="panel" tabindex="-1">
        <div class="words">
          ${isCalled ? ticks : nothing}
          <div role="status">
            <h2 part="title"><slot name="title">${this.#title()}</slot></h2>
            <p class="lede" part="lede"><slot name="lede">${this.#lede()}</slot></p>
          </div>
        </div>
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
          <rtc-devices
            no-level
            exportparts="devices, device, device-label, device-select, device-trouble, test-button, hint, icon"
          ></rtc-devices>
          <div class="actions">
            ${
              // Above the other one, which must not give way under a finger that is about to press it.
              isCalled
                ? html`<div class="refusal">
                    <button type="button" class="button large" part="decline-button" @click=${this.#decline}>
                      ${term('decline')}
                    </button>
                    ${this.noRing ? nothing : this.#renderBell()}
                  </div>`
                : nothing
            }
            <button
              type="submit"
              class="button primary large"
              part="join-button"
              ?disabled=${!this.#phase.controller}
              @click=${this.#join}
            >
              ${this.#joinWords()}
            </button>
          </div>
        </div>
      </form>
    </div>`;
  }

  /** The devices that the page lets this call use. */
  #used(): { microphone: boolean; camera: boolean } {
    const { noAudio = false, noVideo = false } = this.#phase.controller?.options ?? {};
    return { microphone: !noAudio, camera: !noVideo };
  }

  #title(): string {
    const caller = this.#caller.value;
    if (caller) return this.localize.term('incomingTitle', caller.name);
    if (this.#refusal.value) return this.localize.term('failedTitle');
    return this.localize.term(this.#phase.value === 'ended' ? 'leftTitle' : 'joinTitle');
  }

  #lede(): string {
    const incoming = this.#incoming.value;
    if (this.#caller.value) return this.localize.term('joinLede');
    if (this.#refusal.value) return refusalText(this.#refusal.value, this.localize);
    if (incoming) return this.localize.term('stillThere', incoming.name);
    const { camera, microphone } = this.#media.value;
    if (isFailed(camera))
      return this.localize.term(isFailed(microphone) ? 'joinWithoutDevicesLede' : 'joinWithoutCameraLede');
    return this.localize.term(this.#phase.value === 'ended' ? 'leftLede' : 'joinLede');
  }

  #joinWords(): string {
    if (this.#caller.value) return this.localize.term('answer');
    const used = this.#used();
    const lacks = (kind: 'microphone' | 'camera'): boolean =>
      used[kind] && (isFailed(this.#media.value[kind]) || !this.#wanted.value[kind]);
    const isMute = !used.microphone || lacks('microphone');
    if (lacks('camera')) return this.localize.term(isMute ? 'joinWithoutDevices' : 'joinWithoutCamera');
    if (lacks('microphone'))
      return this.localize.term(used.camera ? 'joinWithoutMicrophone' : 'joinWithoutDevices');
    return this.localize.term(this.#phase.value === 'ended' ? 'joinAgain' : 'join');
  }

  #renderStage(): TemplateResult {
    const { microphone, camera } = this.#media.value;
    const used = this.#used();
    const context = { controller: this.#phase.controller, localize: this.localize };
    const advice = this.#renderAdvice();
    const isIdle = microphone === 'off' && camera === 'off';
    const toggle = (kind: 'microphone' | 'camera'): unknown =>
      used[kind]
        ? deviceToggle(kind, this.#media.value[kind], context, isIdle && this.#wanted.value[kind])
        : nothing;
    return html`<div
      class="stage ${advice === nothing ? '' : 'blank'}"
      part="stage"
      role="group"
      aria-label=${this.localize.term('devices')}
      tabindex="-1"
    >
      <rtc-local-video
        exportparts="video, plate, placeholder"
        ?hidden=${advice !== nothing}
      ></rtc-local-video>
      ${advice === nothing ? this.#renderNotice() : advice}
      <div class="preview-bar">
        ${toggle('microphone')} ${toggle('camera')}
        ${camera === 'on' && this.#hasCameras.value ? flipButton(context) : nothing}
        ${microphone === 'on' ? html`<div class="listen">${this.#level.render(this.localize)}</div>` : nothing}
      </div>
    </div>`;
  }

  /** In the picture's place: what is wrong and what to do, or the way to see oneself first. */
  #renderAdvice(): TemplateResult | typeof nothing {
    const { microphone, camera } = this.#media.value;
    const term = this.localize.term.bind(this.localize);
    if (camera === 'on') return nothing;
    const trouble = deviceTrouble(this.#mediaErrors.value, this.localize);
    if (trouble && !(microphone === 'on' && camera === 'off')) return this.#renderTrouble(trouble);
    const box = (title: string, text: string, button: unknown = nothing): TemplateResult =>
      html`<div class="advice" part="advice">
        <h3>${title}</h3>
        <p>${text}</p>
        ${button}
      </div>`;
    if (microphone === 'starting' || camera === 'starting')
      return box(term('askingTitle'), term('askingText'));
    if (microphone === 'on') return nothing;
    const used = this.#used();
    if (!used.camera && !used.microphone) return box(term('listenTitle'), term('listenText'));
    const wanted = this.#wanted.value;
    const isNone = !(used.camera && wanted.camera) && !(used.microphone && wanted.microphone);
    const asks = {
      camera: used.camera && (wanted.camera || isNone),
      microphone: used.microphone && (wanted.microphone || isNone),
    };
    const words = asks.camera ? (asks.microphone ? 'previewStart' : 'previewCamera') : 'previewMicrophone';
    return box(
      term(asks.camera ? 'previewTitle' : 'previewSoundTitle'),
      term(this.#isKnown.value ? 'previewKnownText' : 'previewText'),
      html`<button
        type="button"
        class="button"
        part="preview-button"
        ?disabled=${!this.#phase.controller}
        @click=${this.#preview}
      >
        ${icon(asks.camera ? 'camera' : 'microphone')}${term(words)}
      </button>`,
    );
  }

  #renderTrouble({ title, steps, code, isDismissed }: DeviceTrouble): TemplateResult {
    const isBlocked = code === 'permission-denied' && !isDismissed;
    return html`<div class="advice" part="advice">
      <h3>${title}</h3>
      ${
        isBlocked
          ? html`<div class="address" aria-hidden="true">
              <span class="site">${icon('settings')}</span><bdi>${location.hostname}</bdi>
            </div>`
          : nothing
      }
      ${
        steps.length > 1
          ? html`<ol>
              ${steps.map((step) => html`<li>${step}</li>`)}
            </ol>`
          : html`<p>${steps[0]}</p>`
      }
      <div class="ways">
        ${
          code === 'policy-blocked'
            ? html`<a class="button" part="tab-link" href=${location.href} target="_blank" rel="noopener"
                >${this.localize.term('openInTab')}</a
              >`
            : nothing
        }
        ${this.#renderRetry()}
      </div>
    </div>`;
  }

  /** One device works, the other does not: said over the picture. */
  #renderNotice(): TemplateResult | typeof nothing {
    const trouble = deviceTrouble(this.#mediaErrors.value, this.localize);
    if (!trouble) return nothing;
    return html`<div class="notice" part="notice">
      ${icon('alert')}
      <div>
        <strong>${trouble.title}</strong>
        <p>${trouble.text}</p>
      </div>
      ${this.#renderRetry()}
    </div>`;
  }

  #renderRetry(): TemplateResult {
    return html`<button type="button" class="button" part="retry-button" @click=${this.#preview}>
      ${icon('refresh')}${this.localize.term('tryAgain')}
    </button>`;
  }

  readonly #preview = (): void => {
    const { controller } = this.#phase;
    const { camera, microphone } = this.#wanted.value;
    const used = this.#used();
    if (!(used.camera && camera) && !(used.microphone && microphone)) {
      // They may have been switched off one by one: now they are wanted again.
      if (used.microphone) controller?.setMicrophone(true).catch(ignore);
      if (used.camera) controller?.setCamera(true).catch(ignore);
    }
    controller?.preview().catch(ignore);
  };

  #renderBell(): TemplateResult {
    const words = this.localize.term('ringSound');
    return html`<button
      type="button"
      class="control bell ${this.isRingOn ? '' : 'off'}"
      part="ring-button"
      aria-pressed=${this.isRingOn ? 'true' : 'false'}
      aria-label=${words}
      title=${words}
      @click=${this.#toggleRing}
    >
      ${this.isRingOn ? html`<slot name="icon-ring">${icon('ring')}</slot>` : html`<slot name="icon-ring-off">${icon('ringOff')}</slot>`}
    </button>`;
  }

  readonly #toggleRing = (): void => {
    this.isRingOn = !this.isRingOn;
  };

  readonly #decline = (): void => {
    this.#phase.controller?.declineIncoming();
  };

  readonly #rename = (event: Event): void => {
    this.#phase.controller?.configure({ name: (event.target as HTMLInputElement).value });
  };

  /** The click, which Enter in the field makes too: in a sandbox without `allow-forms` nothing is ever submitted. */
  readonly #join = (event: Event): void => {
    event.preventDefault();
    this.#phase.controller?.start().catch(ignore);
  };
}

const ticks = html`<span class="ticks" aria-hidden="true"><i></i><i></i><i></i></span>`;

declare global {
  interface HTMLElementTagNameMap {
    'rtc-join': RtcJoin;
  }
}
