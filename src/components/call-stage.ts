import type { ReactiveController, TemplateResult } from 'lit';
import { isStarted, type CallState } from '../core/call-state.js';
import { ActiveSpeaker } from './active-speaker.js';
import { arrange, isVoiceCall, type Arrangement } from './arrangement.js';
import { callLayout } from './call-layout.js';
import { ElapsedTime } from './elapsed-time.js';
import { focusedIn, Idle } from './idle.js';
import type { Localize } from './localize.js';
import { onServer } from './on-server.js';
import { canPopOut, popOut } from './pop-out.js';
import type { RtcCall } from './rtc-call.js';
import type { RtcControls } from './rtc-controls.js';
import type { RtcJoin } from './rtc-join.js';
import { TileArranger } from './tile-arranger.js';

export interface CallStageOptions {
  localize: Localize;
  setState: (name: string, isSet: boolean) => void;
}

/** What a person sees of a call beside its state: who is large, what is pinned, whether the controls rest. */
export class CallStage implements ReactiveController {
  readonly #call: RtcCall;
  readonly #localize: Localize;
  readonly #idle: Idle;
  readonly #speaker: ActiveSpeaker;
  #pinned = '';
  #mayRest = false;
  #closeWindow: (() => void) | null = null;
  #isChatOpen = false;
  /** What had the focus before the chat took it. */
  #opener: HTMLElement | null = null;
  /** What had the focus when the state changed. */
  #focused: Element | null = null;

  constructor(call: RtcCall, { localize, setState }: CallStageOptions) {
    this.#call = call;
    this.#localize = localize;
    this.#speaker = new ActiveSpeaker(() => {
      call.requestUpdate();
    });
    this.#idle = new Idle(call, {
      mayRest: () => this.#mayRest,
      onChange: (isIdle) => {
        setState('resting', isIdle);
      },
    });
    call.addController(this);
    call.addController(this.#idle);
    call.addController(new ElapsedTime(call, localize));
    call.addController(
      new TileArranger(call, {
        container: () => call.renderRoot.querySelector('.tiles'),
        kind: () => (this.#closeWindow ? 'alone' : this.#arrangement().kind),
      }),
    );
  }

  hostUpdated(): void {
    if (this.#focused?.isConnected === false) void this.#catchFocus();
    this.#focused = null;
    const { state } = this.#call.controller;
    if (!isStarted(state)) {
      this.closeWindow();
      this.#isChatOpen = false;
    }
    const mayRest = state.phase === 'connected' && !state.playbackBlocked && !isVoiceCall(state);
    if (mayRest === this.#mayRest) return;
    this.#mayRest = mayRest;
    this.#idle.wake();
  }

  hostDisconnected(): void {
    this.#speaker.stop();
  }

  /** Of the state, what decides over the layout: who is there and what they show. */
  readonly look = (state: CallState): string => {
    const { phase, participants, connectedAt, playbackBlocked, declined } = state;
    const people = participants.map(({ id, name, screenStream }) => [id, name, screenStream?.id]);
    return JSON.stringify([phase, people, connectedAt, playbackBlocked, declined, isVoiceCall(state)]);
  };

  /** Before anything follows a change of the state, and takes away what has the focus. */
  noteFocus(): void {
    this.#focused = this.#call.shadowRoot?.activeElement ?? null;
  }

  /** Who speaks: only for the layout that follows them. */
  follow({ participants }: Pick<CallState, 'participants'>): void {
    this.#speaker.update(participants);
  }

  /** Makes a tile the large one, by its key; empty: none. */
  pin(key: string): void {
    this.#pinned = key;
    this.#call.requestUpdate();
  }

  render(): TemplateResult {
    return callLayout(this.#call.controller.state, {
      arrangement: this.#arrangement(),
      pinned: this.#pinned,
      isPoppedOut: this.#closeWindow !== null,
      noRing: this.#call.noRing,
      chat: this.#call.controller.isForeign ? null : this.#isChatOpen ? 'open' : 'closed',
      slots: new Set(onServer ? [] : Array.from(this.#call.children, ({ slot }) => slot)),
      localize: this.#localize,
      onPin: (key) => {
        this.pin(this.#pinned === key ? '' : key);
      },
      onReturn: () => {
        this.closeWindow();
      },
      onCallAgain: () => {
        this.#call.controller.callAgain();
      },
      onChat: () => void this.toggleChat(),
    });
  }

  /** Opens the chat with the focus in its field; or closes it, and the focus goes back to where it was. */
  async toggleChat(): Promise<void> {
    const call = this.#call;
    if (!isStarted(call.controller.state)) return;
    const findChat = () => call.renderRoot.querySelector('rtc-chat');
    const hadFocus = findChat()?.matches(':focus-within') ?? false;
    this.#isChatOpen = !this.#isChatOpen;
    if (this.#isChatOpen) this.#opener = focusedIn(call.ownerDocument) as HTMLElement | null;
    call.requestUpdate();
    await call.updateComplete;
    const chat = findChat();
    await chat?.updateComplete;
    if (chat) chat.focus();
    else if (hadFocus) this.#opener?.focus();
  }

  /** Moves the pictures to a window above all others, or back; false where there is no such window. */
  async toggleWindow(): Promise<boolean> {
    const call = this.#call;
    const view = call.ownerDocument.defaultView;
    if (view !== window) view?.close();
    else if (this.#closeWindow) this.closeWindow();
    else if (canPopOut()) {
      const words = { lang: this.#localize.lang(), dir: this.#localize.dir() };
      this.#closeWindow = await popOut(call, words, () => {
        this.#closeWindow = null;
        call.requestUpdate();
      });
      call.requestUpdate();
    } else return false;
    return true;
  }

  closeWindow(): void {
    this.#closeWindow?.();
  }

  /** By joining and leaving, what was pressed goes away: the focus goes on where the person does. */
  async #catchFocus(): Promise<void> {
    const { renderRoot } = this.#call;
    const next = renderRoot.querySelector<RtcJoin | RtcControls>('rtc-join, rtc-controls');
    await next?.updateComplete;
    if (!(renderRoot as ShadowRoot).activeElement) next?.focus({ preventScroll: true });
  }

  #arrangement(): Arrangement {
    return arrange(this.#call.controller.state, {
      layout: this.#call.layout,
      pinned: this.#pinned,
      speaker: this.#speaker.id,
    });
  }
}
