/** Devices that are changed, pulled out, missing or busy, in a call whose other side shows what came of it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { averageColour, browsersUnderTest, launch, screenshot, videoFrames } from '../helpers/browser.mjs';
import { meet, openPeople, otherOf, ownOf, press, reads } from '../helpers/people.mjs';
import { closing } from '../helpers/person.mjs';
import { serve } from '../helpers/static-server.mjs';
import { stubDevices } from '../helpers/stub-devices.mjs';

const ana = { name: 'Ana' };
const ben = { name: 'Ben', colour: '#0a0', noAudio: true, autostart: true };

let server;

before(async () => {
  server = await serve();
});
after(() => server.close());

/** Waits until the picture has one colour above all, within the limit of the test. */
async function shows(page, video, wanted) {
  const channel = ['red', 'lime', 'blue'].indexOf(wanted);
  let colour;
  do colour = await averageColour(page, video);
  while (!colour.every((value, index) => (index === channel ? value > 150 : value < 90)));
}

/** Runs in the page: how high a tone this person hears, in Hz, from a recording once it is the one wanted. */
async function pitchAt({ id, wanted }) {
  const [{ stream }] = document.querySelector(id).participants;
  const deadline = performance.now() + 10_000;
  let hertz = 0;
  while (Math.abs(hertz - wanted) > 30 && performance.now() < deadline) {
    const recorder = new MediaRecorder(new MediaStream(stream.getAudioTracks()));
    const parts = [];
    await new Promise((resolve) => {
      recorder.ondataavailable = ({ data }) => {
        parts.push(data);
        if (recorder.state === 'recording') recorder.stop();
      };
      recorder.onstop = resolve;
      recorder.start(500); // half a second of sound
    });
    const sound = await new Blob(parts).arrayBuffer();
    const offline = new OfflineAudioContext(1, 48_000, 48_000);
    const all = (await offline.decodeAudioData(sound)).getChannelData(0);
    const samples = all.subarray(all.length >> 1);
    const crossings = samples.filter((sample, at) => at > 0 && samples[at - 1] < 0 !== sample < 0);
    hertz = Math.max(...samples) > 0.01 ? ((crossings.length / 2) * 48_000) / samples.length : 0;
  }
  return hertz;
}

const limit = { timeout: 60_000 };

