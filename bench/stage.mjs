/** What every measurement needs: pages and servers on the loopback interface, and browsers. */
import { PeerServer } from 'peer';
import { once } from 'node:events';
import { launch, openPage } from '../test/helpers/browser.mjs';
import { serve } from '../test/helpers/static-server.mjs';
import { startNostrRelay } from './nostr-relay.mjs';

/** Firefox's clock goes by whole milliseconds otherwise, and some of them late. */
const prefs = { 'privacy.reduceTimerPrecision': false };

/** Frames load the same library again and again: from the cache. */
const headers = { '*': { 'cache-control': 'max-age=3600' } };

async function startPeerServer() {
  const started = new Promise((resolve) => {
    PeerServer({ host: '127.0.0.1', port: 0, path: '/' }, resolve);
  });
  const server = await started;
  if (!server.listening) await once(server, 'listening');
  return { port: server.address().port, close: () => void server.close() };
}

export class Stage {
  #files;
  #peerServer;
  #nostr;
  #browser;

  /** @param {'chromium' | 'firefox'} name of the browser that everything runs in */
  static async open(name) {
    const stage = new Stage();
    stage.name = name;
    stage.#files = await serve(undefined, { headers });
    stage.#peerServer = await startPeerServer();
    stage.#nostr = await startNostrRelay();
    await stage.restart();
    return stage;
  }

  /** A fresh browser: what one measurement leaves behind does not weigh on the next. */
  async restart() {
    await this.#browser?.close();
    this.#browser = await launch(this.name, { prefs });
  }

  get version() {
    return this.#browser.version();
  }

  /** Servers that contestants talk to: see contestants/textbook.mjs. */
  get services() {
    return { peerHost: '127.0.0.1', peerPort: this.#peerServer.port, nostrUrl: this.#nostr.url };
  }

  /**
   * The address of a page of this folder.
   *
   * @param {string} page
   * @param {string} [host] browsers take every name that ends in `.localhost` for this machine, and each for a site
   *   with a process of its own
   */
  url(page, host = '127.0.0.1') {
    return `${this.#files.url.replace('127.0.0.1', host)}/bench/pages/${page}`;
  }

  /** @param {string} url */
  async open(url) {
    const page = await openPage(this.#browser, url, { viewport: { width: 1000, height: 700 } });
    page.setDefaultTimeout(0);
    return page;
  }

  /** A page of this folder that is ready for its measurement. */
  async page(name) {
    const page = await this.open(this.url(name));
    await page.waitForFunction(() => globalThis.bench, { timeout: 15_000 });
    return page;
  }

  async close() {
    await this.#browser.close();
    this.#peerServer.close();
    this.#nostr.close();
    await this.#files.close();
  }
}
