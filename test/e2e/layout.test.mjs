/** The built-in layout where only a real window can show it: pop-out windows, the full screen, touch. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../../demo/server.mjs';
import { browsersUnderTest, launch, openPage, screenshot, videoFrames } from '../helpers/browser.mjs';
import { closing } from '../helpers/person.mjs';

let server;

before(async () => {
  server = await startServer({ port: 0, quiet: true });
});
after(() => server.close());

/** Two calls side by side that are connected; above them plain buttons that command the first one. */
async function openCall(t, name, { script, ...options } = {}) {
  // Without a touch screen Firefox takes the taps of its driver for nothing.
  const prefs = { 'dom.w3c_touch_events.enabled': 1 };
  const browser = closing(t, await launch(name, { prefs }));
  const page = await openPage(browser, 'about:blank', {
    viewport: { width: 1200, height: 760, ...options },
  });
  if (script) await page.evaluateOnNewDocument(script);
  await page.goto(`${server.url}loopback.html`);
  await page.evaluate(() => {
    const call = document.querySelector('rtc-call');
    call.id = 'call';
    for (const command of ['--toggle-pip', '--toggle-fullscreen']) {
      const button = Object.assign(document.createElement('button'), { textContent: command });
      button.setAttribute('commandfor', 'call');
      button.setAttribute('command', command);
      button.setAttribute('style', 'position: relative; z-index: 9');
      document.body.prepend(button);
    }
  });
  for (const call of await page.$$('rtc-call'))
    await (await call.waitForSelector('>>> [part~="join-button"]')).click();
  await videoFrames(page, '#call >>> rtc-remote-video >>> video', 3);
  return page;
}

const inCall = (page, path, action = () => true) =>
  page.waitForFunction(
    (selectors, source) => {
      let root = document.querySelector('#call');
      for (const selector of selectors) root = root?.shadowRoot?.querySelector(selector);
      return root ? new Function(`return (${source})`)()(root) : false;
    },
    {},
    path,
    action.toString(),
  );

