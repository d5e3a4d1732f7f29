/** The chat panel and the shared screen, as two people use them. */
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

/** Ana and Ben side by side in one page, connected. */
async function openCall(t, name) {
  const browser = closing(t, await launch(name));
  const page = await openPage(browser, `${server.url}loopback.html`, {
    viewport: { width: 1500, height: 760 },
  });
  await page.evaluate(() => {
    const [ana, ben] = document.querySelectorAll('rtc-call');
    ana.id = 'ana';
    ben.id = 'ben';
  });
  for (const call of await page.$$('rtc-call'))
    await (await call.waitForSelector('>>> [part~="join-button"]')).click();
  await videoFrames(page, '#ben >>> rtc-remote-video >>> video', 3);
  return page;
}

const press = (page, id, part) => page.locator(`#${id} >>> [part~="${part}"]`).click();

const attribute = async (page, id, part, name) => {
  const button = await page.waitForSelector(`#${id} >>> [part~="${part}"]`);
  return button.evaluate((element, wanted) => element.getAttribute(wanted), name);
};

/** The part with the focus in a call, through shadow roots. */
const waitForFocus = (page, id, part) =>
  page.waitForFunction(
    (wantedId, wanted) => {
      if (document.activeElement?.id !== wantedId) return false;
      let active = document.activeElement;
      while (active.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      return active.part.contains(wanted);
    },
    {},
    id,
    part,
  );

for (const name of browsersUnderTest()) {
  describe(`chat and screen in ${name}`, { timeout: 120_000 }, () => {
    it('brings what Ana types to the screen of Ben, who is told of it, and back', async (t) => {
      const page = await openCall(t, name);
      await press(page, 'ana', 'chat-button');
      await waitForFocus(page, 'ana', 'input');
      await page.keyboard.type('Look: https://example.org/notes <b>now</b>');
      await page.keyboard.press('Enter');
      const toast = await page.waitForSelector('#ben >>> [part~="toast"]');
      assert.match(await toast.evaluate((element) => element.textContent), /Ana: Look: https:/);
      await page.keyboard.type('Second');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#ben >>> [part~="chat-button"][aria-label="Chat, 2 new messages"]');
      await screenshot(page, `chat-unread-${name}`);

      await press(page, 'ben', 'chat-button');
      await waitForFocus(page, 'ben', 'input');
      assert.equal(await attribute(page, 'ben', 'chat-button', 'aria-label'), 'Chat');
      const shown = await page.evaluate(() => {
        const chat = document.querySelector('#ben').shadowRoot.querySelector('rtc-chat');
        const [message] = chat.shadowRoot.querySelectorAll('[part~="message"]');
        const [link, ...others] = message.querySelectorAll('*');
        return { text: message.textContent, href: link.href, rel: link.rel, others: others.length };
      });
      assert.deepEqual(shown, {
        text: 'Look: https://example.org/notes <b>now</b>',
        href: 'https://example.org/notes',
        rel: 'noopener noreferrer nofollow ugc',
        others: 0,
      });
      await screenshot(page, `chat-open-${name}`);

      await page.keyboard.type('Seen');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() =>
        document
          .querySelector('#ana')
          .shadowRoot.querySelector('rtc-chat')
          .shadowRoot.textContent.includes('Seen'),
      );
      await page.keyboard.press('Escape');
      await waitForFocus(page, 'ben', 'chat-button');
      assert.deepEqual(page.problems, []);
    });

    it('opens and closes its menu by keys alone', async (t) => {
      const page = await openCall(t, name);
      const more = await page.waitForSelector('#ana >>> [part~="more-button"]');
      await more.focus();
      await page.keyboard.press('Enter');
      await waitForFocus(page, 'ana', 'more-item');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Escape');
      await waitForFocus(page, 'ana', 'more-button');
      assert.deepEqual(page.problems, []);
    });

    it('shares a screen by the button until the browser itself stops it', async (t) => {
      const page = await openCall(t, name);
      await page.evaluate(() => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
        const context = canvas.getContext('2d');
        setInterval(() => {
          context.fillStyle = `hsl(${performance.now() / 20} 80% 50%)`;
          context.fillRect(0, 0, 640, 360);
        }, 50);
        window.shared = canvas.captureStream();
        navigator.mediaDevices.getDisplayMedia = () => Promise.resolve(window.shared);
      });
      await press(page, 'ana', 'share-button');
      await page.waitForSelector('#ana >>> [part~="share-button"][aria-pressed="true"]');
      const screen = '#ben >>> rtc-remote-video[source="screen"] >>> video';
      await videoFrames(page, screen, 3);
      const videos = await page.$$('#ben >>> rtc-remote-video >>> video');
      assert.equal(videos.length, 2);
      await screenshot(page, `screen-shared-${name}`);

      await page.evaluate(() => {
        const [track] = window.shared.getTracks();
        track.stop();
        track.dispatchEvent(new Event('ended')); // as the browser's own "Stop sharing" does
      });
      await page.waitForSelector('#ana >>> [part~="share-button"][aria-pressed="false"]');
      await page.waitForFunction(
        () => !document.querySelector('#ben').shadowRoot.querySelector('rtc-remote-video[source="screen"]'),
      );
      assert.deepEqual(page.problems, []);
    });
  });
}
