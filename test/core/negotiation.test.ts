import { expect } from '@open-wc/testing';
import { Negotiation, type Description } from '../../src/core/negotiation.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { FakeNetwork } from '../helpers/fake-network.js';
import { FakePeerConnection } from '../helpers/fake-peer-connection.js';

/** One side with its own queue, as a link has; what it sends waits in `outbox` until the test brings it over. */
class Side {
  readonly connection: FakePeerConnection;
  readonly negotiation: Negotiation;
  readonly outbox: Description[] = [];
  readonly candidates: RTCIceCandidateInit[] = [];
  readonly failures: unknown[] = [];
  /** Runs between offer and answer. */
  beforeAnswer: () => void = () => undefined;
  readonly clock: FakeClock;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(clock: FakeClock, network: FakeNetwork, polite: boolean) {
    this.clock = clock;
    this.connection = new FakePeerConnection(clock, network);
    this.negotiation = new Negotiation(this.connection as unknown as RTCPeerConnection, {
      polite,
      send: (description) => this.outbox.push(description),
    });
    this.connection.onnegotiationneeded = () => void this.enqueue(() => this.negotiation.offer());
    this.connection.onicecandidate = ({ candidate }) => {
      if (candidate) this.candidates.push(candidate.toJSON());
    };
  }

  enqueue(operation: () => Promise<unknown>): Promise<void> {
    const done = this.#queue.then(operation).then(
      () => undefined,
      (error: unknown) => {
        this.failures.push(error);
      },
    );
    this.#queue = done;
    return done;
  }

  /** Takes a description of the other side, and all that follows from it. */
  async take(description: Description | undefined): Promise<void> {
    if (!description) throw new Error('There is nothing to take');
    void this.enqueue(() => this.negotiation.receive(description, this.beforeAnswer));
    await this.clock.settle();
  }

  async takeCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    void this.enqueue(() => this.negotiation.addCandidate(candidate));
    await this.clock.settle();
  }

  /** Wants to send something, and so an offer. */
  async offer(kind: 'audio' | 'video' = 'audio'): Promise<Description> {
    this.connection.addTransceiver(kind);
    await this.clock.settle();
    const offer = this.outbox.shift();
    if (!offer) throw new Error('There was no offer');
    return offer;
  }

  get state(): RTCSignalingState {
    return this.connection.signalingState;
  }

  get mids(): (string | null)[] {
    return this.connection.getTransceivers().map(({ mid }) => mid);
  }
}

function newPair(): { clock: FakeClock; polite: Side; impolite: Side } {
  const clock = new FakeClock();
  const network = new FakeNetwork(clock);
  return { clock, polite: new Side(clock, network, true), impolite: new Side(clock, network, false) };
}

/** Brings every description over, as often as there are any. */
async function exchange(one: Side, other: Side): Promise<void> {
  for (;;) {
    const toOther = one.outbox.shift();
    const toOne = other.outbox.shift();
    if (!toOther && !toOne) return;
    if (toOther) await other.take(toOther);
    if (toOne) await one.take(toOne);
  }
}

