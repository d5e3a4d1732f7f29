import { html, nothing, type TemplateResult } from 'lit';
import type { CallController } from '../core/call-controller.js';
import type { CallState, Device } from '../core/call-state.js';
import { CallElement } from './call-element.js';
import { briefTrouble } from './device-trouble.js';
import { icon } from './icons.js';
import { LevelMeter, levelStyles } from './level-meter.js';
import { onServer } from './on-server.js';
import { baseStyles } from './styles/base.js';
import { buttonStyles } from './styles/button.js';
import { devicesStyles } from './styles/devices.js';
import { playNotes, testNotes } from './tone.js';
import { property, state } from './property.js';

const kinds = ['camera', 'microphone', 'speaker'] as const;
type Kind = (typeof kinds)[number];
const mediaKinds = { camera: 'videoinput', microphone: 'audioinput', speaker: 'audiooutput' } as const;

/**
 * Which camera, microphone and loudspeaker are used, and the way to others: what is chosen is used at once, in the
 * call too, and in later visits. The list follows what is plugged in. Names are known once the browser may use the
 * devices; before, a sentence says so. Opens no device by itself.
 *
 * @element rtc-devices
 * @slot hint - The sentence while the names are not known yet.
 * @slot icon-camera - The icon of the camera.
 * @slot icon-microphone - The icon of the microphone.
 * @slot icon-speaker - The icon of the loudspeaker.
 * @csspart devices - The box around all.
 * @csspart device - The row of each device.
 * @csspart camera - The row of the camera.
 * @csspart microphone - The row of the microphone.
 * @csspart speaker - The row of the loudspeaker.
 * @csspart device-label - What kind of device it is.
 * @csspart device-select - The `<select>` of each kind.
 * @csspart device-trouble - What is wrong with a device, in the place of its name.
 * @csspart level - The strokes that show how loud the microphone is.
 * @csspart test-button - Plays a test sound over the chosen loudspeaker.
 * @csspart hint - The sentence while the names are not known yet.
 * @csspart icon - Every built-in icon.
 * @cssstate unnamed - The names of the devices are not known yet.
 * @cssstate testing - The test sound plays.
 */
export class RtcDevices extends CallElement {
  static override styles = [baseStyles, buttonStyles, levelStyles, devicesStyles];

  /** No strokes under the microphone, where the level is shown elsewhere. */
  @property({ type: Boolean, attribute: 'no-level' }) noLevel = false;

  @state() private isTesting = false;
  /** What is being opened: chosen, and not in use yet. */
  @state() private pending: Partial<Record<Kind, string>> = {};

