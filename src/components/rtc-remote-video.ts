import { css, html, nothing, type TemplateResult } from 'lit';
import type { CallState, Participant } from '../core/call-state.js';
import { CallElement } from './call-element.js';
import { icon } from './icons.js';
import { initialOf } from './rtc-local-video.js';
import { qualityIcon } from './quality-icon.js';
import { LastPicture } from './last-picture.js';
import { StreamVideo } from './stream-video.js';
import { baseStyles } from './styles/base.js';
import { buttonStyles } from './styles/button.js';
import { tileStyles } from './styles/tile.js';
import { TileView } from './tile-view.js';
import { voiceStyles } from './styles/voice.js';
import { property } from './property.js';

/**
 * Picture and sound of one participant: the one with `participant-id`, else the first in the call.
 *
 * @element rtc-remote-video
 * @slot empty - Shown while nobody is there, in place of `placeholder`.
 * @slot placeholder - Shown while there is no picture, in place of the initial; also while nobody is there.
 * @slot actions - Buttons over the picture.
 * @slot captions - What is said, as text: an element that the page fills with it, above the plate with the name. A
 *   live picture has no timeline for the cues of a `<track>`. Give it `aria-live` only where nobody hears the sound.
 * @slot icon-microphone-off - The icon of a muted microphone.
 * @slot icon-sound - The icon of the button that turns blocked sound on.
 * @csspart tile - The whole tile.
 * @csspart video - The `<video>`.
 * @csspart placeholder - What is shown while there is no picture.
 * @csspart plate - The plate with the name.
 * @csspart quality - The mark of a connection that is not good, in the plate: a button.
 * @csspart quality-reason - What is wrong with the connection, shown by a press on it.
 * @csspart sound-button - The button that turns blocked sound on.
 * @csspart icon - Every built-in icon.
 * @cssstate live - A picture is shown.
 * @cssstate empty - Nobody is there.
 * @cssstate muted - The participant's microphone is off.
 * @cssstate camera-off - The participant's camera is off.
 * @cssstate speaking - The participant speaks.
 * @cssstate fair - The connection is not good.
 * @cssstate poor - The connection is bad.
 * @cssstate connecting - The connection is being made.
 * @cssstate reconnecting - The connection is lost for the moment; the last picture stays under a veil.
 * @cssstate pinned - It was made the large one.
 * @cssstate autoplay-blocked - The browser refuses sound until the person acts.
 */
export class RtcRemoteVideo extends CallElement {
  static override styles = [
    baseStyles,
    tileStyles,
    voiceStyles,
    buttonStyles,
    css`
      .sound {
        position: absolute;
        z-index: 3;
        inset-block-end: calc(12px + var(--_bar, 36px));
        inset-inline: 0;
        margin-inline: auto;
        inline-size: fit-content;
        background: #fff;
        color: #0f1717;
        box-shadow: var(--_elevation-2);
      }
    `,
  ];

  /** Id of the participant to show; empty: the first one in the call. */
  @property({ attribute: 'participant-id' }) participantId = '';

  /** What of the participant to show: `camera`, with all sound, or the shared `screen`, which is never cropped. */
  @property() source: 'camera' | 'screen' = 'camera';

  /** It was made the large one; CSS sees it as `:state(pinned)`. */
  @property({ type: Boolean }) pinned = false;

