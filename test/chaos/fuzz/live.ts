/** Hostile messages into a running call on fakes, and into the validator alone. Runs in Node alone. */
import * as fc from 'fast-check';
import { parseSignal } from '../../../src/core/signal.js';
import { FakeClock } from '../../helpers/fake-clock.js';
import { FakeNetwork } from '../../helpers/fake-network.js';
import { FakeTransport } from '../../helpers/fake-transport.js';
import { Page } from '../simulation/page.js';
import { hostileMessages } from './messages.js';

/** What the host gives: see simulation/drain.mjs. */
export interface Host {
  readonly drain: () => void;
  /** Processor time of this process in milliseconds: other programs do not count. */
  readonly cpuMs: () => number;
  readonly nowMs: () => number;
}

export interface LiveOptions extends Host {
  readonly seed: number;
  readonly count: number;
  /** Whether the call's own connection carries data meanwhile: else the transport is all there is to believe. */
  readonly isFresh: boolean;
}

const seat = { engine: 'chromium', opensAtMs: 0, deviceMs: 0, operationMs: 0 } as const;

/** Values one by one, none of them kept. */
const streamOf = <Value>(arbitrary: fc.Arbitrary<Value>, seed: number): fc.Stream<Value> =>
  fc.sample(fc.infiniteStream(arbitrary, { noHistory: true }), { seed, numRuns: 1 })[0]!;

/** A call of two, connected. */
class Call {
  readonly clock = new FakeClock();
  readonly network = new FakeNetwork(this.clock);
  readonly transport = new FakeTransport(this.clock, { latencyMs: 5 });
  readonly seed: number;
  pageNumber = 0;
  readonly victim: Page;
  readonly friend: Page;
  readonly #drain: () => void;

  constructor({ seed, drain }: LiveOptions) {
    this.seed = seed;
    this.#drain = drain;
    this.victim = this.#open('victim');
    this.friend = this.#open('friend');
    this.advance(3000);
  }

  advance(ms: number): void {
    this.clock.advanceAtOnce(ms, this.#drain);
  }

  /** Forgets what only the fakes keep. */
  tidy(): void {
    this.transport.log.length = 0;
    for (const { platform } of [this.victim, this.friend]) {
      platform.connections.splice(0, Infinity, ...platform.openConnections);
      platform.configurations.length = 0;
      for (const { channels } of platform.connections) for (const { sent } of channels) sent.length = 0;
    }
    for (const page of [this.victim, this.friend]) page.forget();
  }

  #open(id: string): Page {
    this.pageNumber++;
    const page = new Page(id, seat, this);
    page.act((call) => call.start());
    return page;
  }
}

export interface LiveReport {
  /** What went wrong, in words; null: nothing. */
  readonly fault: string | null;
  /** Milliseconds that each message took. */
  readonly timesMs: number[];
  /** How many of the messages were read as messages of ours. */
  readonly accepted: number;
  readonly timers: number;
  readonly connections: number;
  /** Keeps the call alive for measuring the memory. */
  readonly call: unknown;
}

/** Hands `count` hostile messages to a running call, as fast as it takes them, and looks after it. */
export function attack(options: LiveOptions, onHalf: () => void = () => undefined): LiveReport {
  const { seed, count, cpuMs, nowMs } = options;
  const call = new Call(options);
  const { victim, transport } = call;
  const overheard = transport.log.map(({ message }) => message as object);
  const names = Object.getOwnPropertyNames(Object.prototype).join();
  const timesMs: number[] = [];
  let accepted = 0;
  let fault: string | null = null;
  const samples = streamOf(hostileMessages(overheard), seed);
  let number = 0;
  for (const make of samples.take(count)) {
    const message = make();
    number++;
    if (!options.isFresh) silence(call);
    if (parseSignal(make()).outcome === 'message') accepted++;
    const sender = number % 3 === 0 ? { from: 'mallory' } : undefined;
    const [begun, cpuBegun] = [nowMs(), cpuMs()];
    try {
      victim.call.receiveSignal(message, sender);
    } catch (error) {
      fault ??= `message ${number} threw ${String(error)}`;
    }
    timesMs.push(Math.min(nowMs() - begun, Math.max(0, cpuMs() - cpuBegun)));
    call.advance(10); // as many as the limit lets through
    if (number % 1000 === 0) {
      call.tidy();
      if (options.isFresh && !victim.call.state.participants.some(({ id }) => id === 'friend'))
        fault ??= `message ${number}: the friend is gone`;
    }
    if (number === count >> 1) onHalf();
  }
  if (Object.getOwnPropertyNames(Object.prototype).join() !== names) fault ??= 'Object.prototype has changed';
  const timers = victim.platform.timerCount;
  const connections = victim.platform.openConnections.length;
  if (options.isFresh) fault ??= findFault(call);
  call.tidy();
  return { fault, timesMs, accepted, timers, connections, call };
}

