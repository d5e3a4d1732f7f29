import { Peer } from 'peerjs';

/** PeerJS with a server of its own; its socket is open before the clock starts. See textbook.mjs for the types. */
export async function prepare({ name, others: [other], room, show, services }) {
  const peer = new Peer(`${room}-${name}`, {
    host: services.peerHost,
    port: services.peerPort,
    path: '/',
    config: { iceServers: [] },
  });
  await new Promise((resolve, reject) => {
    peer.on('open', resolve);
    peer.on('error', reject);
  });
  let stream = null;
  let take;
  const incoming = new Promise((resolve) => {
    take = resolve;
  });
  peer.on('call', take);
  const watch = (call) => call.on('stream', show);
  return {
    async start(isInitiator) {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
      if (isInitiator) {
        watch(peer.call(`${room}-${other}`, stream));
        return;
      }
      void incoming.then((call) => {
        watch(call);
        call.answer(stream);
      });
    },
    receive() {},
    end() {
      peer.destroy();
      for (const track of stream?.getTracks() ?? []) track.stop();
    },
  };
}
