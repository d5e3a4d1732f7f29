const PING_MS = 1000;
/** Without an answer for so long the socket is given up. */
const SILENCE_MS = 2500;
const CONNECT_MS = 1500;
const RETRY_MS = 500;

/**
 * A page's socket as it should be: it notices its own death and comes back. What is said meanwhile is lost; the
 * call's own protocol makes up for that. Each attempt goes to the next address of the server: browsers make attempts
 * wait that follow others to the same, Firefox for many seconds, and no call could be quicker than that.
 */
export class SignalSocket {
  #urls;
  #attempts = 0;
  #receive;
  #note;
  #socket;
  #heardAt = 0;

  /**
   * @param {string[]} urls
   * @param {(text: string) => void} receive
   * @param {(what: string) => void} note writes a line of the page's log
   */
  constructor(urls, receive, note) {
    this.#urls = urls;
    this.#receive = receive;
    this.#note = note;
    this.#connect();
    addEventListener('online', () => this.#connect());
    navigator.connection?.addEventListener('change', () => this.#connect());
    setInterval(() => this.#check(), PING_MS / 2);
  }

  send(text) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  #connect() {
    this.#socket?.close();
    const socket = new WebSocket(this.#urls[this.#attempts++ % this.#urls.length]);
    this.#socket = socket;
    this.#heardAt = performance.now();
    const isCurrent = () => this.#socket === socket;
    socket.onopen = () => {
      this.#heardAt = performance.now();
      if (isCurrent()) this.#note('socket open');
    };
    socket.onmessage = ({ data }) => {
      if (!isCurrent()) return;
      this.#heardAt = performance.now();
      if (data !== 'pong') this.#receive(data);
    };
    socket.onclose = () => {
      if (isCurrent()) setTimeout(() => isCurrent() && this.#connect(), RETRY_MS);
    };
  }

  #check() {
    const limit = this.#socket.readyState === WebSocket.OPEN ? SILENCE_MS : CONNECT_MS;
    if (performance.now() - this.#heardAt > limit) {
      this.#note('socket dead');
      this.#connect();
    } else this.send('ping');
  }
}
