import { CallError, toCallError, type CallErrorCode } from './errors.js';
import type { Platform } from './platform.js';

export type DeviceKind = 'microphone' | 'camera';

/** Which device of its kind is meant. */
export interface DeviceChoice {
  /** Null: whichever fits. */
  readonly deviceId: string | null;
  readonly facing: 'user' | 'environment';
  /** What to take instead of just any device, if it is there: what was chosen in an earlier visit, or was unplugged. */
  readonly favourite: ChosenDevice | null;
}

/** A device that the person chose. Browsers may give it another id later; then its label tells. */
export interface ChosenDevice {
  readonly deviceId: string;
  readonly label: string;
}

/** A track, which is the receiver's from then on; or why there is none; null: nobody waits any more. */
export type DeviceAnswer = MediaStreamTrack | CallError | null;

/** The wish for one device. */
export interface DeviceRequest {
  readonly kind: DeviceKind;
  readonly role: 'audio' | 'video';
  /** What the page demands of the device. */
  readonly constraints: MediaTrackConstraints;
  readonly choice: DeviceChoice;
  /** The id to prefer where the choice names none; read when the question is put. */
  readonly preferredId: () => string | null;
  /** Rather none than one that does not satisfy choice and constraints. */
  readonly isStrict: boolean;
  /** False once nobody waits for the answer. */
  readonly isCurrent: () => boolean;
  /** The chosen device is gone: it is not to be asked for again. */
  readonly forget: () => void;
  /** Called exactly once; all tracks of one question are handed over in one go. */
  readonly answer: (answer: DeviceAnswer) => void;
}

/** Stands for the browser's exception where it gave a stream without the track. */
export const nothingFound = new Error('The browser gave no track.');
nothingFound.name = 'NotFoundError';

/** What the browser threw when it was asked for a device or screen, with what this page may do in mind. */
export async function captureError(
  platform: Platform,
  subject: DeviceKind | 'screen',
  cause: unknown,
): Promise<CallError> {
  const allowed = await platform.isAllowed(subject === 'screen' ? 'display-capture' : subject);
  return toCallError(cause, subject, { context: { secure: platform.isSecure, allowed } });
}

/** Opens microphone and camera by `getUserMedia`, and falls back to what can be had. Owns no track. */
export class Devices {
  readonly #platform: Platform;
  readonly #onFault: (error: CallError) => void;

  /** @param onFault told what had to be left out */
  constructor(platform: Platform, onFault: (error: CallError) => void) {
    this.#platform = platform;
    this.#onFault = onFault;
  }

  /**
   * Asks for all by one question; when that fails, one by one, unless the person has just refused all. Never
   * rejects.
   */
  async open(requests: readonly DeviceRequest[]): Promise<void> {
    const open = requests.filter((request) => request.isCurrent());
    for (const request of requests) if (!open.includes(request)) request.answer(null);
    const [first] = open;
    if (!first) return;
    let stream: MediaStream;
    try {
      stream = await this.#platform.getUserMedia(Object.fromEntries(open.map(describe)));
    } catch (cause) {
      if (open.length === 1) await this.#openLoosely(first, cause);
      else await this.#openEach(open, cause);
      return;
    }
    this.#handOver(open, stream);
  }

