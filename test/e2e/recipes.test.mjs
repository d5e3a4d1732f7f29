/** The signaling recipes of demo/recipes, each against what it is for: real pages, the real server between them. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import decodeQR from 'qr/decode.js';
import { startEvents } from '../../demo/recipes/server-sent-events-server.mjs';
import { startSocketIo } from '../../demo/recipes/socket-io-server.mjs';
import { startServer } from '../../demo/server.mjs';
import { browsersUnderTest, launch, openPage, screenshot, videoFrames } from '../helpers/browser.mjs';
import { closing, otherPicture, Person } from '../helpers/person.mjs';

let server;

before(async () => {
  server = await startServer({ port: 0, quiet: true });
});
after(() => server.close());

const address = (recipe, at = server) => `${at.url}recipes/${recipe}.html`;

/** An HTTP server of a recipe, closed after the test. @returns the address of the page that uses it */
async function withServer(t, recipe, start) {
  const own = await start(0);
  t.after(() => {
    own.close();
    own.closeAllConnections();
  });
  return `${address(recipe)}?server=http://127.0.0.1:${own.address().port}`;
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Mosquitto with the recipe's settings, on a free port. @returns the address of the page that uses it */
async function withMosquitto(t) {
  const [port, plainPort] = [await freePort(), await freePort()];
  const folder = await mkdtemp(join(tmpdir(), 'rtc-call-mosquitto-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const settings = await readFile(new URL('../../demo/recipes/mosquitto.conf', import.meta.url), 'utf8');
  const file = join(folder, 'mosquitto.conf');
  const onFreePorts = settings
    .replace('listener 8102 ', `listener ${port} `)
    .replace(' 8104 ', ` ${plainPort} `);
  await writeFile(file, onFreePorts);

  const broker = spawn('mosquitto', ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => broker.kill());
  let log = '';
  broker.stderr.on('data', (data) => (log += data));
  while (!/ running\b/.test(log)) {
    const [code] = await Promise.race([once(broker.stderr, 'data').then(() => [null]), once(broker, 'exit')]);
    assert.equal(code, null, `mosquitto stopped: ${log}`);
  }
  return `${address('mqtt')}?server=ws://127.0.0.1:${port}`;
}

/** Transports between two browsers: how to get the page's address. */
const transports = {
  websocket: () => address('websocket'),
  'socket-io': (t) => withServer(t, 'socket-io', startSocketIo),
  mqtt: withMosquitto,
  'server-sent-events': (t) => withServer(t, 'server-sent-events', startEvents),
};
const hasMosquitto = spawnSync('mosquitto', ['-h'], { stdio: 'ignore' }).error === undefined;
const skips = {
  ...(!hasMosquitto && { mqtt: 'No mosquitto found. Install it (Debian: apt-get install mosquitto).' }),
};

/** Ana's mute reaches Ben, and Ben's text reaches Ana. */
async function talk(ana, ben) {
  await ana.page.evaluate(() => document.querySelector('rtc-call').setMicrophone(false));
  await ben.until((call) => call.participants[0].microphone === 'off', null);
  await ben.page.evaluate(() => document.querySelector('rtc-call').sendMessage('Good to see you'));
  await ana.until((call) => call.controller.state.messages.at(-1)?.text === 'Good to see you', null);
}

const names = browsersUnderTest();
const pairs = names.map((name) => [name, names[0]]);

for (const [first, second] of pairs) {
  describe(`signaling between ${first} and ${second}`, { timeout: 240_000 }, () => {
    for (const [recipe, open] of Object.entries(transports)) {
      it(`${recipe} brings Ana and Ben together`, { skip: skips[recipe] }, async (t) => {
        const ana = closing(t, await Person.open(first, await open(t)));
        await ana.join('Ana');
        const ben = closing(t, await Person.open(second, ana.page.url()));
        await ben.join('Ben');
        await ana.sees();
        await ben.sees();
        assert.equal(
          await ben.page.evaluate(() => document.querySelector('rtc-call').participants[0].name),
          'Ana',
        );
        await screenshot(ben.page, `recipe-${recipe}-${first}`);
        await ben.leave(); // the goodbye reaches Ana
        await ana.inPhase('waiting', 5000);
        assert.deepEqual([ana.page.problems, ben.page.problems], [[], []]);
      });
    }

    it('paste brings them together by one text each way, and nothing is missing from the call', async (t) => {
      const ana = closing(t, await Person.open(first, address('paste')));
      const ben = closing(t, await Person.open(second, address('paste')));
      await ana.page.locator('#invite').click();
      const invitation = await textOf(ana);
      assert.equal(await codeOf(ana), invitation, 'the code says what the text says');
      await screenshot(ana.page, `recipe-paste-${first}`);
      await give(ben, invitation);
      await give(ana, await textOf(ben));
      await ana.sees();
      await ben.sees();
      await talk(ana, ben);
      assert.deepEqual([ana.page.problems, ben.page.problems], [[], []]);
    });
  });
}

it(
  'paste leaves people the time that they need for it',
  // Firefox waits for 5 s only when it has answered: the page says so.
  { timeout: 120_000, skip: names.includes('chromium') ? false : 'No chromium, which answers here.' },
  async (t) => {
    const ana = closing(t, await Person.open(names.at(-1), address('paste')));
    const ben = closing(t, await Person.open('chromium', address('paste')));
    await ana.page.locator('#invite').click();
    await give(ben, await textOf(ana));
    const text = await textOf(ben);
    await new Promise((resolve) => setTimeout(resolve, 20_000)); // longer than any connection is tried
    await give(ana, text);
    await ana.sees();
    await ben.sees();
  },
);

/** The text that the page shows, which must fit into a QR code too. */
async function textOf({ page }) {
  await page.waitForFunction(() => document.querySelector('#mine').value !== '', { timeout: 15_000 });
  const { text, size } = await page.evaluate(() => ({
    text: document.querySelector('#mine').value,
    size: document.querySelector('#code').width,
  }));
  assert.match(text, /^[\w-]{200,2900}$/);
  assert.ok(size > 50 && size <= 177 + 8, `a QR code of ${size} dots`);
  return text;
}

/** What the QR code on the page says. */
async function codeOf({ page }) {
  const { size, modules } = await page.$eval('#code', (canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return { size: canvas.width, modules: [...data].filter((_, at) => at % 4 === 0) };
  });
  // As large as a camera would see it.
  const scale = 4;
  const width = size * scale;
  const data = new Uint8Array(width * width * 3);
  for (let at = 0; at < width * width; at++) {
    const [x, y] = [at % width, Math.floor(at / width)].map((pixel) => Math.floor(pixel / scale));
    data.fill(modules[y * size + x], at * 3, at * 3 + 3);
  }
  return decodeQR({ width, height: width, data }, { effort: 10, timeLimit: 20_000 });
}

async function give({ page }, text) {
  await page.locator('#theirs').fill(text);
  await page.locator('form button').click();
}

for (const name of names) {
  describe(`signaling in ${name}`, { timeout: 240_000 }, () => {
    let shared;
    before(async () => {
      shared = await launch(name);
    });
    after(() => shared.close());

    it('recipes.html leads to every recipe', async (t) => {
      const browser = closing(t, await shared.createBrowserContext());
      const page = await openPage(browser, `${server.url}recipes.html`, {
        viewport: { width: 1200, height: 800 },
      });
      const links = await page.$$eval('.gallery a', (all) => all.map((link) => link.href));
      assert.deepEqual(
        links.toSorted(),
        [...Object.keys(transports), 'broadcast-channel', 'paste']
          .map((recipe) => address(recipe))
          .toSorted(),
      );
      assert.deepEqual(page.problems, []);
      await screenshot(page, `recipes-${name}`);
    });

    it('broadcast-channel brings two tabs together', async (t) => {
      const browser = closing(t, await shared.createBrowserContext());
      const first = await openPage(browser, address('broadcast-channel'));
      const second = await openPage(browser, first.url());
      for (const page of [first, second]) {
        await page.bringToFront();
        await page.locator('>>> [part~="join-button"]').click();
      }
      for (const page of [first, second]) {
        await page.bringToFront(); // only the tab in front shows pictures
        await videoFrames(page, otherPicture, 5);
      }
      assert.deepEqual([first.problems, second.problems], [[], []]);
    });

    it('websocket outlives its relay: the call goes on, and a reload comes back', async (t) => {
      const relay = await startServer({ port: 0, quiet: true });
      t.after(() => relay.close());
      const ana = closing(t, await Person.open(name, address('websocket', relay)));
      await ana.join('Ana');
      const ben = closing(t, await Person.open(name, ana.page.url()));
      await ben.join('Ben');
      await ana.sees();
      await relay.close();
      await talk(ana, ben);

      const again = closing(t, await startServer({ port: relay.port, quiet: true }));
      assert.equal(again.port, relay.port);
      await ben.page.reload();
      await ben.join();
      await ben.sees();
      await ana.sees();
    });

    it('paste says what is wrong with a text', async (t) => {
      const { page } = closing(t, await Person.open(name, address('paste')));
      const said = async (text, words) => {
        await give({ page }, text);
        await page.waitForFunction(
          (part) => document.querySelector('#state').textContent.includes(part),
          {},
          words,
        );
      };
      await said('hello there', 'no text of this page');
      const answer = await page.evaluate(async () => {
        const { invite, answer } = await import('./one-text.mjs');
        const { text } = await invite({});
        return (await answer(text, {})).text;
      });
      await said(answer.slice(0, 100), 'no text of this page');
      await said(answer, 'made none');
    });

    it('paste looks at the picture of the camera for a code, where the browser can read one', async (t) => {
      const browser = closing(t, await shared.createBrowserContext());
      const page = await browser.newPage();
      await page.goto(address('paste'));
      assert.equal(await page.$eval('#scan', (button) => button.checkVisibility()), false);
      // Browsers on Linux have no such reader: this one waits for a picture and finds a code in it.
      await page.evaluateOnNewDocument(() => {
        globalThis.BarcodeDetector = class {
          static getSupportedFormats = async () => ['qr_code'];
          detect = async ({ videoWidth }) => (videoWidth > 0 ? [{ rawValue: 'some other code' }] : []);
        };
      });
      await page.reload();
      await page.locator('#scan').click();
      await page.waitForFunction(() =>
        document.querySelector('#state').textContent.includes('no text of this'),
      );
      assert.equal(await page.$eval('#scanner', (video) => video.checkVisibility()), false);
    });
  });
}
