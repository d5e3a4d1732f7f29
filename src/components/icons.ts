import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';

/** Strokes on a grid of 24, 1.5 px at every size; drawn in the current colour. */
const paths = {
  microphone: svg`<rect class="fill" x="9" y="2.5" width="6" height="11.5" rx="3"/><rect x="9" y="2.5" width="6" height="11.5" rx="3"/><path d="M5.5 11a6.5 6.5 0 0 0 13 0M12 17.5v4"/>`,
  microphoneOff: svg`<path d="M3.5 3.5l17 17M15 10.2V5.5a3 3 0 0 0-5.7-1.3M9 9v2a3 3 0 0 0 4.6 2.5M18.5 11c0 .9-.2 1.7-.5 2.4M5.5 11a6.5 6.5 0 0 0 10.2 5.3M12 17.5v4"/>`,
  camera: svg`<rect x="2.5" y="5.5" width="13" height="13" rx="3"/><path d="m15.5 10.5 5-3.2a.65.65 0 0 1 1 .55v8.3a.65.65 0 0 1-1 .55l-5-3.2"/>`,
  cameraOff: svg`<path d="M3.5 3.5l17 17M10.2 5.5h2.3a3 3 0 0 1 3 3v2l5-3.2a.65.65 0 0 1 1 .55v8.3M15.4 15.6a3 3 0 0 1-2.9 2.9h-7a3 3 0 0 1-3-3v-7a3 3 0 0 1 2.6-2.97"/>`,
  leave: svg`<g transform="rotate(135 12 12)"><path d="M6.6 3.5h2.5a1.6 1.6 0 0 1 1.55 1.2l.7 2.7a1.6 1.6 0 0 1-.43 1.55L9.6 10.3a12.5 12.5 0 0 0 4.1 4.1l1.35-1.32a1.6 1.6 0 0 1 1.55-.43l2.7.7a1.6 1.6 0 0 1 1.2 1.55v2.5a2.2 2.2 0 0 1-2.3 2.2A16.3 16.3 0 0 1 4.4 5.8a2.2 2.2 0 0 1 2.2-2.3Z"/></g>`,
  settings: svg`<path d="M4 7.5h7M17 7.5h3M4 16.5h3M13 16.5h7"/><circle cx="14" cy="7.5" r="2.5"/><circle cx="10" cy="16.5" r="2.5"/>`,
  close: svg`<path d="m6.5 6.5 11 11M17.5 6.5l-11 11"/>`,
  chevron: svg`<path d="m7 10 5 5 5-5"/>`,
  flip: svg`<path d="M3.8 9.8a8.5 8.5 0 0 1 14.4-3.6l2.3 2.3M20.5 3.7v4.8h-4.8M20.2 14.2a8.5 8.5 0 0 1-14.4 3.6l-2.3-2.3M3.5 20.3v-4.8h4.8"/>`,
  refresh: svg`<path d="M20 12a8 8 0 1 1-2.3-5.6L20.5 9M20.5 4v5h-5"/>`,
  volume: svg`<path d="M11.5 4.8 7 8.5H4a1.5 1.5 0 0 0-1.5 1.5v4A1.5 1.5 0 0 0 4 15.5h3l4.5 3.7ZM15.5 9a4.2 4.2 0 0 1 0 6M18.3 6.2a8.2 8.2 0 0 1 0 11.6"/>`,
  check: svg`<path d="m4.5 12.5 5 5 10-11"/>`,
  pin: svg`<path d="M12 15.5v6M8.5 3h7M9.5 3v6.5L6 13.2v2.3h12v-2.3L14.5 9.5V3"/>`,
  alert: svg`<path d="M10.2 4.5 2.8 17.3a2.1 2.1 0 0 0 1.8 3.2h14.8a2.1 2.1 0 0 0 1.8-3.2L13.8 4.5a2.1 2.1 0 0 0-3.6 0ZM12 9.5v4.2M12 17v.1"/>`,
  chat: svg`<path d="M20.5 13.5a3 3 0 0 1-3 3h-7.6l-4.5 3.6a.8.8 0 0 1-1.3-.6v-3.4a3 3 0 0 1-.6-1.8v-7.3a3 3 0 0 1 3-3h11a3 3 0 0 1 3 3ZM8.5 9h7M8.5 12.3h4.5"/>`,
  share: svg`<rect x="2.5" y="3.5" width="19" height="13.5" rx="3"/><path d="M8.5 20.8h7M12 13.4V7.2M9.2 9.8 12 7l2.8 2.8"/>`,
  more: svg`<path stroke-width="3" d="M5 12h.1M12 12h.1M19 12h.1"/>`,
  expand: svg`<path d="M14.5 3.5h6v6M20.5 3.5l-7 7M9.5 20.5h-6v-6M3.5 20.5l7-7"/>`,
  popOut: svg`<rect x="2.5" y="4.5" width="19" height="15" rx="3"/><rect x="12" y="11.5" width="6.5" height="5" rx="1.2"/>`,
  send: svg`<path d="M12 19.5v-15M5.5 11 12 4.5l6.5 6.5"/>`,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof paths;

/** A decorative icon; the button around it has the name. */
export const icon = (name: IconName, className = ''): TemplateResult =>
  html`<svg class="icon ${className}" part="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    ${paths[name]}
  </svg>`;
