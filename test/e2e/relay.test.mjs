import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { RelaySocket } from '../../demo/relay-socket.mjs';
import { startServer } from '../../demo/server.mjs';

const SERVER_FILE = fileURLToPath(new URL('../../demo/server.mjs', import.meta.url));

/** What each test leaves behind, undone in reverse order. */
const cleanups = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options) {
  const server = await startServer({ port: 0, quiet: true, ...options });
  cleanups.push(server.close);
  return server;
}

/** Asks for a path exactly as it stands, which `fetch` would tidy up first. */
async function get(server, path, { method = 'GET', ...options } = {}) {
  const send = server.url.startsWith('https:') ? secureRequest : request;
  const outgoing = send({ host: 'localhost', port: server.port, path, method, agent: false, ...options });
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return { status: response.statusCode, headers: response.headers, body };
}

function dial(server, room, options) {
  const socket = new WebSocket(new URL(`/relay/${room}`, server.url.replace(/^http/, 'ws')), options);
  socket.on('error', () => {});
  cleanups.push(() => socket.terminate());
  return socket;
}

/** A socket in a room, and what it hears. */
async function enter(server, room, options) {
  const socket = dial(server, room, options);
  const heard = [];
  socket.on('message', (data) => heard.push(data.toString()));
  await once(socket, 'open');
  return { socket, heard };
}

async function statusOfRefusal(socket) {
  const [outgoing, response] = await once(socket, 'unexpected-response');
  outgoing.destroy();
  return response.statusCode;
}

async function closeOf(socket) {
  const [code, reason] = await once(socket, 'close');
  return { code, reason: reason.toString() };
}

describe('the demo server’s files', () => {
  it('serves the demo at the root, fresh each time', async () => {
    const { status, headers, body } = await get(await start(), '/');
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-store');
    assert.match(body, /<rtc-call/);
  });

  it('gives each file its type', async () => {
    const server = await start();
    const typeOf = async (path) => (await get(server, path)).headers['content-type'];
    assert.equal(await typeOf('/index.mjs'), 'text/javascript; charset=utf-8');
    assert.equal(await typeOf('/demo.css'), 'text/css; charset=utf-8');
    assert.equal(await typeOf('/loopback.html?x=1'), 'text/html; charset=utf-8');
  });

  it('answers HEAD without a body and refuses what changes things', async () => {
    const server = await start();
    const head = await get(server, '/', { method: 'HEAD' });
    assert.deepEqual([head.status, head.body], [200, '']);
    assert.equal((await get(server, '/', { method: 'POST' })).status, 405);
  });

  it('has no icon and does not call that an error', async () => {
    assert.equal((await get(await start(), '/favicon.ico')).status, 204);
  });

  const forbidden = [
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/%2e%2e%2fpackage.json',
    '/..%5cpackage.json',
    '/demo/../package.json',
    '/cdn/../package.json',
    '/cdn/..%2fpackage.json',
    '/cdn/../../package.json',
    '//etc/passwd',
    '/%2fetc/passwd',
    '/./index.html',
    '/.git/config',
    '/index.html%00.css',
    '/%',
    '/%ff',
    '/package.json',
    '/cdn/',
    '/dist',
    '/no-such-file.html',
  ];
  for (const path of forbidden) {
    it(`keeps to its folders: ${path}`, async () => {
      const { status, body } = await get(await start(), path);
      assert.deepEqual([status, body], [404, 'Not found.']);
    });
  }
});

describe('the demo server', () => {
  it('takes the next port when one is taken', async () => {
    const first = await start();
    const second = await start({ port: first.port });
    assert.ok(second.port > first.port && second.port <= first.port + 20, `${second.port}`);
    assert.equal((await get(second, '/')).status, 200);
  });

  it('says so when there is no port left', async () => {
    const last = 65_535;
    const blocker = createServer().listen(last, '127.0.0.1');
    cleanups.push(() => blocker.close());
    await Promise.race([once(blocker, 'listening'), once(blocker, 'error')]).catch(() => {}); // taken is taken
    await assert.rejects(
      startServer({ port: last, quiet: true }),
      /ports 65535 to 65535 are all taken.*--port/,
    );
  });

  it('speaks https with a certificate for this computer', async () => {
    const server = await start({ https: true });
    assert.equal(server.url, `https://localhost:${server.port}/`);
    const ca = server.certificate;
    assert.equal((await get(server, '/', { ca })).status, 200);

    const [ana, ben] = [await enter(server, 'room', { ca }), await enter(server, 'room', { ca })];
    ana.socket.send('"hello"');
    await once(ben.socket, 'message');
    assert.deepEqual(ben.heard, ['"hello"']);
  });

  it('leaves nothing open after close()', async () => {
    const server = await start();
    const { socket } = await enter(server, 'room');
    const idle = connect(server.port, 'localhost');
    await once(idle, 'connect');
    const [closed] = await Promise.all([closeOf(socket), once(idle, 'close'), server.close()]);
    assert.equal(closed.code, 1001);
    const late = connect(server.port, 'localhost');
    const [error] = await once(late, 'error');
    assert.match(error.code ?? error.errors?.[0].code, /ECONNREFUSED/);
    await server.close();
  });
});

