/**
 * Every phase of a call on a phone, a tablet and a desktop, light, dark, from right to left and in forced colours:
 * pictures go to test/artefacts/looks/, boxes are compared with looks-boxes.json (RTC_UPDATE=1 writes it anew).
 */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { browsersUnderTest, launch, openPage } from '../helpers/browser.mjs';
import { buildLooks, openLooks, reference, sizes, themes } from '../helpers/looks.mjs';
import { serve } from '../helpers/static-server.mjs';

const artefacts = fileURLToPath(new URL('../artefacts/looks/', import.meta.url));

const numbers = (box) => box.split(' ').map((value) => (value === '-' ? null : Number(value)));

/** Differences of more than so many pixels, as text. */
const differences = (actual, expected, slack) =>
  [...new Set([...Object.keys(actual), ...Object.keys(expected)])].flatMap((name) => {
    const [is, was] = [actual[name] ?? 'not there', expected[name] ?? 'not there'];
    const [a, b] = [numbers(is), numbers(was)];
    const isNear = a.every((value, index) => value === b[index] || Math.abs(value - b[index]) <= slack);
    return isNear ? [] : [`${name}: ${is}, expected ${was}`];
  });

const mirrored = (boxes, frameWidth) =>
  Object.fromEntries(
    Object.entries(boxes).map(([name, box]) => {
      const [x, y, width, height] = numbers(box);
      const values = [x === null ? null : frameWidth - x - width, y, width, height];
      return [name, values.map((value) => value ?? '-').join(' ')];
    }),
  );

