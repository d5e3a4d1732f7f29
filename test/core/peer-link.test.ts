import { expect } from '@open-wc/testing';
import {
  candidateGatherMs,
  connectTimeoutMs,
  disconnectedGraceMs,
  freshMs,
  maxCandidates,
  restartSettleMs,
  restartTimeoutMs,
  silenceMs,
} from '../../src/core/defaults.js';
import type { CallError } from '../../src/core/errors.js';
import type { Outgoing, TrackRole } from '../../src/core/outgoing.js';
import { PeerLink, type PeerLinkOptions } from '../../src/core/peer-link.js';
import type { SignalBody } from '../../src/core/peer.js';
import type { LinkState } from '../../src/core/recovery.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { FakeStream, FakeTrack } from '../helpers/fake-media.js';
import { FakeNetwork } from '../helpers/fake-network.js';
import type { FakePeerConnection } from '../helpers/fake-peer-connection.js';
import { FakePlatform } from '../helpers/fake-platform.js';
import { readSdp } from '../helpers/fake-sdp.js';

const asTrack = (track: FakeTrack): MediaStreamTrack => track as unknown as MediaStreamTrack;
const audio = (): MediaStreamTrack => asTrack(new FakeTrack('audio'));
const video = (): MediaStreamTrack => asTrack(new FakeTrack('video'));

/** One side: a link, what it told, and the other side that its signals go to. */
class Side {
  readonly platform: FakePlatform;
  readonly stream = new FakeStream();
  readonly states: LinkState[] = [];
  readonly signals: SignalBody[] = [];
  readonly remote: { track: MediaStreamTrack; role: TrackRole }[] = [];
  readonly removed: TrackRole[] = [];
  readonly texts: string[] = [];
  readonly dropped: string[] = [];
  readonly errors: CallError[] = [];
  brokenAt: number[] = [];
  readonly reasons: string[] = [];
  other: Side | null = null;
  /** Runs when the connection is made, which is in a later microtask. */
  prepare: (connection: FakePeerConnection) => void = () => undefined;
  readonly link: PeerLink;

  constructor(
    clock: FakeClock,
    network: FakeNetwork,
    options: Partial<PeerLinkOptions> & { offersFirst: boolean },
    outgoing: Partial<Outgoing> = {},
  ) {
    const platform = new FakePlatform({ clock, network });
    const create = platform.createPeerConnection.bind(platform);
    platform.createPeerConnection = (configuration) => {
      const connection = create(configuration);
      this.prepare(platform.connection);
      return connection;
    };
    this.platform = platform;
    this.link = new PeerLink({
      platform,
      configuration: () => ({}),
      polite: !options.offersFirst,
      generation: 1,
      outgoing: {
        stream: this.stream as unknown as MediaStream,
        sends: { audio: true, video: true, screen: true },
        tracks: { audio: null, video: null, screen: null },
        ...outgoing,
      },
      events: {
        signal: (body) => {
          this.signals.push(body);
          const { other } = this;
          if (!other) return;
          clock.setTimer(() => {
            other.receive(body);
            clock.setTimer(() => {
              this.link.hear(); // the acknowledgement
            }, 10);
          }, 10);
        },
        state: (state) => this.states.push(state),
        trackAdded: (track, role) => this.remote.push({ track, role }),
        trackRemoved: (_track, role) => this.removed.push(role),
        channelMessage: (text) => this.texts.push(text),
        dropped: (what) => this.dropped.push(what),
        error: (error) => this.errors.push(error),
        broken: (why) => {
          this.brokenAt.push(clock.now());
          this.reasons.push(why);
        },
      },
      ...options,
    });
  }

  receive(body: SignalBody): void {
    this.link.hear();
    if (body.kind === 'description' || body.kind === 'candidate' || body.kind === 'restart') {
      this.link.receive(body.kind, body);
    }
  }

  get connection(): FakePeerConnection {
    return this.platform.connection;
  }

  descriptions(): string[] {
    return this.signals.flatMap(({ description }) => (description ? [description.type] : []));
  }

  senders(): (FakeTrack | null)[] {
    return this.connection.getTransceivers().map(({ sender }) => sender.track);
  }

  roles(): TrackRole[] {
    return this.remote.map(({ role }) => role);
  }
}

/** An answer comes so long after its offer, and an acknowledgement after its message. */
const answerMs = 20;
const ackMs = answerMs;

interface Pair {
  clock: FakeClock;
  network: FakeNetwork;
  offerer: Side;
  answerer: Side;
}