describe('the relay', () => {
  it('gives a message to the others and not to its sender, as it came', async () => {
    const server = await start();
    const [ana, ben, cleo] = await Promise.all(['r', 'r', 'r'].map((room) => enter(server, room)));
    const text = JSON.stringify({ description: { type: 'offer', sdp: 'ü\r\n' } });
    ana.socket.send(text);
    await Promise.all([once(ben.socket, 'message'), once(cleo.socket, 'message')]);
    ben.socket.send('2');
    await once(ana.socket, 'message');
    assert.deepEqual([ana.heard, ben.heard], [['2'], [text]]);
  });

  it('keeps rooms apart', async () => {
    const server = await start();
    const [ana, ben, other] = await Promise.all(['one', 'one', 'two'].map((room) => enter(server, room)));
    ana.socket.send('1');
    await once(ben.socket, 'message');
    const later = await enter(server, 'two');
    later.socket.send('2');
    await once(other.socket, 'message');
    assert.deepEqual([ben.heard, other.heard], [['1'], ['2']]);
  });

  it('keeps nothing for those who come later', async () => {
    const server = await start();
    const [ana, ben] = [await enter(server, 'r'), await enter(server, 'r')];
    ana.socket.send('early');
    await once(ben.socket, 'message');
    const late = await enter(server, 'r');
    ana.socket.send('late');
    await once(late.socket, 'message');
    assert.deepEqual(late.heard, ['late']);
  });

  for (const path of ['', 'a%2fb', 'a/b', 'ä', 'x'.repeat(65)]) {
    it(`knows no room called "${path}"`, async () => {
      assert.equal(await statusOfRefusal(dial(await start(), path)), 404);
    });
  }

  it('refuses pages of other sites', async () => {
    const server = await start();
    for (const origin of ['https://example.org', `http://localhost:${server.port + 1}`, 'null']) {
      assert.equal(await statusOfRefusal(dial(server, 'r', { origin })), 403, origin);
    }
    await enter(server, 'r', { origin: new URL(server.url).origin });
  });

  it('closes who sends binary', async () => {
    const { socket } = await enter(await start(), 'r');
    socket.send(Buffer.from('{}'));
    assert.deepEqual(await closeOf(socket), { code: 1003, reason: 'text messages only' });
  });

  it('passes 256 KiB and closes who sends more', async () => {
    const server = await start();
    const [ana, ben] = [await enter(server, 'r'), await enter(server, 'r')];
    ana.socket.send('x'.repeat(256 * 1024));
    const [data] = await once(ben.socket, 'message');
    assert.equal(data.length, 256 * 1024);
    ana.socket.send('x'.repeat(256 * 1024 + 1));
    assert.equal((await closeOf(ana.socket)).code, 1009);
  });

  it('passes a burst and closes who does not stop', async () => {
    const server = await start({ relay: { messagesPerSecond: 0, messageBurst: 3 } });
    const [ana, ben] = [await enter(server, 'r'), await enter(server, 'r')];
    for (let i = 0; i < 5; i += 1) ana.socket.send(`${i}`);
    assert.deepEqual(await closeOf(ana.socket), { code: 1008, reason: 'too many messages' });
    ben.socket.send('still here');
    ben.socket.ping();
    await once(ben.socket, 'pong');
    assert.deepEqual(ben.heard, ['0', '1', '2']);
  });

  it('counts pings, too', async () => {
    const { socket } = await enter(await start({ relay: { messagesPerSecond: 0, messageBurst: 1 } }), 'r');
    socket.ping();
    socket.ping();
    assert.equal((await closeOf(socket)).code, 1008);
  });

  it('lets 16 into a room', async () => {
    const server = await start();
    await Promise.all(Array.from({ length: 16 }, () => enter(server, 'r')));
    assert.deepEqual(await closeOf(dial(server, 'r')), { code: 1013, reason: 'the room is full' });
    await enter(server, 'other');
  });

  it('opens so many rooms, and forgets the empty ones', async () => {
    const server = await start({ relay: { maxRooms: 1 } });
    const { socket } = await enter(server, 'one');
    assert.deepEqual(await closeOf(dial(server, 'two')), { code: 1013, reason: 'too many rooms' });
    socket.close();
    await closeOf(socket);
    const { socket: next } = await enter(server, 'two');
    next.ping();
    await once(next, 'pong');
  });

  it('cuts off who does not read', async () => {
    const server = await start({ relay: { maxBufferedBytes: 1024, messagesPerSecond: Infinity } });
    const [ana, slow] = [await enter(server, 'r'), await enter(server, 'r')];
    slow.socket.pause();
    const cut = once(slow.socket, 'close');
    // The system's own buffers fill first, so this takes some megabytes; `bufferedAmount` paces it.
    const text = 'x'.repeat(200_000);
    for (let i = 0; i < 100; i += 1) await new Promise((resolve) => ana.socket.send(text, resolve));
    ana.socket.ping();
    await once(ana.socket, 'pong'); // by now the relay has seen them all
    slow.socket.resume();
    assert.equal((await cut)[0], 1006);
    assert.ok(slow.heard.length < 100, `${slow.heard.length}`);
  });

  it('terminates sockets that answer no ping, and only those', async () => {
    const server = await start({ relay: { heartbeatMs: 50 } });
    const dead = await enter(server, 'r', { autoPong: false });
    const alive = await enter(server, 'r');
    assert.equal((await closeOf(dead.socket)).code, 1006);
    for (let i = 0; i < 3; i += 1) await once(alive.socket, 'ping');
    assert.equal(alive.socket.readyState, WebSocket.OPEN);
  });
});

