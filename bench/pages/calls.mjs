/** Calls of two ends in one page, started and ended one after another. */
import { camera } from './hooks/camera.mjs';
import { connections } from './hooks/connections.mjs';
import { showIn } from './show.mjs';

const CONNECT_MS = 15_000;

/** As little as possible to capture and encode. */
camera.constraints = { audio: true, video: { width: 64, height: 48, frameRate: 10 } };

/** Resolves when both connections of the call that begins stand. */
const bothConnected = () =>
  new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('not connected')), CONNECT_MS);
    let count = 0;
    connections.onconnected = () => {
      if (++count < 2) return;
      clearTimeout(limit);
      connections.onconnected = () => {};
      resolve();
    };
  });

async function oneCall(prepare) {
  const place = document.createElement('div');
  document.body.append(place);
  const show = showIn(place);
  const ends = [];
  for (const [index, name] of ['Ana', 'Ben'].entries()) {
    const send = (message) => {
      const text = JSON.stringify(message);
      queueMicrotask(() => ends[1 - index].receive(JSON.parse(text)));
    };
    ends.push(await prepare({ name, others: [], room: '', send, show, place, services: {} }));
  }
  const connected = bothConnected();
  await Promise.all([...ends.map((end, index) => end.start(index === 0)), connected]);
  for (const end of ends) end.end();
  for (const video of place.querySelectorAll('video')) video.srcObject = null;
  place.remove();
}

globalThis.bench = {
  async run(contestant, calls) {
    const { prepare } = await import(`/node_modules/.cache/rtc-call/bench/contestants/${contestant}.js`);
    for (let count = 0; count < calls; count++) await oneCall(prepare);
  },
  /** Connections that nobody has closed. */
  open: () => connections.made - connections.closed,
};
