/**
 * Where the time of one call goes: prints what each of two ends says, with its time since the start. Of a few calls
 * the quickest is shown, since it has the least of other work in it. Needs dist/.
 *
 *   node bench/trace.mjs core 2000/100 [firefox]
 */
import { makeBundles } from './bundles.mjs';
import { Stage } from './stage.mjs';

const CALLS = 5;

const [contestant = 'core', delays = '0/0', browser = 'chromium'] = process.argv.slice(2);
const [cameraMs, signalMs] = delays.split('/').map(Number);

await makeBundles();
const stage = await Stage.open(browser);
const page = await stage.page('frames.html');
const urls = [stage.url('side.html', 'ana.localhost'), stage.url('side.html', 'ben.localhost')];
await page.evaluate((list) => globalThis.bench.keepProcesses(list), urls);

/** Notes what the frames say from now on. */
await page.evaluate(() => {
  const describe = ({ rtc, description, candidate, candidates }) =>
    [
      rtc && `${rtc.kind}, number ${rtc.seq}, confirms ${rtc.ack}`,
      description?.type,
      (candidates ?? candidate) && `${candidates?.length ?? 1} candidates`,
    ]
      .filter(Boolean)
      .join(', ');
  globalThis.said = [];
  addEventListener('message', ({ data: { what, text }, source }) => {
    const frames = [...document.querySelectorAll('iframe')].map(({ contentWindow }) => contentWindow);
    const who = frames.at(-2) === source ? 'Ana' : 'Ben';
    globalThis.said.push({
      at: performance.now(),
      line: `${who} ${what} ${text ? describe(JSON.parse(text)) : ''}`,
    });
  });
});

let best = { pictureMs: Infinity, said: [] };
for (let count = 0; count < CALLS; count++) {
  await page.evaluate(() => globalThis.said.splice(0));
  const options = { contestant, urls, cameraMs, signalMs, services: stage.services };
  const { pictureMs } = await page.evaluate((argument) => globalThis.bench.call(argument), options);
  const said = await page.evaluate(() => globalThis.said);
  await page.evaluate(() => globalThis.bench.hangUp());
  if (pictureMs < best.pictureMs) best = { pictureMs, said };
}
const start = best.said.findLast(({ line }) => line.includes('picture'))?.at - best.pictureMs;
console.log(`${contestant} ${delays} in ${await stage.version}`);
for (const { at, line } of best.said) {
  if (at >= start) console.log(`${(at - start).toFixed(1).padStart(8)} ${line}`);
}
await stage.close();
process.exit(); // see run.mjs
