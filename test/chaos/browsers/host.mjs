/** The page that holds sides of calls, and does what the test says over a WebSocket. */
import { bombard, bombardIdle } from './bombard.mjs';
import { openMedia } from './page-media.mjs';
import { Side } from './side.mjs';

const socket = new WebSocket(new URLSearchParams(location.search).get('socket'));
/** Sides by call and key: `17a`. */
const sides = new Map();

const send = (message) => socket.send(JSON.stringify(message));
const otherKey = (key) => (key === 'a' ? 'b' : 'a');

/** Straight to the other side when it is in this page, else through the test. */
function carry(call, key, text) {
  const other = sides.get(`${call}${key}`);
  if (other) other.receive(text);
  else send({ call, key, signal: text });
}

const commands = {
  async load(call, key, { plan, seed }) {
    const side = new Side(key, plan, seed, (text) => carry(call, otherKey(key), text));
    sides.set(`${call}${key}`, side);
    await side.load();
  },
  start: (call, key) => sides.get(`${call}${key}`).start(),
  play: (call, key, { faultsUntilMs }) => sides.get(`${call}${key}`).play(faultsUntilMs),
  act: (call, key, action) => sides.get(`${call}${key}`).act(action),
  /** Actions of both sides in one task, where both are here. */
  actTogether(call, _, { a, b }) {
    return Promise.all([sides.get(`${call}a`).act(a), sides.get(`${call}b`).act(b)]);
  },
  /** Hostile messages into this side. */
  bombard: (call, key, plan) =>
    bombard(sides.get(`${call}${key}`), sides.get(`${call}${otherKey(key)}`), plan),
  /** A call that is not started, in the page of a side. */
  bombardIdle: (call, key, plan) => bombardIdle(sides.get(`${call}${key}`), plan),
  /** From now on both sides, in this page, keep what they send in one list. */
  remember(call) {
    sides.get(`${call}a`).sent = sides.get(`${call}b`).sent = [];
  },
  inspect: (call, key) => sides.get(`${call}${key}`).inspect(),
  health: (call, key, other) => sides.get(`${call}${key}`).health(other),
  report: (call, key) => sides.get(`${call}${key}`).report(),
  close(call, key) {
    const side = sides.get(`${call}${key}`);
    const result = side.close();
    sides.delete(`${call}${key}`);
    return result;
  },
};

socket.onmessage = async ({ data }) => {
  const { call, key, signal, request, command, argument } = JSON.parse(data);
  if (signal !== undefined) {
    sides.get(`${call}${key}`)?.receive(signal);
    return;
  }
  try {
    send({ request, result: await commands[command](call, key, argument) });
  } catch (error) {
    send({ request, failure: error?.stack ?? String(error) });
  }
};
socket.onopen = async () => {
  try {
    await openMedia();
    send({ ready: true });
  } catch (error) {
    send({ ready: false, failure: String(error) });
  }
};
