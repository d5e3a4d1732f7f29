/** Time from the start of a call to the first picture of the other side, on both sides; and what was said until then. */
import { median, number, spread, table } from '../figures.mjs';

const CONTESTANTS = ['textbook', 'simple-peer', 'peerjs', 'trystero', 'core', 'rtc-call'];

/** Of the camera's opening, and of each signal on its way, in milliseconds. */
const SCENARIOS = [
  { name: '0/0', cameraMs: 0, signalMs: 0 },
  { name: '500/50', cameraMs: 500, signalMs: 50 },
  { name: '2000/100', cameraMs: 2000, signalMs: 100 },
  { name: 'joining, 500/50', cameraMs: 500, signalMs: 50, isJoining: true },
];

export const firstPicture = {
  name: 'first-picture',
  browsers: ['chromium', 'firefox'],
  rounds: { full: 9, short: 3 },

  /**
   * @param {import('../stage.mjs').Stage} stage
   * @param {{ rounds: number, isShort: boolean, log: (line: string) => void }} options
   */
  async run(stage, { rounds, isShort, log }) {
    const contestants = isShort ? ['textbook', 'rtc-call'] : CONTESTANTS;
    const scenarios = SCENARIOS.filter(({ isJoining }) => !isShort || !isJoining);
    const page = await stage.page('frames.html');
    const urls = [stage.url('side.html', 'ana.localhost'), stage.url('side.html', 'ben.localhost')];
    await page.evaluate((list) => globalThis.bench.keepProcesses(list), urls);
    const results = Object.fromEntries(
      scenarios.map(({ name }) => [name, Object.fromEntries(contestants.map((one) => [one, []]))]),
    );
    for (let round = 0; round <= rounds; round++) {
      // Each begins a round now and then; the first round warms everything up and does not count.
      const order = contestants.map((_, index) => contestants[(index + round) % contestants.length]);
      for (const { name, ...scenario } of scenarios) {
        for (const contestant of order) {
          const figures = await oneCall(page, { contestant, urls, services: stage.services, ...scenario });
          if (figures.failure) log(`${name} ${contestant}: ${figures.failure}`);
          else if (round > 0) results[name][contestant].push(figures);
        }
      }
      log(round === 0 ? 'warm' : `round ${round} of ${rounds}`);
    }
    await page.close();
    return results;
  },

  report: (scenarios) => [
    'Milliseconds until the first picture is there on both sides:',
    pictureTable(scenarios),
    'Milliseconds until both sides are connected:',
    connectedTable(scenarios),
    'Signaled until connected:',
    signalTable(scenarios),
  ],
};

/** One call; also where it fails, everything is taken away again. */
async function oneCall(page, options) {
  const figures = await page.evaluate(
    (argument) => globalThis.bench.call(argument).catch((error) => ({ failure: error.message })),
    options,
  );
  await page.evaluate(() => globalThis.bench.hangUp());
  return figures;
}

const picturesOf = (runs) => runs.map(({ pictureMs }) => pictureMs);

function pictureTable(scenarios) {
  const names = Object.keys(scenarios);
  const contestants = Object.keys(scenarios[names[0]]);
  const rows = contestants.map((contestant) => [
    contestant,
    ...names.flatMap((name) => {
      const own = picturesOf(scenarios[name][contestant]);
      const textbook = picturesOf(scenarios[name].textbook);
      return [spread(own), number(median(own) / median(textbook), 2)];
    }),
  ]);
  const added = (contestant) => median(picturesOf(scenarios['2000/100'][contestant])) - 2000;
  const addedRows = contestants.map((contestant) => [
    contestant,
    number(added(contestant)),
    number(added(contestant) / added('textbook'), 2),
  ]);
  return [
    table(['contestant', ...names.flatMap((name) => [name, '× textbook'])], rows),
    'Added after the camera is open, at 2000/100:',
    table(['contestant', 'ms', '× textbook'], addedRows),
  ].join('\n\n');
}

function connectedTable(scenarios) {
  const names = Object.keys(scenarios);
  const rows = Object.keys(scenarios[names[0]]).map((contestant) => [
    contestant,
    ...names.map((name) => spread(scenarios[name][contestant].map(({ connectedMs }) => connectedMs))),
  ]);
  return table(['contestant', ...names], rows);
}

function signalTable(scenarios) {
  const names = ['0/0', '500/50', '2000/100'];
  const rows = Object.keys(scenarios[names[0]]).map((contestant) => [
    contestant,
    ...names.flatMap((name) => {
      const runs = scenarios[name][contestant];
      return [
        spread(runs.map(({ messages }) => messages)),
        spread(
          runs.map(({ bytes }) => bytes / 1024),
          1,
        ),
      ];
    }),
  ]);
  return table(['contestant', ...names.flatMap((name) => [`${name}, messages`, 'KiB'])], rows);
}
