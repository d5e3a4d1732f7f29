import { html, nothing, type TemplateResult } from 'lit';
import type { CallController } from '../core/call-controller.js';
import { isStarted, type CallState, type MediaStatus } from '../core/call-state.js';
import { CallElement } from './call-element.js';
import { callerOf } from './caller.js';
import { ConnectionCheck } from './connection-check.js';
import { baseStyles } from './styles/base.js';
import { deviceTrouble } from './device-trouble.js';
import { focusedIn } from './idle.js';
import { refusalText } from './refusal.js';
import { buttonStyles } from './styles/button.js';
import { statusStyles } from './styles/status.js';
import { property, state } from './property.js';

/**
 * What happens, in words: waiting, connecting, reconnecting, and what to do when a device or the call fails.
 * A live region, so that screen readers say it too, who joins, leaves, is muted or shares a screen, and when a key or
 * a headset switches the own microphone or camera. When a call does not come about, it looks for the cause
 * (`diagnose()`) and says it, with what to do. Outside a call it lets the person answer or decline who calls.
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
 * @csspart again-button - Calls somebody who has declined once more.
 * @csspart join-button - Answers a caller.
 * @csspart decline-button - Declines a caller.
 * @csspart copy-button - Copies the whole report.
 * @csspart toast - A text of somebody, in two lines at most, while the chat is closed.
 * @csspart icon - Every icon.
 * @cssstate shown - There are words to be seen, not only to be heard.
 * @cssstate failing - The call does not come about, and the cause is looked for or has been found.
 */
export class RtcStatus extends CallElement {
  static override styles = [baseStyles, buttonStyles, statusStyles];

  /** Say everything to screen readers, but show only what needs attention. */
  @property({ type: Boolean, attribute: 'notices-only' }) noticesOnly = false;

  /** Whether the chat is on the screen: texts that arrive while it is `closed` are shown for 5 s. */
  @property() chat: 'open' | 'closed' | null = null;

  /** What has just happened, for screen readers. */
  @state() private news = '';
  @state() private toast = '';

  #newsTimer: ReturnType<typeof setTimeout> | undefined;
  #hideTimer: ReturnType<typeof setTimeout> | undefined;
  /** What has been on the screen for long enough: trouble or news of the devices. */
  readonly #seen = new WeakSet();

  readonly #phase = this.consume(({ phase }) => phase);
  readonly #participants = this.consume(({ participants }) => participants);
  readonly #newest = this.consume(({ messages }) => messages.at(-1));
  readonly #declined = this.consume(({ declined }) => declined);
  #observed: CallController | null = null;
  #known: CallState['participants'] = [];
  #told: CallState['messages'][number] | undefined;
  #knownDecliners: CallState['declined'] = [];
  readonly #media = this.consume(({ media }) => media);
  readonly #wanted = this.consume(({ wanted }) => wanted);
  /** How the own devices were when they last came to rest in this call. */
  #own: Partial<Record<Own, MediaStatus>> = {};
  readonly #mediaErrors = this.consume(({ mediaErrors }) => mediaErrors);
  readonly #replacement = this.consume(({ replacement }) => replacement);
  readonly #refusal = this.consume(({ refusal }) => refusal);
  readonly #caller = this.consume((state) => (isStarted(state) ? null : callerOf(state)));
  readonly #check = new ConnectionCheck(this, this.#phase, this.localize);

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#hideTimer);
    clearTimeout(this.#newsTimer);
  }

