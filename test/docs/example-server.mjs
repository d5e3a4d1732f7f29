/** Where examples run: a server that stands for https://example.org and, over WebSocket, wss://example.org. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { WebSocket, WebSocketServer } from 'ws';

const cdn = new URL('../../cdn/', import.meta.url);
const credentials = [{ urls: 'turn:127.0.0.1:9', username: 'ana', credential: 'secret' }];

/** @returns {Promise<{ url: string, add(path: string, html: string): void, close(): Promise<void> }>} */
export async function serveExamples() {
  const pages = new Map();
  const server = createServer(async ({ url }, response) => {
    const path = url.split('?')[0];
    const send = (type, body) =>
      response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body);
    if (pages.has(path)) send('text/html', pages.get(path));
    else if (path === '/turn-credentials') send('application/json', JSON.stringify(credentials));
    else if (/^\/[\w./-]+\.js$/.test(path))
      send('text/javascript', await readFile(fileURLToPath(new URL(`.${path}`, cdn))));
    else response.writeHead(path === '/favicon.ico' ? 204 : 404).end();
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, { url: room }) => {
    socket.room = room;
    socket.on('message', (message) => {
      for (const other of sockets.clients) {
        const isThere = other.room === room && other.readyState === WebSocket.OPEN;
        if (isThere && other !== socket) other.send(`${message}`);
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    add: (path, html) => pages.set(path, html),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
