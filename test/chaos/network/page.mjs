/**
 * The page on each host. It keeps a log of what happens, with the time of the machine's clock, which all hosts share,
 * and counts the decoded pictures of every participant.
 */
import { SignalSocket } from './signal-socket.mjs';

const SAMPLE_MS = 100;
const STATISTICS_MS = 1000;
const FLOWING = 4;
const FLOWING_MS = 1500;
/** Small pictures: what is tested is their way, and the machine runs many calls at once. */
const constraints = { video: { width: 160, height: 120, frameRate: 10 } };

const call = document.querySelector('rtc-call');
const log = [];
/** Everything that left this page, as text. */
const sent = [];
/** Per participant: `{ at, total }` for every sample in which its pictures had become more. */
const frames = new Map();
const firstStreams = new Map();

const note = (what) => log.push({ at: Date.now(), what });

class LoggedConnection extends RTCPeerConnection {
  constructor(...args) {
    super(...args);
    const number = ++LoggedConnection.count;
    for (const state of ['connectionState', 'iceConnectionState', 'signalingState']) {
      this.addEventListener(`${state.toLowerCase()}change`, () =>
        note(`pc${number} ${state} ${this[state]}`),
      );
    }
    note(`pc${number} made`);
  }

  restartIce() {
    note('restartIce');
    super.restartIce();
  }
}
LoggedConnection.count = 0;
globalThis.RTCPeerConnection = LoggedConnection;

/** Set: the page goes without a goodbye, as in a crash of its script. This listener is there before the call's. */
let isMute = false;
addEventListener('pagehide', (event) => {
  if (isMute) event.stopImmediatePropagation();
});

for (const type of ['online', 'offline']) addEventListener(type, () => note(type));
navigator.connection?.addEventListener('change', () => note(`network ${navigator.connection.type}`));

call.addEventListener('rtc-phase-change', ({ detail }) => note(`phase ${detail.phase}`));
call.addEventListener('rtc-participant-join', ({ detail: { participant } }) => {
  note(`join ${participant.name}`);
  firstStreams.set(participant.id, participant.stream);
});
call.addEventListener('rtc-participant-leave', ({ detail }) =>
  note(`leave ${detail.participant.name} ${detail.reason}`),
);
call.addEventListener('rtc-error', ({ detail: { error } }) => note(`error ${error.code}: ${error.message}`));

