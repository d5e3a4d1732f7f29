/** A group of controllers in one page; what one sends all others get. */
import { CallController } from '../../dist/core.js';
import { pictures } from './hooks/pictures.mjs';
import { showIn } from './show.mjs';

const LIMIT_MS = 60_000;
/** Late acknowledgements and the like belong to the cost of joining, too. */
const SETTLE_MS = 2000;

const members = [];
const show = showIn(document.body);
/** Every message as it was sent: by whom, and to whom, unless to all. */
let sent = [];
let pictureCount = 0;
let onpicture = () => {};
pictures.onpicture = () => {
  pictureCount++;
  onpicture();
};

/** Small pictures that move: what is measured is the group, not the codec. */
function draw() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
  const context = canvas.getContext('2d');
  let count = 0;
  setInterval(() => {
    context.fillStyle = `hsl(${(count++ * 7) % 360} 80% 50%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 100);
  return canvas.captureStream(10);
}
const camera = draw();

function make() {
  const id = `p${members.length}`;
  const call = new CallController({ name: id, peerId: id, localStream: camera.clone() });
  call.addEventListener('signal', ({ detail }) => {
    const text = JSON.stringify(detail);
    sent.push({ from: id, to: detail.rtc.to, kind: detail.rtc.kind });
    for (const other of members) {
      if (other !== call) queueMicrotask(() => other.receiveSignal(text));
    }
  });
  call.addEventListener('participant-join', ({ detail }) => show(detail.participant.stream));
  members.push(call);
  return call;
}

/** Resolves when so many pictures have been seen in all. */
const untilPictures = (count) =>
  new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error(`${pictureCount} of ${count} pictures within ${LIMIT_MS} ms`)),
      LIMIT_MS,
    );
    onpicture = () => {
      if (pictureCount < count) return;
      clearTimeout(limit);
      resolve();
    };
    onpicture();
  });

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function start(calls) {
  sent = [];
  const begin = performance.now();
  for (const call of calls) void call.start();
  await untilPictures(members.length * (members.length - 1));
  const allMs = performance.now() - begin;
  await pause(SETTLE_MS);
  return { allMs, messages: sent.length };
}

globalThis.bench = {
  /** Everybody starts in one task. */
  together: (size) => start(Array.from({ length: size }, make)),
  first: () => start([make()]),
  /** One more joins those who are connected. Their regular hello to all is not counted. */
  async oneMore() {
    const call = make();
    const { allMs } = await start([call]);
    const { id } = call;
    const concerns = sent.filter(({ from, to }) => from === id || to === id);
    const amongOthers = sent.filter(({ from, to, kind }) => from !== id && to !== id && kind !== 'hello');
    return { allMs, messages: concerns.length, amongOthers: amongOthers.length };
  },
};
