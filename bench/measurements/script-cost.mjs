/** What a page pays before anything happens: bytes, and the time to evaluate, define and paint one element. */
import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { scriptOf } from '../bundles.mjs';
import { spread, table } from '../figures.mjs';

/** CPU slow-down of a mid-range phone against a desktop computer. */
const SLOWDOWN = 4;

const published = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** `markup`: one element as a page would have it; without it only the size counts. */
const libraries = async () => [
  {
    name: 'rtc-call, all elements',
    script: published('cdn/rtc-call.iife.min.js'),
    markup: '<rtc-call></rtc-call>',
  },
  {
    name: 'media-chrome, a player with a control bar',
    script: await scriptOf("import 'media-chrome';"),
    markup: `<media-controller><video slot="media"></video><media-control-bar><media-play-button></media-play-button>
      <media-mute-button></media-mute-button><media-volume-range></media-volume-range>
      <media-time-range></media-time-range><media-time-display></media-time-display>
      <media-pip-button></media-pip-button><media-fullscreen-button></media-fullscreen-button></media-control-bar>
      </media-controller>`,
  },
  {
    name: 'rtc-call, core',
    script: await scriptOf("import { CallController } from './dist/core.js'; globalThis.c = CallController;"),
  },
  { name: 'simple-peer', script: published('node_modules/simple-peer/simplepeer.min.js') },
  { name: 'peerjs', script: published('node_modules/peerjs/dist/peerjs.min.js') },
  {
    name: 'trystero (nostr)',
    script: await scriptOf("import { joinRoom } from 'trystero/nostr'; globalThis.j = joinRoom;"),
  },
];

export const scriptCost = {
  name: 'script-cost',
  browsers: ['chromium'],
  rounds: { full: 15, short: 3 },

  async run(stage, { rounds, log }) {
    const all = await libraries();
    const results = all.map(({ name, script }) => ({
      name,
      minified: Buffer.byteLength(script),
      gzip: gzipSync(script, { level: 9 }).length,
      brotli: brotliCompressSync(script).length,
      times: [],
    }));
    for (let round = 0; round <= rounds; round++) {
      for (const [index, { script, markup }] of all.entries()) {
        if (!markup) continue;
        const times = await firstPaint(stage, script, markup);
        if (round > 0) results[index].times.push(times);
      }
    }
    log(`${rounds} rounds`);
    return results;
  },

  report: (results) => [
    `Bytes, and milliseconds for one element at ${SLOWDOWN}× CPU slow-down:`,
    table(
      ['script', 'minified', 'gzip', 'brotli', 'evaluate and define', 'until first paint'],
      results.map(({ name, minified, gzip, brotli, times }) => [
        ...[name, minified, gzip, brotli],
        spread(
          times.map(({ evaluatedMs }) => evaluatedMs),
          1,
        ),
        spread(
          times.map(({ paintedMs }) => paintedMs),
          1,
        ),
      ]),
    ),
  ],
};

/** In a page of its own, so that nothing is compiled or defined already. */
async function firstPaint(stage, script, markup) {
  const page = await stage.open(stage.url('empty.html'));
  const session = await page.createCDPSession();
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  const times = await page.evaluate(
    (text, html) =>
      new Promise((resolve) => {
        requestAnimationFrame(() => {
          const start = performance.now();
          const element = document.createElement('script');
          element.textContent = text;
          document.head.append(element);
          const evaluatedMs = performance.now() - start;
          document.body.insertAdjacentHTML('beforeend', html);
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => resolve({ evaluatedMs, paintedMs: performance.now() - start });
            port2.postMessage(null); // comes after the frame has been painted
          });
        });
      }),
    script,
    markup,
  );
  await page.close();
  return times;
}
