import type { ReactiveController } from 'lit';

/** Without pointer, touch, key or focus for so long, the controls leave the picture to itself. */
export const idleAfterMs = 3000;

export interface IdleOptions {
  /** Whether the controls may leave at all. */
  mayRest: () => boolean;
  onChange: (isIdle: boolean) => void;
}

/** Watches whether a person does anything in a host. */
export class Idle implements ReactiveController {
  readonly #host: HTMLElement;
  readonly #options: IdleOptions;
  #isIdle = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pointerType = '';

  constructor(host: HTMLElement, options: IdleOptions) {
    this.#host = host;
    this.#options = options;
    for (const type of ['pointermove', 'pointerdown', 'keydown', 'focusin', 'click'])
      host.addEventListener(type, this.#onAct);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
  }

  /** The person did something, or what is on the screen is another thing. */
  wake(): void {
    this.#set(false);
    clearTimeout(this.#timer);
    if (this.#options.mayRest()) this.#timer = setTimeout(this.#rest, idleAfterMs);
  }

  readonly #rest = (): void => {
    if (this.#options.mayRest() && !isBusy(this.#host)) this.#set(true);
    else this.wake();
  };

  readonly #onAct = (event: Event): void => {
    if (event.type.startsWith('pointer')) this.#pointerType = (event as PointerEvent).pointerType;
    else if (event.type === 'keydown') this.#pointerType = '';
    // Of all that a tap causes, the focus of what lies under it among it, only the click counts.
    if (this.#pointerType !== 'touch') this.wake();
    else if (event.type === 'click') {
      // The first tap shows the controls and presses none: they take no pointer while they are hidden.
      const isOnPicture = !event
        .composedPath()
        .some(
          (target) => target instanceof Element && target.matches('button, a, input, rtc-controls, .own'),
        );
      if (isOnPicture && !this.#isIdle && this.#options.mayRest()) this.#set(true);
      else this.wake();
    }
  };

  #set(isIdle: boolean): void {
    if (isIdle === this.#isIdle) return;
    this.#isIdle = isIdle;
    this.#options.onChange(isIdle);
  }
}

/** What has the focus, through shadow roots. */
export function focusedIn({ activeElement: active }: Document): Element | null {
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}

/** Something is open, or the keyboard's focus is inside: a click leaves a focus behind that is not visible,
 * and joining one on the bar itself. */
function isBusy(host: HTMLElement): boolean {
  const active = focusedIn(host.ownerDocument);
  if (host.matches(':focus-within') && active?.matches(':focus-visible:not([role=toolbar])')) return true;
  const inner = [...(host.shadowRoot?.querySelectorAll('*') ?? [])].map(({ shadowRoot }) => shadowRoot);
  return [host, host.shadowRoot, ...inner].some((root) =>
    root?.querySelector(':popover-open, dialog[open], [aria-expanded=true]'),
  );
}
