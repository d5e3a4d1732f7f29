import { ContextProvider } from '@lit/context';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { CallController } from '../core/call-controller.js';
import type { CallEventDetails } from '../core/call-events.js';
import type { CallOptions } from '../core/call-options.js';
import { isStarted, type CallPhase, type MediaState, type Participant } from '../core/call-state.js';
import type { Diagnosis } from '../core/diagnosis.js';
import { CallError } from '../core/errors.js';
import { keyOf, type LayoutName } from './arrangement.js';
import { afterCalm, noteCalm } from './calm.js';
import { callContext } from './call-context.js';
import { CallStage } from './call-stage.js';
import { commandOfKey, runCommand } from './commands.js';
import { eventClasses, RtcErrorEvent } from './events.js';
import { afterContentLoaded } from './content-loaded.js';
import { Localize } from './localize.js';
import { onServer } from './on-server.js';
import { PagePresence } from './page-presence.js';
import { PortableElement } from './portable-element.js';
import { baseStyles } from './styles/base.js';
import { buttonStyles } from './styles/button.js';
import { callStyles } from './styles/call.js';
import { stageStyles } from './styles/stage.js';
import { version } from '../version.js';
import { property, state } from './property.js';

/** What not every browser has. */
type VideoInPicture = Partial<Pick<HTMLVideoElement, 'requestPictureInPicture'>> & {
  webkitEnterFullscreen?(): void;
};

/** Removed from the page, the call lives on for so long, since frameworks move elements by removing them. */
const graceMs = 2000;

/** A property that is kept by the controller. */
function setting(prototype: RtcCall, name: keyof CallOptions): void {
  Object.defineProperty(prototype, name, {
    configurable: true,
    enumerable: true,
    get(this: RtcCall): unknown {
      return this.controller.options[name];
    },
    set(this: RtcCall, value: unknown) {
      this.controller.configure({ [name]: value });
    },
  });
}

