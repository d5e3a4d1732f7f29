import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { isStarted, type CallState } from '../core/call-state.js';
import { keyOf, type Arrangement, type TileContent } from './arrangement.js';
import { hush } from './hush.js';
import { icon } from './icons.js';
import type { Localize } from './localize.js';
import { dragOwnView, moveOwnView, pressOwnView } from './own-view.js';

/** What the built-in layout shows beside the state of the call. */
export interface LayoutView {
  readonly arrangement: Arrangement;
  /** Key of the pinned tile, or empty. */
  readonly pinned: string;
  /** The call is shown in a window of its own. */
  readonly isPoppedOut: boolean;
  /** Callers do not ring on the join screen. */
  readonly noRing: boolean;
  /** The panel beside the pictures; null where the other page takes no texts. */
  readonly chat: 'open' | 'closed' | null;
  /** What the page has put into the call: the names of slots. */
  readonly slots: ReadonlySet<string>;
  readonly localize: Localize;
  onPin(key: string): void;
  onReturn(): void;
  onCallAgain(): void;
  onChat(): void;
}

/**
 * Hands on what the page has put into the call to slots of an inner element, and nothing else: a slot without content
 * would still take the place of what is built in.
 *
 * @param names of the slots that are meant; the first group is the name in the inner element
 * @param id what the second group must be: the participant
 */
const handOn = ({ slots }: LayoutView, names: RegExp, id?: string): (TemplateResult | typeof nothing)[] =>
  [...slots].map((name) => {
    const [, inner, whose] = names.exec(name) ?? [];
    return inner && whose === id ? html`<slot name=${name} slot=${inner}></slot>` : nothing;
  });

/** The built-in layout: the join screen outside a call; in it pictures, own view, notices and controls. */
export function callLayout(state: CallState, view: LayoutView): TemplateResult {
  if (!isStarted(state))
    return html`<rtc-join
      class="join"
      part="join"
      ?no-ring=${view.noRing}
      exportparts="panel, title, lede, advice, notice, name-input, join-button, decline-button, ring-button, preview-button, retry-button, tab-link, microphone-button, camera-button, flip-button, level, video, icon, devices, device, device-label, device-select, device-trouble, test-button, hint"
      >${handOn(view, /^(?:join-|(?=icon-))(.+)/)}</rtc-join
    >`;
  const { arrangement, isPoppedOut, localize, chat, onChat } = view;
  const { kind, tiles } = arrangement;
  return html`<div class="view ${chat === 'open' ? 'beside' : ''}">
      <div class="frame ${isPoppedOut ? 'alone' : kind}" part="frame">
        <div class="stage" part="stage">
          ${isPoppedOut ? elsewhere(view) : pictures(state, view)}
          ${
            state.connectedAt === null || tiles.length === 0
              ? nothing
              : html`<div
                  class="time"
                  part="time"
                  role="timer"
                  aria-label=${localize.term('callTime')}
                ></div>`
          }
          <rtc-status
            class="status"
            part="status"
            exportparts="toast, findings, finding, check-button, copy-button"
            notices-only
            chat=${chat ?? nothing}
          ></rtc-status>
          <rtc-controls
            class="controls"
            part="controls"
            exportparts="bar, button, microphone-button, camera-button, flip-button, devices-button, devices-panel, share-button, chat-button, more-button, more-panel, more-item, close-button, leave-button, icon, devices, device, device-label, device-select, device-trouble, level, test-button, hint"
            chat=${chat ?? nothing}
            @chat=${onChat}
          >
            ${handOn(view, /^(?:controls-|(?=icon-))(.+)/)}
          </rtc-controls>
        </div>
      </div>
    </div>
    ${
      chat === 'open'
        ? html`<rtc-chat
            class="panel"
            part="chat"
            exportparts="header, close-button, log, message, link, input, send-button, icon"
            closable
            @close=${onChat}
            >${handOn(view, /^chat-(.+)/)}</rtc-chat
          >`
        : nothing
    }`;
}

