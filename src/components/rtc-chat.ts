import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { CallMessage } from '../core/call-state.js';
import { maxTextLength } from '../core/defaults.js';
import { CallElement } from './call-element.js';
import { icon } from './icons.js';
import { withLinks } from './links.js';
import { baseStyles } from './styles/base.js';
import { buttonStyles } from './styles/button.js';
import { chatStyles } from './styles/chat.js';
import { property, state } from './property.js';

/** Texts of one person within so long stand under one name. */
const togetherMs = 5 * 60_000;

/**
 * The texts of the call and the field to write one. They travel over the call's own connections and are kept only as
 * long as the page lives. Web addresses become links; everything else is text.
 *
 * @element rtc-chat
 * @slot title - The heading.
 * @slot empty - What stands there while nothing has been written.
 * @slot note - The sentence under the field.
 * @csspart header - The row with the heading.
 * @csspart close-button - Closes the panel; only with `closable`.
 * @csspart log - The texts.
 * @csspart message - Each text.
 * @csspart link - A web address in a text.
 * @csspart input - The field.
 * @csspart send-button - Sends the text.
 * @csspart icon - Every built-in icon.
 * @fires close - The person closes the panel; only with `closable`.
 */
export class RtcChat extends CallElement {
  static override styles = [baseStyles, buttonStyles, chatStyles];

  /** With a button that closes it, and Escape: it only fires `close`, whoever shows it takes it away. */
  @property({ type: Boolean }) closable = false;

  @state() private draft = '';
  get #log(): HTMLElement | null {
    return this.shadowRoot?.querySelector('.log') ?? null;
  }
  get #field(): HTMLTextAreaElement | null {
    return this.shadowRoot?.querySelector('textarea') ?? null;
  }

  readonly #messages = this.consume(({ messages }) => messages);
  readonly #isAlone = this.consume(({ participants }) => participants.length === 0);
  /** The newest text on the screen. */
  #shown: CallMessage | undefined;

  constructor() {
    super();
    this.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.closable || event.isComposing) return;
      event.stopPropagation();
      this.#close();
    });
  }

  /** Into the field. */
  override focus(options?: FocusOptions): void {
    this.#field?.focus(options);
  }

  protected override render(): TemplateResult {
    const term = this.localize.term.bind(this.localize);
    const messages = this.#messages.value;
    const isReady = this.draft.trim() !== '' && !this.#isAlone.value;
    return html`<header part="header">
        <h2 id="title"><slot name="title">${term('chat')}</slot></h2>
        ${
          this.closable
            ? html`<button
                type="button"
                class="control"
                part="close-button"
                aria-label=${term('close')}
                @click=${this.#close}
              >
                ${icon('close')}
              </button>`
            : nothing
        }
      </header>
      <div class="log" part="log" role="log" aria-labelledby="title" tabindex="0">
        ${
          messages.length === 0
            ? html`<p class="empty"><slot name="empty">${term('chatEmpty')}</slot></p>`
            : messages.map((message, index) => this.#renderMessage(message, messages[index - 1]))
        }
      </div>
      <form class="composer">
        <textarea
          part="input"
          rows="1"
          maxlength=${maxTextLength}
          enterkeyhint="send"
          aria-label=${term('chatPlaceholder')}
          placeholder=${term('chatPlaceholder')}
          .value=${this.draft}
          @input=${this.#write}
          @keydown=${this.#onKey}
        ></textarea>
        <button
          type="submit"
          part="send-button"
          aria-label=${term('chatSend')}
          ?disabled=${!isReady}
          @click=${this.#send}
        >
          ${icon('send')}
        </button>
      </form>
      <p class="note"><slot name="note">${term('chatNote')}</slot></p>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const last = this.#messages.value.at(-1);
    if (!this.#log || last === this.#shown) return;
    const wasAtEnd = this.#shown === undefined || this.#isAtEnd;
    this.#shown = last;
    // Who reads what was written before is left there.
    if (wasAtEnd || last?.from === '') this.#log.scrollTop = this.#log.scrollHeight;
  }

  get #isAtEnd(): boolean {
    const log = this.#log;
    if (!log) return true;
    const newest = log.lastElementChild as HTMLElement | null;
    return log.scrollHeight - log.scrollTop - log.clientHeight < (newest?.offsetHeight ?? 0) + 60;
  }

  #renderMessage(message: CallMessage, former: CallMessage | undefined): TemplateResult {
    const { from, name, text, at } = message;
    const isOwn = from === '';
    const follows = former?.from === from && at - former.at < togetherMs;
    const author = isOwn ? this.localize.term('you') : name || this.localize.term('guest');
    const time = new Date(at);
    return html`<div class="entry ${isOwn ? 'own' : ''} ${follows ? 'follows' : ''}">
      <p class="by">
        <bdi>${author}</bdi>
        <time dir="auto" datetime=${time.toISOString()}
          >${this.localize.date(time, { hour: 'numeric', minute: '2-digit' })}</time
        >
      </p>
      <p class="text" part="message" dir="auto">${withLinks(text)}</p>
    </div>`;
  }

  readonly #write = (event: Event): void => {
    this.draft = (event.target as HTMLTextAreaElement).value;
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    // Enter sends, Shift and Enter begins a line; while a script is composed, Enter belongs to the input method.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send(event);
  };

  /** No submission, which a sandbox without `allow-forms` would forbid. */
  readonly #send = (event: Event): void => {
    event.preventDefault();
    const text = this.draft.trim();
    if (!text || this.#isAlone.value) return;
    this.draft = '';
    this.#messages.controller?.sendMessage(text).catch(() => {
      this.draft ||= text; // nobody got it: it is not lost
    });
    this.#field?.focus();
  };

  readonly #close = (): void => {
    this.dispatchEvent(new Event('close'));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'rtc-chat': RtcChat;
  }
}
