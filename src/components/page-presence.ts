import type { ReactiveController } from 'lit';
import type { CallController } from '../core/call-controller.js';
import { isStarted } from '../core/call-state.js';

type Action = MediaSessionAction | 'hangup' | 'togglemicrophone' | 'togglecamera';

/** What browsers know beyond TypeScript's declarations (Media Session, §7.6). */
type CallSession = Omit<MediaSession, 'setMicrophoneActive' | 'setCameraActive'> & {
  setMicrophoneActive?(on: boolean): unknown;
  setCameraActive?(on: boolean): unknown;
};

/**
 * The call in the eyes of the device: the screen stays awake while somebody is connected, and the browser's media
 * panel names the people and has the buttons of the call. What a browser lacks is left out without a word.
 */
export class PagePresence implements ReactiveController {
  readonly #host: HTMLElement;
  readonly #controller: () => CallController;
  #lock: Promise<WakeLockSentinel | undefined> | null = null;
  #isShown = false;
  #told = '';

  constructor(host: HTMLElement, controller: () => CallController) {
    this.#host = host;
    this.#controller = controller;
  }

  hostConnected(): void {
    document.addEventListener('visibilitychange', this.#onVisibility);
  }

  hostUpdated(): void {
    if (this.#host.ownerDocument === document) this.#show(); // a pop-out leaves it to the page
  }

  hostDisconnected(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#keepAwake(false);
    this.#leaveSession();
  }

  #show(): void {
    const { state } = this.#controller();
    this.#keepAwake(state.phase === 'connected' || state.phase === 'reconnecting');
    if (!isStarted(state)) {
      this.#leaveSession();
      return;
    }
    const session = sessionOf();
    if (!session) return;
    if (!this.#isShown) this.#enterSession(session);
    void session.setMicrophoneActive?.(state.media.microphone === 'on');
    void session.setCameraActive?.(state.media.camera === 'on');
    const title = state.participants
      .map(({ name }) => name)
      .filter(Boolean)
      .join(', ');
    if (title === this.#told) return;
    this.#told = title;
    session.metadata = title ? new MediaMetadata({ title }) : null;
  }

  #enterSession(session: CallSession): void {
    this.#isShown = true;
    const controller = this.#controller;
    const isOn = (kind: 'microphone' | 'camera'): boolean => controller().state.media[kind] === 'on';
    const toggle = (done: Promise<void>): void => void done.catch(() => undefined); // recorded in the state
    handle(session, 'hangup', () => {
      controller().end();
    });
    handle(session, 'togglemicrophone', () => {
      toggle(controller().setMicrophone(!isOn('microphone')));
    });
    handle(session, 'togglecamera', () => {
      toggle(controller().setCamera(!isOn('camera')));
    });
  }

  #leaveSession(): void {
    const session = sessionOf();
    if (!this.#isShown || !session) return;
    this.#isShown = false;
    this.#told = '';
    session.metadata = null;
    for (const action of ['hangup', 'togglemicrophone', 'togglecamera'] as const)
      handle(session, action, null);
  }

  readonly #onVisibility = (): void => {
    // The browser takes the lock of a hidden page.
    if (document.visibilityState !== 'visible' || !this.#lock) return;
    this.#lock = null;
    this.hostUpdated();
  };

  #keepAwake(on: boolean): void {
    if (on === (this.#lock !== null)) return;
    const lock = this.#lock;
    const { wakeLock } = navigator as { wakeLock?: WakeLock };
    this.#lock = on
      ? (wakeLock?.request('screen').catch(() => undefined) ?? Promise.resolve(undefined))
      : null;
    void lock?.then((sentinel) => sentinel?.release());
  }
}

const sessionOf = (): CallSession | undefined => (navigator as { mediaSession?: CallSession }).mediaSession;

function handle(session: CallSession, action: Action, handler: (() => void) | null): void {
  try {
    session.setActionHandler(action as MediaSessionAction, handler);
  } catch {
    // A TypeError: the browser does not know the action.
  }
}
