/**
 * A first visit: the browser has never given this page a device, so it hides every address behind a `.local` name
 * until the person says yes. The other test browsers' flags hide this, so here nobody gives the permission but the
 * test, in the place of the person, while the question is on the screen.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../../demo/server.mjs';
import { browsersUnderTest } from '../helpers/browser.mjs';
import { closing, Person } from '../helpers/person.mjs';

let server;

before(async () => {
  server = await startServer({ port: 0, quiet: true });
});
after(() => server.close());

/** The question stays on the screen until `sayYes`; what the page signals meanwhile is kept. */
async function openUndecided(t, name, url, { isMulticastBlocked }) {
  // Firefox hides addresses until a device is open, whatever the permission; Chromium until the permission.
  const person = closing(t, await Person.open(name, url, { fakeUi: name === 'firefox' }));
  await person.page.evaluate((isMulticastBlocked) => {
    const devices = navigator.mediaDevices;
    const open = devices.getUserMedia.bind(devices);
    const answer = new Promise((resolve) => {
      globalThis.sayYes = resolve;
    });
    devices.getUserMedia = async (constraints) => {
      await answer;
      return open(constraints);
    };
    const call = document.querySelector('rtc-call');
    if (isMulticastBlocked) {
      // A network that carries no multicast: the names arrive, and nobody answers for them.
      const receive = call.receiveSignal.bind(call);
      call.receiveSignal = (message) => {
        receive(JSON.stringify(message).replaceAll(/[\da-f]{8}(-[\da-f-]+)\.local/g, '00000000$1.local'));
      };
    }
    globalThis.sentCandidates = [];
    call.addEventListener('rtc-signal', ({ detail }) => {
      for (const { candidate } of detail.candidates ?? [detail.candidate ?? {}]) {
        if (candidate) globalThis.sentCandidates.push({ candidate, generation: detail.rtc.generation });
      }
    });
  }, isMulticastBlocked);
  return person;
}

async function sayYes(name, { page }) {
  if (name === 'chromium') {
    await page.browserContext().overridePermissions(new URL(page.url()).origin, ['camera', 'microphone']);
  }
  await page.evaluate(() => globalThis.sayYes());
}

const sentCandidates = ({ page }) => page.evaluate(() => globalThis.sentCandidates);

for (const name of browsersUnderTest()) {
  describe(`a first visit (${name})`, { timeout: 90_000 }, () => {
    for (const isMulticastBlocked of [false, true]) {
      it(`connects ${isMulticastBlocked ? 'where .local names can not be resolved' : 'on a plain network'}`, async (t) => {
        const ana = await openUndecided(t, name, server.url, { isMulticastBlocked });
        await ana.join('Ana');
        const ben = await openUndecided(t, name, ana.page.url(), { isMulticastBlocked });
        await ben.join('Ben');
        // The negotiation runs while the question is on the screen.
        await ana.page.waitForFunction(() => globalThis.sentCandidates.length > 0);
        await ben.page.waitForFunction(() => globalThis.sentCandidates.length > 0);
        const veiled = (await Promise.all([sentCandidates(ana), sentCandidates(ben)])).flat();
        await Promise.all([sayYes(name, ana), sayYes(name, ben)]);
        assert.ok(
          veiled.every(({ candidate }) => candidate.includes('.local')),
          `an address left before the permission: ${JSON.stringify(veiled)}`,
        );
        if (isMulticastBlocked) {
          await ana.page.waitForFunction(() =>
            globalThis.sentCandidates.some(({ generation }) => generation > 1),
          );
        }
        // A fake device does not count as one in Firefox: it goes on hiding addresses, in the new connection too.
        if (isMulticastBlocked && name === 'firefox') return;
        await Promise.all([ana.sees(5), ben.sees(5)]);
      });
    }
  });
}
