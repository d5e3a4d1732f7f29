/** Devices as people use them: chosen in the call and remembered, refused and allowed, and somebody who calls. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../../demo/server.mjs';
import { averageColour, browsersUnderTest, screenshot, videoFrames } from '../helpers/browser.mjs';
import { closing, otherPicture, Person } from '../helpers/person.mjs';

const browsers = browsersUnderTest();
let server;

before(async () => {
  server = await startServer({ port: 0, quiet: true });
});
after(() => server.close());

const open = async (t, name, url, options) => closing(t, await Person.open(name, url, options));

/** Presses the button with this part, wherever it is. */
const press = ({ page }, part) => page.locator(`>>> [part~="${part}"]`).click();

/** The text of a part, once it fulfils the condition. */
async function reads({ page }, part, pattern) {
  await page.waitForFunction(
    (part, source) => {
      const search = (root) => {
        for (const element of root.querySelectorAll('*')) {
          if (element.part?.contains(part)) return element;
          const found = element.shadowRoot && search(element.shadowRoot);
          if (found) return found;
        }
        return null;
      };
      return new RegExp(source).test(search(document)?.textContent ?? '');
    },
    {},
    part,
    pattern.source,
  );
}

const media = (person, status) =>
  person.until(({ media }, wanted) => media.camera === wanted && media.microphone === wanted, status);

/** What the page sends as its camera. */
const cameraInUse = ({ page }) =>
  page.evaluate(() => {
    const { localStream } = document.querySelector('rtc-call').controller.state;
    return localStream.getVideoTracks()[0].getSettings().deviceId;
  });

const selectOf = ({ page }, name) => page.waitForSelector(`>>> select[name="${name}"]`);

const focused = ({ page }) =>
  page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element?.part.value || element?.name || '';
  });

/** All fake cameras show the same: from now on this one shows blue. */
const paintBlue = ({ page }, deviceId) =>
  page.evaluate((deviceId) => {
    const devices = navigator.mediaDevices;
    const open = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      const stream = await open(constraints);
      const [track] = stream.getVideoTracks();
      if (track?.getSettings().deviceId !== deviceId) return stream;
      const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
      const context = canvas.getContext('2d');
      let count = 0;
      setInterval(() => {
        context.fillStyle = count++ % 2 ? '#00f' : '#00e'; // or no frames would come
        context.fillRect(0, 0, canvas.width, canvas.height);
      }, 50);
      const [painted] = canvas.captureStream().getVideoTracks();
      painted.getSettings = () => track.getSettings();
      return new MediaStream([painted]);
    };
  }, deviceId);

/** From now on the browser answers one question as it would, and the next ones with devices. */
const allowNextButOne = ({ page }) =>
  page.evaluate(() => {
    const devices = navigator.mediaDevices;
    const open = devices.getUserMedia.bind(devices);
    window.answers = [];
    devices.getUserMedia = async (constraints) => {
      if (window.answers.length > 0) {
        window.answers.push('allowed');
        const context = Object.assign(document.createElement('canvas'), {
          width: 160,
          height: 120,
        }).getContext('2d');
        let count = 0;
        setInterval(() => {
          context.fillStyle = count++ % 2 ? '#0c0' : '#0b0'; // or no frames would come
          context.fillRect(0, 0, 160, 120);
        }, 50);
        const sound = new MediaStreamAudioDestinationNode(new AudioContext());
        return new MediaStream([...context.canvas.captureStream().getTracks(), ...sound.stream.getTracks()]);
      }
      try {
        return await open(constraints);
      } catch (error) {
        window.answers.push(error.name);
        throw error;
      }
    };
  });

const limit = { timeout: 90_000 };