describe('Negotiation', () => {
  it('offers, is answered and is stable', async () => {
    const { polite, impolite } = newPair();
    const offer = await polite.offer();
    expect(offer).to.include({ type: 'offer' });
    expect(offer.sdp).to.match(/^v=0/);
    expect(polite.state).to.equal('have-local-offer');
    await impolite.take(offer);
    expect(impolite.outbox.map(({ type }) => type)).to.deep.equal(['answer']);
    await polite.take(impolite.outbox.shift());
    expect([polite.state, impolite.state]).to.deep.equal(['stable', 'stable']);
    expect(impolite.mids).to.deep.equal(polite.mids);
  });

  it('sends plain objects of type and sdp alone', async () => {
    const { polite } = newPair();
    expect(Object.keys(await polite.offer())).to.deep.equal(['type', 'sdp']);
  });

  it('makes no offer while one is under way', async () => {
    const { polite, impolite, clock } = newPair();
    await polite.offer();
    await polite.enqueue(() => polite.negotiation.offer());
    expect(polite.outbox).to.deep.equal([]);
    const offer = await impolite.offer('video');
    impolite.connection.operationMs = 10;
    void impolite.enqueue(() => impolite.negotiation.receive(offer, () => undefined));
    await clock.advance(1);
    expect(impolite.outbox).to.deep.equal([]);
  });

  it('offers what came up meanwhile as soon as it is stable', async () => {
    const { polite, impolite } = newPair();
    const offer = await polite.offer();
    polite.connection.addTransceiver('video');
    await impolite.take(offer);
    await polite.take(impolite.outbox.shift());
    expect(polite.outbox.map(({ type }) => type)).to.deep.equal(['offer']);
    await exchange(polite, impolite);
    expect(polite.mids).to.deep.equal(['0', '1']);
    expect(impolite.mids).to.deep.equal(['0', '1']);
  });

  it('arranges between offer and answer', async () => {
    const { polite, impolite } = newPair();
    const states: RTCSignalingState[] = [];
    impolite.beforeAnswer = () => {
      states.push(impolite.state);
      impolite.connection.getTransceivers()[0]!.direction = 'sendrecv';
    };
    await impolite.take(await polite.offer());
    expect(states).to.deep.equal(['have-remote-offer']);
    expect(impolite.outbox[0]?.sdp).to.include('a=sendrecv');
  });

  it('arranges nothing for an answer', async () => {
    const { polite, impolite } = newPair();
    let count = 0;
    polite.beforeAnswer = () => {
      count++;
    };
    await impolite.take(await polite.offer());
    await polite.take(impolite.outbox.shift());
    expect(count).to.equal(0);
  });

  it('gives way in glare when polite', async () => {
    const { polite, impolite } = newPair();
    const [ours, theirs] = [await polite.offer('audio'), await impolite.offer('video')];
    await polite.take(theirs);
    expect(polite.outbox.shift()?.type).to.equal('answer');
    expect(ours.type).to.equal('offer');
    expect(polite.failures).to.deep.equal([]);
  });

  it('ignores the other offer in glare when impolite', async () => {
    const { polite, impolite } = newPair();
    const [ours] = [await polite.offer('audio'), await impolite.offer('video')];
    await impolite.take(ours);
    expect(impolite.state).to.equal('have-local-offer');
    expect(impolite.outbox).to.deep.equal([]);
  });

  for (const first of ['polite', 'impolite'] as const) {
    it(`ends glare with both offers made good, the ${first} side's first to arrive`, async () => {
      const { polite, impolite } = newPair();
      const [ours, theirs] = [await polite.offer('audio'), await impolite.offer('video')];
      if (first === 'polite') await impolite.take(ours);
      await polite.take(theirs);
      if (first === 'impolite') await impolite.take(ours);
      await exchange(polite, impolite);
      expect([polite.state, impolite.state]).to.deep.equal(['stable', 'stable']);
      expect(polite.connection.getTransceivers().map(({ kind }) => kind)).to.have.members(['audio', 'video']);
      expect(impolite.connection.getTransceivers().map(({ kind }) => kind)).to.deep.equal(['video', 'audio']);
      expect([...polite.failures, ...impolite.failures]).to.deep.equal([]);
    });
  }

  it('survives glare again and again', async () => {
    const { polite, impolite } = newPair();
    for (let round = 0; round < 5; round++) {
      const [ours, theirs] = [await polite.offer(), await impolite.offer()];
      await Promise.all([polite.take(theirs), impolite.take(ours)]);
      await exchange(polite, impolite);
    }
    expect(polite.mids).to.have.length(10);
    expect([...polite.mids].sort()).to.deep.equal([...impolite.mids].sort());
    expect([...polite.failures, ...impolite.failures]).to.deep.equal([]);
  });

  it('drops a stale answer', async () => {
    const { polite, impolite } = newPair();
    await impolite.take(await polite.offer());
    const answer = impolite.outbox.shift();
    await polite.take(answer);
    await polite.take(answer);
    expect(polite.failures).to.deep.equal([]);
    await impolite.take(answer);
    expect(impolite.failures).to.deep.equal([]);
  });

  it('rejects when the browser rejects an answer, and the next offer works still', async () => {
    const { polite, impolite } = newPair();
    await impolite.take(await polite.offer());
    polite.connection.failNext('setRemoteDescription');
    const answer = impolite.outbox.shift();
    await polite.take(answer);
    expect(polite.failures).to.have.length(1);
    expect(polite.state).to.equal('have-local-offer');
    // The other side's offer would not do in Chromium: it has taken its DTLS role with the answer.
    void polite.enqueue(() => polite.negotiation.offer(true));
    await polite.clock.settle();
    await exchange(polite, impolite);
    expect([polite.state, impolite.state]).to.deep.equal(['stable', 'stable']);
    expect(polite.failures).to.have.length(1);
  });

  it('rejects when the browser rejects an offer, and the next offer works still', async () => {
    const { polite, impolite } = newPair();
    impolite.connection.failNext('setRemoteDescription');
    const offer = await polite.offer();
    await impolite.take(offer);
    expect(impolite.failures).to.have.length(1);
    expect(impolite.state).to.equal('stable');
    await impolite.take(offer);
    await exchange(polite, impolite);
    expect([polite.state, impolite.state]).to.deep.equal(['stable', 'stable']);
  });

  it('takes a candidate that comes before its description', async () => {
    const { polite, impolite } = newPair();
    const offer = await polite.offer();
    for (const candidate of polite.candidates) await impolite.takeCandidate(candidate);
    expect(impolite.connection.hasCandidate).to.be.false;
    await impolite.take(offer);
    expect(impolite.connection.hasCandidate).to.be.true;
    expect(impolite.failures).to.deep.equal([]);
  });

  it('keeps a candidate of a later description until that one is there', async () => {
    const { polite, impolite } = newPair();
    await impolite.take(await polite.offer());
    await polite.take(impolite.outbox.shift());
    polite.candidates.length = 0;
    polite.connection.restartIce();
    await polite.clock.settle();
    for (const candidate of polite.candidates) {
      await impolite.takeCandidate({ candidate: candidate.candidate!, sdpMid: '0' }); // named in its text alone
    }
    expect(impolite.connection.hasCandidate).to.be.false;
    await impolite.take(polite.outbox.shift());
    expect(impolite.connection.hasCandidate).to.be.true;
    expect(impolite.failures).to.deep.equal([]);
  });

  it('makes another offer in place of one that was not answered, where it is told to', async () => {
    const { polite, impolite } = newPair();
    await polite.offer();
    void polite.enqueue(() => polite.negotiation.offer());
    await polite.clock.settle();
    expect(polite.outbox).to.have.length(0);
    void polite.enqueue(() => polite.negotiation.offer(true));
    await polite.clock.settle();
    await exchange(polite, impolite);
    expect([polite.state, impolite.state]).to.deep.equal(['stable', 'stable']);
  });

  it('forgives candidates of the offer that it ignored', async () => {
    const { polite, impolite } = newPair();
    await impolite.take(await polite.offer());
    await polite.take(impolite.outbox.shift());
    polite.candidates.length = 0;
    polite.connection.restartIce();
    impolite.connection.restartIce();
    await polite.clock.settle();
    await impolite.take(polite.outbox.shift());
    expect(polite.candidates).not.to.have.length(0);
    for (const candidate of polite.candidates) await impolite.takeCandidate(candidate);
    expect(impolite.failures).to.deep.equal([]);
    expect(impolite.connection.hasCandidate).to.be.false;
  });

  it('forgives candidates of a description that has been replaced', async () => {
    const { polite, impolite } = newPair();
    await impolite.take(await polite.offer());
    await polite.take(impolite.outbox.shift());
    const late = [...polite.candidates];
    polite.connection.restartIce();
    await polite.clock.settle();
    await exchange(polite, impolite);
    for (const candidate of late) await impolite.takeCandidate(candidate);
    expect(impolite.failures).to.deep.equal([]);
  });

  it('drops a candidate that the browser does not take', async () => {
    const { polite, impolite } = newPair();
    await impolite.take(await polite.offer());
    const candidate = polite.candidates.at(-1); // the one that leads somewhere
    await impolite.takeCandidate({ ...candidate, sdpMid: 'none', sdpMLineIndex: 9 });
    expect(impolite.failures).to.deep.equal([]);
    expect(impolite.connection.hasCandidate).to.be.false;
    await impolite.takeCandidate({ ...candidate });
    expect(impolite.connection.hasCandidate).to.be.true;
  });

  it('sends nothing when the connection closes in the middle of an offer', async () => {
    const { polite, clock } = newPair();
    polite.connection.operationMs = 50;
    polite.connection.addTransceiver('audio');
    await clock.advance(10);
    polite.connection.close();
    await clock.advance(1000);
    expect(polite.outbox).to.deep.equal([]);
    expect(polite.failures).to.deep.equal([]);
  });

  it('sends nothing when the connection closes in the middle of an answer', async () => {
    const { polite, impolite, clock } = newPair();
    const offer = await polite.offer();
    impolite.beforeAnswer = () => {
      impolite.connection.close();
    };
    await impolite.take(offer);
    await clock.advance(1000);
    expect(impolite.outbox).to.deep.equal([]);
  });
});
