import { css } from 'lit';

/** Buttons with a word (`button`) and with an icon (`control`). Off is inverted; only leaving is red. */
export const buttonStyles = css`
  button {
    appearance: none;
    margin: 0;
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
    transition: background var(--_duration-fast) var(--_ease);
    -webkit-tap-highlight-color: transparent;
  }
  button:disabled {
    opacity: 0.45;
    cursor: default;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-block-size: var(--_target);
    padding-inline: 18px;
    border-radius: var(--_radius-control);
    background: var(--_raised);
    font-size: 15px;
    font-weight: 600;
  }
  .button:enabled:hover {
    background: var(--_hover);
  }
  .button.primary {
    background: var(--_accent-fill);
    color: var(--_on-accent);
  }
  .button.primary:enabled:hover {
    background: color-mix(in oklab, var(--_accent-fill) 90%, var(--_text));
  }
  .button.danger {
    background: var(--_danger);
    color: var(--_on-danger);
    font-size: var(--_size-m);
  }
  .button.danger:enabled:hover {
    background: color-mix(in oklab, var(--_danger) 88%, #000);
  }
  .button.large {
    min-block-size: 48px;
  }
  .control {
    position: relative;
    display: grid;
    place-items: center;
    inline-size: var(--_target);
    block-size: var(--_target);
    border-radius: var(--_radius-control);
  }
  .control:hover {
    background: var(--_hover);
  }
  .control.off {
    background: var(--_text);
    color: var(--_surface);
  }
  .control .icon,
  .button .icon {
    inline-size: 22px;
    block-size: 22px;
  }
  .badge {
    position: absolute;
    inset-block-start: -3px;
    inset-inline-end: -3px;
    display: grid;
    place-items: center;
    inline-size: 18px;
    block-size: 18px;
    border-radius: 50%;
    background: var(--_surface);
    color: var(--_warn);
  }
  .control .badge .icon {
    inline-size: 14px;
    block-size: 14px;
  }
  @media (forced-colors: active) {
    .button,
    .control {
      border: 1px solid ButtonText;
    }
    .button.primary {
      forced-color-adjust: none;
    }
    .button.danger {
      border-width: 3px;
    }
    .control.off {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;
