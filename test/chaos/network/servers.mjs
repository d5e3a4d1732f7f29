import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { moreServerAddresses, serverAddress } from './namespaces.mjs';

const SIGNAL_PORT = 8080;
const TURN_PORT = 3478;
const SECRET = 'a secret of this test';

export const signalUrls = moreServerAddresses.map((address) => `ws://${address}:${SIGNAL_PORT}/`);

/** Starts a program in the server's namespace and waits for a line of its output. */
export async function startServer(network, args, readyLine) {
  const server = network.spawn('server', args);
  let output = '';
  server.stderr.on('data', (data) => (output += data));
  for await (const line of createInterface({ input: server.stdout })) {
    output += `${line}\n`;
    if (readyLine.test(line)) {
      server.stdout.resume();
      return server;
    }
  }
  throw new Error(`${args.join(' ')} ended:\n${output}`);
}

/** The server that carries the signals; ends with the network. */
export function startSignals(network) {
  const script = fileURLToPath(new URL('signal-server.mjs', import.meta.url));
  return startServer(network, [process.execPath, script, '0.0.0.0', String(SIGNAL_PORT)], /^ready$/);
}

/** A coturn that gives its service for credentials of limited life; also a STUN server. Ends with the network. */
export async function startTurn(network) {
  const folder = mkdtempSync(join(tmpdir(), 'rtc-turn-'));
  await startServer(
    network,
    [
      'turnserver',
      '-n',
      ...['--listening-ip', serverAddress, '--listening-port', String(TURN_PORT)],
      ...['--relay-ip', serverAddress, '--min-port', '50000', '--max-port', '50999'],
      ...['--use-auth-secret', '--static-auth-secret', SECRET, '--realm', 'example.org'],
      ...['--no-cli', '--no-tls', '--no-dtls', '--simple-log', '--log-file', 'stdout'],
      ...['--pidfile', join(folder, 'pid')],
    ],
    /IO method \(auth thread\)/,
  );
  rmSync(folder, { recursive: true, force: true }); // it wants a file for its process id, and nobody else does
}

export const stunServers = [{ urls: `stun:${serverAddress}:${TURN_PORT}` }];

/**
 * What the page's provider needs to give TURN servers: see `provide` in page.mjs.
 *
 * @param {object} [options]
 * @param {'udp' | 'tcp'} [options.transport]
 * @param {number} [options.lifeSeconds] how long the credentials work
 */
export const turnServers = ({ transport = 'udp', lifeSeconds = 3600 } = {}) => ({
  urls: `turn:${serverAddress}:${TURN_PORT}?transport=${transport}`,
  secret: SECRET,
  lifeSeconds,
});
