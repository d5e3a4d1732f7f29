import { svg, type SVGTemplateResult } from 'lit';

/** Heights of the strokes: still at the ends, alive in the middle; computed once, the same for everybody. */
function strokes(): string {
  let path = '';
  for (let index = 0; index < 169; index++) {
    const x = 44 + 9 * index;
    const nearness = Math.exp(-(((x - 800) / 190) ** 2));
    const swing = 0.55 + 0.45 * Math.sin(index * 2.4) * Math.cos(index * 0.7);
    const half = 0.5 + 11 * nearness * swing;
    path += `M${x} ${(30 - half).toFixed(1)}v${(2 * half).toFixed(1)}`;
  }
  return path;
}

/** The line of silence that is shown while nobody else is there. */
export const hush: SVGTemplateResult = svg`<svg class="hush" viewBox="0 0 1600 60" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">
  <linearGradient id="ink" gradientUnits="userSpaceOnUse" x1="0" x2="1600" y1="0" y2="0">
    <stop offset=".36"/><stop class="on" offset=".46"/><stop class="on" offset=".54"/><stop offset=".64"/>
  </linearGradient>
  <path d=${strokes()} stroke="url(#ink)"/>
</svg>`;