for (const name of browsersUnderTest()) {
  describe(`the layout in ${name}`, { timeout: 180_000 }, () => {
    it('goes to a window of its own with its controls, and comes back, and the call goes on', async (t) => {
      const page = await openCall(t, name);
      if (!(await page.evaluate(() => 'documentPictureInPicture' in window))) {
        t.skip('this browser has no document picture-in-picture');
        return;
      }
      await page.evaluate(() => {
        window.heard = [];
        document
          .querySelector('#call')
          .addEventListener('rtc-phase-change', ({ detail }) => window.heard.push(detail));
      });
      await page.locator('button[command="--toggle-pip"]').click();
      await page.waitForFunction(() => documentPictureInPicture.window?.document.querySelector('rtc-call'));
      // The pictures are there, moving, and dressed; in the page is the way back.
      const shown = await page.evaluate(async () => {
        const { document: pip } = documentPictureInPicture.window;
        const twin = pip.querySelector('rtc-call');
        const tile = twin.shadowRoot.querySelector('rtc-remote-video');
        const video = tile.shadowRoot.querySelector('video');
        for (let count = 0; count < 3; count++)
          await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
        const controls = twin.shadowRoot.querySelector('rtc-controls');
        const button = controls.shadowRoot.querySelector('[part~="microphone-button"]');
        const { width, height } = tile.getBoundingClientRect();
        return {
          tile: [width, height],
          window: [pip.defaultView.innerWidth, pip.defaultView.innerHeight],
          position: getComputedStyle(tile).position,
          isDressed: getComputedStyle(button).borderRadius !== '0px',
          pressed: button.getAttribute('aria-pressed'),
          inPage: document.querySelector('#call').shadowRoot.querySelectorAll('rtc-remote-video').length,
        };
      });
      assert.deepEqual(shown.tile, shown.window);
      assert.deepEqual(
        [shown.position, shown.isDressed, shown.pressed, shown.inPage],
        ['absolute', true, 'true', 0],
      );
      await screenshot(page, `popped-out-${name}`);
      // Its controls are the call's.
      await page.evaluate(() => {
        const twin = documentPictureInPicture.window.document.querySelector('rtc-call');
        twin.shadowRoot
          .querySelector('rtc-controls')
          .shadowRoot.querySelector('[part~="microphone-button"]')
          .click();
      });
      await page.waitForFunction(() => document.querySelector('#call').media.microphone === 'off');
      await page.locator('#call >>> [part~="return-button"]').click();
      await videoFrames(page, '#call >>> rtc-remote-video >>> video', 3);
      assert.equal(await page.evaluate(() => documentPictureInPicture.window), null);
      // The window's own button closes it as well.
      await page.locator('button[command="--toggle-pip"]').click();
      await page.waitForFunction(() => documentPictureInPicture.window?.document.querySelector('rtc-call'));
      await page.evaluate(() => documentPictureInPicture.window.close());
      await videoFrames(page, '#call >>> rtc-remote-video >>> video', 3);
      assert.deepEqual(await page.evaluate(() => window.heard), []);
      assert.deepEqual(page.problems, []);
    });

    it('takes what the page has put into it along, and brings it back', async (t) => {
      const page = await openCall(t, name);
      if (!(await page.evaluate(() => 'documentPictureInPicture' in window))) {
        t.skip('this browser has no document picture-in-picture');
        return;
      }
      await page.evaluate(() => {
        customElements.define(
          'page-label',
          class extends HTMLElement {
            connectedCallback() {
              if (this.shadowRoot) return;
              const sheet = new CSSStyleSheet();
              sheet.replaceSync('b { color: rgb(1, 2, 3) }');
              this.attachShadow({ mode: 'open' }).innerHTML = '<b>label</b>';
              this.shadowRoot.adoptedStyleSheets = [sheet];
            }
          },
        );
        const sheet = new CSSStyleSheet();
        sheet.replaceSync('.mine { border-top: 7px solid; height: 200px }');
        document.adoptedStyleSheets.push(sheet);
        const call = document.querySelector('#call');
        call.innerHTML =
          '<div class="mine"><rtc-remote-video></rtc-remote-video><button>page</button><page-label></page-label></div>';
        window.presses = 0;
        call.querySelector('button').addEventListener('click', () => window.presses++);
        window.mine = call.firstChild;
      });
      await videoFrames(page, '#call > div > rtc-remote-video >>> video', 3);
      await page.locator('button[command="--toggle-pip"]').click();
      await page.waitForFunction(() => documentPictureInPicture.window?.document.querySelector('rtc-call'));
      const look = () =>
        page.evaluate(async () => {
          const { mine } = window;
          const video = mine.querySelector('rtc-remote-video').shadowRoot.querySelector('video');
          for (let count = 0; count < 3; count++)
            await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
          mine.querySelector('button').click();
          return {
            isInPage: mine.ownerDocument === document && mine.parentElement.id === 'call',
            isInWindow: mine.ownerDocument === documentPictureInPicture.window?.document,
            border: getComputedStyle(mine).borderTopWidth,
            label: getComputedStyle(mine.querySelector('page-label').shadowRoot.firstChild).color,
            fit: getComputedStyle(video).objectFit,
            presses: window.presses,
          };
        });
      const dressed = { border: '7px', label: 'rgb(1, 2, 3)', fit: 'cover' };
      assert.deepEqual(await look(), { isInPage: false, isInWindow: true, ...dressed, presses: 1 });
      await screenshot(page, `popped-out-own-layout-${name}`);
      await page.locator('#call >>> [part~="return-button"]').click();
      await page.waitForFunction(() => documentPictureInPicture.window === null);
      assert.deepEqual(await look(), { isInPage: true, isInWindow: false, ...dressed, presses: 2 });
      assert.deepEqual(
        await inCall(page, [], (call) => call.shadowRoot.querySelector('.room') === null && true).then(
          () => true,
        ),
        true,
      );
      assert.deepEqual(page.problems, []);
    });

    it('shows the other above all windows where only a video can be there', async (t) => {
      const page = await openCall(t, name, {
        script: () => {
          delete globalThis.documentPictureInPicture;
        },
      });
      if (!(await page.evaluate(() => document.pictureInPictureEnabled))) {
        t.skip('this browser lets no page ask for it');
        return;
      }
      const toggle = () => page.locator('button[command="--toggle-pip"]').click();
      await toggle();
      await inCall(page, ['rtc-remote-video', 'video'], (video) => {
        const { pictureInPictureElement } = video.getRootNode();
        return pictureInPictureElement === video;
      });
      assert.equal(await page.evaluate(() => document.pictureInPictureElement.id), 'call');
      await videoFrames(page, '#call >>> rtc-remote-video >>> video', 3);
      await toggle();
      await page.waitForFunction(() => document.pictureInPictureElement === null);
      assert.deepEqual(page.problems, []);
    });

    it('closes its window when the call ends', async (t) => {
      const page = await openCall(t, name);
      if (!(await page.evaluate(() => 'documentPictureInPicture' in window))) {
        t.skip('this browser has no document picture-in-picture');
        return;
      }
      await page.locator('button[command="--toggle-pip"]').click();
      await page.waitForFunction(() => documentPictureInPicture.window?.document.querySelector('rtc-call'));
      await page.evaluate(() => document.querySelector('#call').end());
      await page.waitForFunction(() => documentPictureInPicture.window === null);
      await inCall(page, ['rtc-join']);
      assert.deepEqual(page.problems, []);
    });

    it('fills the screen and leaves it again', async (t) => {
      const page = await openCall(t, name);
      const toggle = page.locator('button[command="--toggle-fullscreen"]');
      await toggle.click();
      await page.waitForFunction(() => document.fullscreenElement?.id === 'call');
      await page.waitForFunction(() => {
        const { width, height } = document.querySelector('#call').getBoundingClientRect();
        return Math.abs(width - innerWidth) < 1 && Math.abs(height - innerHeight) < 1;
      });
      await videoFrames(page, '#call >>> rtc-remote-video >>> video', 3);
      // The page's button is behind it now.
      await page.evaluate(() => document.querySelector('button[command="--toggle-fullscreen"]').click());
      await page.waitForFunction(() => document.fullscreenElement === null);
      assert.deepEqual(page.problems, []);
    });

    it('lets the own view be dragged, and brings it to rest in the nearest corner', async (t) => {
      const page = await openCall(t, name);
      const boxes = () =>
        page.evaluate(() => {
          const call = document.querySelector('#call');
          const own = call.shadowRoot.querySelector('rtc-local-video');
          return [own, call].map((element) => {
            const { x, y, width, height } = element.getBoundingClientRect();
            return { x, y, width, height, right: x + width, bottom: y + height };
          });
        });
      const [own, call] = await boxes();
      assert.ok(call.right - own.right < 30 && own.y - call.y < 30, 'at the top and the end at first');
      const [x, y] = [own.x + own.width / 2, own.y + own.height / 2];
      await page.mouse.move(x, y);
      await page.mouse.down();
      const [dx, dy] = [-call.width * 0.6, call.height * 0.5];
      await page.mouse.move(x + dx, y + dy, { steps: 5 });
      const [dragged] = await boxes();
      assert.ok(Math.abs(dragged.x - own.x - dx) < 2 && Math.abs(dragged.y - own.y - dy) < 2, 'it follows');
      await page.mouse.up();
      await page.waitForFunction(
        ({ x: left, bottom }) => {
          const box = document
            .querySelector('#call')
            .shadowRoot.querySelector('rtc-local-video')
            .getBoundingClientRect();
          return Math.abs(box.x - left - 20) < 2 && bottom - box.bottom < 130;
        },
        { timeout: 5000 },
        call,
      );
      assert.deepEqual(page.problems, []);
    });

    for (const way of ['mouse', 'touch']) {
      it(`sends the own view to the next corner by a press without a drag: ${way}`, async (t) => {
        const page = await openCall(
          t,
          name,
          way === 'touch' && name === 'chromium' ? { hasTouch: true } : {},
        );
        const own = await page.$('#call >>> rtc-local-video');
        const call = await page.$('#call');
        /** Where it rests: the edges of the call that are near. */
        const corner = async (block, inline) => {
          await page.waitForFunction(
            (view, frame, wanted) => {
              const [box, stage] = [view, frame].map((element) => element.getBoundingClientRect());
              const isTop = box.y - stage.y < 30;
              const isLeft = box.x - stage.x < 30;
              const isAtEdge =
                (isTop || stage.bottom - box.bottom < 130) && (isLeft || stage.right - box.right < 30);
              return isAtEdge && `${isTop ? 'top' : 'bottom'} ${isLeft ? 'left' : 'right'}` === wanted;
            },
            { timeout: 5000 },
            own,
            call,
            `${block} ${inline}`,
          );
        };
        const press = async () => {
          const { x, y, width, height } = await own.boundingBox();
          const [left, top] = [x + width / 2, y + height / 2];
          if (way === 'touch') return page.touchscreen.tap(left, top);
          // a hand that is not quite still
          await page.mouse.move(left, top);
          await page.mouse.down();
          await page.mouse.move(left + 3, top - 3);
          await page.mouse.up();
        };
        await corner('top', 'right');
        for (const next of ['bottom right', 'bottom left', 'top left', 'top right']) {
          await press();
          await corner(...next.split(' '));
        }
        // Nor does a tap on it hide the controls.
        assert.equal(await call.evaluate((element) => element.matches(':state(resting)')), false);
        assert.deepEqual(page.problems, []);
      });
    }

    it('shows and hides the controls by a tap, which presses none of them', async (t) => {
      const page = await openCall(t, name, name === 'chromium' ? { hasTouch: true } : {});
      const isResting = (wanted) =>
        page.waitForFunction(
          (rests) => document.querySelector('#call').matches(':state(resting)') === rests,
          {},
          wanted,
        );
      await isResting(true);
      const leave = await page.evaluate(() => {
        const controls = document.querySelector('#call').shadowRoot.querySelector('rtc-controls');
        const { x, y, width, height } = controls.shadowRoot
          .querySelector('[part~="leave-button"]')
          .getBoundingClientRect();
        return { x: x + width / 2, y: y + height / 2 };
      });
      await page.touchscreen.tap(leave.x, leave.y);
      await isResting(false);
      assert.equal(await page.evaluate(() => document.querySelector('#call').phase), 'connected');
      const stage = await page.evaluate(() => {
        const { x, y, width, height } = document.querySelector('#call').getBoundingClientRect();
        return { x: x + width / 4, y: y + height / 2 };
      });
      await page.touchscreen.tap(stage.x, stage.y);
      await isResting(true);
      assert.deepEqual(page.problems, []);
    });
  });
}
