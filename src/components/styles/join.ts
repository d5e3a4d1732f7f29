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
    grid-template-columns: minmax(0, 1fr) clamp(240px, 42cqi, 340px);
    gap: var(--_gap);
    padding: var(--_gap);
  }
  .stage {
    position: relative;
    min-inline-size: 0;
    min-block-size: 0;
    overflow: hidden;
    border-radius: var(--_radius-tile);
    background: var(--_tile);
  }
  rtc-local-video {
    position: absolute;
    inset: 0;
    aspect-ratio: auto;
    border-radius: inherit;
  }
  rtc-local-video:not(:state(live)) {
    visibility: hidden;
  }
  .preview-bar {
    position: absolute;
    z-index: 2;
    inset-block-end: 12px;
    inset-inline-end: 12px;
    display: flex;
    gap: 8px;
  }
  .preview-bar .control {
    background: var(--_scrim);
    color: var(--_on-picture);
  }
  .preview-bar .control.off {
    background: #fff;
    color: #0f1717;
  }
  .advice {
    position: absolute;
    inset: 0 0 68px;
    display: flex;
    flex-direction: column;
    justify-content: center;
    align-items: flex-start;
    padding-inline: 48px;
  }
  .advice h3 {
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
    text-wrap: pretty;
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
  h2 {
    margin: 0;
    font-size: var(--_size-2xl);
    line-height: 36px;
    font-weight: 600;
    letter-spacing: -0.022em;
    text-wrap: balance;
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
  .form > .button {
    position: sticky;
    inset-block-end: 0;
    inline-size: 100%;
  }
  @container rtc-join (width < 720px) and (orientation: portrait) {
    .frame {
      grid-template: minmax(0, 1fr) fit-content(80%) / minmax(0, 1fr);
      gap: 0;
      padding: 0;
    }
    .stage {
      border-radius: 0;
    }
    .panel {
      z-index: 3;
      margin-block-start: -20px;
      padding: 24px 20px calc(20px + env(safe-area-inset-bottom, 0px));
      border-radius: 20px 20px 0 0;
    }
    rtc-local-video {
      --_lift: 24px; /* clear of the sheet's corners */
    }
    .preview-bar {
      inset-block-end: 32px;
    }
    .advice {
      inset-block-end: 20px;
      padding-inline: 20px;
    }
  }
  @container rtc-join (width < 480px) {
    .frame {
      padding: 0;
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
    .form {
      gap: 12px;
      padding-block-start: 12px;
    }
    .advice {
      padding-inline: 20px;
    }
    .advice h3 {
      font-size: var(--_size-l);
      line-height: 22px;
    }
  }
  @container rtc-join (width < 480px) and (orientation: landscape) {
    .frame {
      grid-template-columns: minmax(0, 1fr);
    }
    .stage {
      display: none;
    }
  }
  @container rtc-join (height < 240px) {
    .field,
    .lede {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .panel,
    .stage,
    input {
      border: 1px solid CanvasText;
    }
  }
`;