/**
 * A whole call. Without children it shows everything by itself: join screen, pictures, own view, controls,
 * status. With children the page has its own layout, and every `rtc-…` element inside takes part.
 *
 * Signals leave as `rtc-signal` events and come back through `receiveSignal()`; how they travel is the page's
 * business.
 *
 * @element rtc-call
 * @slot - The page's own layout, in place of the whole built-in one.
 * @slot invite - Shown while nobody else is there: a link to send, a button to copy it.
 * @slot waiting - The words while nobody else is there.
 * @slot controls-start - Further buttons before the built-in ones.
 * @slot controls-end - Further buttons between camera and leave.
 * @slot join-title - The heading of the join screen.
 * @slot join-lede - The sentence under it.
 * @slot join-panel - Further fields of the page on the join screen, between name and devices.
 * @slot chat-title - The heading of the chat.
 * @slot chat-empty - What stands in the chat while nothing has been written.
 * @slot chat-note - The sentence under the field of the chat.
 * @slot icon-microphone - The icon of the open microphone, in the bar and on the join screen.
 * @slot icon-microphone-off - The icon of the muted microphone there.
 * @slot icon-camera - The icon of the open camera there.
 * @slot icon-camera-off - The icon of the closed camera there.
 * @slot icon-flip - The icon of the button there that turns to the other camera.
 * @slot icon-ring - The icon of the button there that switches the ring off.
 * @slot icon-ring-off - The icon of the button there that switches it on again.
 * @slot icon-devices - The icon of the button that opens the devices.
 * @slot icon-share - The icon of the button that shares a screen.
 * @slot icon-chat - The icon of the button that opens the chat.
 * @slot icon-more - The icon of the button that opens the menu.
 * @slot icon-leave - The icon of the button that leaves the call.
 * @slot placeholder - Shown in the own view while there is no picture, in place of the initial.
 * @slot placeholder-ID - Shown in the tile of the participant with this id while there is no picture.
 * @slot captions-ID - What the participant with this id says, as text over the picture; see `<rtc-remote-video>`.
 * @csspart frame - The built-in layout.
 * @csspart stage - The area with the pictures.
 * @csspart seat - What is shown while nobody else is there.
 * @csspart tile - The tile of each participant.
 * @csspart own - The own view. Where it floats, a drag, a press or an arrow key brings it to another corner.
 * @csspart time - How long the call has gone on.
 * @csspart pin-button - The button of a tile that makes it the large one.
 * @csspart return-button - The button that brings the call back from its own window.
 * @csspart again-button - Calls somebody who has declined once more.
 * @csspart join - The join screen.
 * @csspart controls - The control bar.
 * @csspart status - The notices above the bar.
 * @csspart chat - The panel with the texts, while it is open.
 * @csspart icon - Every built-in icon.
 * @csspart video - Every `<video>`.
 * @cssprop --rtc-accent - The one colour from which fills, inks and washes are derived.
 * @cssprop --rtc-accent-fill - Buttons in that colour, if not derived.
 * @cssprop --rtc-on-accent - Words and icons on them.
 * @cssprop --rtc-accent-ink - Words, lines and the focus ring in that colour, if not derived.
 * @cssprop --rtc-stage - Behind the tiles.
 * @cssprop --rtc-tile - A tile without a picture.
 * @cssprop --rtc-surface - Bars, panels and notices.
 * @cssprop --rtc-raised - Buttons on a surface.
 * @cssprop --rtc-hover - Buttons under the pointer.
 * @cssprop --rtc-line - Quiet lines.
 * @cssprop --rtc-line-strong - Borders of inputs.
 * @cssprop --rtc-text - Text.
 * @cssprop --rtc-text-muted - Secondary text.
 * @cssprop --rtc-danger - The button that leaves.
 * @cssprop --rtc-on-danger - Words and icons on it.
 * @cssprop --rtc-warn - Trouble.
 * @cssprop --rtc-scrim - Under words on a picture.
 * @cssprop --rtc-on-picture - Words and icons on it.
 * @cssprop --rtc-gap - Between tiles, and around them.
 * @cssprop --rtc-radius-tile - Corners of tiles.
 * @cssprop --rtc-radius-control - Corners of buttons and inputs.
 * @cssprop --rtc-radius-small - Corners of small things.
 * @cssprop --rtc-radius-frame - Outer corners.
 * @cssprop --rtc-target - Size of buttons in the bar.
 * @cssprop --rtc-font - Font family.
 * @cssprop --rtc-font-size-xs - The smallest words.
 * @cssprop --rtc-font-size-s - Small words.
 * @cssprop --rtc-font-size-m - Most words.
 * @cssprop --rtc-font-size-l - Large words.
 * @cssprop --rtc-font-size-xl - Headings.
 * @cssprop --rtc-font-size-2xl - The largest heading.
 * @cssprop --rtc-duration-fast - How long small changes take.
 * @cssprop --rtc-duration - How long larger ones take.
 * @cssprop --rtc-ease - Their course, an easing function.
 * @cssprop --rtc-object-fit - How pictures fill their tiles (`cover`).
 * @cssstate idle - Not started.
 * @cssstate waiting - Started, alone.
 * @cssstate connecting - Somebody is there, not connected yet.
 * @cssstate connected - Connected to somebody.
 * @cssstate reconnecting - The connection is lost for the moment.
 * @cssstate ended - Ended.
 * @cssstate resting - Connected, and nobody has touched anything for a while: the controls are hidden.
 * @cssstate own-layout - The page brought its own layout.
 * @fires {RtcSignalEvent} rtc-signal - A message for the others: forward `detail` to them.
 * @fires {RtcPhaseChangeEvent} rtc-phase-change - `{phase, previous}`: the call as a whole went on to another phase
 * @fires {RtcParticipantJoinEvent} rtc-participant-join - `{participant}`: somebody is there, not yet connected
 * @fires {RtcParticipantLeaveEvent} rtc-participant-leave - `{participant, reason}`: somebody is gone for good
 * @fires {RtcMediaChangeEvent} rtc-media-change - `{media}`: the own microphone, camera and screen
 * @fires {RtcMessageEvent} rtc-message - `{from, text, at}`: somebody sent a text; never insert it as markup
 * @fires {RtcQualityChangeEvent} rtc-quality-change - `{participantId, quality}`: the connection to somebody became better or worse
 * @fires {RtcIncomingEvent} rtc-incoming - `{id, name}`: somebody calls while this side has not started
 * @fires {RtcErrorEvent} rtc-error - `{error}`: something went wrong, `error.code` says what, `error.message` what to do
 * @command --start - Joins the call.
 * @command --end - Leaves the call.
 * @command --toggle-microphone - Mutes or unmutes.
 * @command --toggle-camera - Closes or opens the camera.
 * @command --toggle-screen - Shares a screen, or stops.
 * @command --flip-camera - Turns to the other camera of a phone.
 * @command --toggle-fullscreen - Fills the screen with the call, or no longer.
 * @command --toggle-pip - Shows the call in a small window above all others, or brings it back.
 * @command --toggle-chat - Opens or closes the chat of the built-in layout.
 */
