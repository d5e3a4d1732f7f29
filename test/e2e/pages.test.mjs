/** The demo pages, each used as a person would. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { apps } from '../../demo/frameworks/apps.mjs';
import { startServer } from '../../demo/server.mjs';
import { browsersUnderTest, launch, openPage, screenshot, videoFrames } from '../helpers/browser.mjs';
import { closing, otherPicture, Person } from '../helpers/person.mjs';

/** Pages that hold both ends of a call; the others in the gallery need a second page, and are tested by themselves. */
const withBothEnds = [
  'devices.html',
  'screen.html',
  'chat.html',
  'filter.html',
  'brand-linden.html',
  'brand-kilo.html',
  'brand-pip.html',
  'buttons.html',
  'languages.html',
];
/** What `--rtc-danger` of each brand makes of the button that leaves. */
const brandColours = {
  'brand-linden.html': 'rgb(143, 43, 29)',
  'brand-kilo.html': 'rgb(214, 48, 31)',
  'brand-pip.html': 'rgb(216, 27, 122)',
};
const hasLocales = existsSync(new URL('../../cdn/locales/', import.meta.url));

/** The other's picture at one end, in the built-in layout or in one of the page's own. */
const pictureAt = (index, isOwnLayout) =>
  `rtc-call[name="${index === 0 ? 'Ana' : 'Ben'}"] ${isOwnLayout ? '' : '>>> '}rtc-remote-video >>> video`;

/** Runs in the page: how far from dark to bright the filter leaves black and white stripes, by effect. */
async function contrastsOfStripes() {
  const { filterVideo } = await import('/filter.mjs');
  const width = 640;
  const contrasts = {};
  for (const effect of ['none', 'blur']) {
    const stripes = Object.assign(document.createElement('canvas'), { width, height: 360 }).getContext('2d');
    const paint = () => {
      for (let x = 0; x < width; x += 4) {
        stripes.fillStyle = x % 8 === 0 ? '#000' : '#fff';
        stripes.fillRect(x, 0, 4, 360);
      }
    };
    const painting = setInterval(paint, 40); // a canvas gives a picture whenever it is painted
    paint();
    const [track] = stripes.canvas.captureStream().getVideoTracks();
    const video = Object.assign(document.createElement('video'), { muted: true });
    video.srcObject = new MediaStream([await filterVideo(track, () => effect)]);
    await video.play();
    const seen = Object.assign(document.createElement('canvas'), { width, height: 1 }).getContext('2d');
    seen.drawImage(video, 0, 180, width, 1, 0, 0, width, 1);
    const { data } = seen.getImageData(100, 0, 440, 1);
    const greens = data.filter((_, at) => at % 4 === 1);
    contrasts[effect] = Math.max(...greens) - Math.min(...greens);
    clearInterval(painting);
    track.stop();
  }
  return contrasts;
}

let server;

before(async () => {
  server = await startServer({ port: 0, quiet: true });
});
after(() => server.close());