  async #openEach(requests: readonly DeviceRequest[], cause: unknown): Promise<void> {
    const retry = await this.#worthAsking(requests, cause);
    for (const request of requests) {
      if (retry.includes(request)) await this.open([request]);
      else await this.#refuse(request, cause);
    }
  }

  /** A constraint that no device satisfies is reported and left out: a call with another camera beats none. */
  async #openLoosely(request: DeviceRequest, cause: unknown): Promise<void> {
    const error = await this.#error(request, cause);
    if (error.code === 'constraints-unsatisfied' && !request.choice.deviceId && request.preferredId()) {
      await this.open([{ ...request, preferredId: nothing }]); // nobody has asked for it in this visit
      return;
    }
    if (error.code !== 'constraints-unsatisfied' || request.isStrict || !request.isCurrent()) {
      await this.#refuse(request, cause);
      return;
    }
    this.#onFault(error);
    if (isGone(request, cause)) {
      request.forget();
      const choice = { ...request.choice, deviceId: null };
      await this.open([{ ...request, choice, preferredId: nothing }]);
      return;
    }
    if (!request.isCurrent()) {
      request.answer(null); // a listener has closed it
      return;
    }
    let stream: MediaStream;
    try {
      stream = await this.#platform.getUserMedia({ [request.role]: true });
    } catch (second) {
      await this.#refuse(request, second);
      return;
    }
    this.#handOver([request], stream);
  }

  /** Which of several devices to ask for again, alone, after asking for all failed. */
  async #worthAsking(requests: readonly DeviceRequest[], cause: unknown): Promise<readonly DeviceRequest[]> {
    const errors = await Promise.all(requests.map((request) => this.#error(request, cause)));
    const refusals: readonly CallErrorCode[] = ['permission-denied', 'policy-blocked', 'insecure-context'];
    if (!errors.every(({ code }) => refusals.includes(code))) return requests;
    if (!this.#platform.isSecure) return [];
    const states = await Promise.all(requests.map(({ kind }) => this.#platform.permissionState(kind)));
    // Still to be asked, and nothing else to blame: the person has just closed the question, which is an answer.
    const isClosed = states.includes('prompt') && !states.includes('denied');
    return requests.filter(
      (_, index) => states[index] !== 'denied' && !(isClosed && states[index] === 'prompt'),
    );
  }

  #handOver(requests: readonly DeviceRequest[], stream: MediaStream): void {
    const waiting = new Map(requests.map((request) => [request.role as string, request]));
    for (const track of stream.getTracks()) {
      const request = waiting.get(track.kind);
      if (request) request.answer(track);
      else track.stop();
      waiting.delete(track.kind);
    }
    for (const request of waiting.values()) request.answer(toCallError(nothingFound, request.kind));
  }

  async #refuse(request: DeviceRequest, cause: unknown): Promise<void> {
    const error = await this.#error(request, cause);
    const { kind } = request;
    const isDismissed =
      error.code === 'permission-denied' && (await this.#platform.permissionState(kind)) === 'prompt';
    const message = `The question for the ${kind} was closed without an answer. Try again, and allow it.`;
    request.answer(isDismissed ? new CallError(error.code, message, { cause, isDismissed }) : error);
  }

  async #error(request: DeviceRequest, cause: unknown): Promise<CallError> {
    const error = await captureError(this.#platform, request.kind, cause);
    if (error.code !== 'constraints-unsatisfied' || !isGone(request, cause)) return error;
    const message = `The ${request.kind} that was chosen is not there. Connect it, or choose another.`;
    return new CallError(error.code, message, { cause });
  }
}

const nothing = (): null => null;

/** What to ask the browser for, as a member of the constraints. */
function describe(request: DeviceRequest): [string, MediaTrackConstraints | true] {
  const { role, constraints, choice } = request;
  const wish: MediaTrackConstraints = { ...constraints };
  const preferredId = request.preferredId();
  if (choice.deviceId !== null) wish.deviceId = { exact: choice.deviceId };
  else if (role === 'video' && choice.facing === 'environment') wish.facingMode = 'environment';
  else if (preferredId !== null) wish.deviceId ??= { exact: preferredId };
  return [role, Object.keys(wish).length > 0 ? wish : true];
}

/** Whether it is the chosen device that is missing. A browser that names no constraint gets the same answer. */
function isGone({ choice }: DeviceRequest, cause: unknown): boolean {
  if (choice.deviceId === null) return false;
  const { constraint } = cause as { constraint?: unknown };
  return constraint === 'deviceId' || constraint === '' || constraint === undefined;
}
