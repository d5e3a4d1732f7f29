/**
 * Says so in place of the calls where the element's bundle, a module script before this one, is not
 * there.
 */
export function warnWhenNotBuilt() {
  if (customElements.get('rtc-call')) return;
  const notice = document.querySelector('#not-built').content;
  for (const call of document.querySelectorAll('rtc-call')) call.replaceChildren(notice.cloneNode(true));
}
