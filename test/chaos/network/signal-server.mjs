/**
 * What one page says, all the others hear. Runs in the server's namespace until its standard input ends. It answers
 * `ping`, by which a page sees that its socket is dead.
 */
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: process.argv[2], port: Number(process.argv[3]) });
server.on('listening', () => console.log('ready'));
server.on('connection', (socket) => {
  socket.on('error', () => {}); // closes by itself
  socket.on('message', (data) => {
    if (String(data) === 'ping') return socket.send('pong');
    for (const other of server.clients) if (other !== socket) other.send(String(data));
  });
});
process.stdin.resume().on('end', () => process.exit());
