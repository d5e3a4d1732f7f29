import { html, nothing, type TemplateResult } from 'lit';
import { isStarted, type CallMessage } from '../core/call-state.js';
import { CallElement } from './call-element.js';
import { callAround } from './commands.js';
import { deviceToggle, flipButton, hasCameras } from './device-toggle.js';
import { icon, type IconName } from './icons.js';
import { LevelMeter } from './level-meter.js';
import { menuItem, moreMenu, moveFocus, moveInMenu, shownItems } from './more-menu.js';
import { baseStyles } from './styles/base.js';
import { buttonStyles } from './styles/button.js';
import { controlsStyles } from './styles/controls.js';
import { menuStyles } from './styles/menu.js';
import { property, state } from './property.js';

type Panel = 'devices' | 'more';

/** Phones have no such thing. */
const canShare =
  'getDisplayMedia' in ((globalThis.navigator as Partial<Navigator> | undefined)?.mediaDevices ?? {});

/**
 * The bar with the buttons of the call: microphone, camera, devices, screen, chat, more, leave; outside a call, join.
 * In a narrow frame screen and chat move into the menu behind More. Arrow keys lead from button to button, as Tab does.
 *
 * @element rtc-controls
 * @slot start - Further buttons before the built-in ones.
 * @slot end - Further buttons between camera and leave.
 * @slot icon-microphone - The icon of the open microphone.
 * @slot icon-microphone-off - The icon of the muted microphone.
 * @slot icon-camera - The icon of the open camera.
 * @slot icon-camera-off - The icon of the closed camera.
 * @slot icon-flip - The icon of the button that turns to the other camera.
 * @slot icon-devices - The icon of the button that opens the devices.
 * @slot icon-share - The icon of the button that shares a screen.
 * @slot icon-chat - The icon of the button that opens the chat.
 * @slot icon-more - The icon of the button that opens the menu.
 * @slot icon-leave - The icon of the button that leaves the call.
 * @csspart bar - The bar.
 * @csspart button - Every button.
 * @csspart microphone-button - The button that mutes and unmutes.
 * @csspart camera-button - The button that closes and opens the camera.
 * @csspart flip-button - The button that turns to a phone's other camera.
 * @csspart devices-button - The button that opens the devices.
 * @csspart devices-panel - The panel with the devices.
 * @csspart close-button - The button that closes the panel.
 * @csspart share-button - The button that shares a screen, where the browser can.
 * @csspart chat-button - The button that opens and closes the chat; only with `chat`.
 * @csspart more-button - The button that opens the menu.
 * @csspart more-panel - The menu.
 * @csspart more-item - Each choice in it.
 * @csspart leave-button - The button that leaves the call.
 * @csspart join-button - The button that joins, outside a call.
 * @csspart icon - Every built-in icon.
 * @fires chat - The person opens or closes the chat; whoever shows it does so and sets `chat`.
 */
export class RtcControls extends CallElement {
  static override styles = [baseStyles, buttonStyles, controlsStyles, menuStyles];

  readonly #phase = this.consume(({ phase }) => phase);
  readonly #microphone = this.consume(({ media }) => media.microphone);
  readonly #camera = this.consume(({ media }) => media.camera);
  readonly #hasCameras = this.consume(hasCameras);

  readonly #screen = this.consume(({ media }) => media.screen);
  readonly #others = this.consume(({ participants }) => participants.length);
  readonly #messages = this.consume(({ messages }) => messages);

  /** Whether the chat is on the screen; without it there is no button for one. */
  @property() chat: 'open' | 'closed' | null = null;

  @state() private openPanel: Panel | null = null;
  #hadFocus = false;
  /** The newest text when the chat was last on the screen. */
  #seen: CallMessage | undefined;
  #unread = 0;

  constructor() {
    super();
    new LevelMeter(this, () => this.#phase.controller, '.on[part~=microphone-button]');
  }

  /** To the bar: the next Tab leads to its first button. */
  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector<HTMLElement>('.bar')?.focus(options);
  }