describe('the looks', { skip: !browsersUnderTest().includes('chromium') }, () => {
  let server;
  let browser;
  const measured = {};

  before(async () => {
    await Promise.all([buildLooks(), mkdir(artefacts, { recursive: true })]);
    server = await serve();
    browser = await launch('chromium');
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  for (const [size, { width }] of Object.entries(sizes)) {
    it(`keep their boxes in every phase and theme on a ${size}`, { timeout: 120_000 }, async () => {
      const page = await openLooks(browser, server.url, size);
      const wrong = [];
      const sized = (measured[size] = {});
      for (const phase of page.phases) {
        await page.show(phase);
        for (const theme of themes) {
          await page.dress(theme);
          const boxes = await page.boxes();
          const plain = (sized[phase] ??= boxes);
          const expected = theme === 'rtl' ? mirrored(plain, width) : plain;
          const slack = { rtl: 1, forced: 8 }[theme] ?? 0; // forced colours have borders, one in another
          wrong.push(...differences(boxes, expected, slack).map((text) => `${phase}, ${theme}: ${text}`));
          const path = `${artefacts}${size}-${phase.replaceAll(' ', '-')}-${theme}.png`;
          await page.screenshot({ path, optimizeForSpeed: true, captureBeyondViewport: false });
        }
      }
      const isOverflowing = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.deepEqual([wrong, isOverflowing, page.problems], [[], false, []]);
      await page.close();
    });
  }

  it('let a finger drag the own view to another corner', async () => {
    const page = await openLooks(browser, server.url, 'phone');
    await page.show('one to one');
    const own = await page.$('rtc-call >>> .own');
    const centre = async () => {
      const { x, y, width, height } = await own.boundingBox();
      return [x + width / 2, y + height / 2];
    };
    const [x, y] = await centre();
    const finger = await page.touchscreen.touchStart(x, y);
    await finger.move(x - 60, y + 200);
    await finger.move(x - 220, y + 500);
    await page.settled();
    assert.deepEqual(await centre(), [x - 220, y + 500], 'it follows');
    await finger.end();
    await page.settled();
    assert.deepEqual(await own.evaluate(({ dataset: { block, inline } }) => [block, inline]), [
      'end',
      'start',
    ]);
    const [left, top] = await centre();
    assert.ok(left < 80 && top > 600, `it rests at ${left}, ${top}`);
    await page.close();
  });

  it('give a finger 44 pixels for each button of a badge, and each its own', async () => {
    const page = await openLooks(browser, server.url, 'phone');
    for (const [width, height] of [
      [160, 90],
      [200, 150],
      [320, 180],
    ]) {
      await page.setViewport({ ...sizes.phone, width, height });
      await page.show('one to one');
      const rests = (wanted) =>
        page.waitForFunction(
          (resting) => document.querySelector('rtc-call').matches(':state(resting)') === resting,
          {},
          wanted,
        );
      await rests(true);
      await page.touchscreen.tap(width / 2, 10);
      await rests(false);
      const bar = await page.$('rtc-call >>> .bar');
      const { count, wrong } = await bar.evaluate(async (element) => {
        await globalThis.looks.settled();
        const root = element.getRootNode();
        const buttons = [...element.children].filter(
          (child) => child.localName === 'button' && child.getClientRects().length > 0,
        );
        const missed = buttons.flatMap((button) => {
          const box = button.getBoundingClientRect();
          const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
          return [
            [-21, 0],
            [21, 0],
            [0, -21],
            [0, 21],
          ]
            .map(([dx, dy]) => root.elementFromPoint(x + dx, y + dy))
            .filter((hit) => hit?.closest('button') !== button)
            .map((hit) => `${button.part}: ${hit?.outerHTML.slice(0, 60)}`);
        });
        return { count: buttons.length, wrong: missed };
      });
      assert.ok(count >= 3, `${width}: ${count} buttons`);
      assert.deepEqual(wrong, [], `${width}×${height}`);
      const { x, width: wide } = await bar.boundingBox();
      assert.ok(x >= 0 && x + wide <= width, `it fits into ${width}`);
      await page.screenshot({ path: `${artefacts}badge-${width}.png` });
    }
    await page.close();
  });

  for (const [name, viewport, insets] of [
    ['lies', { width: 844, height: 390 }, { top: 0, right: 30, bottom: 21, left: 59 }],
    ['stands', { width: 390, height: 844 }, { top: 47, right: 0, bottom: 34, left: 0 }],
  ]) {
    for (const theme of ['light', 'rtl']) {
      it(
        `keep clear of notch and home bar of a phone that ${name}, ${theme}`,
        { timeout: 60_000 },
        async () => {
          const page = await openLooks(browser, server.url, 'phone');
          const session = await page.createCDPSession();
          await page.setViewport({ ...sizes.phone, ...viewport });
          await session.send('Emulation.setSafeAreaInsetsOverride', { insets });
          const wrong = [];
          for (const phase of [
            'preview',
            'one to one',
            'reconnecting',
            'three',
            'screen',
            'sound only',
            'chat',
          ]) {
            await page.show(phase);
            await page.dress(theme);
            const found = await page.evaluate(async ({ top, right, bottom, left }) => {
              const call = document.querySelector('rtc-call');
              for (const { id } of call.participants) {
                const captions = Object.assign(document.createElement('p'), { slot: `captions-${id}` });
                captions.textContent = 'Shall we begin?';
                call.append(captions);
              }
              await globalThis.looks.settled();
              const seen = (root, selector) => [
                ...root.querySelectorAll(selector),
                ...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) =>
                  shadowRoot ? seen(shadowRoot, selector) : [],
                ),
              ];
              const shown = seen(
                document,
                '.own, .time, .plate, .bar, .pin, .notice, .preview-bar > *, .composer, .note, .actions, rtc-call > p',
              ).filter((element) => element.checkVisibility({ visibilityProperty: true }));
              const outside = shown.filter((element) => {
                const box = element.getBoundingClientRect();
                return (
                  box.width > 1 &&
                  (box.left < left ||
                    box.right > innerWidth - right ||
                    box.top < top ||
                    box.bottom > innerHeight - bottom)
                );
              });
              const describe = (element) => {
                const { x, y, width, height } = element.getBoundingClientRect();
                return `${element.localName}.${element.className} at ${[x, y, width, height].map(Math.round)}`;
              };
              return { count: shown.length, outside: outside.map(describe) };
            }, insets);
            assert.ok(found.count > 2, `${phase}: what is to be seen`);
            wrong.push(...found.outside.map((text) => `${phase}: ${text}`));
            const path = `${artefacts}safe-${name}-${phase.replaceAll(' ', '-')}-${theme}.png`;
            await page.screenshot({ path, optimizeForSpeed: true, captureBeyondViewport: false });
          }
          assert.deepEqual([wrong, page.problems], [[], []]);
          await page.close();
        },
      );
    }
  }

  describe('as a person wishes them', () => {
    let page;

    before(async () => {
      page = await openLooks(browser, server.url, 'desktop');
    });
    after(() => page?.close());

    /** Of the first element that matches. */
    const styleOf = (selector, ...names) =>
      page.$eval(
        `rtc-call >>> ${selector}`,
        (element, wanted) => {
          const style = getComputedStyle(element);
          return wanted.map((name) => style.getPropertyValue(name));
        },
        names,
      );
    const picture = (name) => page.screenshot({ path: `${artefacts}wish-${name}.png` });

    it('have more contrast', async () => {
      await page.show('join');
      const [text] = await styleOf('h2', 'color');
      assert.notDeepEqual(await styleOf('.lede', 'color'), [text]);
      await page.emulate({ 'prefers-contrast': 'more' });
      assert.deepEqual(await styleOf('.lede', 'color'), [text]);
      assert.deepEqual(await styleOf('input', 'border-top-color'), [text]);
      await picture('contrast-join');
      await page.show('three');
      await page.emulate({ 'prefers-contrast': 'more' });
      assert.deepEqual(await styleOf('.plate', 'background-color'), ['rgb(0, 0, 0)']);
      await picture('contrast-three');
    });

    it('stand still', async () => {
      for (const phase of ['alone', 'calling', 'three', 'reconnecting']) {
        await page.emulate({});
        await page.show(phase); // waits until nothing moves
        assert.equal(await page.moving(), 0, phase);
        await page.emulate({ 'prefers-reduced-motion': 'no-preference' });
        assert.ok((await page.moving()) > 0, `${phase}: nothing moved before`);
      }
    });

    it('are pictures and names on paper, without what can only be pressed', async () => {
      await page.emulate({});
      await page.show('three');
      await page.emulate({}, 'print');
      assert.deepEqual(await styleOf('rtc-controls', 'display'), ['none']);
      assert.deepEqual(await styleOf('.plate', 'display', 'print-color-adjust'), ['flex', 'exact']);
      await picture('print');
    });
  });

  it('are those of before', async () => {
    const expected = await reference('looks-boxes.json', measured);
    const wrong = Object.entries(measured).flatMap(([size, phases]) =>
      Object.entries(phases).flatMap(([phase, boxes]) =>
        differences(boxes, expected[size]?.[phase] ?? {}, 0).map((text) => `${size}, ${phase}: ${text}`),
      ),
    );
    assert.deepEqual(wrong, []);
    assert.deepEqual(Object.keys(measured), Object.keys(expected));
  });
});

