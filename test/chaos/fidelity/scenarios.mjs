/**
 * Steps that real connections and the fakes both take. Each function runs as it stands in a page, too, so it uses
 * nothing but its argument:
 *
 * - `connect(name)` makes a connection whose events are noted
 * - `track(kind)` gives a live track, `stream()` an empty stream
 * - `rest()` waits until nothing happens any more; `until(condition)` waits for something that must happen
 * - `note(text)` notes a state
 */
export const scenarios = {
  'offer and answer': async ({ connect, stream, rest, until, note, exchange, describe }) => {
    const [a, b] = [connect('a'), connect('b')];
    const outgoing = stream();
    a.createDataChannel('x', { negotiated: true, id: 0 });
    for (const kind of ['audio', 'video'])
      a.addTransceiver(kind, { direction: 'sendrecv', streams: [outgoing] });
    await rest();
    await a.setLocalDescription();
    note(`a ${describe(a)}`);
    await b.setRemoteDescription(a.localDescription);
    note(`b ${describe(b)}`);
    b.createDataChannel('x', { negotiated: true, id: 0 });
    for (const transceiver of b.getTransceivers()) transceiver.direction = 'sendrecv';
    await b.setLocalDescription();
    note(`b ${describe(b)}`);
    await a.setRemoteDescription(b.localDescription);
    note(`a ${describe(a)}`);
    exchange(a, b);
    await until(() => a.connectionState === 'connected' && b.connectionState === 'connected');
    await rest();
    note(`a ${describe(a)}`);
    note(`b ${describe(b)}`);
  },

  'tracks that come, go and change direction': async ({
    pair,
    track,
    rest,
    note,
    negotiate,
    describe,
    until,
    received,
  }) => {
    const { a, b } = await pair();
    const [audio, video] = a.getTransceivers();
    note(`nothing sent: ${received(b)}`);
    await audio.sender.replaceTrack(await track('audio'));
    await video.sender.replaceTrack(await track('video'));
    await until(() => b.getTransceivers().every(({ receiver }) => !receiver.track.muted));
    note(`both sent: ${received(b)}`);
    await video.sender.replaceTrack(null);
    await rest();
    note(`video taken back: ${received(b)}`);
    video.direction = 'recvonly';
    await rest();
    await negotiate(a, b);
    await rest();
    note(`a ${describe(a)}`);
    note(`video not sent: ${received(b)}`);
    await video.sender.replaceTrack(await track('video'));
    video.direction = 'sendrecv';
    await rest();
    await negotiate(a, b);
    await until(() => b.getTransceivers().every(({ receiver }) => !receiver.track.muted));
    note(`video sent again: ${received(b)}`);
  },

  'rollback of an offer with a new transceiver': async ({ pair, rest, note, describe }) => {
    const { a } = await pair();
    const screen = a.addTransceiver('video', { direction: 'sendrecv' });
    await rest();
    await a.setLocalDescription();
    note(`offered: ${describe(a)} ${screen.mid}`);
    await a.setLocalDescription({ type: 'rollback' });
    note(`rolled back: ${describe(a)} ${screen.mid}`);
    await rest();
  },

  'glare: both add a transceiver, one gives way': async ({ pair, rest, note, describe, negotiate }) => {
    const { a, b } = await pair();
    const ours = a.addTransceiver('video', { direction: 'sendrecv' });
    const theirs = b.addTransceiver('video', { direction: 'sendrecv' });
    await rest();
    await a.setLocalDescription();
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    note(`a ${describe(a)} ${ours.mid}`);
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    note(`b ${describe(b)} ${theirs.mid}`);
    await rest();
    await negotiate(a, b);
    await rest();
    note(`a ${describe(a)}`);
    note(`b ${describe(b)}`);
  },

  'glare on the first offers, with the data channel in the same section or in another': async (stage) => {
    const { connect, note, rest, until, exchange } = stage;
    const glare = async (ours, theirs) => {
      const [a, b] = [connect('a'), connect('b')];
      const channels = [a, b].map((each) => each.createDataChannel('x', { negotiated: true, id: 0 }));
      for (const kind of ours) a.addTransceiver(kind);
      for (const kind of theirs) b.addTransceiver(kind);
      await rest();
      await a.setLocalDescription();
      await b.setLocalDescription();
      await a.setRemoteDescription(b.localDescription);
      try {
        await a.setLocalDescription();
      } catch (error) {
        note(`a ${ours} into ${theirs}: ${error.name} ${a.signalingState}`);
        for (const each of [a, b]) each.close();
        return;
      }
      await b.setRemoteDescription(a.localDescription);
      exchange(a, b);
      await until(() => a.connectionState === 'connected' && b.connectionState === 'connected');
      await until(() => channels[1].readyState !== 'connecting');
      await rest();
      note(`a ${ours} into ${theirs}: ${channels.map(({ readyState }) => readyState)}`);
      for (const each of [a, b]) each.close();
      await rest();
    };
    await glare(['audio', 'video'], ['audio', 'video']);
    await glare(['audio', 'video'], ['audio']);
    await glare(['audio'], ['audio', 'video']);
  },

  'an answer that gets lost, and an offer from who sent it': async ({ connect, note }) => {
    const [a, b] = [connect('a'), connect('b')];
    a.addTransceiver('audio');
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    await b.setLocalDescription();
    b.addTransceiver('video');
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    await a.setLocalDescription();
    const [role] = /setup:\w+/.exec(a.localDescription.sdp);
    try {
      await b.setRemoteDescription(a.localDescription);
      note(`b takes ${role}: ${b.signalingState}`);
    } catch (error) {
      note(`b refuses ${role}: ${error.name} ${b.signalingState}`);
    }
    for (const each of [a, b]) each.close();
  },

  'an ICE restart from each side': async ({ pair, rest, note, describe, negotiate, fragment, until }) => {
    const { a, b } = await pair();
    for (const [name, one, other] of [
      ['a', a, b],
      ['b', b, a],
    ]) {
      const former = [fragment(one), fragment(other)];
      one.restartIce();
      await rest();
      await negotiate(one, other);
      await until(() => one.connectionState === 'connected' && other.connectionState === 'connected');
      await rest();
      note(
        `${name} restarted: ${[fragment(one) !== former[0], fragment(other) !== former[1]].join()} ${describe(one)}`,
      );
    }
  },

  'the other side closes': async ({ pair, note, until, received }) => {
    const { a, b, channels } = await pair();
    b.close();
    const begun = Date.now();
    await until(() => channels.a.readyState === 'closed');
    note(`told in time: ${Date.now() - begun < 1000}`);
    note(`a ${a.signalingState} ${channels.a.readyState} ${received(a)}`);
    note(`b ${b.signalingState} ${b.connectionState} ${channels.b.readyState}`);
  },

  'wrong calls': async ({ pair, connect, note, rest }) => {
    const { a, b } = await pair();
    const attempt = async (name, action) => {
      try {
        await action();
        note(`${name}: done`);
      } catch (error) {
        note(`${name}: ${error.name}`);
      }
    };
    await attempt('rollback when stable', () => a.setLocalDescription({ type: 'rollback' }));
    await attempt('answer when stable', () =>
      a.setRemoteDescription({ type: 'answer', sdp: b.localDescription.sdp }),
    );
    await attempt('candidate before a description', () =>
      connect('c').addIceCandidate({ candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0' }),
    );
    await attempt('candidate of no section', () =>
      a.addIceCandidate({ candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: 'nowhere' }),
    );
    await attempt('nonsense', () => a.setRemoteDescription({ type: 'offer', sdp: 'nonsense' }));
    await rest();
    a.close();
    await attempt('transceiver of a closed one', () => a.addTransceiver('audio'));
    await attempt('channel of a closed one', () => a.createDataChannel('y'));
    await attempt('restart of a closed one', () => a.restartIce());
  },
};
