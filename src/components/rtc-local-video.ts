import { html, nothing, type TemplateResult } from 'lit';
import { CallElement } from './call-element.js';
import { icon } from './icons.js';
import { StreamVideo } from './stream-video.js';
import { baseStyles } from './styles/base.js';
import { tileStyles } from './styles/tile.js';
import { voiceStyles } from './styles/voice.js';
import { property } from './property.js';

/**
 * The own camera, mirrored as in a mirror; never with sound.
 *
 * @element rtc-local-video
 * @slot placeholder - Shown while there is no picture, in place of the initial.
 * @slot icon-microphone-off - The icon of a muted microphone.
 * @csspart tile - The whole tile.
 * @csspart video - The `<video>`.
 * @csspart placeholder - What is shown while there is no picture.
 * @csspart plate - The plate with the name.
 * @csspart icon - Every built-in icon.
 * @cssstate live - A picture is shown.
 * @cssstate muted - The microphone is off.
 * @cssstate camera-off - The camera is off.
 */
export class RtcLocalVideo extends CallElement {
  static override styles = [baseStyles, tileStyles, voiceStyles];

  /** Show the picture as the others see it. A rear camera and a page's own stream are never mirrored. */
  @property({ type: Boolean, attribute: 'no-mirror' }) noMirror = false;

  get #video(): HTMLVideoElement | null {
    return this.shadowRoot?.querySelector('video') ?? null;
  }

  readonly #stream = this.consume(({ localStream }) => localStream);
  readonly #name = this.consume(({ name }) => name);
  readonly #facing = this.consume(({ localFacing }) => localFacing);
  readonly #microphone = this.consume(({ media }) => media.microphone);
  readonly #camera = this.consume(({ media }) => media.camera);
  readonly #playback = new StreamVideo(this, {
    video: () => this.#video,
    stream: () => this.#stream.value,
    onPicture: () => {
      this.requestUpdate();
    },
  });

  protected override render(): TemplateResult {
    const isMuted = this.#microphone.value !== 'on';
    const hasPicture = this.#camera.value === 'on' && this.#playback.hasPicture;
    const isMirrored = !this.noMirror && this.#facing.value === 'user';
    this.setStates({ live: hasPicture, muted: isMuted, 'camera-off': this.#camera.value !== 'on' });
    const name = this.#name.value;
    return html`<div class="tile" part="tile">
      <video
        part="video"
        class=${isMirrored ? 'mirrored' : ''}
        aria-label=${this.localize.term('yourCamera')}
        aria-hidden=${hasPicture ? nothing : 'true'}
        tabindex="-1"
        playsinline
        autoplay
        .muted=${true}
      ></video>
      <div class="placeholder tint-0" part="placeholder" ?hidden=${hasPicture}>
        <slot name="placeholder"
          ><span aria-hidden="true">${initialOf(name || this.localize.term('you'))}</span></slot
        >
      </div>
      <div class="plate" part="plate">
        ${isMuted ? html`<slot name="icon-microphone-off">${icon('microphoneOff')}</slot>` : ''}
        <b>${this.localize.term('you')}</b>
      </div>
    </div>`;
  }
}

/** The first letter of a name, as a person would count letters. */
export function initialOf(name: string): string {
  const [first = ''] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name.trim());
  return typeof first === 'string' ? first : first.segment.toLocaleUpperCase();
}

declare global {
  interface HTMLElementTagNameMap {
    'rtc-local-video': RtcLocalVideo;
  }
}
