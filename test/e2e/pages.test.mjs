/** The demo pages, each used as a person would. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../../demo/server.mjs';
import { browsersUnderTest, launch, openPage, screenshot, videoFrames } from '../helpers/browser.mjs';
import { closing, otherPicture, Person } from '../helpers/person.mjs';

let server;

before(async () => {
  server = await startServer({ port: 0, quiet: true });
});
after(() => server.close());

for (const name of browsersUnderTest()) {
  describe(`in ${name}`, { timeout: 120_000 }, () => {
    it('index.html makes a room, and copies the link to it', async (t) => {
      const browser = closing(t, await launch(name));
      const page = await openPage(browser, server.url, { viewport: { width: 1000, height: 720 } });
      const room = new URL(page.url()).searchParams.get('room');
      assert.match(room, /^[\w-]{6,64}$/);
      assert.equal(await page.$eval('#room-link', (link) => link.href), page.url());
      assert.equal(await page.$eval('rtc-call', (call) => call.room), room);
      // What was copied is read from the clipboard by pasting it into the field for the name.
      await page.locator('#invitation [data-copy-link]').click();
      await page.waitForFunction(() => document.querySelector('#copy-result').textContent === 'Link copied');
      await page.locator('>>> [part~="name-input"]').click();
      await page.keyboard.down('Control');
      await page.keyboard.press('v');
      await page.keyboard.up('Control');
      const pasted = await page.evaluate(() => {
        const { shadowRoot } = document.querySelector('rtc-call');
        return shadowRoot.querySelector('rtc-join').shadowRoot.querySelector('input').value;
      });
      assert.equal(pasted, page.url().slice(0, 64));
      assert.deepEqual(page.problems, []);
    });

    it('loopback.html calls between two elements of one page', async (t) => {
      const browser = closing(t, await launch(name));
      const page = await openPage(browser, `${server.url}loopback.html`, {
        viewport: { width: 1200, height: 760 },
      });
      const calls = await page.$$('rtc-call');
      assert.equal(calls.length, 2);
      for (const call of calls) await (await call.waitForSelector('>>> [part~="join-button"]')).click();
      for (const index of [1, 2]) {
        await videoFrames(page, `rtc-call:nth-of-type(${index}) >>> rtc-remote-video >>> video`, 5);
      }
      await screenshot(page, `loopback-${name}`);
      assert.deepEqual(page.problems, []);
    });

    it('script-tag.html, the ten lines with the classic script, calls between two tabs', async (t) => {
      const browser = closing(t, await launch(name));
      const first = await openPage(browser, `${server.url}script-tag.html`);
      const second = await openPage(browser, `${server.url}script-tag.html`);
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

    it('own-layout.html and index.html call each other, driven by plain buttons', async (t) => {
      const ana = closing(t, await Person.open(name, server.url));
      await ana.join('Ana');
      const ben = closing(t, await Person.open(name, ana.page.url().replace('?', 'own-layout.html?')));
      const buttons = await ben.page.$$('button[commandfor][command="--start"]');
      assert.ok(buttons.length > 0, 'there is a plain button that starts the call');
      await ben.page.locator('button[command="--start"]').click();
      await ana.sees();
      await videoFrames(ben.page, 'rtc-remote-video >>> video', 5);
      await videoFrames(ben.page, 'rtc-local-video >>> video', 5);
      await ben.page.locator('button[command="--toggle-microphone"]').click();
      await ana.until((call) => call.participants[0]?.microphone === 'off', null, 5000);
      await ben.page.locator('button[command="--toggle-camera"]').click();
      await ana.until((call) => call.participants[0]?.camera === 'off', null, 5000);
      await ben.page.locator('button[command="--toggle-camera"]').click();
      await ana.until((call) => call.participants[0]?.camera === 'on', null, 10_000);
      await ana.sees(5);
      await screenshot(ben.page, `own-layout-${name}`);
      await ben.page.locator('button[command="--end"]').click();
      await ana.until((call) => call.participants.length === 0, null, 1000);
    });

    it('blocked sound plays muted with a button, and a click turns it on', async (t) => {
      const ana = closing(t, await Person.open(name, server.url));
      await ana.join('Ana');
      // No click and no evaluated script, which counts as one: the page joins by itself and tells by the console.
      const browser = closing(t, await launch(name, { autoplay: false }));
      const page = await browser.newPage();
      const isToldBlocked = new Promise((resolve) => {
        page.on('console', (message) => message.text() === 'sound is blocked' && resolve());
      });
      await page.evaluateOnNewDocument(() => {
        document.addEventListener('DOMContentLoaded', () => {
          const call = document.querySelector('rtc-call');
          Object.assign(call, { noAudio: true, noVideo: true, autostart: true }); // a page that captures may play
          call.controller.subscribe(
            ({ playbackBlocked }) => playbackBlocked,
            (isBlocked) => isBlocked && console.log('sound is blocked'),
          );
        });
      });
      await page.goto(ana.page.url());
      await isToldBlocked;
      const ben = new Person(browser, page);
      await videoFrames(page, otherPicture, 5);
      const isMuted = () =>
        page.evaluate(() => {
          const { shadowRoot } = document.querySelector('rtc-call');
          return shadowRoot.querySelector('rtc-remote-video').shadowRoot.querySelector('video').muted;
        });
      assert.equal(await isMuted(), true);
      await screenshot(ben.page, `sound-blocked-${name}`);
      await ben.page.locator('>>> [part~="sound-button"]').click();
      await ben.until((call) => !call.controller.state.playbackBlocked, null, 5000);
      assert.equal(await isMuted(), false);
      await videoFrames(ben.page, otherPicture, 5);
    });
  });
}