for (const name of browsersUnderTest()) {
  describe(`why a connection is weak, in ${name}`, { timeout: 60_000 }, () => {
    let server;
    let browser;
    let page;
    let mark;
    let reason;

    before(async () => {
      await buildLooks();
      server = await serve();
      // Without a touch screen Firefox takes the taps of its driver for nothing.
      const prefs = { 'dom.w3c_touch_events.enabled': 1, 'ui.prefersReducedMotion': 1 };
      browser = await launch(name, { prefs });
      page = await openPage(browser, `${server.url}/test/e2e/pages/looks.html`, {
        viewport: { width: 390, height: 844, ...(name === 'chromium' && { hasTouch: true }) },
      });
      if (name === 'chromium')
        await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
      await page.evaluate(() => globalThis.looks.show('three'));
      [mark, reason] = await Promise.all(
        ['quality', 'quality-reason'].map((part) =>
          page.$(`rtc-call >>> rtc-remote-video >>> [part=${part}]`),
        ),
      );
    });
    after(async () => {
      await browser?.close();
      await server?.close();
    });

    const isShown = (wanted) =>
      page.waitForFunction(
        (element, shown) => element.checkVisibility() === shown,
        { timeout: 5000 },
        reason,
        wanted,
      );
    const tap = async (element) => {
      const { x, y, width, height } = await element.boundingBox();
      await page.touchscreen.tap(x + width / 2, y + height / 2);
    };

    it('is told by a tap, beside the mark, until a tap elsewhere', async () => {
      await isShown(false);
      await tap(mark);
      await isShown(true);
      assert.equal(
        await reason.evaluate(({ innerText }) => innerText),
        'Connection weak. Sound and picture arrive late.',
      );
      const [box, anchor] = [await reason.boundingBox(), await mark.boundingBox()];
      assert.ok(box.x >= 0 && box.x + box.width <= 390, `it is on the screen: ${JSON.stringify(box)}`);
      if (await page.evaluate(() => CSS.supports('position-area', 'block-start'))) {
        const distance = anchor.y - box.y - box.height;
        assert.ok(distance >= 0 && distance < 20, `it is above the mark: ${distance}`);
      }
      await page.screenshot({ path: `${artefacts}quality-${name}.png` });
      await tap(await page.$('rtc-call >>> [participant-id=p0]'));
      await isShown(false);
      assert.deepEqual(page.problems, []);
    });

    it('is told by a key, until Escape or another press, or until the focus goes on', async () => {
      for (const [open, close] of [
        ['Enter', 'Escape'],
        [' ', 'Tab'],
        ['Enter', 'Enter'],
      ]) {
        await mark.focus();
        await page.keyboard.press(open);
        await isShown(true);
        await page.keyboard.press(close);
        await isShown(false);
      }
      assert.deepEqual(page.problems, []);
    });
  });
}
