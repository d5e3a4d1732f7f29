import { expect } from '@open-wc/testing';
import { Store } from '../../src/core/store.js';

interface Counts {
  readonly a: number;
  readonly b: number;
}
type Fact = keyof Counts | 'nothing';

function newStore(): { store: Store<Counts, Fact>; exceptions: unknown[] } {
  const exceptions: unknown[] = [];
  const reduce = (state: Counts, fact: Fact): Counts =>
    fact === 'nothing' ? state : { ...state, [fact]: state[fact] + 1 };
  const store = new Store<Counts, Fact>({ a: 0, b: 0 }, reduce, (error) => exceptions.push(error));
  return { store, exceptions };
}

describe('Store', () => {
  it('holds what the reducer makes of facts', () => {
    const { store } = newStore();
    store.dispatch('a');
    store.dispatch('a');
    store.dispatch('b');
    expect(store.state).to.deep.equal({ a: 2, b: 1 });
  });

  it('calls back when the slice changes, with its new value, and not at once', () => {
    const { store } = newStore();
    const seen: number[] = [];
    store.subscribe(
      ({ a }) => a,
      (a) => seen.push(a),
    );
    expect(seen).to.deep.equal([]);
    store.dispatch('a');
    store.dispatch('b');
    store.dispatch('nothing');
    store.dispatch('a');
    expect(seen).to.deep.equal([1, 2]);
  });

  it('runs no selector when the reducer returns the same state', () => {
    const { store } = newStore();
    let runs = 0;
    store.subscribe(
      () => ++runs,
      () => undefined,
    );
    store.dispatch('nothing');
    expect(runs).to.equal(1);
  });

  it('compares slices by Object.is', () => {
    const { store } = newStore();
    let calls = 0;
    store.subscribe(
      () => NaN,
      () => calls++,
    );
    store.dispatch('a');
    expect(calls).to.equal(0);
  });

  it('stops after unsubscribing, which may be done twice', () => {
    const { store } = newStore();
    const seen: number[] = [];
    const stop = store.subscribe(
      ({ a }) => a,
      (a) => seen.push(a),
    );
    store.dispatch('a');
    stop();
    stop();
    store.dispatch('a');
    expect(seen).to.deep.equal([1]);
  });

  it('unsubscribes inside its own callback without losing the others', () => {
    const { store } = newStore();
    const seen: string[] = [];
    const stop = store.subscribe(
      ({ a }) => a,
      () => {
        seen.push('once');
        stop();
      },
    );
    store.subscribe(
      ({ a }) => a,
      (a) => seen.push(`always ${a}`),
    );
    store.dispatch('a');
    store.dispatch('a');
    expect(seen).to.deep.equal(['once', 'always 1', 'always 2']);
  });

  it('does not call one whom another has unsubscribed for the same change', () => {
    const { store } = newStore();
    const seen: string[] = [];
    store.subscribe(
      ({ a }) => a,
      () => {
        stopSecond();
      },
    );
    const stopSecond = store.subscribe(
      ({ a }) => a,
      () => seen.push('second'),
    );
    store.dispatch('a');
    expect(seen).to.deep.equal([]);
  });

  it('calls one who subscribes inside a callback from the next change on', () => {
    const { store } = newStore();
    const seen: number[] = [];
    const stop = store.subscribe(
      ({ a }) => a,
      () => {
        stop();
        store.subscribe(
          ({ a }) => a,
          (a) => seen.push(a),
        );
      },
    );
    store.dispatch('a');
    expect(seen).to.deep.equal([]);
    store.dispatch('a');
    expect(seen).to.deep.equal([2]);
  });

  it('tells everybody the newest state when a callback dispatches', () => {
    const { store } = newStore();
    const seen: string[] = [];
    store.subscribe(
      ({ a }) => a,
      (a) => {
        seen.push(`first ${a}`);
        if (a < 3) store.dispatch('a');
      },
    );
    store.subscribe(
      ({ a }) => a,
      (a) => seen.push(`second ${a}`),
    );
    store.dispatch('a');
    expect(seen).to.deep.equal(['first 1', 'first 2', 'first 3', 'second 3']);
  });

  it('reports what a subscriber throws and calls the others all the same', () => {
    const { store, exceptions } = newStore();
    const seen: number[] = [];
    const failure = new Error('of the page');
    store.subscribe(
      ({ a }) => a,
      () => {
        throw failure;
      },
    );
    store.subscribe(
      ({ a }) => a,
      (a) => seen.push(a),
    );
    store.dispatch('a');
    store.dispatch('a');
    expect(seen).to.deep.equal([1, 2]);
    expect(exceptions).to.deep.equal([failure, failure]);
  });

  it('lets a throwing selector disturb nobody else', () => {
    const { store, exceptions } = newStore();
    const seen: number[] = [];
    store.subscribe(
      ({ a }) => {
        if (a > 0) throw new Error('in a selector');
        return a;
      },
      () => undefined,
    );
    store.subscribe(
      ({ a }) => a,
      (a) => seen.push(a),
    );
    store.dispatch('a');
    expect(seen).to.deep.equal([1]);
    expect(exceptions).to.have.length(1);
  });
});
