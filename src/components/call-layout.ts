import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { isStarted, type CallState, type Participant } from '../core/call-state.js';
import { hush } from './hush.js';
import type { Localize } from './localize.js';

/** What one tile of the built-in layout shows. */
export interface TileContent {
  readonly id: string;
  readonly source: 'camera' | 'screen';
}

/** A tile for each participant, and one before it for each shared screen. The own view is not among them. */
export function listTiles(participants: readonly Participant[]): TileContent[] {
  return participants.flatMap(({ id, screenStream }) => [
    ...(screenStream ? [{ id, source: 'screen' as const }] : []),
    { id, source: 'camera' as const },
  ]);
}

/** The built-in layout: the join screen outside a call; in it pictures, own view, notices and controls. */
export function callLayout(
  state: CallState,
  { layout, noRing, localize }: { layout: 'auto' | 'grid'; noRing: boolean; localize: Localize },
): TemplateResult {
  if (!isStarted(state))
    return html`<rtc-join
      class="join"
      part="join"
      ?no-ring=${noRing}
      exportparts="panel, title, lede, advice, notice, name-input, join-button, decline-button, preview-button, retry-button, tab-link, microphone-button, camera-button, flip-button, level, video, icon, devices, device, device-label, device-select, device-trouble, test-button, hint"
    ></rtc-join>`;
  const tiles = listTiles(state.participants);
  const isGrid = tiles.length > 1 || (tiles.length === 1 && layout === 'grid');
  return html`<div class="frame ${isGrid ? 'grid' : tiles.length === 1 ? 'solo' : 'alone'}" part="frame">
    <div class="stage" part="stage">
      <div class="tiles">
        ${tiles.length === 0 ? emptySeat(localize) : nothing}
        ${repeat(tiles, ({ id, source }) => `${source} ${id}`, tile)}
        <rtc-local-video
          class="own"
          part="own"
          exportparts="video, placeholder, plate, icon"
        ></rtc-local-video>
      </div>
      <rtc-status
        class="status"
        part="status"
        exportparts="findings, finding, check-button, copy-button"
        notices-only
      ></rtc-status>
      <rtc-controls
        class="controls"
        part="controls"
        exportparts="bar, button, microphone-button, camera-button, flip-button, devices-button, devices-panel, close-button, leave-button, icon, devices, device, device-label, device-select, device-trouble, level, test-button, hint"
      >
        <slot name="controls-start" slot="start"></slot>
        <slot name="controls-end" slot="end"></slot>
      </rtc-controls>
    </div>
  </div>`;
}

const tile = ({ id, source }: TileContent): TemplateResult =>
  html`<rtc-remote-video
    class="tile"
    part="tile"
    participant-id=${id}
    source=${source}
    exportparts="video, placeholder, plate, quality, sound-button, icon"
  ></rtc-remote-video>`;

/** A line of silence across the place where the other picture appears. */
const emptySeat = (localize: Localize): TemplateResult =>
  html`<div class="seat" part="seat">
    ${hush}
    <div class="words">
      <slot name="waiting">
        <h2>${localize.term('waitingTitle')}</h2>
        <p>${localize.term('waitingText')}</p>
      </slot>
      <slot name="invite"></slot>
    </div>
  </div>`;
