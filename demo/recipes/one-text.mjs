/**
 * A connection between two pages for which each hands the other one text. It carries nothing but the signals of the
 * call, which then makes its own connection: so the texts are short, and the call has all that a call has.
 */

/** Browsers ask STUN and TURN servers for addresses; one that does not answer would hold up the text for long. */
const gatherMs = 3000;

/** More than any such text has. */
const maxLength = 16_000;

const settings = { negotiated: true, id: 0 };

/**
 * The first text, for the other side.
 *
 * @param {RTCConfiguration} configuration
 * @returns {Promise<{ text: string, channel: RTCDataChannel, accept: (text: string) => Promise<void> }>} `accept` takes
 *   the other side's text and rejects when it is none; the channel opens then
 */
export async function invite(configuration) {
  const connection = new RTCPeerConnection(configuration);
  const channel = connection.createDataChannel('signaling', settings);
  const text = await describe(connection);
  return { text, channel, accept: async (theirs) => connection.setRemoteDescription(await unpack(theirs)) };
}

/**
 * The second text, which answers the first; the channel opens when the other side takes it. Chromium waits for that as
 * long as it takes (seen: 70 s). Firefox 153 gives up after 5 s, so there it is better to invite than to answer.
 *
 * @param {string} invitation
 * @param {RTCConfiguration} configuration
 * @returns {Promise<{ text: string, channel: RTCDataChannel }>} rejects with a `TypeError` when the invitation is none
 */
export async function answer(invitation, configuration) {
  const connection = new RTCPeerConnection(configuration);
  const channel = connection.createDataChannel('signaling', settings);
  await connection.setRemoteDescription(await unpack(invitation));
  return { text: await describe(connection), channel };
}

/** Whether a text is an invitation or the answer to one. Rejects with a `TypeError` when it is neither. */
export async function typeOf(text) {
  return (await unpack(text)).type;
}

/** The own description as text, with all addresses that are known in time. */
async function describe(connection) {
  await connection.setLocalDescription();
  await new Promise((resolve) => {
    setTimeout(resolve, gatherMs);
    const check = () => connection.iceGatheringState === 'complete' && resolve();
    connection.onicegatheringstatechange = check;
    check();
  });
  return pack(connection.localDescription);
}

async function pack(description) {
  const stream = new Blob([JSON.stringify(description)]).stream();
  const bytes = await readAll(stream.pipeThrough(new CompressionStream('deflate-raw')));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

async function unpack(text) {
  try {
    if (text.length > maxLength) throw new RangeError('too long');
    const base64 = text.replaceAll(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const { type, sdp } = JSON.parse(new TextDecoder().decode(await readAll(stream)));
    if (!['offer', 'answer'].includes(type)) throw new RangeError('of another kind');
    return { type, sdp };
  } catch (cause) {
    throw new TypeError('This is no text of this page, or not all of it.', { cause });
  }
}

const readAll = async (stream) => new Uint8Array(await new Response(stream).arrayBuffer());
