/** PeerJS's own server on its own, for a network namespace: `node peer-server.mjs <address> <port>`. */
import { PeerServer } from 'peer';

PeerServer({ host: process.argv[2], port: Number(process.argv[3]), path: '/' }, () => console.log('ready'));
process.stdin.resume().on('end', () => process.exit());
