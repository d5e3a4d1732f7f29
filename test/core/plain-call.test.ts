import { expect } from '@open-wc/testing';
import { CallController } from '../../src/core/call-controller.js';
import type { CallOptionChanges } from '../../src/core/call-options.js';
import type { Participant } from '../../src/core/call-state.js';
import {
  closedGraceMs,
  closedProbeMs,
  connectTimeoutMs,
  disconnectedGraceMs,
  helloIntervalsMs,
  restartTimeoutMs,
  silenceTimeoutMs,
} from '../../src/core/defaults.js';
import type { CallError } from '../../src/core/errors.js';
import { plainPeerId } from '../../src/core/plain-call.js';
import type { SignalMessage } from '../../src/core/signal.js';
import { FakeClock } from '../helpers/fake-clock.js';
import type { FakeTrack } from '../helpers/fake-media.js';
import { FakeNetwork } from '../helpers/fake-network.js';
import { FakePlatform } from '../helpers/fake-platform.js';
import { readSdp } from '../helpers/fake-sdp.js';
import { FakeTransport } from '../helpers/fake-transport.js';
import { ForeignPage, type ForeignOptions } from '../helpers/foreign-page.js';

/** A call and a page that does not know this library, with a transport between them. */
class Scene {
  readonly clock = new FakeClock();
  readonly network = new FakeNetwork(this.clock);
  readonly transport = new FakeTransport<SignalMessage>(this.clock);
  readonly platform = new FakePlatform({ clock: this.clock, network: this.network });
  readonly call: CallController;
  readonly page: ForeignPage;
  readonly diary: string[] = [];
  readonly errors: CallError[] = [];
  /** What the transport says of the sender. */
  sender: string | undefined;
  readonly #send: (message: SignalMessage) => void;

  constructor(options: CallOptionChanges = {}, foreign: ForeignOptions = {}) {
    this.platform.devices.automatic = 'grant';
    this.call = new CallController(options, this.platform);
    this.#send = this.transport.join('call', (message) => {
      this.call.receiveSignal(message, this.sender === undefined ? undefined : { from: this.sender });
    });
    this.call.addEventListener('signal', ({ detail }) => {
      this.#send(detail);
    });
    this.call.addEventListener('participant-join', ({ detail }) =>
      this.diary.push(`+${detail.participant.id}`),
    );
    this.call.addEventListener('participant-leave', ({ detail }) =>
      this.diary.push(`-${detail.participant.id} ${detail.reason}`),
    );
    this.call.addEventListener('incoming', ({ detail }) => this.diary.push(`incoming ${detail.id}`));
    this.call.addEventListener('error', ({ detail }) => this.errors.push(detail.error));
    this.page = new ForeignPage(this, foreign);
  }

  get phase(): string {
    return this.call.state.phase;
  }

  get other(): Participant {
    const [participant] = this.call.state.participants;
    if (!participant) throw new Error('Nobody is there');
    return participant;
  }

  /** What the call has sent so far. */
  get sent(): SignalMessage[] {
    return this.transport.log.flatMap(({ from, message }) => (from === 'call' ? [message] : []));
  }

  /** Kinds and directions of the sections of the last description that the call sent. */
  sections(): string[] {
    const sdps = this.sent.flatMap(({ description, sdp }) => description?.sdp ?? sdp ?? []);
    return readSdp(sdps.at(-1) ?? '').sections.map(({ kind, direction }) => `${kind} ${direction}`);
  }

  /** Everything that was sent is in the shape of a bare page. */
  expectPlain(): void {
    for (const message of this.sent) {
      expect(Object.keys(message).join(), JSON.stringify(message)).to.match(
        /^(description|candidate|type,sdp|type,candidate|type,renegotiate|type,transceiverRequest)$/,
      );
    }
    expect(this.page.errors).to.deep.equal([]);
  }
}

/** Called by a textbook page, or by simple-peer, before it has started. */
async function called(options: CallOptionChanges = {}, foreign: ForeignOptions = {}): Promise<Scene> {
  const scene = new Scene(options, foreign);
  scene.page.offer('audio', 'video');
  await scene.clock.advance(100);
  await scene.call.start();
  await scene.clock.advance(1000);
  return scene;
}

/** Calls a page that is there. */
async function calling(options: CallOptionChanges = {}, foreign: ForeignOptions = {}): Promise<Scene> {
  const scene = new Scene({ dialect: 'w3c', initiator: true, ...options }, foreign);
  await scene.call.start();
  await scene.clock.advance(1000);
  return scene;
}

