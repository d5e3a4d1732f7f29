/** What went wrong, in a form that a program can act on. The message of the error says it to a person. */
export type CallErrorCode =
  | 'permission-denied'
  | 'device-not-found'
  | 'device-busy'
  | 'constraints-unsatisfied'
  | 'insecure-context'
  | 'policy-blocked'
  | 'unsupported'
  | 'invalid-state'
  | 'invalid-config'
  | 'invalid-signal'
  | 'negotiation-failed'
  | 'ice-failed'
  | 'room-full'
  | 'timeout';

/** An error of the call. `message` says what happened and what to do; `cause` is the browser's own error. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: CallErrorCode;
  /** The participant concerned, where there is one. */
  readonly participantId?: string;
  /** With `permission-denied`: the browser's question was closed without an answer, so it may be asked again. */
  readonly isDismissed: boolean;

  constructor(
    code: CallErrorCode,
    message: string,
    options: { cause?: unknown; participantId?: string; isDismissed?: boolean } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.isDismissed = options.isDismissed ?? false;
    if (options.participantId !== undefined) this.participantId = options.participantId;
  }
}

/** What was asked of the browser when its exception came: decides the words of the message. */
export type ErrorSubject = 'microphone' | 'camera' | 'screen' | 'speaker' | 'connection';

/**
 * The one table from the name of a `DOMException` to our code. Sources: mediacapture-main §10.2 and
 * mediacapture-screen-share §5.1 for devices, webrtc-pc §4.4 for connections, Web IDL §2.8.1 for the names.
 */
const codeOfException: Readonly<Record<string, CallErrorCode>> = {
  NotAllowedError: 'permission-denied',
  PermissionDeniedError: 'permission-denied',
  SecurityError: 'policy-blocked',
  NotFoundError: 'device-not-found',
  DevicesNotFoundError: 'device-not-found',
  NotReadableError: 'device-busy',
  TrackStartError: 'device-busy',
  AbortError: 'device-busy',
  OverconstrainedError: 'constraints-unsatisfied',
  ConstraintNotSatisfiedError: 'constraints-unsatisfied',
  NotSupportedError: 'unsupported',
  InvalidStateError: 'invalid-state',
  TimeoutError: 'timeout',
  SyntaxError: 'invalid-config',
  InvalidAccessError: 'invalid-config',
  TypeError: 'invalid-config',
  RangeError: 'invalid-config',
  OperationError: 'negotiation-failed',
  InvalidModificationError: 'negotiation-failed',
  RTCError: 'negotiation-failed',
  UnknownError: 'negotiation-failed',
  NetworkError: 'ice-failed',
};

/** What happened and what to do, in English. */
export const advice: Readonly<Record<CallErrorCode, (subject: ErrorSubject, detail: string) => string>> = {
  'permission-denied': (subject) =>
    `The ${subject} may not be used by this page. Allow it in the browser's site settings, then try again.`,
  'device-not-found': (subject) => `No ${subject} was found. Connect one, then try again.`,
  'device-busy': (subject) =>
    `The ${subject} could not be opened; another program may be using it. Close that program, then try again.`,
  'constraints-unsatisfied': (subject, detail) =>
    `No ${subject} satisfies the constraint${detail ? ` '${detail}'` : 's'} that the page set. Loosen 'constraints'.`,
  'insecure-context': (subject) =>
    `The ${subject} needs a secure page. Open the page over https or on localhost.`,
  'policy-blocked': (subject) =>
    `The page around this call withholds the ${subject}. Add allow="camera; microphone; display-capture" to its iframe.`,
  unsupported: (subject) => `This browser offers no ${subject} to web pages. Use a current browser.`,
  'invalid-state': (subject) => `The ${subject} can not be used now. Try again when the page is active.`,
  'invalid-config': (subject, detail) => `The browser rejected a setting for the ${subject}: ${detail}`,
  'invalid-signal': (_subject, detail) => `A signaling message was malformed and was dropped: ${detail}`,
  'negotiation-failed': (_subject, detail) => `The connection could not be negotiated: ${detail}`,
  'ice-failed': () => 'No network path to the participant was found. Add a TURN server to ice-servers.',
  'room-full': () => 'The call is full. Wait until somebody leaves, then try again.',
  timeout: (subject) => `The ${subject} did not answer in time. Try again.`,
};

/** What the surroundings say about why devices are withheld. */
export interface DeviceContext {
  secure: boolean;
  /** False where a permissions policy withholds the device from this document. */
  allowed: boolean;
}

/**
 * Maps what a browser API threw to a `CallError` with a code from the table. An error that is a `CallError`
 * already is returned as it is.
 * @param context tells permission from policy for devices; leave it out for connections
 */
export function toCallError(
  cause: unknown,
  subject: ErrorSubject,
  options: { context?: DeviceContext; participantId?: string } = {},
): CallError {
  if (cause instanceof CallError) return cause;
  const { context, participantId } = options;
  const name = nameOf(cause);
  const known = Object.hasOwn(codeOfException, name) ? codeOfException[name] : undefined;
  let code = known ?? (subject === 'connection' ? 'negotiation-failed' : 'device-busy');
  if (subject === 'connection') {
    if (code !== 'ice-failed' && code !== 'timeout' && code !== 'unsupported') code = 'negotiation-failed';
  } else if (context && !context.secure) {
    code = 'insecure-context';
  } else if (context && !context.allowed && (code === 'permission-denied' || name === 'SecurityError')) {
    code = 'policy-blocked';
  }
  return new CallError(code, advice[code](subject, detailOf(cause)), {
    cause,
    ...(participantId === undefined ? {} : { participantId }),
  });
}

function nameOf(cause: unknown): string {
  const name: unknown =
    typeof cause === 'object' && cause !== null && 'name' in cause ? cause.name : undefined;
  return typeof name === 'string' ? name : '';
}

function detailOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return String(cause);
  if ('constraint' in cause && typeof cause.constraint === 'string' && cause.constraint)
    return cause.constraint;
  return 'message' in cause && typeof cause.message === 'string' ? cause.message : '';
}
