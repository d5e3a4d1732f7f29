import { expect } from '@open-wc/testing';
import { checkIceServers, parseIceServers } from '../../src/core/ice-servers.js';

function expectWrong(text: string, part: string, why: RegExp): void {
  const { iceServers, errors } = parseIceServers(text);
  expect(iceServers, text).to.deep.equal([]);
  expect(errors, text).to.have.length(1);
  expect(errors[0]).to.include({ code: 'invalid-config' });
  expect(errors[0]?.message).to.include(part);
  expect(errors[0]?.message).to.match(why);
}

describe('parseIceServers', () => {
  it('takes nothing for no servers', () => {
    for (const text of ['', '   ', '\n\t', ',', ' , ,\n', '[]', ' [ ] ']) {
      expect(parseIceServers(text), JSON.stringify(text)).to.deep.equal({ iceServers: [], errors: [] });
    }
  });

  const usable: [text: string, servers: RTCIceServer[]][] = [
    ['stun:stun.example.org', [{ urls: 'stun:stun.example.org' }]],
    ['stun:stun.example.org:3478', [{ urls: 'stun:stun.example.org:3478' }]],
    ['stuns:stun.example.org:5349', [{ urls: 'stuns:stun.example.org:5349' }]],
    ['STUN:stun.example.org', [{ urls: 'STUN:stun.example.org' }]],
    ['stun:192.0.2.7:1', [{ urls: 'stun:192.0.2.7:1' }]],
    ['stun:host:65535', [{ urls: 'stun:host:65535' }]],
    ['stun:[2001:db8::1]', [{ urls: 'stun:[2001:db8::1]' }]],
    ['stun:[2001:db8::1]:3478', [{ urls: 'stun:[2001:db8::1]:3478' }]],
    ['stun:[::ffff:192.0.2.1]:3478', [{ urls: 'stun:[::ffff:192.0.2.1]:3478' }]],
    ['turn:u:p@t.example.org', [{ urls: 'turn:t.example.org', username: 'u', credential: 'p' }]],
    ['turns:u:p@t.example.org:443', [{ urls: 'turns:t.example.org:443', username: 'u', credential: 'p' }]],
    ['turn:u:p@t?transport=tcp', [{ urls: 'turn:t?transport=tcp', username: 'u', credential: 'p' }]],
    ['turn:u:p@t:80?transport=udp', [{ urls: 'turn:t:80?transport=udp', username: 'u', credential: 'p' }]],
    ['turn:u:p@[2001:db8::1]:3478', [{ urls: 'turn:[2001:db8::1]:3478', username: 'u', credential: 'p' }]],
    // the last @ separates, the first : ends the user
    ['turn:u:p@ss@t', [{ urls: 'turn:t', username: 'u', credential: 'p@ss' }]],
    ['turn:u@corp:p@t', [{ urls: 'turn:t', username: 'u@corp', credential: 'p' }]],
    ['turn:u:p:q:r@t', [{ urls: 'turn:t', username: 'u', credential: 'p:q:r' }]],
    ['turn:1700000000%3Auser:p@t', [{ urls: 'turn:t', username: '1700000000:user', credential: 'p' }]],
    ['turn:u%40corp:a%20b%2Cc%25@t', [{ urls: 'turn:t', username: 'u@corp', credential: 'a b,c%' }]],
    ['turn:%C3%BC:%F0%9F%98%80@t', [{ urls: 'turn:t', username: 'ü', credential: '😀' }]],
    ['turn:u:a+b/c==@t', [{ urls: 'turn:t', username: 'u', credential: 'a+b/c==' }]],
    ['turn:u:a?b#c@t', [{ urls: 'turn:t', username: 'u', credential: 'a?b#c' }]],
    ['turn:u:@t', [{ urls: 'turn:t', username: 'u', credential: '' }]],
  ];
  for (const [text, iceServers] of usable) {
    it(`reads ${text}`, () => {
      expect(parseIceServers(text)).to.deep.equal({ iceServers, errors: [] });
    });
  }

  it('separates by spaces, line ends and commas, in any mixture', () => {
    const urls = ['stun:a', 'stun:b', 'stun:c', 'stun:d'];
    for (const text of [
      'stun:a stun:b stun:c stun:d',
      'stun:a,stun:b,stun:c,stun:d',
      ' stun:a ,\n stun:b,,\tstun:c stun:d, ',
    ]) {
      expect(parseIceServers(text)).to.deep.equal({
        iceServers: urls.map((url) => ({ urls: url })),
        errors: [],
      });
    }
  });

  it('reads the JSON form as RTCPeerConnection takes it', () => {
    const servers = [
      { urls: 'stun:a' },
      { urls: ['turn:b', 'turns:b:443?transport=tcp'], username: 'u:v@w', credential: 'p%20@:' },
    ];
    expect(parseIceServers(` ${JSON.stringify(servers)}\n`)).to.deep.equal({
      iceServers: servers,
      errors: [],
    });
  });

  it('unwraps a list of one URL and leaves unknown members out', () => {
    const text = '[{"urls": ["stun:a"], "credentialType": "password", "__proto__": {"polluted": true}}]';
    expect(parseIceServers(text)).to.deep.equal({ iceServers: [{ urls: 'stun:a' }], errors: [] });
    expect('polluted' in {}).to.be.false;
  });

  const unusable: [text: string, part: string, why: RegExp][] = [
    ['example.org', 'example.org', /does not start with stun:/],
    ['http://example.org', 'http://example.org', /does not start with stun:/],
    ['stun', "'stun'", /does not start with stun:/],
    ['stun:', "'stun:'", /not of the form/],
    ['stun://example.org', 'stun://example.org', /not of the form/],
    ['stun:example.org/path', 'stun:example.org/path', /not of the form/],
    ['stun:example.org:', 'stun:example.org:', /not of the form/],
    ['stun:example.org:port', 'stun:example.org:port', /not of the form/],
    ['stun:example.org:0', 'stun:example.org:0', /0 is not a port/],
    ['stun:example.org:65536', 'stun:example.org:65536', /65536 is not a port/],
    ['stun:2001:db8::1', 'stun:2001:db8::1', /not of the form/],
    ['stun:[2001:db8::1', 'stun:[2001:db8::1', /not of the form/],
    ['stun:a?transport=udp', 'stun:a?transport=udp', /STUN server takes no '\?'/],
    ['turn:u:p@t?transport=sctp', 't?transport=sctp', /only transport=udp or transport=tcp/],
    ['turn:u:p@t?foo=bar', 't?foo=bar', /only transport=udp or transport=tcp/],
    ['turn:t.example.org', 'turn:t.example.org', /needs 'username' and 'credential'/],
    ['turn:u@t', 'turn:…@t', /lack the ':'/],
    ['turn::p@t', 'turn:', /needs 'username' and 'credential'/],
    ['turn:u:100%@t', 'turn:u:', /write %25/],
    ['[', "'['", /not valid JSON/],
    ['[{"urls": "stun:a"}', '[{"urls": "stun:a"}', /not valid JSON/],
    ['{"urls": "stun:a"}', '{"urls":"stun:a"}', /not an array/],
    ['[null]', 'null', /not an RTCIceServer object/],
    ['[7]', '7', /not an RTCIceServer object/],
    ['["stun:a"]', 'stun:a', /not an RTCIceServer object/],
    ['[{}]', '{}', /'urls' is not a string/],
    ['[{"url": "stun:a"}]', 'stun:a', /'urls' is not a string/],
    ['[{"urls": []}]', '[]', /'urls' is empty/],
    ['[{"urls": ["stun:a", 7]}]', '7', /'urls' is not a string/],
    ['[{"urls": ["stun:a", "nonsense"]}]', 'nonsense', /not of the form/],
    ['[{"urls": "turn:t", "username": "u"}]', 'turn:t', /needs 'username' and 'credential'/],
    ['[{"urls": "turn:t", "username": "u", "credential": 7}]', 'turn:t', /needs 'username' and 'credential'/],
  ];
  for (const [text, part, why] of unusable) {
    it(`names what is wrong with ${text}`, () => {
      expectWrong(text, part, why);
    });
  }

  it('names every wrong part in an error of its own and uses the rest', () => {
    const { iceServers, errors } = parseIceServers('stun:a nonsense turn:u:p@t, stun:b:99999 stun:c');
    expect(iceServers).to.deep.equal([
      { urls: 'stun:a' },
      { urls: 'turn:t', username: 'u', credential: 'p' },
      { urls: 'stun:c' },
    ]);
    expect(errors.map(({ message }) => /'([^']*)'/.exec(message)?.[1])).to.deep.equal([
      'nonsense',
      'stun:b:99999',
    ]);
  });

  it('does so in the JSON form too', () => {
    const { iceServers, errors } = parseIceServers(
      '[{"urls": "stun:a"}, 7, {"urls": "x:y"}, {"urls": "stun:b"}]',
    );
    expect(iceServers).to.deep.equal([{ urls: 'stun:a' }, { urls: 'stun:b' }]);
    expect(errors).to.have.length(2);
  });

  it('keeps passwords out of its messages', () => {
    const texts = [
      'turn:user:hunter2@t:99999',
      'turn:user:hunter2@t?transport=x',
      'turns:user:hunter2@bad host:x',
      'turn:user:hunter2%@t',
      'turn:user:hun@hunter2@t/path',
      'turn:user:x:hunter2@t:0',
      'turn:user:hunter2',
      'TURN:user:hunter2@',
      'turn:hunter2@t',
      '[{"urls": "turn:t", "username": 7, "credential": "hunter2"}]',
      '[{"urls": 7, "username": "u", "credential": "hunter2"}]',
      '[{"urls": 7, "username": "u", "credential": "a\\"hunter2"}]',
      '[{"urls": "turn:t", "username": "u", "credential": "hunter2"}',
      "[{urls: 'turn:t', username: 'u', credential: 'hunter2'}]",
      '[{"urls": "turn:user:hunter2@t"}]',
      '{"urls": "turn:t", "username": "u", "credential": "hunter2"}',
      'user:hunter2@t',
      'turn:user:my hunter2@t',
    ];
    for (const text of texts) {
      const { errors } = parseIceServers(text);
      expect(errors.length, text).to.be.greaterThan(0);
      for (const error of errors) {
        expect(error.message, text).not.to.include('hunter2');
        expect(error.cause instanceof Error ? error.cause.message : '', text).not.to.include('hunter2');
      }
    }
  });

  it('cuts long parts in its messages', () => {
    expect(parseIceServers('x'.repeat(100_000)).errors[0]?.message.length).to.be.lessThan(400);
  });
});

describe('checkIceServers', () => {
  it('takes an array only', () => {
    for (const value of [undefined, null, 'stun:a', 7, {}, { urls: 'stun:a' }, () => []]) {
      const { iceServers, errors } = checkIceServers(value);
      expect(iceServers).to.deep.equal([]);
      expect(errors[0]?.message).to.include('not an array');
    }
  });

  it('returns fresh objects', () => {
    const server = { urls: ['stun:a', 'stun:b'] };
    const { iceServers } = checkIceServers([server]);
    expect(iceServers).to.deep.equal([server]);
    expect(iceServers[0]).not.to.equal(server);
    server.urls.push('nonsense');
    expect(iceServers[0]?.urls).to.deep.equal(['stun:a', 'stun:b']);
  });

  it('survives what throws or can not be written', () => {
    const circular: Record<string, unknown> = { urls: 7 };
    circular.self = circular;
    const throwing = {
      get urls(): string {
        throw new Error('of the page');
      },
    };
    const { iceServers, errors } = checkIceServers([circular, throwing, { urls: 'stun:a' }, 7n, Symbol('s')]);
    expect(iceServers).to.deep.equal([{ urls: 'stun:a' }]);
    expect(errors).to.have.length(4);
  });
});
