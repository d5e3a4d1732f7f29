/** A person in front of a browser of their own: opens a page, presses what is on the screen, looks and listens. */
import { launch, openPage, videoFrames } from './browser.mjs';

/** The picture of the first other person, as the built-in layout shows it. */
export const otherPicture = 'rtc-call >>> rtc-remote-video >>> video';
export const ownPicture = 'rtc-call >>> rtc-local-video >>> video';

/** Selectors with `>>>` for shadow roots, as puppeteer's own `>>>` finds them. */
const joinButton = '>>> [part~="join-button"]';
const leaveButton = '>>> [part~="leave-button"]';

export class Person {
  #browser;
  page;

  /**
   * @param {import('puppeteer-core').Browser} browser
   * @param {Awaited<ReturnType<typeof openPage>>} page
   */
  constructor(browser, page) {
    this.#browser = browser;
    this.page = page;
  }

  /**
   * A browser of its own, since only the page in front shows pictures.
   *
   * @param {'chromium' | 'firefox'} name
   * @param {string} url
   * @param {Parameters<typeof launch>[1] & { viewport?: import('puppeteer-core').Viewport }} [options]
   */
  static async open(name, url, { viewport = { width: 1000, height: 720 }, ...options } = {}) {
    const browser = await launch(name, options);
    return new Person(browser, await openPage(browser, url, { viewport }));
  }

  async join(name) {
    if (name) {
      await this.page.locator('>>> [part~="name-input"]').fill(name);
    }
    await this.page.locator(joinButton).click();
  }

  async leave() {
    await this.page.locator(leaveButton).click();
  }

  /** Waits until the call is in the phase, and throws in which it stayed otherwise. */
  async inPhase(phase, timeoutMs = 15_000) {
    await this.until((call, wanted) => call.phase === wanted, phase, timeoutMs);
  }

  /**
   * Waits for the next such event of the call.
   *
   * @returns {Promise<() => Promise<number>>} gives its time on the machine's clock, which all browsers share
   */
  async nextTimeOf(type) {
    const time = await this.page.evaluateHandle((name) => {
      const call = document.querySelector('rtc-call');
      return {
        at: new Promise((resolve) => call.addEventListener(name, () => resolve(Date.now()), { once: true })),
      };
    }, type);
    return () => time.evaluate(({ at }) => at);
  }

  /** Waits until the others are exactly so many, all connected. */
  async with(count, timeoutMs = 20_000) {
    await this.until(
      (call, wanted) =>
        call.participants.length === wanted &&
        call.participants.every(({ connection }) => connection === 'connected'),
      count,
      timeoutMs,
    );
  }

  /**
   * Waits for a condition of the call, checked on every event of it.
   *
   * @template Argument
   * @param {(call: HTMLElement, argument: Argument) => boolean} condition runs in the page
   * @param {Argument} argument
   */
  async until(condition, argument, timeoutMs = 15_000) {
    const failure = await this.page.evaluate(
      (source, wanted, limitMs) =>
        new Promise((resolve) => {
          const call = document.querySelector('rtc-call');
          const holds = new Function(`return (${source})`)();
          const stops = [];
          const finish = (result) => {
            clearTimeout(limit);
            for (const stop of stops) stop();
            resolve(result);
          };
          const check = () => {
            if (holds(call, wanted)) finish(null);
          };
          const limit = setTimeout(() => {
            const { phase, participants, media, error } = call;
            const people = participants.map(({ name, connection, camera }) => ({ name, connection, camera }));
            finish(JSON.stringify({ phase, people, media, error: error?.message }));
          }, limitMs);
          stops.push(call.controller.subscribe((state) => state, check));
          check();
        }),
      condition.toString(),
      argument,
      timeoutMs,
    );
    if (failure)
      throw new Error(`not within ${timeoutMs} ms: ${condition.toString()} of ${argument}: ${failure}`);
  }

  /** Waits for pictures of the other person. */
  async sees(count = 5, timeoutMs = 20_000) {
    await videoFrames(this.page, otherPicture, count, timeoutMs);
  }

  /**
   * The loudest level measured on the received audio track of the first other person, 0 to 1, once it is above
   * silence (webrtc-stats, RTCInboundRtpStreamStats.audioLevel; an AudioContext needs a sound card in Firefox).
   */
  async hears(timeoutMs = 15_000) {
    return this.page.evaluate(async (limitMs) => {
      const call = document.querySelector('rtc-call');
      const [{ id, stream }] = call.participants;
      const [track] = stream.getAudioTracks();
      const deadline = performance.now() + limitMs;
      let peak = 0;
      while (peak < 0.01 && performance.now() < deadline) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const report = (await call.getStats(id)).get(id);
        for (const stats of report?.values() ?? []) {
          if (stats.type !== 'inbound-rtp' || stats.trackIdentifier !== track.id) continue;
          peak = Math.max(peak, stats.audioLevel ?? 0);
        }
      }
      return peak;
    }, timeoutMs);
  }

  async close() {
    await this.#browser.close();
  }
}

/**
 * Closes what a test opened, in whatever way it ends.
 *
 * @param {import('node:test').TestContext} context
 * @param {{ close(): Promise<unknown> }} thing
 */
export function closing(context, thing) {
  context.after(() => thing.close());
  return thing;
}