  protected override willUpdate(): void {
    const messages = this.#messages.value;
    if (!this.hasUpdated || this.chat === 'open') this.#seen = messages.at(-1);
    const isSeen = this.#seen ? messages.indexOf(this.#seen) + 1 : 0;
    this.#unread = messages.slice(isSeen).filter(({ from }) => from).length;
  }

  protected override render(): TemplateResult {
    const term = this.localize.term.bind(this.localize);
    if (!isStarted({ phase: this.#phase.value })) {
      return this.#renderBar(
        html`<slot name="start"></slot>
          <button
            type="button"
            class="button primary"
            part="button join-button"
            ?disabled=${!this.#phase.controller}
            @click=${this.#join}
          >
            ${this.#phase.value === 'ended' ? term('joinAgain') : term('join')}
          </button>
          <slot name="end"></slot>`,
      );
    }
    const context = {
      controller: this.#phase.controller,
      localize: this.localize,
      hasKeys: callAround(this)?.noHotkeys === false,
    };
    return this.#renderBar(
      html`<slot name="start"></slot>
        ${deviceToggle('microphone', this.#microphone.value, context)}
        ${deviceToggle('camera', this.#camera.value, context)}
        ${this.#camera.value === 'on' && this.#hasCameras.value ? flipButton(context) : nothing}
        ${this.#renderDevices()}
        <span class="rule wide"></span>
        ${this.#renderShare()} ${this.#renderChat()}
        <slot name="end"></slot>
        ${this.#renderMore()}
        <span class="rule"></span>
        <button
          type="button"
          class="button danger leave"
          part="button leave-button"
          aria-label=${term('leave')}
          @click=${this.#leave}
        >
          <slot name="icon-leave">${icon('leave')}</slot><span class="word">${term('leave')}</span>
        </button>`,
    );
  }

