/**
 * What the scenarios are given. Runs as it stands in a page, too, so it uses nothing but its argument: the host's
 * connections, tracks and time.
 *
 * @param {{
 *   create: () => RTCPeerConnection,
 *   track: (kind: 'audio' | 'video') => Promise<MediaStreamTrack>,
 *   stream: () => MediaStream,
 *   rest: () => Promise<void>,
 *   until: (condition: () => boolean) => Promise<void>,
 * }} host
 */
export function makeStage({ create, track, stream, rest, until }) {
  const notes = [];
  const note = (text) => notes.push(text);
  const pending = new Map();
  /** How a connection first comes up takes states in any order; afterwards each one counts. */
  let isNoted = false;

  function connect(name) {
    const connection = create();
    const candidates = [];
    pending.set(connection, { partner: null, candidates });
    connection.onnegotiationneeded = () => note(`${name}: negotiationneeded`);
    connection.ontrack = ({ track: received, transceiver, streams }) => {
      note(`${name}: track ${received.kind} ${transceiver.mid} in ${streams.length} streams`);
      received.onended = () => note(`${name}: ${received.kind} ended`);
    };
    connection.onconnectionstatechange = () => {
      const { connectionState } = connection;
      if (connectionState !== 'connecting' || isNoted) note(`${name}: ${connectionState}`);
    };
    connection.onicecandidate = ({ candidate }) => {
      if (!candidate?.candidate) return;
      candidates.push(candidate.toJSON());
      deliver(connection);
    };
    return connection;
  }

  function deliver(connection) {
    const { partner, candidates } = pending.get(connection);
    if (!partner?.remoteDescription) return;
    for (const candidate of candidates.splice(0)) partner.addIceCandidate(candidate).catch(() => undefined);
  }

  function exchange(one, other) {
    pending.get(one).partner = other;
    pending.get(other).partner = one;
    for (const connection of [one, other]) deliver(connection);
  }

  async function negotiate(one, other) {
    await one.setLocalDescription();
    await other.setRemoteDescription(one.localDescription);
    await other.setLocalDescription();
    await one.setRemoteDescription(other.localDescription);
  }

  /** A connected pair with empty transceivers and a data channel; what led there is not noted. */
  async function pair() {
    const [a, b] = [connect('a'), connect('b')];
    const open = (connection) => connection.createDataChannel('x', { negotiated: true, id: 0 });
    const channels = { a: open(a), b: null };
    const outgoing = stream();
    for (const kind of ['audio', 'video'])
      a.addTransceiver(kind, { direction: 'sendrecv', streams: [outgoing] });
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    channels.b = open(b);
    for (const transceiver of b.getTransceivers()) transceiver.direction = 'sendrecv';
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    exchange(a, b);
    await until(() => channels.a.readyState === 'open' && channels.b.readyState === 'open');
    await until(() => a.connectionState === 'connected' && b.connectionState === 'connected');
    await rest();
    notes.length = 0;
    isNoted = true;
    return { a, b, channels };
  }

  const describe = (connection) =>
    [
      connection.signalingState,
      ...connection
        .getTransceivers()
        .map(({ mid, direction, currentDirection }) => `${mid}:${direction}/${currentDirection}`),
    ].join(' ');

  const received = (connection) =>
    connection
      .getTransceivers()
      .map(
        ({ receiver }) =>
          `${receiver.track.kind} ${receiver.track.muted ? 'muted' : 'unmuted'} ${receiver.track.readyState}`,
      )
      .join(', ');

  const fragment = ({ localDescription }) => /a=ice-ufrag:(\S+)/.exec(localDescription.sdp)[1];

  return {
    notes,
    note,
    connect,
    pair,
    exchange,
    negotiate,
    describe,
    received,
    fragment,
    track,
    stream,
    rest,
    until,
  };
}
