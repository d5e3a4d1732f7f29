/** `rtc-call/signaling.js`: brings the signals of a call over a channel that the page has. Optional, and alone. */
import type { SignalMessage } from './core/signal.js';

type Listening = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;

/** `<rtc-call>` or a `CallController`: what tells its signals by events and takes those of the others. */
export type SignalingCall = Listening & { receiveSignal(message: unknown): void };

/**
 * What brings messages to the others and tells theirs by `message` events: `WebSocket` (or one that reconnects, such as
 * partysocket), `RTCDataChannel`, `BroadcastChannel`, `MessagePort`. A window is none: it gets its messages elsewhere.
 */
export type SignalingChannel = Listening & { readonly readyState?: number | string } & (
    { send(text: string): unknown } | { postMessage(message: unknown): unknown; start?(): void }
  );

/** What one of them may lack. */
type CallMembers = Partial<SignalingCall> & { readonly localName?: string };
interface ChannelMembers extends Partial<Listening> {
  readonly readyState?: number | string;
  send?(text: string): unknown;
  postMessage?(message: unknown): unknown;
  start?(): void;
}

/** What a connecting channel keeps: a call that hears nobody yet says less. */
const maxWaiting = 100;

const connections = new WeakMap<object, WeakMap<object, () => void>>();

/**
 * Sends every signal of `call` over `channel`, and hands the call what comes over it; other traffic there harms
 * nothing. A channel with `postMessage` gets the message itself, one with `send` its JSON text.
 *
 * Of a channel that tells its `readyState`, messages wait while it connects (the first 100) and go out at `open`. While
 * it is closed they are dropped, since a call repeats what matters; so a channel may reconnect under the call.
 *
 * Call and channel stay the page's: neither is started, closed or ended here. (A `MessagePort` is told to `start()`:
 * before, it delivers nothing.) A second call with the same pair changes nothing and returns the same function.
 *
 * @param call an `<rtc-call>`, also one that is not defined yet, or a `CallController`
 * @returns the way to disconnect; it may be called twice
 * @throws {TypeError} when `call` is no call, or `channel` lacks `message` events or both `send()` and `postMessage()`
 */
export function connectSignaling(call: SignalingCall, channel: SignalingChannel): () => void {
  const from = (call as CallMembers | null) ?? {};
  if (!from.localName && !from.receiveSignal)
    throw new TypeError('The call is neither an <rtc-call> nor a CallController.');
  const to = (channel as ChannelMembers | null) ?? {};
  if (!to.addEventListener || !(to.send || to.postMessage)) {
    throw new TypeError('The channel lacks message events, or both send() and postMessage().');
  }

  let known = connections.get(call);
  if (!known) connections.set(call, (known = new WeakMap()));
  const connected = known.get(channel);
  if (connected) return connected;

  let waiting: SignalMessage[] = [];
  const deliver = (message: SignalMessage): void => {
    try {
      if (to.postMessage) to.postMessage(message);
      else to.send?.(JSON.stringify(message));
    } catch {
      // Closed or congested at this very moment.
    }
  };
  const onSignal = (event: Event): void => {
    const { detail } = event as CustomEvent<SignalMessage>;
    const { readyState = 1 } = to;
    if (readyState === 1 || readyState === 'open') deliver(detail);
    else if ((readyState === 0 || readyState === 'connecting') && waiting.length < maxWaiting) {
      waiting.push(detail);
    }
  };
  const onOpen = (): void => {
    waiting.forEach(deliver);
    waiting = [];
  };
  const onMessage = (event: Event): void => {
    // Before its definition has come the element takes nothing.
    from.receiveSignal?.((event as MessageEvent).data);
  };
  const listen = (method: keyof Listening): void => {
    call[method](from.localName ? 'rtc-signal' : 'signal', onSignal);
    channel[method]('open', onOpen);
    channel[method]('message', onMessage);
  };
  const disconnect = (): void => {
    listen('removeEventListener');
    waiting = [];
    if (known.get(channel) === disconnect) known.delete(channel);
  };
  known.set(channel, disconnect);
  listen('addEventListener');
  to.start?.();
  return disconnect;
}
