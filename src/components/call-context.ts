import { ContextConsumer, createContext, type Context } from '@lit/context';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { CallController } from '../core/call-controller.js';
import { initialState, type CallState } from '../core/call-state.js';

/**
 * The controller of the surrounding `<rtc-call>`. The key is global, so that the elements of two copies of this
 * library on one page still meet.
 */
export const callContext: Context<symbol, CallController> = createContext<CallController, symbol>(
  Symbol.for('rtc-call/controller@1'),
);

/**
 * Gives an element the controller of its `<rtc-call>` and one slice of its state: the element renders again only
 * when that slice changes. Follows the element when it moves to another call or out of any.
 */
export class CallConsumer<Slice> implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #select: (state: CallState) => Slice;
  readonly #consumer: ContextConsumer<typeof callContext, ReactiveControllerHost & HTMLElement>;
  #controller: CallController | null = null;
  #unsubscribe: (() => void) | null = null;
  #answers = 0;

  /** @param select must return the same value (by `Object.is`) while nothing of interest changes */
  constructor(host: ReactiveControllerHost & HTMLElement, select: (state: CallState) => Slice) {
    this.#host = host;
    this.#select = select;
    host.addController(this);
    this.#consumer = new ContextConsumer(host, {
      context: callContext,
      subscribe: true,
      callback: (controller) => {
        this.#answers++;
        this.#use(controller);
      },
    });
  }

  /** Null outside any `<rtc-call>`. */
  get controller(): CallController | null {
    return this.#controller;
  }

  get value(): Slice {
    return this.#select(this.#controller?.state ?? initialState);
  }

  hostDisconnected(): void {
    this.#use(null);
  }

  /** For `connectedMoveCallback`: `moveBefore()` may have brought the element to another call, or out of any. */
  hostMoved(): void {
    const before = this.#answers;
    this.#consumer.hostDisconnected(); // or the former call goes on telling its news
    this.#consumer.hostConnected();
    if (this.#answers === before) this.#use(null);
  }

  #use(controller: CallController | null): void {
    if (this.#controller === controller) return;
    this.#unsubscribe?.();
    this.#controller = controller;
    this.#unsubscribe =
      controller?.subscribe(this.#select, () => {
        this.#host.requestUpdate();
      }) ?? null;
    this.#host.requestUpdate();
  }
}
