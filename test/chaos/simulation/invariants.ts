/** What must hold for a call at rest: every started page with every other. */
import type { Participant } from '../../../src/core/call-state.js';
import type { FakeStream, FakeTrack } from '../../helpers/fake-media.js';
import type { FakeNetwork } from '../../helpers/fake-network.js';
import type { FakePeerConnection } from '../../helpers/fake-peer-connection.js';
import { receives, sends } from '../../helpers/fake-sdp.js';
import type { FakeTransceiver } from '../../helpers/fake-transceiver.js';
import type { Page, Text } from './page.js';

const inStream = (stream: MediaStream | null, track: FakeTrack): boolean =>
  stream !== null && (stream as unknown as FakeStream).getTracks().includes(track);

/** @returns what is wrong, in words, or null */
export function findFault(pages: readonly Page[], network: FakeNetwork): string | null {
  for (const page of pages) {
    const others = pages.filter((other) => other !== page);
    const { participants, phase } = page.call.state;
    const expected = others.map(({ id }) => id).sort();
    const present = participants.map(({ id }) => id).sort();
    if (expected.join() !== present.join())
      return `${page.id} sees [${present.join()}], not [${expected.join()}]`;
    const expectedPhase = others.length === 0 ? 'waiting' : 'connected';
    if (phase !== expectedPhase) return `${page.id} is ${phase}, not ${expectedPhase}`;
    const open = page.platform.openConnections.length;
    if (open !== others.length) return `${page.id} has ${open} connections open for ${others.length} others`;
    for (const other of others) {
      const fault = findFaultBetween(page, other, network);
      if (fault) return `${page.id} with ${other.id}: ${fault}`;
    }
  }
  return null;
}

function findFaultBetween(page: Page, other: Page, network: FakeNetwork): string | null {
  const participant = page.call.state.participants.find(({ id }) => id === other.id);
  if (participant?.connection !== 'connected') return `${participant?.connection ?? 'absent'}, not connected`;
  const connection = page.platform.openConnections.find((one) => {
    const partner = network.partnerOf(one);
    return partner !== null && other.platform.connections.includes(partner);
  });
  if (!connection) return 'no connection leads there';
  const partner = network.partnerOf(connection)!;
  if (connection.connectionState !== 'connected') return `the connection is ${connection.connectionState}`;
  if (connection.signalingState !== 'stable') return `the negotiation stays ${connection.signalingState}`;
  if (connection.channels[0]?.readyState !== 'open') return 'the data channel is not open';
  return findMediaFault(page, other, { participant, connection, partner });
}

const roleOf = ({ kind, settings }: FakeTrack): 'audio' | 'video' | 'screen' =>
  settings.displaySurface === undefined ? kind : 'screen';

/** Sent by `page` and received by `other`, seen from `page`; what it receives is checked from the other side. */
function findMediaFault(
  page: Page,
  other: Page,
  pair: { participant: Participant; connection: FakePeerConnection; partner: FakePeerConnection },
): string | null {
  const { participant, connection, partner } = pair;
  const theirs = other.call.state.media;
  for (const kind of ['microphone', 'camera'] as const) {
    const said = theirs[kind] === 'on' ? 'on' : 'off';
    if (participant[kind] !== said) return `shows ${kind} ${participant[kind]}, not ${said}`;
  }
  for (const stream of [participant.stream, participant.screenStream]) {
    const inside = ((stream ?? undefined) as unknown as FakeStream | undefined)?.getTracks() ?? [];
    if (new Set(inside.map(({ kind }) => kind)).size < inside.length) return 'a stream has a track too many';
  }
  const kinds = ['audio', 'video', 'screen'] as const;
  const isOn = {
    audio: theirs.microphone === 'on',
    video: theirs.camera === 'on',
    screen: theirs.screen === 'on',
  };
  if ((participant.screenStream !== null) !== isOn.screen) {
    return `${isOn.screen ? 'does not show' : 'still shows'} the screen`;
  }
  // The camera, and a screen of each side: who shares at once with the other has a section of one's own.
  const videoCount = connection.getTransceivers().filter(({ kind }) => kind === 'video').length;
  if (videoCount > 3) return `${videoCount} video sections`;
  for (const kind of kinds) {
    if (!isOn[kind]) continue;
    const sending = partner
      .getTransceivers()
      .filter(({ sender }) => sender.track && roleOf(sender.track) === kind);
    if (sending.length !== 1) return `${kind} is sent ${sending.length} times`;
    const [{ mid, sender, currentDirection }] = sending as [FakeTransceiver];
    const receiving = connection.getTransceivers().find((transceiver) => transceiver.mid === mid);
    if (!receiving) return `has no section for ${kind}`;
    if (sender.track?.readyState !== 'live') return `${kind} is on, but nothing is sent`;
    if (!sends(currentDirection) || !receives(receiving.currentDirection)) {
      return `${kind} goes ${currentDirection} to ${receiving.currentDirection}`;
    }
    const { track } = receiving.receiver;
    if (track.muted) return `the received ${kind} is muted`;
    const stream = kind === 'screen' ? participant.screenStream : participant.stream;
    if (!inStream(stream, track)) return `the received ${kind} is not in the participant's stream`;
  }
  return null;
}

/** Texts between sessions that live to the end arrive exactly once and in order; nothing arrives twice or from nobody. */
export function findTextFault(pages: readonly Page[], everPages: readonly Page[]): string | null {
  for (const receiver of pages) {
    for (const sender of everPages) {
      if (sender === receiver) continue;
      const sentHere: Text[] = sender.sent.filter(({ to }) => to === receiver.session);
      const got = receiver.received
        .map(({ text }) => text)
        .filter((text) => text.startsWith(`${sender.label} `));
      if (new Set(got).size < got.length) return `${receiver.id} got a text of ${sender.id} twice`;
      const hasStayed =
        pages.includes(sender) &&
        !receiver.departures.some(({ own, id }) => own === receiver.session && id === sender.id) &&
        !sender.departures.some(({ own, id }) => own === sender.session && id === receiver.id);
      if (!hasStayed) continue;
      const wanted = sentHere.filter(({ from }) => from === sender.session).map(({ text }) => text);
      const last = got.slice(got.length - wanted.length);
      if (last.join('\n') !== wanted.join('\n')) {
        return `${receiver.id} got [${got.join(', ')}] of ${sender.id}, not [${wanted.join(', ')}]`;
      }
    }
  }
  return null;
}