function pictures({ declined }: CallState, view: LayoutView): TemplateResult {
  const { arrangement, localize, onCallAgain } = view;
  const { kind, tiles } = arrangement;
  const isFloating = kind === 'alone' || kind === 'solo';
  return html`<div class="tiles">
    ${tiles.length === 0 ? emptySeat(declined.at(-1), localize, onCallAgain) : nothing}
    ${kind === 'voices' && tiles.length === 1 ? hush : nothing}
    ${repeat(tiles, keyOf, (content) => tile(content, view))}
    <rtc-local-video
      ?hidden=${kind === 'voices' && tiles.length === 1}
      class="own ${kind === 'voices' ? 'voice' : ''}"
      part="own"
      role=${isFloating ? 'group' : nothing}
      tabindex=${isFloating ? 0 : nothing}
      aria-label=${isFloating ? localize.term('ownView') : nothing}
      aria-describedby=${isFloating ? 'own-view-keys' : nothing}
      exportparts="video, placeholder, plate, icon"
      @pointerdown=${dragOwnView}
      @click=${pressOwnView}
      @keydown=${moveOwnView}
      >${handOn(view, /^(placeholder)$/)}</rtc-local-video
    >
    <span id="own-view-keys" hidden>${localize.term('ownViewKeys')}</span>
  </div>`;
}

function tile(content: TileContent, view: LayoutView): TemplateResult {
  const { arrangement, pinned, localize, onPin } = view;
  const { id, source, name } = content;
  const { kind, main } = arrangement;
  const key = keyOf(content);
  const isPinned = key === pinned;
  const onDoubleClick = ({ currentTarget }: Event): void => {
    if (kind === 'solo') (currentTarget as HTMLElement).classList.toggle('whole');
    else if (kind !== 'voices') onPin(key);
  };
  const person = name || localize.term('guest');
  return html`<rtc-remote-video
    class="tile ${key === main ? 'main' : ''} ${kind === 'voices' ? 'voice' : ''}"
    part="tile"
    participant-id=${id}
    source=${source}
    ?pinned=${isPinned}
    exportparts="video, placeholder, plate, quality, quality-reason, sound-button, icon"
    @dblclick=${onDoubleClick}
  >
    ${
      kind === 'grid' || kind === 'speaker'
        ? html`<button
            slot="actions"
            type="button"
            class="pin"
            part="pin-button"
            aria-pressed=${isPinned}
            aria-label=${localize.term('pin', source === 'screen' ? localize.term('screenOf', person) : person)}
            title=${localize.term(isPinned ? 'unpinTitle' : 'pinTitle')}
            @click=${() => {
              onPin(key);
            }}
          >
            ${icon('pin')}
          </button>`
        : nothing
    }
    ${source === 'camera' ? handOn(view, /^(captions|placeholder)-(.+)/, id) : nothing}
  </rtc-remote-video>`;
}

/** A line of silence across the place where the other picture appears; or who does not want to come. */
const emptySeat = (
  decliner: CallState['declined'][number] | undefined,
  localize: Localize,
  onCallAgain: () => void,
): TemplateResult =>
  html`<div class="seat" part="seat">
    ${hush}
    <div class="words">
      ${
        decliner
          ? html`<h2>${localize.term('declined', decliner.name)}</h2>
              <button type="button" class="button" part="again-button" @click=${onCallAgain}>
                ${localize.term('callAgain')}
              </button>`
          : html`<slot name="waiting">
              <h2>${localize.term('waitingTitle')}</h2>
              <p>${localize.term('waitingText')}</p>
            </slot>`
      }
      <slot name="invite"></slot>
    </div>
  </div>`;

/** In the place of the pictures, while they are in a window of their own. */
const elsewhere = ({ localize, onReturn }: LayoutView): TemplateResult =>
  html`<div class="tiles">
    <div class="seat" part="seat">
      <div class="words">
        <h2>${localize.term('poppedOutTitle')}</h2>
        <p>${localize.term('poppedOutText')}</p>
        <button type="button" class="button" part="return-button" @click=${onReturn}>
          ${localize.term('bringBack')}
        </button>
      </div>
    </div>
  </div>`;
