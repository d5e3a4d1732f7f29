import { html, nothing, type TemplateResult } from 'lit';
import type { Participant, QualityReason } from '../core/call-state.js';
import type { Localize } from './localize.js';

const reasons = {
  loss: 'qualityLoss',
  delay: 'qualityDelay',
  bandwidth: 'qualityBandwidth',
  freeze: 'qualityFreeze',
} as const satisfies Record<QualityReason, string>;

/** Four bars of which one or two are lit, with words; nothing while the connection is good or not yet known. */
export function qualityIcon(
  { quality, qualityReason }: Participant,
  localize: Localize,
): TemplateResult | typeof nothing {
  if (!qualityReason) return nothing;
  const isFair = quality === 'fair';
  const words = `${localize.term(isFair ? 'qualityFair' : 'qualityPoor')}. ${localize.term(reasons[qualityReason])}`;
  return html`<svg class="icon quality" part="quality" viewBox="0 0 16 14" role="img" aria-label=${words}>
    <title>${words}</title>
    <path d="M2 13v-3" />
    <path class=${isFair ? '' : 'unlit'} d="M6 13v-6" />
    <path class="unlit" d="M10 13v-9M14 13V1" />
  </svg>`;
}
