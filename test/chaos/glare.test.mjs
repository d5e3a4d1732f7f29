/**
 * Both sides add and take away what they send at the same time, again and again: the negotiation settles, no media
 * section is missing or too many, what is on flows and what is off does not.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { browsersUnderTest } from '../helpers/browser.mjs';
import { Random } from './browsers/random.mjs';
import { Stage } from './browsers/stage.mjs';

const rounds = process.env.RTC_FULL ? 500 : 60;
/** Calls at the same time, which share the rounds. */
const concurrency = 4;
/** A round has so long to settle. */
const settleMs = 20_000;
/** Data, sound, picture, and a screen of each side. */
const maxSections = 5;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One side: what it is set to send. */
class Sender {
  #settings = { noAudio: false, noVideo: false };
  #stream = null;
  #screen = false;

  /** What the others should be told and get. */
  get media() {
    const { noAudio, noVideo } = this.#settings;
    return {
      microphone: this.#stream?.includes('microphone') ?? !noAudio,
      camera: this.#stream?.includes('camera') ?? !noVideo,
      screen: this.#screen,
    };
  }

  /** The next change, at random. */
  change(random) {
    const action = this.#choose(random);
    return { ...action, media: this.media };
  }

  #choose(random) {
    switch (random.weighted({ screen: 4, noAudio: 1, noVideo: 2, stream: 2 })) {
      case 'screen':
        this.#screen = !this.#screen;
        return { kind: 'screen', on: this.#screen };
      case 'noAudio':
        this.#settings.noAudio = !this.#settings.noAudio;
        return { kind: 'set', properties: { ...this.#settings } };
      case 'noVideo':
        this.#settings.noVideo = !this.#settings.noVideo;
        return { kind: 'set', properties: { ...this.#settings } };
      default:
        this.#stream = random.pick([null, ['microphone'], ['camera'], ['microphone', 'camera']]);
        return { kind: 'stream', kinds: this.#stream };
    }
  }
}

/** What is wrong with the two ends of a connection, or empty. */
function compareEnds(atA, atB) {
  if (atA.length !== 1 || atB.length !== 1) return `${atA.length} and ${atB.length} connections`;
  const [[a], [b]] = [atA, atB];
  if (a.signalingState !== 'stable' || b.signalingState !== 'stable') {
    return `${a.signalingState} and ${b.signalingState}`;
  }
  const lists = [a.local, a.remote, b.local, b.remote].map((mids) => mids.join());
  if (new Set(lists).size > 1) return `sections differ: ${lists.join(' | ')}`;
  for (const { local, transceivers } of [a, b]) {
    const isWhole = transceivers.length === local.length - 1 && !transceivers.includes(null);
    if (!isWhole) return `sections ${local}, but transceivers ${transceivers}`;
  }
  return a.local.length > maxSections ? `${a.local.length} sections: ${a.local}` : '';
}

/** Plays rounds of one call. @returns {Promise<number>} the most sections that it had */
async function playRounds(pair, seed, count) {
  const random = new Random(seed);
  const senders = { a: new Sender(), b: new Sender() };
  const ids = { a: [`a${seed}`], b: [`b${seed}`] };
  const plan = (key) => ({ ids: ids[key], source: 'devices', faults: null, media: senders[key].media });
  const other = (key) => (key === 'a' ? 'b' : 'a');
  const history = [];

  /** What is wrong now, or empty. */
  const look = async () => {
    const health = await pair.both('health', seed, (key) => ({ ...plan(other(key)), isExact: true }));
    return health.filter(Boolean).join(' / ') || compareEnds(...(await pair.both('inspect', seed)));
  };
  const settle = async () => {
    const deadline = performance.now() + settleMs;
    let wrong = await look();
    while (wrong && performance.now() < deadline) {
      await wait(100);
      wrong = await look();
    }
    if (!wrong) return;
    const reports = await pair.both('report', seed);
    throw new Error(
      [`seed ${seed}, round ${history.length}: ${wrong}`, ...history, ...reports.flat()].join('\n'),
    );
  };

  await pair.both('load', seed, (key) => ({ plan: plan(key), seed }));
  await pair.both('start', seed);
  await settle();
  let most = 0;
  for (let round = 0; round < count; round++) {
    const actions = { a: senders.a.change(random), b: senders.b.change(random) };
    history.push(JSON.stringify(actions));
    await pair.actTogether(seed, actions);
    await settle();
    const [[{ local }]] = await pair.both('inspect', seed);
    most = Math.max(most, local.length);
  }
  const closed = await pair.both('close', seed);
  assert.deepEqual(
    closed.flatMap(({ problems, errors }) => [...problems, ...errors]),
    [],
  );
  return most;
}

describe('changes on both sides at once', () => {
  let stage;
  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  const installed = browsersUnderTest();
  const pairings = [
    ['chromium', 'chromium'],
    ['firefox', 'firefox'],
    ['chromium', 'firefox'],
  ];
  for (const pairing of pairings.filter((names) => names.every((name) => installed.includes(name)))) {
    it(`settle, ${rounds} rounds: ${pairing.join('–')}`, async () => {
      const pair = await stage.openPair(pairing);
      try {
        const began = performance.now();
        const shares = Array.from({ length: concurrency }, (_, at) =>
          playRounds(pair, at, rounds / concurrency),
        );
        const most = Math.max(...(await Promise.all(shares)));
        const seconds = ((performance.now() - began) / 1000).toFixed(1);
        console.log(`${pairing.join('–')}: ${rounds} rounds in ${seconds} s, at most ${most} media sections`);
        assert.deepEqual(pair.problems, []);
      } finally {
        await pair.close();
      }
    });
  }
});
