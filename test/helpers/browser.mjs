/** Real browsers for tests of whole pages: `node:test` drives them through puppeteer-core. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer, { ElementHandle, Frame } from 'puppeteer-core';
import { findBrowsers } from '../../scripts/browsers.mjs';

const artefacts = fileURLToPath(new URL('../artefacts/', import.meta.url));

const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  // A page behind another one would get slow timers and no pictures.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--use-fake-device-for-media-stream',
];

// Puppeteer looks again for a selector when the document changes, and sees no change in a shadow tree: what is rendered
// there a moment later would never be found. With every frame instead, as where it waits for a function.
for (const { prototype } of [Frame, ElementHandle]) {
  const { waitForSelector } = prototype;
  prototype.waitForSelector = function (selector, options) {
    return waitForSelector.call(this, selector, { polling: 'raf', ...options });
  };
}

/**
 * Launch options of puppeteer for a browser with a fake camera and microphone.
 *
 * @param {'chromium' | 'firefox'} name
 * @param {object} [options]
 * @param {boolean} [options.fakeUi] grant the devices without asking (true)
 * @param {boolean} [options.denyMedia] refuse the devices without asking (false)
 * @param {boolean} [options.autoplay] let sound play without a user gesture (true)
 * @param {string[]} [options.args] further command line arguments
 * @param {Record<string, unknown>} [options.prefs] further Firefox preferences
 */
export function launchOptions(name, options = {}) {
  const { fakeUi = true, denyMedia = false, autoplay = true, args = [], prefs = {} } = options;
  const executablePath = findBrowsers({ wanted: [name] })[name];
  if (!executablePath) throw new Error(`${name} is not installed`);
  if (name === 'firefox') {
    return {
      browser: 'firefox',
      executablePath,
      headless: true,
      args,
      extraPrefsFirefox: {
        'media.navigator.streams.fake': true,
        'media.navigator.permission.disabled': fakeUi && !denyMedia,
        'media.autoplay.default': autoplay ? 0 : 1,
        ...(denyMedia && { 'permissions.default.camera': 2, 'permissions.default.microphone': 2 }),
        ...prefs,
      },
    };
  }
  return {
    browser: 'chrome',
    executablePath,
    headless: true,
    args: [
      ...CHROMIUM_ARGS,
      ...(denyMedia ? ['--deny-permission-prompts'] : fakeUi ? ['--use-fake-ui-for-media-stream'] : []),
      `--autoplay-policy=${autoplay ? 'no-user-gesture-required' : 'document-user-activation-required'}`,
      ...args,
    ],
  };
}

/**
 * The browsers that tests run in: those installed, of those named in RTC_BROWSERS (`chromium,firefox`) if it is set.
 *
 * @returns {('chromium' | 'firefox')[]}
 */
export function browsersUnderTest() {
  const wanted = (process.env.RTC_BROWSERS || 'chromium,firefox').split(',').map((name) => name.trim());
  const unknown = wanted.filter((name) => name !== 'chromium' && name !== 'firefox');
  if (unknown.length > 0)
    throw new Error(`RTC_BROWSERS: ${unknown.join(', ')} is neither chromium nor firefox`);
  const found = findBrowsers({ wanted });
  return wanted.filter((name) => found[name]);
}

/**
 * Starts a browser with a temporary profile of its own, which `browser.close()` removes.
 *
 * @param {'chromium' | 'firefox'} name
 * @param {Parameters<typeof launchOptions>[1]} [options]
 * @returns {Promise<import('puppeteer-core').Browser>}
 */
export function launch(name, options) {
  return puppeteer.launch(launchOptions(name, options));
}

/**
 * Opens a page and keeps what goes wrong in it: `page.problems` holds console errors, uncaught exceptions and
 * failed requests as text.
 *
 * @param {import('puppeteer-core').Browser | import('puppeteer-core').BrowserContext} browser
 * @param {string} url
 * @param {{ viewport?: import('puppeteer-core').Viewport, waitUntil?: 'load' | 'domcontentloaded' }} [options]
 * @returns {Promise<import('puppeteer-core').Page & { problems: string[] }>}
 */
export async function openPage(browser, url, { viewport, waitUntil = 'load' } = {}) {
  const page = await browser.newPage();
  const problems = [];
  page.problems = problems;
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`exception: ${error.stack ?? error.message ?? error}`));
  page.on('requestfailed', (request) => {
    problems.push(`request: ${request.url()} ${request.failure()?.errorText ?? 'failed'}`);
  });
  if (viewport) await page.setViewport(viewport);
  await page.goto(url, { waitUntil });
  return page;
}

