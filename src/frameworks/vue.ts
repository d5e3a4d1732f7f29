/**
 * `rtc-call/vue`: types for templates in Vue 3: `<rtc-call :iceServers="servers" @rtc-signal="send" />`. Types only;
 * `rtc-call/define.js` has the elements. The compiler must know that `rtc-…` are no components: `isCustomElement`.
 */
import type { HTMLAttributes, PublicProps } from 'vue';
import type { EventsOf, Markup, Tag } from './markup.js';

type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : Name;

/** Handlers as Vue names them: `onRtcSignal` for `@rtc-signal`. */
type Handlers<Of extends Tag> = {
  [Type in keyof EventsOf<Of> & string as `on${Capitalize<Camel<Type>>}`]?:
    ((event: EventsOf<Of>[Type]) => void) | undefined;
};

type Elements = {
  [Of in Tag]: new () => HTMLElementTagNameMap[Of] & {
    $props: HTMLAttributes & PublicProps & Markup<Of> & Handlers<Of>;
  };
};

declare module 'vue' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- added to Vue's own
  interface GlobalComponents extends Elements {}
}
