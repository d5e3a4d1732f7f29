/**
 * Calls across networks: every person in a network namespace of its own, with a real browser, and between them a
 * router that loses packets, NATs and a TURN server. What counts is decoded pictures. Needs Linux and root.
 */
import { availableParallelism } from 'node:os';
import { describe, it } from 'node:test';
import { missingForNetworks } from '../../scripts/network-tools.mjs';
import { browsersUnderTest } from '../helpers/browser.mjs';
import {
  closedPage,
  cut,
  cutOfOne,
  killedBrowser,
  mutePage,
  signalsDead,
  switchInterface,
} from './network/faults.mjs';
import {
  expiredCredentials,
  failingProvider,
  relayOnly,
  symmetricNat,
  symmetricNatWithoutTurn,
  udpBlocked,
} from './network/relayed.mjs';

const isFull = process.env.RTC_FULL === '1';
const REPETITIONS = isFull ? 2 : 1;
/** Most of the time is waiting: for cuts to end, for credentials to expire. */
const concurrency = availableParallelism() * 2;

const C = 'chromium';
const F = 'firefox';
const chromium = [C, C];
const firefox = [F, F];
const mixed = [C, F];
const mixedOtherWay = [F, C];
const every = [chromium, firefox, mixed, mixedOtherWay];

const skip = missingForNetworks().join(' ') || false;
if (skip) console.log(`Skipped: ${skip}`);
const installed = browsersUnderTest();

/**
 * One test for each combination of browsers, Ana's first, to whom most faults happen.
 *
 * @param {string} title
 * @param {string[][]} small the combinations at the size for continuous integration; at full size: all
 * @param {(t: import('node:test').TestContext, browsers: string[]) => Promise<void>} run
 */
function scenario(title, small, run, full = every) {
  for (const browsers of isFull ? full : small) {
    if (browsers.some((name) => !installed.includes(name))) continue;
    for (let round = 1; round <= REPETITIONS; round++) {
      const name = `${title} (${browsers.join(', ')}${isFull ? `, ${round}` : ''})`;
      it(name, { skip }, (t) => run(t, browsers));
    }
  }
}

describe('a call across networks', { concurrency }, () => {
  // The long ones first, so that the short ones fill the gaps.
  const minute = (t, browsers) => signalsDead(t, browsers, 60);
  scenario('shows a screen while signals are dead for a minute', [mixed], minute);
  const cuts = { 45: [firefox, mixed], 20: [chromium], 12: [chromium, firefox, mixedOtherWay], 3: [firefox] };
  for (const seconds of [45, 20, 12, 3]) {
    scenario(`survives a cut of ${seconds} s`, cuts[seconds], (t, browsers) => cut(t, browsers, seconds));
  }
  scenario('notices nothing among two when the third is cut off for 12 s', [[C, F, C]], cutTwelve, [
    [C, C, C],
    [F, F, F],
    [C, F, C],
    [F, C, F],
  ]);
  scenario('renews credentials that expired', [chromium, firefox], expiredCredentials);
  scenario('finds no way between two symmetric NATs by STUN alone', [chromium], symmetricNatWithoutTurn);
  scenario('survives a provider that hangs', [chromium], (t, browsers) =>
    failingProvider(t, browsers, 'hangs'),
  );
  scenario('survives a provider that rejects', [firefox], (t, browsers) =>
    failingProvider(t, browsers, 'rejects'),
  );
  scenario('names no address but the relay under the policy relay', [chromium, firefox], relayOnly);
  scenario('goes on in another network', [chromium, firefox, mixed], (t, browsers) =>
    switchInterface(t, browsers),
  );
  // Hosts that are always online somewhere: browsers may say nothing at all.
  scenario('goes on in another network that takes over at once', [chromium, firefox, mixed], (t, browsers) =>
    switchInterface(t, browsers, 0),
  );
  scenario('connects between two symmetric NATs by TURN', [chromium, firefox, mixed], symmetricNat);
  scenario('connects by TURN over TCP where UDP is blocked', [chromium, firefox], udpBlocked);
  scenario('shows within 8 s that a browser was killed', [chromium, firefox], (t, browsers) =>
    killedBrowser(t, browsers, { untilLeft: isFull }),
  );
  scenario('shows within 1 s that a page has closed', [chromium, firefox], closedPage);
  scenario('shows that a page has gone without a goodbye', [chromium, firefox], mutePage);
});

function cutTwelve(t, browsers) {
  return cutOfOne(t, browsers, 12);
}
