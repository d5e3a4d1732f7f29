import { expect } from '@open-wc/testing';
import {
  maxUnconfirmedSessions,
  replyAckDelayMs,
  silenceTimeoutMs,
  unconfirmedTimeoutMs,
} from '../../src/core/defaults.js';
import type { Engine } from '../../src/core/platform.js';
import type { Peer } from '../../src/core/peer.js';
import { Roster } from '../../src/core/roster.js';
import type { EnvelopedMessage, SignalKind, SignalMedia, SignalSidecar } from '../../src/core/signal.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { FakePlatform } from '../helpers/fake-platform.js';
import { FakeTransport, type TransportOptions } from '../helpers/fake-transport.js';

const allOff: SignalMedia = { microphone: 'off', camera: 'off', screen: 'off' };

/** A room with a transport; every page in it has a roster and a diary of what the roster told it. */
class Room {
  readonly clock = new FakeClock();
  readonly transport: FakeTransport<EnvelopedMessage>;
  #pages = 0;

  constructor(options: TransportOptions = {}) {
    this.transport = new FakeTransport(this.clock, options);
  }

  open(
    id: string,
    options: { room?: string; session?: string; engine?: Engine; places?: number } = {},
  ): Page {
    return new Page(this, id, { ...options, seed: ++this.#pages });
  }

  /** A message that nobody in the room sent. */
  forge(rtc: Partial<SignalSidecar>, rest: Omit<EnvelopedMessage, 'rtc'> = {}): EnvelopedMessage {
    const kind: SignalKind = 'hello';
    return { ...rest, rtc: { version: 1, kind, from: 'mallory', session: 'forged', seq: 0, ack: 0, ...rtc } };
  }
}

interface PageOptions {
  room?: string;
  session?: string;
  engine?: Engine;
  places?: number;
  seed: number;
}

class Page {
  readonly id: string;
  readonly roster: Roster;
  readonly diary: string[] = [];
  readonly peers = new Map<string, Peer>();
  readonly sent: { readonly message: EnvelopedMessage; readonly session: string | null }[] = [];
  self = { name: '', media: allOff };
  isAlive = false;
  isHeld = false;
  readonly dropped: string[] = [];
  /** The name by which the transport knows this page. */
  readonly address: string;
  readonly #room: Room;

  constructor(
    room: Room,
    id: string,
    { room: label = '', session, engine = 'chromium', places = 8, seed }: PageOptions,
  ) {
    this.id = id;
    this.#room = room;
    this.address = `${id}#${seed}`;
    const platform = new FakePlatform({ clock: room.clock, seed, engine });
    if (session) platform.nextIds.push(session);
    const send = room.transport.join(this.address, (message, from) => {
      this.roster.receive(message, from);
    });
    this.roster = new Roster({
      platform,
      describeSelf: () => ({ id, room: label, ...this.self }),
      events: {
        transmit: (message, to) => {
          this.sent.push({ message, session: to });
          send(message);
        },
        hasPlace: (peer) => this.peers.has(peer) || this.peers.size < places,
        isSettled: () => true,
        joined: (peer) => {
          this.diary.push(this.peers.has(peer.id) ? `${peer.id} reloaded` : `${peer.id} joined`);
          this.peers.set(peer.id, peer);
        },
        left: (peer, reason) => {
          this.peers.delete(peer.id);
          this.diary.push(`${peer.id} ${reason}`);
        },
        received: (peer, { rtc }) => {
          if (rtc.kind !== 'hello') this.diary.push(`${peer.id} ${rtc.kind} ${rtc.text ?? ''}`.trim());
        },
        heard: () => undefined,
        isAlive: () => this.isAlive,
        isHeld: () => this.isHeld,
        doubted: () => undefined,
        dropped: (what) => this.dropped.push(what),
        refused: () => this.diary.push('refused'),
        declined: ({ id, name }) => this.diary.push(`declined by ${id} ${name}`),
      },
    });
  }

  start(): this {
    this.roster.start();
    return this;
  }

  /** The page is gone without a word. */
  vanish(): void {
    this.#room.transport.leave(this.address);
    const { passes } = this.#room.transport;
    this.#room.transport.passes = (message, from) => from !== this.address && passes(message, from);
  }

  peer(id: string): Peer {
    const peer = this.peers.get(id);
    if (!peer) throw new Error(`${this.id} does not know ${id}`);
    return peer;
  }

  kinds(): SignalKind[] {
    return this.sent.map(({ message }) => message.rtc.kind);
  }
}

describe('Roster', () => {
  it('says hello to everybody at once', () => {
    const room = new Room();
    const a = room.open('a');
    a.self = { name: 'Ann', media: { ...allOff, camera: 'on' } };
    expect(a.sent).to.deep.equal([]);
    a.start();
    expect(a.sent).to.have.length(1);
    expect(a.sent[0]?.session).to.be.null;
    expect(a.sent[0]?.message).to.deep.equal({
      renegotiate: true, // for simple-peer
      rtc: {
        version: 1,
        kind: 'hello',
        from: 'a',
        session: a.roster.session,
        seq: 0,
        ack: 0,
        engine: 'chromium',
        media: { ...allOff, camera: 'on' },
        name: 'Ann',
      },
    });
  });

  it('repeats hello with back-off up to every five seconds for as long as it is started', async () => {
    const room = new Room();
    room.open('a').start();
    await room.clock.advance(60_000);
    const times = room.transport.log.map(({ at }) => at - 1000);
    expect(times.slice(0, 7)).to.deep.equal([0, 500, 1500, 3500, 7500, 12_500, 17_500]);
    expect(times.at(-1)).to.equal(57_500);
  });

  it('makes a new random session for every start', () => {
    const room = new Room();
    const sessions = [1, 2, 3].map(() => room.open('a').roster.session);
    expect(new Set(sessions).size).to.equal(3);
    for (const session of sessions) expect(session).to.match(/^[0-9a-f]{32}$/);
  });

  for (const order of ['first', 'second', 'together'] as const) {
    it(`finds the other when it starts ${order}`, async () => {
      const room = new Room();
      const a = room.open('a');
      const b = room.open('b');
      const inTurn = order === 'second' ? [b, a] : [a, b];
      for (const page of inTurn) {
        page.start();
        if (order !== 'together') await room.clock.advance(2000);
      }
      await room.clock.advance(1000);
      expect(a.diary).to.deep.equal(['b joined']);
      expect(b.diary).to.deep.equal(['a joined']);
      expect(a.peer('b').session).to.equal(b.roster.session);
    });
  }

  it('tells name, media and engine of the other', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const b = room.open('b', { engine: 'firefox' });
    b.self = { name: 'Bea', media: { ...allOff, microphone: 'on' } };
    b.start();
    await room.clock.advance(1000);
    expect(a.peer('b')).to.include({ id: 'b', name: 'Bea' });
    expect(a.peer('b').media).to.deep.equal({ ...allOff, microphone: 'on' });
  });

  it('lets the larger session offer first, and the smaller be polite', async () => {
    const room = new Room();
    const a = room.open('a', { session: '1'.repeat(32) }).start();
    const b = room.open('b', { session: '2'.repeat(32) }).start();
    await room.clock.advance(1000);
    expect([a.peer('b').offersFirst, b.peer('a').offersFirst]).to.deep.equal([false, true]);
    expect([a.peer('b').polite, b.peer('a').polite]).to.deep.equal([true, false]);
  });

  for (const other of ['firefox', 'webkit', 'unknown'] satisfies Engine[]) {
    it(`lets Chromium offer first to ${other}, whatever the sessions`, async () => {
      const room = new Room();
      const a = room.open('a', { session: '1'.repeat(32), engine: 'chromium' }).start();
      const b = room.open('b', { session: '2'.repeat(32), engine: other }).start();
      await room.clock.advance(1000);
      expect([a.peer('b').offersFirst, b.peer('a').offersFirst]).to.deep.equal([true, false]);
      expect([a.peer('b').polite, b.peer('a').polite]).to.deep.equal([true, false]);
    });
  }

  it('finds everybody on a transport that loses, repeats and reorders', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const room = new Room({ loss: 0.3, duplication: 0.3, jitterMs: 400, echoes: true, seed });
      const pages = ['a', 'b', 'c'].map((id) => room.open(id).start());
      await room.clock.advance(30_000);
      for (const page of pages) {
        const others = pages.filter((other) => other !== page).map(({ id }) => `${id} joined`);
        expect([...page.diary].sort(), `seed ${seed}, page ${page.id}`).to.deep.equal(others);
      }
    }
  });

