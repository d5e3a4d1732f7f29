/** `diagnose()` with a real STUN and TURN server on the loopback interface. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../../demo/server.mjs';
import { browsersUnderTest, launch, openPage, screenshot } from '../helpers/browser.mjs';
import { serve } from '../helpers/static-server.mjs';

/** A port that is free for TCP and UDP. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Resolves as soon as the server answers a STUN request (RFC 8489 §5). */
async function answers(port) {
  const socket = createSocket('udp4');
  const request = Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, ...Array(12).fill(7)]);
  const send = () => socket.send(request, port, '127.0.0.1');
  const repeat = setInterval(send, 100);
  send();
  await once(socket, 'message');
  clearInterval(repeat);
  socket.close();
}

/** The relay of Debian's coturn, for `ana:secret`; null where it is not installed. */
async function startTurnServer() {
  const folder = await mkdtemp(join(tmpdir(), 'turn-'));
  const port = await freePort();
  const program = spawn(
    'turnserver',
    [
      ...[
        '-n',
        '--no-cli',
        '--no-tls',
        '--no-dtls',
        '--allow-loopback-peers',
        '--simple-log',
        '--lt-cred-mech',
      ],
      ...['--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1', '--listening-port', String(port)],
      ...['--user', 'ana:secret', '--realm', 'test'],
      ...['--log-file', join(folder, 'log'), '--pidfile', join(folder, 'pid'), '--db', join(folder, 'db')],
    ],
    { stdio: 'ignore', cwd: folder },
  );
  const ended = new Promise((resolve) => program.once('exit', resolve));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  const failed = new Promise((resolve) => program.once('error', resolve));
  const failure = await Promise.race([failed, answers(port), ended.then(() => 'it ended')]);
  if (failure) {
    await removeFolder();
    if (failure.code === 'ENOENT') return null;
    throw new Error(`turnserver does not start: ${failure}`);
  }
  return {
    port,
    stop: async () => {
      program.kill();
      await ended;
      await removeFolder();
    },
  };
}

/** A port that takes UDP and says nothing, and refuses TCP. */
async function openDeadPort() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { port: socket.address().port, close: () => socket.close() };
}

const credentials = { username: 'ana', credential: 'secret' };

let server;
let files;
let turn;
let dead;

before(async () => {
  server = await startServer({ port: 0, quiet: true });
  files = await serve();
  turn = await startTurnServer();
  dead = await openDeadPort();
});
after(async () => {
  dead.close();
  await Promise.all([server.close(), files.close(), turn?.stop()]);
});

/** A page with a call, which counts the connections that are open. */
async function openCall(browser, url = `${server.url}script-tag.html`) {
  const page = await openPage(browser, url);
  await page.evaluate(async () => {
    await customElements.whenDefined('rtc-call');
    const Connection = globalThis.RTCPeerConnection;
    globalThis.connections = [];
    globalThis.RTCPeerConnection = class extends Connection {
      constructor(configuration) {
        super(configuration);
        globalThis.connections.push(this);
      }
    };
  });
  return page;
}

/** The report for these servers, after checks of what holds for every one. */
async function diagnose(page, iceServers, settings = {}) {
  const { diagnosis, tookMs, states } = await page.evaluate(
    async (servers, others) => {
      const call = document.querySelector('rtc-call');
      Object.assign(call, { iceServers: servers, ...others });
      const begun = performance.now();
      const diagnosis = await call.diagnose();
      const states = globalThis.connections.map(({ signalingState }) => signalingState);
      return { diagnosis, tookMs: performance.now() - begun, states };
    },
    iceServers,
    settings,
  );
  assert.ok(tookMs < 8000, `it took ${tookMs} ms`);
  assert.ok(states.length > iceServers.length && states.every((state) => state === 'closed'), `${states}`);
  const text = JSON.stringify(diagnosis);
  assert.doesNotMatch(text, /\d+\.\d+\.\d+\.\d+|[\da-f]{1,4}:[\da-f]{0,4}:|\.local|secret|wrong|"ana"/i);
  for (const candidate of diagnosis.candidates) assert.match(candidate, /^(host|srflx|relay) (udp|tcp)$/);
  return diagnosis;
}