describe('devices', () => {
  it('are chosen in the call, seen by the other, and used again after a reload', limit, async (t) => {
    if (!browsers.includes('chromium')) return t.skip('only Chromium has several fake cameras');
    const cameras = ['--use-fake-device-for-media-stream=device-count=3'];
    const ana = await open(t, 'chromium', server.url, { args: cameras });
    await ana.join('Ana');
    const ben = await open(t, browsers.at(-1), ana.page.url());
    await ben.join('Ben');
    await Promise.all([ana.sees(), ben.sees()]);
    const [, , blueBefore] = await averageColour(ben.page, otherPicture);
    assert.ok(blueBefore < 60, `blue before: ${blueBefore}`);

    await press(ana, 'devices-button');
    const select = await selectOf(ana, 'camera');
    const ids = await select.evaluate(({ options }) => [...options].map(({ value }) => value));
    assert.equal(ids.length, 3);
    assert.equal(await select.evaluate(({ value }) => value), await cameraInUse(ana));
    const former = await cameraInUse(ana);
    const other = ids[2];
    assert.notEqual(other, former);
    await screenshot(ana.page, 'devices-in-call');
    await paintBlue(ana, other);
    await select.select(other);
    await ana.until(({ controller }, id) => controller.state.cameraId === id, other);
    assert.equal(await cameraInUse(ana), other);
    let colour = [0, 0, 0];
    while (colour[2] < 180) colour = await averageColour(ben.page, otherPicture); // within the test's limit
    assert.ok(colour[0] < 60 && colour[1] < 60, `blue after: ${colour}`);

    await ana.page.reload();
    await press(ana, 'preview-button');
    await media(ana, 'on');
    assert.equal(await cameraInUse(ana), other);
    assert.equal(await (await selectOf(ana, 'camera')).evaluate(({ value }) => value), other);
    assert.deepEqual(ana.page.problems, []);
  });

  for (const name of browsers) {
    it(`are opened and left by keyboard alone (${name})`, limit, async (t) => {
      const ana = await open(t, name, server.url);
      await ana.join('Ana');
      await ana.inPhase('waiting');
      await media(ana, 'on');
      const { keyboard } = ana.page;
      await ana.page.locator('>>> [part~="camera-button"]').wait();
      for (let count = 0; count < 30 && !(await focused(ana)).includes('devices-button'); count++) {
        await keyboard.press('Tab');
      }
      await keyboard.press('Enter');
      await ana.page.waitForSelector('>>> select[name="camera"]');
      await keyboard.press('Tab');
      await keyboard.press('Tab');
      assert.match(await focused(ana), /device-select/);
      await keyboard.press('Escape');
      await ana.page.waitForFunction(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        return element?.part.contains('devices-button');
      });
      assert.equal((await ana.page.$$('>>> rtc-devices')).length, 0);
    });

    it(`are refused, explained, and tried again (${name})`, limit, async (t) => {
      const ana = await open(t, name, server.url, { denyMedia: true });
      await press(ana, 'preview-button');
      await media(ana, 'denied');
      await reads(ana, 'advice', /^\s*Camera and microphone are blocked for this page/);
      await reads(ana, 'join-button', /Join to watch and listen/);
      await screenshot(ana.page, `devices-refused-${name}`);
      // The browser is asked again: first it refuses again, then the person allows it.
      await allowNextButOne(ana);
      await press(ana, 'retry-button');
      await ana.page.waitForFunction(() => window.answers.length === 1);
      await reads(ana, 'advice', /^\s*Camera and microphone are blocked for this page/);
      await press(ana, 'retry-button');
      await media(ana, 'on');
      assert.deepEqual(await ana.page.evaluate(() => window.answers), ['NotAllowedError', 'allowed']);
      await ana.join('Ana');
      const ben = await open(t, browsers[0], ana.page.url());
      await ben.join('Ben');
      await ben.sees();
    });

    if (name === 'chromium') {
      it('start by themselves when the settings of the site allow them', limit, async (t) => {
        const ana = await open(t, name, server.url, { denyMedia: true });
        await press(ana, 'preview-button');
        await media(ana, 'denied');
        const { origin } = new URL(ana.page.url());
        await ana.page.browserContext().overridePermissions(origin, ['camera', 'microphone']);
        await media(ana, 'on');
        await videoFrames(ana.page, 'rtc-call >>> rtc-join >>> rtc-local-video >>> video');
      });
    }

    it(`wait until somebody who calls is answered (${name})`, limit, async (t) => {
      const ana = await open(t, browsers[0], server.url);
      await ana.join('Ana');
      const ben = await open(t, name, ana.page.url());
      await reads(ben, 'title', /Ana is calling/);
      assert.equal(await ben.page.evaluate(() => document.querySelector('rtc-call').media.camera), 'off');
      await screenshot(ben.page, `devices-calling-${name}`);
      await press(ben, 'join-button');
      await Promise.all([ana.sees(), ben.sees()]);
    });

    it(
      `stay closed when somebody who calls is declined, who reads it and may call again (${name})`,
      limit,
      async (t) => {
        const ana = await open(t, browsers[0], server.url);
        await ana.join('Ana');
        const ben = await open(t, name, ana.page.url());
        await ben.page.locator('>>> [part~="name-input"]').fill('Ben');
        await press(ben, 'decline-button');
        await reads(ben, 'title', /Join the call/);
        assert.equal(await ben.page.evaluate(() => document.querySelector('rtc-call').media.camera), 'off');
        await reads(ana, 'seat', /Ben declined/);
        await screenshot(ana.page, `devices-declined-${name}`);
        await press(ana, 'again-button');
        await reads(ben, 'title', /Ana is calling/);
        await reads(ana, 'seat', /Waiting for the others/);
        await press(ben, 'decline-button');
        await reads(ana, 'seat', /Ben declined/);
        await ana.leave();
        await ana.join();
        await reads(ben, 'title', /Ana is calling/);
      },
    );
  }
});
