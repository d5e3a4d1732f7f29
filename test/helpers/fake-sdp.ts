/** Just enough SDP for the fake connections: all that two of them know of each other is in this text. */

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
export type SectionKind = 'audio' | 'video' | 'application';

/** Who begins the DTLS handshake: in an answer the side that says `active`. */
export type Setup = 'actpass' | 'active' | 'passive';

export interface Section {
  readonly kind: SectionKind;
  /** Its port is 0. */
  readonly isRejected?: boolean;
  readonly mid: string;
  readonly direction: Direction;
  /** Ids of the streams that the sender groups its track in. */
  readonly streams: readonly string[];
}

export interface Sdp {
  readonly sessionId: string;
  readonly version: number;
  readonly ufrag: string;
  readonly setup: Setup;
  readonly sections: readonly Section[];
}

export function writeSdp({ sessionId, version, ufrag, setup, sections }: Sdp): string {
  const lines = ['v=0', `o=- ${sessionId} ${version} IN IP4 127.0.0.1`, 's=-', 't=0 0'];
  lines.push(`a=group:BUNDLE ${sections.map(({ mid }) => mid).join(' ')}`);
  for (const { kind, isRejected, mid, direction, streams } of sections) {
    if (kind === 'application')
      lines.push(`m=application ${isRejected ? 0 : 9} UDP/DTLS/SCTP webrtc-datachannel`);
    else lines.push(`m=${kind} 9 UDP/TLS/RTP/SAVPF 111`, `a=${direction}`);
    lines.push(`a=mid:${mid}`, `a=ice-ufrag:${ufrag}`, `a=ice-pwd:${ufrag.repeat(6)}`, `a=setup:${setup}`);
    lines.push(...streams.map((stream) => `a=msid:${stream} ${mid}`));
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** The same few texts are read again and again. */
const known = new Map<string, Sdp>();
const maxKnown = 200;

export function readSdp(text: string): Sdp {
  const cached = known.get(text);
  if (cached) return cached;
  if (known.size >= maxKnown) known.clear();
  const sdp = parseSdp(text);
  known.set(text, sdp);
  return sdp;
}

function parseSdp(text: string): Sdp {
  const [session = '', ...media] = text.split(/^(?=m=)/m);
  const origin = /^o=- (\S+) (\d+) /m.exec(session);
  const ufrag = /^a=ice-ufrag:(\S+)/m.exec(text)?.[1] ?? '';
  if (!text.startsWith('v=0') || !origin || (media.length > 0 && !ufrag)) {
    throw new DOMException('The text is not SDP', 'OperationError');
  }
  const sections = media.map((section, index): Section => ({
    kind: (/^m=(\w+)/.exec(section)?.[1] ?? 'audio') as SectionKind,
    isRejected: /^m=\w+ 0 /.test(section),
    mid: /^a=mid:(\S+)/m.exec(section)?.[1] ?? String(index),
    direction: (/^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(section)?.[1] ?? 'sendrecv') as Direction,
    streams: Array.from(section.matchAll(/^a=msid:(\S+)/gm), ([, stream = '']) => stream),
  }));
  const setup = (/^a=setup:(\w+)/m.exec(text)?.[1] ?? 'actpass') as Setup;
  return { sessionId: origin[1] ?? '', version: Number(origin[2]), ufrag, setup, sections };
}

export const sends = (direction: Direction | null): boolean => /^send/.test(direction ?? '');
export const receives = (direction: Direction | null): boolean => /recv/.test(direction ?? '');

const fromBoth = (isSending: boolean, isReceiving: boolean): Direction =>
  isSending ? (isReceiving ? 'sendrecv' : 'sendonly') : isReceiving ? 'recvonly' : 'inactive';

/** The same flow as the other side sees it. */
export const reverse = (direction: Direction): Direction => fromBoth(receives(direction), sends(direction));

export const intersect = (one: Direction, other: Direction): Direction =>
  fromBoth(sends(one) && sends(other), receives(one) && receives(other));
