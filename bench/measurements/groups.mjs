/** Groups in a mesh: what it takes until all see all, and what one more costs. */
import { line, median, number, spread, table } from '../figures.mjs';

const SIZES = [2, 3, 4, 5, 6, 7, 8];

export const groups = {
  name: 'groups',
  browsers: ['chromium', 'firefox'],
  rounds: { full: 3, short: 1 },

  async run(stage, { rounds, log }) {
    const together = SIZES.map((size) => ({ size, runs: [] }));
    const joining = [];
    for (let round = 1; round <= rounds; round++) {
      for (const entry of together) entry.runs.push(await measure(stage, 'together', entry.size));
      joining.push(await measure(stage, 'oneByOne', SIZES.at(-1)));
      log(`round ${round} of ${rounds}`);
    }
    const steps = SIZES.map((size, index) => ({ size, runs: joining.map((run) => run.steps[index]) }));
    const perPair = ({ size, runs }) => median(runs.map(({ messages }) => messages)) / (size - 1);
    return {
      together,
      steps,
      pairGrowth: perPair(steps.at(-1)) / perPair(steps[0]),
      messagesAmongOthers: Math.max(
        ...steps.flatMap(({ runs }) => runs.map(({ amongOthers }) => amongOthers)),
      ),
    };
  },

  report: ({ together, steps }) => [
    'All start at once:',
    curve(together, ['participants', 'until all see all, ms', 'messages', 'main thread, s']),
    'One more joins; messages from it and to it:',
    curve(steps, [
      'joins as number',
      'until it and the others see each other, ms',
      'messages',
      'main thread, s',
    ]),
  ],
};

async function measure(stage, how, size) {
  const page = await stage.page('mesh.html');
  const session = stage.name === 'chromium' ? await page.createCDPSession() : null;
  await session?.send('Performance.enable');
  const taskS = async () =>
    (await session?.send('Performance.getMetrics'))?.metrics.find(({ name }) => name === 'TaskDuration')
      .value ?? NaN;
  try {
    if (how === 'together') {
      const before = await taskS();
      const run = await page.evaluate((count) => globalThis.bench.together(count), size);
      return { ...run, taskS: (await taskS()) - before };
    }
    await page.evaluate(() => globalThis.bench.first());
    const steps = [];
    for (let count = 2; count <= size; count++) {
      const before = await taskS();
      const step = await page.evaluate(() => globalThis.bench.oneMore());
      steps.push({ ...step, taskS: (await taskS()) - before });
    }
    return { steps };
  } finally {
    await page.close();
  }
}

function curve(entries, head) {
  const of = (runs, what) => runs.map((run) => run[what]);
  const slope = (what) => line(entries.map(({ size, runs }) => [size, median(of(runs, what))])).slope;
  return table(head, [
    ...entries.map(({ size, runs }) => [
      size,
      spread(of(runs, 'allMs')),
      spread(of(runs, 'messages')),
      spread(of(runs, 'taskS'), 2),
    ]),
    ['slope, a participant', number(slope('allMs')), number(slope('messages'), 1), number(slope('taskS'), 3)],
  ]);
}
