/** Calls that need a TURN server: each takes the test's context and the browsers of the people. */
import assert from 'node:assert/strict';
import { isIPv4 } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Call } from './call.mjs';
import { changeNetwork, SWITCH_LIMIT_MS } from './faults.mjs';
import { serverAddress } from './namespaces.mjs';
import { stunServers, turnServers } from './servers.mjs';

const CREDENTIALS_SECONDS = 12;
/** How long the core waits for the page's provider: once on each side, at worst one after the other. */
const PROVIDERS_MS = 2 * 5000;
/** Addresses that say nothing: they stand in descriptions where an address must stand. */
const EMPTY_ADDRESSES = ['0.0.0.0', '127.0.0.1'];

/** Nobody has it (RFC 5737). */
const unusedAddress = '192.0.2.1';

const usesRelay = ({ local, remote }) => local === 'relay' || remote === 'relay';

export async function symmetricNat(t, browsers) {
  const call = await Call.start(t, { browsers, nat: 'symmetric', servers: turnServers() });
  await call.connected();
  const paths = await call.paths();
  assert.equal(paths.length, 2);
  assert.ok(paths.every(usesRelay), JSON.stringify(paths));
}

/** Without TURN there is no way through two such NATs, and the call says so. */
export async function symmetricNatWithoutTurn(t, browsers) {
  const settings = { iceServers: stunServers };
  const call = await Call.start(t, { browsers, nat: 'symmetric', settings });
  // Only the side that makes the connections knows that one has failed.
  await call.anyHost(
    () => globalThis.host.log.some(({ what }) => what.startsWith('error ice-failed')),
    25_000,
  );
  for (const host of call.hosts) {
    assert.ok(!(await host.log()).some(({ what }) => what === 'phase connected'));
    const sent = await host.evaluate(() => globalThis.host.sent);
    assert.ok(
      sent.some((text) => text.includes('typ srflx')),
      'the STUN server did not answer',
    );
  }
}

export async function udpBlocked(t, browsers) {
  const call = await Call.start(t, {
    browsers,
    blocked: 'meta l4proto udp',
    servers: turnServers({ transport: 'tcp' }),
  });
  await call.connected();
  for (const { local, relayProtocol } of await call.paths()) {
    assert.deepEqual({ local, relayProtocol }, { local: 'relay', relayProtocol: 'tcp' });
  }
  const [ana] = call.hosts;
  const bothWays = [turnServers().urls, turnServers({ transport: 'tcp' }).urls];
  await ana.evaluate((servers) => globalThis.host.provide(servers), { ...turnServers(), urls: bothWays });
  const diagnose = async () => {
    const { udp, verdict } = await ana.evaluate(() => globalThis.host.call.diagnose());
    return { udp, code: verdict[0].code };
  };
  assert.deepEqual(await diagnose(), { udp: false, code: 'udp-relayed' });
  // Two servers in different places, and neither answers: it is the network.
  await ana.evaluate(
    (iceServers) => Object.assign(globalThis.host.call, { iceServersProvider: null, iceServers }),
    [...stunServers, { urls: `stun:${unusedAddress}:3478` }],
  );
  assert.deepEqual(await diagnose(), { udp: false, code: 'udp-blocked' });
}

/** The credentials with which the call began are worth nothing any more when Ana's network changes. */
export async function expiredCredentials(t, browsers) {
  const servers = turnServers({ lifeSeconds: CREDENTIALS_SECONDS });
  const call = await Call.start(t, { browsers, servers, settings: { iceTransportPolicy: 'relay' } });
  await call.connected();
  await pause((CREDENTIALS_SECONDS + 3) * 1000);
  const since = await changeNetwork(call);
  await call.recovered(since, SWITCH_LIMIT_MS);
  const logs = await Promise.all(call.hosts.map((host) => host.log()));
  assert.ok(logs.flat().some(({ at, what }) => at > since && what === 'provider answers'));
  assert.ok((await call.paths()).every(usesRelay));
}

/** The page's provider fails when a network changes: the servers of before serve. */
export async function failingProvider(t, browsers, behaviour) {
  const servers = turnServers();
  const call = await Call.start(t, { browsers, servers, settings: { iceTransportPolicy: 'relay' } });
  await call.connected();
  await call.provide({ ...servers, behaviour });
  const since = await changeNetwork(call);
  await call.recovered(since, SWITCH_LIMIT_MS + (behaviour === 'hangs' ? PROVIDERS_MS : 0));
  const logs = await Promise.all(call.hosts.map((host) => host.log()));
  assert.ok(logs.flat().some(({ what }) => what.startsWith('error timeout: iceServersProvider')));
}

/** With the policy `relay` nothing that leaves the page names another address than the TURN server's. */
export async function relayOnly(t, browsers) {
  const call = await Call.start(t, {
    browsers,
    servers: turnServers(),
    settings: { iceTransportPolicy: 'relay', iceServers: stunServers },
  });
  await call.connected();
  const [ana, ben] = call.hosts;
  await ana.evaluate(() => globalThis.host.call.setScreenShare(true));
  await ben.until(async () => (await globalThis.host.screenFrames()) >= 5, null, 10_000);
  await call.recovered(await changeNetwork(call), SWITCH_LIMIT_MS);
  // Of both sides: what the other calls remote may be `prflx` where a check came before its candidate.
  const paths = await call.paths();
  assert.deepEqual(
    paths.map(({ local }) => local),
    ['relay', 'relay'],
    JSON.stringify(paths),
  );
  const named = new Set();
  for (const host of call.hosts) {
    for (const text of await host.evaluate(() => globalThis.host.sent)) {
      for (const address of host.addresses) assert.ok(!text.includes(address), `${address} in ${text}`);
      assert.doesNotMatch(text, /\.local|typ (host|srflx|prflx)/);
      for (const word of text.split(/[^\w.:]+/)) if (isIPv4(word)) named.add(word);
    }
  }
  console.log(`${t.name}: addresses named: ${[...named].join(', ')}`);
  for (const empty of EMPTY_ADDRESSES) named.delete(empty);
  assert.deepEqual([...named], [serverAddress]);
}
