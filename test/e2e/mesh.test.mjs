/** Many in one call: as many as it holds and one more, the same person twice, and sound without pictures. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { browsersUnderTest, launch, screenshot, videoFrames } from '../helpers/browser.mjs';
import { meet, openPeople, otherOf, press, reads } from '../helpers/people.mjs';
import { closing } from '../helpers/person.mjs';
import { serve } from '../helpers/static-server.mjs';

const names = ['Ana', 'Ben', 'Cem', 'Dia', 'Eve', 'Fay', 'Gil', 'Hal'];
const colours = ['#a00', '#0a0', '#00a', '#aa0', '#a0a', '#0aa', '#a60', '#60a'];

/** Keeps what a call tells of its phase and of people who come or go, from now on. */
const listen = (page) =>
  page.evaluate(() => {
    window.news = [];
    for (const type of ['rtc-phase-change', 'rtc-participant-join', 'rtc-participant-leave', 'rtc-error'])
      addEventListener(type, ({ target, detail }) =>
        window.news.push(`${target.id} ${type} ${detail.error?.code ?? ''}`.trim()),
      );
  });

/** Waits until every picture of the others has shown a new frame, at everybody. @returns how many there are */
const everyPicture = (page, selector) =>
  page.$$eval(selector, async (calls) => {
    const videos = calls.flatMap(({ shadowRoot }) =>
      [...shadowRoot.querySelectorAll('rtc-remote-video')].map((tile) =>
        tile.shadowRoot.querySelector('video'),
      ),
    );
    await Promise.all(
      videos.map((video) => new Promise((resolve) => video.requestVideoFrameCallback(resolve))),
    );
    return videos.length;
  });

/** Begins to note where the tiles are, in each frame; the result of `stop()` are the different arrangements. */
const watchTiles = (page, selector) =>
  page.evaluateHandle((selector) => {
    const calls = [...document.querySelectorAll(selector)];
    const seen = new Set();
    const look = () => {
      const boxes = calls.flatMap(({ shadowRoot }) =>
        [...shadowRoot.querySelectorAll('rtc-remote-video, rtc-local-video')].map((tile) => {
          const { x, y, width, height } = tile.getBoundingClientRect();
          return [x, y, width, height].map(Math.round).join(' ');
        }),
      );
      seen.add(boxes.join('\n'));
      frame = requestAnimationFrame(look);
    };
    let frame = requestAnimationFrame(look);
    return {
      stop() {
        cancelAnimationFrame(frame);
        return [...seen];
      },
    };
  }, selector);

let server;

before(async () => {
  server = await serve();
});
after(() => server.close());

for (const browserName of browsersUnderTest()) {
  describe(`many in ${browserName}`, { timeout: 180_000 }, () => {
    let browser;
    before(async () => {
      browser = await launch(browserName);
    });
    after(() => browser.close());

    it('eight see each other; a ninth is told that there is no place, and no tile moves', async (t) => {
      const people = names.map((name, index) => ({ name, colour: colours[index], autostart: true }));
      const page = closing(t, await openPeople(browser, server.url, people));
      const eight = 'rtc-call:not(#ivo)';
      await meet(page, 7, eight, 60_000);
      assert.equal(await everyPicture(page, eight), 56);
      await page.$$eval(eight, (calls) =>
        Promise.all(
          calls.flatMap(({ shadowRoot }) => shadowRoot.getAnimations()).map(({ finished }) => finished),
        ),
      );
      await screenshot(page, `eight-${browserName}`);
      await listen(page);
      const tiles = await watchTiles(page, eight);

      await page.evaluate(() => window.add({ name: 'Ivo', colour: '#fff' }));
      await press(page, 'ivo', 'join-button');
      await reads(page, 'ivo', 'panel', /The call could not start.*There is no place/);
      // The picture of one goes and comes back meanwhile.
      for (const isOn of [false, true]) {
        await page.$eval('#ben', (call, isOn) => call.setCamera(isOn), isOn);
        await page.waitForFunction(
          (camera) =>
            document.querySelector('#ana').participants.find(({ name }) => name === 'Ben').camera === camera,
          {},
          isOn ? 'on' : 'off',
        );
      }
      assert.equal(await everyPicture(page, eight), 56);
      assert.equal(
        (await tiles.evaluate((watch) => watch.stop())).length,
        1,
        'the tiles stay where they are',
      );
      const news = await page.evaluate(() => window.news.filter((line) => !line.startsWith('ivo ')));
      assert.deepEqual(news, []);
      assert.ok((await page.evaluate(() => window.news)).includes('ivo rtc-error room-full'));
      await meet(page, 7, eight);
      assert.deepEqual(page.problems, []);
    });

    it('a second tab with the id of somebody is told so, and the call of the first goes on', async (t) => {
      const ana = { name: 'Ana', peerId: 'ana', colour: '#a00' };
      const page = closing(
        t,
        await openPeople(browser, server.url, [
          { ...ana, autostart: true },
          { name: 'Ben', peerId: 'ben', colour: '#0a0', autostart: true },
        ]),
      );
      await meet(page, 1);
      await videoFrames(page, otherOf('ben'), 3);
      await listen(page);
      const other = closing(t, await openPeople(browser, server.url, [ana]));
      await press(other, 'ana', 'join-button');
      await reads(other, 'ana', 'panel', /The call could not start.*you are in it in another tab/);
      assert.equal(await other.$eval('#ana', ({ error }) => error.code), 'room-full');
      await page.bringToFront();
      for (const name of ['ana', 'ben']) await videoFrames(page, otherOf(name), 3);
      // Two tabs of one person may call each other, so the first has had the second for a while; Ben has not.
      assert.deepEqual(await page.evaluate(() => window.news), [
        'ana rtc-participant-join',
        'ana rtc-participant-leave',
      ]);
      await meet(page, 1);
      assert.deepEqual([page.problems, other.problems], [[], []]);
    });

    it('without pictures shows names, the time and who speaks', async (t) => {
      const page = closing(
        t,
        await openPeople(
          browser,
          server.url,
          ['Ana', 'Ben'].map((name) => ({ name, noVideo: true, autostart: true })),
          // In a smaller frame the time gives way.
          { isLarge: true, viewport: { width: 1480, height: 720 } },
        ),
      );
      await meet(page, 1);
      await reads(page, 'ana', 'plate', /^Ben/);
      await reads(page, 'ben', 'plate', /^Ana/);
      await reads(page, 'ana', 'time', /^0?0:0[1-9]$/);
      // The fake microphone is not silent.
      for (const name of ['ana', 'ben'])
        await page.waitForSelector(`#${name} >>> rtc-remote-video:state(speaking)`);
      await screenshot(page, `voices-${browserName}`);
      const tiles = await page.$$eval('rtc-call', (calls) =>
        calls.flatMap(({ shadowRoot }) =>
          [...shadowRoot.querySelectorAll('rtc-remote-video, rtc-local-video')]
            .filter((tile) => tile.checkVisibility())
            .map((tile) => [
              tile.matches('.voice') && !tile.matches(':state(live)'),
              tile.shadowRoot.querySelector('[part="placeholder"]').innerText.trim(),
            ]),
        ),
      );
      assert.deepEqual(
        tiles,
        ['B', 'A'].map((initial) => [true, initial]),
        'the other’s initial in place of a picture, and no own view',
      );
      assert.deepEqual(page.problems, []);
    });
  });
}
