import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const driver = fileURLToPath(new URL('host-driver.mjs', import.meta.url));
const POLL_MS = 100;

/** A person's computer in a namespace of its own, with a browser on it; driven from outside the namespace. */
export class Host {
  #process;
  #waiting = new Map();
  #lastId = 0;
  #errors = '';
  #isClosed = false;
  name;
  addresses;

  /**
   * @param {import('./namespaces.mjs').Network} network
   * @param {string} name of the host, and of the person
   * @param {string[]} addresses
   */
  constructor(network, name, addresses) {
    this.name = name;
    this.addresses = addresses;
    this.#process = network.spawn(name, [process.execPath, driver]);
    this.#process.stderr.on('data', (data) => (this.#errors += data));
    this.#process.stdin.on('error', () => {}); // its end is told by `close`
    this.#process.on('close', () => this.#onClose());
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#onLine(line));
  }

  /**
   * @param {'chromium' | 'firefox'} browser
   * @param {string} [path] of a page in the repository that defines `globalThis.host`
   */
  open(browser, path = '/test/chaos/network/page.html') {
    return this.#send('open', { browser, path });
  }

  /** Runs a function in the page; what it takes and gives must be JSON. */
  evaluate(run, argument) {
    return this.#send('evaluate', { source: run.toString(), argument });
  }

  /**
   * Waits until a function in the page gives something true, and gives that; after `timeoutMs` it throws, with the
   * page's log.
   */
  async until(condition, argument, timeoutMs) {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const value = await this.evaluate(condition, argument);
      if (value) return value;
      if (Date.now() > deadline) {
        throw new Error(
          `${this.name}: not within ${timeoutMs} ms: ${condition} (${JSON.stringify(argument)})`,
        );
      }
      await pause(POLL_MS);
    }
  }

  /** @returns {Promise<{ at: number, what: string }[]>} what happened in the page so far */
  log() {
    return this.evaluate(() => globalThis.host.log);
  }

  /** Waits for a line of the log, from a time on. @returns {Promise<number>} its time */
  sawAfter(since, what, timeoutMs) {
    return this.until(
      ([after, wanted]) =>
        globalThis.host.log.find((line) => line.at >= after && line.what === wanted)?.at ?? null,
      [since, what],
      timeoutMs,
    );
  }

  closePage() {
    return this.#send('closePage');
  }

  kill() {
    return this.#send('kill');
  }

  async close() {
    if (this.#isClosed) return;
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.stdin.end();
    await ended;
  }

  #send(command, rest) {
    if (this.#isClosed)
      return Promise.reject(new Error(`${this.name}: the driver has ended: ${this.#errors}`));
    const id = ++this.#lastId;
    this.#process.stdin.write(`${JSON.stringify({ id, command, ...rest })}\n`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #onLine(line) {
    const { id, value, error } = JSON.parse(line);
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) reject(new Error(`${this.name}: ${error}`));
    else resolve(value);
  }

  #onClose() {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.values()) {
      reject(new Error(`${this.name}: the driver ended: ${this.#errors}`));
    }
    this.#waiting.clear();
  }
}
