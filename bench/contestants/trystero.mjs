import { joinRoom } from 'trystero/nostr';

/**
 * trystero over a relay on the loopback interface. It finds the other end by itself; its socket is open before the
 * clock starts, by a room that is nobody else's. See textbook.mjs for the types.
 */
export async function prepare({ name, room: roomName, show, services }) {
  const config = {
    appId: 'bench',
    rtcConfig: { iceServers: [] },
    turnConfig: [],
    relayConfig: { urls: [services.nostrUrl], redundancy: 1 },
  };
  const lobby = joinRoom(config, `${roomName}-${name}`);
  let room = null;
  let stream = null;
  return {
    async start() {
      room = joinRoom(config, roomName);
      room.onPeerStream = (remote) => show(remote);
      room.onPeerJoin = (id) => {
        if (stream) room.addStream(stream, { target: id });
      };
      stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
      room.addStream(stream);
    },
    receive() {},
    end() {
      lobby.leave();
      room?.leave();
      for (const track of stream?.getTracks() ?? []) track.stop();
    },
  };
}
