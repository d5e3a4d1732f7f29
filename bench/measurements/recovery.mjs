/** How soon pictures flow again after a fault of the network: every end in a network namespace of its own. Needs root. */
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { missingForNetworks } from '../../scripts/network-tools.mjs';
import { Host } from '../../test/chaos/network/host.mjs';
import { Network, serverAddress } from '../../test/chaos/network/namespaces.mjs';
import { signalUrls, startServer, startSignals } from '../../test/chaos/network/servers.mjs';
import { number, quantile, table } from '../figures.mjs';

const CONTESTANTS = ['textbook', 'textbook-restart', 'simple-peer', 'peerjs', 'rtc-call'];
const CONNECT_MS = 20_000;
/** What has not come back by then does not come back. */
const LIMIT_MS = 40_000;
const PEER_PORT = 9000;

const cut = (seconds) => ({
  name: `cut of ${seconds} s`,
  async run(network) {
    network.block('Ana');
    await pause(seconds * 1000);
    const since = Date.now();
    network.unblock();
    return since;
  },
});

/** Each gives the time from which on a way is there again. */
const FAULTS = [
  cut(3),
  cut(12),
  cut(45),
  {
    name: 'another network after 1.5 s',
    async run(network) {
      network.unplug('Ana');
      await pause(1500);
      const since = Date.now();
      network.plugOther('Ana');
      return since;
    },
  },
];

export const recovery = {
  name: 'recovery',
  browsers: ['chromium', 'firefox'],
  rounds: { full: 1, short: 1 },

  async run(stage, { rounds, log }) {
    const missing = missingForNetworks();
    if (missing.length > 0) throw new Error(missing.join(' '));
    const results = Object.fromEntries(
      FAULTS.map(({ name }) => [name, Object.fromEntries(CONTESTANTS.map((one) => [one, []]))]),
    );
    for (let round = 1; round <= rounds; round++) {
      for (const fault of FAULTS) {
        for (const contestant of CONTESTANTS) {
          const afterMs = await once(stage.name, contestant, fault);
          results[fault.name][contestant].push(afterMs);
          log(`round ${round}, ${fault.name}, ${contestant}: ${seconds(afterMs)} s`);
        }
      }
    }
    return results;
  },

  report(faults) {
    const names = Object.keys(faults);
    return [
      'Seconds until pictures flow again on both sides:',
      table(
        ['contestant', ...names],
        CONTESTANTS.map((contestant) => [
          contestant,
          ...names.map((name) => ofRuns(faults[name][contestant])),
        ]),
      ),
    ];
  },
};

const seconds = (ms) => (ms === Infinity ? `not in ${LIMIT_MS / 1000}` : number(ms / 1000, 1));
const ofRuns = (runs) =>
  `${seconds(quantile(runs, 0.5))} (${seconds(Math.min(...runs))}–${seconds(Math.max(...runs))})`;

/** @returns {Promise<number>} milliseconds; Infinity where no pictures came any more, NaN where none came at all */
async function once(browser, contestant, fault) {
  const network = new Network();
  const names = ['Ana', 'Ben'];
  let hosts = [];
  try {
    const script = fileURLToPath(new URL('../peer-server.mjs', import.meta.url));
    await Promise.all([
      startSignals(network),
      startServer(network, [process.execPath, script, serverAddress, String(PEER_PORT)], /^ready$/),
    ]);
    hosts = names.map((name) => new Host(network, name, network.addHost(name)));
    await Promise.all(hosts.map((host) => host.open(browser, '/bench/pages/recovery.html')));
    await Promise.all(
      hosts.map((host, index) =>
        host.evaluate((options) => globalThis.host.prepare(options), {
          ...{
            contestant,
            signals: signalUrls,
            room: 'recovery',
            name: host.name,
            others: [names[1 - index]],
          },
          services: { peerHost: serverAddress, peerPort: PEER_PORT },
        }),
      ),
    );
    const flowing = (since, limitMs) =>
      Promise.all(
        hosts.map((host) =>
          host.until((from) => globalThis.host.nextFrame(from), since, limitMs).catch(() => Infinity),
        ),
      );
    await Promise.all(
      hosts.map((host, index) => host.evaluate((first) => globalThis.host.start(first), index === 0)),
    );
    if ((await flowing(0, CONNECT_MS)).includes(Infinity)) return NaN;
    const since = await fault.run(network);
    return Math.max(...(await flowing(since, LIMIT_MS))) - since;
  } finally {
    await Promise.all(hosts.map((host) => host.close()));
    network.close();
  }
}
