/**
 * Records what real connections show when their path is cut, and adds it to traces.json. By hand, on Linux, as root:
 * `node test/chaos/fidelity/record.mjs`, for seven minutes; `chromium-firefox` as argument records one pair alone.
 *
 * A trace is what one connection noted, in milliseconds after the cut, after the restart where one was made, or after
 * the answer where no path ever was. Four connections run side by side in each browser.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { format } from 'prettier';
import { missingForNetworks } from '../../../scripts/network-tools.mjs';
import { Host } from '../network/host.mjs';
import { Network } from '../network/namespaces.mjs';
import { installRecorder } from './recorder.mjs';

const CONNECTIONS = 4;
/** How long the path is cut; past the last everything has failed. */
const CUTS_MS = [4500, 8000, 60_000];
const PAIRS = (process.argv[2] ?? 'chromium-chromium,firefox-firefox,chromium-firefox')
  .split(',')
  .map((pair) => pair.split('-'));
/** Everything has settled by then. */
const SETTLE_MS = 25_000;
const file = new URL('traces.json', import.meta.url);

const numbers = Array.from({ length: CONNECTIONS }, (_, number) => number);
const ask = (host, method, argument) =>
  host.evaluate(([name, value]) => globalThis.recorder[name](value), [method, argument]);

/** Offer and answer, with new ICE credentials. */
async function negotiate([ana, ben], number) {
  const offer = await ask(ana, 'offer', number);
  const answer = await ask(ben, 'answer', [number, offer]);
  await ask(ana, 'accept', [number, answer]);
}

const flow = async (host) => {
  try {
    await host.until(() => globalThis.recorder.flows(), null, 60_000);
  } catch (error) {
    throw new Error(`${host.name}: ${JSON.stringify(await ask(host, 'look'))}`, { cause: error });
  }
};
const haveFailed = (host, numbered = numbers) =>
  host.until(
    (which) => which.every((number) => globalThis.recorder.states()[number] === 'failed'),
    numbered,
    120_000,
  );

/** @param {string} part what the times count from */
async function take(hosts, browsers, part, cutMs, since) {
  const groups = [];
  for (const [index, host] of hosts.entries()) {
    const logs = await ask(host, 'take');
    const traces = logs.map((log) => log.map(([at, what]) => `${at - since} ${what}`).join(', '));
    groups.push({ browser: browsers[index], other: browsers[1 - index], part, cutMs, traces });
  }
  return groups;
}

async function record(browsers) {
  const network = new Network();
  const hosts = ['ana', 'ben'].map((name) => new Host(network, name, network.addHost(name)));
  const groups = [];
  try {
    await Promise.all(hosts.map((host, index) => host.open(browsers[index])));
    await Promise.all(hosts.map((host) => host.evaluate(installRecorder)));
    for (const number of numbers) {
      await negotiate(hosts, number);
      await pause(700); // so that their checks do not go in step
    }
    for (const cutMs of CUTS_MS) {
      await Promise.all(hosts.map(flow));
      await Promise.all(hosts.map((host) => ask(host, 'take')));
      const cutAt = Date.now();
      network.block('ana');
      if (cutMs === CUTS_MS.at(-1)) await Promise.all(hosts.map((host) => haveFailed(host)));
      else await pause(cutMs);
      network.unblock();
      const backMs = Date.now() - cutAt;
      if (cutMs !== CUTS_MS.at(-1)) {
        await pause(SETTLE_MS);
        groups.push(...(await take(hosts, browsers, 'cut', backMs, cutAt)));
        continue;
      }
      groups.push(...(await take(hosts, browsers, 'cut', backMs, cutAt)));
      const restartedAt = Date.now();
      await Promise.all(numbers.map((number) => negotiate(hosts, number)));
      await pause(SETTLE_MS); // Firefox 153 may still carry nothing
      groups.push(...(await take(hosts, browsers, 'restart after failed', backMs, restartedAt)));
    }
    network.block('ana');
    await negotiate(hosts, CONNECTIONS);
    const answeredAt = Date.now();
    await Promise.all(hosts.map((host) => haveFailed(host, [CONNECTIONS])));
    const never = await take(hosts, browsers, 'no path', 0, answeredAt);
    for (const group of never) groups.push({ ...group, traces: [group.traces[CONNECTIONS]] });
    network.unblock();
    const restartedAt = Date.now();
    await negotiate(hosts, CONNECTIONS);
    await pause(SETTLE_MS);
    const afterNever = await take(hosts, browsers, 'restart after no path', 0, restartedAt);
    for (const group of afterNever) groups.push({ ...group, traces: [group.traces[CONNECTIONS]] });
    await Promise.all(hosts.map((host) => ask(host, 'close')));
  } finally {
    await Promise.all(hosts.map((host) => host.close()));
    network.close();
  }
  return groups;
}

const missing = missingForNetworks().join(' ');
if (missing) throw new Error(missing);
const groups = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
for (const browsers of PAIRS) {
  groups.push(...(await record(browsers)));
  writeFileSync(file, await format(JSON.stringify(groups), { parser: 'json', printWidth: 110 }));
  console.log(`${browsers.join(' and ')}: recorded`);
}
