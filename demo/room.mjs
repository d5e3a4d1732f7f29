/** 32 letters and digits that nobody mistakes for each other: five bits each. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

/**
 * The room that the page's address names, as `?room=` or as `#room`, or else a new one; the address
 * bar then holds the room's link.
 *
 * @returns {string} 1 to 64 of `A-Z a-z 0-9 _ -`
 */
export function roomFromAddress() {
  const url = new URL(location.href);
  const room = toRoomName(url.searchParams.get('room') ?? decodeHash(url.hash)) || randomRoomName();
  url.searchParams.set('room', room);
  url.hash = '';
  history.replaceState(null, '', url);
  return room;
}

/**
 * @param {string} room
 * @returns {string} the address of the room at the relay of the server this page came from
 */
export function relayUrl(room) {
  const url = new URL(`/relay/${room}`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/** Whether this address means something else on every other device. */
export function isLoopbackAddress() {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname);
}

/** Whoever knows the room's name may enter, so it must not be guessed: 60 random bits. */
function randomRoomName() {
  const letters = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => ALPHABET[byte % 32]);
  return [0, 4, 8].map((start) => letters.slice(start, start + 4).join('')).join('-');
}

function toRoomName(text) {
  return text
    .trim()
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+$/, '')
    .slice(0, 64);
}

function decodeHash(hash) {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return '';
  }
}
