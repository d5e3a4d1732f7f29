import { css, html, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { CallState } from '../core/call-state.js';
import { CallElement } from './call-element.js';
import { baseStyles } from './styles/base.js';
import { deviceTrouble } from './device-trouble.js';

/**
 * What happens, in words: waiting, connecting, reconnecting, and what to do when a device or the call fails.
 * A live region, so that screen readers say it too.
 *
 * @element rtc-status
 * @csspart status - The box with the words.
 * @csspart title - What happens.
 * @csspart text - What it means or what to do.
 * @csspart tick - The moving strokes beside it.
 */
export class RtcStatus extends CallElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      .notice {
        display: flex;
        align-items: center;
        gap: 16px;
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
    `,
  ];

  /** Say everything to screen readers, but show only what needs attention. */
  @property({ type: Boolean, attribute: 'notices-only' }) noticesOnly = false;

  #hideTimer: ReturnType<typeof setTimeout> | undefined;
  /** The trouble that has been on the screen for long enough. */
  #seen: CallState['mediaErrors'] | null = null;

  readonly #phase = this.consume(({ phase }) => phase);
  readonly #participants = this.consume(({ participants }) => participants);
  readonly #mediaErrors = this.consume(({ mediaErrors }) => mediaErrors);
  readonly #refusal = this.consume(({ refusal }) => refusal);

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#hideTimer);
  }

  protected override updated(): void {
    const errors = this.#mediaErrors.value;
    clearTimeout(this.#hideTimer);
    if (!this.noticesOnly || errors === this.#seen || (!errors.camera && !errors.microphone)) return;
    this.#hideTimer = setTimeout(() => {
      this.#seen = errors;
      this.requestUpdate();
    }, noticeMs);
  }

  protected override render(): TemplateResult {
    const words = this.#describe();
    const isShown = words !== null && (!this.noticesOnly || words.isNotice);
    return html`<div role="status" class=${isShown ? '' : 'visually-hidden'}>
      ${
        words
          ? html`<div class="notice" part="status">
              ${
                words.tick
                  ? html`<span class="sweep ${words.tick}" part="tick" aria-hidden="true"
                      ><i></i><i></i><i></i><i></i><i></i
                    ></span>`
                  : nothing
              }
              <div>
                <strong part="title">${words.title}</strong>
                ${words.text ? html`<p part="text">${words.text}</p>` : nothing}
              </div>
            </div>`
          : nothing
      }
    </div>`;
  }

  #describe(): Words | null {
    const term = this.localize.term.bind(this.localize);
    const phase = this.#phase.value;
    const participants: CallState['participants'] = this.#participants.value;
    const nameOf = (connection: string): string =>
      participants.find((participant) => participant.connection === connection)?.name ?? '';
    const refusal = this.#refusal.value;
    if (phase === 'reconnecting') {
      const title = term('reconnectingTo', nameOf('reconnecting'));
      return { title, text: term('reconnectingText'), tick: 'warn', isNotice: true };
    }
    if (refusal) return { title: term('failedTitle'), text: refusal.message, isNotice: true };
    const trouble = deviceTrouble(this.#mediaErrors.value, this.localize);
    if (trouble && phase !== 'ended')
      return { ...trouble, isNotice: phase !== 'idle' && this.#mediaErrors.value !== this.#seen };
    if (phase === 'waiting') return { title: term('waitingTitle'), text: term('waitingText'), tick: 'calm' };
    if (phase === 'connecting')
      return { title: term('connecting', nameOf('connecting')), tick: 'calm', isNotice: true };
    if (phase === 'ended') return { title: term('leftTitle'), text: term('leftLede') };
    return phase === 'connected' ? { title: term('connected') } : null;
  }
}

/** A notice about a device stays over the pictures for so long; its button keeps the mark. */
const noticeMs = 8000;

interface Words {
  title: string;
  text?: string;
  tick?: 'calm' | 'warn';
  /** Needs attention, and is shown even where calm states are not. */
  isNotice?: boolean;
}

declare global {
  interface HTMLElementTagNameMap {
    'rtc-status': RtcStatus;
  }
}
