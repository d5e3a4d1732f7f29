import { WebSocketServer, WebSocket } from 'ws';

/** Close codes used here: RFC 6455 §7.4.1, and 1013 from the IANA registry. */
const GOING_AWAY = 1001;
const UNSUPPORTED_DATA = 1003;
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;

const ROOM_PATH = /^\/relay\/([A-Za-z0-9_-]{1,64})$/;

/**
 * What one relay allows. The defaults leave room above the call's own limits (128 KiB a message,
 * 100 messages a second with bursts of 400).
 */
export const defaultLimits = {
  maxMessageBytes: 256 * 1024,
  maxRooms: 1000,
  maxSocketsPerRoom: 16,
  messagesPerSecond: 100,
  messageBurst: 400,
  /** A receiver this far behind is cut off, so that it cannot fill the server's memory. */
  maxBufferedBytes: 4 * 1024 * 1024,
  /** How often each socket is pinged; one that answered nothing since the last ping is dead. */
  heartbeatMs: 15_000,
  /** How long a socket may take to answer a close before it is cut. */
  closeTimeoutMs: 1000,
};

/**
 * Makes a relay: what one socket of a room says, all the others of the room hear, as it came. It
 * reads no message and keeps none.
 *
 * @param {Partial<typeof defaultLimits>} [overrides]
 * @returns {{
 *   upgrade(request: import('node:http').IncomingMessage, socket: import('node:stream').Duplex, head: Buffer): void,
 *   roomCount(): number,
 *   close(): Promise<void>,
 * }} `upgrade` takes the `upgrade` event of an HTTP server, which stays the caller's.
 */
export function createRelay(overrides = {}) {
  const limits = { ...defaultLimits, ...overrides };
  /** @type {Map<string, Set<WebSocket>>} */
  const rooms = new Map();
  const unanswered = new WeakSet();
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxMessageBytes,
    perMessageDeflate: false,
    closeTimeout: limits.closeTimeoutMs,
  });

  const heartbeat = setInterval(() => {
    for (const socket of server.clients) {
      if (unanswered.has(socket)) {
        socket.terminate();
      } else {
        unanswered.add(socket);
        socket.ping();
      }
    }
  }, limits.heartbeatMs);

  function upgrade(request, socket, head) {
    socket.on('error', () => socket.destroy());
    const room = ROOM_PATH.exec((request.url ?? '').split('?', 1)[0])?.[1];
    if (!room) return refuse(socket, '404 Not Found', 'No such room; use /relay/<room>.');
    if (!isSameHost(request)) return refuse(socket, '403 Forbidden', 'Other sites may not use this relay.');
    server.handleUpgrade(request, socket, head, (client) => join(room, client));
  }

  function join(room, client) {
    client.on('error', () => {}); // ws closes the socket by itself, with the code that fits
    const others = rooms.get(room);
    if (!others && rooms.size >= limits.maxRooms) return client.close(TRY_AGAIN_LATER, 'too many rooms');
    if (others && others.size >= limits.maxSocketsPerRoom) {
      return client.close(TRY_AGAIN_LATER, 'the room is full');
    }
    const members = others ?? new Set();
    rooms.set(room, members.add(client));

    const leave = () => {
      members.delete(client);
      if (members.size === 0 && rooms.get(room) === members) rooms.delete(room);
    };
    const expel = (code, reason) => {
      leave();
      client.close(code, reason);
    };
    const mayPass = createTokenBucket(limits.messagesPerSecond, limits.messageBurst);

    client.on('close', leave);
    client.on('pong', () => unanswered.delete(client));
    client.on('ping', () => {
      if (!mayPass()) expel(POLICY_VIOLATION, 'too many pings');
    });
    client.on('message', (data, isBinary) => {
      if (client.readyState !== WebSocket.OPEN) return; // expelled, and still talking
      if (isBinary) return expel(UNSUPPORTED_DATA, 'text messages only');
      if (!mayPass()) return expel(POLICY_VIOLATION, 'too many messages');
      for (const member of members) {
        if (member === client || member.readyState !== WebSocket.OPEN) continue;
        if (member.bufferedAmount > limits.maxBufferedBytes) member.terminate();
        else member.send(data, { binary: false });
      }
    });
  }

  async function close() {
    clearInterval(heartbeat);
    const closed = [...server.clients].map((client) => {
      const gone = new Promise((resolve) => client.once('close', resolve));
      client.close(GOING_AWAY, 'the server stops');
      return gone;
    });
    await Promise.all(closed);
    rooms.clear();
  }

  return { upgrade, roomCount: () => rooms.size, close };
}

/** Browsers always send `Origin` with a WebSocket; what sends none is no other site's page. */
function isSameHost(request) {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

function refuse(socket, status, text) {
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

/** A function that says whether one more message may pass now. */
function createTokenBucket(perSecond, burst) {
  let tokens = burst;
  let last = performance.now();
  return () => {
    const now = performance.now();
    tokens = Math.min(burst, tokens + ((now - last) / 1000) * perSecond);
    last = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