const simplePeer: ForeignOptions = { isFlat: true, isSimplePeer: true };

describe('PlainCall', () => {
  describe('finding out', () => {
    it('keeps the offer of a foreign page until the start, and says that somebody calls', async () => {
      const scene = new Scene();
      scene.page.offer('audio', 'video');
      await scene.clock.advance(100);
      expect(scene.diary).to.deep.equal([`incoming ${plainPeerId}`]);
      expect(scene.sent).to.deep.equal([]);
      await scene.call.start();
      await scene.clock.advance(1000);
      expect(scene.phase).to.equal('connected');
      expect(scene.other.id).to.equal(plainPeerId);
      scene.expectPlain();
    });

    it('forgets an offer whose page has been silent too long, and one of a former call', async () => {
      const scene = new Scene();
      scene.page.offer('audio');
      await scene.clock.advance(silenceTimeoutMs + 100);
      expect(scene.call.state.incoming).to.be.null;
      await scene.call.start();
      await scene.clock.settle();
      expect(scene.sent.map(({ rtc }) => rtc?.kind)).to.deep.equal(['hello']);
      scene.call.end();
      scene.page.offer();
      await scene.clock.advance(100);
      scene.call.end();
      await scene.call.start();
      expect(scene.sent.at(-1)?.rtc?.kind).to.equal('hello');
    });

    it('takes the last offer of several', async () => {
      const scene = new Scene();
      scene.page.offer('audio');
      await scene.clock.advance(100);
      scene.page.offer('video');
      await scene.clock.advance(100);
      await scene.call.start();
      await scene.clock.advance(1000);
      expect(scene.phase).to.equal('connected');
      expect(scene.sections()).to.deep.equal(['audio sendrecv', 'video sendrecv']);
    });

    it('drops the mesh without a word when a foreign page speaks first', async () => {
      const scene = new Scene();
      await scene.call.start();
      scene.page.offer('audio', 'video');
      await scene.clock.advance(1000);
      expect(scene.phase).to.equal('connected');
      expect(scene.call.isForeign).to.be.true;
      const helloCount = scene.page.kinds.filter((kind) => kind === 'hello').length;
      await scene.clock.advance(2 * helloIntervalsMs.at(-1)!);
      scene.call.end();
      expect(scene.call.isForeign).to.be.false;
      await scene.clock.advance(1000);
      expect(scene.page.kinds.filter((kind) => kind === 'hello')).to.have.length(helloCount);
      expect(scene.page.kinds).not.to.include('bye');
    });

    it('speaks its own dialect again after the end', async () => {
      const scene = await called();
      scene.call.end();
      await scene.call.start();
      expect(scene.sent.at(-1)?.rtc?.kind).to.equal('hello');
    });

    it('is not fixed by the end of candidates', async () => {
      const scene = new Scene();
      await scene.call.start();
      scene.page.say({ candidate: null } as unknown as SignalMessage);
      await scene.clock.advance(600);
      expect(scene.page.kinds).to.deep.equal(['hello', 'hello']);
      expect(scene.errors).to.deep.equal([]);
    });

    it('ignores pages of this library where a dialect is forced, before and in the call', async () => {
      const scene = new Scene({ dialect: 'w3c' });
      const hello: SignalMessage = {
        rtc: { version: 1, kind: 'hello', from: 'b', session: 's', seq: 0, ack: 0 },
      };
      scene.call.receiveSignal(hello);
      expect(scene.call.state.incoming).to.be.null;
      await scene.call.start();
      scene.call.receiveSignal(hello);
      await scene.clock.advance(20_000);
      expect(scene.sent).to.deep.equal([]);
      expect(scene.phase).to.equal('waiting');
    });

    it('refuses a dialect that it does not know', () => {
      const scene = new Scene();
      scene.call.configure({ dialect: 'klingon' as 'auto' });
      expect(scene.call.options.dialect).to.equal('auto');
      expect(scene.errors.map(({ code }) => code)).to.deep.equal(['invalid-config']);
    });
  });

  describe('answering', () => {
    for (const [name, foreign, shape] of [
      ['nested', {}, 'description'],
      ['flat', { isFlat: true }, 'type,sdp'],
      ["simple-peer's", simplePeer, 'type,sdp'],
    ] as const) {
      it(`answers in the shape of the other side (${name}), the description before its candidates`, async () => {
        const scene = await called({}, foreign);
        expect(scene.phase).to.equal('connected');
        const shapes = scene.sent.map((message) => Object.keys(message).join());
        expect(shapes[0]).to.equal(shape);
        expect(new Set(shapes.slice(1))).to.deep.equal(
          new Set([foreign === simplePeer ? 'type,candidate' : 'candidate']),
        );
        scene.expectPlain();
      });
    }

    it('makes neither offer nor data channel, and names its stream', async () => {
      const scene = await called();
      expect(scene.platform.connection.channels).to.deep.equal([]);
      expect(scene.page.kinds.filter((kind) => kind === 'offer')).to.deep.equal([]);
      const { sections } = readSdp(scene.page.connection.remoteDescription?.sdp ?? '');
      expect(new Set(sections.map(({ streams }) => streams.length))).to.deep.equal(new Set([1]));
    });

    it('sends tracks that come after the answer without a further negotiation', async () => {
      const scene = new Scene();
      scene.platform.devices.automatic = null;
      scene.page.offer('audio', 'video');
      await scene.clock.advance(100);
      void scene.call.start();
      await scene.clock.advance(1000);
      expect(scene.phase).to.equal('connected');
      scene.platform.devices.grant();
      await scene.clock.advance(1000);
      expect(
        scene.platform.connection.getTransceivers().map(({ sender }) => sender.track?.kind),
      ).to.deep.equal(['audio', 'video']);
      expect(scene.page.kinds.filter((kind) => kind === 'offer')).to.deep.equal([]);
    });

    it('offers what the other side has no section for', async () => {
      const scene = new Scene();
      scene.page.offer('audio');
      await scene.clock.advance(100);
      await scene.call.start();
      await scene.clock.advance(1000);
      expect(scene.page.kinds.filter((kind) => kind === 'offer')).to.deep.equal(['offer']);
      expect(scene.sections()).to.deep.equal(['audio sendrecv', 'video sendrecv']);
    });

    it('asks simple-peer for a section, once, and uses it when it is offered', async () => {
      const scene = await called({}, simplePeer);
      await scene.call.setScreenShare(true);
      await scene.clock.advance(500);
      expect(scene.sent.at(-1)).to.deep.equal({
        type: 'transceiverRequest',
        transceiverRequest: { kind: 'video' },
      });
      scene.page.offer('video');
      await scene.clock.advance(500);
      expect(scene.sections()).to.deep.equal(['audio sendrecv', 'video sendrecv', 'video sendrecv']);
      expect(scene.page.kinds.filter((kind) => kind === 'transceiverRequest')).to.have.length(1);
      expect(scene.page.kinds).not.to.include('offer');
    });

    it('asks simple-peer for a negotiation in place of an offer', async () => {
      const scene = await called({}, simplePeer);
      scene.call.configure({ noVideo: true });
      await scene.clock.advance(500);
      expect(scene.sent.at(-1)).to.deep.equal({ type: 'renegotiate', renegotiate: true });
      scene.page.offer();
      await scene.clock.advance(500);
      expect(scene.sections()).to.deep.equal(['audio sendrecv', 'video recvonly']);
      expect(scene.page.kinds).not.to.include('offer');
    });

    it('is not harmed by what comes in a data channel of the other side', async () => {
      const scene = new Scene();
      const channel = scene.page.connection.createDataChannel('theirs');
      scene.page.offer('audio', 'video');
      await scene.clock.advance(100);
      await scene.call.start();
      await scene.clock.advance(1000);
      channel.send('{"rtc":{"version":1,"kind":"bye","from":"x","session":"y","seq":0,"ack":0}}');
      channel.send('hello');
      await scene.clock.advance(1000);
      expect(scene.phase).to.equal('connected');
      expect(scene.errors).to.deep.equal([]);
      expect(scene.platform.connection.channels[0]?.sent).to.deep.equal([]);
    });
  });

  describe('calling', () => {
    it('waits alone until the other side answers, then connects', async () => {
      const scene = new Scene({ dialect: 'w3c', initiator: true });
      scene.transport.passes = (_message, from) => from === 'call';
      await scene.call.start();
      await scene.clock.advance(1000);
      expect(scene.phase).to.equal('waiting');
      const there = await calling();
      expect(there.phase).to.equal('connected');
      expect(there.sections()).to.deep.equal(['audio sendrecv', 'video sendrecv', 'application sendrecv']);
      there.expectPlain();
    });

    it('speaks simple-peer from the first message on where that is forced', async () => {
      const scene = await calling({ dialect: 'simple-peer' }, simplePeer);
      expect(scene.phase).to.equal('connected');
      expect(scene.sent[0]?.type).to.equal('offer');
      for (const { candidate } of scene.sent.slice(1)) {
        expect(Object.keys(candidate ?? {})).to.have.members(['candidate', 'sdpMid', 'sdpMLineIndex']);
      }
      scene.expectPlain();
    });

    it('opens an ordinary data channel and never sends in it', async () => {
      const scene = await calling();
      await scene.clock.advance(10_000);
      const channels = scene.page.connection.channels;
      expect(channels.map(({ readyState, negotiated }) => `${readyState} ${negotiated}`)).to.deep.equal([
        'open false',
      ]);
      expect(scene.platform.connection.channels[0]?.sent).to.deep.equal([]);
    });

    it('offers when the other side asks, with a further section where it names one', async () => {
      const scene = await calling({ dialect: 'simple-peer' }, simplePeer);
      const offers = (): number => scene.page.kinds.filter((kind) => kind === 'offer').length;
      scene.page.say({ type: 'renegotiate', renegotiate: true });
      await scene.clock.advance(500);
      expect(offers()).to.equal(2);
      const transceiverRequest = { kind: 'video', init: { direction: 'recvonly' } } as const;
      scene.page.say({ type: 'transceiverRequest', transceiverRequest });
      await scene.clock.advance(500);
      expect(offers()).to.equal(3);
      expect(scene.sections().at(-1)).to.equal('video recvonly');
      expect(scene.phase).to.equal('connected');
    });

    it('keeps a wish for an offer until the present negotiation is over', async () => {
      const scene = await calling({ dialect: 'simple-peer' }, simplePeer);
      scene.page.say({ type: 'renegotiate', renegotiate: true });
      scene.page.say({ type: 'renegotiate', renegotiate: true });
      await scene.clock.advance(500);
      expect(scene.page.kinds.filter((kind) => kind === 'offer')).to.have.length(3);
      scene.expectPlain();
    });

    it('gives its offer again to a page that came later, since it does not give way', async () => {
      const scene = new Scene({ dialect: 'w3c', initiator: true });
      let isThere = false;
      scene.transport.passes = () => isThere;
      await scene.call.start();
      await scene.clock.advance(1000);
      isThere = true;
      scene.page.offer('audio');
      await scene.clock.advance(1000);
      expect(scene.page.kinds.filter((kind) => kind === 'offer')).to.have.length(1);
      expect(scene.phase).to.equal('connected');
    });

    it('does not take its own messages for those of another', async () => {
      const scene = new Scene({ dialect: 'w3c', initiator: true });
      scene.transport.options = { echoes: true };
      scene.transport.passes = (_message, from) => from === 'call';
      await scene.call.start();
      await scene.clock.advance(1000);
      expect(scene.phase).to.equal('waiting');
    });
  });

  describe('what comes in', () => {
    it('applies every description once and none that is older', async () => {
      const scene = await called();
      const offers = scene.transport.log.flatMap(({ from, message }) =>
        from === 'foreign' && message.description ? [message] : [],
      );
      scene.page.offer('video');
      await scene.clock.advance(500);
      const before = scene.sent.length;
      for (const offer of [...offers, ...offers]) scene.call.receiveSignal(offer);
      await scene.clock.advance(500);
      expect(scene.sent).to.have.length(before);
      expect(scene.phase).to.equal('connected');
    });

    it('holds candidates until their description has come', async () => {
      const scene = new Scene();
      const held: SignalMessage[] = [];
      scene.transport.passes = (message, from) => {
        const isOffer = from === 'foreign' && message.description?.type === 'offer';
        if (isOffer) held.push(message);
        return !isOffer;
      };
      scene.page.offer('audio');
      await scene.clock.advance(100);
      scene.transport.passes = () => true;
      for (const message of held) scene.page.say(message);
      await scene.clock.advance(100);
      await scene.call.start();
      await scene.clock.advance(1000);
      expect(scene.phase).to.equal('connected');
    });

    it('hears only the first sender where the transport names them', async () => {
      const scene = new Scene({ dialect: 'w3c' });
      scene.sender = 'ana';
      await scene.call.start();
      scene.page.offer('audio');
      await scene.clock.advance(1000);
      const { stream } = scene.other;
      scene.sender = 'mallory';
      scene.page.reload();
      scene.page.offer('audio');
      await scene.clock.advance(1000);
      expect(scene.platform.connections).to.have.length(1);
      expect(scene.other.stream).to.equal(stream);
    });

    it('survives descriptions that no browser takes', async () => {
      const scene = await called();
      const session = readSdp(scene.page.connection.localDescription!.sdp).sessionId;
      scene.call.receiveSignal({
        description: { type: 'offer', sdp: `v=0\r\no=- ${session} 99 IN IP4 0.0.0.0\r\nm=x` },
      });
      scene.call.receiveSignal({ description: { type: 'rollback' } });
      scene.call.receiveSignal({
        description: { type: 'answer', sdp: 'v=0\r\no=- 77 1 IN IP4 0.0.0.0\r\n' },
      });
      await scene.clock.advance(1000);
      expect(scene.phase).to.equal('connected');
      expect(scene.platform.connections).to.have.length(1);
    });

    it('takes no texts to it', async () => {
      const scene = await called();
      let code = '';
      await scene.call.sendMessage('hi').catch((error: unknown) => {
        code = (error as CallError).code;
      });
      expect(code).to.equal('unsupported');
      scene.expectPlain();
    });
  });

  describe('the other side', () => {
    it('is on or off as far as its tracks tell', async () => {
      const scene = new Scene({ noVideo: true });
      scene.page.offer('audio');
      await scene.clock.advance(100);
      await scene.call.start();
      await scene.clock.advance(1000);
      expect([scene.other.microphone, scene.other.camera]).to.deep.equal(['unknown', 'off']);
      const [audio] = scene.other.stream.getAudioTracks() as unknown as FakeTrack[];
      audio!.setMuted(true);
      expect(scene.other.microphone).to.equal('off');
      audio!.setMuted(false);
      expect(scene.other.microphone).to.equal('unknown');
    });

    it('shows a second picture as its screen while it flows', async () => {
      const scene = await called();
      const camera = scene.other.stream.getVideoTracks()[0];
      scene.page.offer('video');
      await scene.clock.advance(500);
      const second = scene.platform.connection.getTransceivers()[2]!.receiver.track;
      expect(scene.other.screenStream?.getTracks()).to.deep.equal([second]);
      expect(scene.other.stream.getVideoTracks()).to.deep.equal([camera]);
      second.setMuted(true);
      expect(scene.other.screenStream).to.be.null;
      second.setMuted(false);
      expect(scene.other.screenStream?.getTracks()).to.deep.equal([second]);
    });

    it('keeps place and stream when its page is reloaded', async () => {
      const scene = await called();
      const { stream } = scene.other;
      const [former] = stream.getVideoTracks();
      scene.page.reload();
      scene.page.offer('audio', 'video');
      await scene.clock.advance(1000);
      expect(scene.phase).to.equal('connected');
      expect(scene.diary).to.deep.equal([`incoming ${plainPeerId}`, `+${plainPeerId}`]);
      expect(scene.other.stream).to.equal(stream);
      expect(stream.getVideoTracks()).to.have.length(1);
      expect(stream.getVideoTracks()[0]).not.to.equal(former);
      expect(scene.platform.openConnections).to.have.length(1);
    });

    it('is not brought back by late messages of the page that was reloaded', async () => {
      const scene = await called();
      const late = scene.transport.log.find(({ message }) => message.description?.type === 'offer')!;
      scene.page.reload();
      scene.page.offer('audio', 'video');
      await scene.clock.advance(1000);
      scene.call.receiveSignal(late.message);
      await scene.clock.advance(1000);
      expect(scene.platform.connections).to.have.length(2);
      expect(scene.phase).to.equal('connected');
    });

    it('leaves when it closes its connection, and nothing more is offered to it', async () => {
      const scene = await calling({ dialect: 'simple-peer' }, simplePeer);
      const before = scene.sent.length;
      scene.page.hangUp();
      await scene.clock.advance(100);
      expect(scene.phase).to.equal('reconnecting');
      await scene.clock.advance(closedGraceMs);
      expect(scene.diary.at(-1)).to.equal(`-${plainPeerId} left`);
      expect(scene.phase).to.equal('waiting');
      await scene.clock.advance(silenceTimeoutMs);
      expect(scene.sent).to.have.length(before);
      expect(scene.platform.openConnections).to.deep.equal([]);
    });

    it('is taken for gone when its channel closes and no byte comes any more', async () => {
      const scene = await calling();
      scene.page.hangUp();
      await scene.clock.advance(closedProbeMs + 100);
      expect(scene.phase).to.equal('reconnecting');
      await scene.clock.advance(closedGraceMs);
      expect(scene.phase).to.equal('waiting');
    });

    it('stays when only its channel closes', async () => {
      const scene = await calling();
      let bytesReceived = 0;
      scene.platform.connection.getStats = async () => new Map([['any', { bytesReceived: ++bytesReceived }]]);
      scene.page.connection.channels[0]!.close();
      await scene.clock.advance(closedProbeMs + closedGraceMs + 100);
      expect(scene.phase).to.equal('connected');
    });

    it('calls again after it has left', async () => {
      const scene = await called({}, simplePeer);
      scene.page.connection.createDataChannel('theirs');
      scene.page.offer();
      await scene.clock.advance(500);
      scene.page.hangUp();
      await scene.clock.advance(closedGraceMs + 1000);
      expect(scene.phase).to.equal('waiting');
      scene.page.reload();
      scene.page.offer('audio', 'video');
      await scene.clock.advance(1000);
      expect(scene.phase).to.equal('connected');
      expect(scene.diary.filter((line) => line.startsWith('+'))).to.have.length(2);
    });
  });

  describe('recovery', () => {
    for (const [name, make] of [
      ['caller', calling],
      ['answering side', called],
    ] as const) {
      it(`restarts ICE as ${name} when the path is lost, again and again until it is back`, async () => {
        const scene = await make();
        const { stream } = scene.other;
        scene.network.cut();
        scene.transport.passes = () => false;
        await scene.clock.advance(6000 + disconnectedGraceMs + 100);
        expect(scene.phase).to.equal('reconnecting');
        await scene.clock.advance(3 * restartTimeoutMs);
        scene.network.restore();
        scene.transport.passes = () => true;
        await scene.clock.advance(2 * restartTimeoutMs + 1000);
        expect(scene.phase).to.equal('connected');
        expect(scene.other.stream).to.equal(stream);
        expect(scene.platform.connections).to.have.length(1);
        scene.expectPlain();
      });
    }

    it('lets a participant leave that stays lost', async () => {
      const scene = await called();
      scene.network.cut();
      scene.transport.passes = () => false;
      await scene.clock.advance(6000 + silenceTimeoutMs - 1000);
      expect(scene.phase).to.equal('reconnecting');
      await scene.clock.advance(2000);
      expect(scene.diary.at(-1)).to.equal(`-${plainPeerId} timeout`);
      expect(scene.platform.openConnections).to.deep.equal([]);
    });

    it('says that no path was found, and lets go in the end', async () => {
      const scene = new Scene();
      scene.network.isCut = true;
      scene.page.offer('audio', 'video');
      await scene.clock.advance(100);
      await scene.call.start();
      await scene.clock.advance(connectTimeoutMs + 2 * restartTimeoutMs);
      expect(scene.errors[0]?.code).to.equal('ice-failed');
      expect(scene.phase).to.equal('connecting');
      await scene.clock.advance(silenceTimeoutMs);
      expect(scene.phase).to.equal('waiting');
    });
  });

  describe('the end', () => {
    it('says nothing, closes everything and leaves no timer behind', async () => {
      for (const scene of [await called(), await calling()]) {
        const before = scene.sent.length;
        scene.call.end();
        scene.call.end();
        await scene.clock.advance(silenceTimeoutMs);
        expect(scene.sent).to.have.length(before);
        expect(scene.phase).to.equal('ended');
        expect(scene.platform.openConnections).to.deep.equal([]);
        expect(scene.platform.devices.live).to.deep.equal([]);
      }
    });

    it('may come in every listener', async () => {
      for (const type of ['participant-join', 'signal', 'phase-change'] as const) {
        const scene = new Scene();
        scene.page.offer('audio');
        await scene.clock.advance(100);
        scene.call.addEventListener(type, () => {
          scene.call.end();
        });
        await scene.call.start();
        await scene.clock.advance(1000);
        expect(scene.phase, type).to.equal('ended');
        expect(scene.platform.openConnections, type).to.deep.equal([]);
        expect(scene.platform.exceptions, type).to.deep.equal([]);
      }
    });
  });
});
