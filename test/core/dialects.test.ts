import { expect } from '@open-wc/testing';
import { Dialect, readOrigin, type DialectName, type PlainSignal } from '../../src/core/dialects.js';
import { parseSignal, type SignalMessage } from '../../src/core/signal.js';

const sdp = 'v=0\r\no=- 42 7 IN IP4 127.0.0.1\r\n';
const description = { type: 'offer', sdp } as const;
const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'abcd' };
const { usernameFragment: _, ...itsCandidate } = candidate;

/** A dialect that has heard these messages. */
function hearing(name: DialectName, ...messages: unknown[]): Dialect {
  const dialect = new Dialect(name);
  for (const message of messages) {
    const parsed = parseSignal(message);
    if (parsed.outcome !== 'bare') throw new Error(`not bare: ${JSON.stringify(message)}`);
    dialect.learn(parsed.message, parsed.style);
  }
  return dialect;
}

const written = (dialect: Dialect, signal: PlainSignal): SignalMessage[] => dialect.write(signal);

describe('Dialect', () => {
  it('begins as webrtc-pc shows it, and as simple-peer where that is forced', () => {
    for (const name of ['auto', 'w3c'] as const) {
      expect(written(new Dialect(name), { description })).to.deep.equal([{ description }]);
      expect(written(new Dialect(name), { candidate })).to.deep.equal([{ candidate }]);
    }
    const forced = new Dialect('simple-peer');
    expect(forced.isSimplePeer).to.be.true;
    expect(written(forced, { description })).to.deep.equal([{ type: 'offer', sdp }]);
    expect(written(forced, { candidate })).to.deep.equal([{ type: 'candidate', candidate: itsCandidate }]);
  });

  it('writes descriptions in the shape of the other side', () => {
    expect(written(hearing('auto', { description }), { description })).to.deep.equal([{ description }]);
    expect(written(hearing('auto', { type: 'offer', sdp }), { description })).to.deep.equal([
      { type: 'offer', sdp },
    ]);
    expect(written(hearing('w3c', { type: 'offer', sdp }), { description })).to.deep.equal([
      { type: 'offer', sdp },
    ]);
  });

  it('writes candidates in the shape of the other side', () => {
    const flat = { type: 'offer', sdp };
    const typed = { type: 'candidate', candidate };
    const spread = { type: 'candidate', ...candidate };
    expect(written(hearing('auto', flat), { candidate })).to.deep.equal([typed]);
    expect(written(hearing('auto', flat, typed), { candidate })).to.deep.equal([typed]);
    expect(written(hearing('auto', flat, { candidate }), { candidate })).to.deep.equal([{ candidate }]);
    expect(written(hearing('auto', flat, spread), { candidate })).to.deep.equal([spread]);
    expect(written(hearing('auto', { description }, { candidate }), { candidate })).to.deep.equal([
      { candidate },
    ]);
  });

  it('learns from a candidate that overtook its description', () => {
    const dialect = hearing('auto', { type: 'candidate', candidate });
    expect(written(dialect, { description })).to.deep.equal([{ type: 'offer', sdp }]);
  });

  it('knows simple-peer by its candidates and its requests', () => {
    const offer = { type: 'offer', sdp };
    expect(hearing('auto', offer).isSimplePeer).to.be.false;
    expect(hearing('auto', offer, { type: 'candidate', candidate }).isSimplePeer).to.be.false;
    for (const message of [
      { type: 'candidate', candidate: itsCandidate },
      { type: 'renegotiate', renegotiate: true },
      { type: 'transceiverRequest', transceiverRequest: { kind: 'video' } },
    ]) {
      expect(hearing('auto', offer, message).isSimplePeer, message.type).to.be.true;
    }
  });

  it('speaks simple-peer to the end where that is forced', () => {
    const dialect = hearing('simple-peer', { description }, { candidate });
    expect(written(dialect, { description })).to.deep.equal([{ type: 'offer', sdp }]);
    expect(written(dialect, { candidate })).to.deep.equal([{ type: 'candidate', candidate: itsCandidate }]);
  });

  it('sends several candidates one by one', () => {
    const other = { ...candidate, candidate: 'candidate:2' };
    expect(written(new Dialect('w3c'), { candidates: [candidate, other] })).to.deep.equal([
      { candidate },
      { candidate: other },
    ]);
  });

  it("writes simple-peer's requests", () => {
    const dialect = new Dialect('simple-peer');
    expect(written(dialect, { renegotiate: true })).to.deep.equal([
      { type: 'renegotiate', renegotiate: true },
    ]);
    const transceiverRequest = { kind: 'video' } as const;
    expect(written(dialect, { transceiverRequest })).to.deep.equal([
      { type: 'transceiverRequest', transceiverRequest },
    ]);
  });

  it('is read back as what it wrote', () => {
    for (const name of ['w3c', 'simple-peer'] as const) {
      for (const signal of [
        { description },
        { candidate: itsCandidate },
        { renegotiate: true },
        { transceiverRequest: { kind: 'audio' } },
      ] as PlainSignal[]) {
        const [message] = written(new Dialect(name), signal);
        expect((parseSignal(JSON.stringify(message)) as { message: SignalMessage }).message).to.deep.equal(
          signal,
        );
      }
    }
  });
});

describe('readOrigin', () => {
  it('tells session and version of a description', () => {
    expect(readOrigin(sdp)).to.deep.equal({ session: '42', version: 7 });
    expect(readOrigin('v=0\r\no=mozilla...THIS_IS_SDPARTA-99.0 69 1 IN IP4 0.0.0.0\r\n')).to.deep.equal({
      session: '69',
      version: 1,
    });
  });

  it('takes a description without origin for the one of no session', () => {
    expect(readOrigin('v=0\r\n')).to.deep.equal({ session: '', version: 0 });
  });
});
