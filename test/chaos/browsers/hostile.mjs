/** Hostile messages into a live call: garbage of every shape, and forgeries that know everything of the call. */

/** Marks what would be rendered if a name or text were taken for markup. */
const markup =
  '<img src=x data-hostile onerror="parent.isOwned=isOwned=true"><script data-hostile>isOwned=true</script>';

const NAMES = [
  markup,
  '\u202e\u2066gnp.exe\u2069',
  '\u0000\u0007\u001b[31m',
  'A'.repeat(1000),
  '\ud800\udfff',
  '{{constructor.constructor("isOwned=true")()}}',
  '${isOwned=true}',
  'e\u0301'.repeat(60),
];
const KINDS = [
  ...[
    'hello',
    'description',
    'candidate',
    'want',
    'restart',
    'reset',
    'media',
    'message',
    'ack',
    'bye',
    'full',
    'decline',
  ],
  ...['__proto__', 'constructor', 'poll', ''],
];
const NUMBERS = [0, 1, 2, 3, 17, 255, 2 ** 31, 2 ** 53 - 1, 2 ** 53, -1, 0.5, NaN, Infinity, '1', null, [1]];
const giant = 'x'.repeat(5_000_000);
const bigSdp = `v=0\r\n${'a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n'.repeat(2800)}`;
const manySections = `v=0\r\n${'m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n'.repeat(33)}`;

const trap = () => {
  throw new Error('a trap of a hostile object');
};
const makeThrowing = () => new Proxy({}, { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap });
function makeRevoked() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
/** Answers differently each time that it is read. */
function makeFickle(first, second) {
  let count = 0;
  return () => (count++ % 2 === 0 ? first : second);
}
function makeCycle() {
  const cycle = { rtc: { version: 1, kind: 'hello', seq: 0, ack: 0 } };
  cycle.rtc.from = cycle.rtc.media = cycle.description = cycle;
  return cycle;
}

/** Nothing of these is a message. */
const GARBAGE = [
  ...[undefined, null, true, 0, NaN, 10n, '', 'null', '[]', '{"rtc":', '{"rtc":{}}', '{"rtc":null}'].map(
    (value) => () => value,
  ),
  () => Symbol('rtc'),
  () => trap,
  () => new Date(),
  () => new Map([['rtc', {}]]),
  () => new Uint8Array(1000),
  () => document.body,
  () => window,
  () => parent,
  () => new Proxy(trap, {}),
  makeThrowing,
  makeRevoked,
  makeCycle,
  () => giant,
  () => `{"rtc":"${giant}"}`,
  () => '['.repeat(60_000),
  () => `${'{"rtc":'.repeat(15_000)}1${'}'.repeat(15_000)}`,
  () =>
    '{"__proto__":{"isPolluted":1},"constructor":{"prototype":{"isPolluted":1}},"rtc":{"__proto__":{"isPolluted":1}}}',
  () => ({ rtc: makeThrowing() }),
  () => ({ candidates: makeThrowing(), rtc: {} }),
  () => ({ candidates: { length: 2 ** 32 } }),
  () => ({ candidates: new Array(2 ** 32 - 1) }),
  () => ({
    candidates: Object.assign([{}], {
      *[Symbol.iterator]() {
        for (;;) yield {};
      },
    }),
  }),
  () => Object.defineProperty({}, 'rtc', { get: trap, enumerable: true }),
  () => ({ toString: trap, toJSON: trap, valueOf: trap, description: trap }),
];

const hex = (random) => Array.from({ length: 32 }, () => random.between(0, 15).toString(16)).join('');

export class HostileMessages {
  #random;
  #parsed = [];
  #real;
  #own;
  #other;

  /**
   * @param {import('./random.mjs').Random} random
   * @param {object} knowledge all that an attacker on the transport knows
   * @param {string[]} knowledge.real every message of the call so far, as JSON text; may grow
   * @param {{ id: string, session: string }} knowledge.own the side that is attacked
   * @param {{ id: string, session: string }} knowledge.other the side that it is connected to
   */
  constructor(random, { real, own, other }) {
    this.#random = random;
    this.#real = real;
    this.#own = own;
    this.#other = other;
  }

