import { css } from 'lit';

/** The tiles, the own view and what lies over them. Where each tile is, the arranger says. */
export const stageStyles = css`
  :host {
    --_safe-top: env(safe-area-inset-top, 0px);
    --_safe-end: env(safe-area-inset-right, 0px);
    --_safe-start: env(safe-area-inset-left, 0px);
    --_safe-bottom: env(safe-area-inset-bottom, 0px);
    /* of a frame whose picture goes to the edges: what lies over it keeps clear of them */
    --_edge-top: 0px;
    --_edge-bottom: 0px;
    /* under the name of the other */
    --_clear: 0px;
  }
  :host(:dir(rtl)) {
    --_safe-end: env(safe-area-inset-left, 0px);
    --_safe-start: env(safe-area-inset-right, 0px);
  }
  .tiles {
    position: relative;
    gap: var(--_gap);
    min-block-size: 0;
    overflow: hidden;
    border-radius: var(--_radius-tile);
    touch-action: manipulation;
  }
  .tile,
  .own,
  .shade {
    position: absolute;
    inset-block-start: var(--_y, 0);
    inset-inline-start: var(--_x, 0);
    inline-size: var(--_width, 100%);
    block-size: var(--_height, 100%);
    aspect-ratio: auto;
  }
  .tile[source='screen'] {
    background: none;
  }
  .shade {
    border-radius: var(--_radius-tile);
    background: var(--_tile);
    animation: fade var(--_duration) var(--_ease) forwards;
  }
  @keyframes fade {
    to {
      opacity: 0;
      scale: var(--_shrunk, 1);
    }
  }
  .tile:hover,
  .tile:focus-within {
    --_pin: 1;
  }

  /* One to one, and alone: the other fills the frame, the own view floats. */
  .solo .tile {
    --_bar: calc(68px + var(--_edge-bottom));
    --_lift: var(--_clear);
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
  }
  .solo .whole {
    --rtc-object-fit: contain;
  }
  :is(.solo, .alone) .own {
    z-index: 2;
    inset-block: calc(12px + var(--_edge-top)) auto;
    inset-inline: auto 12px;
    inline-size: clamp(112px, 24cqi, 232px);
    block-size: auto;
    aspect-ratio: 16 / 9;
    border-radius: 10px;
    box-shadow:
      0 0 0 1px rgb(255 255 255 / 0.24),
      var(--_elevation-1);
    translate: var(--_drag, none);
    cursor: grab;
    touch-action: none;
  }
  :is(.solo, .alone) .own[data-inline='start'] {
    inset-inline: 12px auto;
  }
  :is(.solo, .alone) .own[data-block='end'] {
    inset-block: auto max(80px + var(--_edge-bottom), 44px + var(--_clear));
  }
  :host(:state(resting)) .solo .own[data-block='end'] {
    inset-block-end: calc(44px + var(--_clear));
  }
  /* A notice is as high as its words: the own view gives way to it. */
  :is(.solo, .alone):has(.status:state(shown)) .own[data-block='end'] {
    inset-block: calc(12px + var(--_edge-top)) auto;
  }
  .own:active {
    cursor: grabbing;
  }

  /* The initial gives way to a notice that takes the lower half. */
  .solo:has(.status:state(failing)) .tile::part(placeholder) {
    padding-block-end: 40cqb;
  }

  /* Nobody has a picture. */
  .voices .hush {
    inset-block-start: calc(50% - 54px);
  }

  :is(.grid, .speaker, .voices) .controls::part(bar) {
    box-shadow: none;
  }
  .time {
    position: absolute;
    z-index: 1;
    inset-block-end: 0;
    inset-inline-start: 12px;
    color: var(--_text-muted);
    font-weight: 500;
    line-height: 56px;
  }
  .solo .time {
    inset-block: calc(12px + var(--_edge-top)) auto;
    padding-inline: 9px;
    border-radius: var(--_radius-small);
    background: var(--_scrim);
    color: var(--_on-picture);
    font-size: var(--_size-s);
    line-height: 28px;
  }
  .solo:has(.own[data-inline='start']:not([data-block='end'])) .time,
  .solo:has(.status:state(shown)):has(.own[data-inline='start']) .time {
    inset-inline: auto 12px;
  }

  .pin {
    position: absolute;
    z-index: 3;
    inset-block-start: 8px;
    inset-inline-end: 8px;
    display: grid;
    place-items: center;
    inline-size: 32px;
    block-size: 32px;
    border-radius: var(--_radius-small);
    background: var(--_scrim);
    color: var(--_on-picture);
    opacity: var(--_pin, 0);
  }
  .pin .icon {
    inline-size: 18px;
    block-size: 18px;
  }
  .pin[aria-pressed='true'] {
    background: var(--_on-picture);
    color: #0f1717;
    opacity: 1;
  }
  @media (hover: none) {
    .tile {
      --_pin: 1;
    }
  }
  @media (pointer: coarse) {
    .pin::before {
      content: '';
      position: absolute;
      inset: -6px;
    }
  }

  /* The controls leave the picture to itself; what is docked hides nothing, and stays but on the full screen. */
  :host(:state(resting):not(:state(own-layout))) {
    cursor: none;
  }
  :host(:state(resting)) :is(.solo .time, .pin[aria-pressed='false']),
  :host(:state(resting)) .solo .controls,
  :host(:state(resting):fullscreen) :is(.controls, .time) {
    opacity: 0;
    pointer-events: none;
  }

  @container rtc (width >= 1600px) {
    .frame {
      --rtc-font-size-xs: 14px;
      --rtc-font-size-s: 15px;
      --rtc-font-size-m: 16px;
      --rtc-font-size-l: 18px;
    }
    :is(.solo, .alone) .own {
      inline-size: 320px;
    }
  }
  @container rtc (width >= 2400px) {
    .frame {
      --rtc-target: 64px;
      --rtc-font-size-xs: 18px;
      --rtc-font-size-s: 20px;
      --rtc-font-size-m: 22px;
      --rtc-font-size-l: 24px;
    }
    :is(.grid, .speaker, .voices) .stage {
      grid-template-rows: minmax(0, 1fr) 76px;
    }
  }
  @container rtc (width < 700px) {
    :is(.grid, .speaker) .time {
      display: none;
    }
  }
  @container rtc (width < 700px) and (orientation: landscape) {
    .voices .time {
      display: none;
    }
  }
  @container rtc (orientation: portrait) {
    :is(.solo, .alone) .own {
      inline-size: clamp(108px, 18cqi, 174px);
      aspect-ratio: 3 / 4;
    }
  }
  @container rtc (width < 480px) and (orientation: portrait) {
    :is(.solo, .alone) .own[data-block='end'] {
      inset-block-end: max(96px + var(--_edge-bottom), 44px + var(--_clear));
    }
    .voices .time {
      inset-block: 0 auto;
      inset-inline: 0;
      line-height: 40px;
      text-align: center;
    }
  }
  @container rtc (height < 300px) {
    :is(.solo, .alone):has(.status:state(shown)) .own {
      visibility: hidden;
    }
  }
  @container rtc (width < 360px) or (height < 300px) {
    .tile:not(:hover, :focus-within) {
      --_pin: 0;
    }
    .speaker :is(.tile, .own):not(.main)::part(plate) {
      display: none;
    }
  }
  /* A badge: the pictures, and the controls only when they are wanted. */
  @container rtc (width < 240px) or (height < 200px) {
    /* a page puts it where it is to be seen */
    .frame {
      --_safe-top: 0px;
      --_safe-end: 0px;
      --_safe-start: 0px;
      --_safe-bottom: 0px;
    }
    .frame :is(.stage, .tiles) {
      padding: 0;
      gap: 2px;
    }
    :is(.grid, .speaker, .voices) .stage {
      grid-template-rows: minmax(0, 1fr);
    }
    .time,
    .pin,
    .solo .own,
    .speaker :is(.tile, .own):not(.main),
    .frame:not(.solo) :is(.tile, .own)::part(plate) {
      display: none;
    }
    :is(.alone .own, .speaker .main) {
      inset: 0 !important; /* in whatever corner it was */
      inline-size: 100%;
      block-size: 100%;
      border-radius: 0;
    }
    .frame .controls {
      --rtc-target: 32px;
      inset-block-end: 4px;
      opacity: 0;
      pointer-events: none;
    }
    :is(.frame:hover, .frame:focus-within) .controls {
      opacity: 1;
      pointer-events: auto;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .shade {
      --_shrunk: 0.9;
    }
    .moving > :is(.tile, .own) {
      transition-property: inset, inline-size, block-size;
      transition-duration: var(--_duration);
      transition-timing-function: var(--_ease);
    }
    .controls,
    .solo .time {
      transition:
        opacity var(--_duration) var(--_ease),
        translate var(--_duration) var(--_ease);
    }
    :host(:state(resting)) .solo .controls {
      translate: 0 8px;
    }
    .own {
      transition: inset var(--_duration) var(--_ease);
    }
  }
  .tile,
  .pin,
  .panel {
    transition: opacity var(--_duration) var(--_ease);
  }
  @starting-style {
    .tile,
    .panel {
      opacity: 0;
    }
  }
  @media (forced-colors: active) {
    .pin,
    .solo .time {
      border: 1px solid CanvasText;
    }
    .pin[aria-pressed='true'] {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;
