import { css } from 'lit';

/** The words about the call, and the findings when it fails. */
export const statusStyles = css`
  :host {
    display: block;
  }
  .words {
    display: flex;
    align-items: center;
    gap: 16px;
  }
  .notice {
    inline-size: fit-content;
    max-inline-size: 100%;
    padding: 12px 18px;
    border-radius: 18px;
    background: var(--_surface);
    box-shadow: 0 0 0 1px var(--_line);
  }
  :host([notices-only]) .notice {
    box-shadow:
      0 0 0 1px var(--_line),
      var(--_elevation-2);
  }
  .news {
    max-inline-size: 100%;
  }
  .toast {
    display: -webkit-box; /* a long name leaves a line to the text */
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    line-clamp: 2;
    max-inline-size: min(100%, 480px);
    margin-inline: auto;
    padding-block: 0;
    border-block: 12px solid transparent; /* a padding would show the top of a third line */
    overflow: hidden;
    color: inherit;
    overflow-wrap: anywhere;
  }
  strong {
    display: block;
    font-size: var(--_size-l);
    line-height: 22px;
    font-weight: 600;
    letter-spacing: -0.01em;
  }
  p {
    margin: 0;
    color: var(--_text-muted);
    text-wrap: pretty;
  }
  .sweep {
    display: flex;
    flex: none;
    align-items: center;
    gap: 4px;
    block-size: 32px;
    color: var(--_accent-ink);
  }
  .sweep.warn {
    color: var(--_warn);
  }
  .sweep i {
    inline-size: 4px;
    block-size: 8px;
    border-radius: 2px;
    background: currentColor;
    opacity: 0.45;
  }
  .sweep i:nth-child(2),
  .sweep i:nth-child(4) {
    block-size: 17px;
    opacity: 0.7;
  }
  .sweep i:nth-child(3) {
    block-size: 28px;
    opacity: 1;
  }
  .failing {
    inline-size: 480px;
    overflow: auto;
    padding: 16px 18px 0;
    pointer-events: auto;
    scrollbar-width: thin;
  }
  [part='checking'],
  ul {
    margin: 12px 0 0;
    padding: 12px 0 0;
    border-block-start: 1px solid var(--_line);
  }
  [part='checking'] {
    padding-block-end: 16px;
  }
  ul {
    display: grid;
    gap: 12px;
    list-style: none;
  }
  li {
    display: flex;
    gap: 12px;
    overflow-wrap: anywhere;
  }
  li .icon {
    color: var(--_warn);
  }
  .fine .icon {
    color: var(--_accent-ink);
  }
  li strong {
    font-size: var(--_size-m);
    line-height: 20px;
    letter-spacing: 0;
  }
  .actions {
    position: sticky;
    inset-block-end: 0;
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    padding-block: 16px;
    background: var(--_surface);
  }
  .actions .button {
    flex: 1 0 auto;
    font-size: var(--_size-m);
  }
  [aria-disabled='true'] {
    opacity: 0.6;
    cursor: default;
  }
  .actions .icon {
    inline-size: 20px;
    block-size: 20px;
  }
  @container (width < 360px) {
    .actions .button {
      padding-inline: 12px;
    }
    .actions .icon {
      display: none;
    }
  }
  @container (height < 300px) {
    .actions {
      position: static;
    }
  }
  @container (width < 240px) or (height < 200px) {
    .failing {
      padding: 8px 12px;
    }
    .failing :is(.sweep, p, ul, .actions) {
      display: none;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .sweep i {
      animation: sweep 1200ms ease-in-out infinite;
    }
    .sweep i:nth-child(2) {
      animation-delay: 100ms;
    }
    .sweep i:nth-child(3) {
      animation-delay: 200ms;
    }
    .sweep i:nth-child(4) {
      animation-delay: 300ms;
    }
    .sweep i:nth-child(5) {
      animation-delay: 400ms;
    }
  }
  @keyframes sweep {
    0%,
    100% {
      opacity: 0.3;
      scale: 1 0.6;
    }
    35% {
      opacity: 1;
      scale: 1 1;
    }
  }
  @media (forced-colors: active) {
    .notice {
      border: 1px solid CanvasText;
    }
    .sweep i {
      forced-color-adjust: none;
      background: Highlight;
    }
  }
`;
