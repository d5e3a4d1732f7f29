import SimplePeer from 'simple-peer/simplepeer.min.js';

/** simple-peer as its README uses it: the camera, then the peer. See textbook.mjs for the types. */
export async function prepare({ send, show }) {
  let peer = null;
  let stream = null;
  const early = [];
  return {
    async start(isInitiator) {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
      peer = new SimplePeer({ initiator: isInitiator, stream, config: {} });
      peer.on('signal', send);
      peer.on('stream', show);
      peer.on('error', () => {}); // it closes itself; the harness sees that no picture comes
      for (const message of early.splice(0)) peer.signal(message);
    },
    receive(message) {
      if (peer) peer.signal(message);
      else early.push(message);
    },
    end() {
      peer?.destroy();
      for (const track of stream?.getTracks() ?? []) track.stop();
    },
  };
}