  protected override willUpdate(): void {
    const known = this.#known;
    const told = this.#told;
    const people = (this.#known = this.#participants.value);
    const newest = (this.#told = this.#newest.value);
    const knownDecliners = this.#knownDecliners;
    const decliners = (this.#knownDecliners = this.#declined.value);
    if (this.chat !== 'closed') this.toast = '';
    const { controller } = this.#phase;
    const isOther = controller !== this.#observed;
    if (isOther) {
      // What is there in another call is no news.
      this.#observed = controller;
      this.toast = this.news = '';
      this.#own = {};
    }
    const ownNews = this.#compareOwn();
    if (isOther || !this.hasUpdated || !isStarted({ phase: this.#phase.value })) return;
    const { localize } = this;
    const news = [...ownNews, ...this.#compare(known, people)].join('\n');
    let toast = '';
    if (newest !== told && newest?.from)
      toast = localize.term('wrote', newest.name || localize.term('guest'), newest.text);
    // Who waits alone reads it in the place of the other.
    const decliner = people.length > 0 && decliners.length > knownDecliners.length && decliners.at(-1);
    if (decliner) toast = localize.term('declined', decliner.name);
    if (this.chat !== 'closed' && !decliner) toast = '';
    if (!toast && !news) return;
    if (toast) this.toast = toast;
    if (news) this.news = news;
    clearTimeout(this.#newsTimer);
    this.#newsTimer = setTimeout(() => {
      this.toast = this.news = '';
    }, newsMs);
  }

  /** A button that has the focus says itself that it was pressed. */
  #compareOwn(): string[] {
    if (!isStarted({ phase: this.#phase.value })) this.#own = {};
    return (['microphone', 'camera'] as const).flatMap((kind) => {
      const status = this.#media.value[kind];
      // What is wanted and off is about to open.
      if (status === 'starting' || (status === 'off' && this.#wanted.value[kind])) return [];
      const before = this.#own[kind];
      this.#own[kind] = status;
      if (!before || before === status || (status !== 'on' && status !== 'off')) return [];
      const hasFocus = focusedIn(this.ownerDocument)?.matches(`[part~=${kind}-button]`);
      return hasFocus ? [] : [this.localize.term(ownWords[kind][status])];
    });
  }

  #compare(before: CallState['participants'], now: CallState['participants']): string[] {
    const term = this.localize.term.bind(this.localize);
    const find = (people: CallState['participants'], id: string) => people.find((one) => one.id === id);
    const news = before.filter(({ id }) => !find(now, id)).map(({ name }) => term('left', name));
    for (const { id, name, microphone, screenStream } of now) {
      const former = find(before, id);
      if (!former) news.push(term('joined', name));
      if (former?.microphone === 'on' && microphone === 'off') news.push(term('wasMuted', name));
      if (screenStream && !former?.screenStream) news.push(term('sharesScreen', name));
    }
    return news;
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
    this.setStates({ failing: isFailing, shown: isShown || this.toast !== '' });
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
        ${this.#check.renderActions()} ${this.#renderAnswers()}
      </div>
      <div class="news" role="status" aria-atomic="false">
        <p
          class=${this.toast && !isShown ? 'notice toast' : 'visually-hidden'}
          part=${this.toast ? 'toast' : nothing}
          dir="auto"
        >
          ${this.toast}
        </p>
        <p class="visually-hidden">${this.news}</p>
      </div>`;
  }

  /** What the person can do; the built-in layout has it in places of its own. */
  #renderAnswers(): TemplateResult | typeof nothing {
    const { controller, value } = this.#phase;
    if (this.noticesOnly) return nothing;
    const answer = (): void => {
      controller?.start().catch(() => undefined); // recorded in the state, which is on the screen
    };
    if (this.#caller.value)
      return html`<div class="actions">
        <button type="button" class="button" part="join-button" @click=${answer}>
          ${this.localize.term('answer')}
        </button>
        <button
          type="button"
          class="button"
          part="decline-button"
          @click=${() => controller?.declineIncoming()}
        >
          ${this.localize.term('decline')}
        </button>
      </div>`;
    if (value !== 'waiting' || !this.#declined.value.length) return nothing;
    return html`<div class="actions">
      <button type="button" class="button" part="again-button" @click=${() => controller?.callAgain()}>
        ${this.localize.term('callAgain')}
      </button>
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
    if (refusal)
      return { title: term('failedTitle'), text: refusalText(refusal, this.localize), isNotice: true };
    const trouble = deviceTrouble(this.#mediaErrors.value, this.localize);
    if (trouble && phase !== 'ended')
      return { ...trouble, isNotice: phase !== 'idle' && !this.#seen.has(this.#mediaErrors.value) };
    const replacement = this.#replacement.value;
    if (replacement && !this.#seen.has(replacement)) {
      const { kind, reason, label } = replacement;
      const title = term(`${kind}${reason === 'unplugged' ? 'Unplugged' : 'Returned'}`);
      return { title, text: term('nowInUse', label), isNotice: true };
    }
    const caller = this.#caller.value;
    if (caller) return { title: term('incomingTitle', caller.name), tick: 'calm' };
    const decliner = this.#declined.value.at(-1);
    if (phase === 'waiting' && decliner) return { title: term('declined', decliner.name) };
    if (phase === 'waiting') return { title: term('waitingTitle'), text: term('waitingText'), tick: 'calm' };
    if (phase === 'connecting')
      return { title: term('connecting', nameOf('connecting')), tick: 'calm', isNotice: true };
    if (phase === 'ended') return { title: term('leftTitle'), text: term('leftLede') };
    return phase === 'connected' ? { title: term('connected') } : null;
  }
}

type Own = 'microphone' | 'camera';

const ownWords = {
  microphone: { on: 'microphoneIsOn', off: 'muted' },
  camera: { on: 'cameraIsOn', off: 'cameraIsOff' },
} as const;

/** A notice about a device stays over the pictures for so long; its button keeps the mark. */
const noticeMs = 8000;

/** A text stays there for so long. */
const newsMs = 5000;

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