for (const name of browsersUnderTest()) {
  describe(`in ${name}`, { timeout: 180_000 }, () => {
    let shared;
    before(async () => {
      shared = await launch(name);
    });
    after(() => shared.close());

    it('index.html makes a room, and copies the link to it', async (t) => {
      const browser = closing(t, await shared.createBrowserContext());
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
      const browser = closing(t, await shared.createBrowserContext());
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

    it('scenarios.html leads to every page; each opens, and calls where it holds both ends', async (t) => {
      const browser = closing(t, await shared.createBrowserContext());
      const gallery = await openPage(browser, `${server.url}scenarios.html`);
      const links = await gallery.$$eval('.gallery a', (all) => all.map((link) => link.href));
      const pages = links.map((link) => new URL(link).pathname.slice(1));
      assert.deepEqual(
        pages.toSorted(),
        [
          '',
          'loopback.html',
          'own-layout.html',
          'recipes.html',
          'script-tag.html',
          ...withBothEnds,
          ...apps.map((app) => `frameworks/${app}/`),
        ].toSorted(),
      );
      const texts = await gallery.$$eval('.gallery a span', (all) => all.map((text) => text.textContent));
      assert.ok(texts.length === pages.length && texts.every((text) => text.trim().endsWith('.')));
      assert.deepEqual(gallery.problems, []);

      for (const path of pages) {
        const page = await openPage(browser, server.url + path, { viewport: { width: 1280, height: 800 } });
        if (withBothEnds.includes(path)) {
          const [first] = await page.$$eval('rtc-call', (calls) =>
            calls.map((call) => ({ autostart: call.autostart, isOwnLayout: call.children.length > 0 })),
          );
          if (!first.autostart) await page.locator('button[command="--start"]').click();
          await videoFrames(page, pictureAt(0, first.isOwnLayout), 5);
          const width = await page.$eval('html', ({ scrollWidth, clientWidth }) => ({
            scrollWidth,
            clientWidth,
          }));
          assert.equal(width.scrollWidth, width.clientWidth, `${path} is not wider than the window`);
          await screenshot(page, `${path.replace('.html', '')}-${name}`);
        }
        if (path !== 'languages.html' || hasLocales) assert.deepEqual(page.problems, [], path);
        await page.close();
      }
    });

    for (const app of apps) {
      it(`frameworks/${app}/ calls between two elements`, async (t) => {
        const browser = closing(t, await shared.createBrowserContext());
        const page = await openPage(browser, `${server.url}frameworks/${app}/`, {
          viewport: { width: 1000, height: 760 },
        });
        const shadow = app === 'plain' ? 'rtc-call >>> ' : '';
        for (const id of ['ana', 'ben'])
          await videoFrames(page, `#${id} ${shadow}rtc-remote-video >>> video`, 5);
        await screenshot(page, `framework-${app}-${name}`);
        assert.deepEqual(page.problems, []);
      });
    }

    it('the three brands have the same call, and each its own colours', async (t) => {
      const browser = closing(t, await shared.createBrowserContext());
      const page = await browser.newPage();
      const calls = [];
      const accents = {};
      for (const path of withBothEnds.filter((file) => file.startsWith('brand-'))) {
        const source = await (await fetch(server.url + path)).text();
        calls.push(/<main>[^]*<\/main>/.exec(source)[0]);
        await page.goto(server.url + path);
        // As the bar shows it, and not as the page asks for it.
        const button = await page.waitForSelector('rtc-call >>> [part~="leave-button"]');
        accents[path] = await button.evaluate((element) => getComputedStyle(element).backgroundColor);
      }
      assert.equal(calls.length, 3);
      assert.equal(new Set(calls).size, 1);
      assert.deepEqual(accents, brandColours);
    });

    it('languages.html speaks the language that is chosen', { skip: !hasLocales }, async (t) => {
      const browser = closing(t, await shared.createBrowserContext());
      const page = await openPage(browser, `${server.url}languages.html`);
      const words = async (person) => {
        const button = await page.waitForSelector(`rtc-call[name="${person}"] >>> [part~="leave-button"]`);
        return button.evaluate((element) => element.textContent.trim());
      };
      const becomes = async (text) =>
        page.waitForFunction(
          (button, text) => button.textContent.trim() === text,
          {},
          await page.waitForSelector('rtc-call[name="Ana"] >>> [part~="leave-button"]'),
          text,
        );
      assert.equal(await words('Ana'), 'Leave');
      const arabic = await words('Ben');
      assert.match(arabic, /^\p{Script=Arabic}/u);
      for (const [code, text] of [
        ['de', 'Verlassen'],
        ['ar', arabic],
        ['en', 'Leave'],
      ]) {
        await page.select('#language', code);
        await becomes(text);
        const direction = await page.$eval(
          'rtc-call[name="Ana"]',
          (call) => getComputedStyle(call).direction,
        );
        assert.equal(direction, code === 'ar' ? 'rtl' : 'ltr');
      }
      assert.equal(await words('Ben'), arabic);
      assert.deepEqual(page.problems, []);
    });

    it('chat.html: a text is answered by the other end', async (t) => {
      const browser = closing(t, await shared.createBrowserContext());
      const page = await openPage(browser, `${server.url}chat.html`);
      await videoFrames(page, pictureAt(0, true), 1);
      await page.locator('rtc-chat >>> textarea').fill('Hello');
      await page.locator('rtc-chat >>> [part="send-button"]').click();
      await page.waitForFunction(() => {
        const messages = document.querySelector('rtc-chat').shadowRoot.querySelectorAll('[part="message"]');
        return [...messages]
          .map((message) => message.textContent)
          .join('|')
          .startsWith('Hello|You wrote 5 ');
      });
      assert.deepEqual(page.problems, []);
    });

    const hasNoScreen = name === 'firefox' && 'Firefox has no screen while it is headless';
    it('screen.html shares the real screen, and takes it back', { skip: hasNoScreen }, async (t) => {
      const browser = closing(t, await shared.createBrowserContext());
      const page = await openPage(browser, `${server.url}screen.html`);
      const screenOfAna = 'rtc-call[name="Ben"] rtc-remote-video[source="screen"] >>> video';
      const isShared = (wanted) =>
        page.waitForFunction(
          (expected) =>
            (document.querySelector('rtc-call[name="Ben"]').participants[0]?.screenStream != null) ===
            expected,
          {},
          wanted,
        );
      await page.waitForFunction(() => document.querySelector('#call').phase === 'connected');
      const screen = () => page.$eval('#call', ({ controller }) => controller.state.media.screen);
      assert.equal(await screen(), 'off');
      await page.locator('[command="--toggle-screen"]').click();
      await isShared(true);
      assert.equal(await screen(), 'on');
      await videoFrames(page, screenOfAna, 3);
      await page.locator('[command="--toggle-screen"]').click();
      await isShared(false);
      assert.equal(await screen(), 'off');
      assert.deepEqual(page.problems, []);
    });

    it('filter.html blurs what is fine in a picture', async (t) => {
      const browser = closing(t, await shared.createBrowserContext());
      const page = await openPage(browser, `${server.url}filter.html`);
      const contrasts = await page.evaluate(contrastsOfStripes);
      assert.ok(contrasts.none > 150, `stripes are seen without a filter: ${contrasts.none}`);
      assert.ok(contrasts.blur < 80, `and not when blurred: ${contrasts.blur}`);
      assert.deepEqual(page.problems, []);
    });

    it('filter.html lets the system blur the background where it can', async (t) => {
      const browser = closing(t, await shared.createBrowserContext());
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(() => {
        // Of a system that has it: fake cameras do not.
        window.applied = [];
        const { getCapabilities, applyConstraints } = MediaStreamTrack.prototype;
        Object.assign(MediaStreamTrack.prototype, {
          getCapabilities() {
            return { ...getCapabilities?.call(this), backgroundBlur: [false, true] };
          },
          applyConstraints(constraints) {
            if (!('backgroundBlur' in constraints)) return applyConstraints.call(this, constraints);
            window.applied.push(constraints.backgroundBlur);
            return Promise.resolve();
          },
        });
      });
      await page.goto(`${server.url}filter.html`);
      assert.ok(await page.$eval('label:has([value="background"])', (label) => label.hidden));
      await page.locator('[command="--start"]').click();
      await page.locator('label:has([value="background"]):not([hidden])').click();
      await page.waitForFunction(() => window.applied.join() === 'false,true');
      await page.locator('label:has([value="blur"])').click();
      await page.waitForFunction(() => window.applied.join() === 'false,true,false');
    });

    it('script-tag.html, the ten lines with the classic script, calls between two tabs', async (t) => {
      const browser = closing(t, await shared.createBrowserContext());
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
