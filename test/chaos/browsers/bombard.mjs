/** Puts hostile messages into a call and looks at what they do to it. */
import { HostileMessages } from './hostile.mjs';
import { Random } from './random.mjs';

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Below what a call takes a second, so that most get past its limit. */
const perSecond = 85;
/** As many at once, now and then. */
const floodSize = 450;
/** Between two looks at the picture and the state. */
const lookMs = 200;

/** Everything within, through shadow roots. */
function* elementsIn(root) {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    if (element.shadowRoot) yield* elementsIn(element.shadowRoot);
  }
}

/** Prototypes that a careless merge would write to, of the side's page and of this one. */
const prototypes = (window) =>
  [window, globalThis].flatMap((realm) => [
    realm.Object.prototype,
    realm.Array.prototype,
    realm.Function.prototype,
  ]);

const ownKeysOf = (objects) => objects.map((object) => Reflect.ownKeys(object).map(String).join());

/** Does nothing for `ms`. @returns {number} the longest time between two looks at the clock */
function idle(ms) {
  let longest = 0;
  const began = performance.now();
  for (let last = began, now = began; now - began < ms; last = now) {
    now = performance.now();
    longest = Math.max(longest, now - last);
  }
  return longest;
}

/**
 * Gives messages to a call, one after the other, and takes the time of each. What other programs take away is
 * taken too, in between: by a loop that does nothing but look at the clock.
 */
class Gun {
  times = [];
  /** The longest that the idle loop beside each message was stopped, in ms. */
  pauses = [];
  /** The slowest, first the slowest of all. */
  slowest = [];
  thrown = [];

  constructor(call, messages) {
    this.call = call;
    this.messages = messages;
  }

  fire() {
    const { message, sender } = this.messages.next();
    const began = performance.now();
    try {
      this.call.receiveSignal(message, sender);
    } catch (error) {
      this.thrown.push(String(error?.stack ?? error));
    }
    const ms = performance.now() - began;
    this.times.push(ms);
    this.pauses.push(idle(Math.max(0.5, ms)));
    if (ms <= (this.slowest[4]?.ms ?? 0)) return;
    this.slowest.push({ ms, what: this.#describe(message) });
    this.slowest.sort((one, other) => other.ms - one.ms).splice(5);
  }

  /** @param {number} count messages, most at the pace that a call takes, some as a flood */
  async fireAll(count) {
    let floods = 0;
    while (this.times.length < count) {
      if (this.times.length > (floods + 1) * 2500) {
        floods++;
        for (let left = floodSize; left > 0; left--) this.fire();
      }
      this.fire();
      await wait(1000 / perSecond);
    }
  }

  #describe(message) {
    try {
      return (typeof message === 'string' ? message : JSON.stringify(message)).slice(0, 300);
    } catch {
      return typeof message;
    }
  }
}

/**
 * @param {import('./side.mjs').Side} side that is attacked, in a call with `other`
 * @param {import('./side.mjs').Side} other in the same page
 * @param {{ seed: number, count: number }} plan
 * @returns {Promise<object>} what it took and what it did: `times` in ms; `unwell`: what was wrong with the call when
 */
export async function bombard(side, other, { seed, count }) {
  const { window, call } = side;
  const identify = ({ call: { peerId } }) => {
    const { session } = side.sent.map((text) => JSON.parse(text).rtc).findLast(({ from }) => from === peerId);
    return { id: peerId, session };
  };
  const knowledge = { real: side.sent, own: identify(side), other: identify(other) };
  const messages = new HostileMessages(new Random(seed), knowledge);
  const gun = new Gun(call, messages);
  const before = ownKeysOf(prototypes(window));
  const [participant] = call.participants;
  const track = participant.stream.getVideoTracks()[0];
  const connection = side.connections[0];
  const unwell = [];
  const note = (what) => {
    if (unwell.length < 20) unwell.push(`after ${gun.times.length} messages: ${what}`);
  };
  const noteLeave = ({ detail }) => {
    if (detail.participant.id === participant.id) note(`${participant.id} left: ${detail.reason}`);
  };
  const notePhase = ({ detail }) => note(`phase ${detail.phase}`);
  call.addEventListener('rtc-participant-leave', noteLeave);
  call.addEventListener('rtc-phase-change', notePhase);

  let isOver = false;
  const watching = (async () => {
    let decoded = -1;
    let grewAt = performance.now();
    while (!isOver) {
      const now = performance.now();
      for (const stats of (await connection.getStats()).values()) {
        if (stats.type !== 'inbound-rtp' || stats.trackIdentifier !== track.id) continue;
        if (stats.framesDecoded > decoded) grewAt = now;
        decoded = stats.framesDecoded;
      }
      if (now - grewAt > 2000) {
        note('no picture for 2 s');
        grewAt = now;
      }
      const state = call.participants.find(({ id }) => id === participant.id)?.connection;
      if (state !== 'connected') note(`${participant.id} is ${state}`);
      if (connection.signalingState === 'closed') note('its connection was closed');
      await wait(lookMs);
    }
  })();
  await gun.fireAll(count);
  isOver = true;
  await watching;
  call.removeEventListener('rtc-participant-leave', noteLeave);
  call.removeEventListener('rtc-phase-change', notePhase);
  return {
    ...look(window, before),
    times: gun.times,
    pauses: gun.pauses,
    slowest: gun.slowest,
    thrown: gun.thrown,
    unwell,
  };
}

/** The same into a call that has not started, and shows who calls. */
export async function bombardIdle(side, { seed, count }) {
  const { window } = side;
  const call = window.document.createElement('rtc-call');
  window.document.body.append(call);
  const before = ownKeysOf(prototypes(window));
  const [own, other] = [call.peerId, 'mallory'].map((id) => ({ id, session: '0'.repeat(32) }));
  const real = [
    JSON.stringify({
      rtc: { version: 1, kind: 'hello', from: other.id, session: other.session, seq: 0, ack: 0 },
    }),
  ];
  const gun = new Gun(call, new HostileMessages(new Random(seed), { real, own, other }));
  await gun.fireAll(count);
  const result = look(window, before);
  const { phase } = call;
  call.remove();
  return { ...result, times: gun.times, pauses: gun.pauses, slowest: gun.slowest, thrown: gun.thrown, phase };
}

/** What the messages left behind in the page. */
function look(window, before) {
  const rendered = [...elementsIn(window.document)].filter((element) => element.hasAttribute('data-hostile'));
  return {
    isOwned: Boolean(window.isOwned || globalThis.isOwned),
    rendered: rendered.map(({ outerHTML }) => outerHTML),
    isPolluted: ownKeysOf(prototypes(window)).join() !== before.join() || 'isPolluted' in {},
    names: [...window.document.querySelectorAll('rtc-call')].flatMap((call) =>
      call.participants.map(({ name }) => name),
    ),
  };
}
