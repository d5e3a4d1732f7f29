/**
 * What must hold, each against another contestant of the same run or as a plain count. `limit` is the target;
 * `guard` is where the short form fails, since few rounds on a busy machine scatter. The full form goes by medians;
 * the short one by the best round of each contestant, since other work on the machine only ever adds.
 */
import { median, quantile } from './figures.mjs';

/** First picture against the textbook code, after the camera's time has been taken off both. */
const againstTextbook =
  (scenario, cameraMs = 0) =>
  (scenarios, pick) => {
    const added = (contestant) =>
      pick(scenarios[scenario][contestant].map(({ pictureMs }) => pictureMs)) - cameraMs;
    return added('rtc-call') / added('textbook');
  };

const messagesUntilConnected = (scenarios, pick) =>
  pick(scenarios['500/50']['rtc-call'].map(({ messages }) => messages));

/**
 * @typedef {object} Target
 * @property {string} measurement
 * @property {string} what
 * @property {number} limit the figure must not be larger
 * @property {number} guard the same in the short form
 * @property {number} [digits] after the point (0)
 * @property {(result: object, pick: (values: number[]) => number) => number} figure from the measurement's result in
 *   one browser, of several rounds as `pick` says; NaN where every call failed, which misses any target
 */

/** @type {Target[]} */
export const targets = [
  {
    measurement: 'first-picture',
    what: 'time added after the camera is open, 2000/100, × textbook',
    limit: 0.4,
    guard: 0.6,
    digits: 2,
    figure: againstTextbook('2000/100', 2000),
  },
  {
    measurement: 'first-picture',
    what: 'first picture, 500/50, × textbook',
    limit: 0.88,
    guard: 0.97,
    digits: 2,
    figure: againstTextbook('500/50'),
  },
  {
    measurement: 'first-picture',
    what: 'first picture, 0/0, × textbook',
    limit: 1.1,
    guard: 1.5, // the best of three rounds was 1.2 in Chromium, 1.0 in Firefox; one picture of the camera is 0.3
    digits: 2,
    figure: againstTextbook('0/0'),
  },
  {
    measurement: 'first-picture',
    what: 'messages until connected, 500/50',
    limit: 10,
    guard: 12,
    figure: messagesUntilConnected,
  },
  {
    measurement: 'memory',
    what: 'connections not closed',
    limit: 0,
    guard: 0,
    figure: (contestants) => contestants['rtc-call'].open,
  },
  {
    measurement: 'memory',
    what: 'videos left outside templates',
    limit: 0,
    guard: 0,
    figure: (contestants) => contestants['rtc-call'].videos,
  },
  {
    measurement: 'memory',
    what: 'heap left, bytes a call',
    limit: 2048,
    guard: 6144, // few calls: what is made once weighs more
    figure: (contestants) => contestants['rtc-call'].heapPerCall,
  },
  {
    measurement: 'in-call',
    what: 'renders of tiles a minute, while statistics tick',
    limit: 0,
    guard: 0,
    figure: (contestants) => contestants['rtc-call'].tileRenders,
  },
  {
    measurement: 'groups',
    what: 'messages between those already connected when one more joins',
    limit: 0,
    guard: 0,
    figure: ({ messagesAmongOthers }) => messagesAmongOthers,
  },
  {
    measurement: 'groups',
    what: 'messages a pair when the eighth joins, × when the second does',
    limit: 1.25,
    guard: 1.5,
    digits: 2,
    figure: ({ pairGrowth }) => pairGrowth,
  },
];

/**
 * Holds the result of one measurement against its targets.
 *
 * @param {string} name of the measurement
 * @param {string} browser
 * @param {object} result
 * @param {boolean} isShort
 */
export function judge(name, browser, result, isShort) {
  const pick = isShort ? (values) => quantile(values, 0) : median;
  return targets
    .filter(({ measurement }) => measurement === name)
    .map(({ what, limit, guard, digits = 0, figure }) => {
      const value = figure(result, pick);
      const most = isShort ? guard : limit;
      return { browser, what, most, digits, value, isMissed: !(value <= most) };
    });
}
