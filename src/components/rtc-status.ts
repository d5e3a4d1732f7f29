import { html, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { CallState } from '../core/call-state.js';
import { CallElement } from './call-element.js';
import { ConnectionCheck } from './connection-check.js';
import { baseStyles } from './styles/base.js';
import { deviceTrouble } from './device-trouble.js';
import { buttonStyles } from './styles/button.js';
import { statusStyles } from './styles/status.js';

/**
 * What happens, in words: waiting, connecting, reconnecting, and what to do when a device or the call fails.
 * A live region, so that screen readers say it too. When a call does not come about, it looks for the cause
 * (`diagnose()`) and says it, with what to do.
 *
 * @element rtc-status
 * @csspart status - The box with the words.
 * @csspart title - What happens.
 * @csspart text - What it means or what to do.
 * @csspart tick - The moving strokes beside it.
 * @csspart checking - What is shown while the cause is looked for.
 * @csspart findings - What stands in the way of the call.
 * @csspart finding - One of them.
 * @csspart check-button - Looks again.
 * @csspart copy-button - Copies the whole report.
 * @csspart icon - Every icon.
 */
export class RtcStatus extends CallElement {
  static override styles = [baseStyles, buttonStyles, statusStyles];

  /** Say everything to screen readers, but show only what needs attention. */
  @property({ type: Boolean, attribute: 'notices-only' }) noticesOnly = false;

  #hideTimer: ReturnType<typeof setTimeout> | undefined;
  /** What has been on the screen for long enough: trouble or news of the devices. */
  readonly #seen = new WeakSet();

  readonly #phase = this.consume(({ phase }) => phase);
  readonly #participants = this.consume(({ participants }) => participants);
  readonly #mediaErrors = this.consume(({ mediaErrors }) => mediaErrors);
  readonly #replacement = this.consume(({ replacement }) => replacement);
  readonly #refusal = this.consume(({ refusal }) => refusal);
  readonly #check = new ConnectionCheck(this, this.#phase, this.localize);

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#hideTimer);
  }

  protected override updated(): void {
    const errors = this.#mediaErrors.value;
    const shown = errors.camera || errors.microphone ? this.noticesOnly && errors : this.#replacement.value;
    clearTimeout(this.#hideTimer);
    if (!shown || this.#seen.has(shown)) return;
    this.#hideTimer = setTimeout(() => {
      this.#seen.add(shown);
      this.requestUpdate();
    }, noticeMs);
  }

  protected override render(): TemplateResult {
    const words = this.#describe();
    const isShown = words !== null && (!this.noticesOnly || words.isNotice);
    const isFailing = words !== null && this.#check.isFailing;
    return html`<div
      class=${!words ? nothing : !isShown ? 'visually-hidden' : isFailing ? 'notice failing' : 'notice'}
      part=${words ? 'status' : nothing}
    >
      <div role="status">
        ${
          words
            ? html`<div class="words">
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
                </div>
                ${this.#check.renderFindings()}`
            : nothing
        }
      </div>
      ${this.#check.renderActions()}
    </div>`;
  }

  #describe(): Words | null {
    const term = this.localize.term.bind(this.localize);
    const phase = this.#phase.value;
    const participants: CallState['participants'] = this.#participants.value;
    const nameOf = (connection: string): string =>
      participants.find((participant) => participant.connection === connection)?.name ?? '';
    const refusal = this.#refusal.value;
    if (phase === 'reconnecting' || this.#check.isFailing) {
      const title =
        phase === 'reconnecting'
          ? term('reconnectingTo', nameOf('reconnecting'))
          : term('connecting', nameOf('connecting'));
      const text = term(this.#check.isFailing ? 'takesLong' : 'reconnectingText');
      return { title, text, tick: 'warn', isNotice: true };
    }
    if (refusal) return { title: term('failedTitle'), text: refusal.message, isNotice: true };
    const trouble = deviceTrouble(this.#mediaErrors.value, this.localize);
    if (trouble && phase !== 'ended')
      return { ...trouble, isNotice: phase !== 'idle' && !this.#seen.has(this.#mediaErrors.value) };
    const replacement = this.#replacement.value;
    if (replacement && !this.#seen.has(replacement)) {
      const { kind, reason, label } = replacement;
      const title = term(`${kind}${reason === 'unplugged' ? 'Unplugged' : 'Returned'}`);
      return { title, text: term('nowInUse', label), isNotice: true };
    }
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
