import { expect } from '@open-wc/testing';
import { maxCandidates, maxMediaSections, maxMessageLength, maxTextLength } from '../../src/core/defaults.js';
import { cleanName, parseSignal, type ParsedSignal, type SignalKind } from '../../src/core/signal.js';

type Loose = Record<string, unknown>;

const sdp = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n';
const description = { type: 'offer', sdp };
const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 };

const sidecar = (changes: Loose = {}): Loose => ({
  version: 1,
  kind: 'hello',
  from: 'a',
  session: 's',
  seq: 0,
  ack: 0,
  ...changes,
});

/** A whole message of the kind, as small as it may be. */
const bodies: Record<SignalKind, Loose> = {
  hello: { rtc: sidecar() },
  description: { description, rtc: sidecar({ kind: 'description', seq: 1, generation: 1 }) },
  candidate: { candidate, rtc: sidecar({ kind: 'candidate', seq: 1, generation: 1 }) },
  want: { rtc: sidecar({ kind: 'want', seq: 1 }) },
  restart: { rtc: sidecar({ kind: 'restart', seq: 1, generation: 1 }) },
  reset: { rtc: sidecar({ kind: 'reset', seq: 1, generation: 2 }) },
  media: {
    rtc: sidecar({ kind: 'media', seq: 1, media: { microphone: 'on', camera: 'off', screen: 'off' } }),
  },
  message: { rtc: sidecar({ kind: 'message', seq: 1, text: 'hi' }) },
  ack: { rtc: sidecar({ kind: 'ack', ack: 3 }) },
  bye: { rtc: sidecar({ kind: 'bye' }) },
  full: { rtc: sidecar({ kind: 'full', to: 'b', toSession: 't' }) },
  decline: { rtc: sidecar({ kind: 'decline', to: 'b', toSession: 't', name: 'Ana' }) },
};

const rtcOf = (parsed: ParsedSignal): Loose | undefined =>
  parsed.outcome === 'message' ? (parsed.message.rtc as unknown as Loose) : undefined;

const messageOf = (input: unknown): unknown => {
  const parsed = parseSignal(input);
  return 'message' in parsed ? parsed.message : parsed;
};

function expectInvalid(input: unknown, reason: RegExp): void {
  const parsed = parseSignal(input);
  expect(parsed.outcome, String(reason)).to.equal('invalid');
  if (parsed.outcome === 'invalid') expect(parsed.reason).to.match(reason);
}

