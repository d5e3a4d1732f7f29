/** Hostile messages: everything that somebody who controls the transport may hand to `receiveSignal()`. */
import * as fc from 'fast-check';

/** What the attacker has overheard: real messages of a call, which hold its ids, sessions and nonces. */
export type Overheard = readonly object[];

const kinds = [
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
];
const sidecarKeys = [
  ...['version', 'kind', 'from', 'session', 'to', 'toSession', 'seq', 'ack', 'generation', 'nonce', 'echo'],
  ...['engine', 'name', 'media', 'room', 'text', 'mayReturn'],
];
const bodyKeys = [
  'description',
  'candidate',
  'candidates',
  'sdp',
  'rtc',
  'type',
  'renegotiate',
  'transceiverRequest',
];
const pollution = [
  '__proto__',
  'constructor',
  'prototype',
  'toJSON',
  'toString',
  'valueOf',
  'length',
  'then',
];

/** Markup, direction overrides, control characters, lone surrogates, line breaks for SDP. */
const nastyTexts = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  '\u202egnp.exe\u2066\u2069',
  '\u0000\u0007\u001b[31m',
  '\ud800',
  'v=0',
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\nm=audio 9\r\na=ice-ufrag:x\r\n',
  'candidate:1 1 udp 1 192.0.2.1 9 typ host',
  '__proto__',
  '',
] as const;

const giantText = fc
  .tuple(
    fc.constantFrom('a', 'm=\n', 'v=0\r\n', '\u202e', '{"rtc":', '[', ' '),
    fc.constantFrom(1025, 40_000, 131_072, 1_000_000),
  )
  .map(([text, length]) => text.repeat(Math.ceil(length / text.length)));

const giantSdp = fc
  .tuple(
    fc.constantFrom(33, 5000),
    fc.constantFrom('m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n', 'a=candidate:1\r\n', 'm=\r\n'),
  )
  .map(([count, line]) => `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n${line.repeat(count)}`);

const giantList = fc
  .constantFrom(101, 5000)
  .map((count) =>
    new Array<unknown>(count).fill({ candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 }),
  );

const numbers = fc.oneof(
  fc.constantFrom(
    0,
    -1,
    1,
    0.5,
    1e21,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.MAX_SAFE_INTEGER,
    2 ** 31,
    17,
  ),
  fc.nat({ max: 40 }),
);

const throwing = (): never => {
  throw new Error('hostile getter');
};

/** Throws at every touch. */
const mine = (): object =>
  new Proxy(
    {},
    {
      get: throwing,
      has: throwing,
      ownKeys: throwing,
      getPrototypeOf: throwing,
      getOwnPropertyDescriptor: throwing,
    },
  );

/** Answers every question, with itself. */
const mirror = (): object => {
  const proxy: object = new Proxy(() => undefined, {
    get: (_, key) => (key === Symbol.toPrimitive ? () => 'x' : proxy),
  });
  return proxy;
};

const cycle = (): object => {
  const rtc: Record<string, unknown> = { version: 1, kind: 'hello', from: 'x', session: 'x', seq: 0, ack: 0 };
  rtc.media = rtc.name = rtc;
  rtc.rtc = rtc.description = rtc.candidates = rtc;
  return rtc;
};

const endlessList = (): unknown[] => {
  const list: unknown[] = [{}];
  list[Symbol.iterator] = function* (): ArrayIterator<unknown> {
    for (;;) yield {};
  };
  return list;
};

/** Says one thing at the first reading and another at the next. */
const fickle = (values: readonly unknown[]): PropertyDescriptor => {
  let reading = 0;
  return { enumerable: true, configurable: true, get: () => values[reading++ % values.length] };
};

/** Stands for a value that must not be touched before it is handed over, not even by the generator. */
class Trap {
  readonly make: () => unknown;

  constructor(make: () => unknown) {
    this.make = make;
  }
}

const traps = fc
  .constantFrom(
    mine,
    mirror,
    cycle,
    endlessList,
    () => new Date(NaN),
    () => new Array<unknown>(2 ** 32 - 1),
  )
  .map((make) => new Trap(make));

/** A copy with every trap set. */
function arm(value: unknown): unknown {
  if (value instanceof Trap) return value.make();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, arm(member)]));
}

/** A value of the wrong kind, wherever it is put. */
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown[]>(...nastyTexts) },
  { weight: 4, arbitrary: numbers },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown[]>(null, undefined, true, false, [], {}, 10n, Symbol('s')),
  },
  { weight: 2, arbitrary: traps },
  { weight: 2, arbitrary: fc.string({ maxLength: 80 }) },
  { weight: 1, arbitrary: giantSdp },
  { weight: 1, arbitrary: giantList },
  { weight: 1, arbitrary: giantText },
  { weight: 1, arbitrary: fc.anything({ maxDepth: 2, maxKeys: 4 }) },
);

const anything = fc.anything({
  key: fc.oneof(fc.constantFrom(...bodyKeys, ...pollution), fc.string({ maxLength: 8 })),
  maxDepth: 3,
  maxKeys: 6,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withNullPrototype: true,
});

