/** What it costs to be in a call: work of the main thread, renders and timers, while nothing happens but the call. */
import { number, table } from '../figures.mjs';

const CONTESTANTS = ['textbook', 'simple-peer', 'peerjs', 'core', 'rtc-call'];
const TILES = ['rtc-local-video', 'rtc-remote-video'];

/** Until estimates of bandwidth and sizes of pictures have settled. */
const SETTLE_MS = 12_000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const inCall = {
  name: 'in-call',
  browsers: ['chromium'],
  rounds: { full: 3, short: 1 },
  /** How long is looked at in each round. */
  windowMs: { full: 30_000, short: 10_000 },

  async run(stage, { rounds, isShort, log, windowMs = this.windowMs[isShort ? 'short' : 'full'] }) {
    const contestants = isShort ? ['rtc-call'] : CONTESTANTS;
    const samples = Object.fromEntries(contestants.map((name) => [name, []]));
    for (let round = 1; round <= rounds; round++) {
      for (const contestant of contestants)
        samples[contestant].push(await observe(stage, contestant, windowMs));
      log(`round ${round} of ${rounds}`);
    }
    return Object.fromEntries(
      Object.entries(samples).map(([name, list]) => {
        const least = list.reduce((one, other) => (other.taskS < one.taskS ? other : one));
        return [name, { ...least, tileRenders: Math.max(...list.map(({ tileRenders }) => tileRenders)) }];
      }),
    );
  },

  report: (contestants) => [
    'One end, per minute. Both ends are in one process, the figures are halved. Of several rounds the one with the least work counts, and the most renders of tiles.',
    table(
      [
        'contestant',
        'main thread, s',
        'script, s',
        'style and layout, s',
        'timers',
        'tile renders',
        'other renders',
      ],
      Object.entries(contestants).map(([name, one]) => [
        ...[name, number(one.taskS, 2), number(one.scriptS, 2), number(one.layoutS, 3), number(one.timers)],
        ...[number(one.tileRenders), number(one.otherRenders)],
      ]),
    ),
  ],
};

async function observe(stage, contestant, windowMs) {
  const page = await stage.page('frames.html');
  const session = await page.createCDPSession();
  await session.send('Performance.enable');
  const url = stage.url('side.html');
  await page.evaluate((options) => globalThis.bench.call(options), {
    ...{ contestant, urls: [url, url], cameraMs: 0, signalMs: 0, isSilent: true, services: stage.services },
  });
  await pause(SETTLE_MS);
  const look = async () => ({
    metrics: Object.fromEntries(
      (await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]),
    ),
    ends: await page.evaluate(() => globalThis.bench.report()),
  });
  const before = await look();
  await pause(windowMs);
  const after = await look();
  await page.evaluate(() => globalThis.bench.hangUp());
  await page.close();

  const perMinute = 60_000 / windowMs;
  const perEnd = (name) => ((after.metrics[name] - before.metrics[name]) / 2) * perMinute;
  const counted = (count) => {
    const sum = (ends) => ends.reduce((total, end) => total + count(end), 0);
    return ((sum(after.ends) - sum(before.ends)) / 2) * perMinute;
  };
  const rendersOf =
    (isCounted) =>
    ({ renders }) =>
      Object.entries(renders).reduce((total, [tag, times]) => total + (isCounted(tag) ? times : 0), 0);
  return {
    taskS: perEnd('TaskDuration'),
    scriptS: perEnd('ScriptDuration'),
    layoutS: perEnd('LayoutDuration') + perEnd('RecalcStyleDuration'),
    timers: counted(({ timers }) => timers),
    tileRenders: counted(rendersOf((tag) => TILES.includes(tag))),
    otherRenders: counted(rendersOf((tag) => !TILES.includes(tag))),
  };
}
