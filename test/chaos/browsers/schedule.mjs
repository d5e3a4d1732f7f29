/** What happens in one call under faults, all of it from one seed. */
import { Random } from './random.mjs';

/** Of five calls three are in Chromium, one in Firefox, and one between the two. */
const PAIRINGS = [
  ['firefox', 'firefox'],
  ['chromium', 'firefox'],
  ['chromium', 'chromium'],
  ['chromium', 'chromium'],
  ['chromium', 'chromium'],
];

/** The browsers of the two sides of a call. */
export const pairingOf = (seed) => PAIRINGS[seed % PAIRINGS.length];

const ACTIONS = {
  reload: 4,
  rejoin: 1.5,
  microphone: 1,
  camera: 1.5,
  screen: 1.5,
  glare: 1.5,
  outage: 1.5,
  rename: 0.5,
};

const HEALTHY = { loss: 0, duplication: 0, reordering: 0, echo: 0, traffic: 0, minMs: 0, maxMs: 0 };

function makeFaults(random) {
  const share = (likelihood, most) => (random.chance(likelihood) ? random.next() * most : 0);
  if (random.chance(0.1)) return HEALTHY;
  return {
    loss: share(0.7, 0.3),
    duplication: share(0.5, 0.3),
    reordering: share(0.5, 0.4),
    echo: share(0.3, 0.5),
    traffic: share(0.3, 0.5),
    minMs: random.between(0, 50),
    maxMs: random.between(50, 150),
  };
}

function makeSide(random, name, seed, startsAtMs) {
  return {
    id: `${name}${seed}`,
    startsAtMs,
    /** `page`: a stream of the page; `devices`: getUserMedia; `sound`: a stream of the page without a picture. */
    source: random.weighted({ page: 5, devices: 3, sound: 2 }),
    builtInLayout: random.chance(0.2),
    asText: random.chance(0.5),
    namesSender: random.chance(0.3),
    faults: makeFaults(random),
    actions: [],
    /** Every id that the side has had, the last one first. */
    ids: [`${name}${seed}`],
    media: { microphone: true, camera: true, screen: false },
  };
}

/** Adds an action, and notes what the side sends and is called after it. */
function addAction(side, random, kind, atMs) {
  const { media } = side;
  switch (kind) {
    case 'reload': {
      const action = { kind, atMs, how: random.pick(['reload', 'remove', 'crash']) };
      if (action.how !== 'reload') action.pauseMs = random.between(0, 300);
      if (random.chance(0.3)) action.id = `${side.id}-${side.ids.length}`;
      if (action.id) side.ids.unshift(action.id);
      side.actions.push(action);
      side.media = { microphone: true, camera: true, screen: false };
      break;
    }
    case 'rejoin':
      side.actions.push({ kind, atMs, pauseMs: random.between(0, 300) });
      media.screen = false;
      break;
    case 'microphone':
    case 'camera':
    case 'screen':
      if (kind === 'camera' && side.source === 'sound') break;
      media[kind] = !media[kind];
      side.actions.push({ kind, atMs, on: media[kind] });
      break;
    case 'outage':
      side.actions.push({ kind, atMs, forMs: random.between(100, 1000), keeps: random.chance(0.5) });
      break;
    case 'rename':
      side.actions.push({ kind, atMs, name: random.pick(['Ana', 'Ben', 'Cleo', '']) });
      break;
    default:
      throw new Error(`There is no action ${kind}.`);
  }
}

/**
 * @param {number} seed
 * @returns {{ seed: number, pairing: [string, string], faultsUntilMs: number, sides: [object, object] }} the sides
 *   with their actions in order of time, and with the ids and the media that they end up with
 */
export function makeSchedule(seed) {
  const random = new Random(seed);
  const faultsUntilMs = random.between(300, 2000);
  const startsAtMs = random.pick([
    [0, 0],
    [0, random.between(0, 400)],
    [random.between(0, 400), 0],
  ]);
  const sides = ['a', 'b'].map((name, index) => makeSide(random, name, seed, startsAtMs[index]));
  const times = Array.from({ length: random.between(0, 5) }, () => random.between(0, faultsUntilMs));
  for (const atMs of times.sort((one, other) => one - other)) {
    const kind = random.weighted(ACTIONS);
    if (kind === 'glare') {
      for (const side of sides) addAction(side, random, 'screen', atMs);
    } else {
      addAction(random.pick(sides), random, kind, atMs);
    }
  }
  for (const side of sides) {
    const hasCamera = side.source !== 'sound';
    if (!side.media.microphone && !(hasCamera && side.media.camera)) {
      addAction(side, random, 'microphone', faultsUntilMs); // so that there are media to see whether it lives
    }
    side.media.camera &&= hasCamera;
  }
  return { seed, pairing: pairingOf(seed), faultsUntilMs, sides };
}
