import { html, nothing, type TemplateResult } from 'lit';
import type { Participant, QualityReason } from '../core/call-state.js';
import type { Localize } from './localize.js';

const reasons = {
  loss: 'qualityLoss',
  delay: 'qualityDelay',
  bandwidth: 'qualityBandwidth',
  freeze: 'qualityFreeze',
} as const satisfies Record<QualityReason, string>;

/**
 * A button with four bars of which one or two are lit: it says why, to everybody by a press. Nothing while the connection
 * is good or not yet known.
 */
export function qualityIcon(
  { quality, qualityReason }: Participant,
  localize: Localize,
): TemplateResult | typeof nothing {
  if (!qualityReason) return nothing;
  const isFair = quality === 'fair';
  const words = `${localize.term(isFair ? 'qualityFair' : 'qualityPoor')}. ${localize.term(reasons[qualityReason])}`;
  return html`<button
      type="button"
      class="quality"
      part="quality"
      popovertarget="quality"
      title=${words}
      @blur=${close}
    >
      <svg class="icon" viewBox="0 0 16 14" aria-hidden="true" focusable="false">
        <path d="M2 13v-3" />
        <path class=${isFair ? '' : 'unlit'} d="M6 13v-6" />
        <path class="unlit" d="M10 13v-9M14 13V1" />
      </svg>
    </button>
    <div id="quality" part="quality-reason" popover="auto">${words}</div>`;
}

/** A click elsewhere and Escape close it by themselves. */
const close = ({ currentTarget }: Event): void => {
  ((currentTarget as HTMLElement).nextElementSibling as HTMLElement).hidePopover();
};
