import assert from 'node:assert/strict';
import { Host } from './host.mjs';
import { Network } from './namespaces.mjs';
import { signalUrls, startSignals, startTurn } from './servers.mjs';
import { turn } from './turns.mjs';

const CONNECT_MS = 20_000;
/** The most that a participant without media may still be shown as connected. */
const HONEST_MS = 8000;

const startPage = (argument) => globalThis.host.start(argument);
const nextFrame = (argument) => globalThis.host.nextFrame(argument);
const lastFrame = (argument) => globalThis.host.lastFrame(argument);
const people = () => globalThis.host.people();

/**
 * People in a call, each in a network of their own, over a server that carries the signals.
 *
 * @typedef {object} CallOptions
 * @property {('chromium' | 'firefox')[]} browsers one a person
 * @property {'symmetric'} [nat] of every host
 * @property {ReturnType<typeof import('./servers.mjs').turnServers>} [servers] given by the page's provider
 * @property {string} [blocked] what the router loses from the beginning, as a condition of nftables
 * @property {object} [settings] properties of the element
 */
export class Call {
  network = new Network();
  /** @type {Host[]} */
  hosts = [];
  #context;
  #endTurn;

  /**
   * Starts the call. It goes away after the test; if that failed, the logs of all pages are printed.
   *
   * @param {import('node:test').TestContext} t
   * @param {CallOptions} options
   */
  static async start(t, { browsers, nat, blocked, servers, settings }) {
    const call = new Call(t);
    call.#endTurn = await turn('start');
    await Promise.all([startTurn(call.network), startSignals(call.network)]);
    call.hosts = ['Ana', 'Ben', 'Cleo'].slice(0, browsers.length).map((name) => {
      const addresses = call.network.addHost(name, { nat });
      if (blocked) call.network.block(name, blocked);
      return new Host(call.network, name, addresses);
    });
    await Promise.all(call.hosts.map((host, index) => host.open(browsers[index])));
    call.#endTurn();
    call.#endTurn = await turn('fault');
    for (const host of call.hosts) {
      await host.evaluate(startPage, {
        signals: signalUrls,
        servers,
        settings: { ...settings, name: host.name },
      });
    }
    return call;
  }

  constructor(t) {
    this.#context = t;
    t.after(() => this.#end());
  }

  /** Waits until everybody sees everybody. */
  async connected(timeoutMs = CONNECT_MS) {
    await this.#everyPair((host, name) => host.until(nextFrame, { name, since: 0 }, timeoutMs));
  }

  /**
   * Waits for pictures of everybody at everybody, decoded after `since`.
   *
   * @param {number} since
   * @param {number} limitMs
   */
  async recovered(since, limitMs) {
    const pairs = await this.#everyPair(async (host, name) => {
      const at = await host.until(nextFrame, { name, since }, limitMs + 30_000);
      return { who: `${host.name} sees ${name}`, afterMs: at - since };
    });
    const figures = pairs.map(({ who, afterMs }) => `${who} ${(afterMs / 1000).toFixed(1)} s`).join(', ');
    console.log(`${this.#context.name}: ${figures}`);
    for (const { who, afterMs } of pairs) {
      assert.ok(afterMs <= limitMs, `${who} again after ${afterMs} ms, later than ${limitMs} ms`);
    }
    for (const host of this.hosts) {
      await host.until(() => globalThis.host.call.phase === 'connected', null, limitMs);
    }
  }

  /** That no picture came in all the time between: the fault was one. */
  async sawNothing(from, until) {
    await this.#everyPair(async (host, name) => {
      const last = await host.evaluate(lastFrame, { name, until });
      assert.ok(last < from + 1000, `${host.name} saw ${name} ${last - from} ms after the cut began`);
    });
  }

  /** That the others were shown as reconnecting soon after the fault began. */
  async wasHonest(since) {
    await this.#everyPair((host, name) => this.showed(host, since, `${name} reconnecting`));
  }

  /** That a line is in the host's log at most 8 s after a time. */
  async showed(host, since, what, limitMs = HONEST_MS) {
    const afterMs = (await host.sawAfter(since, what, limitMs + 5000)) - since;
    console.log(`${this.#context.name}: at ${host.name} "${what}" after ${(afterMs / 1000).toFixed(1)} s`);
    assert.ok(afterMs <= limitMs, `${host.name}: ${what} after ${afterMs} ms, later than ${limitMs} ms`);
  }

  /** That everybody is the participant that joined, with the same stream. */
  async stayedTheSame() {
    for (const host of this.hosts) {
      const others = this.hosts.filter((one) => one !== host).map(({ name }) => name);
      const shown = await host.evaluate(people);
      assert.deepEqual(shown.map(({ name }) => name).sort(), others.sort());
      assert.ok(
        shown.every(({ isSameStream }) => isSameStream),
        `${host.name}: a stream was replaced`,
      );
      const log = await host.log();
      assert.deepEqual(
        log
          .filter(({ what }) => /^(leave|join)/.test(what))
          .map(({ what }) => what)
          .sort(),
        others.map((name) => `join ${name}`),
      );
    }
  }

  /** From now on every page's provider behaves so: see `provide` in page.mjs. */
  async provide(servers) {
    for (const host of this.hosts) {
      await host.evaluate((argument) => globalThis.host.provide(argument), servers);
    }
  }

  /** Waits until a function gives something true in the page of one of the hosts. */
  anyHost(condition, timeoutMs) {
    return Promise.any(this.hosts.map((host) => host.until(condition, null, timeoutMs)));
  }

  /** @returns {Promise<{ local: string, remote: string, relayProtocol?: string }[]>} the paths of all hosts */
  async paths() {
    return (await Promise.all(this.hosts.map((host) => host.evaluate(() => globalThis.host.paths())))).flat();
  }

  async #everyPair(run) {
    const pairs = this.hosts.flatMap((host) =>
      this.hosts.filter((other) => other !== host).map((other) => run(host, other.name)),
    );
    return Promise.all(pairs);
  }

  async #end() {
    if (!this.#context.passed) await this.#printLogs();
    this.#endTurn();
    await Promise.all(this.hosts.map((host) => host.close()));
    this.network.close();
  }

  async #printLogs() {
    const lines = [];
    for (const host of this.hosts) {
      const log = await host.log().catch((error) => [{ at: Date.now(), what: error.message }]);
      lines.push(...log.map(({ at, what }) => ({ at, text: `${host.name}: ${what}` })));
    }
    lines.sort((one, other) => one.at - other.at);
    const start = lines[0]?.at ?? 0;
    console.log(`The logs of "${this.#context.name}":`);
    for (const { at, text } of lines) console.log(`${((at - start) / 1000).toFixed(2).padStart(7)} ${text}`);
  }
}
