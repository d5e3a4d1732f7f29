/** Browsers with host pages, and the WebSocket by which the test commands them and relays between them. */
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { launch, openPage } from '../../helpers/browser.mjs';
import { serve } from '../../helpers/static-server.mjs';

/** Firefox's clock goes by whole milliseconds otherwise. */
const prefs = { 'privacy.reduceTimerPrecision': false };

/** A page that has not answered by then never will. */
const answerMs = 180_000;

/** A page of calls in one browser. */
class Host {
  #page;
  #socket;
  #requests = new Map();
  #count = 0;
  /** Takes messages for sides that are elsewhere. */
  relay = () => {};

  constructor(page, socket) {
    this.#page = page;
    this.#socket = socket;
    socket.on('message', (data) => {
      const { call, key, signal, request, result, failure } = JSON.parse(data);
      if (signal !== undefined) {
        this.relay({ call, key, signal });
        return;
      }
      const { resolve, reject, limit } = this.#requests.get(request);
      this.#requests.delete(request);
      clearTimeout(limit);
      if (failure === undefined) resolve(result);
      else reject(new Error(failure));
    });
    socket.on('close', () => {
      for (const { reject, limit } of this.#requests.values()) {
        clearTimeout(limit);
        reject(new Error('the page is gone'));
      }
    });
  }

  get page() {
    return this.#page;
  }

  /** What went wrong in the host page itself. Firefox reports connections without a path like exceptions. */
  get problems() {
    return this.#page.problems.filter((text) => !text.includes('WebRTC: ICE failed'));
  }

  /** Has a side do something: see `commands` in host.mjs. */
  ask(command, call, key, argument) {
    const request = ++this.#count;
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`no answer to ${command} of ${call}${key}`)), answerMs);
      this.#requests.set(request, { resolve, reject, limit });
      this.#socket.send(JSON.stringify({ request, command, call, key, argument }));
    });
  }

  deliver(message) {
    this.#socket.send(JSON.stringify(message));
  }

  async close() {
    await this.#page.close();
  }
}

/** Two sides and the hosts that they are in: the same host, or one in each of two browsers. */
export class Pair {
  #hosts;

  /** @param {{ a: Host, b: Host }} hosts */
  constructor(hosts) {
    this.#hosts = hosts;
    if (hosts.a === hosts.b) return;
    hosts.a.relay = (message) => hosts.b.deliver(message);
    hosts.b.relay = (message) => hosts.a.deliver(message);
  }

  /** @param {'a' | 'b'} key */
  host(key) {
    return this.#hosts[key];
  }

  /** Has both sides of a call do something. @param {(key: 'a' | 'b') => unknown} [argument] */
  async both(command, call, argument = () => undefined) {
    return Promise.all(['a', 'b'].map((key) => this.#hosts[key].ask(command, call, key, argument(key))));
  }

  /** Both sides act at once: in one task, or as nearly as two browsers can. @param {{ a: object, b: object }} actions */
  async actTogether(call, actions) {
    const { a, b } = this.#hosts;
    if (a === b) await a.ask('actTogether', call, 'a', actions);
    else await this.both('act', call, (key) => actions[key]);
  }

  get problems() {
    return [...new Set(Object.values(this.#hosts))].flatMap(({ problems }) => problems);
  }

  async close() {
    await Promise.all([...new Set(Object.values(this.#hosts))].map((host) => host.close()));
  }
}

/** Everything that calls between browsers need; browsers start when they are first asked for. */
export class Stage {
  #files;
  #sockets;
  #browsers = new Map();

  static async open() {
    const stage = new Stage();
    // Frames load the library again and again: from the cache.
    stage.#files = await serve(undefined, { headers: { '*': { 'cache-control': 'max-age=3600' } } });
    stage.#sockets = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 64 * 1024 * 1024 });
    await once(stage.#sockets, 'listening');
    return stage;
  }

  /** A fresh pair of pages for any number of calls. @param {[string, string]} pairing browsers of the two sides */
  async openPair([first, second]) {
    const a = await this.openHost(first);
    return new Pair({ a, b: first === second ? a : await this.openHost(second) });
  }

  async openHost(name) {
    if (!this.#browsers.has(name)) this.#browsers.set(name, await launch(name, { prefs }));
    const { port } = this.#sockets.address();
    // The page may be quicker than puppeteer, so its first message is waited for from the first moment.
    const greeting = new Promise((resolve) => {
      this.#sockets.once('connection', (socket) => {
        socket.once('message', (data) => resolve({ socket, ...JSON.parse(data) }));
      });
    });
    const address = encodeURIComponent(`ws://127.0.0.1:${port}/`);
    const url = `${this.#files.url}/test/chaos/browsers/host.html?socket=${address}`;
    const page = await openPage(this.#browsers.get(name), url);
    const { socket, ready, failure } = await greeting;
    if (!ready) throw new Error(`${name}: ${failure}`);
    return new Host(page, socket);
  }

  /** The main process of a browser that has been started. */
  processOf(name) {
    return this.#browsers.get(name).process().pid;
  }

  async close() {
    for (const browser of this.#browsers.values()) await browser.close();
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    await this.#files.close();
  }
}
