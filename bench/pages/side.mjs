/**
 * One end of a call in a frame of its own. The page around it (frames.mjs) gives orders and carries the signals; the
 * frame says what happens. The first time a thing happens is what counts.
 */
import { camera } from './hooks/camera.mjs';
import { connections } from './hooks/connections.mjs';
import { pictures } from './hooks/pictures.mjs';
import { sockets } from './hooks/sockets.mjs';
import { timers } from './hooks/timers.mjs';
import { showIn } from './show.mjs';

const say = (what, details) => parent.postMessage({ what, ...details }, '*');
const bytesOf = (data) =>
  typeof data === 'string' ? new TextEncoder().encode(data).length : data.byteLength;

let end;

connections.onconnected = () => say('connected');
pictures.onpicture = () => say('picture');
sockets.onsend = (data) => say('sent', { bytes: bytesOf(data) });

const orders = {
  async prepare({ contestant, cameraMs, signalMs, isSilent, ...surroundings }) {
    Object.assign(camera, { delayMs: cameraMs, isSilent });
    const { prepare } = await import(`/node_modules/.cache/rtc-call/bench/contestants/${contestant}.js`);
    end = await prepare({
      ...surroundings,
      send(message) {
        const text = JSON.stringify(message);
        say('sent', { bytes: bytesOf(text), text });
      },
      show: showIn(document.body),
      place: document.body,
    });
    sockets.delayMs = signalMs;
    say('ready');
  },
  async start({ isInitiator }) {
    await end.start(isInitiator);
    say('opened');
  },
  signal: ({ text }) => end.receive(JSON.parse(text)),
  report() {
    say('report', { renders: { ...end.renders }, timers: timers.fired });
  },
  end() {
    end.end();
    say('ended');
  },
};

addEventListener('message', ({ data: { order, ...details } }) => {
  Promise.resolve(orders[order](details)).catch((error) => say('failed', { reason: String(error) }));
});
addEventListener('unhandledrejection', ({ reason }) => say('failed', { reason: String(reason) }));
say('loaded');