describe('parseSignal', () => {
  for (const [kind, body] of Object.entries(bodies)) {
    it(`takes a ${kind}, as object and as text, unchanged`, () => {
      expect(parseSignal(body).outcome).to.equal('message');
      expect(messageOf(body)).to.deep.equal(body);
      expect(messageOf(JSON.stringify(body))).to.deep.equal(body);
    });
  }

  it('takes every member of the sidecar', () => {
    const rtc = sidecar({
      to: 'b',
      toSession: 't',
      seq: 7,
      ack: 6,
      generation: 2,
      nonce: 'n',
      echo: 'e',
      engine: 'firefox',
      name: 'Ann',
      media: { microphone: 'on', camera: 'on', screen: 'off' },
      view: { camera: 360, screen: 0 },
      room: 'room 42',
      text: 'hi',
    });
    expect(rtcOf(parseSignal({ rtc }))).to.deep.equal(rtc);
  });

  it('takes heights only as whole numbers', () => {
    const view = (camera: unknown): unknown =>
      parseSignal({ rtc: { ...sidecar({ kind: 'media' }), view: { camera } } });
    expect(view(1080)).to.have.property('outcome', 'message');
    for (const camera of [-1, 0.5, NaN, Infinity, '360', {}, []]) {
      expect(view(camera), JSON.stringify(camera)).to.have.property('outcome', 'invalid');
    }
  });

  it('takes bare messages of plain pages', () => {
    expect(parseSignal({ description })).to.deep.equal({ outcome: 'bare', message: { description } });
    expect(parseSignal({ candidate })).to.deep.equal({ outcome: 'bare', message: { candidate } });
  });

  it('takes what flat pages and simple-peer write, and tells how', () => {
    const { sdpMid, candidate: text } = candidate;
    const typed = { type: 'candidate', candidate };
    const bare = (message: unknown, style?: unknown): unknown => ({
      outcome: 'bare',
      message,
      ...(style !== undefined && { style }),
    });
    expect(parseSignal(description)).to.deep.equal(bare({ description }, { description: 'flat' }));
    expect(parseSignal(typed)).to.deep.equal(bare({ candidate }, { candidate: 'typed' }));
    for (const message of [
      { type: 'candidate', candidate: text, sdpMid },
      { candidate: text, sdpMid },
    ]) {
      const read = bare({ candidate: { candidate: text, sdpMid } }, { candidate: 'flat' });
      expect(parseSignal(message)).to.deep.equal(read);
    }
    expect(parseSignal({ type: 'renegotiate', renegotiate: true })).to.deep.equal(
      bare({ renegotiate: true }),
    );
    expect(
      parseSignal({ transceiverRequest: { kind: 'video', init: { direction: 'sendonly', streams: [1] } } }),
    ).to.deep.equal(bare({ transceiverRequest: { kind: 'video', init: { direction: 'sendonly' } } }));
    expect(parseSignal({ transceiverRequest: { kind: 'audio', init: { direction: 'up' } } })).to.deep.equal(
      bare({ transceiverRequest: { kind: 'audio', init: {} } }),
    );
  });

  it('takes the end of the candidates for a message that says nothing', () => {
    for (const message of [{ candidate: null }, { type: 'candidate', candidate: null }]) {
      expect(parseSignal(message)).to.deep.equal({ outcome: 'bare', message: {} });
    }
  });

  it('keeps flat members out of a message with sidecar', () => {
    const rtc = sidecar();
    expect(
      parseSignal({ rtc, type: 'offer', sdp, renegotiate: true, transceiverRequest: { kind: 'audio' } }),
    ).to.deep.equal({ outcome: 'message', message: { rtc } });
  });

  it('drops malformed messages of flat pages', () => {
    expectInvalid({ type: 'bye', sdp }, /^description\.type is not offer/);
    expectInvalid({ type: 'offer', sdp: 7 }, /^description\.sdp is not a string/);
    expectInvalid(
      { transceiverRequest: { kind: 'data' } },
      /^transceiverRequest\.kind is not audio or video/,
    );
    expectInvalid({ transceiverRequest: true }, /^transceiverRequest is not an object/);
  });

  it('takes descriptions of each type, a rollback without text too', () => {
    for (const type of ['offer', 'answer', 'pranswer']) {
      expect(messageOf({ description: { type, sdp } })).to.deep.equal({ description: { type, sdp } });
    }
    expect(messageOf({ description: { type: 'rollback' } })).to.deep.equal({
      description: { type: 'rollback', sdp: '' },
    });
  });

  it('takes the objects of the browser by their members', () => {
    class Candidate {
      get candidate(): string {
        return 'candidate:1';
      }
      get sdpMid(): string {
        return '0';
      }
      get sdpMLineIndex(): null {
        return null;
      }
    }
    expect(messageOf({ candidate: new Candidate() })).to.deep.equal({
      candidate: { candidate: 'candidate:1', sdpMid: '0' },
    });
  });

  it('takes the end of candidates', () => {
    expect(messageOf({ candidate: { candidate: '' } })).to.deep.equal({ candidate: { candidate: '' } });
    expect(messageOf({ candidate: null, description })).to.deep.equal({ description });
  });

  it('ignores other traffic', () => {
    const traffic: unknown[] = [
      '',
      'hello',
      '{not json',
      '"text"',
      '7',
      'null',
      'true',
      '[]',
      '[{"description": 1}]',
      '{}',
      '{"type":"chat","text":"hi"}',
      undefined,
      null,
      true,
      0,
      42,
      NaN,
      10n,
      Symbol('s'),
      [],
      [bodies.hello],
      {},
      { type: 'chat' },
      new Date(),
      new Map([['rtc', 1]]),
      new ArrayBuffer(8),
      () => undefined,
    ];
    for (const [index, input] of traffic.entries()) {
      expect(parseSignal(input), `traffic ${index}`).to.deep.equal({ outcome: 'ignored' });
    }
  });

  it('ignores kinds that it does not know', () => {
    for (const kind of ['', 'goodbye', 'Hello', '__proto__', 'constructor', 'toString']) {
      expect(parseSignal({ rtc: sidecar({ kind }) }), kind).to.deep.equal({ outcome: 'ignored' });
    }
  });

  it('names another version and what to do', () => {
    expectInvalid({ rtc: sidecar({ version: 2 }) }, /version 2.*speaks 1.*update/);
    expectInvalid({ rtc: sidecar({ version: 0 }) }, /version 0/);
    expectInvalid({ rtc: sidecar({ version: '1' }) }, /version unknown/);
    expectInvalid({ rtc: sidecar({ version: undefined }) }, /version unknown/);
    expectInvalid({ rtc: { version: 3, kind: 'news', anything: {} } }, /version 3/);
  });

  const malformed: [input: unknown, reason: RegExp][] = [
    [{ description: 7 }, /^description is not an object/],
    [{ description: 'v=0' }, /^description is not an object/],
    [{ description: null }, /^description is not an object/],
    [{ description: {} }, /^description\.type/],
    [{ description: { type: 'Offer', sdp } }, /^description\.type/],
    [{ description: { type: ['offer'], sdp } }, /^description\.type/],
    [{ description: { type: 'offer' } }, /^description\.sdp is not a string/],
    [{ description: { type: 'offer', sdp: 7 } }, /^description\.sdp is not a string/],
    [{ description: { type: 'offer', sdp: '' } }, /^description\.sdp is not SDP/],
    [{ description: { type: 'answer', sdp: 'hello' } }, /^description\.sdp is not SDP/],
    [{ candidate: 'candidate:1' }, /^candidate is not an object/],
    [{ candidate: { candidate: 7, sdpMid: '0' } }, /^candidate\.candidate is not a string/],
    [{ candidate: { candidate: 'candidate:1' } }, /^candidate has neither sdpMid nor sdpMLineIndex/],
    [{ candidate: { candidate: 'candidate:1', sdpMid: 0 } }, /^candidate\.sdpMid/],
    [{ candidate: { candidate: 'candidate:1', sdpMLineIndex: '0' } }, /^candidate\.sdpMLineIndex/],
    [{ candidate: { candidate: 'candidate:1', sdpMLineIndex: -1 } }, /^candidate\.sdpMLineIndex/],
    [{ candidate: { candidate: 'candidate:1', sdpMLineIndex: 0.5 } }, /^candidate\.sdpMLineIndex/],
    [{ candidate: { ...candidate, usernameFragment: {} } }, /^candidate\.usernameFragment/],
    [{ candidates: {} }, /^candidates is not an array/],
    [{ candidates: null }, /^candidates is not an array/],
    [{ candidates: [candidate, 7] }, /^candidates\[1\] is not an object/],
    [{ candidates: [candidate, candidate, { candidate: 'x' }] }, /^candidates\[2\] has neither/],
    [{ rtc: 7 }, /^rtc is not an object/],
    [{ rtc: null }, /^rtc is not an object/],
    [{ rtc: sidecar({ kind: 7 }) }, /^rtc\.kind/],
    [{ rtc: sidecar({ from: undefined }) }, /^rtc\.from/],
    [{ rtc: sidecar({ from: '' }) }, /^rtc\.from/],
    [{ rtc: sidecar({ from: 'a\nb' }) }, /^rtc\.from/],
    [{ rtc: sidecar({ from: 'x'.repeat(65) }) }, /^rtc\.from is longer/],
    [{ rtc: sidecar({ session: 7 }) }, /^rtc\.session/],
    [{ rtc: sidecar({ to: 7 }) }, /^rtc\.to /],
    [{ rtc: sidecar({ toSession: '' }) }, /^rtc\.toSession/],
    [{ rtc: sidecar({ nonce: {} }) }, /^rtc\.nonce/],
    [{ rtc: sidecar({ echo: 'x'.repeat(65) }) }, /^rtc\.echo/],
    [{ rtc: sidecar({ engine: 7 }) }, /^rtc\.engine/],
    [{ rtc: sidecar({ seq: undefined }) }, /^rtc\.seq/],
    [{ rtc: sidecar({ seq: -1 }) }, /^rtc\.seq/],
    [{ rtc: sidecar({ seq: 1.5 }) }, /^rtc\.seq/],
    [{ rtc: sidecar({ seq: Infinity }) }, /^rtc\.seq/],
    [{ rtc: sidecar({ seq: 2 ** 60 }) }, /^rtc\.seq/],
    [{ rtc: sidecar({ ack: '0' }) }, /^rtc\.ack/],
    [{ rtc: sidecar({ generation: NaN }) }, /^rtc\.generation/],
    [{ rtc: sidecar({ name: 7 }) }, /^rtc\.name/],
    [{ rtc: sidecar({ name: 'x'.repeat(1025) }) }, /^rtc\.name is longer/],
    [{ rtc: sidecar({ room: 'x'.repeat(257) }) }, /^rtc\.room is longer/],
    [{ rtc: sidecar({ text: 'x'.repeat(8193) }) }, /^rtc\.text is longer/],
    [{ rtc: sidecar({ media: 'on' }) }, /^rtc\.media is not an object/],
    [{ rtc: sidecar({ kind: 'description' }) }, /'description' without description/],
    [{ rtc: sidecar({ kind: 'candidate' }) }, /'candidate' without candidate/],
    [{ rtc: sidecar({ kind: 'message' }) }, /'message' without text/],
  ];
  for (const [input, reason] of malformed) {
    it(`says of a malformed message: ${reason.source}`, () => {
      expectInvalid(input, reason);
    });
  }

  it('takes any word but on for off in media', () => {
    const media = { microphone: true, camera: 'ON', screen: 'on' };
    expect(rtcOf(parseSignal({ rtc: sidecar({ media }) }))?.media).to.deep.equal({
      microphone: 'off',
      camera: 'off',
      screen: 'on',
    });
  });

  it('takes 128 KiB of text and no more', () => {
    const pad = (length: number): string => {
      const text = JSON.stringify(bodies.hello);
      return text + ' '.repeat(length - text.length);
    };
    expect(parseSignal(pad(maxMessageLength)).outcome).to.equal('message');
    expectInvalid(pad(maxMessageLength + 1), /longer than 131072/);
  });

  for (const [what, begin, end] of [
    ['arrays', '[', ']'],
    ['objects', '{"rtc":', '}'],
  ] as const) {
    it(`does not read a text of ${what} in ${what}, which takes long`, () => {
      const nested = `${begin.repeat(10_000)}0${end.repeat(10_000)}`;
      const deep = JSON.stringify(bodies.hello).replace('{', `{"x":${nested},`);
      expect(JSON.parse(deep)).to.be.an('object');
      expect(parseSignal(deep).outcome).to.equal('ignored');
    });
  }

  it('reads a text about brackets, quotes and all', () => {
    for (const piece of ['[', '{', '"{', '\\"[', '\n{']) {
      const text = piece.repeat(maxTextLength / piece.length);
      const parsed = parseSignal(JSON.stringify({ rtc: sidecar({ kind: 'message', seq: 1, text }) }));
      expect(rtcOf(parsed)?.text, piece).to.equal(text);
    }
  });

  it('looks through the worst of texts in a moment', () => {
    for (const piece of ['"', '\\"', '"\\', '\\', '["', '{"":', 'a', '"\n']) {
      const text = piece.repeat(maxMessageLength / piece.length);
      const began = performance.now();
      parseSignal(text);
      parseSignal(`"${text.slice(1)}`);
      expect(performance.now() - began, piece).to.be.below(100);
    }
  });

  it('takes 128 KiB of SDP in an object and no more', () => {
    const text = (length: number): string => sdp + 'x'.repeat(length - sdp.length);
    const offer = (length: number): unknown => ({ description: { type: 'offer', sdp: text(length) } });
    expect(parseSignal(offer(maxMessageLength)).outcome).to.equal('bare');
    expectInvalid(offer(maxMessageLength + 1), /^description\.sdp is longer/);
  });

  it('takes 32 media sections and no more', () => {
    const offer = (count: number): unknown => ({
      description: { type: 'offer', sdp: `v=0\n${'m=audio 9 UDP 0\n'.repeat(count)}` },
    });
    expect(parseSignal(offer(maxMediaSections)).outcome).to.equal('bare');
    expectInvalid(offer(maxMediaSections + 1), /more than 32 media sections/);
  });

  it('takes 100 candidates and no more', () => {
    const candidates = (count: number): unknown => ({
      candidates: Array.from({ length: count }, () => candidate),
    });
    expect(parseSignal(candidates(maxCandidates)).outcome).to.equal('bare');
    expectInvalid(candidates(maxCandidates + 1), /^candidates has more than 100 entries/);
  });

  it('never throws where the page does', () => {
    const throwing = (key: string): object =>
      Object.defineProperty({}, key, {
        get() {
          throw new Error('of the page');
        },
      });
    expectInvalid(throwing('rtc'), /can not be read/);
    expectInvalid(throwing('description'), /can not be read/);
    expectInvalid({ description: throwing('sdp') }, /can not be read/);
    expectInvalid({ rtc: throwing('version') }, /can not be read/);
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new TypeError('trap');
        },
        has() {
          throw new TypeError('trap');
        },
        ownKeys() {
          throw new TypeError('trap');
        },
        getPrototypeOf() {
          throw new TypeError('trap');
        },
      },
    );
    expectInvalid(hostile, /can not be read/);
    expectInvalid({ rtc: hostile }, /can not be read/);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expectInvalid(proxy, /can not be read/);
  });

  it('survives an exception that is itself hostile', () => {
    const trap = new Proxy(
      {},
      {
        get() {
          throw trap as unknown;
        },
        getPrototypeOf() {
          throw new Error('instanceof of the page');
        },
      },
    );
    expectInvalid(trap, /can not be read/);
  });

  it('reads every member once', () => {
    let reads = 0;
    const rtc = {
      ...sidecar(),
      get from(): string {
        return ++reads === 1 ? 'a' : 'somebody else';
      },
    };
    expect(rtcOf(parseSignal({ rtc }))?.from).to.equal('a');
    expect(reads).to.equal(1);
  });

  it('reads every array entry once', () => {
    let reads = 0;
    const entries: unknown[] = [];
    Object.defineProperty(entries, 0, {
      get() {
        reads++;
        return candidate;
      },
    });
    parseSignal({ candidates: entries });
    expect(reads).to.equal(1);
  });

  it('takes no more candidates from an iterator of the page', () => {
    const endless = Object.assign([candidate], {
      *[Symbol.iterator]() {
        for (let count = 0; count < 10_000; count++) yield candidate;
      },
    });
    expect(messageOf({ candidates: endless })).to.deep.equal({ candidates: [candidate] });
  });

  it('takes over no member that it does not know', () => {
    const noisy = {
      description: { ...description, extra: 1, toJSON: () => 7 },
      type: 'offer',
      extra: {},
      rtc: sidecar({ kind: 'description', isAdmin: true }),
    };
    expect(messageOf(noisy)).to.deep.equal({ description, rtc: sidecar({ kind: 'description' }) });
  });

  it('is untouched by __proto__ and leaves Object.prototype alone', () => {
    const texts = [
      `{"__proto__":{"polluted":1},"rtc":${JSON.stringify(sidecar())}}`,
      `{"rtc":{"__proto__":{"polluted":1,"room":"evil"},${JSON.stringify(sidecar()).slice(1)}}`,
      `{"constructor":{"prototype":{"polluted":1}},"rtc":${JSON.stringify(sidecar())}}`,
      `{"description":{"__proto__":{"polluted":1},"type":"offer","sdp":${JSON.stringify(sdp)}}}`,
    ];
    const before = Object.getOwnPropertyNames(Object.prototype);
    for (const text of texts) {
      const parsed = parseSignal(text);
      expect(parsed.outcome, text).to.be.oneOf(['message', 'bare']);
      expect((parsed as unknown as { message: Loose }).message.polluted, text).to.be.undefined;
      expect(rtcOf(parsed)?.polluted, text).to.be.undefined;
    }
    expect(Object.getOwnPropertyNames(Object.prototype)).to.deep.equal(before);
    expect(({} as Loose).polluted).to.be.undefined;
  });

  it('returns fresh objects, JSON-safe and structured-cloneable', () => {
    const whole = {
      description,
      candidates: [candidate],
      rtc: sidecar({
        kind: 'description',
        media: { microphone: 'on', camera: 'on', screen: 'on' },
        name: 'Ann',
      }),
    };
    const message = messageOf(whole) as typeof whole;
    expect(structuredClone(message)).to.deep.equal(message);
    expect(JSON.parse(JSON.stringify(message))).to.deep.equal(message);
    expect(messageOf(JSON.stringify(message))).to.deep.equal(message);
    expect(message.rtc).not.to.equal(whole.rtc);
    expect(message.description).not.to.equal(whole.description);
    expect(message.candidates[0]).not.to.equal(whole.candidates[0]);
    expect(message.rtc.media).not.to.equal(whole.rtc.media);
  });

  it('cleans the name', () => {
    expect(rtcOf(parseSignal({ rtc: sidecar({ name: ' Ann\u0000\u202e <b> ' }) }))?.name).to.equal('Ann <b>');
  });
});

