/**
 * The textbook code with what tutorials add for a connection that fails: `restartIce()`, and an offer whenever one is
 * needed (webrtc-pc, `negotiationneeded`). See textbook.mjs for the types.
 */
export async function prepare({ send, show }) {
  let connection = null;
  let stream = null;
  const early = [];

  const connect = (isInitiator) => {
    connection = new RTCPeerConnection();
    connection.onicecandidate = ({ candidate }) => send({ candidate });
    connection.ontrack = ({ streams }) => show(streams[0]);
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === 'failed') connection.restartIce();
    };
    connection.onnegotiationneeded = async () => {
      // One side offers, so that offers never meet.
      if (!isInitiator) return;
      await connection.setLocalDescription();
      send({ description: connection.localDescription.toJSON() });
    };
    for (const track of stream.getTracks()) connection.addTrack(track, stream);
  };
  const take = async ({ description, candidate }) => {
    if (candidate) await connection.addIceCandidate(candidate).catch(() => {}); // of a description that was lost
    if (!description) return;
    await connection.setRemoteDescription(description);
    if (description.type === 'offer') {
      await connection.setLocalDescription();
      send({ description: connection.localDescription.toJSON() });
    }
  };

  return {
    async start(isInitiator) {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
      connect(isInitiator);
      for (const message of early.splice(0)) await take(message);
    },
    receive(message) {
      if (connection) void take(message);
      else early.push(message);
    },
    end() {
      connection?.close();
      for (const track of stream?.getTracks() ?? []) track.stop();
    },
  };
}
