/** Plays on the fakes what record.mjs did to real connections. Runs in Node alone. */
import type { Engine } from '../../../src/core/platform.js';
import { FakeClock } from '../../helpers/fake-clock.js';
import { FakeTrack } from '../../helpers/fake-media.js';
import { FakeNetwork } from '../../helpers/fake-network.js';
import { FakePeerConnection } from '../../helpers/fake-peer-connection.js';

const sampleMs = 10;
const messageMs = 100;
/** No live path has such a gap. */
const gapMs = 1000;
const settleMs = 25_000;
/** Longer cuts were recorded until both sides had failed. */
const failedByMs = 10_000;

export type Part = 'cut' | 'restart after failed' | 'no path' | 'restart after no path';

interface Side {
  readonly connection: FakePeerConnection;
  readonly log: { readonly at: number; readonly what: string }[];
}

/** Two fake connections whose events are noted. */
class Recording {
  readonly #clock = new FakeClock();
  readonly #network = new FakeNetwork(this.#clock);
  readonly sides: Side[];

  constructor(engines: readonly Engine[]) {
    this.sides = engines.map((engine) => this.#open(engine));
  }

  get #failed(): boolean {
    return this.sides.every(({ connection }) => connection.connectionState === 'failed');
  }

  #open(engine: Engine): Side {
    const connection = new FakePeerConnection(this.#clock, this.#network, engine);
    const side: Side = { connection, log: [] };
    const note = (what: string): void => {
      side.log.push({ at: this.#clock.now(), what });
    };
    connection.onconnectionstatechange = () => {
      note(connection.connectionState);
    };
    connection.ontrack = ({ track }) => {
      for (const type of ['mute', 'unmute', 'ended'] as const)
        track[`on${type}`] = () => {
          note(`${track.kind} ${type}`);
        };
    };
    const channel = connection.createDataChannel('x', { negotiated: true, id: 0 });
    let messageAt = 0;
    channel.onclose = () => {
      note('channel closed');
    };
    channel.onmessage = () => {
      if (this.#clock.now() - messageAt > gapMs) note('messages flow');
      messageAt = this.#clock.now();
    };
    this.#every(messageMs, () => {
      if (channel.readyState === 'open') channel.send('1');
    });
    let mediaAt = 0;
    this.#every(sampleMs, () => {
      if (!this.#network.reaches(connection)) return;
      if (this.#clock.now() - mediaAt > gapMs) note('media flow');
      mediaAt = this.#clock.now();
    });
    return side;
  }

  #every(ms: number, action: () => void): void {
    this.#clock.setTimer(() => {
      action();
      this.#every(ms, action);
    }, ms);
  }

  async #wait(ms: number): Promise<void> {
    await this.#clock.advance(ms);
  }

  /** Waits for what needs the clock to go on. */
  async #finish(promise: Promise<unknown>): Promise<void> {
    const done = { yet: false };
    void promise.then(() => (done.yet = true));
    while (!done.yet) await this.#wait(1);
  }

  async #negotiate(): Promise<void> {
    const [one, other] = this.sides.map(({ connection }) => connection) as [
      FakePeerConnection,
      FakePeerConnection,
    ];
    const candidates: RTCIceCandidateInit[] = [];
    one.onicecandidate = ({ candidate }) => {
      if (candidate) candidates.push(candidate.toJSON());
    };
    one.restartIce();
    await this.#finish(one.setLocalDescription());
    await this.#finish(other.setRemoteDescription(one.localDescription!));
    for (const { kind, sender } of other.getTransceivers()) sender.track ??= new FakeTrack(kind);
    for (const transceiver of other.getTransceivers()) transceiver.direction = 'sendrecv';
    await this.#finish(other.setLocalDescription());
    await this.#finish(one.setRemoteDescription(other.localDescription!));
    for (const candidate of candidates) await this.#finish(other.addIceCandidate(candidate));
  }

  /** Begins each log anew: its times count from now. */
  #begin(): () => string[] {
    const since = this.#clock.now();
    for (const { log } of this.sides) log.length = 0;
    return () => this.sides.map(({ log }) => log.map(({ at, what }) => `${at - since} ${what}`).join(', '));
  }

  async play(part: Part, cutMs: number): Promise<string[]> {
    const untilFailed = cutMs > failedByMs;
    const [{ connection }] = this.sides as [Side];
    for (const kind of ['audio', 'video'] as const) connection.addTransceiver(new FakeTrack(kind));
    const isNever = part === 'no path' || part === 'restart after no path';
    if (isNever) this.#network.cut();
    await this.#negotiate();
    if (!isNever) await this.#wait(2000);
    let end = this.#begin();
    if (!isNever) this.#network.cut();
    if (part === 'cut' && !untilFailed) {
      await this.#wait(cutMs);
      this.#network.restore();
      await this.#wait(settleMs);
      return end();
    }
    while (!this.#failed) await this.#wait(sampleMs);
    if (part === 'no path' || part === 'cut') return end();
    this.#network.restore();
    end = this.#begin();
    await this.#negotiate();
    await this.#wait(settleMs);
    return end();
  }
}

/** @returns what each of the two noted: `6600 disconnected, 9052 connected` */
export const recordFakes = (engines: readonly Engine[], part: Part, cutMs: number): Promise<string[]> =>
  new Recording(engines).play(part, cutMs);