  /** @returns {{ message: unknown, sender?: { from: unknown } }} arguments of `receiveSignal()` */
  next() {
    const random = this.#random;
    const makers = { garbage: 2, stranger: 2, crowd: 1, mutation: 3, forgery: 3, replay: 0.5, answer: 0.3 };
    const message = this[random.weighted(makers)]();
    if (!random.chance(0.2)) return { message };
    return { message, sender: { from: random.pick([this.#other.id, this.#own.id, 'mallory', 7, markup]) } };
  }

  garbage() {
    return this.#random.pick(GARBAGE)();
  }

  /** One more person who says hello, and may know whom to say it to. */
  crowd() {
    const random = this.#random;
    const rtc = {
      version: 1,
      kind: 'hello',
      from: hex(random).slice(0, 8),
      session: hex(random),
      seq: 0,
      ack: 0,
    };
    if (random.chance(0.3)) Object.assign(rtc, { nonce: hex(random), seq: 1 });
    if (random.chance(0.3)) Object.assign(rtc, { from: random.pick([this.#other.id, this.#own.id]) });
    return { rtc: { ...rtc, engine: 'chromium', name: random.pick(NAMES) } };
  }

  /** The shape of a message, with anything at all in it. */
  stranger() {
    const random = this.#random;
    const rtc = { version: 1, ...this.#address(), kind: random.pick(KINDS) };
    for (const key of ['seq', 'ack', 'generation']) rtc[key] = random.pick(NUMBERS);
    for (const key of ['name', 'text', 'room', 'engine', 'nonce', 'echo']) {
      if (random.chance(0.3)) rtc[key] = this.#anything();
    }
    if (random.chance(0.3)) rtc.media = random.pick([{ camera: 'on' }, makeThrowing(), [], markup]);
    if (random.chance(0.2)) rtc[random.pick(Object.keys(rtc))] = this.#anything();
    const message = { rtc };
    if (random.chance(0.5)) message.description = this.#description();
    if (random.chance(0.4)) message.candidate = this.#candidate();
    if (random.chance(0.3))
      message.candidates = Array.from({ length: random.pick([0, 3, 101]) }, () => this.#candidate());
    return message;
  }

  /** A true message of this very call, with a few members changed. */
  mutation() {
    const random = this.#random;
    const message = JSON.parse(random.pick(this.#real));
    for (let count = random.between(1, 3); count > 0; count--) this.#mutate(message);
    return random.chance(0.5) ? message : JSON.stringify(message);
  }

  /** In the name of the other side, right in every respect but that it did not send it. */
  forgery() {
    const random = this.#random;
    const { id, session } = this.#other;
    const kind = random.pick(KINDS.slice(0, 11));
    const latest = Math.max(0, ...this.#realOf(session).map(({ rtc }) => rtc.seq));
    const rtc = { version: 1, kind, from: id, session, to: this.#own.id, toSession: this.#own.session };
    rtc.seq = random.pick([0, latest, latest + 1, latest + random.between(2, 40), 1_000_000, 2 ** 53 - 1]);
    rtc.ack = random.pick([0, 0, 1, 100, 2 ** 53 - 1]);
    rtc.generation = random.pick([1, 2, 3, 16, 17, 1_000_000, 2 ** 53 - 1]);
    if (random.chance(0.3)) rtc.nonce = hex(random);
    if (random.chance(0.3)) rtc.name = random.pick(NAMES);
    if (random.chance(0.3))
      rtc.media = { microphone: 'off', camera: 'off', screen: random.pick(['on', 'off']) };
    const message = { rtc };
    if (kind === 'message') rtc.text = random.pick(NAMES);
    if (kind === 'description') message.description = this.#description();
    if (kind === 'candidate') message.candidates = [this.#candidate(), this.#candidate()];
    if (kind === 'bye' && random.chance(0.5)) delete rtc.toSession;
    return message;
  }

  /** A true message once more. */
  replay() {
    return this.#random.pick(this.#real);
  }

  /**
   * Answers a question of the attacked side to a session that it does not know: it takes the answer for a page that
   * lives, as an attacker's own would be. Under its own id it is one more person; under another's an impostor.
   */
  answer() {
    const random = this.#random;
    const questions = this.#messages().filter(
      ({ rtc }) => rtc.session === this.#own.session && rtc.nonce && rtc.toSession !== this.#other.session,
    );
    if (questions.length === 0) return this.crowd();
    const { rtc } = random.pick(questions.slice(-8));
    const { to, toSession, from, session, nonce } = rtc;
    const kind = random.pick(['want', 'hello', 'description']);
    return {
      ...(kind === 'description' && { description: this.#description() }),
      rtc: {
        ...{ version: 1, kind, from: to, session: toSession, to: from, toSession: session },
        ...{ seq: 1, ack: 0, generation: 1, echo: nonce, engine: 'chromium', name: random.pick(NAMES) },
        media: { microphone: 'on', camera: 'on', screen: 'on' },
      },
    };
  }

  #messages() {
    for (const text of this.#real.slice(this.#parsed.length)) this.#parsed.push(JSON.parse(text));
    return this.#parsed;
  }

  #realOf(session) {
    return this.#messages().filter(({ rtc }) => rtc.session === session);
  }

  #address() {
    const random = this.#random;
    const one = () =>
      random.pick([this.#own, this.#other, { id: hex(random).slice(0, 8), session: hex(random) }]);
    const [from, to] = [one(), one()];
    return { from: from.id, session: one().session, to: to.id, toSession: to.session };
  }

  #anything() {
    const random = this.#random;
    const values = [markup, giant, '', '__proto__', ...NUMBERS, {}, [], true, makeThrowing(), ...NAMES, trap];
    return random.pick(values);
  }

  #description() {
    const random = this.#random;
    const type = random.pick(['offer', 'offer', 'answer', 'answer', 'pranswer', 'rollback', '__proto__']);
    const sdp = this.#sdp();
    if (!random.chance(0.1)) return { type, sdp };
    const answer = makeFickle(sdp, { toString: trap });
    return {
      type,
      get sdp() {
        return answer();
      },
    };
  }

  #sdp() {
    const random = this.#random;
    if (random.chance(0.2)) return random.pick([bigSdp, manySections, giant, 'v=0', 'v=0\r\nm=\r\n', '']);
    const known = this.#messages()
      .map(({ description }) => description?.sdp)
      .filter(Boolean);
    const lines = (random.pick(known) ?? 'v=0').split('\r\n');
    for (let count = random.between(0, 3); count > 0; count--) {
      const at = random.between(0, lines.length - 1);
      const [line] = lines.splice(at, random.pick([0, 1, 5]));
      if (random.chance(0.6))
        lines.splice(random.between(0, lines.length), 0, line ?? lines[at] ?? '', `a=${markup}`);
    }
    return lines.join('\r\n');
  }

  #candidate() {
    const random = this.#random;
    return {
      candidate: random.pick([
        'candidate:1 1 udp 2113937151 127.0.0.1 9 typ host',
        `candidate:${random.between(1, 1e9)} 1 udp ${random.between(1, 1e9)} 127.0.0.1 ${random.between(1, 65535)} typ host`,
        'candidate:',
        '',
        markup,
        'x'.repeat(5000),
      ]),
      sdpMid: random.pick(['0', '1', '2', '99', markup, null]),
      sdpMLineIndex: random.pick([0, 1, 32, 33, -1, null]),
      usernameFragment: random.pick([undefined, null, 'abcd', 'x'.repeat(300)]),
    };
  }

  #mutate(message) {
    const random = this.#random;
    const { rtc } = message;
    if (typeof rtc !== 'object' || rtc === null) return; // taken away by the mutation before
    switch (random.weighted({ kind: 3, number: 3, question: 1, body: 2, name: 1, member: 2, direction: 1 })) {
      case 'kind':
        rtc.kind = random.pick(KINDS);
        break;
      case 'number':
        rtc[random.pick(['seq', 'ack', 'generation'])] = random.pick([...NUMBERS, (rtc.seq ?? 0) + 1]);
        break;
      case 'question':
        rtc[random.pick(['nonce', 'echo'])] = random.pick([hex(random), '', 1]);
        break;
      case 'body':
        message[random.pick(['description', 'candidate', 'candidates'])] = random.pick([
          this.#description(),
          this.#candidate(),
          [this.#candidate()],
        ]);
        break;
      case 'name':
        rtc.name = random.pick(NAMES);
        break;
      case 'direction': {
        const { from, session, to, toSession } = rtc;
        Object.assign(rtc, { from: to ?? from, session: toSession ?? session, to: from, toSession: session });
        break;
      }
      default: {
        const targets = [message, rtc, message.description].filter((one) => typeof one === 'object' && one);
        const target = random.pick(targets);
        const value = random.pick([undefined, null, 0, '', [], {}, markup, 2 ** 53]);
        Reflect.set(target, random.pick(Object.keys(target)) ?? 'rtc', value); // does nothing where there is a getter
      }
    }
  }
}