function newPair(ours: Partial<Outgoing> = {}, theirs: Partial<Outgoing> = {}): Pair {
  const clock = new FakeClock();
  const network = new FakeNetwork(clock);
  const offerer = new Side(clock, network, { offersFirst: true }, ours);
  const answerer = new Side(clock, network, { offersFirst: false }, theirs);
  offerer.other = answerer;
  answerer.other = offerer;
  return { clock, network, offerer, answerer };
}

async function connectedPair(ours: Partial<Outgoing> = {}, theirs: Partial<Outgoing> = {}): Promise<Pair> {
  const pair = newPair(ours, theirs);
  await pair.clock.advance(1000);
  return pair;
}

/** A link alone, for what needs no other side. */
function newLink(options: Partial<PeerLinkOptions> & { offersFirst: boolean }): {
  clock: FakeClock;
  side: Side;
} {
  const clock = new FakeClock();
  return { clock, side: new Side(clock, new FakeNetwork(clock), options) };
}

describe('PeerLink', () => {
  it('connects both sides, and each hears and sees the other', async () => {
    const { offerer, answerer } = await connectedPair();
    for (const side of [offerer, answerer]) {
      expect(side.states).to.deep.equal(['connected']);
      expect(side.link.state).to.equal('connected');
      expect(side.roles()).to.deep.equal(['audio', 'video']);
      expect(side.errors).to.deep.equal([]);
    }
  });

  it('stamps every signal with its generation', async () => {
    const { clock, side } = newLink({ offersFirst: true, generation: 7 });
    await clock.advance(100);
    expect(side.signals.length).to.be.greaterThan(1);
    expect(new Set(side.signals.map(({ generation }) => generation))).to.deep.equal(new Set([7]));
  });

  it('offers before any track exists, with sections that send and receive in its stream', async () => {
    const { clock, side } = newLink({ offersFirst: true });
    await clock.settle();
    const { sections } = readSdp(side.signals[0]?.description?.sdp ?? '');
    expect(sections.map(({ kind, direction }) => `${kind} ${direction}`)).to.deep.equal([
      'audio sendrecv',
      'video sendrecv',
      'application sendrecv',
    ]);
    expect(sections.slice(0, 2).map(({ streams }) => streams)).to.deep.equal([
      [side.stream.id],
      [side.stream.id],
    ]);
    expect(side.senders()).to.deep.equal([null, null]);
  });

  it('sends tracks that come later without a new negotiation, on both sides', async () => {
    const { clock, offerer, answerer } = await connectedPair();
    const [microphone, camera] = [audio(), video()];
    for (const side of [offerer, answerer]) {
      side.link.sections.setTrack('audio', microphone);
      side.link.sections.setTrack('video', camera);
    }
    await clock.advance(1000);
    for (const side of [offerer, answerer]) expect(side.senders()).to.deep.equal([microphone, camera]);
    expect(offerer.descriptions()).to.deep.equal(['offer']);
    expect(answerer.descriptions()).to.deep.equal(['answer']);
  });

  it('takes tracks back and replaces them without a new negotiation', async () => {
    const { clock, offerer } = await connectedPair({ tracks: { audio: null, video: video(), screen: null } });
    const other = video();
    offerer.link.sections.setTrack('video', null);
    await clock.settle();
    offerer.link.sections.setTrack('video', other);
    await clock.advance(1000);
    expect(offerer.connection.getTransceivers()[1]?.sender.replaced.slice(1)).to.deep.equal([null, other]);
    expect(offerer.descriptions()).to.deep.equal(['offer']);
  });

  it('reuses the offered transceivers as answerer, and makes none', async () => {
    const { offerer, answerer } = await connectedPair();
    for (const { connection } of [offerer, answerer]) {
      expect(connection.getTransceivers().map(({ mid }) => mid)).to.deep.equal(['0', '1']);
      expect(connection.getTransceivers().map(({ currentDirection }) => currentDirection)).to.deep.equal([
        'sendrecv',
        'sendrecv',
      ]);
    }
  });

  it('names its stream in the answer, so that the other side groups its tracks', async () => {
    const { answerer } = await connectedPair();
    const answer = answerer.signals.find(({ description }) => description)?.description?.sdp ?? '';
    expect(
      readSdp(answer)
        .sections.slice(0, 2)
        .map(({ streams }) => streams),
    ).to.deep.equal([[answerer.stream.id], [answerer.stream.id]]);
  });

  it('attaches the tracks that the answerer has already', async () => {
    const tracks = { audio: audio(), video: video(), screen: null };
    const { answerer } = await connectedPair({}, { tracks });
    expect(answerer.senders()).to.deep.equal([tracks.audio, tracks.video]);
  });

  it('receives only what it never sends', async () => {
    const sends = { audio: true, video: false, screen: true };
    const { offerer, answerer } = await connectedPair({ sends });
    expect(offerer.connection.getTransceivers().map(({ direction }) => direction)).to.deep.equal([
      'sendrecv',
      'recvonly',
    ]);
    expect(answerer.roles()).to.deep.equal(['audio']);
    expect(offerer.roles()).to.deep.equal(['audio', 'video']);
  });

  it('negotiates a new direction when a side begins to send a kind', async () => {
    const sends = { audio: true, video: false, screen: true };
    const { clock, offerer, answerer } = await connectedPair({ sends });
    offerer.link.sections.setSends('video', true);
    await clock.advance(1000);
    expect(answerer.roles()).to.deep.equal(['audio', 'video']);
    expect(offerer.descriptions()).to.deep.equal(['offer', 'offer']);
  });

  it('sends the screen as a second video beside the camera, and one section carries both ways', async () => {
    const { clock, offerer, answerer } = await connectedPair();
    const screen = video();
    offerer.link.sections.setTrack('screen', screen);
    await clock.advance(1000);
    expect(answerer.roles()).to.deep.equal(['audio', 'video', 'screen']);
    expect(offerer.senders()[2]).to.equal(screen);
    answerer.link.sections.setTrack('screen', video());
    await clock.advance(1000);
    expect(answerer.connection.getTransceivers()).to.have.length(3);
    expect(answerer.senders()[2]).not.to.be.null;
    offerer.link.sections.setTrack('screen', null);
    await clock.advance(1000);
    expect(offerer.senders()[2]).to.be.null;
  });

  it('sends a screen that was there before the connection', async () => {
    for (const role of ['offerer', 'answerer'] as const) {
      const shared = { tracks: { audio: null, video: null, screen: video() } };
      const pair = await connectedPair(role === 'offerer' ? shared : {}, role === 'answerer' ? shared : {});
      const receiver = role === 'offerer' ? pair.answerer : pair.offerer;
      expect(receiver.roles(), role).to.deep.equal(['audio', 'video', 'screen']);
    }
  });

  it('tells when the other side ends a track for good', async () => {
    const { offerer } = await connectedPair();
    offerer.connection.getTransceivers()[1]?.receiver.track.end();
    expect(offerer.removed).to.deep.equal(['video']);
  });

  it('opens a negotiated channel on both sides and carries text', async () => {
    const { clock, offerer, answerer } = await connectedPair();
    expect(offerer.connection.channels.map(({ id, label }) => `${label} ${id}`)).to.deep.equal([
      'rtc-call 0',
    ]);
    expect(answerer.connection.channels).to.have.length(1);
    expect(offerer.link.sendInBand('one')).to.be.true;
    expect(answerer.link.sendInBand('two')).to.be.true;
    await clock.advance(100);
    expect(answerer.texts).to.deep.equal(['one']);
    expect(offerer.texts).to.deep.equal(['two']);
  });

  it('passes on no data that is not text', async () => {
    const { clock, offerer, answerer } = await connectedPair();
    answerer.connection.channels[0]?.receive(new ArrayBuffer(8));
    offerer.link.sendInBand('text');
    await clock.advance(100);
    expect(answerer.texts).to.deep.equal(['text']);
  });

  it('says that it can not send in band before the channel is open, when it is congested, and afterwards', async () => {
    const { clock, offerer } = newPair();
    expect(offerer.link.sendInBand('early')).to.be.false;
    await clock.advance(1000);
    const channel = offerer.connection.channels[0]!;
    channel.bufferedAmount = 1_000_001;
    expect(offerer.link.sendInBand('congested')).to.be.false;
    channel.bufferedAmount = 0;
    channel.send = () => {
      throw new TypeError('too long');
    };
    expect(offerer.link.sendInBand('too long')).to.be.false;
    offerer.link.close();
    expect(offerer.link.sendInBand('late')).to.be.false;
  });

  it('lets candidates that are born together travel together, and one alone as candidate', async () => {
    const { clock, side } = newLink({ offersFirst: true });
    side.prepare = (connection) => {
      connection.candidateCount = 3;
    };
    await clock.advance(100);
    const sent = side.signals.filter(({ kind }) => kind === 'candidate');
    expect(sent).to.have.length(1);
    expect(sent[0]?.candidates).to.have.length(3);
    const alone = newLink({ offersFirst: true });
    alone.side.prepare = (connection) => {
      connection.candidateCount = 1;
    };
    await alone.clock.advance(100);
    const [only] = alone.side.signals.filter(({ kind }) => kind === 'candidate');
    expect(only?.candidate?.candidate).to.match(/^candidate:/);
    expect(only).not.to.have.property('candidates');
  });

  it('gathers what is born within some milliseconds, and leaves out what nobody can reach', async () => {
    const { clock, side } = newLink({ offersFirst: true });
    side.prepare = (connection) => {
      connection.candidateCount = 0;
    };
    await clock.advance(100);
    const find = (text: string, tcpType: string | null = null): void => {
      const init = { candidate: `candidate:${text}`, sdpMid: '0' };
      const candidate = { ...init, tcpType, toJSON: () => init } as unknown as RTCIceCandidate;
      side.connection.onicecandidate?.({ candidate } as RTCPeerConnectionIceEvent);
    };
    find('one');
    await clock.advance(candidateGatherMs - 1);
    find('two');
    find('active', 'active');
    await clock.advance(1);
    find('three');
    await clock.advance(candidateGatherMs);
    const told = side.signals
      .filter(({ kind }) => kind === 'candidate')
      .map(({ candidate, candidates }) => (candidates ?? [candidate]).map((one) => one?.candidate));
    expect(told).to.deep.equal([['candidate:one', 'candidate:two'], ['candidate:three']]);
  });

  it('sends candidates as plain objects', async () => {
    const { clock, side } = newLink({ offersFirst: true });
    await clock.advance(100);
    const candidates = side.signals.flatMap((body) => body.candidates ?? []);
    expect(structuredClone(candidates)).to.deep.equal(candidates);
  });

  it('takes a hundred candidates of the other side and no more', async () => {
    const { clock, offerer, answerer } = await connectedPair();
    let added = 0;
    const { connection } = answerer;
    const original = connection.addIceCandidate.bind(connection);
    connection.addIceCandidate = (init) => {
      added++;
      return original(init);
    };
    const [candidate] = offerer.signals.flatMap((body) => body.candidates ?? []);
    for (let count = 0; count < 3; count++) {
      answerer.link.receive('candidate', { candidates: Array.from({ length: 60 }, () => candidate!) });
    }
    await clock.advance(1000);
    expect(added).to.be.at.most(maxCandidates);
    expect(added).to.be.at.least(maxCandidates - 5);
  });

  it('survives glare after the first negotiation', async () => {
    const { clock, offerer, answerer } = await connectedPair();
    offerer.link.sections.setTrack('screen', video());
    answerer.link.sections.setTrack('screen', video());
    await clock.advance(2000);
    for (const side of [offerer, answerer]) {
      expect(side.connection.signalingState).to.equal('stable');
      expect(side.errors).to.deep.equal([]);
      expect(side.roles()).to.deep.equal(['audio', 'video', 'screen']);
    }
  });

  describe('on the ladder', () => {
    /** Firefox offers while there is no network; what it says reaches nobody yet. */
    const withoutNetwork = (): { clock: FakeClock; offerer: Side; answerer: Side } => {
      const clock = new FakeClock();
      const network = new FakeNetwork(clock);
      network.isCut = true;
      const offerer = new Side(clock, network, { offersFirst: true });
      const answerer = new Side(clock, network, { offersFirst: false });
      offerer.platform.engine = 'firefox';
      answerer.other = offerer;
      return { clock, offerer, answerer };
    };

    it('leaves a short disconnection alone', async () => {
      const { clock, offerer } = await connectedPair();
      const before = offerer.signals.length;
      offerer.connection.loseNetwork();
      expect(offerer.states).to.deep.equal(['connected', 'lost']);
      await clock.advance(disconnectedGraceMs - 1);
      offerer.connection.connect();
      await clock.advance(60_000);
      expect(offerer.states).to.deep.equal(['connected', 'lost', 'connected']);
      expect(offerer.signals).to.have.length(before);
      expect(offerer.brokenAt).to.deep.equal([]);
    });

    it('restarts ICE one second after disconnected, and is broken soon after an answer that leads nowhere', async () => {
      const { clock, network, offerer, answerer } = await connectedPair();
      network.isCut = true;
      offerer.connection.loseNetwork();
      const lostAt = clock.now();
      await clock.advance(disconnectedGraceMs - 1);
      expect(offerer.descriptions()).to.deep.equal(['offer']);
      await clock.advance(1);
      await clock.advance(100);
      expect(offerer.descriptions()).to.deep.equal(['offer', 'offer']);
      expect(answerer.descriptions()).to.deep.equal(['answer', 'answer']);
      expect(offerer.brokenAt).to.deep.equal([]);
      await clock.advance(10_000);
      expect(offerer.brokenAt[0]).to.equal(lostAt + disconnectedGraceMs + ackMs + answerMs + restartSettleMs);
    });

    it('restarts ICE after failed as soon as the other side can be told', async () => {
      const { clock, network, offerer, answerer } = await connectedPair();
      network.isCut = true;
      answerer.other = null; // no answer comes
      offerer.connection.fail();
      const failedAt = clock.now();
      await clock.advance(ackMs - 1);
      expect(offerer.descriptions()).to.deep.equal(['offer']);
      await clock.advance(2);
      expect(offerer.descriptions()).to.deep.equal(['offer', 'offer']);
      await clock.advance(10_000);
      expect(offerer.brokenAt).to.deep.equal([failedAt + ackMs + restartTimeoutMs]);
    });

    it('is broken at once in Firefox after failed: a restart would not carry anything', async () => {
      const { clock, network, offerer, answerer } = await connectedPair();
      offerer.platform.engine = 'firefox';
      network.isCut = true;
      answerer.other = null; // its own wish for a restart is another matter
      offerer.connection.loseNetwork();
      await clock.advance(disconnectedGraceMs / 2);
      offerer.connection.fail();
      const failedAt = clock.now();
      await clock.advance(10_000);
      expect(offerer.states).to.deep.equal(['connected', 'lost']);
      expect(offerer.descriptions()).to.deep.equal(['offer']);
      expect(offerer.brokenAt).to.deep.equal([failedAt]);
    });

    it('is broken in Firefox after failed though it never was connected, at once when the network changes', async () => {
      const { clock, offerer, answerer } = withoutNetwork();
      offerer.other = answerer;
      await clock.advance(1000);
      offerer.connection.fail();
      const failedAt = clock.now();
      await clock.advance(restartTimeoutMs - 1); // the network is gone, perhaps: another would fail as soon
      expect(offerer.brokenAt).to.deep.equal([]);
      await clock.advance(1);
      expect(offerer.descriptions()).to.deep.equal(['offer']);
      expect(offerer.brokenAt).to.deep.equal([failedAt + restartTimeoutMs]);
      offerer.link.networkChanged();
      await clock.advance(0);
      expect(offerer.brokenAt).to.deep.equal([failedAt + restartTimeoutMs, clock.now()]);
    });

    it('is broken at once in Firefox after failed when the answer comes: there is a network again', async () => {
      const { clock, offerer, answerer } = withoutNetwork();
      await clock.advance(1000);
      offerer.connection.fail();
      const reachedAt = clock.now();
      for (const body of offerer.signals) answerer.receive(body);
      await clock.advance(1000);
      expect(answerer.descriptions()).to.deep.equal(['answer']);
      expect(offerer.brokenAt).to.deep.equal([reachedAt + 10]);
    });

    it('asks the other side for the restart where that one offered first', async () => {
      const { clock, offerer, answerer } = await connectedPair();
      answerer.connection.loseNetwork();
      await clock.advance(disconnectedGraceMs);
      expect(answerer.signals.at(-1)).to.deep.equal({ kind: 'want', generation: 1 });
      await clock.advance(ackMs + disconnectedGraceMs); // something flows: the state may follow
      expect(answerer.signals.at(-1)).to.deep.equal({ kind: 'restart', generation: 1 });
      expect(answerer.descriptions()).to.deep.equal(['answer']);
      await clock.advance(1000);
      expect(offerer.descriptions()).to.deep.equal(['offer', 'offer']);
      expect(answerer.states).to.deep.equal(['connected', 'lost', 'connected']);
    });

    it('restarts once where both sides wish for it at the same time', async () => {
      const { clock, offerer, answerer } = await connectedPair();
      offerer.link.restart();
      answerer.link.restart();
      await clock.advance(1000);
      expect(offerer.descriptions()).to.deep.equal(['offer', 'offer']);
      answerer.link.restart();
      await clock.advance(1000);
      expect(offerer.descriptions()).to.deep.equal(['offer', 'offer', 'offer']);
      expect(offerer.link.state).to.equal('connected');
    });

    it('uses new ICE credentials for the restart', async () => {
      const { clock, offerer } = await connectedPair();
      const former = offerer.connection.localUfrag;
      offerer.link.restart();
      await clock.advance(1000);
      expect(offerer.connection.localUfrag).not.to.equal(former);
      expect(offerer.link.state).to.equal('connected');
    });

    it('asks for fresh servers on both sides of a restart', async () => {
      const clock = new FakeClock();
      const network = new FakeNetwork(clock);
      let count = 0;
      const configuration = (): RTCConfiguration => ({ iceServers: [{ urls: `stun:fresh-${++count}` }] });
      const offerer = new Side(clock, network, { offersFirst: true });
      const answerer = new Side(clock, network, { offersFirst: false, configuration });
      offerer.other = answerer;
      answerer.other = offerer;
      await clock.advance(1000);
      expect(count).to.equal(1);
      offerer.link.restart();
      await clock.advance(1000);
      expect(answerer.connection.configurations.at(-1)?.iceServers?.[0]?.urls).to.equal('stun:fresh-2');
      answerer.link.restart();
      await clock.advance(1000);
      expect(count).to.be.greaterThan(2);
      expect(answerer.link.state).to.equal('connected');
    });

    it('restarts nothing while the other side is out of reach, nor when the path is back with the transport', async () => {
      for (const flows of [true, false]) {
        const { clock, network, offerer, answerer } = await connectedPair();
        network.isCut = true;
        offerer.other = answerer.other = null;
        await clock.advance(silenceMs + freshMs + 250);
        expect([offerer.link.state, answerer.link.state]).to.deep.equal(['lost', 'lost']);
        network.isCut = !flows;
        offerer.other = answerer;
        answerer.other = offerer;
        for (const { link } of [offerer, answerer]) link.hear();
        await clock.advance(1000);
        expect(offerer.descriptions(), `it flows: ${flows}`).to.have.length(flows ? 1 : 2);
        expect(offerer.link.state).to.equal(flows ? 'connected' : 'lost');
        expect(offerer.brokenAt).to.deep.equal([]);
      }
    });

    it('builds a new connection where the other side stays out of reach', async () => {
      const { clock, network, offerer, answerer } = await connectedPair();
      network.isCut = true;
      offerer.other = answerer.other = null;
      offerer.connection.fail();
      const failedAt = clock.now();
      await clock.advance(60_000);
      expect(offerer.descriptions()).to.deep.equal(['offer']);
      expect(offerer.brokenAt[0]).to.equal(failedAt + restartTimeoutMs);
    });

    it('is not broken when the restart helps', async () => {
      const { clock, offerer } = await connectedPair();
      offerer.connection.loseNetwork();
      await clock.advance(60_000);
      expect(offerer.states).to.deep.equal(['connected', 'lost', 'connected']);
      expect(offerer.brokenAt).to.deep.equal([]);
    });

    it('sends a whole picture when it is connected again, and when the path has changed', async () => {
      const { clock, offerer } = await connectedPair({
        tracks: { audio: audio(), video: video(), screen: null },
      });
      const [sound, picture] = offerer.connection.getTransceivers().map(({ sender }) => sender);
      expect(picture?.keyFrames).to.equal(0);
      offerer.connection.loseNetwork();
      await clock.advance(10_000);
      expect(offerer.states).to.deep.equal(['connected', 'lost', 'connected']);
      expect(picture?.keyFrames).to.equal(2); // once more after a moment
      picture?.transport.iceTransport.onselectedcandidatepairchange?.();
      await clock.advance(0);
      expect(picture?.keyFrames).to.equal(3);
      expect(sound?.keyFrames).to.equal(0);
    });

    it('lets the encoding begin anew for a whole picture in Firefox, which sends none for the asking', async () => {
      const { clock, offerer } = await connectedPair({
        tracks: { audio: audio(), video: video(), screen: null },
      });
      offerer.platform.engine = 'firefox';
      const [sound, picture] = offerer.connection.getTransceivers().map(({ sender }) => sender);
      const activity = (): unknown[] =>
        picture?.parameters.flatMap(({ encodings }) => encodings[0]?.active ?? []) ?? [];
      expect(activity()).to.deep.equal([]);
      offerer.connection.loseNetwork();
      await clock.advance(10_000);
      expect(offerer.states).to.deep.equal(['connected', 'lost', 'connected']);
      expect(activity()).to.deep.equal([false, true, false, true]); // once more after a moment
      expect(sound?.parameters.some(({ encodings }) => encodings[0]?.active === false)).to.be.false;
    });

    it('takes a closed data channel for a lost peer', async () => {
      const { clock, offerer, answerer } = await connectedPair();
      answerer.connection.close();
      await clock.advance(20);
      expect(offerer.states).to.deep.equal(['connected', 'lost']);
      await clock.advance(disconnectedGraceMs + ackMs + restartTimeoutMs);
      expect(offerer.brokenAt).to.have.length(1);
    });

    it('does not begin anew when the same loss shows in another way', async () => {
      const { clock, network, offerer, answerer } = await connectedPair();
      network.isCut = true;
      answerer.other = null; // no answer comes
      offerer.connection.channels[0]?.drop();
      const lostAt = clock.now();
      await clock.advance(disconnectedGraceMs + restartTimeoutMs - 100);
      offerer.connection.loseNetwork();
      offerer.connection.fail();
      await clock.advance(10_000);
      expect(offerer.brokenAt).to.deep.equal([lostAt + disconnectedGraceMs + ackMs + restartTimeoutMs]);
    });

    it('gives a connection that never comes about the ladder too', async () => {
      const { clock, side } = newLink({ offersFirst: true });
      await clock.advance(100);
      side.connection.fail();
      await clock.advance(restartTimeoutMs);
      expect(side.brokenAt).to.have.length(1);
    });

    it('is broken at once, with an error, when the browser rejects a description', async () => {
      const { clock, offerer } = newPair();
      offerer.prepare = (connection) => {
        connection.failNext('setRemoteDescription');
      };
      await clock.advance(1000);
      expect(offerer.errors.map(({ code }) => code)).to.deep.equal(['negotiation-failed']);
      expect(offerer.brokenAt).to.have.length(1);
    });
  });

  it('counts candidates anew for every set of ICE credentials', async () => {
    const { clock, offerer, answerer } = await connectedPair();
    const [candidate] = offerer.signals.flatMap((body) => body.candidates ?? []);
    answerer.link.receive('candidate', { candidates: Array.from({ length: 100 }, () => candidate!) });
    await clock.settle();
    offerer.link.restart();
    await clock.advance(1000);
    expect(answerer.connection.hasCandidate).to.be.true;
  });

  it('drops a candidate that the browser does not take, and connects', async () => {
    const { clock, offerer, answerer } = newPair();
    answerer.prepare = (connection) => {
      connection.failNext('addIceCandidate');
    };
    await clock.advance(1000);
    expect(offerer.link.state).to.equal('connected');
    expect([...answerer.errors, ...answerer.brokenAt]).to.deep.equal([]);
  });

  it('is broken, with an error, when the browser makes no connection', async () => {
    const { clock, side } = newLink({ offersFirst: true });
    side.prepare = () => {
      throw new DOMException('Too many', 'UnknownError');
    };
    await clock.settle();
    expect(side.errors.map(({ code }) => code)).to.deep.equal(['negotiation-failed']);
    expect(side.reasons).to.deep.equal(['error']);
  });

  it('is not broken any more when a listener of the error closes it', async () => {
    const { clock, offerer } = newPair();
    offerer.errors.push = () => {
      offerer.link.close();
      return 0;
    };
    offerer.prepare = (connection) => {
      connection.failNext('setRemoteDescription');
    };
    await clock.advance(1000);
    expect(offerer.link.state).to.equal('closed');
    expect(offerer.brokenAt).to.deep.equal([]);
  });

  it('is broken when nothing comes about in 15 seconds', async () => {
    for (const offersFirst of [true, false]) {
      const { clock, side } = newLink({ offersFirst });
      await clock.advance(connectTimeoutMs - 1);
      expect(side.brokenAt).to.deep.equal([]);
      await clock.advance(1);
      expect(side.reasons).to.deep.equal(['no-path']);
    }
  });

  describe('close', () => {
    it('ends the connection and says so once', async () => {
      const { offerer } = await connectedPair();
      offerer.link.close();
      offerer.link.close();
      expect(offerer.states).to.deep.equal(['connected', 'closed']);
      expect(offerer.connection.signalingState).to.equal('closed');
      expect(offerer.connection.onnegotiationneeded).to.be.null;
      expect(offerer.connection.onconnectionstatechange).to.be.null;
    });

    it('says nothing afterwards, whatever comes', async () => {
      const { clock, offerer, answerer } = await connectedPair();
      offerer.link.close();
      const before = offerer.signals.length;
      offerer.link.sections.setTrack('video', video());
      offerer.link.sections.setSends('audio', false);
      offerer.link.restart();
      offerer.link.receive('description', { description: { type: 'offer', sdp: 'v=0' } });
      offerer.connection.channels[0]?.receive('late');
      await clock.advance(60_000);
      expect(offerer.signals).to.have.length(before);
      expect([...offerer.errors, ...offerer.texts]).to.deep.equal([]);
      expect(offerer.brokenAt).to.deep.equal([]);
      expect(await offerer.link.getStats()).to.be.null;
      answerer.link.close();
      await clock.advance(60_000);
      expect(clock.timerCount).to.equal(0);
    });

    it('in the middle of an offer sends nothing and reports nothing', async () => {
      const { clock, side } = newLink({ offersFirst: true });
      side.prepare = (connection) => {
        connection.operationMs = 100;
      };
      await clock.advance(50);
      side.link.close();
      await clock.advance(60_000);
      expect(side.signals).to.deep.equal([]);
      expect(side.errors).to.deep.equal([]);
    });

    it('on the ladder climbs no further', async () => {
      const { clock, offerer } = await connectedPair();
      offerer.connection.loseNetwork();
      await clock.advance(disconnectedGraceMs + 100);
      offerer.link.close();
      await clock.advance(60_000);
      expect(offerer.brokenAt).to.deep.equal([]);
    });

    it('leaves the tracks alone', async () => {
      const track = new FakeTrack('video');
      const { offerer } = await connectedPair({
        tracks: { audio: null, video: asTrack(track), screen: null },
      });
      offerer.link.close();
      expect(track).to.include({ readyState: 'live', enabled: true });
      expect(offerer.removed).to.deep.equal([]);
    });
  });

  describe('with a configuration that is still on its way', () => {
    it('keeps what comes until it is there', async () => {
      let arrive: (configuration: RTCConfiguration) => void = () => undefined;
      const configuration = new Promise<RTCConfiguration>((resolve) => (arrive = resolve));
      const clock = new FakeClock();
      const network = new FakeNetwork(clock);
      const offerer = new Side(clock, network, { offersFirst: true });
      const answerer = new Side(clock, network, { offersFirst: false, configuration: () => configuration });
      offerer.other = answerer;
      answerer.other = offerer;
      const camera = video();
      answerer.link.sections.setTrack('video', camera);
      await clock.advance(1000);
      expect(answerer.platform.connections).to.deep.equal([]);
      arrive({ iceServers: [{ urls: 'stun:a' }] });
      await clock.advance(1000);
      expect(answerer.platform.configurations).to.deep.equal([{ iceServers: [{ urls: 'stun:a' }] }]);
      expect(answerer.link.state).to.equal('connected');
      expect(answerer.senders()[1]).to.equal(camera);
    });

    it('makes no connection when it was closed meanwhile', async () => {
      let arrive: (configuration: RTCConfiguration) => void = () => undefined;
      const configuration = new Promise<RTCConfiguration>((resolve) => (arrive = resolve));
      const { clock, side } = newLink({ offersFirst: true, configuration: () => configuration });
      side.link.close();
      arrive({});
      await clock.advance(1000);
      expect(side.platform.connections).to.deep.equal([]);
    });

    it('gives a restart its time from the answer on', async () => {
      const clock = new FakeClock();
      const network = new FakeNetwork(clock);
      const slow = (): Promise<RTCConfiguration> =>
        new Promise((resolve) => {
          clock.setTimer(() => {
            resolve({});
          }, 3000);
        });
      const side = new Side(clock, network, { offersFirst: true, configuration: slow });
      await clock.advance(3100);
      side.connection.fail();
      const failedAt = clock.now();
      await clock.advance(0);
      side.link.hear();
      await clock.advance(20_000);
      expect(side.brokenAt).to.deep.equal([failedAt + 3000 + restartTimeoutMs]);
    });

    it('asks again before a restart, and restarts with the answer', async () => {
      const clock = new FakeClock();
      const network = new FakeNetwork(clock);
      const answers: RTCConfiguration[] = [{}, { iceServers: [{ urls: 'stun:fresh' }] }];
      const configuration = (): Promise<RTCConfiguration> => Promise.resolve(answers.shift() ?? {});
      const offerer = new Side(clock, network, { offersFirst: true, configuration });
      const answerer = new Side(clock, network, { offersFirst: false });
      offerer.other = answerer;
      answerer.other = offerer;
      await clock.advance(1000);
      const before = offerer.signals.length;
      offerer.link.restart();
      await clock.advance(1000);
      expect(offerer.connection.configurations).to.deep.equal([{ iceServers: [{ urls: 'stun:fresh' }] }]);
      expect(offerer.signals.slice(before).map(({ kind }) => kind)).to.include('description');
    });
  });

  it('gives statistics of the connection', async () => {
    const { offerer } = await connectedPair();
    expect((await offerer.link.getStats())?.size).to.equal(1);
  });
});
