import { CallError } from './errors.js';

/** The usable servers of a configuration, and one error for each part that is not usable. */
export interface ParsedIceServers {
  readonly iceServers: RTCIceServer[];
  readonly errors: CallError[];
}

const scheme = /^(stuns?|turns?):/i;

/**
 * Reads `ice-servers`: a JSON array as `RTCPeerConnection` takes it, or URLs (RFC 7064, RFC 7065) separated by
 * white space or commas, where `turn:user:pass@host:port?transport=tcp` carries percent-decoded credentials.
 * Never throws: a wrong part is named in `errors` (`invalid-config`), the rest is used.
 */
export function parseIceServers(text: string): ParsedIceServers {
  const trimmed = text.trim();
  if (/^[[{]/.test(trimmed)) {
    try {
      return checkIceServers(JSON.parse(trimmed));
    } catch (cause) {
      return { iceServers: [], errors: [wrong(trimmed, 'it is not valid JSON', cause)] };
    }
  }
  return collect(
    trimmed.split(/[\s,]+/).filter((part) => part !== ''),
    parseUrl,
  );
}

/** Checks servers given as values, for the `iceServers` property and the provider. */
export function checkIceServers(value: unknown): ParsedIceServers {
  if (!Array.isArray(value)) {
    return { iceServers: [], errors: [wrong(describe(value), 'it is not an array of RTCIceServer')] };
  }
  return collect(value as unknown[], checkServer);
}

/** A server of the right form that this browser refuses all the same. */
export function refusedServer(url: string, cause: unknown): CallError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  const advice = 'Where it blocks the port, let the server listen on another, such as 3478 or 443';
  return wrong(url, `this browser refuses it (${detail}). ${advice}`, cause);
}

function collect<Part>(parts: readonly Part[], parse: (part: Part) => RTCIceServer): ParsedIceServers {
  const iceServers: RTCIceServer[] = [];
  const errors: CallError[] = [];
  for (const part of parts) {
    try {
      iceServers.push(parse(part));
    } catch (error) {
      errors.push(error instanceof CallError ? error : wrong(describe(part), 'it can not be read', error));
    }
  }
  return { iceServers, errors };
}

function parseUrl(part: string): RTCIceServer {
  const prefix = scheme.exec(part)?.[0];
  if (!prefix) throw wrong(part, 'it does not start with stun:, stuns:, turn: or turns:');
  const rest = part.slice(prefix.length);
  const at = rest.lastIndexOf('@'); // a password may hold '@', a host never does
  const server: RTCIceServer = { urls: prefix + rest.slice(at + 1) };
  if (at >= 0) {
    const credentials = rest.slice(0, at);
    const colon = credentials.indexOf(':');
    if (colon < 0) throw wrong(part, "its credentials lack the ':' between user and password");
    server.username = decode(credentials.slice(0, colon), part);
    server.credential = decode(credentials.slice(colon + 1), part);
  }
  return checkServer(server);
}

function checkServer(value: unknown): RTCIceServer {
  if (typeof value !== 'object' || value === null)
    throw wrong(describe(value), 'it is not an RTCIceServer object');
  const { urls, username, credential } = value as Partial<
    Record<'urls' | 'username' | 'credential', unknown>
  >;
  const list: unknown[] = Array.isArray(urls) ? urls : [urls];
  if (list.length === 0) throw wrong(describe(value), "'urls' is empty");
  let needsCredentials = false;
  for (const url of list) {
    if (typeof url !== 'string')
      throw wrong(describe(value), "'urls' is not a string or an array of strings");
    checkUrl(url);
    needsCredentials ||= /^turns?:/i.test(url);
  }
  if (needsCredentials && (typeof username !== 'string' || typeof credential !== 'string' || !username)) {
    throw wrong(list.join(' '), "a TURN server needs 'username' and 'credential'");
  }
  return {
    urls: list.length === 1 ? (list[0] as string) : [...(list as string[])],
    ...(typeof username === 'string' ? { username } : {}),
    ...(typeof credential === 'string' ? { credential } : {}),
  };
}

/** The grammar of RFC 7064 §3.1 and RFC 7065 §3.1: host, optional port, `?transport=` for TURN only. */
function checkUrl(url: string): void {
  const match = /^(stuns?|turns?):(?!\/\/)(\[[0-9a-f:.]+\]|[^\s:/?#@[\]]+)(?::(\d{1,5}))?(?:\?(.*))?$/i.exec(
    url,
  );
  if (!match) throw wrong(url, 'it is not of the form stun:host:port or turn:host:port?transport=udp');
  const [, kind = '', , port, query] = match;
  if (port !== undefined && (Number(port) === 0 || Number(port) > 65_535))
    throw wrong(url, `${port} is not a port`);
  if (query === undefined) return;
  if (/^stun/i.test(kind)) throw wrong(url, "a STUN server takes no '?'");
  if (!/^transport=(udp|tcp)$/i.test(query))
    throw wrong(url, "after '?' only transport=udp or transport=tcp may stand");
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw wrong(part, "its credentials hold a '%' that is no percent-encoding; write %25 for it", cause);
  }
}

/** Passwords stay out of messages, which end up in consoles and reports. */
const hidePassword = (text: string): string =>
  text
    .replace(/(credential["']?\s*:\s*)(["'])(?:\\.|(?!\2)[^\\])*/gis, '$1$2…')
    .replace(/(?<![^\s"])((?:(?:stun|turn)s?:(?:[^\s":@]*:)?)?)[^\s"]*@/gi, '$1…@')
    // Without '@' what follows the second colon is a port, or a password whose host was forgotten.
    .replace(/(turns?:[^\s":@]*:)(?!\d*(?:\?[^\s"]*)?(?:[\s"]|$))[^\s"@]*/gi, '$1…');

function wrong(part: string, why: string, cause?: unknown): CallError {
  const hidden = hidePassword(part);
  const shown = hidden.length > 120 ? `${hidden.slice(0, 120)}…` : hidden;
  return new CallError('invalid-config', `ice-servers: '${shown}' is not usable: ${why}. It is left out.`, {
    cause,
  });
}

function describe(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? String(value); // eslint-disable-line @typescript-eslint/no-unnecessary-condition -- undefined for functions
  } catch {
    return Object.prototype.toString.call(value);
  }
}
