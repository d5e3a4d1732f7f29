import { css } from 'lit';

/** The join screen: picture beside panel; upright and narrow, the panel is a sheet below. */
export const joinStyles = css`
  :host {
    display: block;
    block-size: 100%;
    container: rtc-join / size;
  }
  .frame {
    position: absolute;
    inset: 0;
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr) clamp(240px, 42cqi, 340px);
    gap: var(--_gap);
    padding: max(var(--_gap), env(safe-area-inset-top, 0px)) max(var(--_gap), env(safe-area-inset-right, 0px))
      max(var(--_gap), env(safe-area-inset-bottom, 0px)) max(var(--_gap), env(safe-area-inset-left, 0px));
  }
  .stage {
    position: relative;
    display: flex;
    flex-direction: column;
    justify-content: flex-end;
    min-inline-size: 0;
    min-block-size: 0;
    overflow: hidden;
    border-radius: var(--_radius-tile);
    background: var(--_tile);
  }
  .panel:focus-visible {
    outline-offset: -2px;
  }
  .stage:focus-visible::after {
    content: '';
    position: absolute;
    z-index: 3;
    inset: 0;
    border: 2px solid var(--_accent-ink);
    border-radius: inherit;
    pointer-events: none;
  }
  rtc-local-video {
    position: absolute;
    inset: 0;
    aspect-ratio: auto;
    border-radius: inherit;
  }
  /* before the first frame; without a camera its initial stands there */
  rtc-local-video:not(:state(live), :state(camera-off)) {
    visibility: hidden;
  }
  rtc-local-video::part(plate) {
    inset-block: 12px auto;
    inset-inline-start: 12px;
  }
  .preview-bar {
    position: relative;
    z-index: 2;
    display: flex;
    flex: none;
    gap: 8px;
    padding: 12px;
  }
  .preview-bar .control,
  .preview-bar .listen {
    background: var(--_scrim);
    color: var(--_on-picture);
  }
  .preview-bar .control:hover {
    background: color-mix(in srgb, var(--_scrim), #000 30%);
  }
  .preview-bar .control.off {
    background: #fff;
    color: #0f1717;
  }
  .preview-bar .flip {
    display: none;
  }
  .preview-bar .listen {
    --_ink: oklch(from var(--_accent) max(l, 0.8) c h);
    --_rest: rgb(255 255 255 / 0.3);
    flex: 1;
    display: flex;
    align-items: center;
    min-inline-size: 0;
    block-size: var(--_target);
    padding-inline: 14px;
    border-radius: var(--_radius-control);
  }
  .blank .preview-bar .control.on,
  .blank .preview-bar .listen {
    --_ink: initial;
    --_rest: initial;
    background: var(--_raised);
    color: var(--_text);
  }
  .blank .preview-bar .control.on:hover {
    background: var(--_hover);
  }
  .blank .preview-bar .control.off {
    background: var(--_text);
    color: var(--_surface);
  }
  .advice {
    flex: 1;
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    justify-content: safe center;
    min-block-size: 0;
    overflow: auto;
    padding: 20px 48px 0;
    scrollbar-width: thin;
  }
  .advice > * {
    flex: none;
  }
  h3 {
    margin: 0;
    font-size: var(--_size-xl);
    line-height: 28px;
    font-weight: 600;
    letter-spacing: -0.018em;
    text-wrap: balance;
  }
  .advice p {
    max-inline-size: 46ch;
    margin: 4px 0 20px;
    color: var(--_text-muted);
    font-size: 15px;
    line-height: 22px;
    text-wrap: pretty;
  }
  .address {
    display: flex;
    align-items: center;
    gap: 10px;
    inline-size: min(420px, 100%);
    block-size: 44px;
    margin-block: 20px 0;
    padding-inline: 6px 16px;
    border-radius: 22px;
    background: var(--_raised);
    color: var(--_text-muted);
  }
  .address bdi {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .site {
    flex: none;
    display: grid;
    place-items: center;
    inline-size: 32px;
    block-size: 32px;
    border-radius: 50%;
    background: color-mix(in oklab, var(--_accent-ink) 16%, var(--_surface));
    box-shadow: 0 0 0 2px var(--_accent-ink);
    color: var(--_accent-ink);
  }
  .site .icon {
    inline-size: 16px;
    block-size: 16px;
  }
  ol {
    counter-reset: step;
    display: grid;
    gap: 10px;
    margin: 20px 0;
    padding: 0;
    list-style: none;
  }
  li {
    counter-increment: step;
    display: grid;
    grid-template-columns: 20px minmax(0, 1fr);
    gap: 10px;
    text-wrap: pretty;
  }
  li::before {
    content: counter(step);
    color: var(--_text-muted);
    font-weight: 500;
  }
  /* whatever has to be scrolled, what helps can be pressed */
  .ways {
    position: sticky;
    inset-block-end: 0;
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  a.button {
    color: inherit;
    text-decoration: none;
  }
  .notice {
    position: relative;
    z-index: 2;
    display: flex;
    align-items: center;
    gap: 12px;
    margin: 0 12px;
    padding: 10px 10px 10px 14px;
    padding-inline: 14px 10px;
    border-radius: 14px;
    background: var(--_surface);
    box-shadow:
      0 0 0 1px var(--_line),
      var(--_elevation-2);
  }
  .notice > div {
    flex: 1;
    min-inline-size: 0;
  }
  .notice > .icon {
    color: var(--_warn);
  }
  .notice strong {
    display: block;
    font-weight: 600;
  }
  .notice p {
    margin: 0;
    color: var(--_text-muted);
    font-size: var(--_size-s);
    line-height: 18px;
    text-wrap: pretty;
  }
  .notice .button {
    flex: none;
    padding-inline: 14px;
    font-size: var(--_size-s);
  }
  .panel {
    position: relative;
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    overflow: auto;
    padding: 24px;
    border-radius: var(--_radius-tile);
    background: var(--_surface);
    scrollbar-width: thin;
  }
  .panel > * {
    flex-shrink: 0;
  }
  .words {
    display: flex;
    gap: 14px;
  }
  .ticks {
    flex: none;
    display: flex;
    align-items: center;
    gap: 4px;
    block-size: 36px;
    color: var(--_accent-ink);
  }
  .ticks i {
    inline-size: 4px;
    block-size: 12px;
    border-radius: 2px;
    background: currentColor;
  }
  .ticks i:nth-child(2) {
    block-size: 26px;
  }
  .ticks i:nth-child(3) {
    block-size: 18px;
  }
  h2 {
    margin: 0;
    font-size: var(--_size-2xl);
    line-height: 36px;
    font-weight: 600;
    letter-spacing: -0.022em;
    overflow-wrap: anywhere;
    text-wrap: balance;
  }
  .calling h2 {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    line-clamp: 3;
    overflow: hidden;
  }
  .lede {
    margin: 4px 0 0;
    color: var(--_text-muted);
    font-size: 15px;
    line-height: 22px;
    text-wrap: pretty;
  }
  .form {
    display: grid;
    gap: 16px;
    margin-block-start: auto;
    padding-block-start: 24px;
  }
  .field span {
    display: block;
    margin-block-end: 6px;
    color: var(--_text-muted);
    font-size: var(--_size-s);
    font-weight: 500;
  }
  input {
    inline-size: 100%;
    block-size: 44px;
    padding-inline: 13px;
    border: 1px solid var(--_line-strong);
    border-radius: var(--_radius-control);
    background: transparent;
    color: inherit;
    font: inherit;
    font-size: 16px;
  }
  input:focus-visible {
    border-color: transparent;
    outline-offset: -1px;
  }
  .refusal {
    display: flex;
    flex: 1 0 auto;
    gap: 8px;
    min-inline-size: 0;
  }
  .refusal .button {
    flex: 1 1 auto;
    min-inline-size: 0;
  }
  .bell {
    inline-size: 48px;
    block-size: 48px;
    background: var(--_raised);
  }
  .actions {
    position: sticky;
    z-index: 1;
    inset-block-end: 0;
    display: grid;
    gap: 8px;
    /* what scrolls under it fades away, and nothing shows below */
    box-shadow:
      0 24px 0 var(--_surface),
      0 -12px 12px var(--_surface);
    background: var(--_surface);
  }
  @media (pointer: coarse) {
    .preview-bar .flip {
      display: grid;
    }
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
  @container rtc-join (width < 720px) and (orientation: portrait) {
    .frame {
      grid-template: minmax(0, 1fr) fit-content(80%) / minmax(0, 1fr);
      gap: 0;
      padding: 0;
    }
    /* what is wrong stays to be read beside a panel that needs much room */
    .frame:has(.ways) {
      grid-template-rows: minmax(44%, 1fr) fit-content(80%);
    }
    .stage {
      padding-block: env(safe-area-inset-top, 0px) 20px; /* under the sheet's corners */
      border-radius: 0;
    }
    rtc-local-video::part(plate) {
      inset-block-start: calc(12px + env(safe-area-inset-top, 0px));
    }
    .panel {
      z-index: 3;
      margin-block-start: -20px;
      padding: 24px 20px calc(20px + env(safe-area-inset-bottom, 0px));
      border-radius: 20px 20px 0 0;
    }
    .advice {
      padding: 16px 20px 0;
    }
    .address {
      margin-block-start: 12px;
    }
    ol {
      gap: 6px;
      margin-block: 12px;
    }
  }
  @container rtc-join (width < 480px) {
    .frame {
      padding: 0;
    }
  }
  @container rtc-join (width >= 2400px) {
    .frame {
      grid-template-columns: minmax(0, 1fr) 544px;
    }
    .panel,
    .preview-bar {
      zoom: 1.6;
    }
  }
  /* a tall panel keeps its words and fields together */
  @container rtc-join (height >= 900px) {
    .panel {
      justify-content: safe center;
    }
    .form {
      margin-block-start: 0;
    }
    /* Join stays where it was */
    .calling {
      padding-block-end: 80px;
    }
  }
  @container rtc-join (height < 520px) {
    .panel {
      padding: 16px;
    }
    h2 {
      font-size: 18px;
      line-height: 24px;
    }
    .lede {
      margin: 0;
      font-size: var(--_size-m);
      line-height: 20px;
    }
    .ticks {
      block-size: 24px;
      scale: 0.8;
    }
    .form {
      gap: 12px;
      padding-block-start: 12px;
    }
    .calling .actions {
      display: flex;
      flex-wrap: wrap;
    }
    .actions > * {
      flex: 1 0 auto;
      max-inline-size: 100%;
    }
    .advice {
      padding-inline: 20px;
    }
    h3 {
      font-size: var(--_size-l);
      line-height: 22px;
    }
    .address {
      display: none;
    }
    ol {
      gap: 4px;
      margin-block: 8px;
    }
  }
  @container rtc-join (width < 480px) and (orientation: landscape) {
    .frame {
      grid-template: minmax(0, 1fr) auto / minmax(0, 1fr);
      gap: 0;
      padding: env(safe-area-inset-top, 0px) env(safe-area-inset-right, 0px) env(safe-area-inset-bottom, 0px)
        env(safe-area-inset-left, 0px);
      background: var(--_surface);
    }
    .panel {
      padding-block-end: 4px;
      border-radius: 0;
    }
    /* no place for the picture: only its buttons, under the panel */
    .stage {
      order: 1;
      border-radius: 0;
      background: none;
    }
    .stage > :not(.preview-bar) {
      display: none;
    }
    .stage .preview-bar {
      padding: 4px 16px 12px;
    }
  }
  @container rtc-join (height <= 320px) {
    /* the buttons come first */
    .calling .lede {
      display: none;
    }
    .calling h2 {
      -webkit-line-clamp: 2;
      line-clamp: 2;
    }
  }
  @container rtc-join (height < 320px) {
    rtc-devices {
      display: none;
    }
  }
  @container rtc-join (height < 280px) {
    .field {
      display: none;
    }
  }
  @container rtc-join (height < 200px) {
    .panel {
      padding: 8px 12px;
    }
    .form {
      padding-block-start: 4px;
    }
    .actions {
      box-shadow: none;
    }
    .lede,
    .stage {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .panel,
    .stage,
    .notice,
    .preview-bar > *,
    input {
      border: 1px solid CanvasText;
    }
    .preview-bar .listen {
      background: Canvas;
    }
    .ticks i {
      forced-color-adjust: none;
      background: Highlight;
    }
  }
`;
