import { expect } from '@open-wc/testing';
import { CallController } from '../../src/core/call-controller.js';
import type { CallEvent } from '../../src/core/call-events.js';
import { defaultOptions, type CallOptionChanges } from '../../src/core/call-options.js';
import {
  errorIntervalMs,
  iceServersTimeoutMs,
  incomingTimeoutMs,
  maxMessageBurst,
  maxUplinkBits,
  maxVideoBits,
  reloadGraceMs,
} from '../../src/core/defaults.js';
import type { CallError } from '../../src/core/errors.js';
import type { Engine } from '../../src/core/platform.js';
import type { EnvelopedMessage, SignalMessage } from '../../src/core/signal.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { FakeStream, FakeTrack } from '../helpers/fake-media.js';
import { FakeNetwork } from '../helpers/fake-network.js';
import { FakePlatform } from '../helpers/fake-platform.js';
import { FakeTransport, type TransportOptions } from '../helpers/fake-transport.js';

/** A room: a clock, a network and a transport that its pages share. */
class Room {
  readonly clock = new FakeClock();
  readonly network = new FakeNetwork(this.clock);
  readonly transport: FakeTransport<SignalMessage>;
  pageCount = 0;

  constructor(options: TransportOptions = {}) {
    this.transport = new FakeTransport(this.clock, options);
  }

  open(id: string | null, options: CallOptionChanges = {}, engine: Engine = 'chromium'): Page {
    return new Page(this, { peerId: id, ...options }, engine);
  }
}

/** A page with a call in it, and a diary of what the call told. */
class Page {
  readonly platform: FakePlatform;
  readonly call: CallController;
  readonly diary: string[] = [];
  readonly errors: CallError[] = [];
  readonly signals: SignalMessage[] = [];
  readonly room: Room;
  readonly address: string;

  constructor(room: Room, options: CallOptionChanges, engine: Engine) {
    this.room = room;
    const seed = ++room.pageCount;
    this.address = `page ${seed}`;
    this.platform = new FakePlatform({ clock: room.clock, network: room.network, seed, engine });
    this.platform.devices.automatic = 'grant';
    this.call = new CallController({}, this.platform);
    const send = room.transport.join(this.address, (message) => {
      this.call.receiveSignal(message);
    });
    const on = this.call.addEventListener.bind(this.call);
    on('signal', (event: CallEvent<'signal'>) => {
      this.signals.push(event.detail);
      send(event.detail);
    });
    on('phase-change', ({ detail }: CallEvent<'phase-change'>) =>
      this.diary.push(`${detail.previous} → ${detail.phase}`),
    );
    on('participant-join', ({ detail }: CallEvent<'participant-join'>) =>
      this.diary.push(`+${detail.participant.id}`),
    );
    on('participant-leave', ({ detail }: CallEvent<'participant-leave'>) =>
      this.diary.push(`-${detail.participant.id} ${detail.reason}`),
    );
    on('message', ({ detail }: CallEvent<'message'>) => this.diary.push(`${detail.from}: ${detail.text}`));
    on('incoming', ({ detail }: CallEvent<'incoming'>) =>
      this.diary.push(`incoming ${detail.id} ${detail.name}`),
    );
    on('error', ({ detail }: CallEvent<'error'>) => this.errors.push(detail.error));
    this.call.configure(options);
  }

  get phase(): string {
    return this.call.state.phase;
  }

  get others(): string[] {
    return this.call.state.participants.map(({ id }) => id);
  }

  codes(): string[] {
    return this.errors.map(({ code }) => code);
  }

  kinds(): string[] {
    return this.signals.map(({ rtc }) => rtc?.kind ?? 'bare');
  }

  /** The page is gone without a word. */
  vanish(): void {
    this.room.transport.leave(this.address);
    for (const connection of this.platform.openConnections) {
      for (const channel of connection.channels) channel.partner = null;
      connection.close();
    }
    const { passes } = this.room.transport;
    this.room.transport.passes = (message, from) => from !== this.address && passes(message, from);
  }
}

async function connected(...ids: string[]): Promise<{ room: Room; pages: Page[] }> {
  const room = new Room();
  const pages = ids.map((id) => room.open(id));
  for (const { call } of pages) await call.start();
  await room.clock.advance(3000);
  return { room, pages };
}

const connectedPair = async (): Promise<{ room: Room; a: Page; b: Page }> => {
  const { room, pages } = await connected('a', 'b');
  return { room, a: pages[0]!, b: pages[1]! };
};

/** Whether the promise has settled by now, and how. */
function watch(promise: Promise<unknown>): { state: string } {
  const seen = { state: 'pending' };
  promise.then(
    () => (seen.state = 'resolved'),
    (error: unknown) => (seen.state = (error as CallError).code),
  );
  return seen;
}

/** A message from a page that is not in the room. */
const forged = (changes: Partial<EnvelopedMessage['rtc']> = {}): EnvelopedMessage => ({
  rtc: { version: 1, kind: 'hello', from: 'mallory', session: 'forged', seq: 0, ack: 0, ...changes },
});

/** Somebody's own copy, so that no test changes a platform for another. */
const ownStream = (): { stream: MediaStream; tracks: FakeTrack[] } => {
  const tracks = [new FakeTrack('audio'), new FakeTrack('video')];
  return { stream: new FakeStream(tracks) as unknown as MediaStream, tracks };
};