export class RtcCall extends PortableElement {
  static override styles = [baseStyles, buttonStyles, callStyles, stageStyles];

  /** The version of the package; two versions on one page are told apart by it. */
  static readonly version: string = version;

  /** Joins by itself, one task after `DOMContentLoaded`, so that the page's listeners are there. */
  @property({ type: Boolean }) autostart = false;

  /**
   * How the pictures are arranged. `auto`: one to one the other fills the frame, more people are a grid, a shared
   * screen or a pinned tile is large; `grid`: all are equal unless one is pinned; `speaker`: who speaks is large.
   * Any other value counts as `auto`.
   */
  @property({ converter: (text) => text ?? 'auto' }) layout: LayoutName = 'auto';

  /** No keyboard shortcuts: M for the microphone, V for the camera, while the focus is in the call. */
  @property({ type: Boolean, attribute: 'no-hotkeys' }) noHotkeys = false;

  /** Callers do not ring on the join screen. */
  @property({ type: Boolean, attribute: 'no-ring' }) noRing = false;

  @state() private hasOwnLayout = false;

  readonly #localize = new Localize(this);
  readonly #internals = this.attachInternals();
  readonly #stage = new CallStage(this, {
    localize: this.#localize,
    setState: (name, isSet) => {
      this.#setState(name, isSet);
    },
  });
  readonly #provider: ContextProvider<typeof callContext>;
  #controller: CallController;
  #ownsController = true;
  #listening: (() => void)[] = [];
  #graceTimer: ReturnType<typeof setTimeout> | undefined;
  #isStartScheduled = false;

  constructor() {
    super();
    this.#controller = new CallController();
    this.#provider = new ContextProvider(this, { context: callContext, initialValue: this.#controller });
    this.#listen();
    this.addEventListener('command', (event) => {
      runCommand(this, (event as Event & { command?: string }).command ?? '');
    });
    this.addEventListener('keydown', this.#onKey);
    this.addController(new PagePresence(this, () => this.#controller));
  }

  // ---- Settings: they live in the controller, which checks them.

  /** STUN and TURN servers; as attribute a JSON array, or URLs separated by spaces or commas. */
  @property({ attribute: 'ice-servers', type: Array, converter: (text) => text })
  get iceServers(): RTCIceServer[] {
    return this.#controller.options.iceServers;
  }
  set iceServers(iceServers: RTCIceServer[] | string) {
    this.#controller.configure({ iceServers });
  }

  /** Asked before every new connection and ICE restart, so that TURN credentials never go stale; wins over `iceServers`. */
  @property({ attribute: false })
  @setting
  iceServersProvider!: CallOptions['iceServersProvider'];

  /** `relay` keeps every address of this side from the others; else `all`. */
  @property({ attribute: 'ice-transport-policy' })
  @setting
  iceTransportPolicy!: RTCIceTransportPolicy;

  /** Capture no sound; still receive it. */
  @property({ type: Boolean, attribute: 'no-audio' })
  @setting
  noAudio!: boolean;

  /** Capture no picture; still receive it. */
  @property({ type: Boolean, attribute: 'no-video' })
  @setting
  noVideo!: boolean;

  /** `MediaTrackConstraints` for `audio` and `video`. */
  @property({ attribute: false })
  @setting
  constraints!: CallOptions['constraints'];

  /** The page's own stream instead of devices; may change in a call. Its tracks are never stopped or disabled. */
  @property({ attribute: false })
  @setting
  localStream!: MediaStream | null;

  /** The page's filter on captured tracks, such as background blur. */
  @property({ attribute: false })
  @setting
  processTrack!: CallOptions['processTrack'];

  /** Display name told to the others, at most 64 characters. */
  @property()
  @setting
  name!: string;

  /** Own id; random unless set. */
  @property({ attribute: 'peer-id' })
  get peerId(): string {
    return this.#controller.id;
  }
  set peerId(peerId: string | null) {
    this.#controller.configure({ peerId });
  }

  /** Messages of another room are ignored. */
  @property()
  @setting
  room!: string;

  /** People in the call, oneself included. */
  @property({ attribute: 'max-participants', type: Number })
  @setting
  maxParticipants!: number;

  /**
   * How to speak with a page that does not know this library: `auto` as it does once it has spoken, `w3c` or
   * `simple-peer` from the first message on.
   */
  @property()
  @setting
  dialect!: CallOptions['dialect'];

  /** With a foreign `dialect`: this side offers first, and is the impolite one. */
  @property({ type: Boolean })
  @setting
  initiator!: boolean;

  /** The call itself. The element ends the one that it made; one that the page sets stays the page's. */
  @property({ attribute: false })
  get controller(): CallController {
    return this.#controller;
  }
  set controller(controller: CallController) {
    if (!(controller as CallController | null) || controller === this.#controller) return; // frameworks pass null while they unmount
    if (this.#ownsController) this.#controller.end();
    this.#ownsController = false;
    this.#controller = controller;
    this.#provider.setValue(controller);
    this.#listen();
  }

  // ---- What the call is.

  /** `idle`, `waiting`, `connecting`, `connected`, `reconnecting` or `ended`. */
  get phase(): CallPhase {
    return this.#controller.state.phase;
  }

  /** The others, in the order of their arrival; frozen. */
  get participants(): readonly Participant[] {
    return this.#controller.state.participants;
  }

  /** The own microphone, camera and screen; frozen. */
  get media(): MediaState {
    return this.#controller.state.media;
  }

  /** The last error of a command or setting, or null. */
  get error(): CallError | null {
    return this.#controller.state.error;
  }

  // ---- What the call does. See CallController for each.

  /** Opens the devices without calling anybody. */
  async preview(): Promise<void> {
    this.#applySettings();
    await this.#controller.preview();
  }

  /** Joins the call; `waiting` and the first signal come at once. */
  start(): Promise<void> {
    this.#applySettings();
    return this.#controller.start();
  }

  /** Leaves the call and closes the devices. */
  end(): void {
    this.#controller.end();
  }

  /** Takes a message of the others: an object or its JSON text. Never throws. */
  receiveSignal(message: unknown, sender?: { from?: string }): void {
    this.#controller.receiveSignal(message, sender);
  }

  /** Mutes or unmutes. */
  setMicrophone(on: boolean): Promise<void> {
    return this.#controller.setMicrophone(on);
  }

  /** Closes or opens the camera. */
  setCamera(on: boolean): Promise<void> {
    return this.#controller.setCamera(on);
  }

  /** Shares a screen beside the camera, or stops. */
  setScreenShare(on: boolean): Promise<void> {
    return this.#controller.setScreenShare(on);
  }

  /** Uses another device, in the call too. */
  selectDevice(kind: MediaDeviceKind, deviceId: string): Promise<void> {
    return this.#controller.selectDevice(kind, deviceId);
  }

  /** Turns to the other camera of a phone. */
  flipCamera(): Promise<void> {
    return this.#controller.flipCamera();
  }

  /** Sends a text to everybody in the call. */
  sendMessage(text: string): Promise<void> {
    return this.#controller.sendMessage(text);
  }

  /** Plays sound that the browser had refused; call it in a handler of a click or key. */
  resumePlayback(): Promise<void> {
    return this.#controller.resumePlayback();
  }

  /** Statistics of the connection to each participant, by id; or of the one that is named. */
  getStats(participantId?: string): Promise<Map<string, RTCStatsReport>> {
    return this.#controller.getStats(participantId);
  }

  /** Finds out what stands in the way of a call on this side, in at most 6 s; the report holds no address. */
  async diagnose(): Promise<Diagnosis> {
    this.#applySettings();
    return this.#controller.diagnose();
  }

  /** Fills the screen with the call, or no longer; needs a click or key just before. */
  async toggleFullscreen(): Promise<void> {
    if (this.matches(':fullscreen')) await this.ownerDocument.exitFullscreen();
    // iPhones show nothing but a video on the full screen.
    else if (!('requestFullscreen' in (this as object))) this.#mainVideo()?.webkitEnterFullscreen?.();
    else await this.requestFullscreen();
  }

  /**
   * Shows the call in a small window above all others, or brings it back; needs a click or key just before. What the
   * page has put into the call is there too, its own layout as well: the very nodes, with their listeners, until the
   * window closes. Where the browser has no such window, it is the picture of one participant.
   */
  async togglePictureInPicture(): Promise<void> {
    if (await this.#stage.toggleWindow()) return;
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    // Firefox has no API for it, only its own button over the picture.
    else await this.#mainVideo()?.requestPictureInPicture?.();
  }

  /** Opens the chat of the built-in layout, with the focus in its field, or closes it. */
  async toggleChat(): Promise<void> {
    await this.#stage.toggleChat();
  }

  /** Makes a participant's picture, or shared screen, the large one; null: nobody's. */
  pin(participantId: string | null, source: 'camera' | 'screen' = 'camera'): void {
    this.#stage.pin(participantId === null ? '' : keyOf({ id: participantId, source }));
  }

  // ---- Life in the page.

  override connectedCallback(): void {
    super.connectedCallback();
    clearTimeout(this.#graceTimer);
    if (this.#listening.length === 0) this.#listen();
    if (this.autostart) this.#scheduleStart();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#graceTimer = setTimeout(() => {
      this.#stage.closeWindow();
      if (this.#ownsController) this.#controller.end();
      else this.#stopListening(); // the page's controller lives on, and must not keep this element
    }, graceMs);
  }

  /** With it, `moveBefore()` does not disconnect the element at all (DOM §4.2.3). */
  connectedMoveCallback(): void {
    // Nothing was torn down.
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('autostart') && this.autostart && this.isConnected) this.#scheduleStart();
    if (!this.hasUpdated) this.hasOwnLayout = this.#findOwnLayout();
    for (const phase of ['idle', 'waiting', 'connecting', 'connected', 'reconnecting', 'ended']) {
      this.#setState(phase, phase === this.phase);
    }
    this.#setState('own-layout', this.hasOwnLayout);
  }

  protected override firstUpdated(): void {
    // A slot that is not there yet tells of nothing.
    new MutationObserver(() => {
      this.requestUpdate();
    }).observe(this, { childList: true });
  }

  /**
   * Once a frame at most, so that several facts are one rendering; and later where the call has just begun. A page
   * that is not seen has no frames.
   */
  protected override async scheduleUpdate(): Promise<void> {
    const { ownerDocument } = this;
    if (this.hasUpdated && !ownerDocument.hidden) await afterCalm(this.#controller, ownerDocument);
    await super.scheduleUpdate();
  }

  protected override render(): TemplateResult {
    const layout = this.hasOwnLayout
      ? nothing
      : html`<div class="sizer"></div>
          <div class="room">${this.#stage.render()}</div>`;
    return html`<slot @slotchange=${this.#onSlotChange}></slot>${layout}`;
  }

  // ---- Helpers.

  /** Properties that the page set before the upgrade reach their setters only with lit's first update. */
  #applySettings(): void {
    if (!this.hasUpdated && this.isUpdatePending) this.performUpdate();
  }

  #listen(): void {
    this.#stopListening();
    const controller = this.#controller;
    const forward = (event: Event): void => {
      const { type, detail } = event as unknown as { type: keyof CallEventDetails; detail: unknown };
      if (type === 'phase-change') noteCalm(controller, this.phase);
      const EventClass = eventClasses[type] as new (detail: unknown) => Event;
      this.dispatchEvent(new EventClass(detail));
    };
    this.#listening = [
      controller.subscribe(this.#stage.look, () => {
        this.#stage.noteFocus();
        this.requestUpdate();
      }),
      controller.subscribe(
        ({ participants }) => participants.map(({ id, speaking }) => `${speaking} ${id}`).join('\n'),
        () => {
          this.#stage.follow(controller.state);
        },
      ),
    ];
    for (const type of Object.keys(eventClasses)) {
      controller.addEventListener(type, forward);
      this.#listening.push(() => {
        controller.removeEventListener(type, forward);
      });
    }
  }

  #stopListening(): void {
    for (const stop of this.#listening) stop();
    this.#listening = [];
  }

  #scheduleStart(): void {
    if (this.#isStartScheduled) return;
    this.#isStartScheduled = true;
    afterContentLoaded(() => {
      this.#isStartScheduled = false;
      if (!this.autostart || !this.isConnected || this.phase !== 'idle') return;
      // Nobody holds the promise.
      this.start().catch((error: unknown) => {
        if (error instanceof CallError) this.dispatchEvent(new RtcErrorEvent({ error }));
      });
    });
  }

  readonly #onSlotChange = (): void => {
    this.hasOwnLayout = this.#findOwnLayout();
  };

  /** Children for the named slots add to the built-in layout; any other element replaces it. */
  #findOwnLayout(): boolean {
    if (onServer) return false; // there an element does not know its children
    return [...this.children].some((child) => !child.slot);
  }

  #mainVideo(): VideoInPicture | null | undefined {
    const root = this.hasOwnLayout ? this : this.renderRoot;
    const tile = root.querySelector('rtc-remote-video.main') ?? root.querySelector('rtc-remote-video');
    return tile?.shadowRoot?.querySelector('video');
  }

  #setState(name: string, isSet: boolean): void {
    if (isSet) this.#internals.states.add(name);
    else this.#internals.states.delete(name);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const command = this.noHotkeys || !isStarted(this.#controller.state) ? null : commandOfKey(event);
    if (!command) return;
    event.preventDefault();
    runCommand(this, command);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'rtc-call': RtcCall;
  }
}