/** A sidecar as it should be, from anybody, about anybody. */
const sidecar = (names: readonly string[]): fc.Arbitrary<object> =>
  fc.record(
    {
      version: fc.oneof({ weight: 9, arbitrary: fc.constant<unknown>(1) }, hostileValue),
      kind: fc.oneof({ weight: 9, arbitrary: fc.constantFrom<unknown[]>(...kinds) }, hostileValue),
      from: fc.oneof(fc.constantFrom(...names), fc.string({ minLength: 1, maxLength: 10 })),
      session: fc.oneof(fc.constantFrom(...names), fc.uuid()),
      to: fc.constantFrom(...names),
      toSession: fc.constantFrom(...names),
      seq: numbers,
      ack: numbers,
      generation: numbers,
      nonce: fc.constantFrom(...names),
      echo: fc.constantFrom(...names),
      engine: fc.constantFrom('chromium', 'firefox', 'x'),
      name: fc.oneof(fc.constantFrom<unknown[]>(...nastyTexts), giantText, hostileValue),
      media: hostileValue,
      room: fc.oneof(fc.constant(''), fc.string({ maxLength: 5 })),
      text: fc.oneof(fc.string(), giantText),
      mayReturn: fc.oneof(fc.boolean(), hostileValue),
    },
    { requiredKeys: ['version', 'kind', 'from', 'session', 'seq', 'ack'] },
  );

interface Change {
  readonly isInside: boolean;
  readonly key: string;
  readonly how: 'set' | 'delete' | 'fickle' | 'getter' | 'own';
  readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  isInside: fc.boolean(),
  key: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...sidecarKeys) },
    { weight: 3, arbitrary: fc.constantFrom(...bodyKeys) },
    { weight: 1, arbitrary: fc.constantFrom(...pollution) },
  ),
  how: fc.oneof(
    { weight: 6, arbitrary: fc.constant('set' as const) },
    { weight: 1, arbitrary: fc.constantFrom('delete' as const, 'fickle', 'getter', 'own') },
  ),
  value: hostileValue,
});

/** A real message with some members changed. */
function alter(message: object, changes: readonly Change[]): object {
  const copy = JSON.parse(JSON.stringify(message)) as Record<string, unknown> & {
    rtc: Record<string, unknown>;
  };
  const inside = copy.rtc;
  for (const { isInside, key, how, value: trap } of changes) {
    const value = arm(trap);
    const target = isInside ? inside : copy;
    if (how === 'set') Reflect.set(target, key, value);
    else if (how === 'delete') Reflect.deleteProperty(target, key);
    else {
      const descriptor: PropertyDescriptor =
        how === 'own'
          ? { value, enumerable: true, configurable: true, writable: true }
          : how === 'getter'
            ? { get: throwing, enumerable: true, configurable: true }
            : fickle([Object.getOwnPropertyDescriptor(target, key)?.value, value]);
      Object.defineProperty(target, key, descriptor);
    }
  }
  return copy;
}

/** As JSON text, with members that JSON can hold and an object literal can not. */
function asText(message: unknown): unknown {
  try {
    const text = JSON.stringify(message) as string | undefined;
    return text?.replace(/"(name|media|room)":/, '"__proto__":') ?? '';
  } catch {
    return message;
  }
}

function namesIn(overheard: Overheard): string[] {
  const names = new Set(['mallory', 'x']);
  for (const message of overheard) {
    const { rtc } = message as { rtc?: Record<string, unknown> };
    for (const key of ['from', 'session', 'to', 'toSession', 'nonce', 'echo']) {
      const name = rtc?.[key];
      if (typeof name === 'string') names.add(name);
    }
  }
  return [...names];
}

/**
 * Hostile messages of every kind, many of them made of what was overheard.
 * @returns functions that make one: some of them are not to be touched by anybody else before
 */
export function hostileMessages(overheard: Overheard): fc.Arbitrary<() => unknown> {
  const names = namesIn(overheard);
  const nearlyReal = fc
    .tuple(fc.constantFrom(...overheard), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([message, changes]) => new Trap(() => alter(message, changes)));
  const spoofed = fc.record(
    {
      rtc: sidecar(names),
      description: fc.oneof(
        fc.record({
          type: fc.constantFrom('offer', 'answer', 'rollback', 'x'),
          sdp: fc.oneof(giantSdp, hostileValue),
        }),
        hostileValue,
      ),
      candidate: fc.oneof(fc.record({ candidate: hostileValue, sdpMid: hostileValue }), hostileValue),
      candidates: fc.oneof(giantList, hostileValue),
    },
    { requiredKeys: ['rtc'] },
  );
  const crowd = fc.tuple(fc.uuid(), fc.constantFrom(...names)).map(([session, to]) => ({
    rtc: { version: 1, kind: 'hello', from: session, session, toSession: to, seq: 0, ack: 0 },
  }));
  const structured = fc.oneof(
    { weight: 5, arbitrary: nearlyReal },
    { weight: 4, arbitrary: spoofed },
    { weight: 2, arbitrary: crowd },
    { weight: 1, arbitrary: spoofed.map((message) => ({ ...message, rtc: undefined })) },
  );
  return fc.oneof(
    { weight: 8, arbitrary: structured.map((message) => () => arm(message)) },
    { weight: 3, arbitrary: structured.map((message) => () => asText(arm(message))) },
    { weight: 1, arbitrary: anything.map((message) => () => message) },
    { weight: 1, arbitrary: hostileValue.map((message) => () => arm(message)) },
  );
}
