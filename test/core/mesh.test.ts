import { expect } from '@open-wc/testing';
import type { CallFact } from '../../src/core/call-state.js';
import {
  connectTimeoutMs,
  maxRebuildsPerMinute,
  permissionRebuildMs,
  silenceTimeoutMs,
} from '../../src/core/defaults.js';
import type { CallError } from '../../src/core/errors.js';
import { Mesh } from '../../src/core/mesh.js';
import type { EnvelopedMessage, SignalMedia, SignalSidecar } from '../../src/core/signal.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { FakeNetwork } from '../helpers/fake-network.js';
import { FakePlatform } from '../helpers/fake-platform.js';
import { FakeTransport, type TransportOptions } from '../helpers/fake-transport.js';

const allOff: SignalMedia = { microphone: 'off', camera: 'off', screen: 'off' };

class Page {
  readonly platform: FakePlatform;
  readonly mesh: Mesh;
  readonly sent: SignalSidecar[] = [];
  readonly facts: CallFact[] = [];
  readonly texts: string[] = [];
  readonly errors: CallError[] = [];
  readonly dropped: string[] = [];
  isAsking = false;
  refusals = 0;
  onError: () => void = () => undefined;

  /** @param session decides who offers first: the larger */
  constructor(room: Room, id: string, session: string, maxParticipants = 8) {
    this.platform = new FakePlatform({ clock: room.clock, network: room.network, seed: Number(session) });
    this.platform.nextIds.push(session.repeat(32));
    const send = room.transport.join(`${id} ${session}`, (message, from) => {
      this.mesh.receive(message, from);
    });
    const stream = this.platform.createMediaStream();
    this.mesh = new Mesh({
      platform: this.platform,
      describeSelf: () => ({ id, room: '', name: id, media: allOff }),
      outgoing: () => ({
        stream,
        sends: { audio: true, video: true, screen: true },
        tracks: { audio: null, video: null, screen: null },
      }),
      configuration: () => ({}),
      maxParticipants: () => maxParticipants,
      isAsking: () => this.isAsking,
      viewOf: () => null,
      events: {
        fact: (fact) => this.facts.push(fact),
        signal: (message) => {
          this.sent.push(message.rtc);
          send(message);
        },
        message: (_from, text) => this.texts.push(text),
        error: (error) => {
          this.errors.push(error);
          this.onError();
        },
        dropped: (what) => this.dropped.push(what),
        refused: () => {
          this.refusals++;
          this.mesh.stop();
        },
      },
    });
    this.mesh.start();
  }

  /** How the other is connected, by the last fact that says so. */
  get connection(): string | undefined {
    const told = this.facts.flatMap((fact) =>
      fact.type === 'participant-changed' && fact.changes.connection ? [fact.changes.connection] : [],
    );
    return told.at(-1);
  }

  generations(kind: SignalSidecar['kind']): (number | undefined)[] {
    return this.sent.filter((rtc) => rtc.kind === kind).map(({ generation }) => generation);
  }
}

class Room {
  readonly clock = new FakeClock();
  readonly network = new FakeNetwork(this.clock);
  readonly transport: FakeTransport<EnvelopedMessage>;

  constructor(options: TransportOptions = {}) {
    this.transport = new FakeTransport(this.clock, options);
  }
}

/** Two pages: `first` makes the offers, `second` waits for them. */
async function newPair(isCut = false): Promise<{ room: Room; first: Page; second: Page }> {
  const room = new Room();
  room.network.isCut = isCut;
  const second = new Page(room, 'second', '1');
  const first = new Page(room, 'first', '2');
  await room.clock.advance(1000);
  return { room, first, second };
}