/** The data channel carries nothing for this moment, so that the connection does not speak for itself. */
function silence({ friend }: Call): void {
  for (const { channels } of friend.platform.openConnections)
    for (const channel of channels) channel.isMuted = true;
}

function findFault(call: Call): string | null {
  const { victim, friend } = call;
  const [exception] = victim.platform.exceptions as Error[];
  if (exception) return `the page was told of ${exception.message}`;
  const participant = victim.call.state.participants.find(({ id }) => id === 'friend');
  if (participant?.connection !== 'connected') return `the friend is ${participant?.connection ?? 'gone'}`;
  const before = victim.received.length;
  friend.act((controller) => controller.sendMessage('still there?'));
  call.advance(5000);
  const texts = victim.received.slice(before).filter(({ from }) => from === 'friend');
  return texts.length === 1 ? null : `the friend's text arrived ${texts.length} times`;
}

/** Hands `count` hostile messages to the validator. */
export function validate({ seed, count, cpuMs, nowMs }: Host & { seed: number; count: number }): {
  fault: string | null;
  timesMs: number[];
  outcomes: Record<string, number>;
} {
  const names = Object.getOwnPropertyNames(Object.prototype).join();
  const timesMs: number[] = [];
  const outcomes: Record<string, number> = {};
  let fault: string | null = null;
  for (const make of streamOf(hostileMessages(realMessages), seed).take(count)) {
    const message = make();
    const [begun, cpuBegun] = [nowMs(), cpuMs()];
    try {
      const parsed = parseSignal(message);
      timesMs.push(Math.min(nowMs() - begun, Math.max(0, cpuMs() - cpuBegun)));
      outcomes[parsed.outcome] = (outcomes[parsed.outcome] ?? 0) + 1;
      if (parsed.outcome !== 'message') continue;
      const text = JSON.stringify(parsed.message);
      if (/"(?:__proto__|constructor|prototype)":/.test(text))
        fault ??= `it let through ${text.slice(0, 300)}`;
      if (parseSignal(text).outcome !== 'message')
        fault ??= `it takes its own result for nonsense: ${text.slice(0, 300)}`;
    } catch (error) {
      fault ??= `it threw ${String(error)}`;
    }
  }
  if (Object.getOwnPropertyNames(Object.prototype).join() !== names) fault ??= 'Object.prototype has changed';
  return { fault, timesMs, outcomes };
}

/** One of each kind, as a real call sends them. */
const rtc = { version: 1, from: 'a', session: 's1', to: 'b', toSession: 's2', seq: 3, ack: 2 };
const realMessages = [
  {
    rtc: {
      version: 1,
      kind: 'hello',
      from: 'a',
      session: 's1',
      seq: 0,
      ack: 0,
      engine: 'chromium',
      name: 'Ana',
    },
  },
  {
    rtc: {
      ...rtc,
      kind: 'want',
      nonce: 'n1',
      echo: 'n2',
      media: { microphone: 'on', camera: 'on', screen: 'off' },
    },
  },
  {
    description: { type: 'offer', sdp: 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\nm=audio 9\r\n' },
    rtc: { ...rtc, kind: 'description', generation: 1 },
  },
  {
    candidate: { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 },
    rtc: { ...rtc, kind: 'candidate', generation: 1 },
  },
  {
    candidates: [{ candidate: 'candidate:1', sdpMid: '0' }],
    rtc: { ...rtc, kind: 'candidate', generation: 1 },
  },
  { rtc: { ...rtc, kind: 'message', text: 'hi' } },
  { rtc: { ...rtc, kind: 'bye', seq: 0, mayReturn: true } },
];
