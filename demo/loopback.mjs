/** Both ends of a call in one page: what any transport does, with no server. */

import { drawPerson } from './drawn-person.mjs';
import { warnWhenNotBuilt } from './not-built.mjs';

/** What one end says the other hears, a moment later and as a copy. */
function forward(from, to) {
  from.addEventListener('rtc-signal', (e) => {
    const message = structuredClone(e.detail);
    queueMicrotask(() => to.receiveSignal(message));
  });
}

/**
 * Connects the page's two `<rtc-call>` elements with each other. One that has `data-drawn` sends a drawn person in
 * place of its camera, so that nobody is asked for one.
 *
 * @returns {HTMLElement[]} the two, in the order of the page
 */
export function connectCalls() {
  warnWhenNotBuilt();
  const calls = [...document.querySelectorAll('rtc-call')];
  const [one, other] = calls;
  forward(one, other);
  forward(other, one);
  for (const call of calls) {
    const { drawn } = call.dataset;
    if (drawn) call.localStream = drawPerson(drawn);
  }
  return calls;
}
