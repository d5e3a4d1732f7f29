import { ReactiveElement } from 'lit';
import '../../dist/define.js';

/** How often elements rendered, by tag. */
const renders = {};
const { performUpdate } = ReactiveElement.prototype;
ReactiveElement.prototype.performUpdate = function (...args) {
  renders[this.localName] = (renders[this.localName] ?? 0) + 1;
  return performUpdate.apply(this, args);
};

/**
 * This project's element with its built-in layout, on its join screen when the clock starts. See textbook.mjs for
 * the types.
 */
export async function prepare({ name, send, place }) {
  const call = document.createElement('rtc-call');
  call.name = name;
  call.addEventListener('rtc-signal', ({ detail }) => send(detail));
  place.append(call);
  await call.updateComplete;
  return {
    start: () => call.start(),
    receive: (message) => call.receiveSignal(message),
    end() {
      call.end();
      call.remove();
    },
    renders,
  };
}
