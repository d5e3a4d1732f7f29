import { css } from 'lit';

/** One frame: the pictures, the bar, the notices. Sizes follow the frame, not the window. */
export const callStyles = css`
  :host {
    position: relative;
    display: block;
  }
  :host(:not(:state(own-layout))) {
    color-scheme: dark;
    isolation: isolate;
    overflow: hidden;
    min-inline-size: 160px;
    min-block-size: 90px;
    border-radius: var(--_radius-frame);
    background: var(--_stage);
  }
  /* The height where the page gives none; a host with aspect-ratio would not stretch in a grid. */
  .sizer {
    max-block-size: 90vb;
    aspect-ratio: 16 / 10;
  }
  .room {
    position: absolute;
    inset: 0;
    container: call / size;
    --_panel: clamp(240px, 35cqi, 340px);
  }
  .view {
    position: absolute;
    inset: 0;
    container: rtc / size;
  }
  .beside {
    inset-inline-end: calc(var(--_panel) + max(var(--_gap), var(--_safe-end)));
  }
  .beside .frame {
    --_safe-end: 0px;
  }
  .panel {
    position: absolute;
    inset-block: max(var(--_gap), var(--_safe-top)) max(var(--_gap), var(--_safe-bottom));
    inset-inline-end: max(var(--_gap), var(--_safe-end));
    inline-size: var(--_panel);
  }
  @container call (width >= 2400px) {
    .beside {
      inset-inline-end: calc(1.6 * (var(--_panel) + var(--_gap)));
    }
    .panel {
      zoom: 1.6;
    }
  }
  @container call (width < 480px) {
    .beside {
      visibility: hidden;
    }
    .panel {
      inset: 0;
      padding-block: var(--_safe-top) var(--_safe-bottom);
      padding-inline: var(--_safe-start) var(--_safe-end);
      inline-size: auto;
      border-radius: 0;
    }
  }
  @container call (width < 720px) and (orientation: portrait) {
    .beside {
      visibility: visible;
      inset-inline-end: 0;
      inset-block-end: 62cqb;
    }
    .beside .frame {
      --_safe-bottom: 0px;
    }
    .panel {
      inset: auto 0 0;
      inline-size: auto;
      block-size: 62cqb;
      padding-block-start: 0;
      padding-block-end: var(--_safe-bottom);
      border-radius: 20px 20px 0 0;
    }
  }
  :host(:fullscreen) {
    border-radius: 0;
  }
  .frame {
    position: absolute;
    inset: 0;
    padding-block: max(var(--_gap), var(--_safe-top)) max(var(--_gap), var(--_safe-bottom));
    padding-inline: max(var(--_gap), var(--_safe-start)) max(var(--_gap), var(--_safe-end));
  }
  .join {
    position: absolute;
    inset: 0;
  }
  .stage {
    position: relative;
    display: grid;
    block-size: 100%;
    min-block-size: 0;
  }
  :is(.grid, .speaker, .voices) .stage {
    grid-template-rows: minmax(0, 1fr) 56px;
    gap: var(--_gap);
  }
  .alone .tiles {
    background: var(--_tile);
  }
  .seat {
    position: absolute;
    inset: 0;
    display: flex;
    flex-direction: column;
    justify-content: flex-end;
  }
  .words {
    position: relative;
    padding: 0 40px calc(104px + var(--_edge-bottom));
  }
  .words h2 {
    margin: 0;
    font-size: var(--_size-2xl);
    line-height: 36px;
    font-weight: 600;
    letter-spacing: -0.022em;
    text-wrap: balance;
  }
  .words h2 + .button {
    margin-block-start: 12px;
  }
  .words p {
    margin: 4px 0 20px;
    color: var(--_text-muted);
    font-size: 15px;
    line-height: 22px;
    text-wrap: pretty;
  }
  .hush {
    position: absolute;
    inset-inline: 0;
    inset-block-start: calc(45% - 30px);
    inline-size: 100%;
    block-size: 60px;
  }
  .hush path {
    fill: none;
    stroke-width: 3;
    stroke-linecap: round;
  }
  .hush stop {
    stop-color: var(--_line-strong);
  }
  .hush .on {
    stop-color: var(--_accent-ink);
  }
  .controls {
    position: absolute;
    z-index: 3;
    inset-block-end: calc(12px + var(--_edge-bottom));
    inset-inline: 0;
    margin-inline: auto;
    inline-size: fit-content;
  }
  :is(.grid, .speaker, .voices) .controls {
    inset-block-end: 0;
  }
  .status {
    position: absolute;
    z-index: 2;
    display: flex;
    flex-direction: column;
    align-items: center;
    inset-block-end: calc(84px + var(--_edge-bottom));
    inset-inline: 0;
    margin-inline: auto;
    inline-size: fit-content;
    max-inline-size: calc(100% - 32px);
    max-block-size: calc(100% - 96px - var(--_edge-bottom));
    pointer-events: none;
  }
  @container rtc (width >= 900px) {
    .alone .own {
      inline-size: 280px;
    }
  }
  @container rtc (width < 700px) {
    .solo {
      --_clear: calc(68px + var(--_edge-bottom));
    }
  }
  @container rtc (width < 480px) {
    :is(.solo, .alone) {
      --_edge-top: var(--_safe-top);
      --_edge-bottom: var(--_safe-bottom);
      padding-block: 0;
      padding-inline: var(--_safe-start) var(--_safe-end);
    }
    :is(.solo, .alone) .tiles {
      border-radius: 0;
    }
    .solo .tile {
      border-radius: 0;
    }
    .words {
      padding-inline: 20px;
    }
  }
  @container rtc (width < 480px) and (orientation: portrait) {
    .frame .controls {
      inset-block-end: calc(12px + var(--_edge-bottom));
      inset-inline: 12px;
      inline-size: auto;
    }
    .status {
      inset-block-end: calc(88px + var(--_edge-bottom));
      max-inline-size: calc(100% - 16px);
    }
    .solo {
      --_clear: calc(84px + var(--_edge-bottom));
    }
    .solo .tile {
      --_bar: var(--_clear);
    }
    :is(.grid, .speaker, .voices) .stage {
      grid-template-rows: minmax(0, 1fr);
      padding: 0 0 80px;
    }
    .voices .stage {
      padding-block-start: 40px;
    }
  }
  /* where the notice would lie on the name */
  @container rtc (width < 700px) and (height >= 480px) {
    .solo .status {
      inset-block-end: calc(112px + var(--_edge-bottom));
      max-block-size: calc(100% - 120px - var(--_edge-bottom));
    }
  }
  @container rtc (width < 480px) and (height >= 480px) and (orientation: portrait) {
    .solo .status {
      inset-block-end: calc(128px + var(--_edge-bottom));
      max-block-size: calc(100% - 136px - var(--_edge-bottom));
    }
  }
  @container rtc (height < 400px) {
    .hush,
    .words p {
      display: none;
    }
    .words {
      padding-block-end: calc(84px + var(--_edge-bottom));
    }
    .words h2 {
      font-size: var(--_size-l);
      line-height: 22px;
    }
  }
  @container rtc (width < 240px) or (height < 200px) {
    .words {
      display: none;
    }
    .frame .status {
      inset-block-end: 44px;
      max-block-size: calc(100% - 52px);
    }
    .solo {
      --_clear: 0px;
    }
    .solo .tile {
      --_bar: 36px;
    }
  }
  /* on paper nothing can be pressed */
  @media print {
    :host(:not(:state(own-layout))) {
      color-scheme: light;
      break-inside: avoid;
    }
    :is(.controls, .status) {
      display: none;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .hush {
      animation: hush 5s ease-in-out infinite;
    }
  }
  @keyframes hush {
    50% {
      opacity: 0.45;
    }
  }
`;
