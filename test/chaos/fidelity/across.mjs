/**
 * Steps between connections that are not in one page: descriptions and candidates are carried by the test. A side is
 * `{ name, run }`; `run(step, argument)` calls a function of `steps` with the side's connection, in its page or on the
 * fake.
 */

/** What a side does. Each function runs as it stands in a page, too: it uses nothing but its arguments. */
export const steps = {
  prepare: (connection) => {
    connection.found = [];
    connection.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) connection.found.push(candidate.toJSON());
    };
    connection.channel = connection.createDataChannel('x', { negotiated: true, id: 0 });
  },
  restart: (connection) => connection.restartIce(),
  describe: async (connection) => {
    await connection.setLocalDescription();
    const { type, sdp } = connection.localDescription;
    return { type, sdp };
  },
  /** @returns null, or the name of what was thrown and the state then */
  take: async (connection, description) => {
    try {
      await connection.setRemoteDescription(description);
      return null;
    } catch (error) {
      return `${error.name} ${connection.signalingState}`;
    }
  },
  candidates: (connection) => connection.found.splice(0),
  add: async (connection, candidates) => {
    for (const candidate of candidates) await connection.addIceCandidate(candidate).catch(() => undefined);
  },
  state: (connection) => `${connection.connectionState} ${connection.channel.readyState}`,
};

const setup = ({ type, sdp }) => `${type} ${/a=setup:(\w+)/.exec(sdp)[1]}`;

/** One side offers, the other answers. */
async function negotiate(one, other, note) {
  const offer = await one.run('describe');
  const refusal = await other.run('take', offer);
  const answer = await other.run('describe');
  const problem = refusal ?? (await one.run('take', answer));
  note(`${one.name} ${setup(offer)}, ${other.name} ${setup(answer)}: ${problem ?? 'taken'}`);
}

/** Carries candidates until both are connected. */
async function connect(one, other, rest) {
  for (let round = 0; round < 100; round++) {
    await other.run('add', await one.run('candidates'));
    await one.run('add', await other.run('candidates'));
    const states = [await one.run('state'), await other.run('state')];
    if (states.every((state) => state === 'connected open')) return;
    await rest();
  }
  throw new Error('They never connected');
}

/**
 * One side offers first; then one after the other negotiates again and restarts ICE.
 *
 * @returns notes of who took which DTLS role, and who refused
 */
export async function restartsInTurn(first, second, rest) {
  const notes = [];
  const note = (text) => notes.push(text);
  for (const side of [first, second]) await side.run('prepare');
  await negotiate(first, second, note);
  await connect(first, second, rest);
  for (const [one, other] of [
    [first, second],
    [second, first],
  ]) {
    await negotiate(one, other, note);
    await one.run('restart');
    await negotiate(one, other, note);
    await rest();
  }
  return notes;
}