describe('RelaySocket with a relay', () => {
  function open(server, room) {
    const url = new URL(`/relay/${room}`, server.url.replace(/^http/, 'ws')).href;
    const socket = new RelaySocket(url, { WebSocket, firstDelayMs: 10, maxDelayMs: 20 });
    cleanups.push(() => socket.close());
    return socket;
  }
  const reaches = async (socket, state) => {
    while (socket.state !== state) await once(socket, 'state-change');
  };

  it('sends what was said before the connection stood, and hears JSON only', async () => {
    const server = await start();
    const other = await enter(server, 'r');
    const socket = open(server, 'r');
    socket.send({ early: true });
    await once(other.socket, 'message');
    assert.deepEqual(other.heard, ['{"early":true}']);
    const message = once(socket, 'message');
    other.socket.send('not JSON');
    other.socket.send('{"answer":1}');
    assert.deepEqual((await message)[0].data, { answer: 1 });
  });

  it('comes back after the server did', async () => {
    const server = await start();
    const [ana, ben] = [open(server, 'r'), open(server, 'r')];
    await Promise.all([reaches(ana, 'open'), reaches(ben, 'open')]);
    await Promise.all([reaches(ana, 'reconnecting'), reaches(ben, 'reconnecting'), server.close()]);
    await start({ port: server.port });
    await Promise.all([reaches(ana, 'open'), reaches(ben, 'open')]);
    const message = once(ben, 'message');
    ana.send({ again: true });
    assert.deepEqual((await message)[0].data, { again: true });
  });
});

