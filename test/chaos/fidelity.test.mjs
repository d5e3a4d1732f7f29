/** The fakes do what real browsers do: the same steps lead to the same events and states. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { browsersUnderTest, launch } from '../helpers/browser.mjs';
import { serve } from '../helpers/static-server.mjs';
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
