/** What tutorials show: the camera, then the connection, then the offer; candidates as they come. */

/**
 * One end of a call, written with one of the contestants. It is made before the clock starts and opens no device.
 *
 * @typedef {object} End
 * @property {(isInitiator: boolean) => Promise<void>} start resolves when the own devices are open and used
 * @property {(message: object) => void} receive takes what the other end has sent
 * @property {() => void} end leaves, and stops the own devices
 */

/**
 * What an end is given.
 *
 * @typedef {object} Surroundings
 * @property {string} name of this end
 * @property {string[]} others the names of the other ends
 * @property {string} room a name of this call alone
 * @property {(message: object) => void} send brings a message to the other end
 * @property {(stream: MediaStream) => void} show shows the other end's picture
 * @property {HTMLElement} place where an element may be put
 * @property {{ peerHost: string, peerPort: number, nostrUrl?: string }} services servers of this measurement
 */

/**
 * @param {Surroundings} surroundings
 * @returns {Promise<End>}
 */
export async function prepare({ send, show }) {
  let connection = null;
  let stream = null;
  const early = [];

  const connect = () => {
    connection = new RTCPeerConnection();
    connection.onicecandidate = ({ candidate }) => send({ candidate });
    connection.ontrack = ({ streams }) => show(streams[0]);
    for (const track of stream.getTracks()) connection.addTrack(track, stream);
  };
  const take = async ({ description, candidate }) => {
    if (candidate) await connection.addIceCandidate(candidate);
    if (!description) return;
    await connection.setRemoteDescription(description);
    if (description.type === 'offer') {
      await connection.setLocalDescription(await connection.createAnswer());
      send({ description: connection.localDescription.toJSON() });
    }
  };

  return {
    async start(isInitiator) {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
      connect();
      if (isInitiator) {
        await connection.setLocalDescription(await connection.createOffer());
        send({ description: connection.localDescription.toJSON() });
      }
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