describe('RelaySocket', () => {
  /** Sockets that do what the test says, in the order they were made. */
  let sockets;
  class FakeWebSocket extends EventTarget {
    readyState = 0;
    sent = [];
    constructor() {
      super();
      sockets.push(this);
    }
    send(text) {
      this.sent.push(text);
    }
    close() {
      this.readyState = 3;
    }
    accept() {
      this.readyState = 1;
      this.dispatchEvent(new Event('open'));
    }
    drop() {
      this.readyState = 3;
      this.dispatchEvent(new Event('close'));
    }
  }

  const page = new EventTarget();
  beforeEach(() => {
    sockets = [];
    mock.timers.enable({ apis: ['setTimeout'] });
    globalThis.addEventListener = page.addEventListener.bind(page);
    globalThis.removeEventListener = page.removeEventListener.bind(page);
    cleanups.push(() => {
      mock.timers.reset();
      delete globalThis.addEventListener;
      delete globalThis.removeEventListener;
    });
  });

  function open() {
    const socket = new RelaySocket('ws://relay.test/relay/r', { WebSocket: FakeWebSocket });
    cleanups.push(() => socket.close());
    return socket;
  }

  it('keeps the newest 200 messages for the next connection, in order', () => {
    const socket = open();
    sockets[0].accept();
    socket.send('first');
    sockets[0].drop();
    for (let i = 0; i < 250; i += 1) socket.send(i);
    mock.timers.tick(250);
    sockets[1].accept();
    socket.send('last');
    assert.deepEqual(sockets[0].sent, ['"first"']);
    assert.deepEqual(sockets[1].sent, [...Array.from({ length: 200 }, (_, i) => `${i + 50}`), '"last"']);
  });

  it('waits longer after each failure, up to five seconds', () => {
    const socket = open();
    for (const delayMs of [250, 500, 1000, 2000, 4000, 5000, 5000]) {
      const count = sockets.length;
      sockets.at(-1).drop();
      assert.equal(socket.state, 'reconnecting');
      mock.timers.tick(delayMs / 2 - 1);
      assert.equal(sockets.length, count, `too early after ${delayMs / 2 - 1} ms`);
      mock.timers.tick(delayMs / 2 + 1);
      assert.equal(sockets.length, count + 1, `too late after ${delayMs} ms`);
    }
  });

  it('takes a connection that ends at once for one more failure', () => {
    open();
    sockets[0].accept();
    sockets[0].drop();
    mock.timers.tick(250);
    sockets[1].accept();
    sockets[1].drop();
    mock.timers.tick(249);
    assert.equal(sockets.length, 2);
  });

  it('gives up on a connection that does not come about', () => {
    const socket = open();
    mock.timers.tick(10_000);
    assert.deepEqual([socket.state, sockets[0].readyState], ['reconnecting', 3]);
    sockets[0].accept(); // too late
    assert.equal(socket.state, 'reconnecting');
  });

  it('connects anew at once when the network is back, even where the old one looks open', () => {
    const socket = open();
    sockets[0].accept();
    page.dispatchEvent(new Event('online'));
    assert.deepEqual([socket.state, sockets[0].readyState, sockets.length], ['reconnecting', 3, 2]);
    sockets[0].drop(); // the browser notices at last
    sockets[1].accept();
    assert.deepEqual([socket.state, sockets.length], ['open', 2]);
  });

  it('stays closed once closed', () => {
    const socket = open();
    sockets[0].accept();
    socket.close();
    socket.send('nobody hears this');
    page.dispatchEvent(new Event('online'));
    sockets[0].drop();
    mock.timers.tick(60_000);
    assert.deepEqual([socket.state, sockets.length, sockets[0].sent], ['closed', 1, []]);
  });
});

describe('node demo/server.mjs', () => {
  function run(...args) {
    const child = spawn(process.execPath, [SERVER_FILE, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    cleanups.push(() => child.kill('SIGKILL'));
    const output = { out: '', err: '' };
    child.stdout.on('data', (data) => (output.out += data));
    child.stderr.on('data', (data) => (output.err += data));
    return { child, output };
  }

  it('prints its address, and ends cleanly when told to, calls and all', async () => {
    const { child, output } = run('--port', '0');
    while (!/http:\/\/localhost:\d+\//.test(output.out)) await once(child.stdout, 'data');
    const url = /rtc-call demo: (\S+)/.exec(output.out)[1];
    const { socket } = await enter({ url }, 'r');
    child.kill('SIGTERM');
    const [[code, signal], closed] = await Promise.all([once(child, 'close'), closeOf(socket)]);
    assert.deepEqual([code, signal, closed.code], [0, null, 1001]);
  });

  it('explains itself', async () => {
    const { child, output } = run('--help');
    assert.deepEqual(await once(child, 'close'), [0, null]);
    for (const flag of ['--port', '--host', '--https']) assert.ok(output.out.includes(flag), flag);
  });

  for (const [args, message] of [
    [['--prot', '1'], /Unknown option: --prot/],
    [['8000'], /Unknown option: 8000/],
    [['--port', 'abc'], /--port needs a number.*abc/],
    [['--port'], /--port needs a number/],
    [['--port=70000'], /--port needs a number.*70000/],
  ]) {
    it(`says what is wrong with ${args.join(' ')}`, async () => {
      const { child, output } = run(...args);
      assert.deepEqual(await once(child, 'close'), [1, null]);
      assert.match(output.err, message);
      assert.doesNotMatch(output.err, /\n\s+at /);
    });
  }
});
