/**
 * `rtc-call/svelte`: types for markup in Svelte 5: `<rtc-call iceServers={servers} onrtc-signal={send}>`. Types only;
 * `rtc-call/define.js` has the elements.
 */
import type { HTMLAttributes } from 'svelte/elements';
import type { Handlers, Markup, Tag } from './markup.js';

type Elements = {
  [Of in Tag]: HTMLAttributes<HTMLElementTagNameMap[Of]> & Markup<Of> & Handlers<Of>;
};

declare module 'svelte/elements' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- added to Svelte's own
  interface SvelteHTMLElements extends Elements {}
}
