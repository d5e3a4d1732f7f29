import { afterCalm, isCalm } from './calm.js';
import { CallConsumer } from './call-context.js';
import type { CallState } from '../core/call-state.js';
import { Localize } from './localize.js';
import { PortableElement } from './portable-element.js';

/** What the elements inside a call have in common: the call, the words, the states for CSS. */
export abstract class CallElement extends PortableElement {
  protected readonly localize = new Localize(this);
  readonly #internals = this.attachInternals();
  readonly #consumers: CallConsumer<unknown>[] = [];

  /** Keeps an element that is moved by `moveBefore()` from being torn down (DOM §4.2.3). */
  connectedMoveCallback(): void {
    for (const consumer of this.#consumers) consumer.hostMoved();
  }

  /** At once, but not while the call has just begun: what the elements show then is mostly gone in a moment. */
  protected override scheduleUpdate(): Promise<unknown> | undefined {
    const controller = this.#consumers[0]?.controller;
    const { ownerDocument } = this;
    const update = (): Promise<unknown> | undefined => super.scheduleUpdate() as Promise<unknown> | undefined;
    const waits = this.hasUpdated && controller && isCalm(controller, ownerDocument);
    return waits ? afterCalm(controller, ownerDocument).then(update) : update();
  }

  /** One slice of the surrounding call's state; see `CallConsumer`. */
  protected consume<Slice>(select: (state: CallState) => Slice): CallConsumer<Slice> {
    const consumer = new CallConsumer(this, select);
    this.#consumers.push(consumer);
    return consumer;
  }

  /** Sets the custom states that CSS sees as `:state(name)`. */
  protected setStates(states: Readonly<Record<string, boolean>>): void {
    for (const [name, isSet] of Object.entries(states)) {
      if (isSet) this.#internals.states.add(name);
      else this.#internals.states.delete(name);
    }
  }
}
