const MAX_QUEUED = 200;
const CONNECT_TIMEOUT_MS = 10_000;
const STABLE_MS = 5000;
/** `WebSocket.OPEN` */
const OPEN = 1;

/**
 * A WebSocket to the relay that comes back by itself.
 *
 * Fires `message` (a MessageEvent whose `data` is the parsed JSON) and `state-change`. What is sent
 * while there is no connection waits, the newest 200 messages of it; what gets lost in a dying
 * connection stays lost, which the call's own protocol makes up for.
 */
export class RelaySocket extends EventTarget {
  #url;
  #options;
  #socket = null;
  #state = 'connecting';
  #queue = [];
  #failures = 0;
  #openedAt = Infinity;
  #timer;

  /**
   * @param {string} url - of a room: `wss://host/relay/<room>`
   * @param {object} [options]
   * @param {number} [options.firstDelayMs] - about how long to wait before the first new attempt; doubles up to
   * @param {number} [options.maxDelayMs]
   * @param {typeof WebSocket} [options.WebSocket]
   */
  constructor(url, { firstDelayMs = 250, maxDelayMs = 5000, WebSocket = globalThis.WebSocket } = {}) {
    super();
    this.#url = url;
    this.#options = { firstDelayMs, maxDelayMs, WebSocket };
    // A change of network kills the socket, yet the browser may call it open for minutes.
    globalThis.addEventListener?.('online', this.#connect);
    this.#connect();
  }

  /** `connecting` (for the first time), `open`, `reconnecting` or `closed` */
  get state() {
    return this.#state;
  }

  /** Sends a JSON-safe message, now or as soon as there is a connection. */
  send(message) {
    const text = JSON.stringify(message);
    if (this.#socket?.readyState === OPEN) this.#socket.send(text);
    else if (this.#state !== 'closed' && this.#queue.push(text) > MAX_QUEUED) this.#queue.shift();
  }

  /** Ends the connection for good. */
  close() {
    globalThis.removeEventListener?.('online', this.#connect);
    this.#release();
    this.#queue = [];
    this.#setState('closed');
  }

  #connect = () => {
    this.#release();
    if (this.#state === 'open') this.#setState('reconnecting');
    const socket = new this.#options.WebSocket(this.#url);
    this.#socket = socket;
    const isCurrent = () => socket === this.#socket;
    const fail = () => isCurrent() && this.#retry();
    this.#timer = setTimeout(fail, CONNECT_TIMEOUT_MS);

    socket.addEventListener('open', () => isCurrent() && this.#open());
    socket.addEventListener('close', fail);
    socket.addEventListener('error', () => {}); // `close` follows
    socket.addEventListener('message', ({ data }) => {
      const message = isCurrent() ? parse(data) : undefined;
      if (message !== undefined) this.dispatchEvent(new MessageEvent('message', { data: message }));
    });
  };

  #open() {
    clearTimeout(this.#timer);
    this.#openedAt = performance.now();
    for (const text of this.#queue.splice(0)) this.#socket.send(text);
    this.#setState('open');
  }

  #retry() {
    // A server that accepts and hangs up at once is a failure as well.
    if (performance.now() - this.#openedAt > STABLE_MS) this.#failures = 0;
    this.#openedAt = Infinity;
    this.#release();
    this.#setState('reconnecting');
    const { firstDelayMs, maxDelayMs } = this.#options;
    const delayMs = Math.min(maxDelayMs, firstDelayMs * 2 ** this.#failures);
    this.#failures += 1;
    this.#timer = setTimeout(this.#connect, delayMs * (0.5 + Math.random() / 2));
  }

  #release() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #setState(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.dispatchEvent(new Event('state-change'));
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not from a page like this one
  }
}