  readonly #devices = this.consume(({ devices }) => devices);
  readonly #media = this.consume(({ media }) => media);
  readonly #mediaErrors = this.consume(({ mediaErrors }) => mediaErrors);
  readonly #ids = {
    camera: this.consume(({ cameraId }) => cameraId),
    microphone: this.consume(({ microphoneId }) => microphoneId),
    speaker: this.consume(({ speakerId }) => speakerId),
  };
  readonly #level = new LevelMeter(this, () => this.#devices.controller);
  #watched: { controller: CallController; stop: () => void } | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch(null);
  }

  protected override updated(): void {
    this.#watch(this.isConnected ? this.#devices.controller : null);
    // Once the options are there; and back to what is in use, when another could not be opened.
    for (const select of this.renderRoot.querySelectorAll('select'))
      select.value = this.#idOf(select.name as Kind);
  }

  protected override render(): TemplateResult {
    const shown = kinds.filter((kind) => this.#isUsed(kind));
    const inputs = shown.filter((kind) => kind !== 'speaker');
    const isUnnamed =
      inputs.length > 0 &&
      inputs.every(
        (kind) => this.#named(kind).length === 0 && !this.#errorOf(kind) && !this.#isStarting(kind),
      );
    this.setStates({ unnamed: isUnnamed, testing: this.isTesting });
    return html`<div class="devices" part="devices">
      ${
        isUnnamed
          ? html`<div class="device">
              ${icon('settings')}
              <p class="hint" part="hint">
                <slot name="hint">${this.localize.term('devicesHint')}</slot>
              </p>
            </div>`
          : inputs.map((kind) => this.#renderDevice(kind))
      }
      ${shown.includes('speaker') ? this.#renderDevice('speaker') : nothing}
    </div>`;
  }

  #renderDevice(kind: Kind): TemplateResult {
    const name = this.localize.term(kind);
    const named = this.#named(kind);
    const error = this.#errorOf(kind);
    const hasLevel = kind === 'microphone' && !this.noLevel && this.#media.value.microphone === 'on';
    return html`<div class="device ${kind}" part="device ${kind}">
      <slot name="icon-${kind}">${icon(kind === 'speaker' ? 'volume' : error ? `${kind}Off` : kind)}</slot>
      <label class="kind" part="device-label" for=${named.length > 0 ? kind : nothing}>${name}</label>
      ${named.length > 0 ? this.#renderSelect(kind, named) : this.#renderValue(kind)}
      ${kind === 'speaker' ? this.#renderTest() : nothing}
      ${
        error && named.length > 0
          ? html`<div class="trouble" id="${kind}-trouble" part="device-trouble">
              ${briefTrouble(error, this.localize)}
            </div>`
          : nothing
      }
      ${hasLevel ? html`<div class="listen">${this.#level.render(this.localize)}</div>` : nothing}
    </div>`;
  }

  #renderSelect(kind: Kind, named: readonly Device[]): TemplateResult {
    const id = this.#idOf(kind);
    // The browser's own choice has a name in some browsers only.
    const isListed = named.some(({ deviceId }) => deviceId === id);
    const hasDefault =
      !isListed || (kind === 'speaker' && !named.some(({ deviceId }) => deviceId === 'default'));
    return html`<select
        id=${kind}
        name=${kind}
        part="device-select"
        aria-describedby="${kind}-trouble"
        @change=${(event: Event) => {
          this.#select(kind, (event.target as HTMLSelectElement).value);
        }}
      >
        ${
          hasDefault
            ? html`<option value="" ?hidden=${kind !== 'speaker'}>
                ${this.localize.term('defaultDevice')}
              </option>`
            : nothing
        }
        ${named.map(({ deviceId, label }) => html`<option value=${deviceId}>${readable(label)}</option>`)}</select
      >${icon('chevron', 'chevron')}`;
  }

  /** In the place of a choice: why there is none. */
  #renderValue(kind: Kind): TemplateResult {
    const error = this.#errorOf(kind);
    if (error)
      return html`<span class="value trouble" part="device-trouble"
        >${briefTrouble(error, this.localize)}</span
      >`;
    return html`<span class="value"
      >${this.localize.term(this.#isStarting(kind) ? 'deviceStarting' : 'defaultDevice')}</span
    >`;
  }

  #renderTest(): TemplateResult {
    return html`<button
      type="button"
      class="quiet ${this.isTesting ? 'playing' : ''}"
      part="test-button"
      aria-label=${this.localize.term('testSoundLabel')}
      ?disabled=${!this.#devices.controller}
      @click=${this.#test}
    >
      ${this.localize.term('testSound')}
    </button>`;
  }

  readonly #test = (): void => {
    if (this.isTesting) return;
    this.isTesting = true;
    void playNotes(testNotes, this.#ids.speaker.value).then(() => {
      this.isTesting = false;
    });
  };

  #select(kind: Kind, deviceId: string): void {
    const { controller } = this.#devices;
    this.pending = { ...this.pending, [kind]: deviceId };
    const settle = (): void => {
      if (this.pending[kind] !== deviceId) return; // another was chosen meanwhile
      this.pending = { ...this.pending, [kind]: undefined };
    };
    // What fails is recorded in the state, which is on the screen.
    controller?.selectDevice(mediaKinds[kind], deviceId).then(settle, settle);
  }

  #watch(controller: CallController | null): void {
    if (controller === (this.#watched?.controller ?? null)) return;
    this.#watched?.stop();
    this.#watched = controller && { controller, stop: controller.watchDevices() };
  }

  /** Whether the call uses the kind: not what the page has switched off, or brings itself. */
  #isUsed(kind: Kind): boolean {
    const options = this.#devices.controller?.options;
    if (kind === 'speaker' || !options) return true;
    return !options.localStream && !(kind === 'camera' ? options.noVideo : options.noAudio);
  }

  /** Those that can be chosen. */
  #named(kind: Kind): readonly Device[] {
    if (onServer || (kind === 'speaker' && !('setSinkId' in HTMLMediaElement.prototype))) return [];
    const devices: CallState['devices'] = this.#devices.value;
    return devices.filter((device) => device.kind === mediaKinds[kind] && device.deviceId && device.label);
  }

  #idOf(kind: Kind): string {
    const id = this.pending[kind] ?? this.#ids[kind].value;
    const isListed = (wanted: string): boolean =>
      this.#named(kind).some(({ deviceId }) => deviceId === wanted);
    if (isListed(id)) return id;
    return isListed('default') ? 'default' : ''; // Chromium's own choice has a name
  }

  #errorOf(kind: Kind): CallState['error'] {
    return kind === 'speaker' ? null : this.#mediaErrors.value[kind];
  }

  #isStarting(kind: Kind): boolean {
    return kind !== 'speaker' && this.#media.value[kind] === 'starting';
  }
}

/** Without the numbers of vendor and product that Chromium adds. */
const readable = (label: string): string => label.replace(/ \([\da-f]{4}:[\da-f]{4}\)$/i, '');

declare global {
  interface HTMLElementTagNameMap {
    'rtc-devices': RtcDevices;
  }
}
