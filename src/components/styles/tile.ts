import { css } from 'lit';

/** One person's tile: the picture, what stands in for it, the plate over it. */
export const tileStyles = css`
  :host {
    position: relative;
    display: block;
    overflow: hidden;
    min-inline-size: 0;
    min-block-size: 0;
    aspect-ratio: 16 / 9;
    border-radius: var(--_radius-tile);
    background: var(--_tile);
  }
  .tile {
    position: absolute;
    inset: 0;
    overflow: hidden;
    border-radius: inherit;
    container-type: inline-size;
  }
  video,
  canvas {
    position: absolute;
    inset: 0;
    display: block;
    inline-size: 100%;
    block-size: 100%;
    object-fit: var(--rtc-object-fit, cover);
    transition: filter var(--_duration) var(--_ease);
  }
  .screen :is(video, canvas) {
    object-fit: contain;
  }
  .mirrored {
    scale: -1 1;
  }
  .placeholder {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    background: var(--_tint);
    color: var(--_tint-ink);
    font-size: clamp(28px, 20cqi, 72px);
    font-weight: 500;
    line-height: 1;
    letter-spacing: -0.01em;
  }
  .tint-0 {
    --_tint: light-dark(#d3dfdf, #1f2b2c);
    --_tint-ink: light-dark(#35504f, #b3cccb);
  }
  .tint-1 {
    --_tint: light-dark(#cfd6e6, #262c3a);
    --_tint-ink: light-dark(#39425e, #b9c3de);
  }
  .tint-2 {
    --_tint: light-dark(#e4d8cc, #332b24);
    --_tint-ink: light-dark(#5d4630, #dcc4ac);
  }
  .tint-3 {
    --_tint: light-dark(#e2d3de, #33283a);
    --_tint-ink: light-dark(#5b3c58, #d8bcd8);
  }
  .tint-4 {
    --_tint: light-dark(#d5dfcd, #273024);
    --_tint-ink: light-dark(#405233, #c0d3b2);
  }
  .tint-5 {
    --_tint: light-dark(#e6d2d0, #382625);
    --_tint-ink: light-dark(#673936, #e3beba);
  }
  .plate {
    position: absolute;
    z-index: 1;
    inset-block-end: calc(8px + var(--_lift, 0px));
    inset-inline-start: 8px;
    display: flex;
    align-items: center;
    gap: 6px;
    max-inline-size: calc(100% - 16px);
    block-size: 28px;
    padding-inline: 9px;
    border-radius: var(--_radius-small);
    background: var(--_scrim);
    color: var(--_on-picture);
    font-size: var(--_size-s);
    font-weight: 500;
    line-height: 28px;
    white-space: nowrap;
  }
  .plate b {
    overflow: hidden;
    font-weight: 500;
    text-overflow: ellipsis;
  }
  .plate .icon {
    inline-size: 16px;
    block-size: 16px;
  }
  [name='captions']::slotted(:not(:empty)) {
    position: absolute;
    z-index: 1;
    inset-block-end: max(44px + var(--_lift, 0px), 12px + var(--_bar, 0px));
    inset-inline: 8px;
    inline-size: fit-content;
    max-block-size: calc(100% - max(52px + var(--_lift, 0px), 20px + var(--_bar, 0px)));
    margin-inline: auto;
    padding: 4px 10px;
    overflow: hidden;
    border-radius: var(--_radius-small);
    background: var(--_scrim);
    color: var(--_on-picture);
    font-size: var(--_size-l);
    line-height: 24px;
    text-align: center;
    text-wrap: balance;
  }
  .plate-status,
  .quality {
    color: #f6bc5d;
  }
  .quality {
    position: relative;
    display: grid;
    flex: none;
    place-items: center;
    inline-size: 24px;
    block-size: 24px;
    margin-inline: -4px;
    border-radius: 6px;
    anchor-name: --rtc-quality;
  }
  .quality .icon {
    block-size: 14px;
    stroke-width: 2.5px;
  }
  .quality::before {
    content: '';
    position: absolute;
    inset: -10px;
  }
  #quality {
    inset: auto;
    max-inline-size: min(280px, 100vi - 16px);
    margin: 8px;
    padding: 8px 12px;
    border: 1px solid transparent;
    border-radius: var(--_radius-control);
    background: var(--_surface);
    color: var(--_text);
    box-shadow: var(--_elevation-2);
    font-size: var(--_size-m);
    font-weight: 400;
    line-height: 20px;
    white-space: normal;
    position-anchor: --rtc-quality;
    position-area: block-start;
    position-try-fallbacks: flip-block;
  }
  @supports not (position-area: block-start) {
    #quality {
      inset: 0;
      margin: auto;
    }
  }
  .quality .unlit {
    opacity: 0.32;
  }
  .ticks {
    display: inline-flex;
    align-items: center;
    gap: 2px;
    block-size: 14px;
    color: #5adcd2;
  }
  .ticks i {
    inline-size: 3px;
    block-size: 6px;
    border-radius: 2px;
    background: currentColor;
  }
  .ticks i:nth-child(2) {
    block-size: 13px;
  }
  .ticks i:nth-child(3) {
    block-size: 9px;
  }
  .tile::after {
    content: '';
    position: absolute;
    z-index: 2;
    inset: 0;
    border-radius: inherit;
    box-shadow:
      inset 0 0 0 2px var(--_accent-ink),
      inset 0 0 0 4px light-dark(rgb(255 255 255 / 0.8), rgb(4 10 10 / 0.5));
    opacity: 0;
    pointer-events: none;
    transition: opacity var(--_duration-fast) var(--_ease);
  }
  .ring::after {
    opacity: 1;
    transition-delay: 150ms;
  }
  @media (prefers-reduced-motion: no-preference) {
    .ticks i {
      animation: tick 900ms ease-in-out infinite alternate;
    }
    .ticks i:nth-child(2) {
      animation-duration: 640ms;
    }
    .ticks i:nth-child(3) {
      animation-duration: 760ms;
    }
  }
  @keyframes tick {
    to {
      scale: 1 0.45;
    }
  }
  .reconnecting .placeholder {
    filter: grayscale(0.85) brightness(0.5) contrast(0.92);
  }
  @container (inline-size < 240px) {
    .plate {
      inset-block-end: calc(6px + var(--_lift, 0px));
      inset-inline-start: 6px;
      block-size: 24px;
      padding-inline: 7px;
      border-radius: 6px;
      font-size: var(--_size-xs);
      line-height: 24px;
    }
  }
  @media (forced-colors: active) {
    .tile {
      border: 1px solid CanvasText;
    }
    .tile::after {
      border: 3px solid Highlight;
      box-shadow: none;
    }
    .ticks i {
      forced-color-adjust: none;
      background: Highlight;
    }
    .plate {
      border: 1px solid CanvasText;
    }
    .plate-status,
    .quality {
      color: inherit;
    }
  }
`;