/** A canvas in the place of the screen, which headless Firefox does not have. */
navigator.mediaDevices.getDisplayMedia = () => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 120 });
  const context = canvas.getContext('2d');
  let hue = 0;
  setInterval(() => {
    context.fillStyle = `hsl(${(hue += 20)} 90% 50%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 100);
  return Promise.resolve(canvas.captureStream(10));
};

function watchParticipants() {
  const shown = new Map();
  call.controller.subscribe(
    (state) => state.participants,
    (participants) => {
      for (const { id, name, connection } of participants) {
        if (shown.get(id) === connection) continue;
        shown.set(id, connection);
        note(`${name} ${connection}`);
      }
    },
  );
}

/** Empty where the connection was closed under the question: Firefox may never answer it then. */
function statistics() {
  return new Promise((resolve) => {
    const giveUp = (why) => {
      note(`no statistics: ${why}`);
      resolve(new Map());
    };
    const limit = setTimeout(giveUp, STATISTICS_MS, 'no answer');
    call
      .getStats()
      .then(resolve, giveUp)
      .finally(() => clearTimeout(limit));
  });
}

async function sampleFrames() {
  const counted = new Map();
  const count = (key, total = 0) => {
    const growth = Math.max(0, total - (counted.get(key) ?? 0));
    counted.set(key, total);
    return growth;
  };
  /** When something of a kind was last seen, by what it is. */
  const seen = new Map();
  const noteAgain = (what) => {
    const silentMs = Date.now() - (seen.get(what) ?? 0);
    if (silentMs > 1000) note(`${what} again`);
    seen.set(what, Date.now());
  };
  for (;;) {
    for (const [id, report] of await statistics()) {
      const grown = frames.get(id) ?? [];
      frames.set(id, grown);
      let growth = 0;
      for (const { type, kind, ssrc, framesDecoded, packetsReceived } of report.values()) {
        if (type !== 'inbound-rtp' || kind !== 'video') continue;
        const pictures = count(`pictures ${id} ${ssrc}`, framesDecoded);
        if (count(`packets ${id} ${ssrc}`, packetsReceived) > 0) noteAgain(`packets ${ssrc}`);
        if (pictures > 0) noteAgain(`pictures ${ssrc}`);
        growth += pictures;
      }
      if (growth > 0) grown.push({ at: Date.now(), total: (grown.at(-1)?.total ?? 0) + growth });
    }
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
  }
}

/** As coturn's time-limited mechanism wants them. */
async function freshServers(urls, secret, lifeSeconds) {
  const encode = (text) => new TextEncoder().encode(text);
  const username = `${Math.floor(Date.now() / 1000) + lifeSeconds}:somebody`;
  const algorithm = { name: 'HMAC', hash: 'SHA-1' };
  const key = await crypto.subtle.importKey('raw', encode(secret), algorithm, false, ['sign']);
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, encode(username)));
  return [{ urls, username, credential: btoa(String.fromCharCode(...signature)) }];
}

const samplesOf = (name) => frames.get(call.participants.find((one) => one.name === name)?.id) ?? [];

globalThis.host = {
  call,
  log,
  sent,

  /** Starts the call; `settings` are properties of the element. */
  start({ signals, settings = {}, servers }) {
    if (servers) this.provide(servers);
    const socket = new SignalSocket(signals, (text) => call.receiveSignal(text), note);
    call.addEventListener('rtc-signal', ({ detail }) => {
      const text = JSON.stringify(detail);
      sent.push(text);
      if (detail.rtc.kind !== 'ack' && detail.rtc.kind !== 'hello') {
        note(`signal ${detail.rtc.kind} ${detail.description?.type ?? ''} #${detail.rtc.seq}`);
      }
      socket.send(text);
    });
    Object.assign(call, { constraints, ...settings });
    void call.start();
    watchParticipants();
    void sampleFrames();
  },

  /**
   * From now on the page's provider gives these servers, each time with fresh credentials for so long, or fails.
   *
   * @param {{ urls: string | string[], secret: string, lifeSeconds: number, behaviour?: 'answers' | 'rejects' | 'hangs' }} how
   */
  provide({ urls, secret, lifeSeconds, behaviour = 'answers' }) {
    call.iceServersProvider = () => {
      note(`provider ${behaviour}`);
      if (behaviour === 'rejects') return Promise.reject(new Error('no servers today'));
      return behaviour === 'hangs' ? new Promise(() => {}) : freshServers(urls, secret, lifeSeconds);
    };
  },

  goMute() {
    isMute = true;
  },

  /**
   * @returns the time of the first picture after `since` from which on pictures kept coming, `FLOWING` more within
   *   `FLOWING_MS`, or null. A single one may have waited in a buffer.
   */
  nextFrame({ name, since }) {
    const samples = samplesOf(name);
    const isFlowing = ({ at, total }, index) =>
      at > since &&
      samples.slice(index).some((later) => later.at - at <= FLOWING_MS && later.total - total >= FLOWING);
    return samples.find(isFlowing)?.at ?? null;
  },

  /** The longest time without a picture since `from`, in milliseconds. */
  longestGap({ name, from }) {
    const times = samplesOf(name)
      .map(({ at }) => at)
      .filter((at) => at >= from);
    return Math.max(...[...times, Date.now()].map((at, index) => at - (times[index - 1] ?? from)));
  },

  /** The time of the last picture before `until`. */
  lastFrame: ({ name, until }) => samplesOf(name).findLast(({ at }) => at <= until)?.at ?? null,

  /** How the others are shown, and whether each still has the stream that it joined with. */
  people: () =>
    call.participants.map(({ id, name, connection, stream, screenStream }) => ({
      name,
      connection,
      isSameStream: firstStreams.get(id) === stream,
      hasScreen: screenStream !== null,
    })),

  /** Pictures decoded of the first other person's screen. */
  async screenFrames() {
    const [{ id, screenStream }] = call.participants;
    const track = screenStream?.getVideoTracks()[0];
    const report = track && (await call.getStats(id)).get(id);
    const stats = [...(report?.values() ?? [])].find(({ trackIdentifier }) => trackIdentifier === track.id);
    return stats?.framesDecoded ?? 0;
  },

  /** The selected path to each participant: types of candidates, and the protocol to the TURN server. */
  async paths() {
    const paths = [];
    for (const report of (await call.getStats()).values()) {
      const all = [...report.values()];
      const selected = all.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
      const pair = all.find(
        ({ type, id, ...rest }) => type === 'candidate-pair' && (selected ? id === selected : rest.selected),
      );
      if (!pair) continue;
      const { candidateType: local, relayProtocol } = report.get(pair.localCandidateId);
      paths.push({ local, remote: report.get(pair.remoteCandidateId).candidateType, relayProtocol });
    }
    return paths;
  },
};
