/** Signaling over plain HTTP: `GET /rooms/<room>` listens to a room, `POST /rooms/<room>` says something in it. */

import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const maxBytes = 256 * 1024;
const heartbeatMs = 15_000; // proxies close what is silent for a minute

/** @returns {Promise<import('node:http').Server>} listening on this computer only; port 0: any free one */
export async function startEvents(port = 8103) {
  /** @type {Map<string, Set<import('node:http').ServerResponse>>} who listens, by room */
  const rooms = new Map();

  const server = createServer(async (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*'); // in earnest: the origin of your pages
    const room = /^\/rooms\/([\w-]{1,64})$/.exec(request.url)?.[1];
    if (!room) return response.writeHead(404).end();
    // In earnest: ask here whether this person may enter the room.
    if (request.method === 'GET') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write('\n'); // the page learns that it is connected
      const listeners = rooms.get(room) ?? new Set();
      rooms.set(room, listeners.add(response));
      const heartbeat = setInterval(() => response.write(':\n\n'), heartbeatMs);
      response.on('close', () => {
        clearInterval(heartbeat);
        listeners.delete(response);
        if (listeners.size === 0) rooms.delete(room);
      });
    } else if (request.method === 'POST' && Number(request.headers['content-length']) <= maxBytes) {
      const message = (await text(request)).replace(/[\r\n]+/g, ' '); // a line break would end the event
      for (const listener of rooms.get(room) ?? []) listener.write(`data: ${message}\n\n`);
      response.end();
    } else response.writeHead(400).end();
  });

  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await startEvents();
