import { expect } from '@open-wc/testing';
import {
  derivePhase,
  initialState,
  isStarted,
  reduce,
  type CallFact,
  type CallPhase,
  type CallState,
  type ConnectionStatus,
  type Participant,
} from '../../src/core/call-state.js';
import { CallError } from '../../src/core/errors.js';
import { FakeStream } from '../helpers/fake-media.js';

const stream = (): MediaStream => new FakeStream() as unknown as MediaStream;
const play = (...facts: CallFact[]): CallState => facts.reduce(reduce, initialState);
const joined = (id: string): CallFact => ({
  type: 'participant-joined',
  id,
  name: `name of ${id}`,
  stream: stream(),
});
const connected = (id: string, connection: ConnectionStatus): CallFact => ({
  type: 'participant-changed',
  id,
  changes: { connection },
});
const started: CallFact = { type: 'started' };
const error = new CallError('timeout', 'too late');

function expectDeeplyFrozen(state: CallState): void {
  const parts: object[] = [state, state.participants, state.media, state.mediaErrors, ...state.participants];
  for (const part of parts) expect(Object.isFrozen(part), JSON.stringify(part)).to.be.true;
}

describe('derivePhase', () => {
  const people = (...connections: ConnectionStatus[]): Participant[] =>
    connections.map((connection, index) => ({ id: String(index), connection }) as Participant);
  const table: [ConnectionStatus[], CallPhase][] = [
    [[], 'waiting'],
    [['connecting'], 'connecting'],
    [['connecting', 'connecting'], 'connecting'],
    [['connected'], 'connected'],
    [['reconnecting'], 'reconnecting'],
    [['connecting', 'connected'], 'connected'],
    [['reconnecting', 'connected'], 'connected'],
    [['connecting', 'reconnecting'], 'reconnecting'],
    [['connecting', 'reconnecting', 'connected'], 'connected'],
  ];
  for (const [connections, phase] of table) {
    it(`is ${phase} with ${connections.join(' and ') || 'nobody'}`, () => {
      expect(derivePhase(people(...connections))).to.equal(phase);
      expect(derivePhase(people(...connections).reverse())).to.equal(phase);
    });
  }
});

describe('isStarted', () => {
  it('is true between start and end', () => {
    const phases: CallPhase[] = ['idle', 'waiting', 'connecting', 'connected', 'reconnecting', 'ended'];
    expect(phases.filter((phase) => isStarted({ phase }))).to.deep.equal(phases.slice(1, -1));
  });
});

