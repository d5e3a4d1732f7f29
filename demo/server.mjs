import { once } from 'node:events';
import { existsSync, realpathSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { isIPv6 } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { lanAddresses, makeCertificate } from './certificate.mjs';
import { appFolders, prepareApp } from './frameworks/apps.mjs';
import { createRelay } from './relay.mjs';
import { createStaticHandler } from './static-files.mjs';

const LOOPBACK = '127.0.0.1';
const LOOPBACKS = [LOOPBACK, '::1', 'localhost'];
const ALL_INTERFACES = ['::', '0.0.0.0', true];
const PORTS_TO_TRY = 21;

const HELP = `Serves the rtc-call demo: its pages, and a relay that carries the signals.

  npm start -- [options]

  --port N       the port (8000); when it is taken, the next free one of the 20 after it
  --host [addr]  listen on all interfaces, or on addr, so that other devices reach it
  --https        with a certificate made on the spot; other devices need it for their cameras
  --help         this text
`;

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Starts the demo's server.
 *
 * @param {object} [options]
 * @param {number} [options.port] - 8000; when taken, the next free one of the 20 after it; 0: any free one
 * @param {string | true} [options.host] - an address, or true for all interfaces (loopback only)
 * @param {boolean} [options.https] - with a self-signed certificate
 * @param {boolean} [options.quiet] - print nothing
 * @param {Partial<typeof import('./relay.mjs').defaultLimits>} [options.relay] - other limits for the relay
 * @returns {Promise<{url: string, port: number, certificate?: string, close: () => Promise<void>}>}
 *   `certificate` is the PEM that clients may trust; `close` ends every connection and may be called twice.
 * @throws {Error} when no port can be had
 */
export async function startServer({
  port = 8000,
  host = LOOPBACK,
  https = false,
  quiet = false,
  relay: limits,
} = {}) {
  const certificate = https ? await makeCertificate(ALL_INTERFACES.includes(host) ? [] : [host]) : null;
  const serveFile = createStaticHandler({
    ...appFolders,
    '/cdn/': folder('../cdn/'),
    '/dist/': folder('../dist/'),
    // What the recipes take from others, as a bundler would.
    '/packages/lean-qr/': folder('../node_modules/lean-qr/'),
    '/packages/mqtt/': folder('../node_modules/mqtt/dist/'),
    '/packages/partysocket/': folder('../node_modules/partysocket/dist/'),
    '/packages/socket.io-client/': folder('../node_modules/socket.io-client/dist/'),
    '/': folder('./'),
  });
  const serve = async (request, response) => {
    await prepareApp(request.url).catch((error) => console.error(error.message));
    await serveFile(request, response);
  };
  const server = certificate ? createSecureServer(certificate, serve) : createServer(serve);
  const actualPort = await listenOnFreePort(server, port, host === true ? undefined : host);

  const relay = createRelay(limits);
  server.on('upgrade', relay.upgrade);
  const connections = new Set();
  server.on('connection', (connection) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });

  let closing;
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    await relay.close();
    for (const connection of connections) connection.destroy();
    await closed;
  };

  const [url, ...others] = addresses({ host, https, port: actualPort });
  if (!quiet) announce({ url, others, host, https });
  return {
    url,
    port: actualPort,
    ...(certificate && { certificate: certificate.cert }),
    close: () => (closing ??= close()),
  };
}

async function listenOnFreePort(server, port, host) {
  const last = port === 0 ? 0 : Math.min(port + PORTS_TO_TRY - 1, 65_535);
  for (let candidate = port; candidate <= last; candidate += 1) {
    try {
      server.listen({ port: candidate, host });
      await once(server, 'listening');
      return server.address().port;
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error(`The ports ${port} to ${last} are all taken. Choose another with --port.`);
}

/** Every URL of the server, the one for this computer first. */
function addresses({ host, https, port }) {
  const hosts = LOOPBACKS.includes(host)
    ? ['localhost']
    : ALL_INTERFACES.includes(host)
      ? ['localhost', ...lanAddresses()]
      : [host];
  return hosts.map((name) => `${https ? 'https' : 'http'}://${isIPv6(name) ? `[${name}]` : name}:${port}/`);
}

function announce({ url, others, host, https }) {
  const lines = [`  rtc-call demo: ${url}`];
  if (others.length > 0) lines.push('  other devices:', ...others.map((other) => `    ${other}`));
  if (!LOOPBACKS.includes(host) && !https)
    lines.push('', '  On other devices cameras need https: add --https.');
  if (https)
    lines.push('', '  The browser warns of the certificate, made just now on this computer: continue.');
  if (!existsSync(folder('../cdn/rtc-call.min.js'))) {
    lines.push('', '  The element is not built yet. Run `npm run build` first.');
  }
  console.log(`\n${lines.join('\n')}\n`);
}

/** @returns {{port?: number, host?: string | true, https?: boolean, help?: boolean}} */
function parseArguments(args) {
  const options = {};
  const rest = args.flatMap((arg) => {
    const [, flag, value] = /^(--[^=]+)=(.*)$/s.exec(arg) ?? [null, arg];
    return value === undefined ? [flag] : [flag, value];
  });
  while (rest.length > 0) {
    const flag = rest.shift();
    if (flag === '--help' || flag === '-h') options.help = true;
    else if (flag === '--https') options.https = true;
    else if (flag === '--host') options.host = rest[0] && !rest[0].startsWith('-') ? rest.shift() : true;
    else if (flag === '--port') {
      const value = rest.shift();
      options.port = /^\d+$/.test(value ?? '') ? Number(value) : NaN;
      if (!(options.port <= 65_535)) throw new Error(`--port needs a number from 0 to 65535, not ${value}.`);
    } else throw new Error(`Unknown option: ${flag}. See --help.`);
  }
  return options;
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  if (options.help) return console.log(HELP);
  const server = await startServer(options);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, server.close);
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
