import { expect } from '@open-wc/testing';
import { CallError, toCallError, type CallErrorCode, type ErrorSubject } from '../../src/core/errors.js';

/** Every name in the table, its code for devices and its code for connections. */
const table: [name: string, device: CallErrorCode, connection: CallErrorCode][] = [
  ['NotAllowedError', 'permission-denied', 'negotiation-failed'],
  ['PermissionDeniedError', 'permission-denied', 'negotiation-failed'],
  ['SecurityError', 'policy-blocked', 'negotiation-failed'],
  ['NotFoundError', 'device-not-found', 'negotiation-failed'],
  ['DevicesNotFoundError', 'device-not-found', 'negotiation-failed'],
  ['NotReadableError', 'device-busy', 'negotiation-failed'],
  ['TrackStartError', 'device-busy', 'negotiation-failed'],
  ['AbortError', 'device-busy', 'negotiation-failed'],
  ['OverconstrainedError', 'constraints-unsatisfied', 'negotiation-failed'],
  ['ConstraintNotSatisfiedError', 'constraints-unsatisfied', 'negotiation-failed'],
  ['NotSupportedError', 'unsupported', 'unsupported'],
  ['InvalidStateError', 'invalid-state', 'negotiation-failed'],
  ['TimeoutError', 'timeout', 'timeout'],
  ['SyntaxError', 'invalid-config', 'negotiation-failed'],
  ['InvalidAccessError', 'invalid-config', 'negotiation-failed'],
  ['TypeError', 'invalid-config', 'negotiation-failed'],
  ['RangeError', 'invalid-config', 'negotiation-failed'],
  ['OperationError', 'negotiation-failed', 'negotiation-failed'],
  ['InvalidModificationError', 'negotiation-failed', 'negotiation-failed'],
  ['RTCError', 'negotiation-failed', 'negotiation-failed'],
  ['UnknownError', 'negotiation-failed', 'negotiation-failed'],
  ['NetworkError', 'ice-failed', 'ice-failed'],
];
const open = { secure: true, allowed: true };

/** What each message tells the person to do. */
const adviceOf: Partial<Record<CallErrorCode, RegExp>> = {
  'permission-denied': /Allow it in the browser's site settings/,
  'device-not-found': /Connect one, then try again/,
  'device-busy': /Close that program, then try again/,
  'constraints-unsatisfied': /Loosen 'constraints'/,
  'insecure-context': /over https or on localhost/,
  'policy-blocked': /allow="camera; microphone; display-capture"/,
  unsupported: /Use a current browser/,
  'invalid-state': /Try again/,
  'ice-failed': /Add a TURN server/,
  timeout: /Try again/,
};

describe('CallError', () => {
  it('is an Error with a code, and keeps cause and participant', () => {
    const cause = new Error('inner');
    const error = new CallError('timeout', 'It took too long.', { cause, participantId: 'b' });
    expect(error).to.be.instanceOf(Error);
    expect(error).to.include({
      name: 'CallError',
      code: 'timeout',
      message: 'It took too long.',
      participantId: 'b',
    });
    expect(error.cause).to.equal(cause);
  });

  it('has neither cause nor participant where there is none', () => {
    const error = new CallError('timeout', 'It took too long.');
    expect('cause' in error).to.be.false;
    expect(error.participantId).to.be.undefined;
  });
});

describe('toCallError', () => {
  for (const [name, device, connection] of table) {
    for (const subject of ['microphone', 'camera', 'screen', 'speaker'] satisfies ErrorSubject[]) {
      it(`maps ${name} of the ${subject} to ${device}`, () => {
        const cause = new DOMException('says the browser', name);
        const error = toCallError(cause, subject, { context: open });
        expect(error.code).to.equal(device);
        expect(error.cause).to.equal(cause);
        expect(error.message).to.match(adviceOf[device] ?? /says the browser/);
      });
    }
    it(`maps ${name} of the connection to ${connection}`, () => {
      const cause = new DOMException('says the browser', name);
      const error = toCallError(cause, 'connection', { participantId: 'b' });
      expect(error).to.include({ code: connection, participantId: 'b' });
      expect(error.cause).to.equal(cause);
      expect(error.message).to.match(adviceOf[connection] ?? /says the browser/);
    });
  }

  it('names the device in its message', () => {
    for (const subject of ['microphone', 'camera', 'screen', 'speaker'] satisfies ErrorSubject[]) {
      for (const name of ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'TimeoutError']) {
        expect(toCallError(new DOMException('', name), subject).message).to.include(subject);
      }
    }
  });

  it('takes unknown names for a busy device or a failed negotiation', () => {
    const causes: unknown[] = [
      new DOMException('?', 'QuotaExceededError'),
      new Error('plain'),
      { name: 'constructor' },
      { name: 7 },
      'a text',
      42,
      null,
      undefined,
    ];
    for (const cause of causes) {
      expect(toCallError(cause, 'camera', { context: open }), String(cause)).to.include({
        code: 'device-busy',
      });
      expect(toCallError(cause, 'connection'), String(cause)).to.include({ code: 'negotiation-failed' });
      expect(toCallError(cause, 'camera').cause).to.equal(cause);
    }
  });

  it('maps the exceptions of the language by their names', () => {
    expect(toCallError(new TypeError('no such member'), 'camera').code).to.equal('invalid-config');
    expect(toCallError(new TypeError('no such member'), 'camera').message).to.include('no such member');
  });

  it('names the constraint that no device satisfies', () => {
    const cause = Object.assign(new DOMException('', 'OverconstrainedError'), { constraint: 'frameRate' });
    expect(toCallError(cause, 'camera').message).to.include("'frameRate'");
    const unnamed = Object.assign(new DOMException('', 'OverconstrainedError'), { constraint: '' });
    expect(toCallError(unnamed, 'camera').message).to.include('the constraints that the page set');
  });

  it('blames an insecure page before anything else', () => {
    for (const [name] of table) {
      const context = { secure: false, allowed: false };
      const error = toCallError(new DOMException('', name), 'camera', { context });
      expect(error.code, name).to.equal('insecure-context');
      expect(error.message).to.match(/https/);
    }
  });

  it('blames the policy of the page around it for a refusal, and only for that', () => {
    const context = { secure: true, allowed: false };
    const codeOf = (name: string): string =>
      toCallError(new DOMException('', name), 'camera', { context }).code;
    expect(codeOf('NotAllowedError')).to.equal('policy-blocked');
    expect(codeOf('SecurityError')).to.equal('policy-blocked');
    expect(codeOf('NotFoundError')).to.equal('device-not-found');
    expect(codeOf('NotReadableError')).to.equal('device-busy');
  });

  it('returns a CallError as it is', () => {
    const error = new CallError('room-full', 'The call is full.');
    expect(toCallError(error, 'camera', { context: { secure: false, allowed: true } })).to.equal(error);
  });
});