const codes = ({ verdict }) => verdict.map(({ code }) => code);

for (const name of browsersUnderTest()) {
  // Firefox keeps away from servers on the loopback interface unless it is told not to.
  const prefs = { 'media.peerconnection.ice.loopback': true };

  describe(`diagnose() in ${name}`, { timeout: 120_000 }, () => {
    let browser;

    before(async () => {
      // Without the permission Chromium hides its own addresses, so that STUN tells something new.
      browser = await launch(name, { fakeUi: name === 'firefox', prefs });
    });
    after(() => browser.close());

    it('tries a STUN and a TURN server over UDP and TCP, and finds nothing wrong', async (t) => {
      if (!turn) return t.skip('turnserver (coturn) is not installed');
      const page = await openCall(browser);
      const diagnosis = await diagnose(page, [
        { urls: `stun:127.0.0.1:${turn.port}` },
        {
          urls: [`turn:127.0.0.1:${turn.port}`, `turn:127.0.0.1:${turn.port}?transport=tcp`],
          ...credentials,
        },
      ]);
      t.diagnostic(JSON.stringify(diagnosis.servers));
      assert.deepEqual(
        diagnosis.servers.map(({ url, ok, errorCode }) => [url, ok, errorCode]),
        [
          [`stun:…:${turn.port}`, true, null],
          [`turn:…:${turn.port}`, true, null],
          [`turn:…:${turn.port}?transport=tcp`, true, null],
        ],
      );
      assert.ok(diagnosis.servers.every(({ timeMs }) => timeMs < 3000));
      assert.equal(diagnosis.udp, true);
      assert.equal(diagnosis.loopback, true);
      for (const candidate of ['host udp', 'srflx udp', 'relay udp', 'relay tcp']) {
        assert.ok(diagnosis.candidates.includes(candidate), `${candidate} in ${diagnosis.candidates}`);
      }
      assert.deepEqual(codes(diagnosis), ['all-clear']);
      assert.deepEqual(page.problems, []);
    });

    it('tells a wrong password from a dead port, and knows that UDP works', async (t) => {
      if (!turn) return t.skip('turnserver (coturn) is not installed');
      const page = await openCall(browser);
      const wrong = { username: 'ana', credential: 'wrong' };
      const diagnosis = await diagnose(page, [
        { urls: [`turn:127.0.0.1:${turn.port}`, `turn:127.0.0.1:${turn.port}?transport=tcp`], ...wrong },
        {
          urls: [`turn:127.0.0.1:${dead.port}`, `turn:127.0.0.1:${dead.port}?transport=tcp`],
          ...credentials,
        },
      ]);
      t.diagnostic(JSON.stringify(diagnosis.servers));
      const [udp, tcp, deadUdp, deadTcp] = diagnosis.servers;
      assert.deepEqual([udp.ok, udp.errorCode, tcp.ok, tcp.errorCode], [false, 401, false, 401]);
      assert.deepEqual([deadUdp.ok, deadTcp.ok, deadTcp.errorCode], [false, false, 701]);
      assert.equal(diagnosis.udp, true);
      assert.deepEqual(codes(diagnosis), [
        'credentials-refused',
        'credentials-refused',
        'server-unreachable',
        'server-unreachable',
      ]);
      assert.match(diagnosis.verdict[0].text, /refused the credentials: turn:….*password/);
    });

    it('blames the network for blocked UDP where TCP passes', async (t) => {
      if (!turn) return t.skip('turnserver (coturn) is not installed');
      const page = await openCall(browser);
      const diagnosis = await diagnose(page, [
        {
          urls: [`turn:127.0.0.1:${dead.port}`, `turn:127.0.0.1:${turn.port}?transport=tcp`],
          ...credentials,
        },
      ]);
      assert.equal(diagnosis.udp, false);
      assert.deepEqual(codes(diagnosis), ['udp-relayed']);
    });

    it('misses a TURN server where there is none', async () => {
      const page = await openCall(browser);
      const diagnosis = await diagnose(page, []);
      assert.deepEqual([diagnosis.servers, diagnosis.udp, codes(diagnosis)], [[], null, ['no-relay']]);
    });

    it('knows that the person refused the devices', async (t) => {
      const refusing = await launch(name, { denyMedia: true });
      t.after(() => refusing.close());
      const page = await openCall(refusing);
      await page.evaluate(() =>
        document
          .querySelector('rtc-call')
          .preview()
          .catch(() => undefined),
      );
      const diagnosis = await diagnose(page, []);
      assert.deepEqual(diagnosis.permissions, { camera: 'denied', microphone: 'denied' });
      assert.deepEqual(codes(diagnosis), ['no-relay', 'permission-denied', 'permission-denied']);
    });

    it('knows that the page around a frame withholds the devices', async () => {
      const page = await openCall(browser);
      const report = await page.evaluate(async (url) => {
        const frame = document.createElement('iframe');
        frame.src = url;
        const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
        const told = new Promise((resolve) => {
          addEventListener('message', ({ data, source }) => {
            if (source === frame.contentWindow) resolve(data);
          });
        });
        document.body.append(frame);
        await loaded;
        return told;
      }, `${files.url}/test/e2e/pages/diagnosis-in-frame.html`);
      assert.deepEqual(codes(report), ['no-relay', 'policy-blocked', 'policy-blocked']);
    });

    it('is shown when a call does not come about, and gone when it does', async (t) => {
      if (!turn) return t.skip('turnserver (coturn) is not installed');
      const page = await openCall(browser);
      await page.evaluate(
        (servers) => {
          const ana = document.querySelector('rtc-call');
          const ben = document.createElement('rtc-call');
          ben.hidden = true;
          document.body.append(ben);
          const channel = new BroadcastChannel('my-call');
          ben.addEventListener('rtc-signal', ({ detail }) => channel.postMessage(detail));
          channel.onmessage = ({ data }) => ben.receiveSignal(data);
          for (const [call, name] of [
            [ana, 'Ana'],
            [ben, 'Ben'],
          ]) {
            Object.assign(call, { name, noAudio: true, noVideo: true });
            Object.assign(call, { iceTransportPolicy: 'relay', iceServers: servers });
            void call.start();
          }
        },
        [{ urls: `turn:127.0.0.1:${dead.port}?transport=tcp`, ...credentials }],
      );
      const panel = await page.waitForSelector('rtc-call >>> [part~="findings"]', { timeout: 40_000 });
      const words = await panel.evaluate((element) => element.innerText.replace(/\s+/g, ' ').trim());
      assert.match(words, /^The server does not answer: turn:…:\d+\?transport=tcp\s*Try another network\./);
      await screenshot(page, `diagnosis-${name}`);

      await page.evaluate(
        (servers) => {
          for (const call of document.querySelectorAll('rtc-call')) call.iceServers = servers;
        },
        [{ urls: `turn:127.0.0.1:${turn.port}`, ...credentials }],
      );
      await page.waitForFunction(() => document.querySelector('rtc-call').phase === 'connected', {
        timeout: 40_000,
      });
      await page.waitForSelector('rtc-call >>> [part~="check-button"]', { hidden: true });
      // Firefox writes into the console of the page that ICE failed, as it was meant to.
      assert.deepEqual(
        page.problems.filter((problem) => !problem.includes('WebRTC: ICE failed')),
        [],
      );
    });

    it('asks the person nothing and opens no device', async () => {
      const page = await openCall(browser);
      await page.evaluate(() => {
        globalThis.asked = 0;
        navigator.mediaDevices.getUserMedia = () => {
          globalThis.asked++;
          return Promise.reject(new Error('not in a diagnosis'));
        };
      });
      await diagnose(page, []);
      assert.equal(await page.evaluate(() => globalThis.asked), 0);
    });
  });
}