  it('brings messages once and in order on such a transport', async () => {
    const room = new Room({ loss: 0.3, duplication: 0.3, jitterMs: 400, echoes: true, seed: 7 });
    const a = room.open('a').start();
    const b = room.open('b').start();
    await room.clock.advance(10_000);
    for (let number = 0; number < 50; number++) {
      a.roster.sendToAll({ kind: 'message', text: String(number) });
      await room.clock.advance(100);
    }
    await room.clock.advance(60_000);
    const texts = Array.from({ length: 50 }, (_, number) => `a message ${number}`);
    expect(b.diary).to.deep.equal(['a joined', ...texts]);
  });

  it('ignores its own echo, by session and not by id', async () => {
    const room = new Room({ echoes: true });
    const a = room.open('a').start();
    await room.clock.advance(10_000);
    const [first] = a.sent;
    a.roster.receive({ rtc: { ...first!.message.rtc, from: 'renamed' } });
    await room.clock.advance(1000);
    expect(a.diary).to.deep.equal([]);
    expect(new Set(a.kinds())).to.deep.equal(new Set(['hello']));
    expect(a.sent.every(({ session }) => session === null)).to.be.true;
  });

  it('hears that somebody declines, from nobody who is there and for no other call', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const b = room.open('b').start();
    await room.clock.advance(1000);
    a.diary.length = 0;
    const say = (rtc: Partial<SignalSidecar>): void => {
      a.roster.receive(room.forge({ kind: 'decline', from: 'c', to: 'a', ...rtc }));
    };
    say({});
    say({ toSession: 'former' });
    say({ toSession: a.roster.session, room: 'y' });
    say({ toSession: a.roster.session, session: b.roster.session });
    expect(a.diary).to.deep.equal([]);
    say({ toSession: a.roster.session, name: 'Cleo' });
    expect(a.diary).to.deep.equal(['declined by c Cleo']);
    expect([...a.peers.keys()]).to.deep.equal(['b']);
  });

  it('ignores another room', async () => {
    const room = new Room();
    const a = room.open('a', { room: 'x' }).start();
    const b = room.open('b', { room: 'y' }).start();
    const c = room.open('c').start();
    await room.clock.advance(5000);
    for (const page of [a, b, c]) {
      expect(page.diary).to.deep.equal([]);
      expect(page.sent.every(({ session }) => session === null)).to.be.true;
    }
  });

  it('ignores what is for another recipient or another session of this one', async () => {
    const room = new Room();
    const a = room.open('a').start();
    a.roster.receive(room.forge({ to: 'b' }));
    a.roster.receive(room.forge({ to: 'a', toSession: 'a former one' }));
    a.roster.receive(room.forge({ toSession: 'another' }));
    await room.clock.advance(100);
    expect(a.sent).to.have.length(1);
    a.roster.receive(room.forge({ to: 'a' }));
    expect(a.sent).to.have.length(2);
  });

  it('makes nobody a participant who does not name our session', async () => {
    const room = new Room();
    const a = room.open('a').start();
    for (let number = 0; number < 100; number++) {
      a.roster.receive(room.forge({}));
      a.roster.receive(
        room.forge({ kind: 'description', seq: 1 }, { description: { type: 'offer', sdp: 'v=0' } }),
      );
      a.roster.receive(room.forge({ kind: 'media', seq: 2, media: allOff }));
      a.roster.receive(room.forge({ kind: 'message', seq: 3, text: 'I am here', to: 'a' }));
      await room.clock.advance(100);
    }
    expect(a.diary).to.deep.equal([]);
  });

  it('makes one a participant whose first message names our session', () => {
    const room = new Room();
    const a = room.open('a').start();
    a.roster.receive(
      room.forge({ kind: 'want', from: 'b', session: 's', toSession: a.roster.session, seq: 1 }),
    );
    expect(a.diary).to.deep.equal(['b joined', 'b want']);
  });

  it('meets nobody by an acknowledgement or a goodbye', async () => {
    const room = new Room();
    const a = room.open('a').start();
    for (const kind of ['ack', 'bye', 'want', 'candidate'] satisfies SignalKind[]) {
      a.roster.receive(room.forge({ kind, session: `of ${kind}` }));
    }
    for (const kind of ['ack', 'bye'] satisfies SignalKind[]) {
      a.roster.receive(room.forge({ kind, session: `to us of ${kind}`, toSession: a.roster.session }));
    }
    await room.clock.advance(100);
    expect(a.diary).to.deep.equal([]);
    expect(a.sent).to.have.length(1);
  });

  it('answers hello with a hello that asks back and repeats until it is answered', async () => {
    const room = new Room();
    const a = room.open('a').start();
    a.roster.receive(room.forge({ from: 'b', session: 's' }));
    const { message } = a.sent[1]!;
    expect(message.rtc).to.include({ kind: 'hello', to: 'b', toSession: 's', seq: 1 });
    expect(message.rtc.nonce).to.match(/^[0-9a-f]{32}$/);
    await room.clock.advance(3000);
    const directed = a.sent.filter(({ session }) => session === 's');
    expect(directed.length).to.be.greaterThan(3);
  });

  it('tells media once, and not by a copy that comes too late', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const b = room.open('b').start();
    await room.clock.advance(1000);
    const on = { ...allOff, microphone: 'on' as const };
    const tell = (): void => {
      a.roster.sendToAll({ kind: 'media', media: a.self.media });
    };
    const count = a.sent.length;
    tell();
    expect(a.sent).to.have.length(count); // it was said with the hello
    room.transport.passes = (_message, from) => from !== b.address; // so that a repeats what has arrived
    a.peer('b').send({ kind: 'want' });
    await room.clock.advance(100);
    a.self = { name: '', media: on };
    await room.clock.advance(1000);
    room.transport.passes = () => true;
    tell();
    tell();
    await room.clock.advance(1000);
    expect(b.peer('a').media).to.deep.equal(on);
  });

  it('takes over a change of name and media, and tells it', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const b = room.open('b').start();
    await room.clock.advance(1000);
    a.roster.sendToAll({ kind: 'media', name: 'Ann', media: { ...allOff, screen: 'on' } });
    await room.clock.advance(1000);
    expect(b.peer('a')).to.include({ name: 'Ann' });
    expect(b.peer('a').media).to.deep.equal({ ...allOff, screen: 'on' });
    expect(b.diary).to.deep.equal(['a joined', 'a media']);
  });

  it('is not told a former name by a late hello', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const b = room.open('b').start();
    await room.clock.advance(1000);
    const late = a.sent[0]!.message;
    a.roster.sendToAll({ kind: 'media', name: 'Ann' });
    await room.clock.advance(1000);
    b.roster.receive({ rtc: { ...late.rtc, name: 'former' } });
    expect(b.peer('a').name).to.equal('Ann');
  });

  it('lets a goodbye that has overtaken the first words of its page keep it out', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const late: [EnvelopedMessage, string][] = [];
    room.transport.passes = (message, from) => {
      if (from === a.address || message.rtc.kind === 'bye') return true;
      late.push([message, from]);
      return false;
    };
    const b = room.open('b').start();
    await room.clock.advance(1000);
    b.roster.stop();
    await room.clock.advance(1000);
    for (const [message, from] of late) a.roster.receive(message, from);
    expect(late.map(([{ rtc }]) => rtc.toSession)).to.include(a.roster.session);
    expect(a.diary).to.deep.equal([]);
    room.open('b').start(); // another session of the same page
    room.transport.passes = () => true;
    await room.clock.advance(1000);
    expect(a.diary).to.deep.equal(['b joined']);
  });

  it('lets a goodbye end a participant at once, and late messages not bring it back', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const b = room.open('b').start();
    await room.clock.advance(1000);
    const hello = b.sent[0]!.message;
    b.roster.stop();
    await room.clock.advance(100);
    expect(a.diary).to.deep.equal(['b joined', 'b left']);
    for (const { message } of [...b.sent]) a.roster.receive(message);
    a.roster.receive(hello);
    await room.clock.advance(10_000);
    expect(a.diary).to.deep.equal(['b joined', 'b left']);
  });

  it('stops once, and is silent afterwards', async () => {
    const room = new Room();
    const a = room.open('a').start();
    room.open('b').start();
    await room.clock.advance(1000);
    a.roster.stop();
    a.roster.stop();
    const count = a.sent.length;
    expect(a.kinds().filter((kind) => kind === 'bye')).to.have.length(1);
    a.peer('b').send({ kind: 'want' });
    a.roster.sendToAll({ kind: 'want' });
    a.roster.receive(room.forge({}));
    await room.clock.advance(60_000);
    expect(a.sent).to.have.length(count);
  });

  it('leaves no timer behind', async () => {
    const room = new Room();
    const pages = ['a', 'b'].map((id) => room.open(id).start());
    await room.clock.advance(1000);
    for (const { roster } of pages) roster.stop();
    await room.clock.advance(1000);
    expect(room.clock.timerCount).to.equal(0);
  });

  it('gives a page that reloads with the same id its place, once it answers the question', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const b = room.open('b').start();
    await room.clock.advance(1000);
    const former = a.peer('b');
    b.vanish();
    const again = room.open('b').start();
    await room.clock.advance(1000);
    expect(a.diary).to.deep.equal(['b joined', 'b reloaded']);
    expect(again.diary).to.deep.equal(['a joined']);
    expect(a.peer('b').session).to.equal(again.roster.session);
    expect(a.peer('b')).not.to.equal(former);
    for (const { message } of b.sent) a.roster.receive(message);
    await room.clock.advance(2 * silenceTimeoutMs);
    expect(a.diary).to.deep.equal(['b joined', 'b reloaded']);
  });

  it('takes no late answer of a former session for a new page', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const former = room.open('b', { session: '1' }).start();
    const late: EnvelopedMessage[] = [];
    room.transport.passes = (message) => {
      const isLate = message.rtc.session === '1' && message.rtc.toSession !== undefined;
      if (isLate) late.push(message);
      return !isLate;
    };
    await room.clock.advance(100);
    former.vanish();
    room.open('b', { session: '2' }).start();
    await room.clock.advance(2 * replyAckDelayMs);
    expect(a.peers.get('b')?.session).to.equal('2');
    for (const message of late) a.roster.receive(message);
    expect(a.peers.get('b')?.session).to.equal('2');
  });

  it('finds three reloads in a row on a bad transport', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const room = new Room({ loss: 0.2, duplication: 0.2, jitterMs: 300, seed });
      const a = room.open('a').start();
      let b = room.open('b').start();
      await room.clock.advance(8000);
      for (let reload = 0; reload < 3; reload++) {
        b.vanish();
        b = room.open('b').start();
        await room.clock.advance(400);
      }
      await room.clock.advance(30_000);
      expect(a.peer('b').session, `seed ${seed}`).to.equal(b.roster.session);
      expect(b.peer('a').session, `seed ${seed}`).to.equal(a.roster.session);
    }
  });

  it('is not displaced by a late hello of a dead page', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const dead = room.open('b').start();
    const stale = dead.sent[0]!.message;
    dead.vanish();
    const b = room.open('b').start();
    await room.clock.advance(1000);
    a.roster.receive(stale);
    await room.clock.advance(unconfirmedTimeoutMs + 30_000);
    expect(a.peer('b').session).to.equal(b.roster.session);
    expect(a.diary.filter((line) => line !== 'b joined')).to.deep.equal([]);
  });

  it('is not displaced by a forged session that names ours but not the nonce', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const b = room.open('b').start();
    await room.clock.advance(1000);
    const toSession = a.roster.session;
    for (const echo of [undefined, 'guess', b.sent[0]!.message.rtc.session]) {
      const rtc = { from: 'b', session: 'forged', to: 'a', toSession, ...(echo !== undefined && { echo }) };
      a.roster.receive(room.forge({ ...rtc, kind: 'want', seq: 1 }));
      a.roster.receive(room.forge({ ...rtc, kind: 'bye' }));
      await room.clock.advance(100);
    }
    expect(a.diary).to.deep.equal(['b joined']);
    expect(a.peer('b').session).to.equal(b.roster.session);
  });

  it('drops messages of a participant under another sender', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const b = room.open('b').start();
    await room.clock.advance(1000);
    const bye = room.forge({
      kind: 'bye',
      from: 'b',
      session: b.roster.session,
      to: 'a',
      toSession: a.roster.session,
    });
    a.roster.receive(bye, 'mallory');
    a.roster.receive({ rtc: { ...bye.rtc, kind: 'full' } }, 'mallory');
    expect(a.diary).to.deep.equal(['b joined']);
    a.roster.receive(bye, b.address);
    expect(a.diary).to.deep.equal(['b joined', 'b left']);
  });

  it('needs no sender where the transport knows none', () => {
    const room = new Room();
    const a = room.open('a').start();
    const rtc = { from: 'b', session: 's', to: 'a', toSession: a.roster.session };
    a.roster.receive(room.forge({ ...rtc, kind: 'want', seq: 1 }));
    a.roster.receive(room.forge({ ...rtc, kind: 'media', seq: 2, media: allOff }));
    expect(a.diary).to.deep.equal(['b joined', 'b want', 'b media']);
  });

  it('tells one who finds no place that the call is full, and takes nobody in', async () => {
    const room = new Room();
    const a = room.open('a', { places: 1 }).start();
    const b = room.open('b').start();
    await room.clock.advance(1000);
    const c = room.open('c').start();
    await room.clock.advance(1000);
    expect(a.diary).to.deep.equal(['b joined']);
    expect(c.diary).to.include('refused');
    expect(c.diary).not.to.include('a joined');
    expect(b.diary).to.deep.equal(['a joined', 'c joined']);
  });

  it('listens to full only where it names this session', () => {
    const room = new Room();
    const a = room.open('a').start();
    a.roster.receive(room.forge({ kind: 'full' }));
    a.roster.receive(room.forge({ kind: 'full', to: 'a' }));
    expect(a.diary).to.deep.equal([]);
    a.roster.receive(room.forge({ kind: 'full', to: 'a', toSession: a.roster.session }));
    expect(a.diary).to.deep.equal(['refused']);
  });

  it('lets a silent participant leave after 90 seconds', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const b = room.open('b').start();
    await room.clock.advance(1000);
    b.vanish();
    await room.clock.advance(silenceTimeoutMs - 1000);
    expect(a.diary).to.deep.equal(['b joined']);
    await room.clock.advance(6000);
    expect(a.diary).to.deep.equal(['b joined', 'b timeout']);
  });

  it('keeps a silent participant whose media still flow', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const b = room.open('b').start();
    await room.clock.advance(1000);
    a.isAlive = true;
    b.vanish();
    await room.clock.advance(3 * silenceTimeoutMs);
    expect(a.diary).to.deep.equal(['b joined']);
    a.isAlive = false;
    await room.clock.advance(silenceTimeoutMs - 6000); // the silence counts from the last sign of life
    expect(a.diary).to.deep.equal(['b joined']);
    await room.clock.advance(12_000);
    expect(a.diary).to.deep.equal(['b joined', 'b timeout']);
  });

  it('finds a page again after a long silence, on both sides', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const room = new Room({ jitterMs: 300, loss: 0.2, duplication: 0.2, seed });
      const [a, b] = [room.open('a').start(), room.open('b').start()];
      await room.clock.advance(10_000);
      room.transport.passes = () => false;
      await room.clock.advance(silenceTimeoutMs + 10_000);
      room.transport.passes = () => true;
      await room.clock.advance(15_000);
      expect(a.diary, `seed ${seed}`).to.deep.equal(['b joined', 'b timeout', 'b joined']);
      expect(b.diary, `seed ${seed}`).to.deep.equal(['a joined', 'a timeout', 'a joined']);
    }
  });

  for (const hasUnsent of [false, true]) {
    it(`begins anew with one who has forgotten it, ${hasUnsent ? 'with' : 'without'} messages on their way`, async () => {
      for (let seed = 1; seed <= 10; seed++) {
        const room = new Room({ jitterMs: 300, loss: 0.2, duplication: 0.2, seed });
        const [a, b] = [room.open('a').start(), room.open('b').start()];
        await room.clock.advance(10_000);
        for (const { roster } of [a, b]) roster.sendToAll({ kind: 'message', text: 'before' });
        await room.clock.advance(10_000);
        room.transport.passes = (_message, from) => from !== a.address;
        if (hasUnsent) a.roster.sendToAll({ kind: 'message', text: 'lost' });
        await room.clock.advance(silenceTimeoutMs + 10_000);
        room.transport.passes = () => true;
        await room.clock.advance(15_000);
        for (const { roster } of [a, b]) roster.sendToAll({ kind: 'message', text: 'after' });
        await room.clock.advance(15_000);
        for (const [page, id] of [
          [a, 'b'],
          [b, 'a'],
        ] as const) {
          const story = ['joined', 'message before', 'timeout', 'joined', 'message after'];
          expect(page.diary, `seed ${seed}`).to.deep.equal(story.map((line) => `${id} ${line}`));
        }
      }
    });
  }

  it('begins anew with a peer whose message was taken away by a forged acknowledgement', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const b = room.open('b').start();
    await room.clock.advance(1000);
    room.transport.passes = ({ rtc }) => rtc.text !== 'one';
    a.roster.sendToAll({ kind: 'message', text: 'one' });
    const [sent] = a.sent.filter(({ message }) => message.rtc.text === 'one');
    if (!sent) throw new Error('nothing was sent');
    const { from, session, to = '', toSession = '', seq } = sent.message.rtc;
    const ack = { from: to, session: toSession, to: from, toSession: session };
    a.roster.receive({ rtc: { version: 1, kind: 'ack', seq: 0, ack: seq, ...ack } });
    room.transport.passes = () => true;
    a.roster.sendToAll({ kind: 'message', text: 'two' });
    await room.clock.advance(60_000);
    a.roster.sendToAll({ kind: 'message', text: 'three' });
    await room.clock.advance(1000);
    expect(b.diary).to.deep.equal(['a joined', 'a timeout', 'a joined', 'a message three']);
  });

  it('keeps a peer whose message was lost just before a cut', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const b = room.open('b').start();
    await room.clock.advance(1000);
    room.transport.passes = ({ rtc }) => rtc.text !== 'one';
    a.roster.sendToAll({ kind: 'message', text: 'one' });
    a.roster.sendToAll({ kind: 'message', text: 'two' });
    room.transport.passes = () => false;
    await room.clock.advance(45_000);
    room.transport.passes = () => true;
    await room.clock.advance(10_000);
    expect(b.diary).to.deep.equal(['a joined', 'a message one', 'a message two']);
  });

  it('tells a living page whose id joins elsewhere that it has no place', async () => {
    const room = new Room();
    const a = room.open('a').start();
    const b = room.open('b').start();
    await room.clock.advance(1000);
    const elsewhere = room.open('b').start();
    await room.clock.advance(1000);
    expect(b.diary).to.include('refused');
    expect(elsewhere.diary).to.include('a joined');
    expect(a.peer('b').session).to.equal(elsewhere.roster.session);
  });

  it('keeps a participant for as long as it repeats its hello', async () => {
    const room = new Room();
    const a = room.open('a').start();
    room.open('b').start();
    await room.clock.advance(10 * silenceTimeoutMs);
    expect(a.diary).to.deep.equal(['b joined']);
  });

  it('notes eight unconfirmed sessions and no more', async () => {
    const room = new Room();
    const a = room.open('a').start();
    for (let number = 0; number < 1000; number++)
      a.roster.receive(room.forge({ session: `s${number}`, from: `f${number}` }));
    const answered = new Set(a.sent.map(({ session }) => session).filter((session) => session !== null));
    expect(answered.size).to.equal(maxUnconfirmedSessions);
    expect(new Set(a.dropped).size).to.equal(1);
    await room.clock.advance(1000);
    expect(a.diary).to.deep.equal([]);
  });

  it('has room again when the unconfirmed have been silent for 15 seconds', async () => {
    const room = new Room();
    const a = room.open('a').start();
    for (let number = 0; number < 20; number++)
      a.roster.receive(room.forge({ session: `s${number}`, from: `f${number}` }));
    const b = room.open('b').start();
    await room.clock.advance(unconfirmedTimeoutMs + 10_000);
    expect(a.diary).to.deep.equal(['b joined']);
    expect(b.diary).to.deep.equal(['a joined']);
  });

  it('lets one who names our session in although the unconfirmed fill every place', async () => {
    const room = new Room();
    const a = room.open('a').start();
    for (let number = 0; number < 20; number++)
      a.roster.receive(room.forge({ session: `s${number}`, from: `f${number}` }));
    room.open('b').start();
    await room.clock.advance(2000);
    expect(a.diary).to.deep.equal(['b joined']);
  });
});
