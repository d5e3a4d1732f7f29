import { css } from 'lit';

/** Filled rows, since here one chooses: icon, kind and name, and under the microphone its level. */
export const devicesStyles = css`
  :host {
    display: block;
    min-inline-size: 0;
  }
  .devices {
    border-radius: var(--_radius-control);
    background: var(--_raised);
  }
  .device {
    position: relative;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    min-block-size: 56px;
  }
  .device + .device::before {
    content: '';
    position: absolute;
    inset-block-start: 0;
    inset-inline: 46px 0;
    block-size: 1px;
    background: var(--_line);
  }
  .device > .icon,
  .device > slot .icon,
  .device > slot::slotted(*) {
    position: absolute;
    inset-block-start: 18px;
    inset-inline-start: 14px;
    color: var(--_text-muted);
    pointer-events: none;
  }
  .speaker > slot .icon:dir(rtl) {
    scale: -1 1;
  }
  .device > .icon.chevron {
    position: static;
    inline-size: 16px;
    block-size: 16px;
    margin-inline-start: -30px;
    margin-inline-end: 14px;
  }
  .kind {
    position: absolute;
    inset-block-start: 9px;
    inset-inline: 46px 40px;
    overflow: hidden;
    color: var(--_text-muted);
    font-size: var(--_size-xs);
    line-height: 16px;
    text-overflow: ellipsis;
    white-space: nowrap;
    pointer-events: none;
  }
  select,
  .value {
    flex: 1;
    min-inline-size: 0;
    block-size: 56px;
    margin: 0;
    padding-block: 25px 11px;
    padding-inline: 46px 36px;
    overflow: hidden;
    color: inherit;
    font-weight: 500;
    line-height: 20px;
    text-align: -webkit-match-parent;
    text-align: match-parent;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  select {
    appearance: none;
    border: 0;
    border-radius: var(--_radius-control);
    background: transparent;
    font: inherit;
    font-weight: 500;
    unicode-bidi: plaintext;
    cursor: pointer;
  }
  select:hover {
    background: var(--_hover);
  }
  select:focus-visible {
    outline-offset: -2px;
  }
  option {
    background: var(--_surface);
    color: var(--_text);
  }
  .trouble {
    color: var(--_warn);
  }
  div.trouble {
    flex: 1 0 100%;
    margin-block: -9px 10px;
    padding-inline: 46px 14px;
    font-size: var(--_size-xs);
    line-height: 16px;
    pointer-events: none;
  }
  .quiet {
    flex: none;
    position: relative;
    min-inline-size: 44px;
    block-size: 32px;
    margin-inline: 0 12px;
    padding-inline: 11px;
    border-radius: var(--_radius-small);
    background: var(--_hover);
    font-size: var(--_size-s);
    font-weight: 500;
  }
  .quiet:hover {
    background: var(--_line-strong);
  }
  .quiet.playing {
    background: var(--_accent-fill);
    color: var(--_on-accent);
  }
  .listen {
    flex: 1 0 100%;
    display: flex;
    margin-block: -2px 14px;
    padding-inline: 46px 14px;
  }
  .hint {
    margin: 0;
    padding: 16px 14px 16px 46px;
    padding-inline: 46px 14px;
    color: var(--_text-muted);
    text-wrap: pretty;
  }
  @media (pointer: coarse) {
    select {
      font-size: 16px; /* or phones zoom into it */
    }
    .quiet::before {
      content: '';
      position: absolute;
      inset: -6px;
    }
  }
  @media (forced-colors: active) {
    .device .icon.icon {
      color: CanvasText;
    }
    .devices {
      border: 1px solid CanvasText;
    }
    .quiet {
      border: 1px solid ButtonText;
    }
  }
`;
