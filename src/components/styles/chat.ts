import { css } from 'lit';

/** A column: heading, texts, field. Own texts stand at the end of the line, in the accent's wash. */
export const chatStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    overflow: hidden;
    border-radius: var(--_radius-tile);
    background: var(--_surface);
  }
  h2,
  p {
    margin: 0;
  }
  header {
    display: flex;
    flex: none;
    align-items: center;
    min-block-size: 56px;
    padding-inline: 16px 6px;
    border-block-end: 1px solid var(--_line);
  }
  h2 {
    flex: 1;
    font-size: var(--_size-l);
    line-height: 24px;
    font-weight: 600;
    letter-spacing: -0.01em;
  }
  .log {
    flex: 1;
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    padding: 4px 16px 16px;
    overflow: auto;
    overscroll-behavior: contain;
    scrollbar-color: var(--_line-strong) transparent;
    scrollbar-width: thin;
  }
  .log:focus-visible {
    outline-offset: -2px;
  }
  .entry:first-child {
    margin-block-start: auto;
  }
  .empty {
    margin: auto;
    color: var(--_text-muted);
    text-align: center;
    text-wrap: balance;
  }
  .by {
    display: flex;
    gap: 8px;
    margin-block: 12px 4px;
    font-size: var(--_size-s);
    font-weight: 600;
  }
  .by bdi {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .by time {
    flex: none;
    color: var(--_text-muted);
    font-weight: 400;
  }
  .follows {
    margin-block-start: 4px;
  }
  .follows .by {
    display: none;
  }
  .text {
    inline-size: fit-content;
    max-inline-size: 88%;
    padding: 7px 12px;
    border-radius: 12px;
    background: var(--_raised);
    overflow-wrap: anywhere;
    white-space: pre-wrap;
    text-wrap: pretty;
  }
  .own {
    display: grid;
    justify-items: end; /* a text has a direction of its own */
  }
  .own .text {
    background: color-mix(in oklab, var(--_accent-ink) 16%, var(--_surface));
  }
  a {
    color: var(--_accent-ink);
    text-underline-offset: 3px;
  }
  .composer {
    display: flex;
    flex: none;
    align-items: flex-end;
    gap: 6px;
    margin-inline: 16px;
    padding: 3px 3px 3px 14px;
    padding-inline: 14px 3px;
    border: 1px solid var(--_line-strong);
    border-radius: 14px;
  }
  .composer:focus-within {
    outline: 2px solid var(--_accent-ink);
    outline-offset: -1px;
  }
  textarea {
    flex: 1;
    min-inline-size: 0;
    max-block-size: 112px;
    padding: 11px 0;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    font-size: 16px; /* smaller, and phones zoom in */
    line-height: 22px;
    resize: none;
    field-sizing: content;
  }
  textarea:focus-visible {
    outline: none; /* its frame has one */
  }
  textarea::placeholder {
    color: var(--_text-muted);
    opacity: 1;
  }
  .composer button {
    display: grid;
    flex: none;
    place-items: center;
    inline-size: 44px;
    block-size: 44px;
    border-radius: 11px;
  }
  .composer button:enabled {
    background: var(--_accent-fill);
    color: var(--_on-accent);
  }
  .composer .icon {
    inline-size: 22px;
    block-size: 22px;
  }
  .note {
    flex: none;
    padding: 8px 16px 12px;
    color: var(--_text-muted);
    font-size: var(--_size-xs);
    line-height: 16px;
    text-wrap: balance;
  }
  @container call (height < 300px) {
    .note {
      visibility: hidden;
      block-size: 12px;
      padding: 0;
    }
  }
  @media (forced-colors: active) {
    :host {
      border: 1px solid CanvasText;
    }
    .text {
      border: 1px solid CanvasText;
    }
  }
`;
