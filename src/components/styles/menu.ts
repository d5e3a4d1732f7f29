import { css } from 'lit';

/** A panel over everything, above the button that opens it; on upright phones a sheet. */
export const menuStyles = css`
  .menu {
    inline-size: min(340px, 100vi - 16px);
    max-block-size: calc(100vb - 24px);
    padding: 16px;
    overflow: auto;
    border: 0;
    border-radius: 18px;
    background: var(--_surface);
    color: inherit;
    box-shadow:
      0 0 0 1px var(--_line),
      var(--_elevation-2);
    scrollbar-width: thin;
  }
  .menu:focus-visible {
    outline: none; /* its frame is mark enough, and Tab leads on */
  }
  .menu header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    margin: -8px -8px 8px 0;
    margin-inline: 0 -8px;
  }
  .menu h2 {
    margin: 0;
    font-size: var(--_size-l);
    line-height: 24px;
    font-weight: 600;
    letter-spacing: -0.01em;
  }
  .open-devices {
    anchor-name: --rtc-devices;
  }
  .open-more {
    anchor-name: --rtc-more;
  }
  #more {
    inline-size: fit-content;
    min-inline-size: 220px;
    max-inline-size: calc(100vi - 16px);
    padding: 6px;
  }
  .item {
    display: flex;
    align-items: center;
    gap: 10px;
    inline-size: 100%;
    min-block-size: 44px;
    padding-inline: 12px;
    border-radius: var(--_radius-control);
    text-align: start;
  }
  .item:is(:hover, :focus-visible) {
    background: var(--_raised);
    outline-offset: -2px;
  }
  .item .icon {
    color: var(--_text-muted);
  }
  .item[aria-pressed='true'] .icon {
    color: var(--_accent-ink);
  }
  h3 {
    margin: 0;
    padding: 10px 12px 4px;
    color: var(--_text-muted);
    font-size: var(--_size-xs);
    line-height: 16px;
    font-weight: 500;
  }
  hr {
    block-size: 1px;
    margin: 6px 12px;
    border: 0;
    background: var(--_line);
  }
  dl {
    margin: 0;
    padding: 4px 12px 8px;
  }
  dl div {
    display: flex;
    justify-content: space-between;
    gap: 24px;
    line-height: 28px;
  }
  dd {
    margin: 0;
  }
  kbd {
    padding: 2px 8px;
    border-radius: 6px;
    background: var(--_raised);
    font: inherit;
    font-size: var(--_size-s);
  }
  @media (hover: none) and (pointer: coarse) {
    .keys {
      display: none;
    }
  }
  @supports (position-area: block-start) {
    .menu {
      inset: auto;
      margin: 0;
      margin-block: 14px;
      position-anchor: --rtc-devices;
      position-area: block-start;
      position-try-fallbacks: flip-block;
    }
    #more {
      position-anchor: --rtc-more;
    }
  }
  @media (width < 480px) and (orientation: portrait) {
    .menu {
      inset: auto 0 0;
      margin: 0;
      position-area: none;
      inline-size: auto;
      max-inline-size: none;
      padding: 20px 20px calc(20px + env(safe-area-inset-bottom, 0px));
      border-radius: 20px 20px 0 0;
    }
    #more {
      inline-size: auto;
      max-inline-size: none;
      padding: 8px 8px calc(8px + env(safe-area-inset-bottom, 0px));
    }
    .menu::backdrop {
      background: rgb(8 13 14 / 0.4);
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .menu:popover-open {
      animation: enter var(--_duration) var(--_ease);
    }
  }
  @keyframes enter {
    from {
      opacity: 0;
      translate: 0 8px;
    }
  }
  @media (forced-colors: active) {
    .menu {
      border: 1px solid CanvasText;
    }
  }
`;
