/** A whole call by keys alone: where the focus is, that one sees it, and that it never gets lost. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { browsersUnderTest } from '../helpers/browser.mjs';
import { closing, Person } from '../helpers/person.mjs';
import { serve } from '../helpers/static-server.mjs';

let server;

before(async () => {
  server = await serve();
});
after(() => server.close());

/** Runs in the page: what has the focus, through shadow roots, and how it is shown. */
function lookAtFocus() {
  const path = [];
  let element = document.activeElement;
  for (;;) {
    path.push(element.part?.value || element.id || element.localName);
    if (!element.shadowRoot?.activeElement) break;
    element = element.shadowRoot.activeElement;
  }
  const { top, bottom, left, right } = element.getBoundingClientRect();
  /** What is seen at a point, and everything that it is part of. */
  const lineAt = (x, y) => {
    let seen = document.elementFromPoint(x, y);
    for (;;) {
      const inner = seen?.shadowRoot?.elementFromPoint(x, y);
      if (!inner || inner === seen) break;
      seen = inner;
    }
    const line = [];
    for (let one = seen; one; one = one.assignedSlot ?? one.parentNode ?? one.host) line.push(one);
    return line;
  };
  const parts = [0.1, 0.5, 0.9];
  const isSeen = parts.some((across) =>
    parts.some((down) =>
      lineAt(left + (right - left) * across, top + (bottom - top) * down).includes(element),
    ),
  );
  const hasOutline = (one) => one !== null && getComputedStyle(one).outlineStyle !== 'none';
  return {
    path,
    // A field may have its outline on the box around it, and the menu's own frame stands out enough.
    isMarked:
      element.matches(':focus-visible') &&
      (hasOutline(element) || hasOutline(element.parentElement) || element.matches('[role=dialog]')),
    // Not covered altogether (WCAG 2.4.11).
    isSeen,
  };
}

class KeyboardPerson extends Person {
  press(...keys) {
    return keys.reduce((done, key) => done.then(() => this.page.keyboard.press(key)), Promise.resolve());
  }

  /** The parts from the page's element to the innermost one; fails where one does not see it. */
  async focus() {
    const { path, isMarked, isSeen } = await this.page.evaluate(lookAtFocus);
    assert.ok(
      path[0] === 'body' || (isMarked && isSeen),
      `the focus is not to be seen on ${path.join(' › ')}`,
    );
    return path;
  }

  async isAt(part) {
    const path = await this.focus();
    return path.at(-1).split(' ').includes(part);
  }

  /** Tab by Tab, or backwards, to the first element with this part or id. */
  async tabTo(part, key = 'Tab') {
    const seen = [];
    for (let count = 0; count < 40; count++) {
      if (key === 'Tab') await this.page.keyboard.press('Tab');
      else {
        await this.page.keyboard.down('Shift');
        await this.page.keyboard.press('Tab');
        await this.page.keyboard.up('Shift');
      }
      if (await this.isAt(part)) return;
      seen.push((await this.focus()).at(-1));
    }
    assert.fail(`Tab does not lead to ${part}, but to ${seen.join(', ')}`);
  }

  back(part) {
    return this.tabTo(part, 'Shift');
  }

  /** The focus comes there by itself. */
  async comesTo(part) {
    const arrives = (wanted) => {
      let element = document.activeElement;
      while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return element.part.contains(wanted);
    };
    await this.page.waitForFunction(arrives, { timeout: 5000 }, part).catch(async (error) => {
      throw new Error(`the focus is on ${(await this.focus()).join(' › ')}, not ${part}`, { cause: error });
    });
    await this.focus();
  }

  media(kind, status) {
    return this.until(({ media }, [name, wanted]) => media[name] === wanted, [kind, status]);
  }

  /** Evaluates in the page with what is found inside the call, through shadow roots. */
  inside(selector, read) {
    return this.page.$eval(`#own >>> ${selector}`, read);
  }
}

