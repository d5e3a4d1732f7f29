import type { CallOptions } from './call-options.js';
import type { Diagnosis } from './diagnosis.js';
import { advice } from './errors.js';

/** One thing that is wrong, or `all-clear`; in English words what it is and what to do. */
export type Finding = { readonly text: string } & (
  | {
      readonly code: DeviceCode;
      readonly subject: DeviceSubject;
    }
  | {
      readonly code: keyof typeof networkAdvice;
      /** The URL of the server concerned, without credentials and addresses; empty where it concerns none. */
      readonly subject: string;
    }
);

export type FindingCode = Finding['code'];

type DeviceCode =
  'unsupported' | 'insecure-context' | 'policy-blocked' | 'permission-denied' | 'device-not-found';

type DeviceSubject = 'camera' | 'microphone' | 'connection';

/** What is wrong and, behind the line break, what to do. English, and the base of the translations. */
export const networkAdvice = {
  offline: () => 'This device is offline.\nConnect it to a network.',
  'webrtc-blocked': () =>
    'This browser can not connect, not even to itself.\nTurn off extensions that block WebRTC, or use another browser.',
  'udp-blocked': () =>
    'Your network blocks UDP.\nTry another network, or turn off a VPN. Page author: add a TURN server over TCP/443.',
  'udp-relayed': () => 'Your network blocks UDP.\nThe TURN server helps out over TCP; the picture may lag.',
  'credentials-refused': (server: string) =>
    `The TURN server refused the credentials: ${server}\nReload the page. Page author: check user name and password.`,
  'server-refused': (server: string) =>
    `The server refused to help: ${server}\nTry again later. Page author: look into its log.`,
  'server-unreachable': (server: string) =>
    `The server does not answer: ${server}\nTry another network. Page author: check its name, port and firewall.`,
  'no-relay': () => 'No TURN server is set.\nTry another network. Page author: add a TURN server.',
  'all-clear': () => 'Everything works on this side.\nLet the others check their connection, too.',
} satisfies Record<string, (server: string) => string>;

/** A server reached over UDP unless its URL says otherwise (RFC 7064 §3.2, RFC 7065 §3.1). */
export const isTcp = (url: string): boolean => /=tcp$|^\w+s:(?!.*=udp$)/i.test(url);

/** An IPv6 address with its brackets. */
const hostOf = (url: string): string => /:(\[[^\]]*\]|[^:?]+)/.exec(url)?.[1] ?? '';

/** What ends in a number is an address (URL standard, ends-in-a-number checker). */
const address = /^\[|(?:^|\.)(?:\d+|0x[\da-f]*)\.?$/i;

/** A URL whose address, if it has one, nobody can read. */
export const hideAddress = (url: string): string => {
  const host = hostOf(url);
  return address.test(host) ? url.replace(host, '…') : url;
};

export const isTurn = (url: string): boolean => /^turn/i.test(url);

/** What there is to say about the facts, whose URLs have their addresses; the gravest first, at least `all-clear`. */
export function judge(
  facts: Omit<Diagnosis, 'udp' | 'verdict'>,
  { noAudio, noVideo, localStream }: Pick<CallOptions, 'noAudio' | 'noVideo' | 'localStream'>,
): Pick<Diagnosis, 'udp' | 'verdict'> {
  const { servers } = facts;
  const verdict: Finding[] = [];
  const findNetwork = (code: keyof typeof networkAdvice, subject = ''): void => {
    verdict.push({ code, subject, text: networkAdvice[code](subject).replace('\n', ' ') });
  };
  const findDevice = (code: DeviceCode, subject: DeviceSubject): void => {
    verdict.push({ code, subject, text: advice[code](subject, '') });
  };

  const overUdp = servers.filter(({ url }) => !isTcp(url));
  const overTcp = servers.filter(({ url }) => isTcp(url));
  const hasAnswered = ({ ok, errorCode }: (typeof servers)[number]): boolean =>
    ok || (errorCode !== null && errorCode < 700);
  // One silent server may be down; several, or one while TCP passes, are kept away.
  const isSilent = overUdp.every(({ ok, errorCode }) => !ok && errorCode === null);
  const hosts = new Set(overUdp.map(({ url }) => hostOf(url))).size;
  const isBlocked = isSilent && hosts > (overTcp.some(hasAnswered) ? 0 : 1);
  const udp = overUdp.some(hasAnswered) || (isBlocked ? false : null);

  if (!facts.supported) findDevice('unsupported', 'connection');
  else if (!facts.online) findNetwork('offline');
  else {
    if (!facts.loopback && !servers.some(({ ok }) => ok)) findNetwork('webrtc-blocked');
    if (udp === false) findNetwork(overTcp.some(({ ok }) => ok) ? 'udp-relayed' : 'udp-blocked');
    for (const server of servers) {
      const { ok, url, errorCode } = server;
      if (ok || (udp === false && !isTcp(url))) continue;
      const refusal = errorCode === 401 ? 'credentials-refused' : 'server-refused';
      findNetwork(hasAnswered(server) ? refusal : 'server-unreachable', hideAddress(url));
    }
    if (udp !== false && !servers.some(({ url }) => isTurn(url))) findNetwork('no-relay');
  }
  for (const [device, kind, isUnused] of [
    ['camera', 'videoinput', noVideo],
    ['microphone', 'audioinput', noAudio],
  ] as const) {
    if (isUnused || localStream) continue;
    if (!facts.secure) findDevice('insecure-context', device);
    else if (!facts.policy[device]) findDevice('policy-blocked', device);
    else if (facts.permissions[device] === 'denied') findDevice('permission-denied', device);
    else if (facts.devices?.[kind] === 0) findDevice('device-not-found', device);
  }
  if (verdict.length === 0) findNetwork('all-clear');
  return { udp, verdict };
}