for (const name of browsersUnderTest()) {
  describe(`devices in ${name}`, { timeout: 240_000 }, () => {
    let browser;
    before(async () => {
      browser = await launch(name, {
        args: name === 'chromium' ? ['--host-resolver-rules=MAP call.test 127.0.0.1'] : [],
        prefs: { 'network.dns.localDomains': 'call.test' },
      });
    });
    after(() => browser.close());

    /** Ana with the devices of the test, and Ben, who shows what he gets of her. */
    const open = async (t, people = [{ ...ana, noAudio: true, autostart: true }, ben], options = {}) =>
      closing(
        t,
        await openPeople(browser, server.url, people, { script: stubDevices, isLarge: true, ...options }),
      );

    it('the microphone is changed in the call, and the other hears the other one', limit, async (t) => {
      const page = await open(t, [
        { ...ana, noVideo: true },
        { ...ben, noAudio: false, noVideo: true, colour: undefined, autostart: false },
      ]);
      await page.evaluate(() => {
        window.stub.devices = [400, 1500].map((hertz) => ({
          kind: 'audioinput',
          deviceId: `tone-${hertz}`,
          label: `${hertz} Hz`,
          groupId: '',
          hertz,
        }));
      });
      await press(page, 'ana', 'join-button');
      await press(page, 'ben', 'join-button');
      await meet(page, 1);
      const before = await page.evaluate(pitchAt, { id: '#ben', wanted: 400 });
      assert.ok(Math.abs(before - 400) < 30, `at first Ben hears ${before} Hz`);
      await press(page, 'ana', 'devices-button');
      const select = await page.waitForSelector('#ana >>> select[name="microphone"]');
      await select.select('tone-1500');
      const after = await page.evaluate(pitchAt, { id: '#ben', wanted: 1500 });
      assert.ok(Math.abs(after - 1500) < 30, `then Ben hears ${after} Hz`);
      assert.deepEqual(page.problems, []);
    });

    it('the sound of the other comes from the speaker that is chosen', limit, async (t) => {
      const page = await open(t, [{ ...ana, noVideo: true, autostart: true }, ben]);
      await meet(page, 1);
      await press(page, 'ana', 'devices-button');
      const sinks = () =>
        page.$eval('#ana', ({ shadowRoot }) =>
          ['remote', 'local'].map((side) => {
            const tile = shadowRoot.querySelector(`rtc-${side}-video`);
            return tile.shadowRoot.querySelector('video').sinkId;
          }),
        );
      assert.deepEqual(await sinks(), ['', '']);
      await (await page.waitForSelector('#ana >>> select[name="speaker"]')).select('headset');
      const video = await page.waitForSelector(otherOf('ana'));
      await page.waitForFunction((video) => video.sinkId !== '', {}, video);
      assert.deepEqual(await sinks(), ['headset', '']);
      assert.deepEqual(page.problems, []);
    });

    it(
      'a camera that is pulled out gives way to another, and takes its place when it returns',
      limit,
      async (t) => {
        const page = await open(t);
        await meet(page, 1);
        await shows(page, otherOf('ben'), 'red');
        await page.evaluate(() => (window.pulled = window.stub.pull('red')));
        await reads(page, 'ana', 'status', /The camera was unplugged.*Now in use: blue camera/);
        await shows(page, otherOf('ben'), 'blue');
        await screenshot(page, `unplugged-${name}`);
        await page.evaluate(() => window.stub.plug(window.pulled));
        await reads(page, 'ana', 'status', /The camera is back.*Now in use: red camera/);
        await shows(page, otherOf('ben'), 'red');

        // Without another there is no picture until it is back.
        await page.evaluate(() => {
          window.stub.devices = window.stub.devices.filter(({ deviceId }) => deviceId !== 'blue');
          window.pulled = window.stub.pull('red');
        });
        await reads(page, 'ana', 'status', /No camera found.*Connect one; it starts by itself/);
        await page.waitForSelector('#ben >>> rtc-remote-video:state(camera-off)');
        await videoFrames(page, otherOf('ana'), 3); // the call goes on
        await page.evaluate(() => window.stub.plug(window.pulled));
        await page.waitForSelector('#ben >>> rtc-remote-video:not(:state(camera-off))');
        await shows(page, otherOf('ben'), 'red');
        assert.deepEqual(page.problems, []);
      },
    );

    for (const [refusal, advice] of [
      ['NotFoundError', /No camera and no microphone found.*Connect one; it starts by itself/],
      ['NotReadableError', /Camera and microphone are busy.*Close that app, then try again/],
    ]) {
      it(`${refusal}: it says what to do, and one joins without or tries again`, limit, async (t) => {
        const page = await open(t, [ana, { ...ben, autostart: false }]);
        await page.evaluate((refusal) => (window.stub.refusal = refusal), refusal);
        await press(page, 'ana', 'preview-button');
        await reads(page, 'ana', 'advice', advice);
        await reads(page, 'ana', 'join-button', /^Join to watch and listen$/);
        await screenshot(page, `${refusal}-${name}`);
        await press(page, 'ana', 'join-button');
        await press(page, 'ben', 'join-button');
        await meet(page, 1);
        await videoFrames(page, otherOf('ana'), 3);
        await page.waitForSelector('#ben >>> rtc-remote-video:state(camera-off):state(muted)');
        // It works again: one press opens it, and the other sees it.
        await page.evaluate(() => (window.stub.refusal = ''));
        await press(page, 'ana', 'camera-button');
        await shows(page, otherOf('ben'), 'red');
        assert.deepEqual(page.problems, []);
      });
    }

    it('on a page without https it says so, and one joins to watch', limit, async (t) => {
      const url = server.url.replace('127.0.0.1', 'call.test');
      const page = closing(
        t,
        await openPeople(browser, url, [ana, { ...ben, autostart: false }], { isLarge: true }),
      );
      assert.equal(await page.evaluate(() => isSecureContext), false);
      await press(page, 'ana', 'preview-button');
      await reads(page, 'ana', 'advice', /Calls need https\. Open this page with a secure address\./);
      await reads(page, 'ana', 'join-button', /^Join to watch and listen$/);
      await screenshot(page, `insecure-${name}`);
      await press(page, 'ana', 'join-button');
      await press(page, 'ben', 'join-button');
      await meet(page, 1);
      await videoFrames(page, otherOf('ana'), 3);
      assert.equal(await page.$eval('#ana', ({ error }) => error.code), 'insecure-context');
      assert.deepEqual(page.problems, []);
    });
  });

  it(`a tap turns to the other camera of a phone (${name})`, limit, async (t) => {
    const browser = await launch(name, {
      prefs: { 'ui.primaryPointerCapabilities': 1, 'dom.w3c_touch_events.enabled': 1 },
    });
    closing(t, browser);
    const page = await openPeople(browser, server.url, [{ ...ana, noAudio: true, autostart: true }, ben], {
      script: stubDevices,
      isLarge: true,
      viewport: { width: 900, height: 700, ...(name === 'chromium' && { hasTouch: true, isMobile: true }) },
    });
    await meet(page, 1);
    await shows(page, otherOf('ben'), 'red');
    const isMirrored = () =>
      page.$eval('#ana', ({ shadowRoot }) => {
        const video = shadowRoot.querySelector('rtc-local-video').shadowRoot.querySelector('video');
        return getComputedStyle(video).scale === '-1 1';
      });
    assert.equal(await isMirrored(), true);
    // One to one the bar goes by itself; a tap on the picture brings it.
    await page.waitForSelector('#ana:state(resting)');
    await (await page.waitForSelector('#ana >>> rtc-remote-video')).tap();
    await page.waitForSelector('#ana:not(:state(resting))');
    await (await page.waitForSelector('#ana >>> [part~="flip-button"]', { visible: true })).tap();
    await shows(page, otherOf('ben'), 'blue');
    await shows(page, ownOf('ana'), 'blue');
    assert.equal(await isMirrored(), false);
    await screenshot(page, `flipped-${name}`);
    assert.deepEqual(page.problems, []);
  });
}
