/** What happens to calls, and what must come of it: each takes the test's context and the browsers of the people. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Call } from './call.mjs';

export const CUT_LIMIT_MS = 5000;
export const SWITCH_LIMIT_MS = 4000;
/** Between the end of one interface and the beginning of the other: joining another network takes as long. */
const SWITCH_GAP_MS = 1500;
/** How soon a silent participant must be shown as such. */
const HONEST_MS = 8000;

/** Ana's network carries nothing for a while, neither media nor signals. */
export async function cut(t, browsers, seconds) {
  const call = await Call.start(t, { browsers });
  await call.connected();
  const cutAt = Date.now();
  call.network.block('Ana');
  await pause(seconds * 1000);
  const since = Date.now();
  call.network.unblock();
  await call.sawNothing(cutAt, since);
  await call.recovered(since, CUT_LIMIT_MS);
  if (seconds * 1000 > HONEST_MS) await call.wasHonest(cutAt);
  await call.stayedTheSame();
}

/** Ana's computer leaves one network and joins another, with another address. */
export async function switchInterface(t, browsers, gapMs = SWITCH_GAP_MS) {
  const call = await Call.start(t, { browsers });
  await call.connected();
  await call.recovered(await changeNetwork(call, gapMs), SWITCH_LIMIT_MS);
  await call.stayedTheSame();
}

/** @returns {Promise<number>} when the other network is there */
export async function changeNetwork(call, gapMs = SWITCH_GAP_MS) {
  call.network.unplug('Ana');
  await pause(gapMs);
  const since = Date.now();
  call.network.plugOther('Ana');
  return since;
}

/** The network of one of three is cut: the other two notice nothing of their own call. */
export async function cutOfOne(t, browsers, seconds) {
  const call = await Call.start(t, { browsers });
  await call.connected();
  const cutAt = Date.now();
  call.network.block('Cleo');
  await pause(seconds * 1000);
  const since = Date.now();
  call.network.unblock();
  await call.recovered(since, CUT_LIMIT_MS);
  await call.stayedTheSame();
  const [ana, ben] = call.hosts;
  for (const [host, name] of [
    [ana, 'Ben'],
    [ben, 'Ana'],
  ]) {
    await call.showed(host, cutAt, 'Cleo reconnecting');
    const gapMs = await host.evaluate((argument) => globalThis.host.longestGap(argument), {
      name,
      from: cutAt,
    });
    assert.ok(gapMs < 2000, `${host.name} did not see ${name} for ${gapMs} ms`);
    assert.ok(!(await host.log()).some(({ what }) => what === `${name} reconnecting`));
  }
}

/** The server that carries the signals is out of reach while Ana begins to share her screen. */
export async function signalsDead(t, browsers, seconds) {
  const call = await Call.start(t, { browsers });
  await call.connected();
  const [ana, ben] = call.hosts;
  const deadAt = Date.now();
  call.network.block('server');
  await ben.sawAfter(deadAt, 'socket dead', 10_000);
  const sharedAt = Date.now();
  await ana.evaluate(() => globalThis.host.call.setScreenShare(true));
  await ben.until(async () => (await globalThis.host.screenFrames()) >= 5, null, CUT_LIMIT_MS);
  console.log(`${t.name}: Ben sees the screen after ${((Date.now() - sharedAt) / 1000).toFixed(1)} s`);
  await pause(seconds * 1000 - (Date.now() - deadAt));
  for (const [host, name] of [
    [ana, 'Ben'],
    [ben, 'Ana'],
  ]) {
    const log = await host.log();
    assert.deepEqual(
      log.filter(({ at, what }) => at > deadAt && /^(socket open|phase|leave)/.test(what)),
      [],
    );
    const argument = { name, from: deadAt };
    const gapMs = await host.evaluate((value) => globalThis.host.longestGap(value), argument);
    assert.ok(gapMs < 2000, `${host.name} did not see ${name} for ${gapMs} ms`);
  }
  call.network.unblock();
  await call.stayedTheSame();
}

/** Ben's page closes, and the server that carries the signals is out of reach: the goodbye goes over the call itself. */
export async function closedPage(t, browsers) {
  const call = await Call.start(t, { browsers });
  await call.connected();
  const [ana, ben] = call.hosts;
  call.network.block('server');
  const closedAt = Date.now();
  const closed = ben.closePage();
  await call.showed(ana, closedAt, 'leave Ben left', 1000);
  await closed;
}

/** Ben's page closes and says no goodbye. Firefox tells the other side that the data channel is closed, Chromium not. */
export async function mutePage(t, browsers) {
  const call = await Call.start(t, { browsers });
  await call.connected();
  const [ana, ben] = call.hosts;
  await ben.evaluate(() => globalThis.host.goMute());
  const closedAt = Date.now();
  const closed = ben.closePage();
  await call.showed(ana, closedAt, 'Ben reconnecting', browsers[1] === 'firefox' ? 1000 : HONEST_MS);
  await closed;
}

/** Ben's browser is killed. */
export async function killedBrowser(t, browsers, { untilLeft }) {
  const call = await Call.start(t, { browsers });
  await call.connected();
  const [ana, ben] = call.hosts;
  const killedAt = Date.now();
  await ben.kill();
  await call.showed(ana, killedAt, 'Ben reconnecting', HONEST_MS);
  if (!untilLeft) return;
  const leftAt = await ana.sawAfter(killedAt, 'leave Ben timeout', 110_000);
  console.log(`${t.name}: Ben has left after ${((leftAt - killedAt) / 1000).toFixed(1)} s`);
  assert.ok(leftAt - killedAt > 85_000 && leftAt - killedAt < 100_000);
}
