/** Holds the one state value; it changes only through `reduce(state, fact)`. */
export class Store<State, Fact> {
  #state: State;
  readonly #reduce: (state: State, fact: Fact) => State;
  readonly #onException: (error: unknown) => void;
  readonly #subscriptions = new Set<() => void>();

  /** @param onException gets what a subscriber threw; the other subscribers are called all the same */
  constructor(
    initial: State,
    reduce: (state: State, fact: Fact) => State,
    onException: (error: unknown) => void,
  ) {
    this.#state = initial;
    this.#reduce = reduce;
    this.#onException = onException;
  }

  get state(): State {
    return this.#state;
  }

  dispatch(fact: Fact): void {
    const next = this.#reduce(this.#state, fact);
    if (next === this.#state) return;
    this.#state = next;
    for (const notify of [...this.#subscriptions]) notify();
  }

  /**
   * Calls `callback` whenever the value of `selector` changes (by `Object.is`), not at once.
   * @returns the way to unsubscribe; it may be called twice
   */
  subscribe<Slice>(selector: (state: State) => Slice, callback: (slice: Slice) => void): () => void {
    let last = selector(this.#state);
    const notify = (): void => {
      if (!this.#subscriptions.has(notify)) return; // unsubscribed by another subscriber of the same change
      try {
        const slice = selector(this.#state);
        if (Object.is(slice, last)) return;
        last = slice;
        callback(slice);
      } catch (error) {
        this.#onException(error);
      }
    };
    this.#subscriptions.add(notify);
    return () => {
      this.#subscriptions.delete(notify);
    };
  }
}