  #renderBar(content: TemplateResult): TemplateResult {
    return html`<div
      class="bar"
      part="bar"
      role="toolbar"
      tabindex="-1"
      aria-label=${this.localize.term('controls')}
      @keydown=${this.#onKey}
    >
      ${content}
    </div>`;
  }

  /** Arrows go through the buttons as in any toolbar (ARIA APG); Tab does, too. What is in a panel has its own keys. */
  readonly #onKey = (event: KeyboardEvent): void => {
    const stops = [...this.renderRoot.querySelectorAll('.bar > button:enabled, .bar > slot')]
      .flatMap((one) => (one instanceof HTMLSlotElement ? one.assignedElements({ flatten: true }) : one))
      .map((one) => one as HTMLElement)
      .filter(({ tabIndex, offsetWidth }) => tabIndex >= 0 && offsetWidth > 0);
    if (!stops.includes(event.target as HTMLElement)) return;
    moveFocus(event, stops, getComputedStyle(this).direction === 'rtl' ? 'Left Right' : 'Right Left');
  };

  #renderShare(): TemplateResult | typeof nothing {
    if (!canShare) return nothing;
    const { isOn, words } = this.#share;
    return html`<button
      type="button"
      class="control ${isOn ? 'lit' : 'on'} wide"
      part="button share-button"
      aria-pressed=${isOn}
      aria-label=${this.localize.term('shareScreen')}
      title=${words}
      @click=${this.#toggleShare}
    >
      <slot name="icon-share">${icon('share')}</slot>
    </button>`;
  }

  #renderChat(): TemplateResult | typeof nothing {
    if (!this.chat) return nothing;
    const isOpen = this.chat === 'open';
    return html`<button
      type="button"
      class="control ${isOpen ? 'lit' : 'on'} wide"
      part="button chat-button"
      aria-expanded=${isOpen}
      aria-label=${this.#chatWords}
      title=${this.localize.term('chat')}
      @click=${this.#toggleChat}
    >
      <slot name="icon-chat">${icon('chat')}</slot>${this.#renderCount()}
    </button>`;
  }

  #renderMore(): TemplateResult {
    const { isOn, words } = this.#share;
    const overflow = { className: 'narrow' };
    return this.#renderPanel(
      'more',
      'more',
      () => html`
        ${canShare ? menuItem('share', words, this.#toggleShare, { ...overflow, pressed: isOn }) : nothing}
        ${this.chat ? menuItem('chat', this.#chatWords, this.#toggleChat, overflow) : nothing}
        ${moreMenu(this, this.localize, this.#others.value)}
      `,
    );
  }

  #renderDevices(): TemplateResult {
    return this.#renderPanel(
      'devices',
      'settings',
      () =>
        html`<header>
            <h2>${this.localize.term('devices')}</h2>
            <button
              type="button"
              class="control"
              part="close-button"
              popovertarget="devices"
              popovertargetaction="hide"
              aria-label=${this.localize.term('close')}
            >
              ${icon('close')}
            </button>
          </header>
          <rtc-devices
            exportparts="devices, device, device-label, device-select, device-trouble, level, test-button, hint, icon"
          ></rtc-devices>`,
    );
  }

  /** A button and the panel that it opens; what is in the panel is there only while it is open. */
  #renderPanel(id: Panel, symbol: IconName, content: () => TemplateResult): TemplateResult {
    const words = this.localize.term(id);
    return html`<button
        type="button"
        class="control on open-${id}"
        part="button ${id}-button"
        popovertarget=${id}
        aria-haspopup="dialog"
        aria-label=${words}
        title=${words}
      >
        <slot name="icon-${id}">${icon(symbol)}</slot>${id === 'more' ? this.#renderCount('narrow') : nothing}
      </button>
      <div
        id=${id}
        class="menu"
        part="${id}-panel"
        popover="auto"
        tabindex="-1"
        role="dialog"
        aria-label=${words}
        @beforetoggle=${this.#onToggle}
        @toggle=${this.#onToggle}
        @keydown=${moveInMenu}
      >
        ${this.openPanel === id ? content() : nothing}
      </div>`;
  }

  #renderCount(className = ''): TemplateResult | typeof nothing {
    return this.#unread > 0
      ? html`<span class="badge count ${className}" aria-hidden="true"
          >${this.localize.number(this.#unread)}</span
        >`
      : nothing;
  }

  get #share(): { isOn: boolean; words: string } {
    const isOn = this.#screen.value === 'on';
    return { isOn, words: this.localize.term(isOn ? 'stopSharing' : 'shareScreen') };
  }

  get #chatWords(): string {
    const words = this.localize.term('chat');
    const { localize } = this;
    return this.#unread > 0
      ? `${words}, ${localize.term('chatUnread', this.#unread, localize.number(this.#unread))}`
      : words;
  }

  readonly #toggleShare = (): void => {
    // A refusal is recorded in the state; that the person chose nothing is none.
    this.#phase.controller?.setScreenShare(!this.#share.isOn).catch(() => undefined);
  };

  readonly #toggleChat = (): void => {
    this.dispatchEvent(new Event('chat'));
  };

  readonly #onToggle = (event: Event): void => {
    const { newState, type } = event as ToggleEvent;
    const panel = event.currentTarget as HTMLElement;
    const isOpen = newState === 'open';
    if (type === 'beforetoggle') {
      if (isOpen) this.openPanel = panel.id as Panel;
      else this.#hadFocus = panel.matches(':focus-within');
      return;
    }
    if (isOpen) (shownItems(panel)[0] ?? panel).focus();
    else {
      if (this.openPanel === panel.id) this.openPanel = null;
      // Chromium does not by itself where the focus was in a shadow tree of the panel.
      if (this.#hadFocus) (panel.previousElementSibling as HTMLElement).focus();
    }
  };

  readonly #join = (): void => {
    this.#phase.controller?.start().catch(() => undefined); // recorded in the state, which is on the screen
  };

  readonly #leave = (): void => {
    this.#phase.controller?.end();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'rtc-controls': RtcControls;
  }
}
