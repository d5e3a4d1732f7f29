/** Puts two ends of a call into frames, carries their signals, and keeps the clock. */

/** Somebody who waits has been there for so long, camera open, when the other one joins. */
const WAITING_MS = 1500;
const PREPARE_MS = 20_000;
/** A person looks at a page for a moment before they join: by then it has been painted. */
const REST_MS = 400;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Frame {
  #element = Object.assign(document.createElement('iframe'), { allow: 'camera; microphone; autoplay' });
  #waiting = new Map();
  /** Called with everything that the frame says. */
  onsaid = () => {};

  constructor(url) {
    this.#element.src = url;
    addEventListener('message', this.#hear);
    document.body.append(this.#element);
  }

  order(order, details) {
    this.#element.contentWindow.postMessage({ order, ...details }, '*');
  }

  /** Resolves when the frame says this next. */
  said(what, limitMs) {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`no "${what}" within ${limitMs} ms`)), limitMs);
      const done = (settle) => (value) => {
        clearTimeout(limit);
        settle(value);
      };
      this.#waiting.set(what, done(resolve));
      this.#waiting.set(
        'failed',
        done(({ reason }) => reject(new Error(reason))),
      );
    });
  }

  remove() {
    removeEventListener('message', this.#hear);
    this.#element.remove();
  }

  #hear = ({ source, data }) => {
    if (source !== this.#element.contentWindow) return;
    this.onsaid(data);
    const waiting = this.#waiting.get(data.what);
    this.#waiting.delete(data.what);
    waiting?.(data);
  };
}

/** The two ends of the call that stands. */
let frames = [];

/**
 * Makes a call and keeps it.
 *
 * @param {object} options
 * @param {string} options.contestant
 * @param {string[]} options.urls of the two frames
 * @param {number} options.cameraMs how long each camera takes to open
 * @param {number} options.signalMs how long each signal takes
 * @param {boolean} [options.isJoining] the first end waits already, and the clock starts when the second one starts
 * @param {boolean} [options.isSilent] see hooks/camera.mjs
 * @param {object} options.services see contestants/textbook.mjs
 * @param {number} [options.limitMs]
 * @returns {Promise<{ pictureMs: number, connectedMs: number, messages: number, bytes: number }>} times until both
 *   ends see the other one, and until both are connected; messages and bytes of both ends until then
 */
async function call({
  contestant,
  urls,
  cameraMs,
  signalMs,
  isJoining,
  isSilent,
  services,
  limitMs = 20_000,
}) {
  const room = Math.random().toString(36).slice(2);
  frames = urls.map((url) => new Frame(url));
  await Promise.all(frames.map((frame) => frame.said('loaded', PREPARE_MS)));
  const names = ['Ana', 'Ben'];
  await Promise.all(
    frames.map((frame, index) => {
      frame.order('prepare', {
        ...{ contestant, room, services, cameraMs, signalMs, isSilent },
        ...{ name: names[index], others: [names[1 - index]] },
      });
      return frame.said('ready', PREPARE_MS);
    }),
  );
  await pause(REST_MS);

  let startedAt = 0;
  let sent = { messages: 0, bytes: 0 };
  const at = { connected: new Map(), picture: new Map() };
  const finished = new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`no picture within ${limitMs} ms`)), limitMs);
    let untilConnected;
    frames.forEach((frame, index) => {
      const other = frames[1 - index];
      const deliver = (text) => other.order('signal', { text });
      frame.onsaid = ({ what, bytes, text, reason }) => {
        if (what === 'failed') reject(new Error(reason));
        if (what === 'sent') {
          sent.messages++;
          sent.bytes += bytes;
          if (text && signalMs > 0) setTimeout(deliver, signalMs, text);
          else if (text) deliver(text);
        }
        if (!at[what] || at[what].has(index)) return;
        at[what].set(index, performance.now() - startedAt);
        if (at.connected.size === 2) untilConnected ??= { ...sent };
        if (at.picture.size < 2) return;
        clearTimeout(limit);
        resolve({
          pictureMs: Math.max(...at.picture.values()),
          connectedMs: Math.max(...at.connected.values()),
          ...(untilConnected ?? sent),
        });
      };
    });
  });

  const [waiting, joining] = frames;
  if (isJoining) {
    const opened = waiting.said('opened', PREPARE_MS);
    waiting.order('start', { isInitiator: false });
    await opened;
    await pause(WAITING_MS);
    sent = { messages: 0, bytes: 0 };
    startedAt = performance.now();
    joining.order('start', { isInitiator: true });
  } else {
    startedAt = performance.now();
    waiting.order('start', { isInitiator: true });
    joining.order('start', { isInitiator: false });
  }
  return finished;
}

/** What both ends have counted so far. */
async function report() {
  return Promise.all(
    frames.map((frame) => {
      const said = frame.said('report', PREPARE_MS);
      frame.order('report');
      return said;
    }),
  );
}

/** Ends the call that stands, and takes its frames away. */
async function hangUp() {
  const former = frames;
  frames = [];
  await Promise.all(
    former.map((frame) => {
      const ended = frame.said('ended', 2000).catch(() => {}); // one that is stuck goes with its frame
      frame.order('end');
      return ended;
    }),
  );
  for (const frame of former) frame.remove();
}

/** Keeps a process for the origin of each frame, so that no call pays for starting one. */
function keepProcesses(urls) {
  for (const url of urls) {
    const frame = Object.assign(document.createElement('iframe'), { src: url, hidden: true });
    document.body.append(frame);
  }
}

globalThis.bench = { call, report, hangUp, keepProcesses };
