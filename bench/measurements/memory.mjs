/** What calls leave behind in a page: many are started and ended, then the garbage is collected. */
import { number, table } from '../figures.mjs';

const CONTESTANTS = ['textbook', 'simple-peer', 'core', 'rtc-call'];

/** The first calls fill caches and compile code. */
const WARM_CALLS = 20;
/** Longer than an element lives on outside the page. */
const GRACE_MS = 4000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const memory = {
  name: 'memory',
  browsers: ['chromium'],
  rounds: { full: 1, short: 1 },
  calls: { full: 200, short: 40 },

  async run(stage, { isShort, log, calls = this.calls[isShort ? 'short' : 'full'] }) {
    const results = {};
    for (const contestant of isShort ? ['rtc-call'] : CONTESTANTS) {
      const page = await stage.page('calls.html');
      const session = await page.createCDPSession();
      await session.send('HeapProfiler.enable');
      await session.send('Performance.enable');
      await makeCalls(page, contestant, WARM_CALLS);
      const before = await look(session);
      await makeCalls(page, contestant, calls);
      const after = await look(session);
      const open = await page.evaluate(() => globalThis.bench.open());
      results[contestant] = {
        calls,
        open,
        connections: after.connections,
        videos: after.videos,
        listeners: after.listeners - before.listeners,
        nodes: after.nodes - before.nodes,
        heapPerCall: (after.heap - before.heap) / calls,
      };
      await page.close();
      log(contestant);
    }
    return results;
  },

  report: (contestants) => [
    `Left behind by calls of two ends in one page, after ${WARM_CALLS} to warm up:`,
    table(
      [
        ...['contestant', 'calls', 'connections not closed', 'connections in memory', 'videos', 'listeners'],
        ...['nodes', 'heap a call, bytes'],
      ],
      Object.entries(contestants).map(([name, one]) => [
        ...[name, one.calls, one.open, one.connections, one.videos, one.listeners, one.nodes],
        number(one.heapPerCall),
      ]),
    ),
  ],
};

/** A few at a time: puppeteer waits three minutes at most for an answer. */
async function makeCalls(page, contestant, calls) {
  for (let made = 0; made < calls; made += WARM_CALLS) {
    const count = Math.min(WARM_CALLS, calls - made);
    await page.evaluate((...options) => globalThis.bench.run(...options), contestant, count);
  }
}

/** What is in memory once nothing more can be collected. */
async function look(session) {
  await pause(GRACE_MS);
  for (let times = 0; times < 3; times++) await session.send('HeapProfiler.collectGarbage');
  const { usedSize: heap } = await session.send('Runtime.getHeapUsage');
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (wanted) => metrics.find(({ name }) => name === wanted).value;
  return {
    heap,
    listeners: metric('JSEventListeners'),
    nodes: metric('Nodes'),
    connections: await count(session, 'RTCPeerConnection', 'true'),
    // A template's content has a document of its own.
    videos: await count(session, 'HTMLVideoElement', 'thing.ownerDocument === document'),
  };
}

/** How many objects of a class are in memory, of those for which an expression about `thing` holds. */
async function count(session, type, condition) {
  const objectGroup = 'count';
  const { result: prototype } = await session.send('Runtime.evaluate', {
    expression: `${type}.prototype`,
    objectGroup,
  });
  const prototypeObjectId = prototype.objectId;
  const { objects } = await session.send('Runtime.queryObjects', { prototypeObjectId, objectGroup });
  const { result } = await session.send('Runtime.callFunctionOn', {
    objectId: objects.objectId,
    functionDeclaration: `function () {
      return this.filter((thing) => !Object.hasOwn(thing, 'constructor') && (${condition})).length;
    }`,
    returnByValue: true,
  });
  await session.send('Runtime.releaseObjectGroup', { objectGroup });
  return result.value;
}