describe('Mesh', () => {
  it('connects with one connection on each side', async () => {
    const { first, second } = await newPair();
    for (const page of [first, second]) {
      expect(page.connection).to.equal('connected');
      expect(page.platform.connections).to.have.length(1);
    }
  });

  for (const latencyMs of [0, 10, 50]) {
    it(`needs no more than ten messages until both are connected, ${latencyMs} ms from each other`, async () => {
      const room = new Room({ latencyMs });
      const pages = [new Page(room, 'ana', '1'), new Page(room, 'ben', '2')];
      for (const page of pages) page.platform.operationMs = 30; // an answer takes as long as browsers do
      while (pages.some(({ connection }) => connection !== 'connected')) await room.clock.advance(1);
      const kinds = pages.flatMap(({ sent }) => sent.map(({ kind }) => kind));
      expect(kinds.length, kinds.join(' ')).to.be.within(6, 8);
    });
  }

  it('builds a link anew that began without permission and is not connected two seconds after it', async () => {
    const { room, first, second } = await newPair(true);
    first.mesh.permissionGranted();
    await room.clock.advance(permissionRebuildMs - 1);
    expect(first.platform.connections).to.have.length(1);
    room.network.isCut = false;
    await room.clock.advance(1000);
    expect(first.platform.connections).to.have.length(2);
    expect([first.connection, second.connection]).to.deep.equal(['connected', 'connected']);
  });

  it('asks for that where the other side makes the offers', async () => {
    const { room, first, second } = await newPair(true);
    second.mesh.permissionGranted();
    room.network.isCut = false;
    await room.clock.advance(permissionRebuildMs + 1000);
    expect(second.generations('reset')).to.deep.equal([2]);
    expect(first.generations('description').at(-1)).to.equal(2);
    expect([first.connection, second.connection]).to.deep.equal(['connected', 'connected']);
  });

  it('leaves a link alone that is connected by then, or that began with permission', async () => {
    const { room, first, second } = await newPair();
    first.mesh.permissionGranted();
    first.mesh.permissionGranted();
    await room.clock.advance(10_000);
    expect(first.platform.connections).to.have.length(1);
    expect(second.platform.connections).to.have.length(1);
  });

  it('replaces a connection beyond repair by one of the next generation', async () => {
    const { room, first, second } = await newPair();
    first.platform.connection.failNext('setRemoteDescription');
    first.platform.connection.restartIce();
    await room.clock.advance(2000);
    expect(first.errors.map(({ code, participantId }) => [code, participantId])).to.deep.equal([
      ['negotiation-failed', 'second'],
    ]);
    for (const page of [first, second]) {
      expect(page.platform.connections).to.have.length(2);
      expect(page.platform.openConnections).to.have.length(1);
      expect(page.connection).to.equal('connected');
    }
    expect(first.generations('description').at(-1)).to.equal(2);
  });

  it('drops messages of a former generation', async () => {
    const { room, first, second } = await newPair();
    first.platform.connection.failNext('setRemoteDescription');
    first.platform.connection.restartIce();
    await room.clock.advance(2000);
    const { localDescription } = second.platform.connection;
    const stale = { type: 'offer' as const, sdp: first.platform.connections[0]!.localDescription!.sdp };
    second.mesh.receive({
      description: stale,
      rtc: {
        ...first.sent.at(-1)!,
        kind: 'description',
        seq: 0,
        generation: 1,
        to: 'second',
        toSession: '1'.repeat(32),
      },
    });
    await room.clock.advance(1000);
    expect(second.platform.connection.localDescription).to.equal(localDescription);
    expect(second.connection).to.equal('connected');
  });

  it('tells of a path that was never found, and goes on trying, at most five times a minute', async () => {
    const { room, first } = await newPair(true);
    await room.clock.advance(60_000);
    expect(first.errors.map(({ code }) => code)).to.include('ice-failed');
    expect(first.platform.connections.length).to.be.within(2, 1 + maxRebuildsPerMinute);
    expect(first.platform.openConnections).to.have.length(1);
    room.network.restore();
    await room.clock.advance(40_000);
    expect(first.connection).to.equal('connected');
  });

  it('shows a link that replaces a connected one as reconnecting', async () => {
    const { room, first, second } = await newPair();
    room.network.isCut = true;
    first.platform.connection.failNext('setRemoteDescription');
    first.platform.connection.restartIce();
    await room.clock.advance(3000);
    for (const page of [first, second]) expect(page.connection).to.equal('reconnecting');
  });

  it('builds a link anew for which nothing comes about, as often as the limit allows', async () => {
    const room = new Room();
    room.transport.passes = ({ rtc }) => rtc.kind !== 'description';
    const second = new Page(room, 'second', '1');
    const first = new Page(room, 'first', '2');
    await room.clock.advance(connectTimeoutMs - 1000);
    expect(first.platform.connections).to.have.length(1);
    await room.clock.advance(2000);
    expect(first.platform.connections).to.have.length(2);
    room.transport.passes = () => true;
    await room.clock.advance(5000);
    for (const page of [first, second]) expect(page.connection).to.equal('connected');
  });

  it('survives a browser that makes no connection, and tries again within the limit', async () => {
    const room = new Room();
    const second = new Page(room, 'second', '1');
    const first = new Page(room, 'first', '2');
    let attempts = 0;
    const { platform } = first;
    const create = platform.createPeerConnection.bind(platform);
    platform.createPeerConnection = () => {
      attempts++;
      throw new DOMException('Too many', 'UnknownError');
    };
    await room.clock.advance(10_000);
    expect(attempts).to.equal(1 + maxRebuildsPerMinute);
    expect(first.errors.map(({ code }) => code)).to.deep.equal(Array(attempts).fill('negotiation-failed'));
    platform.createPeerConnection = create;
    await room.clock.advance(75_000);
    for (const page of [first, second]) expect(page.connection).to.equal('connected');
  });

  it('makes no connection any more when a listener of the error ends the call', async () => {
    const { room, first } = await newPair();
    first.onError = () => {
      first.mesh.stop();
    };
    first.platform.connection.failNext('setRemoteDescription');
    first.platform.connection.restartIce();
    await room.clock.advance(60_000);
    expect(first.platform.connections).to.have.length(1);
    expect(first.platform.openConnections).to.deep.equal([]);
  });

  it('lets only an offer that is a little ahead begin a new link, and few of them', async () => {
    const { room, first, second } = await newPair();
    const offer = { type: 'offer' as const, sdp: first.platform.connection.localDescription!.sdp };
    const forge = (generation: number, type: 'offer' | 'answer' = 'offer'): void => {
      const address = { to: 'second', toSession: '1'.repeat(32), session: '2'.repeat(32), from: 'first' };
      const rtc = { version: 1, kind: 'description', seq: 0, ack: 0, generation, ...address } as const;
      const message = { description: { ...offer, type }, rtc };
      first.platform.connection.channels[0]!.send(JSON.stringify(message));
    };
    forge(2, 'answer');
    forge(100);
    await room.clock.advance(100);
    expect(second.platform.connections).to.have.length(1);
    for (let generation = 2; generation < 100; generation++) forge(generation);
    await room.clock.advance(100);
    expect(second.platform.connections.length).to.be.within(2, 1 + maxRebuildsPerMinute);
  });

  it('connects again after a long outage of everything, and is not ended by one of signaling alone', async () => {
    const { room, first, second } = await newPair();
    room.transport.passes = () => false;
    await room.clock.advance(2 * silenceTimeoutMs);
    room.network.cut();
    await room.clock.advance(20_000);
    for (const page of [first, second])
      expect(page.facts.map(({ type }) => type)).not.to.include('participant-left');
    await room.clock.advance(2 * silenceTimeoutMs);
    for (const page of [first, second]) expect(page.facts.at(-1)?.type).to.equal('participant-left');
    room.transport.passes = () => true;
    room.network.restore();
    await room.clock.advance(10_000);
    for (const page of [first, second]) expect(page.connection).to.equal('connected');
  });

  it('has no place for an id that is in the call already, and says so', async () => {
    const { room, first, second } = await newPair();
    const elsewhere = new Page(room, 'second', '3');
    await room.clock.advance(10_000);
    expect([first.refusals, second.refusals, elsewhere.refusals]).to.deep.equal([0, 0, 1]);
    for (const page of [first, second]) expect(page.connection).to.equal('connected');
    expect(first.facts.map(({ type }) => type)).not.to.include('participant-left');
    expect(first.platform.openConnections).to.have.length(1);
  });

  it('gives the place to the same id elsewhere when the former page is silent, and tells that one', async () => {
    const { room, first, second } = await newPair();
    const { connection } = second.platform;
    connection.channels[0]!.close();
    new Page(room, 'second', '3');
    await room.clock.advance(10_000);
    expect(second.refusals).to.equal(1);
    expect(first.refusals).to.equal(0);
    expect(first.connection).to.equal('connected');
    expect(first.facts.map(({ type }) => type)).not.to.include('participant-left');
  });

  describe('while the other side is heard over the connection', () => {
    const forge = (second: Page, kind: SignalSidecar['kind'], rest: Partial<SignalSidecar> = {}): void => {
      const address = { to: 'second', toSession: '1'.repeat(32), session: '2'.repeat(32), from: 'first' };
      second.mesh.receive({ rtc: { version: 1, kind, seq: 0, ack: 0, ...address, ...rest } });
    };

    for (const kind of ['bye', 'full', 'reset', 'restart'] as const) {
      it(`takes no ${kind} from outside`, async () => {
        const { room, first, second } = await newPair();
        for (const seq of [0, 1, 2, 3, 4, 5, 6, 7, 8]) forge(second, kind, { seq, generation: 2 });
        await room.clock.advance(10_000);
        for (const page of [first, second]) {
          expect(page.connection).to.equal('connected');
          expect(page.facts.map(({ type }) => type)).not.to.include('participant-left');
          expect(page.platform.connections).to.have.length(1);
          expect(page.refusals).to.equal(0);
        }
        first.mesh.sendToAll({ kind: 'message', text: 'still here' });
        await room.clock.advance(1000);
        expect(second.texts).to.deep.equal(['still here']);
      });
    }

    it('is not ended from outside in a moment of silence', async () => {
      const { room, first, second } = await newPair();
      room.network.isCut = true;
      for (const { platform } of [first, second]) {
        // Its data channel is held up, its media are not.
        platform.connection.getStats = async () =>
          new Map([['transport', { bytesReceived: room.clock.now() }]]);
      }
      await room.clock.advance(2500);
      for (const kind of ['bye', 'full', 'reset'] as const) forge(second, kind, { generation: 2 });
      const elsewhere = new Page(room, 'first', '3');
      await room.clock.advance(500);
      room.network.restore();
      await room.clock.advance(10_000);
      for (const [page, id] of [
        [first, 'second'],
        [second, 'first'],
      ] as const) {
        expect(page.platform.openConnections).to.have.length(1);
        expect(page.facts).not.to.deep.include({ type: 'participant-left', id });
        expect(page.refusals).to.equal(0);
      }
      expect(elsewhere.refusals).to.equal(1);
    });

    it('believes a goodbye from outside when nothing is heard over the connection any more', async () => {
      const { room, first, second } = await newPair();
      first.platform.connection.channels[0]!.partner = null; // the goodbye over the connection is lost
      first.mesh.stop();
      await room.clock.advance(6000);
      expect(second.facts.at(-1)?.type).to.equal('participant-left');
    });
  });

  it('loses only the one that has no place for it, when others have', async () => {
    const { room, first, second } = await newPair();
    const impostor = { from: 'third', session: '3'.repeat(32), to: 'second', toSession: '1'.repeat(32) };
    const say = (kind: SignalSidecar['kind'], seq: number): void => {
      second.mesh.receive({ rtc: { version: 1, kind, seq, ack: 0, ...impostor } });
    };
    say('hello', 1);
    await room.clock.advance(100);
    expect(second.facts.filter(({ type }) => type === 'participant-joined')).to.have.length(2);
    say('full', 0);
    await room.clock.advance(100);
    expect(second.facts).to.deep.include({ type: 'participant-left', id: 'third' });
    expect(second.refusals).to.equal(0);
    for (const page of [first, second]) expect(page.platform.openConnections).to.have.length(1);
  });

  it('drops a flood over the connection, says so, and goes on', async () => {
    const { room, first, second } = await newPair();
    const channel = first.platform.connection.channels[0]!;
    for (let count = 0; count < 1000; count++) channel.send('{"rtc":1}');
    await room.clock.advance(100);
    expect(second.dropped).to.include('too many messages arrive over the connection');
    await room.clock.advance(5000);
    first.mesh.sendToAll({ kind: 'message', text: 'still here' });
    await room.clock.advance(5000);
    expect(second.texts).to.deep.equal(['still here']);
    expect(second.connection).to.equal('connected');
  });

  it('waits with new connections while the person is asked for devices', async () => {
    const room = new Room();
    room.network.isCut = true;
    const pages = [new Page(room, 'first', '1'), new Page(room, 'second', '2')];
    for (const page of pages) page.isAsking = true;
    await room.clock.advance(29_000);
    for (const page of pages) {
      expect(page.errors).to.deep.equal([]);
      expect(page.platform.connections).to.have.length(1);
      page.isAsking = false;
      page.mesh.permissionGranted();
    }
    room.network.isCut = false;
    await room.clock.advance(3000);
    for (const page of pages) expect(page.connection).to.equal('connected');
  });

  it('finds out soon whether a connection survived a change of the network', async () => {
    const { room, first, second } = await newPair();
    room.network.change();
    await room.clock.advance(300);
    first.platform.changeNetwork();
    await room.clock.advance(1000);
    expect(first.connection).to.equal('connected');
    await room.clock.advance(200);
    expect(first.connection).to.equal('reconnecting');
    await room.clock.advance(1000);
    for (const { platform, connection } of [first, second]) {
      expect(connection).to.equal('connected');
      expect(platform.connection.remoteUfrag).to.match(/x2$/);
    }
  });

  it('leaves a connection alone that a change of the network did not touch', async () => {
    const { room, first, second } = await newPair();
    const before = first.sent.length;
    for (let count = 0; count < 5; count++) first.platform.changeNetwork();
    await room.clock.advance(4000);
    expect(first.sent.slice(before).filter(({ kind }) => kind !== 'hello')).to.deep.equal([]);
    for (const page of [first, second]) expect(page.connection).to.equal('connected');
  });

  it('lets two of three in that start at once where there are places for two', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const room = new Room({ jitterMs: seed * 10, loss: seed % 3 ? 0 : 0.2, seed });
      const pages = ['1', '2', '3'].map((session) => new Page(room, `p${session}`, session, 2));
      await room.clock.advance(30_000);
      const inCall = pages.filter(({ refusals }) => refusals === 0);
      expect(inCall, `seed ${seed}`).to.have.length(2);
      for (const page of inCall) expect(page.connection, `seed ${seed}`).to.equal('connected');
      for (const { mesh } of pages) mesh.stop();
    }
  });

  for (const session of ['1', '4']) {
    it(`refuses a newcomer of session ${session} at a full call`, async () => {
      const room = new Room();
      const pages = ['2', '3'].map((own) => new Page(room, `p${own}`, own, 2));
      await room.clock.advance(1000);
      const newcomer = new Page(room, 'newcomer', session, 2);
      await room.clock.advance(1000);
      expect(newcomer.refusals).to.equal(1);
      for (const page of pages) expect([page.connection, page.refusals]).to.deep.equal(['connected', 0]);
    });
  }

  it('takes no message in band that names another sender', async () => {
    const { room, first, second } = await newPair();
    const [channel] = first.platform.connection.channels;
    const rtc = {
      version: 1,
      seq: 0,
      ack: 0,
      kind: 'message',
      text: 'hi',
      from: 'third',
      session: '3'.repeat(32),
    };
    channel?.send(JSON.stringify({ rtc: { ...rtc, to: 'second', toSession: '1'.repeat(32) } }));
    await room.clock.advance(100);
    expect(second.texts).to.deep.equal([]);
    channel?.send(JSON.stringify({ rtc: { ...rtc, from: 'first', session: '2'.repeat(32) } }));
    await room.clock.advance(100);
    expect(second.texts).to.deep.equal(['hi']);
  });

  it('says goodbye in band too', async () => {
    const { room, first, second } = await newPair();
    room.transport.passes = () => false;
    first.mesh.stop();
    await room.clock.advance(100);
    expect(second.facts.at(-1)).to.deep.equal({ type: 'participant-left', id: 'first' });
  });

  it('leaves nothing behind', async () => {
    const { room, first, second } = await newPair();
    for (const { mesh } of [first, second]) {
      mesh.permissionGranted();
      mesh.stop();
      mesh.stop();
    }
    await room.clock.advance(60_000);
    for (const { platform } of [first, second]) expect(platform.openConnections).to.deep.equal([]);
    expect(room.clock.timerCount).to.equal(0);
  });
});
