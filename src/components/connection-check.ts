import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit';
import type { CallController } from '../core/call-controller.js';
import type { CallEvent } from '../core/call-events.js';
import type { CallPhase } from '../core/call-state.js';
import type { Diagnosis } from '../core/diagnosis.js';
import type { CallErrorCode } from '../core/errors.js';
import { networkAdvice, type Finding } from '../core/verdict.js';
import type { CallConsumer } from './call-context.js';
import { troubleOf } from './device-trouble.js';
import { icon } from './icons.js';
import type { Localize } from './localize.js';

/** A call that takes so long to connect to anybody counts as failing. */
const failingAfterMs = 15_000;

/** More would bury what matters: the gravest come first, and the copied report has them all. */
const maxFindings = 3;

/**
 * Watches for a call that does not come about: `ice-failed`, or nobody connected for 15 s. Then it runs the
 * diagnosis, once, and again when the person asks. Nothing is left of it as soon as the call is connected.
 */
export class ConnectionCheck implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #phase: CallConsumer<CallPhase>;
  readonly #localize: Localize;
  #controller: CallController | null = null;
  #listening = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isFailing = false;
  #isChecking = false;
  #diagnosis: Diagnosis | null = null;
  #isCopied = false;

  constructor(host: ReactiveControllerHost, phase: CallConsumer<CallPhase>, localize: Localize) {
    this.#host = host;
    this.#phase = phase;
    this.#localize = localize;
    host.addController(this);
  }

  /** The call has not come about in good time, and still does not. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  hostUpdate(): void {
    const { controller } = this.#phase;
    if (controller !== this.#controller) {
      this.#listening.abort();
      this.#listening = new AbortController();
      controller?.addEventListener('error', this.#onError, { signal: this.#listening.signal });
      this.#controller = controller;
      this.#reset();
    }
    if (!this.#isTrying) this.#reset();
    else if (!this.#isFailing) this.#timer ??= setTimeout(this.#fail, failingAfterMs);
  }

  /** What stands in the way, or that it is being looked for. Belongs into a live region. */
  renderFindings(): TemplateResult | typeof nothing {
    if (!this.#isFailing) return nothing;
    if (!this.#diagnosis) return html`<p part="checking">${this.#localize.term('checking')}</p>`;
    const findings = this.#diagnosis.verdict
      .slice(0, maxFindings)
      .map((finding) => ({ ...this.#describe(finding), isFine: finding.code === 'all-clear' }));
    return html`<ul part="findings">
      ${findings.map(
        ({ title, text, isFine }) =>
          html`<li part="finding" class=${isFine ? 'fine' : ''}>
            ${icon(isFine ? 'check' : 'alert')}
            <div>
              <strong>${title}</strong>
              <p>${text}</p>
            </div>
          </li>`,
      )}
    </ul>`;
  }

  renderActions(): TemplateResult | typeof nothing {
    if (!this.#diagnosis) return nothing;
    const term = this.#localize.term.bind(this.#localize);
    // Busy is not disabled: the focus would be lost.
    return html`<div class="actions">
      <button
        class="button"
        part="check-button"
        type="button"
        aria-disabled=${this.#isChecking}
        @click=${this.#check}
      >
        ${icon('refresh')}${term(this.#isChecking ? 'checking' : 'checkAgain')}
      </button>
      ${
        (navigator.clipboard as Clipboard | undefined)
          ? html`<button class="button" part="copy-button" type="button" @click=${this.#copy}>
              ${term(this.#isCopied ? 'copied' : 'copyReport')}
            </button>`
          : nothing
      }
    </div>`;
  }

  get #isTrying(): boolean {
    const phase = this.#controller?.state.phase;
    return phase === 'connecting' || phase === 'reconnecting';
  }

  /** Not if the call came about meanwhile. */
  #isDiagnosing(controller: CallController): boolean {
    return controller === this.#controller && this.#isChecking;
  }

  #reset(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isFailing = this.#isChecking = false;
    this.#diagnosis = null;
  }

  readonly #onError = ({ detail }: CallEvent<'error'>): void => {
    if (detail.error.code === 'ice-failed' && this.#isTrying) this.#fail();
  };

  readonly #fail = (): void => {
    if (this.#isFailing) return;
    this.#isFailing = true;
    void this.#check();
  };

  readonly #check = async (): Promise<void> => {
    const controller = this.#controller;
    if (!controller || this.#isChecking) return;
    this.#isChecking = true;
    this.#isCopied = false;
    this.#host.requestUpdate();
    const diagnosis = await controller.diagnose();
    if (!this.#isDiagnosing(controller)) return;
    this.#isChecking = false;
    this.#diagnosis = diagnosis;
    this.#host.requestUpdate();
  };

  readonly #copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(JSON.stringify(this.#diagnosis, null, 2));
      this.#isCopied = true;
      this.#host.requestUpdate();
    } catch {
      // Withheld by the page around this one: the button stays as it is.
    }
  };

  #describe(finding: Finding): { title: string; text: string } {
    const { code, subject, text } = finding;
    if (code in networkAdvice) {
      const words = this.#localize.term(code as keyof typeof networkAdvice, subject);
      const [title = '', advice = ''] = words.split('\n');
      return { title, text: advice };
    }
    if (subject !== 'camera' && subject !== 'microphone') return { title: text, text: '' };
    return troubleOf(subject, code as CallErrorCode, this.#localize);
  }
}
