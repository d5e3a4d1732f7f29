/** One side of a call: a frame with a <rtc-call>, which reloads, crashes and comes back. */
import { FaultyChannel } from './faulty-channel.mjs';
import { captureStream } from './page-media.mjs';
import { Random } from './random.mjs';

const maxLogLines = 600;

/** Of the fake devices, to encode as little as possible. */
const constraints = { video: { width: 64, height: 48, frameRate: 10 } };

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A message in a few words, for the log. */
function describeSignal(text) {
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    return text.slice(0, 40);
  }
  const { rtc, description, candidate, candidates } = message ?? {};
  if (!rtc?.session) return text.slice(0, 40);
  return [
    rtc.kind,
    `${rtc.from}:${rtc.session.slice(0, 4)}`,
    rtc.toSession && `to ${rtc.to}:${rtc.toSession.slice(0, 4)}`,
    `seq ${rtc.seq} ack ${rtc.ack}`,
    rtc.generation && `generation ${rtc.generation}`,
    rtc.nonce && `nonce ${rtc.nonce.slice(0, 4)}`,
    rtc.echo && `echo ${rtc.echo.slice(0, 4)}`,
    rtc.media && `media ${Object.values(rtc.media).join('/')}`,
    description && `${description.type}, ${description.sdp.match(/^m=/gm)?.length} sections`,
    (candidate || candidates) && `${candidates?.length ?? 1} candidates`,
  ]
    .filter(Boolean)
    .join(' ');
}

export class Side {
  #plan;
  #key;
  #frame;
  #channel;
  #carry;
  #id;
  #name = '';
  /** Takes every message that this side sends, as JSON text, if it is an array. */
  sent = null;
  #log = [];
  #began = performance.now();
  #oldProblems = [];
  #errors = [];
  #connectionCount = 0;
  /** Latest value and time of growth of what was received, by track. */
  #received = new Map();