for (const name of browsersUnderTest()) {
  describe(`a call by keys alone in ${name}`, () => {
    it('is previewed, answered, used, left and joined again', { timeout: 120_000 }, async (t) => {
      const url = `${server.url}/test/e2e/pages/keyboard.html`;
      const { page } = closing(t, await Person.open(name, url));
      const ana = new KeyboardPerson(null, page);
      const start = (id) => page.evaluate((call) => void document.getElementById(call).start(), id);
      await start('ben');
      await ana.until(({ controller }) => controller.state.incoming !== null);

      // The join screen.
      await ana.tabTo('before');
      await ana.tabTo('preview-button');
      await ana.press('Enter');
      await ana.comesTo('stage');
      await ana.media('camera', 'on');
      await ana.tabTo('microphone-button');
      await ana.press(' ');
      await ana.media('microphone', 'off');
      await ana.press(' ');
      await ana.media('microphone', 'on');
      await ana.tabTo('name-input');
      await page.keyboard.type('Ana');
      await ana.tabTo('device-select');
      const kind = await page.evaluate(lookAtFocus);
      assert.ok(kind.isMarked);
      await ana.tabTo('decline-button');
      await ana.tabTo('join-button');
      await ana.press('Enter');
      await ana.with(1);
      await ana.comesTo('bar');
      assert.deepEqual((await ana.focus()).slice(0, 2), ['own', 'controls']);

      // Microphone and camera, by their buttons and by the keys for them.
      await ana.tabTo('microphone-button');
      await ana.press(' ');
      await ana.media('microphone', 'off');
      await ana.press('m');
      await ana.media('microphone', 'on');
      await ana.tabTo('camera-button');
      await ana.press('Enter');
      await ana.media('camera', 'off');
      await ana.press('v');
      await ana.media('camera', 'on');

      // Devices.
      await ana.tabTo('devices-button');
      await ana.press('Enter');
      await ana.comesTo('devices-panel');
      await ana.tabTo('device-select');
      await ana.press('Escape');
      await ana.comesTo('devices-button');

      // The chat: letters are letters there.
      await ana.tabTo('chat-button');
      await ana.press('Enter');
      await ana.comesTo('input');
      await page.keyboard.type('mv?');
      await ana.press('Enter');
      await page.waitForFunction(
        () => document.getElementById('ben').controller.state.messages.at(-1)?.text === 'mv?',
      );
      assert.deepEqual(
        await page.evaluate(() => {
          const { microphone, camera } = document.getElementById('own').media;
          return [microphone, camera];
        }),
        ['on', 'on'],
      );
      await ana.press('Escape');
      await ana.comesTo('chat-button');

      // The own view.
      await ana.back('own');
      await ana.press('ArrowLeft', 'ArrowDown');
      assert.deepEqual(
        await ana.inside('rtc-local-video', ({ dataset: { block, inline } }) => [block, inline]),
        ['end', 'start'],
      );

      // Among three: the arrangement, a pinned tile, the list of keys.
      await ana.tabTo('more-button');
      await start('cleo');
      await ana.with(2);
      await ana.press('Enter');
      await ana.comesTo('more-item');
      assert.equal(await ana.inside('.keys', ({ offsetHeight }) => offsetHeight > 0), true);
      await ana.press('ArrowDown', 'ArrowDown');
      assert.match(
        await page.evaluate(() => {
          let element = document.activeElement;
          while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
          return element.textContent;
        }),
        /Speaker/,
      );
      await ana.press('Enter');
      await ana.comesTo('more-button');
      assert.equal(await page.evaluate(() => document.getElementById('own').layout), 'speaker');
      await ana.press('Enter');
      await ana.comesTo('more-item');
      await ana.press('Escape');
      await ana.comesTo('more-button');
      await ana.back('pin-button');
      await ana.press(' ');
      await page.waitForSelector('#own >>> rtc-remote-video[pinned]');
      await ana.comesTo('pin-button');
      await ana.press(' ');
      await page.waitForSelector('#own >>> rtc-remote-video[pinned]', { hidden: true });

      // Without the keys: neither listed nor heard.
      await page.evaluate(() => document.getElementById('own').setAttribute('no-hotkeys', ''));
      await ana.press('m');
      await ana.tabTo('more-button');
      await ana.press('Enter');
      await ana.comesTo('more-item');
      assert.equal((await page.$$('#own >>> .keys')).length, 0);
      await ana.press('Escape');
      await ana.comesTo('more-button');
      assert.equal(await page.evaluate(() => document.getElementById('own').media.microphone), 'on');

      // Out, and in again.
      await ana.tabTo('leave-button');
      await ana.press('Enter');
      await ana.inPhase('ended');
      await ana.comesTo('panel');
      await ana.tabTo('join-button');
      await ana.press('Enter');
      await ana.with(2);
      await ana.comesTo('bar');
      await ana.tabTo('after');
      assert.deepEqual(page.problems, []);
    });
  });
}
