/** One end of a call across networks: counts the pictures that are decoded, with the time of the machine's clock. */
import { SignalSocket } from '../../test/chaos/network/signal-socket.mjs';
import { camera } from './hooks/camera.mjs';
import { showIn } from './show.mjs';

const SAMPLE_MS = 100;
/** Pictures flow when so many come in so long: a single one may have waited in a buffer. */
const FLOWING = 4;
const FLOWING_MS = 1500;

camera.constraints = { audio: true, video: { width: 160, height: 120, frameRate: 10 } };

const connections = new Set();
const samples = [];

globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration) {
    super(configuration);
    connections.add(this);
  }

  close() {
    connections.delete(this);
    super.close();
  }
};

async function sample(counted) {
  let growth = 0;
  for (const connection of connections) {
    // Closed under the question: Firefox may never answer then.
    const report = await Promise.race([
      connection.getStats().catch(() => new Map()),
      new Promise((resolve) => setTimeout(resolve, 1000, new Map())),
    ]);
    for (const { type, kind, ssrc, framesDecoded = 0 } of report.values()) {
      if (type !== 'inbound-rtp' || kind !== 'video') continue;
      growth += Math.max(0, framesDecoded - (counted.get(ssrc) ?? 0));
      counted.set(ssrc, framesDecoded);
    }
  }
  if (growth > 0) samples.push({ at: Date.now(), total: (samples.at(-1)?.total ?? 0) + growth });
  setTimeout(sample, SAMPLE_MS, counted);
}

globalThis.host = {
  log: [],

  async prepare({ contestant, signals, ...surroundings }) {
    const { prepare } = await import(`/node_modules/.cache/rtc-call/bench/contestants/${contestant}.js`);
    const early = [];
    let end = null;
    const receive = (text) => (end ? end.receive(JSON.parse(text)) : early.push(text));
    const socket = new SignalSocket(signals, receive, () => {});
    const place = document.body;
    const send = (message) => socket.send(JSON.stringify(message));
    end = await prepare({ ...surroundings, send, show: showIn(place), place });
    early.forEach(receive);
    this.end = end;
  },

  start(isInitiator) {
    void this.end.start(isInitiator);
    void sample(new Map());
  },

  /** The time of the first picture after `since` from which on pictures kept coming, or null. */
  nextFrame(since) {
    const isFlowing = ({ at, total }, index) =>
      at > since &&
      samples.slice(index).some((later) => later.at - at <= FLOWING_MS && later.total - total >= FLOWING);
    return samples.find(isFlowing)?.at ?? null;
  },
};