describe('cleanName', () => {
  const table: [what: string, name: string, clean: string][] = [
    ['keeps an ordinary name', 'Ann-Marie O’Hara', 'Ann-Marie O’Hara'],
    ['keeps markup as text', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['trims and folds white space', '  Ann \t\r\n\u00a0\u2003 Lee\u2028', 'Ann Lee'],
    ['drops direction overrides and isolates', 'a\u202eb\u202cc\u2066d\u2069e\u200ef\u061cg', 'abcdefg'],
    ['drops zero-width characters', 'a\u200bb\ufeffc\u2060d', 'abcd'],
    ['drops control characters', 'a\u0000b\u007fc\u009fd\u001b[31m', 'a b c d [31m'],
    ['drops lone surrogates', 'a\ud83db\udc4dc', 'abc'],
    ['drops tag characters', 'a\u{e0041}\u{e007f}b', 'ab'],
    ['keeps an emoji that is joined', '👩\u200d💻 Ann', '👩\u200d💻 Ann'],
    ['keeps the non-joiner of Persian', 'می\u200cخواهم', 'می\u200cخواهم'],
    ['keeps right-to-left names', 'שלום علي', 'שלום علي'],
    ['is empty where nothing is left', '\u202e\u0000 \u200b', ''],
  ];
  for (const [what, name, clean] of table) {
    it(what, () => {
      expect(cleanName(name)).to.equal(clean);
    });
  }

  it('cuts after 64 characters and splits no surrogate pair', () => {
    expect(cleanName('x'.repeat(65))).to.equal('x'.repeat(64));
    expect(cleanName('😀'.repeat(65))).to.equal('😀'.repeat(64));
  });

  it('does not change what it has cleaned', () => {
    for (const name of [`${'x'.repeat(63)} y`, ' a\u202e b ', '👩\u200d💻'.repeat(40), '\u200b'.repeat(99)]) {
      expect(cleanName(cleanName(name))).to.equal(cleanName(name));
    }
  });
});