describe('CallController', () => {
  it('does nothing before it is started', async () => {
    const { clock, open } = ((room) => ({ clock: room.clock, open: room.open.bind(room) }))(new Room());
    const { call, platform, signals, diary } = open('a', { iceServers: 'stun:a' });
    await clock.advance(60_000);
    expect(call.state.phase).to.equal('idle');
    expect([signals, diary, platform.devices.asked, platform.connections]).to.deep.equal([[], [], [], []]);
    expect(clock.timerCount).to.equal(0);
  });

  it('has a random id that stays, or the one that it is given', () => {
    const room = new Room();
    const random = room.open(null).call;
    expect(random.id).to.match(/^[0-9a-f]{32}$/);
    expect(random.id).to.equal(random.id);
    expect(room.open('me').call.id).to.equal('me');
  });

  it('keeps when it was first connected, until it is started again', async () => {
    const { room, a, b } = await connectedPair();
    const at = a.call.state.connectedAt;
    expect(at).to.be.a('number');
    expect(at).to.be.within(a.platform.wallClock() - 3000, a.platform.wallClock());
    b.call.end();
    await b.call.start();
    await room.clock.advance(3000);
    expect(a.phase).to.equal('connected');
    expect(a.call.state.connectedAt, 'the other one came back').to.equal(at);
    a.call.end();
    expect(a.call.state.connectedAt).to.equal(at);
    void a.call.start();
    expect(a.call.state.connectedAt).to.be.null;
  });

  describe('start', () => {
    it('waits and says hello before it returns', () => {
      const page = new Room().open('a');
      void page.call.start();
      expect(page.phase).to.equal('waiting');
      expect(page.kinds()).to.deep.equal(['hello']);
      expect(page.diary).to.deep.equal(['idle → waiting']);
    });

    it('says so before the devices answer', () => {
      const page = new Room().open('a');
      page.platform.devices.automatic = null;
      void page.call.start();
      expect(page.kinds()).to.deep.equal(['hello']);
      expect(page.platform.devices.pendingCount).to.equal(1);
    });

    it('returns the same promise when it is called again', async () => {
      const { call } = new Room().open('a');
      const first = call.start();
      expect(call.start() === first).to.be.true;
      await first;
      expect(call.start() === first).to.be.true;
    });

    it('resolves when the devices have answered', async () => {
      const { call, platform } = new Room().open('a');
      platform.devices.automatic = null;
      const starting = watch(call.start());
      await platform.clock.advance(1000);
      expect(starting.state).to.equal('pending');
      platform.devices.grant();
      await platform.clock.settle();
      expect(starting.state).to.equal('resolved');
      expect(call.state.media).to.include({ microphone: 'on', camera: 'on' });
    });

    it('resolves with a refused camera, and shows it as state', async () => {
      const { call, platform, errors } = new Room().open('a');
      platform.devices.automatic = null;
      const starting = watch(call.start());
      platform.devices.deny();
      await platform.clock.settle();
      expect(starting.state).to.equal('resolved');
      expect(call.state.media).to.include({ microphone: 'denied', camera: 'denied' });
      expect(call.state.mediaErrors.camera?.code).to.equal('permission-denied');
      expect(call.state.phase).to.equal('waiting');
      expect(new Set(errors.map(({ code }) => code))).to.deep.equal(new Set(['permission-denied']));
    });

    it('resolves when end comes first', async () => {
      const { call, platform } = new Room().open('a');
      platform.devices.automatic = null;
      const starting = watch(call.start());
      call.end();
      await platform.clock.settle();
      expect(starting.state).to.equal('resolved');
    });

    it('rejects as unsupported where there is no RTCPeerConnection', async () => {
      const page = new Room().open('a');
      page.platform.canConnect = false;
      expect(watch(page.call.start())).to.include({ state: 'pending' });
      const starting = watch(page.call.start());
      await page.platform.clock.settle();
      expect(starting.state).to.equal('unsupported');
      expect(page.call.state).to.include({ phase: 'idle' });
      expect(page.call.state.error?.code).to.equal('unsupported');
      expect(page.signals).to.deep.equal([]);
      expect(page.platform.devices.asked).to.deep.equal([]);
    });

    it('rejects a relay policy without a TURN server, and works once there is one', async () => {
      const page = new Room().open('a', { iceTransportPolicy: 'relay', iceServers: 'stun:a' });
      const starting = watch(page.call.start());
      await page.platform.clock.settle();
      expect(starting.state).to.equal('invalid-config');
      expect(page.phase).to.equal('idle');
      page.call.configure({ iceServers: 'turn:u:p@t' });
      const again = watch(page.call.start());
      await page.platform.clock.settle();
      expect(again.state).to.equal('resolved');
      expect(page.call.state.error).to.be.null;
    });

    it('works again from ended, with a new session', async () => {
      const { room, a, b } = await connectedPair();
      const sessions = (): Set<string> => new Set(a.signals.map(({ rtc }) => rtc!.session));
      a.call.end();
      await room.clock.advance(1000);
      expect(b.others).to.deep.equal([]);
      await a.call.start();
      await room.clock.advance(6000);
      expect([a.phase, b.phase]).to.deep.equal(['connected', 'connected']);
      expect(sessions().size).to.equal(2);
    });

    it('opens nothing when a listener ends the call at once', async () => {
      const page = new Room().open('a');
      page.call.addEventListener('phase-change', () => {
        page.call.end();
      });
      const starting = watch(page.call.start());
      await page.platform.clock.advance(1000);
      expect(starting.state).to.equal('resolved');
      expect(page.platform.devices.asked).to.deep.equal([]);
      expect(page.phase).to.equal('ended');
      expect(page.platform.clock.timerCount).to.equal(0);
    });
  });

  describe('end', () => {
    it('leaves nothing behind', async () => {
      const { room, a, b } = await connectedPair();
      a.call.end();
      expect(a.phase).to.equal('ended');
      expect(a.others).to.deep.equal([]);
      expect(a.platform.devices.live).to.deep.equal([]);
      expect(a.platform.openConnections).to.deep.equal([]);
      expect(a.platform.devices.watcherCount).to.equal(0);
      expect(a.call.state.localStream).to.be.null;
      expect(a.kinds().at(-1)).to.equal('bye');
      b.call.end();
      await room.clock.advance(60_000);
      expect(room.clock.timerCount).to.equal(0);
    });

    it('is harmless when it is called again, and before start', async () => {
      const { a } = await connectedPair();
      a.call.end();
      const { length } = a.signals;
      const lines = a.diary.length;
      a.call.end();
      expect(a.signals).to.have.length(length);
      expect(a.diary).to.have.length(lines);
      const fresh = new Room().open('c');
      fresh.call.end();
      expect(fresh.phase).to.equal('idle');
      expect(fresh.diary).to.deep.equal([]);
    });

    it('tells the other at once', async () => {
      const { room, a, b } = await connectedPair();
      a.call.end();
      await room.clock.advance(50);
      expect(b.diary.slice(-2)).to.deep.equal(['-a left', 'connected → waiting']);
    });

    it('stops what a question brings that is still open', async () => {
      const { call, platform } = new Room().open('a');
      platform.devices.automatic = null;
      void call.start();
      call.end();
      platform.devices.grant();
      await platform.clock.settle();
      expect(platform.devices.live).to.deep.equal([]);
      expect(call.state.media).to.include({ microphone: 'off', camera: 'off' });
    });

    it("never stops the page's own stream", async () => {
      const { stream, tracks } = ownStream();
      const { call } = new Room().open('a', { localStream: stream });
      await call.start();
      call.end();
      for (const track of tracks) expect(track).to.include({ readyState: 'live', enabled: true });
    });
  });

  describe('with another page', () => {
    it('connects, and each has the other with its tracks', async () => {
      const { a, b } = await connectedPair();
      for (const [page, other] of [
        [a, 'b'],
        [b, 'a'],
      ] as const) {
        expect(page.phase).to.equal('connected');
        const [participant] = page.call.state.participants;
        expect(participant).to.include({
          id: other,
          connection: 'connected',
          microphone: 'on',
          camera: 'on',
        });
        expect(participant?.stream.getTracks().map(({ kind }) => kind)).to.deep.equal(['audio', 'video']);
        expect(page.platform.connections).to.have.length(1);
        expect(page.errors).to.deep.equal([]);
        expect(page.platform.exceptions).to.deep.equal([]);
      }
    });

    it('tells its events in order', async () => {
      const { a, b } = await connectedPair();
      expect(a.diary).to.deep.equal([
        'idle → waiting',
        '+b',
        'waiting → connecting',
        'connecting → connected',
      ]);
      expect(b.diary).to.deep.equal([
        'idle → waiting',
        '+a',
        'waiting → connecting',
        'connecting → connected',
      ]);
    });

    for (const engines of [
      ['chromium', 'firefox'],
      ['firefox', 'chromium'],
      ['firefox', 'firefox'],
      ['webkit', 'firefox'],
    ] satisfies [Engine, Engine][]) {
      it(`connects ${engines.join(' with ')} by one offer and one answer`, async () => {
        const room = new Room();
        const pages = [room.open('a', {}, engines[0]), room.open('b', {}, engines[1])];
        for (const { call } of pages) void call.start();
        await room.clock.advance(6000);
        expect(pages.map(({ phase }) => phase)).to.deep.equal(['connected', 'connected']);
        const descriptions = pages.flatMap(({ signals }) => signals).filter(({ description }) => description);
        expect(new Set(descriptions.map(({ description }) => description?.type))).to.deep.equal(
          new Set(['offer', 'answer']),
        );
        expect(new Set(descriptions.map(({ rtc }) => rtc?.seq)).size).to.be.at.most(2);
      });
    }

    it('negotiates while the camera is still opening, and sends it without another negotiation', async () => {
      const room = new Room();
      const pages = [room.open('a'), room.open('b')];
      for (const { call, platform } of pages) {
        platform.devices.automatic = null;
        platform.devices.permissions = { camera: 'granted', microphone: 'granted' };
        void call.start();
      }
      await room.clock.advance(1500);
      expect(pages.map(({ phase }) => phase)).to.deep.equal(['connected', 'connected']);
      const count = pages.flatMap((page) => page.kinds()).filter((kind) => kind === 'description').length;
      for (const { platform } of pages) platform.devices.grant();
      await room.clock.advance(1000);
      for (const { platform, call } of pages) {
        const sent = platform.connection.getTransceivers().map(({ sender }) => sender.track?.kind);
        expect(sent).to.deep.equal(['audio', 'video']);
        expect(call.state.participants[0]).to.include({ microphone: 'on', camera: 'on' });
      }
      expect(pages.flatMap((page) => page.kinds()).filter((kind) => kind === 'description')).to.have.length(
        count,
      );
    });

    it('connects on a transport that loses, repeats and reorders', async () => {
      for (let seed = 1; seed <= 10; seed++) {
        const room = new Room({ loss: 0.3, duplication: 0.3, jitterMs: 300, echoes: true, seed });
        const pages = [room.open('a'), room.open('b')];
        for (const { call } of pages) void call.start();
        await room.clock.advance(30_000);
        expect(
          pages.map(({ phase }) => phase),
          `seed ${seed}`,
        ).to.deep.equal(['connected', 'connected']);
        for (const { diary, errors } of pages) {
          expect(
            diary.filter((line) => line.startsWith('-')),
            `seed ${seed}`,
          ).to.deep.equal([]);
          expect(
            errors.map(({ message }) => message),
            `seed ${seed}`,
          ).to.deep.equal([]);
        }
      }
    });

    it('tells name, mute and camera of each side', async () => {
      const { room, a, b } = await connectedPair();
      await a.call.setMicrophone(false);
      await a.call.setCamera(false);
      a.call.configure({ name: 'Ann' });
      await room.clock.advance(1000);
      expect(b.call.state.participants[0]).to.include({ name: 'Ann', microphone: 'off', camera: 'off' });
      await a.call.setCamera(true);
      await room.clock.advance(1000);
      expect(b.call.state.participants[0]).to.include({ microphone: 'off', camera: 'on' });
    });

    it('shares the screen beside the camera, and takes it back', async () => {
      const { room, a, b } = await connectedPair();
      await a.call.setScreenShare(true);
      await room.clock.advance(1000);
      const [participant] = b.call.state.participants;
      expect(participant?.screenStream?.getVideoTracks()).to.have.length(1);
      expect(participant?.stream.getVideoTracks()).to.have.length(1);
      await a.call.setScreenShare(false);
      await room.clock.advance(1000);
      expect(b.call.state.participants[0]?.screenStream).to.be.null;
    });

    it('runs on without the transport of the page', async () => {
      const { room, a, b } = await connectedPair();
      room.transport.passes = () => false;
      await a.call.setMicrophone(false);
      await room.clock.advance(200_000);
      expect(b.call.state.participants[0]).to.include({ microphone: 'off', connection: 'connected' });
      expect(a.phase).to.equal('connected');
    });

    it('keeps id, stream and place of a page that reloads', async () => {
      const { room, a, b } = await connectedPair();
      const { stream } = a.call.state.participants[0]!;
      b.vanish();
      const again = room.open('b');
      void again.call.start();
      await room.clock.advance(5000);
      expect(a.others).to.deep.equal(['b']);
      expect(a.call.state.participants[0]).to.include({ connection: 'connected', stream });
      expect(stream.getTracks()).to.have.length(2);
      expect(again.phase).to.equal('connected');
      expect(a.diary.filter((line) => /^[+-]/.test(line))).to.deep.equal(['+b']);
    });

    it('shows a vanished page as reconnecting within 8 seconds, and lets it leave after 90', async () => {
      const { room, a, b } = await connectedPair();
      b.vanish();
      await room.clock.advance(8000);
      expect(a.call.state.participants[0]?.connection).to.equal('reconnecting');
      expect(a.phase).to.equal('reconnecting');
      await room.clock.advance(80_000);
      expect(a.others).to.deep.equal(['b']);
      await room.clock.advance(20_000);
      expect(a.diary).to.include('-b timeout');
      expect(a.phase).to.equal('waiting');
    });

    it('comes back after the network was gone, with the same participants and streams', async () => {
      const { room, a, b } = await connectedPair();
      const streams = [a, b].map(({ call }) => call.state.participants[0]?.stream);
      room.network.cut();
      await room.clock.advance(20_000);
      expect([a.phase, b.phase]).to.deep.equal(['reconnecting', 'reconnecting']);
      room.network.restore();
      await room.clock.advance(30_000);
      expect([a.phase, b.phase]).to.deep.equal(['connected', 'connected']);
      expect([a, b].map(({ call }) => call.state.participants[0]?.stream)).to.deep.equal(streams);
      for (const { diary } of [a, b]) expect(diary.filter((line) => line.startsWith('-'))).to.deep.equal([]);
      for (const { call } of [a, b]) expect(call.state.participants[0]?.stream.getTracks()).to.have.length(2);
    });

    it('builds at most five connections a minute while there is no network', async () => {
      const { room, a, b } = await connectedPair();
      room.network.cut();
      await room.clock.advance(66_000);
      for (const { platform } of [a, b]) expect(platform.connections.length).to.be.at.most(1 + 6);
    });
  });

  describe('with several pages', () => {
    it('makes a mesh of three', async () => {
      const { pages } = await connected('a', 'b', 'c');
      for (const page of pages) {
        const others = ['a', 'b', 'c'].filter((id) => id !== page.call.id);
        expect([...page.others].sort()).to.deep.equal(others);
        expect(page.phase).to.equal('connected');
        expect(page.platform.openConnections).to.have.length(2);
        for (const { connection, stream } of page.call.state.participants) {
          expect(connection).to.equal('connected');
          expect(stream.getTracks()).to.have.length(2);
        }
      }
    });

    it('goes on when one of three leaves', async () => {
      const { room, pages } = await connected('a', 'b', 'c');
      const [a, b, c] = pages as [Page, Page, Page];
      c.call.end();
      await room.clock.advance(1000);
      expect([a.others, b.others]).to.deep.equal([['b'], ['a']]);
      expect([a.phase, b.phase]).to.deep.equal(['connected', 'connected']);
    });

    it('tells one too many that the call is full, and does not let it in', async () => {
      const room = new Room();
      const a = room.open('a', { maxParticipants: 2 });
      const b = room.open('b', { maxParticipants: 2 });
      for (const { call } of [a, b]) await call.start();
      await room.clock.advance(2000);
      const c = room.open('c');
      await c.call.start();
      await room.clock.advance(10_000);
      expect(c.codes()).to.include('room-full');
      expect(c.call.state.error?.code).to.equal('room-full');
      expect(c.phase).to.equal('ended');
      expect(c.platform.devices.live).to.deep.equal([]);
      expect([a.others, b.others]).to.deep.equal([['b'], ['a']]);
    });
  });

  describe('receiveSignal', () => {
    const throwing = Object.defineProperty({}, 'rtc', {
      get() {
        throw new Error('of the page');
      },
    });
    const { proxy: revoked, revoke } = Proxy.revocable({}, {});
    revoke();
    const nasty: unknown[] = [
      undefined,
      null,
      true,
      0,
      NaN,
      -1,
      1n,
      Symbol('s'),
      '',
      'text',
      '{',
      '[]',
      'null',
      '7',
      '"v=0"',
      '{}',
      '{"rtc":null}',
      '{"rtc":{}}',
      '{"__proto__":null}',
      '{"rtc":{"__proto__":{"version":1}}}',
      `{"description":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      'x'.repeat(200_000),
      [],
      [[[]]],
      {},
      () => undefined,
      class Nothing extends Array {},
      new Date(NaN),
      new Map(),
      new WeakSet(),
      new ArrayBuffer(8),
      Promise.resolve(),
      new Error('x'),
      Object.create(null),
      throwing,
      revoked,
      new Proxy({}, { get: () => Proxy }),
      { rtc: 7 },
      { rtc: [] },
      { rtc: { version: 1 } },
      { rtc: { version: 2, kind: 'hello' } },
      { description: 7 },
      { description: { type: 'offer' } },
      { description: { type: 'offer', sdp: 'v=0'.repeat(100_000) } },
      { description: { type: 'rollback' } },
      { candidate: 7 },
      { candidate: {} },
      { candidates: new Array(1_000_000) },
      { candidates: 'x' },
      forged({ seq: NaN }),
      forged({ from: '\u0000' }),
      forged({ kind: 'bye', session: 'never seen' }),
      forged({ kind: 'description', seq: 1 }),
      forged({ kind: 'full' }),
    ];

    it(`never throws, with ${nasty.length} nasty inputs before, in and after a call`, async () => {
      const room = new Room();
      const a = room.open('a');
      const senders: unknown[] = [undefined, null, {}, { from: 7 }, { from: 'x' }];
      const throwEverything = (): void => {
        for (const input of nasty) {
          for (const sender of senders) a.call.receiveSignal(input, sender as { from?: string });
        }
      };
      throwEverything();
      await a.call.start();
      const b = room.open('b');
      await b.call.start();
      await room.clock.advance(3000);
      throwEverything();
      await room.clock.advance(3000);
      expect(a.others).to.deep.equal(['b']);
      expect(a.phase).to.equal('connected');
      a.call.end();
      throwEverything();
      await room.clock.advance(1000);
      expect(a.platform.exceptions).to.deep.equal([]);
      expect(new Set(a.codes())).to.deep.equal(new Set(['invalid-signal']));
    });

    it('takes an object or its JSON text', async () => {
      const room = new Room();
      const [a, b] = [room.open('a'), room.open('b')];
      a.call.receiveSignal(forged({ from: 'one', session: '1' }));
      b.call.receiveSignal(JSON.stringify(forged({ from: 'two', session: '2' })));
      expect(a.diary).to.deep.equal(['incoming one ']);
      expect(b.diary).to.deep.equal(['incoming two ']);
    });

    it('says nothing of traffic that is not ours', () => {
      const a = new Room().open('a');
      for (const input of ['ping', 7, {}, { type: 'chat' }, forged({ kind: 'later' as 'hello' })])
        a.call.receiveSignal(input);
      expect(a.errors).to.deep.equal([]);
    });

    it('tells invalid-signal once a minute', async () => {
      const { room, a } = await connectedPair();
      const malformed = { rtc: { version: 9 } };
      for (let count = 0; count < 20; count++) a.call.receiveSignal(malformed);
      expect(a.codes()).to.deep.equal(['invalid-signal']);
      await room.clock.advance(errorIntervalMs - 1);
      a.call.receiveSignal(malformed);
      expect(a.codes()).to.have.length(1);
      await room.clock.advance(1);
      a.call.receiveSignal(malformed);
      expect(a.codes()).to.deep.equal(['invalid-signal', 'invalid-signal']);
      expect(a.errors[0]?.message).to.include('version 9');
      expect(a.phase).to.equal('connected');
      expect(a.call.state.error).to.be.null;
    });

    it('ignores bare messages inside an enveloped call', async () => {
      const { room, a } = await connectedPair();
      a.call.receiveSignal({ description: { type: 'offer', sdp: 'v=0\r\n' } });
      a.call.receiveSignal({ candidate: { candidate: 'candidate:1', sdpMid: '0' } });
      await room.clock.advance(1000);
      expect(a.errors).to.deep.equal([]);
      expect(a.phase).to.equal('connected');
      expect(a.platform.connections).to.have.length(1);
    });

    it('drops what comes faster than 100 a second after a burst of 400, and says so once', async () => {
      const room = new Room();
      const a = room.open('a');
      for (let count = 0; count < maxMessageBurst; count++) a.call.receiveSignal('other traffic');
      expect(a.errors).to.deep.equal([]);
      for (let count = 0; count < 1000; count++) a.call.receiveSignal(forged());
      expect(a.codes()).to.deep.equal(['invalid-signal']);
      expect(a.call.state.incoming).to.be.null;
      await room.clock.advance(20);
      a.call.receiveSignal(forged());
      expect(a.call.state.incoming).to.deep.equal({ id: 'mallory', name: '' });
    });

    it('is not harmed by a sender who floods and forges', async () => {
      const { room, a, b } = await connectedPair();
      for (let count = 0; count < 300; count++) {
        a.call.receiveSignal(forged({ session: `s${count}`, from: `f${count}` }), { from: 'mallory' });
        a.call.receiveSignal(forged({ session: `t${count}`, from: 'b' }), { from: 'mallory' });
        await room.clock.advance(20);
      }
      expect(a.others).to.deep.equal(['b']);
      expect([a.phase, b.phase]).to.deep.equal(['connected', 'connected']);
    });
  });

  it('tells what a listener causes after what it is being told', () => {
    const { call } = new Room().open('a');
    const phases: string[] = [];
    call.addEventListener('phase-change', ({ detail: { phase } }) => {
      if (phase === 'waiting') call.end();
    });
    call.addEventListener('phase-change', ({ detail: { phase, previous } }) => {
      phases.push(`${previous} ${phase}`);
    });
    void call.start();
    expect(phases).to.deep.equal(['idle waiting', 'waiting ended']);
  });

  describe('while it is idle', () => {
    it('tells who calls, once, and until the call is over', async () => {
      const room = new Room();
      const a = room.open('a');
      const b = room.open('b', { name: 'Bea' });
      await b.call.start();
      await room.clock.advance(20_000);
      expect(a.diary).to.deep.equal(['incoming b Bea']);
      expect(a.call.state.incoming).to.deep.equal({ id: 'b', name: 'Bea' });
      expect(a.signals).to.deep.equal([]);
      b.call.end();
      await room.clock.advance(100);
      expect(a.call.state.incoming).to.be.null;
    });

    it('tells of each of several callers once, and shows the next when the first is gone', async () => {
      const room = new Room();
      const a = room.open('a');
      const b = room.open('b', { name: 'Bea' });
      const c = room.open('c', { name: 'Cem' });
      for (const { call } of [b, c]) await call.start();
      await room.clock.advance(20_000);
      expect(a.diary).to.deep.equal(['incoming b Bea', 'incoming c Cem']);
      expect(a.call.state.incoming?.name).to.equal('Bea');
      b.call.end();
      await room.clock.advance(100);
      expect(a.call.state.incoming?.name).to.equal('Cem');
    });

    it('forgets a caller who falls silent', async () => {
      const room = new Room();
      const a = room.open('a');
      const b = room.open('b');
      await b.call.start();
      await room.clock.advance(1000);
      b.vanish();
      await room.clock.advance(incomingTimeoutMs + 5000);
      expect(a.call.state.incoming).to.be.null;
    });

    it('hides a declined caller until they call anew', async () => {
      const room = new Room();
      const a = room.open('a');
      const b = room.open('b', { name: 'Ben' });
      const c = room.open('c', { name: 'Cleo' });
      a.call.declineIncoming(); // nobody: nothing
      for (const { call } of [b, c]) await call.start();
      await room.clock.advance(1000);
      a.call.declineIncoming();
      expect(a.call.state.incoming?.name).to.equal('Cleo');
      a.call.declineIncoming();
      await room.clock.advance(incomingTimeoutMs + 5000);
      expect(a.call.state.incoming).to.be.null;
      expect(a.diary).to.deep.equal(['incoming b Ben', 'incoming c Cleo']);
      b.call.end();
      await b.call.start();
      await room.clock.advance(1000);
      expect(a.call.state.incoming).to.deep.equal({ id: 'b', name: 'Ben' });
    });

    it('tells a caller that they are declined, until they have heard it, and rings when they call again', async () => {
      const room = new Room();
      const a = room.open('a', { name: 'Ana', room: 'r' });
      const b = room.open('b', { name: 'Ben', room: 'r' });
      await b.call.start();
      await room.clock.advance(1000);
      const { passes } = room.transport;
      room.transport.passes = (_, from) => from !== a.address; // the first word is lost
      a.call.declineIncoming();
      await room.clock.advance(100);
      expect(b.call.state.declined).to.deep.equal([]);
      room.transport.passes = passes;
      await room.clock.advance(6000);
      const { declined } = b.call.state;
      expect(declined).to.deep.equal([{ id: 'a', name: 'Ana' }]);
      expect(b.phase).to.equal('waiting');
      await room.clock.advance(20_000);
      expect(b.call.state.declined).to.equal(declined);
      expect(a.diary).to.deep.equal(['incoming b Ben']);

      const { microphone } = b.call.state.media;
      b.call.callAgain();
      await room.clock.advance(1000);
      expect(b.call.state.declined).to.deep.equal([]);
      expect([b.phase, b.call.state.media.microphone]).to.deep.equal(['waiting', microphone]);
      expect(a.diary).to.deep.equal(['incoming b Ben', 'incoming b Ben']);
      void a.call.start();
      await room.clock.advance(3000);
      expect([a.others, b.others]).to.deep.equal([['b'], ['a']]);
      b.call.callAgain(); // somebody is there: nothing
      await room.clock.advance(1000);
      expect(b.phase).to.equal('connected');
    });

    it('says no more that somebody has declined who comes after all', async () => {
      const room = new Room();
      const [a, b, c] = [room.open('a'), room.open('b'), room.open('c')];
      await b.call.start();
      await room.clock.advance(1000);
      for (const page of [a, c]) page.call.declineIncoming();
      await room.clock.advance(1000);
      expect(b.call.state.declined.map(({ id }) => id)).to.have.members(['a', 'c']);
      await a.call.start();
      await room.clock.advance(3000);
      a.call.end();
      await room.clock.advance(10_000);
      expect(b.call.state.declined.map(({ id }) => id)).to.deep.equal(['c']);
    });

    it('tells who has stayed in the call that was left from who calls anew', async () => {
      const { room, a, b } = await connectedPair();
      a.call.end();
      await room.clock.advance(6000);
      expect(a.call.state.incoming).to.deep.equal({ id: 'b', name: '', isFormer: true });
      b.call.end();
      await room.clock.advance(100);
      await b.call.start();
      await room.clock.advance(1000);
      expect(a.call.state.incoming).to.deep.equal({ id: 'b', name: '' });
    });

    it('is not called by another room or for somebody else', () => {
      const a = new Room().open('a', { room: 'x' });
      a.call.receiveSignal(forged({ room: 'y' }));
      a.call.receiveSignal(forged());
      a.call.receiveSignal(forged({ room: 'x', to: 'b' }));
      a.call.receiveSignal(forged({ room: 'x', kind: 'want' }));
      expect(a.diary).to.deep.equal([]);
      a.call.receiveSignal(forged({ room: 'x', to: 'a' }));
      expect(a.diary).to.deep.equal(['incoming mallory ']);
    });

    it('answers by start', async () => {
      const room = new Room();
      const a = room.open('a');
      const b = room.open('b');
      await b.call.start();
      await room.clock.advance(1000);
      await a.call.start();
      expect(a.call.state.incoming).to.be.null;
      await room.clock.advance(6000);
      expect([a.phase, b.phase]).to.deep.equal(['connected', 'connected']);
    });

    it('tells of a caller after the own call has ended', async () => {
      const { room, a } = await connectedPair();
      a.call.end();
      await room.clock.advance(6000);
      expect(a.diary.at(-1)).to.equal('incoming b ');
    });
  });

  describe('configure', () => {
    it('leaves and joins again with another room', async () => {
      const { room, a, b } = await connectedPair();
      const c = room.open('c', { room: 'other' });
      await c.call.start();
      a.call.configure({ room: 'other' });
      expect(a.phase).to.equal('waiting');
      await room.clock.advance(6000);
      expect(a.others).to.deep.equal(['c']);
      expect(b.others).to.deep.equal([]);
      expect(b.diary).to.include('-a left');
      expect(a.diary).to.include('-b ended');
      expect(a.platform.devices.asked).to.have.length(1);
    });

    it('leaves and joins again with another id', async () => {
      const { room, a, b } = await connectedPair();
      a.call.configure({ peerId: 'anna' });
      await room.clock.advance(6000);
      expect(b.others).to.deep.equal(['anna']);
      expect(a.others).to.deep.equal(['b']);
    });

    it('does not rejoin for anything else', async () => {
      const { room, a } = await connectedPair();
      a.call.configure({ name: 'Ann', iceServers: 'stun:b', maxParticipants: 4, room: '', peerId: 'a' });
      await room.clock.advance(1000);
      expect(a.diary.filter((line) => line.startsWith('-'))).to.deep.equal([]);
      expect(a.platform.connections).to.have.length(1);
    });

    it('reports what it can not use, keeps the former value and goes on', () => {
      const a = new Room().open('a', { room: 'x', maxParticipants: 3 });
      const wrong = { room: 7, maxParticipants: 1, iceTransportPolicy: 'none', localStream: 'x', peerId: '' };
      a.call.configure({ ...wrong, name: 'Ann' } as unknown as CallOptionChanges);
      expect(a.codes()).to.deep.equal(Array(5).fill('invalid-config'));
      for (const key of Object.keys(wrong))
        expect(
          a.errors.some(({ message }) => message.includes(key)),
          key,
        ).to.be.true;
      expect(a.call.options).to.include({
        room: 'x',
        maxParticipants: 3,
        iceTransportPolicy: 'all',
        name: 'Ann',
      });
      expect(a.call.state.error?.code).to.equal('invalid-config');
    });

    it('goes back to the default for null and undefined, which frameworks write for what is gone', () => {
      const given: Required<CallOptionChanges> = {
        iceServers: 'stun:a',
        iceServersProvider: () => Promise.resolve([]),
        iceTransportPolicy: 'relay',
        noAudio: true,
        noVideo: true,
        constraints: { video: { width: 320 } },
        localStream: null,
        processTrack: (track) => Promise.resolve(track),
        name: 'Ann',
        peerId: 'ann',
        room: 'x',
        maxParticipants: 3,
        dialect: 'w3c',
        initiator: true,
      };
      for (const nothing of [null, undefined]) {
        const a = new Room().open('a', given);
        a.call.configure(Object.fromEntries(Object.keys(given).map((key) => [key, nothing])));
        expect(a.call.options).to.deep.equal(defaultOptions);
        expect(a.codes()).to.deep.equal([]);
      }
    });

    it('names a wrong ICE server at once and uses the rest', () => {
      const a = new Room().open('a', { iceServers: 'stun:a nonsense' });
      expect(a.codes()).to.deep.equal(['invalid-config']);
      expect(a.call.state.error?.message).to.include('nonsense');
      expect(a.call.options.iceServers).to.deep.equal([{ urls: 'stun:a' }]);
    });

    it('cleans the name', () => {
      const a = new Room().open('a', { name: ` ${'x'.repeat(100)}\u202e` });
      expect(a.call.options.name).to.equal('x'.repeat(64));
    });
  });

  it('restarts nothing when path and transport were away together for 3 s', async () => {
    const { room, pages } = await connected('a', 'b');
    const descriptions = (): number =>
      pages.flatMap((page) => page.kinds()).filter((kind) => kind === 'description').length;
    const before = descriptions();
    const { passes } = room.transport;
    room.network.isCut = true;
    room.transport.passes = () => false;
    await room.clock.advance(3000);
    expect(pages.map(({ phase }) => phase)).to.deep.equal(['reconnecting', 'reconnecting']);
    room.network.isCut = false;
    room.transport.passes = passes;
    await room.clock.advance(10_000);
    expect(pages.map(({ phase }) => phase)).to.deep.equal(['connected', 'connected']);
    expect(descriptions()).to.equal(before);
  });

  describe('with a server that the browser refuses', () => {
    const wrong = 'stun:host:9';
    const right = { urls: 'stun:host:3478' };
    const settings: Record<string, CallOptionChanges> = {
      'as text': { iceServers: `${wrong} ${right.urls}` },
      'as values': { iceServers: [{ urls: wrong }, right] },
      'by iceServersProvider': { iceServersProvider: () => Promise.resolve([{ urls: wrong }, right]) },
    };
    for (const [how, options] of Object.entries(settings)) {
      it(`given ${how} connects with the rest, and restarts with it`, async () => {
        const room = new Room();
        const [a, b] = [room.open('a', options), room.open('b')];
        a.platform.refusedUrls.push(wrong);
        for (const { call } of [a, b]) await call.start();
        await room.clock.advance(3000);
        expect(a.phase).to.equal('connected');
        const { connection, configurations } = a.platform;
        expect(configurations.at(-1)?.iceServers).to.deep.equal([right]);
        connection.fail();
        await room.clock.advance(3000);
        expect(connection.configurations.at(-1)?.iceServers).to.deep.equal([right]);
        expect(a.codes()).to.deep.equal(['invalid-config']);
      });
    }
  });

  describe('with an iceServersProvider', () => {
    const withProvider = async (
      iceServersProvider: () => Promise<RTCIceServer[]>,
      waitMs = 3000,
    ): Promise<{ room: Room; a: Page; b: Page }> => {
      const room = new Room();
      const a = room.open('a', { iceServers: 'stun:known', iceServersProvider });
      const b = room.open('b');
      for (const { call } of [a, b]) await call.start();
      await room.clock.advance(waitMs);
      return { room, a, b };
    };
    const serversOf = (page: Page): unknown => page.platform.configurations.at(-1)?.iceServers;

    it('uses what it gives', async () => {
      const { a, b } = await withProvider(() => Promise.resolve([{ urls: 'stun:fresh' }]));
      expect(serversOf(a)).to.deep.equal([{ urls: 'stun:fresh' }]);
      expect([a.phase, b.phase]).to.deep.equal(['connected', 'connected']);
      expect(a.errors).to.deep.equal([]);
    });

    it('asks it before every new connection', async () => {
      let count = 0;
      const { room, a, b } = await withProvider(async () => [{ urls: `stun:fresh-${++count}` }]);
      const asked = count;
      expect(asked).to.be.greaterThan(0);
      b.vanish();
      await room.open('b').call.start();
      await room.clock.advance(6000);
      expect(count).to.be.greaterThan(asked);
      expect(serversOf(a)).to.deep.equal([{ urls: `stun:fresh-${count}` }]);
    });

    for (const [how, provider] of [
      ['rejects', () => Promise.reject(new Error('no token'))],
      [
        'throws',
        () => {
          throw new Error('no token');
        },
      ],
    ] as [string, () => Promise<RTCIceServer[]>][]) {
      it(`uses the known servers and reports it when it ${how}`, async () => {
        const { a, b } = await withProvider(provider);
        expect(serversOf(a)).to.deep.equal([{ urls: 'stun:known' }]);
        expect(a.codes()).to.include('timeout');
        expect(a.errors[0]?.message).to.include('no token');
        expect([a.phase, b.phase]).to.deep.equal(['connected', 'connected']);
      });
    }

    it('is silent about a provider that hangs when the call has ended', async () => {
      const { room, a } = await withProvider(() => new Promise(() => undefined), 1000);
      a.call.end();
      await room.clock.advance(iceServersTimeoutMs + 3000);
      expect(a.errors).to.deep.equal([]);
      expect(a.platform.connections).to.deep.equal([]);
    });

    it('uses the known servers when it takes more than five seconds', async () => {
      const { room, a, b } = await withProvider(() => new Promise(() => undefined), 1000);
      expect(a.platform.connections).to.deep.equal([]);
      await room.clock.advance(iceServersTimeoutMs + 3000);
      expect(serversOf(a)).to.deep.equal([{ urls: 'stun:known' }]);
      expect(a.codes()).to.include('timeout');
      expect([a.phase, b.phase]).to.deep.equal(['connected', 'connected']);
    });

    it('uses the last that it gave when it fails later', async () => {
      let isBroken = false;
      const { room, a, b } = await withProvider(async () => {
        if (isBroken) throw new Error('no token');
        return [{ urls: 'stun:last' }];
      });
      isBroken = true;
      b.vanish();
      await room.open('b').call.start();
      await room.clock.advance(6000);
      expect(serversOf(a)).to.deep.equal([{ urls: 'stun:last' }]);
    });

    it('reports what it gives that can not be used', async () => {
      const { a } = await withProvider(async () => [{ urls: 'nonsense' }, { urls: 'stun:fresh' }]);
      expect(serversOf(a)).to.deep.equal([{ urls: 'stun:fresh' }]);
      expect(a.codes()).to.include('invalid-config');
    });
  });

  describe('sendMessage', () => {
    it('brings text to everybody, once and in order', async () => {
      const { room, pages } = await connected('a', 'b', 'c');
      const [a, b, c] = pages as [Page, Page, Page];
      for (const text of ['one', 'two', '<b>three</b>']) await a.call.sendMessage(text);
      await room.clock.advance(1000);
      for (const { diary } of [b, c]) {
        expect(diary.filter((line) => line.startsWith('a: '))).to.deep.equal([
          'a: one',
          'a: two',
          'a: <b>three</b>',
        ]);
      }
      expect(a.diary.filter((line) => line.includes(': '))).to.deep.equal([]);
    });

    it('rejects where nobody is there', async () => {
      const a = new Room().open('a');
      const [before, alone] = [
        watch(a.call.sendMessage('hi')),
        watch(a.call.start().then(() => a.call.sendMessage('hi'))),
      ];
      await a.platform.clock.settle();
      expect([before.state, alone.state]).to.deep.equal(['invalid-state', 'invalid-state']);
    });

    it('rejects what is no text, empty or too long, and takes 8192 characters', async () => {
      const { room, a, b } = await connectedPair();
      const seen = ['', 7, null, 'x'.repeat(8193)].map((text) => watch(a.call.sendMessage(text as string)));
      await a.call.sendMessage('x'.repeat(8192));
      await room.clock.advance(1000);
      expect(seen.map(({ state }) => state)).to.deep.equal(Array(4).fill('invalid-config'));
      expect(b.diary.at(-1)).to.have.length('a: '.length + 8192);
    });
  });

  describe('commands', () => {
    it('reject with their error and record it', async () => {
      const a = new Room().open('a');
      await a.call.preview();
      await a.call.setCamera(false);
      a.platform.devices.automatic = null;
      const camera = watch(a.call.setCamera(true));
      a.platform.devices.refuse('NotReadableError');
      const screen = watch(a.call.setScreenShare(true));
      await a.platform.clock.settle();
      expect(camera.state).to.equal('device-busy');
      expect(screen.state).to.equal('invalid-state');
      expect(a.call.state.error?.code).to.be.oneOf(['device-busy', 'invalid-state']);
      expect(a.errors).to.deep.equal([]);
    });

    it('preview opens the devices without a call', async () => {
      const a = new Room().open('a');
      await a.call.preview();
      expect(a.call.state.media).to.include({ microphone: 'on', camera: 'on' });
      expect(a.call.state.localStream?.getTracks()).to.have.length(2);
      expect(a.phase).to.equal('idle');
      expect(a.signals).to.deep.equal([]);
      await a.call.start();
      expect(a.platform.devices.asked).to.have.length(1);
    });

    it('preview rejects only where nothing could be opened', async () => {
      const a = new Room().open('a');
      a.platform.devices.list = a.platform.devices.list.filter(({ kind }) => kind === 'audioinput');
      await a.call.preview();
      const b = new Room().open('b');
      b.platform.devices.list = [];
      const preview = watch(b.call.preview());
      await b.platform.clock.settle();
      expect(preview.state).to.equal('device-not-found');
    });

    it('end closes the preview too', async () => {
      const a = new Room().open('a');
      await a.call.preview();
      a.call.end();
      expect(a.platform.devices.live).to.deep.equal([]);
      expect(a.phase).to.equal('idle');
    });

    it('choose the speaker by state alone', async () => {
      const a = new Room().open('a');
      await a.call.selectDevice('audiooutput', 'loud');
      expect(a.call.state.speakerId).to.equal('loud');
      expect(a.platform.devices.asked).to.deep.equal([]);
    });

    it('give statistics by participant', async () => {
      const { pages } = await connected('a', 'b', 'c');
      const { call } = pages[0]!;
      expect([...(await call.getStats()).keys()].sort()).to.deep.equal(['b', 'c']);
      expect([...(await call.getStats('c')).keys()]).to.deep.equal(['c']);
      expect((await call.getStats('nobody')).size).to.equal(0);
    });
  });

  it('lets two pages with the same id talk', async () => {
    const room = new Room();
    const [a, b] = [room.open('same'), room.open('same')];
    for (const { call } of [a, b]) void call.start();
    await room.clock.advance(3000);
    for (const page of [a, b]) expect([page.phase, page.others]).to.deep.equal(['connected', ['same']]);
  });

  it('does not take its own last words for a caller', async () => {
    const room = new Room({ echoes: true });
    const a = room.open('a');
    void a.call.start();
    await room.clock.advance(5);
    a.call.end();
    await room.clock.advance(5000);
    expect(a.diary.filter((line) => line.startsWith('incoming'))).to.deep.equal([]);
  });

  describe('when the page goes away', () => {
    it('says goodbye, and starts a new session when it comes back from the cache', async () => {
      const { room, a, b } = await connectedPair();
      const { session } = a.signals[0]!.rtc!;
      a.platform.hide();
      expect(a.kinds().at(-1)).to.equal('bye');
      expect(a.platform.openConnections).to.deep.equal([]);
      await room.clock.advance(1000);
      const [former] = b.call.state.participants;
      expect(former?.connection).to.equal('reconnecting');
      a.platform.show();
      expect(a.signals.at(-1)?.rtc?.session).not.to.equal(session);
      await room.clock.advance(6000);
      expect([a.phase, b.phase]).to.deep.equal(['connected', 'connected']);
      expect(b.call.state.participants[0]?.stream).to.equal(former?.stream);
      expect(b.diary.filter((line) => line.includes('a'))).not.to.include('-a left');
    });

    it('has left when it does not come back soon', async () => {
      const { room, a, b } = await connectedPair();
      a.platform.hide();
      await room.clock.advance(reloadGraceMs - 100);
      expect(b.others).to.deep.equal(['a']);
      await room.clock.advance(200);
      expect(b.diary).to.include('-a left');
    });

    it('has left at once where its id is a random one, which nobody can come back with', async () => {
      const room = new Room();
      const [a, b] = [room.open(null), room.open('b')];
      for (const { call } of [a, b]) void call.start();
      await room.clock.advance(5000);
      expect(b.phase).to.equal('connected');
      a.platform.hide();
      await room.clock.advance(100);
      expect(b.others).to.deep.equal([]);
    });

    it('does neither outside a call', async () => {
      const { a } = await connectedPair();
      a.call.end();
      const { length } = a.signals;
      a.platform.hide();
      a.platform.show();
      expect(a.signals).to.have.length(length);
      expect(a.phase).to.equal('ended');
    });
  });

  it('reports what a subscriber throws and goes on', async () => {
    const a = new Room().open('a');
    const failure = new Error('of the page');
    a.call.subscribe(
      ({ phase }) => phase,
      () => {
        throw failure;
      },
    );
    await a.call.start();
    expect(a.phase).to.equal('waiting');
    expect(a.platform.exceptions).to.deep.equal([failure]);
  });

  it('emits signals that are JSON-safe and structured-cloneable', async () => {
    const { a, b } = await connectedPair();
    for (const message of [...a.signals, ...b.signals]) {
      expect(structuredClone(message)).to.deep.equal(message);
      expect(JSON.parse(JSON.stringify(message))).to.deep.equal(message);
    }
  });

  describe('quality, speech and adaptation', () => {
    /** What `page` sends as picture. */
    const encoding = (page: Page): RTCRtpEncodingParameters | undefined =>
      page.platform.connection.getTransceivers()[1]?.sender.getParameters().encodings[0];

    /** The other side speaks so loud. */
    const speak = (page: Page, audioLevel: number | null): void => {
      page.platform.connection.getTransceivers()[0]!.receiver.audioLevel = audioLevel;
    };

    it('measures as long as somebody is connected', async () => {
      const { room, a, b } = await connectedPair();
      const told: string[] = [];
      a.call.addEventListener('quality-change', ({ detail }) => {
        told.push(`${detail.participantId} ${detail.quality}`);
      });
      await room.clock.advance(6000);
      expect(told).to.deep.equal(['b good']);
      expect(a.call.state.participants[0]?.qualityReason).to.equal(null);
      const { state } = a.call;
      await room.clock.advance(6000);
      expect(a.call.state).to.equal(state);
      b.platform.connection.loseNetwork();
      a.platform.connection.loseNetwork();
      expect(a.call.state.participants[0]?.quality).to.equal('unknown');
      expect(told.at(-1)).to.equal('b unknown');
    });

    it('knows who speaks, and that nobody does who is muted or gone', async () => {
      const { room, a, b } = await connectedPair();
      speak(a, 0.3);
      await room.clock.advance(2000);
      expect(a.call.state.participants[0]?.speaking).to.equal(true);
      await b.call.setMicrophone(false);
      await room.clock.advance(400);
      expect(a.call.state.participants[0]?.speaking).to.equal(false);
      await b.call.setMicrophone(true);
      await room.clock.advance(400);
      expect(a.call.state.participants[0]?.speaking).to.equal(true);
      a.platform.connection.loseNetwork();
      expect(a.call.state.participants[0]?.speaking).to.equal(false);
    });

    it('asks for pictures as large as they are shown, once a layout has settled', async () => {
      const { room, a, b } = await connectedPair();
      expect(encoding(b)?.maxBitrate).to.equal(maxVideoBits);
      const viewer = {};
      const views = (): unknown[] => a.signals.map(({ rtc }) => rtc?.view).filter((view) => view);
      for (const height of [700, 500, 400, 300, 180]) {
        a.call.setView(viewer, { participantId: 'b', source: 'camera', height });
        await room.clock.advance(50);
      }
      await room.clock.advance(1000);
      expect(views()).to.deep.equal([{ camera: 180 }]);
      expect(encoding(b)).to.include({ maxFramerate: 15, maxBitrate: 217_346 });
      a.call.setView(viewer, { participantId: 'b', source: 'camera', height: 190 });
      await room.clock.advance(1000);
      expect(views()).to.have.length(1);
      a.call.setView(viewer, null);
      await room.clock.advance(1000);
      expect(encoding(b)?.maxBitrate).to.equal(maxVideoBits);
    });

    it('begins without a limit, so that the first picture has its full size', async () => {
      const room = new Room();
      const [a, b] = [room.open('a'), room.open('b')];
      await Promise.all([a.call.start(), b.call.start()]);
      await room.clock.advance(600);
      expect([a.phase, b.phase]).to.deep.equal(['connected', 'connected']);
      expect(encoding(b)?.maxFramerate).to.equal(30);
      expect(encoding(b)?.maxBitrate).to.be.undefined;
      await room.clock.advance(3000);
      expect(encoding(b)?.maxBitrate).to.equal(maxVideoBits);
    });

    it('tells a page that was reloaded again how large it is shown', async () => {
      const { room, a, b } = await connectedPair();
      a.call.setView({}, { participantId: 'b', source: 'camera', height: 90 });
      await room.clock.advance(1000);
      b.call.end();
      await room.clock.advance(1000);
      await b.call.start();
      await room.clock.advance(3000);
      expect(encoding(b)?.maxBitrate).to.be.below(100_000);
    });

    it('shares its uplink between the others', async () => {
      const { room, pages } = await connected('a', 'b', 'c', 'd');
      const [a, b] = pages as [Page, Page];
      expect(encoding(a)?.maxBitrate).to.equal(Math.round(maxUplinkBits / 3));
      b.call.end();
      await room.clock.advance(2000);
      expect(a.platform.openConnections).to.have.length(2);
      for (const connection of a.platform.openConnections) {
        const [parameters] = connection.getTransceivers()[1]!.sender.getParameters().encodings;
        expect(parameters?.maxBitrate).to.equal(maxUplinkBits / 2);
      }
    });

    it('measures the own microphone, muted too, until the call ends', async () => {
      const { room, a } = await connectedPair();
      const levels: number[] = [];
      const stop = a.call.watchLevel((level) => levels.push(level));
      a.platform.soundLevel = 0.1;
      await a.call.setMicrophone(false);
      await room.clock.advance(700);
      expect(levels).to.deep.equal([0.89]);
      const [copy] = a.platform.measuredTracks;
      a.call.end();
      expect(copy?.readyState).to.equal('ended');
      await room.clock.advance(300);
      expect(levels).to.deep.equal([0.89, 0]);
      stop();
      await room.clock.advance(60_000);
      expect(a.platform.measuredTracks.size).to.equal(0);
    });

    it('leaves no timer behind', async () => {
      const { room, a, b } = await connectedPair();
      a.call.setView({}, { participantId: 'b', source: 'camera', height: 90 });
      for (const { call } of [a, b]) call.end();
      await room.clock.advance(incomingTimeoutMs);
      expect(room.clock.timerCount).to.equal(0);
    });
  });
});
