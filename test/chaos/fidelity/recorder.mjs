/**
 * Notes in a real page what connections show while their path is cut. Runs as it stands in a page, so it uses nothing
 * from outside. Every connection sends sound and pictures, and a number over its data channel every 100 ms.
 */
export async function installRecorder() {
  const SAMPLE_MS = 100;
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 160, height: 120, frameRate: 10 },
  });
  const sides = [];

  /** All that has arrived as sound and pictures, in bytes. */
  async function receivedBytes(connection) {
    let bytes = 0;
    for (const { type, bytesReceived } of (await connection.getStats()).values())
      if (type === 'inbound-rtp') bytes += bytesReceived ?? 0;
    return bytes;
  }

  async function gathered(connection) {
    const isOver = () =>
      connection.iceGatheringState === 'complete' && connection.localDescription.sdp.includes('a=candidate');
    while (!isOver()) await new Promise((done) => setTimeout(done, 20));
    return connection.localDescription.toJSON();
  }

  function open() {
    const connection = new RTCPeerConnection();
    const side = { connection, log: [], lastMessageAt: 0, lastMediaAt: 0 };
    sides.push(side);
    const note = (what, at = Date.now()) => side.log.push([at, what]);
    connection.onconnectionstatechange = () => note(connection.connectionState);
    connection.ontrack = ({ track }) => {
      for (const type of ['mute', 'unmute', 'ended'])
        track[`on${type}`] = () => note(`${track.kind} ${type}`);
    };
    for (const track of stream.getTracks()) connection.addTrack(track, stream);
    const channel = connection.createDataChannel('x', { negotiated: true, id: 0 });
    channel.onclose = () => note('channel closed');
    channel.onmessage = () => {
      // The first after a gap that no live path has.
      if (Date.now() - side.lastMessageAt > 1000) note('messages flow');
      side.lastMessageAt = Date.now();
    };
    let bytes = 0;
    let count = 0;
    setInterval(async () => {
      if (channel.readyState === 'open') channel.send(String(++count));
      const now = await receivedBytes(connection);
      if (now === bytes) return;
      bytes = now;
      if (Date.now() - side.lastMediaAt > 1000) note('media flow');
      side.lastMediaAt = Date.now();
    }, SAMPLE_MS);
    return side;
  }

  globalThis.recorder = {
    async offer(number) {
      const { connection } = sides[number] ?? open();
      await connection.setLocalDescription(await connection.createOffer({ iceRestart: true }));
      return gathered(connection);
    },
    async answer([number, offer]) {
      const { connection } = sides[number] ?? open();
      await connection.setRemoteDescription(offer);
      await connection.setLocalDescription();
      return gathered(connection);
    },
    accept: ([number, answer]) => sides[number].connection.setRemoteDescription(answer),
    states: () => sides.map(({ connection }) => connection.connectionState),
    look: () => sides.map(({ connection, log }) => [connection.connectionState, log]),
    /** Whether sound and messages have come in the last second, everywhere. */
    flows: () =>
      sides.every(({ connection, lastMessageAt, lastMediaAt }) => {
        const newest = Math.min(lastMessageAt, lastMediaAt);
        return connection.connectionState === 'connected' && Date.now() - newest < 1000;
      }),
    /** What each connection noted since it was asked last. */
    take: () => sides.map(({ log }) => log.splice(0)),
    close: () => {
      for (const { connection } of sides) connection.close();
    },
  };
}
