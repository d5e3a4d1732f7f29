import { css } from 'lit';

/** The bar; its buttons are larger on upright phones, and fewer in small frames. */
export const controlsStyles = css`
  :host {
    display: inline-block;
    max-inline-size: 100%;
  }
  .bar {
    display: flex;
    align-items: center;
    gap: 4px;
    inline-size: fit-content;
    max-inline-size: 100%;
    padding: 6px;
    border-radius: calc(var(--_radius-control) + 6px);
    background: var(--_surface);
    box-shadow:
      0 0 0 1px var(--_line),
      var(--_elevation-1);
  }
  .rule {
    inline-size: 1px;
    block-size: 24px;
    margin-inline: 6px;
    background: var(--_line);
  }
  .control.on {
    background: var(--_raised);
  }
  @container rtc (width < 480px) {
    .leave {
      inline-size: 60px;
      padding: 0;
    }
    .leave .word,
    .rule {
      display: none;
    }
  }
  @container rtc (width < 480px) and (orientation: portrait) {
    :host {
      display: block;
      --rtc-target: 52px;
    }
    .bar {
      justify-content: space-between;
      inline-size: auto;
      padding: 8px;
      border-radius: 22px;
    }
    .leave {
      inline-size: 68px;
    }
  }
  @media (forced-colors: active) {
    .bar {
      border: 1px solid CanvasText;
    }
  }
  .lit,
  :has(+ .menu:popover-open) {
    background: color-mix(in oklab, var(--_accent-ink) 16%, var(--_surface));
    color: var(--_accent-ink);
  }
  .flip,
  .bar .narrow {
    display: none;
  }
  @media (pointer: coarse) {
    .flip {
      display: grid;
    }
  }
  .count {
    inline-size: auto;
    min-inline-size: 18px;
    padding-inline: 5px;
    border-radius: 9px;
    background: var(--_accent-fill);
    color: var(--_on-accent);
    font-size: var(--_size-xs);
    line-height: 18px;
    font-weight: 600;
  }
  @container rtc (width < 510px) {
    .wide {
      display: none;
    }
    .bar .narrow {
      display: grid;
    }
    .bar .item.narrow {
      display: flex;
    }
  }
  @container rtc (width < 220px) {
    .open-more {
      display: none;
    }
  }
  @container rtc (width < 300px) {
    .flip,
    .open-devices {
      display: none;
    }
  }
  /* a finger needs more than a badge shows */
  @media (pointer: coarse) {
    @container rtc (width < 240px) or (height < 200px) {
      .bar {
        gap: 12px;
      }
      .bar > button {
        position: relative;
      }
      .bar > button::before {
        content: '';
        position: absolute;
        inset: -6px;
      }
    }
    @container rtc (width < 240px) {
      .leave {
        inline-size: 44px;
      }
    }
  }
`;
