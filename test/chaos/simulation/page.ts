/** One page with a call in it, and what must hold at every moment of its life. */
import { CallController } from '../../../src/core/call-controller.js';
import { derivePhase, isStarted, type CallPhase } from '../../../src/core/call-state.js';
import type { CallEvent } from '../../../src/core/call-events.js';
import { parseSignal, type EnvelopedMessage } from '../../../src/core/signal.js';
import { FakePlatform } from '../../helpers/fake-platform.js';
import type { FakeTransport } from '../../helpers/fake-transport.js';
import type { Seat } from './schedule.js';

/** A text on its way from one session to another. */
export interface Text {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** From where to where a call may go. */
const legalPhases: Readonly<Record<CallPhase, readonly CallPhase[]>> = {
  idle: ['waiting'],
  waiting: ['connecting', 'ended'],
  connecting: ['connected', 'waiting', 'ended'],
  connected: ['reconnecting', 'connecting', 'waiting', 'ended'],
  reconnecting: ['connected', 'connecting', 'waiting', 'ended'],
  ended: ['waiting'],
};

/** Faults of the network that the page is told of, rightly. */
const expectedErrors: ReadonlySet<string> = new Set(['ice-failed', 'device-not-found']);

export class Page {
  readonly id: string;
  /** Begins every text of this page, so that everybody knows whose it is. */
  readonly label: string;
  readonly platform: FakePlatform;
  readonly call: CallController;
  /** What went wrong at a moment that is over. */
  readonly faults: string[] = [];
  /** Every text that this page put on its way, once each. */
  readonly sent: Text[] = [];
  readonly received: { readonly from: string; readonly text: string }[] = [];
  /** Sessions whose participant has left here meanwhile. */
  readonly departures: { readonly own: string; readonly id: string }[] = [];
  /** The own session, as the latest message says. */
  session = '';
  readonly #seen = new Set<string>();
  readonly #streams = new Map<string, MediaStream>();
  readonly #leaveTransport: () => void;

  constructor(id: string, seat: Seat, world: PageWorld) {
    this.id = id;
    const address = `page ${world.pageNumber}`;
    this.label = address;
    const { clock, network, transport } = world;
    this.platform = new FakePlatform({
      clock,
      network,
      engine: seat.engine,
      seed: world.seed + world.pageNumber * 7919,
    });
    this.platform.operationMs = seat.operationMs;
    this.platform.devices.answerLater = (answer) => {
      clock.setTimer(answer, seat.deviceMs);
    };
    this.call = new CallController({ peerId: id }, this.platform);
    const send = transport.join(address, (text) => {
      if (this.platform.isResting) return;
      this.#guard(() => {
        this.call.receiveSignal(text);
      });
    });
    this.#leaveTransport = () => {
      transport.leave(address);
    };
    this.#listen((message) => {
      if (!this.platform.isGone) send(message);
    });
  }

  get isStarted(): boolean {
    return !this.platform.isGone && isStarted(this.call.state);
  }

  /** Does something as the page's own code would: nothing may be thrown. */
  act(action: (call: CallController) => unknown): void {
    this.#guard(() => {
      const result = action(this.call);
      if (result instanceof Promise) result.catch(() => undefined); // rejections are the commands' way to say no
    });
  }

  rest(): void {
    this.#guard(() => {
      this.platform.rest();
    });
  }

  wake(): void {
    if (this.platform.isGone) return;
    this.#guard(() => {
      this.platform.wake();
    });
  }

  vanish(manner: 'crash' | 'close' | 'pagehide'): void {
    this.#guard(() => {
      this.platform.vanish(manner);
    });
    this.#leaveTransport();
  }

  /** Forgets what was noted: for long attacks. */
  forget(): void {
    for (const notes of [this.sent, this.received, this.departures, this.faults]) notes.length = 0;
    this.#seen.clear();
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.faults.push(`threw ${String(error)}`);
    }
  }

  #listen(send: (message: EnvelopedMessage) => void): void {
    const { call } = this;
    call.addEventListener('signal', ({ detail }) => {
      this.#note(detail as EnvelopedMessage);
      send(detail as EnvelopedMessage);
    });
    call.addEventListener('message', ({ detail }) => this.received.push(detail));
    call.addEventListener('error', ({ detail }) => {
      if (!this.platform.isGone && !expectedErrors.has(detail.error.code)) {
        this.faults.push(`error ${detail.error.code}: ${detail.error.message} ${String(detail.error.cause)}`);
      }
    });
    call.addEventListener('phase-change', (event) => {
      this.#checkPhase(event);
    });
    call.addEventListener('participant-join', ({ detail: { participant } }) => {
      if (this.#streams.has(participant.id)) this.faults.push(`${participant.id} joined twice`);
      this.#streams.set(participant.id, participant.stream);
    });
    call.addEventListener('participant-leave', ({ detail: { participant } }) => {
      if (!this.#streams.delete(participant.id)) this.faults.push(`${participant.id} left without joining`);
      this.departures.push({ own: this.session, id: participant.id });
    });
    call.subscribe(
      ({ participants }) => participants,
      (participants) => {
        if (new Set(participants.map(({ id }) => id)).size < participants.length)
          this.faults.push('a participant is there twice');
        if (participants.some(({ id }) => id === this.id)) this.faults.push('takes part in its own call');
        for (const { id, stream } of participants) {
          const known = this.#streams.get(id);
          if (known && known !== stream) this.faults.push(`${id} has another stream`);
        }
        if (isStarted(call.state) && call.state.phase !== derivePhase(participants))
          this.faults.push(`phase ${call.state.phase} does not follow from the participants`);
      },
    );
  }

  #checkPhase({ detail: { previous, phase } }: CallEvent<'phase-change'>): void {
    if (!legalPhases[previous].includes(phase)) this.faults.push(`phase ${previous} → ${phase}`);
  }

  #note(message: EnvelopedMessage): void {
    const { rtc } = message;
    this.session = rtc.session;
    if (parseSignal(message).outcome !== 'message') this.faults.push(`sent nonsense: ${JSON.stringify(rtc)}`);
    if (rtc.kind !== 'message') return;
    const key = `${rtc.session} ${rtc.toSession ?? ''} ${rtc.seq}`;
    if (this.#seen.has(key)) return; // repeated
    this.#seen.add(key);
    this.sent.push({ from: rtc.session, to: rtc.toSession ?? '', text: rtc.text ?? '' });
  }
}

export interface PageWorld {
  readonly clock: FakePlatform['clock'];
  readonly network: FakePlatform['network'];
  readonly transport: FakeTransport;
  readonly pageNumber: number;
  readonly seed: number;
}
