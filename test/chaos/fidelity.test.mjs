/** The fakes do what real browsers do: the same steps lead to the same events and states. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { browsersUnderTest, launch } from '../helpers/browser.mjs';
import { serve } from '../helpers/static-server.mjs';
import { restartsInTurn, steps } from './fidelity/across.mjs';
import { scenarios } from './fidelity/scenarios.mjs';
import { makeStage } from './fidelity/stage.mjs';
import { bundle } from './simulation/bundle.mjs';

const { fakeHost } = await import(await bundle('test/chaos/fidelity/fakes.ts'));

/** Runs in the page: real connections as a host of the scenarios. */
async function playInPage(stageSource, scenarioSource) {
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const connections = [];
  const tracks = [];
  const host = {
    create: () => {
      const connection = new RTCPeerConnection();
      connections.push(connection);
      return connection;
    },
    track: async (kind) => {
      const stream = await navigator.mediaDevices.getUserMedia({ [kind]: true });
      tracks.push(...stream.getTracks());
      return stream.getTracks()[0];
    },
    stream: () => new MediaStream(),
    rest: () => wait(300),
    until: async (condition) => {
      const begun = performance.now();
      while (!condition()) {
        if (performance.now() - begun > 20_000) throw new Error(`It never came: ${condition}`);
        await wait(10);
      }
    },
  };
  const evaluate = (source) => new Function(`return (${source})`)();
  const stage = evaluate(stageSource)(host);
  try {
    await evaluate(scenarioSource)(stage);
  } catch (error) {
    stage.note(`broke off: ${error.name} ${error.message}`);
  }
  const notes = [...stage.notes];
  for (const track of tracks) track.stop();
  for (const connection of connections) connection.close();
  return notes;
}

async function playOnFakes(scenario, engine) {
  const host = fakeHost(engine);
  const stage = makeStage(host);
  try {
    await scenario(stage);
  } catch (error) {
    stage.note(`broke off: ${error.name} ${error.message}`);
  }
  host.stop();
  return [...stage.notes];
}

/** What each connection went through: how the two interleave is up to the machine. */
const bySide = (notes) => ['a', 'b'].map((side) => notes.filter((note) => note.startsWith(side)));

const server = await serve();
after(() => server.close());

for (const name of browsersUnderTest()) {
  describe(`the fakes and ${name}`, () => {
    let browser;
    let page;
    before(async () => {
      browser = await launch(name);
      page = await browser.newPage();
      await page.goto(`${server.url}/package.json`);
    });
    after(() => browser?.close());

    for (const [title, scenario] of Object.entries(scenarios)) {
      test(title, { timeout: 60_000 }, async () => {
        const real = await page.evaluate(playInPage, makeStage.toString(), scenario.toString());
        const fake = await playOnFakes(scenario, name);
        if (process.env.RTC_SHOW) console.log(`${name}, ${title}:\n  ${real.join('\n  ')}`);
        assert.deepEqual(bySide(fake), bySide(real));
      });
    }
  });
}

describe('the fakes and two browsers', () => {
  const names = ['chromium', 'firefox'];
  const missing = names.filter((name) => !browsersUnderTest().includes(name));
  const skip = missing.length > 0 && `This takes two browsers; ${missing.join(' and ')} is not there.`;
  const browsers = [];
  const pages = {};
  before(async () => {
    if (skip) return;
    for (const name of names) {
      // Each has to know the other's address: no page here was granted a camera.
      const options =
        name === 'firefox'
          ? { prefs: { 'media.peerconnection.ice.obfuscate_host_addresses': false } }
          : { args: ['--disable-features=WebRtcHideLocalIpsWithMdns'] };
      const browser = await launch(name, options);
      browsers.push(browser);
      pages[name] = await browser.newPage();
      await pages[name].goto(`${server.url}/package.json`);
    }
  });
  after(() => Promise.all(browsers.map((browser) => browser.close())));

  /** A connection in a page as a side: see fidelity/across.mjs. */
  async function realSide(name) {
    const connection = await pages[name].evaluateHandle(() => new RTCPeerConnection());
    const run = (step, argument) =>
      pages[name].evaluate(
        (own, source, value) => new Function(`return (${source})`)()(own, value),
        connection,
        steps[step].toString(),
        argument,
      );
    return { name, run, close: () => connection.evaluate((own) => own.close()) };
  }

  for (const [first, second] of [names, names.toReversed()]) {
    test(`ICE restarts of both where ${first} offered first`, { skip, timeout: 60_000 }, async () => {
      const sides = [await realSide(first), await realSide(second)];
      const real = await restartsInTurn(...sides, () => pause(300));
      for (const side of sides) await side.close();
      const host = fakeHost(first);
      const fakeSide = (name) => {
        const connection = host.create(name);
        return { name, run: async (step, argument) => steps[step](connection, argument) };
      };
      const fake = await restartsInTurn(fakeSide(first), fakeSide(second), host.rest);
      host.stop();
      if (process.env.RTC_SHOW) console.log(real.join('\n'));
      assert.deepEqual(fake, real);
    });
  }
});
