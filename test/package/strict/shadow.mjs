// A component of the page's own, with a call in its shadow root.
customElements.define(
  'page-room',
  class extends HTMLElement {
    constructor() {
      super();
      const call = document.createElement('rtc-call');
      Object.assign(call, { id: 'ben', name: 'Ben' });
      this.attachShadow({ mode: 'open' }).append(call);
    }
  },
);