/**
 * Runs in the page. Finds the element through shadow roots, waiting for it and for its frames.
 * `requestVideoFrameCallback` counts pictures that reached the screen; without it the decoder's counter has to do.
 */
async function countFramesInPage({ path, count, timeoutMs }) {
  const deadline = performance.now() + timeoutMs;
  const find = () => {
    let roots = [document];
    for (const selector of path) {
      const found = roots.flatMap((root) => [...(root.shadowRoot ?? root).querySelectorAll(selector)]);
      if (found.length === 0) return null;
      roots = found;
    }
    return roots[0];
  };
  const within = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const counted = (video) =>
    video.getVideoPlaybackQuality?.().totalVideoFrames ??
    video.mozPresentedFrames ??
    video.mozPaintedFrames ??
    0;
  const nextFrame = (video) =>
    new Promise((resolve) => {
      const limit = setTimeout(() => resolve(false), Math.max(0, deadline - performance.now()));
      video.requestVideoFrameCallback(() => {
        clearTimeout(limit);
        resolve(true);
      });
    });

  let video = find();
  while (!video && performance.now() < deadline) {
    await within(50);
    video = find();
  }
  if (!video) return { frames: 0, state: 'no such element' };

  let frames = 0;
  if (video.requestVideoFrameCallback) {
    while (frames < count && (await nextFrame(video))) frames++;
  } else {
    const before = counted(video);
    while (frames < count && performance.now() < deadline) {
      await within(50);
      frames = counted(video) - before;
    }
  }
  const tracks = video.srcObject?.getVideoTracks?.() ?? [];
  return {
    frames,
    state: [
      `readyState ${video.readyState}`,
      `${video.videoWidth}×${video.videoHeight}`,
      video.paused ? 'paused' : 'playing',
      video.isConnected ? 'in the document' : 'detached',
      video.srcObject ? `stream active: ${video.srcObject.active}` : 'no srcObject',
      ...tracks.map((track) => `track ${track.readyState}${track.muted ? ', muted' : ''}`),
    ].join(', '),
  };
}

/**
 * Waits until a `<video>` has shown `count` further pictures, and throws what is wrong with it otherwise.
 *
 * @param {import('puppeteer-core').Page | import('puppeteer-core').Frame} page
 * @param {string} selectorPath selectors, with `>>>` where the path enters a shadow root:
 *   `'rtc-remote-video >>> video'`
 * @param {number} [count]
 * @param {number} [timeoutMs]
 */
export async function videoFrames(page, selectorPath, count = 5, timeoutMs = 15_000) {
  const path = selectorPath.split('>>>').map((selector) => selector.trim());
  const { frames, state } = await page.evaluate(countFramesInPage, { path, count, timeoutMs });
  if (frames < count) {
    throw new Error(`${selectorPath}: ${frames} of ${count} frames within ${timeoutMs} ms (${state})`);
  }
}

/**
 * The average colour of a `<video>`'s present picture, to tell whose picture it is (`[red, green, blue]`, 0–255).
 *
 * @param {import('puppeteer-core').Page | import('puppeteer-core').Frame} page
 * @param {string} selectorPath as for {@link videoFrames}
 * @returns {Promise<[number, number, number]>}
 */
export async function averageColour(page, selectorPath) {
  await videoFrames(page, selectorPath, 1);
  const path = selectorPath.split('>>>').map((selector) => selector.trim());
  return page.evaluate((selectors) => {
    let roots = [document];
    for (const selector of selectors) {
      roots = roots.flatMap((root) => [...(root.shadowRoot ?? root).querySelectorAll(selector)]);
    }
    const size = 16;
    const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(roots[0], 0, 0, size, size);
    const { data } = context.getImageData(0, 0, size, size);
    return [0, 1, 2].map((channel) => {
      let sum = 0;
      for (let at = channel; at < data.length; at += 4) sum += data[at];
      return Math.round(sum / (size * size));
    });
  }, path);
}

/**
 * Saves a picture of the page to test/artefacts/ and returns its path.
 *
 * @param {import('puppeteer-core').Page} page
 * @param {string} name without folder and ending
 */
export async function screenshot(page, name) {
  await mkdir(artefacts, { recursive: true });
  const path = join(artefacts, `${name}.png`);
  await page.screenshot({ path });
  return path;
}
