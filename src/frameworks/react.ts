/**
 * `rtc-call/react`: types for JSX in React 19, which sets properties and listens to events of custom elements by
 * itself: `<rtc-call iceServers={servers} onrtc-signal={send} />`. Types only; `rtc-call/define.js` has the elements.
 */
import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { Handlers, Markup, Tag } from './markup.js';

type Elements = {
  [Of in Tag]: DetailedHTMLProps<HTMLAttributes<HTMLElementTagNameMap[Of]>, HTMLElementTagNameMap[Of]> &
    Markup<Of> &
    Handlers<Of>;
};

declare module 'react' {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- where React looks for tags
  namespace JSX {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- added to React's own
    interface IntrinsicElements extends Elements {}
  }
}
