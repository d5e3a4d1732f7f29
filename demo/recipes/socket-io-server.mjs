/** Signaling over Socket.IO: what one page of a room says, all the others of the room hear. */

import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Server } from 'socket.io';

/** @returns {Promise<import('node:http').Server>} listening on this computer only; port 0: any free one */
export async function startSocketIo(port = 8101) {
  const server = createServer();
  const io = new Server(server, {
    cors: { origin: '*' }, // in earnest: the origin of your pages
    maxHttpBufferSize: 256 * 1024,
  });

  io.on('connection', (socket) => {
    const { room } = socket.handshake.auth; // in earnest: ask here whether this person may enter it
    if (!/^[\w-]{1,64}$/.test(room)) return socket.disconnect();
    socket.join(room);
    socket.on('signal', (message) => socket.to(room).emit('signal', message));
  });

  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await startSocketIo();
