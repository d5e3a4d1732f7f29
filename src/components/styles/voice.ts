import { css } from 'lit';

/** Somebody without a picture among others without: a circle with the initial, the name below it. */
export const voiceStyles = css`
  :host(.voice) {
    overflow: visible;
    background: none;
    container-type: size;
  }
  :host(.voice) > * {
    --_below: 48px;
    --_circle: min(88cqi, 100cqb - var(--_below), 240px);
  }
  :host(.voice) .tile {
    inset-block: calc((100cqb - var(--_below) - var(--_circle)) / 2) auto;
    margin-inline: auto;
    inline-size: var(--_circle);
    aspect-ratio: 1;
    overflow: visible;
    border-radius: 50%;
    container-type: normal; /* the name may be as wide as the place of the circle */
  }
  :host(.voice) .placeholder {
    border-radius: inherit;
    font-size: max(12px, 0.3 * var(--_circle));
  }
  :host(.voice) .plate {
    inset-block: calc(100% + var(--_below) / 2 - 12px) auto;
    block-size: 24px;
    line-height: 24px;
    inset-inline: -100%;
    justify-content: center;
    inline-size: fit-content;
    max-inline-size: calc(100cqi - 8px);
    margin-inline: auto;
    padding: 0;
    background: none;
    color: var(--_text);
    font-size: var(--_size-l);
  }
  @container (height < 130px) {
    :host(.voice) > * {
      --_below: 26px;
    }
    :host(.voice) .plate {
      font-size: var(--_size-xs);
    }
  }
  @container (height < 72px) {
    :host(.voice) > * {
      --_below: 0px;
    }
    :host(.voice) .plate {
      display: none;
    }
  }
  :host(.voice) .ticks {
    color: var(--_accent-ink);
  }
  :host(.voice) .plate :is(.plate-status, .quality) {
    color: var(--_warn);
  }
`;
