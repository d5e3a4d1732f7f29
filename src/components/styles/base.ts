import { css } from 'lit';

/**
 * The design tokens. Each private `--_name` is the page's `--rtc-name` or its default for the colour scheme in
 * force; whatever is derived is derived here, so that one `--rtc-accent` recolours everything.
 */
export const baseStyles = css`
  :host {
    --_accent: var(--rtc-accent, light-dark(#007370, #5adcd2));
    --_accent-fill: var(
      --rtc-accent-fill,
      light-dark(oklch(from var(--_accent) min(l, 0.9) c h), oklch(from var(--_accent) max(l, 0.45) c h))
    );
    --_on-accent: var(
      --rtc-on-accent,
      oklch(from var(--_accent-fill) clamp(0.13, (0.57 - l) * 1000, 0.99) min(c, 0.02) h)
    );
    --_accent-ink: var(
      --rtc-accent-ink,
      light-dark(
        oklch(from var(--_accent) min(l, 0.5) calc(c * clamp(0.66, 1 - (l - 0.5) * 1.5, 1)) h),
        oklch(from var(--_accent) max(l, 0.8) c h)
      )
    );
    --_stage: var(--rtc-stage, light-dark(#e0e7e7, #0a0f10));
    --_tile: var(--rtc-tile, light-dark(#f3f6f6, #141b1c));
    --_surface: var(--rtc-surface, light-dark(#fff, #182021));
    --_raised: var(--rtc-raised, light-dark(#eaefef, #252f30));
    --_hover: var(--rtc-hover, light-dark(#dce4e4, #313b3d));
    --_line: var(--rtc-line, light-dark(rgb(15 35 37 / 0.13), rgb(233 250 250 / 0.11)));
    --_line-strong: var(--rtc-line-strong, light-dark(#778384, #6b7778));
    --_text: var(--rtc-text, light-dark(#0f1717, #f0f4f5));
    --_text-muted: var(--rtc-text-muted, light-dark(#475657, #a9b3b5));
    --_danger: var(--rtc-danger, light-dark(#be222a, #d53c3d));
    --_on-danger: var(--rtc-on-danger, #fff);
    --_warn: var(--rtc-warn, light-dark(#855000, #f6bc5d));
    --_scrim: var(--rtc-scrim, rgb(8 13 14 / 0.68));
    --_on-picture: var(--rtc-on-picture, #fff);
    --_gap: var(--rtc-gap, 8px);
    --_radius-tile: var(--rtc-radius-tile, 12px);
    --_radius-frame: var(--rtc-radius-frame, calc(var(--_radius-tile) + var(--_gap)));
    --_radius-control: var(--rtc-radius-control, 12px);
    --_radius-small: var(--rtc-radius-small, 8px);
    --_target: var(--rtc-target, 44px);
    --_size-xs: var(--rtc-font-size-xs, 12px);
    --_size-s: var(--rtc-font-size-s, 13px);
    --_size-m: var(--rtc-font-size-m, 14px);
    --_size-l: var(--rtc-font-size-l, 16px);
    --_size-xl: var(--rtc-font-size-xl, 22px);
    --_size-2xl: var(--rtc-font-size-2xl, 28px);
    --_duration-fast: var(--rtc-duration-fast, 120ms);
    --_duration: var(--rtc-duration, 200ms);
    --_ease: var(--rtc-ease, cubic-bezier(0.2, 0.8, 0.2, 1));
    --_elevation-1:
      0 1px 2px rgb(0 0 0 / 0.2), 0 6px 20px light-dark(rgb(20 40 42 / 0.16), rgb(0 0 0 / 0.36));
    --_elevation-2:
      0 2px 6px rgb(0 0 0 / 0.14), 0 18px 48px light-dark(rgb(20 40 42 / 0.24), rgb(0 0 0 / 0.56));
    color: var(--_text);
    font: 400 var(--_size-m) / 20px
      var(
        --rtc-font,
        -apple-system,
        'Segoe UI Variable Text',
        'Segoe UI',
        'Adwaita Sans',
        Inter,
        Roboto,
        'Noto Sans',
        'Liberation Sans',
        'SF Arabic',
        'Noto Sans Arabic',
        Arial,
        system-ui,
        sans-serif
      );
    font-variant-numeric: tabular-nums;
    text-align: start;
    -webkit-font-smoothing: antialiased;
  }
  /* Only what the page draws itself takes them: a drawing is not forced. */
  @media (forced-colors: active) {
    :host {
      --_accent-ink: Highlight;
      --_accent-fill: ButtonText;
      --_on-accent: ButtonFace;
      --_line: CanvasText;
      --_line-strong: CanvasText;
      --_text-muted: CanvasText;
      --_warn: CanvasText;
      --_scrim: Canvas;
      --_on-picture: CanvasText;
    }
  }
  @media (prefers-contrast: more) and (forced-colors: none) {
    :host {
      --_text-muted: var(--_text);
      --_line: var(--_line-strong);
      --_line-strong: var(--_text);
      --_scrim: #000;
    }
  }
  @media print {
    :host {
      print-color-adjust: exact; /* white names need what is behind them */
    }
  }
  :host,
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  :focus-visible {
    outline: 2px solid var(--_accent-ink);
    outline-offset: 2px;
  }
  .icon {
    flex: none;
    display: block;
    inline-size: 20px;
    block-size: 20px;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.5px;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .icon * {
    vector-effect: non-scaling-stroke;
  }
  /* in the bar it rises with the level of the microphone */
  .icon .fill {
    clip-path: inset(calc(100% - var(--_level, 0%)) 0 0);
    stroke: none;
    fill: var(--_accent-ink);
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
