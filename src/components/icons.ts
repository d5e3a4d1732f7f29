import { html, svg, type TemplateResult } from 'lit';
import { paths } from './icon-paths.js';

const drawings = {
  ...paths,
  /** The first shape rises with the level. */
  microphone: svg`<rect class="fill" x="9" y="2" width="6" height="13" rx="3"/>${paths.microphone}`,
  leave: svg`<g transform="rotate(135 12 12)">${paths.leave}</g>`,
};

export type IconName = keyof typeof paths;

/** A decorative icon; the button around it has the name. */
export const icon = (name: IconName, className = ''): TemplateResult =>
  html`<svg class="icon ${className}" part="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    ${drawings[name]}
  </svg>`;