describe('reduce', () => {
  it('begins idle, alone and frozen', () => {
    expect(initialState).to.include({ phase: 'idle', localStream: null, error: null, incoming: null });
    expect(initialState.participants).to.have.length(0);
    expectDeeplyFrozen(initialState);
  });

  it('waits after started, and forgets the former error and caller', () => {
    const state = play(
      { type: 'error-recorded', error },
      { type: 'incoming-changed', caller: { id: 'b', name: '' } },
      started,
    );
    expect(state).to.include({ phase: 'waiting', error: null, incoming: null });
  });

  it('is empty after ended, and keeps the error', () => {
    const state = play(
      started,
      joined('b'),
      { type: 'playback-changed', blocked: true },
      { type: 'error-recorded', error },
      { type: 'ended' },
    );
    expect(state).to.include({ phase: 'ended', playbackBlocked: false, incoming: null, error });
    expect(state.participants).to.have.length(0);
  });

  it('keeps the error of a wrong setting through the start, and forgets why a start was refused', () => {
    const setting = new CallError('invalid-config', 'ice-servers');
    const refusal = new CallError('invalid-config', 'relay');
    expect(play({ type: 'error-recorded', error: setting }, started).error).to.equal(setting);
    const refused = play({ type: 'refused', error: refusal });
    expect([refused.error, refused.refusal]).to.deep.equal([refusal, refusal]);
    const again = play({ type: 'refused', error: refusal }, started);
    expect([again.error, again.refusal]).to.deep.equal([null, null]);
  });

  it('stays idle when it ends before it started', () => {
    expect(play({ type: 'ended' })).to.equal(initialState);
  });

  it('ends once', () => {
    const ended = play(started, { type: 'ended' });
    expect(reduce(ended, { type: 'ended' })).to.equal(ended);
  });

  it('starts again from ended', () => {
    expect(play(started, { type: 'ended' }, started).phase).to.equal('waiting');
  });

  it('adds a participant who connects, with everything else unknown', () => {
    const fact = joined('b') as Extract<CallFact, { type: 'participant-joined' }>;
    const state = play(started, fact);
    expect(state.phase).to.equal('connecting');
    expect(state.participants).to.deep.equal([
      {
        id: 'b',
        name: 'name of b',
        connection: 'connecting',
        stream: fact.stream,
        screenStream: null,
        microphone: 'unknown',
        camera: 'unknown',
        quality: 'unknown',
        qualityReason: null,
        speaking: false,
      },
    ]);
    expect(state.participants[0]?.stream).to.equal(fact.stream);
  });

  it('keeps the order of arrival', () => {
    const state = play(started, joined('c'), joined('a'), joined('b'), connected('a', 'connected'));
    expect(state.participants.map(({ id }) => id)).to.deep.equal(['c', 'a', 'b']);
  });

  it('adds nobody twice, and nobody outside a call', () => {
    const once = play(started, joined('b'));
    expect(reduce(once, joined('b'))).to.equal(once);
    expect(play(joined('b'))).to.equal(initialState);
    const ended = play(started, { type: 'ended' });
    expect(reduce(ended, joined('b'))).to.equal(ended);
  });

  it('follows the connections with its phase', () => {
    const phases: CallPhase[] = [];
    [
      started,
      joined('b'),
      connected('b', 'connected'),
      connected('b', 'reconnecting'),
      joined('c'),
      connected('c', 'connected'),
      { type: 'participant-left', id: 'c' } as const,
      { type: 'participant-left', id: 'b' } as const,
    ].reduce((state, fact) => {
      const next = reduce(state, fact);
      phases.push(next.phase);
      return next;
    }, initialState);
    expect(phases).to.deep.equal([
      'waiting',
      'connecting',
      'connected',
      'reconnecting',
      'reconnecting',
      'connected',
      'reconnecting',
      'waiting',
    ]);
  });

  it('changes one participant and shares the others', () => {
    const before = play(started, joined('b'), joined('c'));
    const after = reduce(before, {
      type: 'participant-changed',
      id: 'c',
      changes: { speaking: true, name: 'Carla' },
    });
    expect(after.participants[1]).to.include({ speaking: true, name: 'Carla' });
    expect(after.participants[1]?.stream).to.equal(before.participants[1]?.stream);
    expect(after.participants[0]).to.equal(before.participants[0]);
    expect(after.media).to.equal(before.media);
    expect(after.mediaErrors).to.equal(before.mediaErrors);
    expect(before.participants[1]?.speaking).to.be.false;
  });

  it('returns the same state for a change that changes nothing', () => {
    const state = play(started, joined('b'), { type: 'speaker-changed', deviceId: 'x' });
    const nothing: CallFact[] = [
      started,
      { type: 'participant-changed', id: 'b', changes: {} },
      { type: 'participant-changed', id: 'b', changes: { connection: 'connecting', name: 'name of b' } },
      { type: 'participant-changed', id: 'nobody', changes: { speaking: true } },
      { type: 'participant-left', id: 'nobody' },
      { type: 'media-changed', kind: 'camera', status: 'off' },
      { type: 'local-stream-changed', stream: null, facing: 'user' },
      { type: 'incoming-changed', caller: null },
      { type: 'playback-changed', blocked: false },
      { type: 'speaker-changed', deviceId: 'x' },
    ];
    // `started` alone sets the phase: everything else leaves the very object.
    for (const fact of nothing.slice(1)) expect(reduce(state, fact), fact.type).to.equal(state);
    expect(reduce(play(started), started)).to.deep.equal(play(started));
  });

  it('removes a participant', () => {
    const state = play(started, joined('b'), joined('c'), { type: 'participant-left', id: 'b' });
    expect(state.participants.map(({ id }) => id)).to.deep.equal(['c']);
  });

  it('sets the status of one device and its error, and shares the rest', () => {
    const before = play(started, joined('b'));
    const denied = reduce(before, { type: 'media-changed', kind: 'camera', status: 'denied', error });
    expect(denied.media).to.deep.equal({ microphone: 'off', camera: 'denied', screen: 'off' });
    expect(denied.mediaErrors).to.deep.equal({ microphone: null, camera: error, screen: null });
    expect(denied.participants).to.equal(before.participants);
    const on = reduce(denied, { type: 'media-changed', kind: 'camera', status: 'on' });
    expect(on.media.camera).to.equal('on');
    expect(on.mediaErrors.camera).to.be.null;
    const busy = reduce(before, { type: 'media-changed', kind: 'camera', status: 'busy' });
    expect(busy.mediaErrors).to.equal(before.mediaErrors);
  });

  it('keeps the own stream and where it looks', () => {
    const own = stream();
    const state = play({ type: 'local-stream-changed', stream: own, facing: 'environment' });
    expect(state).to.include({ localStream: own, localFacing: 'environment' });
  });

  it('keeps the latest error, caller, speaker and whether sound is blocked', () => {
    const caller = { id: 'b', name: 'Bea' };
    const state = play(
      { type: 'error-recorded', error: new CallError('timeout', 'former') },
      { type: 'error-recorded', error },
      { type: 'incoming-changed', caller },
      { type: 'playback-changed', blocked: true },
      { type: 'speaker-changed', deviceId: 'loud' },
    );
    expect(state).to.include({ error, incoming: caller, playbackBlocked: true, speakerId: 'loud' });
  });

  it('freezes every state that it returns and changes none that it was given', () => {
    const facts: CallFact[] = [
      started,
      joined('b'),
      joined('c'),
      connected('b', 'connected'),
      { type: 'media-changed', kind: 'screen', status: 'on', error },
      { type: 'local-stream-changed', stream: stream(), facing: 'page' },
      { type: 'error-recorded', error },
      { type: 'incoming-changed', caller: { id: 'd', name: '' } },
      { type: 'playback-changed', blocked: true },
      { type: 'speaker-changed', deviceId: 'x' },
      { type: 'participant-left', id: 'b' },
      { type: 'ended' },
    ];
    let state = initialState;
    for (const fact of facts) {
      const former = state;
      state = reduce(state, fact);
      expect(state, fact.type).not.to.equal(former);
      expectDeeplyFrozen(state);
    }
    expect(initialState).to.include({ phase: 'idle', error: null, speakerId: '' });
  });
});
