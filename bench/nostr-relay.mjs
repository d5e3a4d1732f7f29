/** As much of a Nostr relay (NIP-01) as trystero needs, on the loopback interface: nothing leaves the machine. */
import { once } from 'node:events';
import { WebSocketServer } from 'ws';

const isWanted = (event, { kinds, '#x': topics }) =>
  (!kinds || kinds.includes(event.kind)) &&
  (!topics || event.tags.some(([name, topic]) => name === 'x' && topics.includes(topic)));

/** @returns {Promise<{ url: string, close: () => void }>} */
export async function startNostrRelay() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const subscriptions = new Map();
  server.on('connection', (socket) => {
    const own = new Map();
    subscriptions.set(socket, own);
    const say = (to, ...message) => to.send(JSON.stringify(message));
    socket.on('close', () => subscriptions.delete(socket));
    socket.on('message', (data) => {
      const [type, subject, ...filters] = JSON.parse(data);
      if (type === 'REQ') {
        own.set(subject, filters);
        say(socket, 'EOSE', subject);
      } else if (type === 'CLOSE') {
        own.delete(subject);
      } else if (type === 'EVENT') {
        say(socket, 'OK', subject.id, true, '');
        for (const [other, wishes] of subscriptions) {
          for (const [id, wanted] of wishes) {
            if (wanted.some((filter) => isWanted(subject, filter))) say(other, 'EVENT', id, subject);
          }
        }
      }
    });
  });
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${server.address().port}`,
    close: () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}