  /**
   * @param {string} key of the side in its call, `a` or `b`
   * @param {object} plan of the side: see schedule.mjs; `faults` null: a good channel
   * @param {number} seed
   * @param {(text: string) => void} carry takes a message to the other side
   */
  constructor(key, plan, seed, carry) {
    this.#key = key;
    this.#plan = plan;
    this.#id = plan.ids.at(-1);
    this.#carry = carry;
    this.#channel = new FaultyChannel({
      random: new Random(seed * 2 + (key === 'a' ? 0 : 1)),
      faults: plan.faults,
      carry: (text) => this.#carry(text),
      echo: (text) => this.receive(text),
    });
  }

  get call() {
    return this.#frame?.contentDocument?.querySelector('rtc-call');
  }

  get window() {
    return this.#frame.contentWindow;
  }

  /** The `RTCPeerConnection`s of the page that are not closed. */
  get connections() {
    return this.window.connections.filter(({ signalingState }) => signalingState !== 'closed');
  }

  /** Loads the page of this side, without a call in it yet. */
  async load() {
    const frame = document.createElement('iframe');
    frame.allow = 'camera; microphone; display-capture';
    frame.src = 'side.html';
    this.#frame = frame;
    const loaded = this.#loaded();
    document.body.append(frame);
    await loaded;
  }

  /** Puts a call into the page and starts it. */
  start() {
    const { window } = this;
    const { source, builtInLayout, extras = {} } = this.#plan;
    window.captureScreen = () => captureStream(['screen']);
    const call = window.document.createElement('rtc-call');
    if (!builtInLayout) call.append(window.document.createElement('i'));
    window.document.body.append(call);
    call.peerId = this.#id;
    call.name = this.#name;
    if (source === 'devices') call.constraints = constraints;
    else call.localStream = captureStream(source === 'sound' ? ['microphone'] : ['microphone', 'camera']);
    Object.assign(call, extras);
    this.#listen(call);
    this.note(`start as ${this.#id}`);
    call.start().catch((error) => this.#oldProblems.push(`start: ${error}`));
  }

  /** Carries the schedule out; resolves when its faults are over. */
  async play(faultsUntilMs) {
    this.#began = performance.now();
    const until = (atMs) => wait(atMs - (performance.now() - this.#began));
    await until(this.#plan.startsAtMs);
    this.start();
    let outageEndsMs = 0;
    for (const action of this.#plan.actions) {
      await until(action.atMs);
      if (action.kind === 'outage') outageEndsMs = performance.now() - this.#began + action.forMs;
      await this.act(action);
    }
    await until(Math.max(faultsUntilMs, outageEndsMs));
    this.#channel.heal();
    this.note('the faults are over');
  }

  /** Does one action of a schedule. */
  async act(action) {
    const { call } = this;
    this.note(`action ${JSON.stringify(action)}`);
    if (action.media) this.#plan.media = action.media;
    switch (action.kind) {
      case 'reload':
        await this.#reload(action);
        break;
      case 'rejoin':
        call.end();
        await wait(action.pauseMs);
        call.start().catch((error) => this.#oldProblems.push(`start: ${error}`));
        break;
      case 'microphone':
        this.#command(call.setMicrophone(action.on));
        break;
      case 'camera':
        this.#command(call.setCamera(action.on));
        break;
      case 'screen':
        this.#command(call.setScreenShare(action.on));
        break;
      case 'outage':
        this.#channel.fail(action.forMs, action.keeps);
        break;
      case 'rename':
        this.#name = call.name = action.name;
        break;
      case 'set': // properties of the element
        Object.assign(call, action.properties);
        break;
      case 'stream': // other tracks of the page, or null: the devices
        for (const track of call.localStream?.getTracks() ?? []) track.stop();
        call.localStream = action.kinds && captureStream(action.kinds);
        break;
      default:
        throw new Error(`There is no action ${action.kind}.`);
    }
  }

  /** A message from the other side arrives. */
  receive(text) {
    const { call } = this;
    const isHeard = call?.receiveSignal && !this.#channel.isOut;
    this.note(`<- ${describeSignal(text)}${isHeard ? '' : ' (nobody there)'}`);
    if (!isHeard) return;
    let message = text;
    if (!this.#plan.asText) {
      try {
        message = JSON.parse(text);
      } catch {
        // Other traffic: as it is.
      }
    }
    call.receiveSignal(message, this.#plan.namesSender ? { from: 'the other socket' } : undefined);
  }

  /**
   * Whether the call stands and media flow, as this side sees it.
   *
   * @param {{ ids: string[], media: object, isExact?: boolean, isPublic?: boolean }} other the plan of the other side; `isExact`: what it
   *   does not send must not come, either; `isPublic`: others may be there, too
   * @returns {Promise<string>} empty if all is well, else what is missing
   */
  async health(other) {
    const { call } = this;
    const word = (isOn) => (isOn ? 'on' : 'off');
    const media = this.#plan.media;
    for (const kind of ['microphone', 'camera', 'screen']) {
      if (call.media[kind] !== word(media[kind])) return `own ${kind} ${call.media[kind]}`;
    }
    const stranger = call.participants.find(({ id }) => !other.ids.includes(id));
    if (stranger && !other.isPublic) return `a stranger ${stranger.id}`;
    const [otherId] = other.ids;
    const participant = call.participants.find(({ id }) => id === otherId);
    if (!participant) return `no ${otherId}`;
    if (call.phase !== 'connected') return `phase ${call.phase}`;
    if (participant.connection !== 'connected') return `${otherId} is ${participant.connection}`;
    for (const kind of ['microphone', 'camera']) {
      if (participant[kind] !== word(other.media[kind])) return `${otherId} has ${kind} ${participant[kind]}`;
    }
    if ((participant.screenStream !== null) !== other.media.screen) {
      return `${otherId} has ${participant.screenStream ? 'a' : 'no'} screen`;
    }
    const wanted = [
      other.media.microphone && participant.stream.getAudioTracks()[0],
      other.media.camera && participant.stream.getVideoTracks()[0],
      other.media.screen && participant.screenStream.getVideoTracks()[0],
    ].filter((track) => track !== false);
    if (wanted.includes(undefined)) return 'a track is missing';
    await this.#countReceived(otherId);
    const age = (id) => performance.now() - (this.#received.get(id)?.grewAt ?? -Infinity);
    const still = wanted.find(({ id }) => age(id) > 1000);
    if (still) return `no ${still.kind} flows`;
    if (!other.isExact) return '';
    const ids = wanted.map(({ id }) => id);
    const unwanted = [...this.#received.keys()].find((id) => !ids.includes(id) && age(id) < 300);
    return unwanted ? `${this.#received.get(unwanted).kind} still flows` : '';
  }

  /** How the one connection is negotiated: the media sections of both descriptions, by mid. */
  inspect() {
    const sections = (description) =>
      [...(description?.sdp ?? '').matchAll(/^a=mid:(\S+)/gm)].map(([, mid]) => mid);
    return this.connections.map((connection) => ({
      signalingState: connection.signalingState,
      local: sections(connection.localDescription),
      remote: sections(connection.remoteDescription),
      transceivers: connection.getTransceivers().map(({ mid }) => mid),
    }));
  }

  /** Ends the call and takes the page away. */
  close() {
    this.call?.end?.();
    for (const track of this.call?.localStream?.getTracks() ?? []) track.stop();
    this.#keepProblems();
    this.#frame?.remove();
    this.#frame = null;
    return { problems: this.#oldProblems, errors: this.#errors, connectionCount: this.#connectionCount };
  }

  /** What happened, line by line, and how the connections are now. */
  async report() {
    const lines = [...this.#log];
    for (const connection of this.window.connections) {
      const { signalingState, iceConnectionState, iceGatheringState, connectionState } = connection;
      lines.push(
        `connection: ${signalingState} ${iceConnectionState} ${iceGatheringState} ${connectionState}`,
      );
      if (signalingState === 'closed') continue;
      for (const { mid, direction, currentDirection, sender, receiver } of connection.getTransceivers()) {
        const { kind } = receiver.track;
        const sent = sender.track ? `sends ${sender.track.readyState}` : 'sends nothing';
        lines.push(`  ${mid} ${kind} ${direction} (${currentDirection}) ${sent}`);
      }
    }
    const { phase, participants, media } = this.call;
    const people = participants.map(({ id, connection, camera, microphone }) => ({
      id,
      connection,
      camera,
      microphone,
    }));
    lines.push(JSON.stringify({ phase, people, media }));
    return [...lines, ...this.#oldProblems, ...this.window.problems];
  }

  note(text) {
    if (this.#log.length === maxLogLines) this.#log.shift();
    this.#log.push(`${(performance.now() - this.#began).toFixed(0).padStart(6)} ${this.#key} ${text}`);
  }

  #loaded() {
    return new Promise((resolve) => this.#frame.addEventListener('load', resolve, { once: true }));
  }

  async #reload({ how, pauseMs, id }) {
    this.#keepProblems();
    for (const track of this.call.localStream?.getTracks() ?? []) track.stop();
    if (how === 'reload') {
      const loaded = this.#loaded();
      this.window.location.reload();
      await loaded;
    } else {
      this.window.isCrashing = how === 'crash';
      this.#frame.remove();
      await wait(pauseMs);
      await this.load();
    }
    if (id) this.#id = id;
    this.#received.clear();
    this.start();
  }

  #keepProblems() {
    if (!this.#frame) return;
    this.#oldProblems.push(...this.window.problems);
    this.#connectionCount += this.window.connections.length;
  }

  #listen(call) {
    call.addEventListener('rtc-signal', ({ detail }) => {
      const text = JSON.stringify(detail);
      this.sent?.push(text);
      const fate = this.#channel.send(text);
      this.note(`-> ${describeSignal(text)}${fate && ` (${fate})`}`);
    });
    call.addEventListener('rtc-phase-change', ({ detail }) => this.note(`phase ${detail.phase}`));
    call.addEventListener('rtc-participant-join', ({ detail }) => this.note(`join ${detail.participant.id}`));
    call.addEventListener('rtc-participant-leave', ({ detail }) => {
      this.note(`leave ${detail.participant.id}: ${detail.reason}`);
    });
    call.addEventListener('rtc-error', ({ detail }) => {
      const { code, message, cause } = detail.error;
      this.#errors.push(`${code}: ${message} ${cause ?? ''}`);
      this.note(`error ${code}: ${message} ${cause ?? ''}`);
    });
  }

  /** A command that cannot be carried out says so; whether it mattered shows in the end. */
  #command(done) {
    done.catch((error) => this.note(`refused: ${error.message}`));
  }

  /** Notes what has been received, and when it last grew, by track. */
  async #countReceived(participantId) {
    const report = (await this.call.getStats(participantId)).get(participantId);
    for (const { type, kind, trackIdentifier, ...stats } of report?.values() ?? []) {
      if (type !== 'inbound-rtp') continue;
      const count = kind === 'audio' ? stats.packetsReceived : (stats.framesDecoded ?? 0);
      const former = this.#received.get(trackIdentifier);
      const grewAt = former && count > former.count ? performance.now() : former?.grewAt;
      this.#received.set(trackIdentifier, { kind, count, grewAt });
    }
  }
}