  get #video(): HTMLVideoElement | null {
    return this.shadowRoot?.querySelector('video') ?? null;
  }

  readonly #participant = this.consume((state) => this.#find(state));
  readonly #isBlocked = this.consume(({ playbackBlocked }) => playbackBlocked);
  readonly #isGroup = this.consume(({ participants }) => participants.length > 1);
  readonly #speaker = this.consume(({ speakerId }) => speakerId);
  readonly #playback = new StreamVideo(this, {
    video: () => this.#video,
    stream: () => this.#streamOf(this.participant),
    onBlocked: () => this.#participant.controller?.setPlaybackBlocked(true),
    onPicture: () => {
      this.requestUpdate();
    },
  });

  readonly #lastPicture = new LastPicture(() => {
    this.requestUpdate();
  });

  constructor() {
    super();
    this.addController(
      new TileView(this, {
        controller: () => this.#participant.controller,
        video: () => this.#video,
        content: () => this.participant && { participantId: this.participant.id, source: this.source },
      }),
    );
  }

  /** Who is shown; null while nobody is there. */
  get participant(): Participant | null {
    return this.#participant.value;
  }

  protected override updated(): void {
    if (!this.#isBlocked.value) this.#playback.resume();
    const video = this.#video;
    const speaker = this.#speaker.value;
    if (video && 'setSinkId' in video && video.sinkId !== speaker) {
      video.setSinkId(speaker).catch(() => undefined); // gone: the browser's own choice plays
    }
  }

  protected override render(): TemplateResult {
    const { participant } = this;
    const isBlocked = this.#playback.isBlocked && this.#isBlocked.value;
    const isScreen = this.source === 'screen';
    const isSpeaking = !isScreen && participant?.speaking === true;
    const shown = isScreen || participant?.camera !== 'off' ? participant : null;
    const lastPicture = this.#lastPicture.keep(this.#video, shown);
    const hasPicture = shown !== null && (lastPicture !== null || this.#playback.hasPicture);
    this.setStates({
      live: hasPicture,
      empty: !participant,
      muted: participant?.microphone === 'off',
      'camera-off': participant?.camera === 'off',
      speaking: isSpeaking,
      fair: participant?.quality === 'fair',
      poor: participant?.quality === 'poor',
      connecting: participant?.connection === 'connecting',
      reconnecting: participant?.connection === 'reconnecting',
      'autoplay-blocked': isBlocked,
      pinned: this.pinned,
    });
    const person = participant ? participant.name || this.localize.term('guest') : '';
    const name = person && isScreen ? this.localize.term('screenOf', person) : person;
    const classes = `tile ${participant?.connection ?? 'empty'} ${this.source}`;
    const ring = isSpeaking && this.#isGroup.value ? ' ring' : '';
    return html`<div class="${classes}${ring}" part="tile">
      <video
        part="video"
        aria-label=${isScreen || !name ? name || nothing : this.localize.term('pictureOf', name)}
        aria-hidden=${hasPicture ? nothing : 'true'}
        tabindex="-1"
        playsinline
        autoplay
      ></video>
      ${lastPicture}
      ${participant ? this.#renderParticipant(participant, name, hasPicture) : html`<slot name="empty"><slot name="placeholder"></slot></slot>`}
      ${isBlocked ? this.#renderSoundButton() : nothing}
      <slot name="captions"></slot>
      <slot name="actions"></slot>
    </div>`;
  }

  #renderParticipant(participant: Participant, name: string, hasPicture: boolean): TemplateResult {
    const words: Record<Participant['connection'], string> = {
      connecting: this.localize.term('connecting', ''),
      connected: '',
      reconnecting: this.localize.term('reconnecting'),
    };
    const status = words[participant.connection];
    return html`<div
        class="placeholder tint-${tintOf(participant.id)}"
        part="placeholder"
        ?hidden=${hasPicture}
      >
        <slot name="placeholder"><span aria-hidden="true">${initialOf(name)}</span></slot>
      </div>
      <div class="plate" part="plate">
        ${
          participant.microphone === 'off' && this.source === 'camera'
            ? html`<slot name="icon-microphone-off">${icon('microphoneOff')}</slot>
                <span class="visually-hidden">${this.localize.term('muted')}</span>`
            : participant.speaking && this.source === 'camera'
              ? html`<span class="ticks" aria-hidden="true"><i></i><i></i><i></i></span>`
              : nothing
        }
        <b><bdi>${name}</bdi></b>
        ${
          participant.camera === 'off' && this.source === 'camera' && !status
            ? html`<span class="visually-hidden">${this.localize.term('cameraIsOff')}</span>`
            : nothing
        }
        ${status ? html`<span class="plate-status">${status}</span>` : qualityIcon(participant, this.localize)}
      </div>`;
  }

  #renderSoundButton(): TemplateResult {
    const resume = (): void => void this.#participant.controller?.resumePlayback();
    return html`<button type="button" class="button sound" part="sound-button" @click=${resume}>
      <slot name="icon-sound">${icon('volume')}</slot>${this.localize.term('tapForSound')}
    </button>`;
  }

  #streamOf(participant: Participant | null): MediaStream | null {
    return (this.source === 'screen' ? participant?.screenStream : participant?.stream) ?? null;
  }

  #find({ participants }: CallState): Participant | null {
    const found = this.participantId
      ? participants.find(({ id }) => id === this.participantId)
      : participants[0];
    return found ?? null;
  }
}

/** One of six quiet tints, the same for the same person everywhere. */
function tintOf(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 6007;
  return sum % 6;
}

declare global {
  interface HTMLElementTagNameMap {
    'rtc-remote-video': RtcRemoteVideo;
  }
}
