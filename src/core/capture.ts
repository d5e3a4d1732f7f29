import type { CallFact, CallState, MediaKind, MediaStatus } from './call-state.js';
import type { DeviceAnswer, DeviceChoice, DeviceKind, DeviceRequest } from './devices.js';
import { CallError, type CallErrorCode } from './errors.js';
import type { TrackRole } from './outgoing.js';

export interface LocalMediaOptions {
  /** Capture none of the kind. */
  noAudio: boolean;
  noVideo: boolean;
  constraints: { audio?: MediaTrackConstraints; video?: MediaTrackConstraints };
  /** The page's own stream instead of devices; its tracks are never stopped or disabled. */
  localStream: MediaStream | null;
  /** The page's filter on captured tracks; what it returns is stopped with the captured track. */
  processTrack: ((track: MediaStreamTrack, kind: 'audio' | 'video') => Promise<MediaStreamTrack>) | null;
}

export interface LocalMediaEvents {
  status: (kind: MediaKind, status: MediaStatus, error?: CallError) => void;
  /** What is sent from now on. */
  track: (role: TrackRole, track: MediaStreamTrack | null) => void;
  /** The own view; null while there is nothing to show or hear. */
  preview: (stream: MediaStream | null, facing: CallState['localFacing']) => void;
  /** A device was opened: the browser has the person's permission. */
  granted: () => void;
  /** A fault in the background: nobody waits for a promise. */
  fault: (error: CallError) => void;
  /** Which devices there are, which are used and wanted. */
  fact: (fact: CallFact) => void;
}

/** What a capture needs of the one that owns it. */
export interface CaptureOwner {
  readonly events: LocalMediaEvents;
  /** The settings in force. */
  readonly options: () => LocalMediaOptions;
  /** Has the track of every capture. */
  readonly stream: () => MediaStream;
  /** The tracks in the stream have changed. */
  readonly showPreview: () => void;
  /** Id of the capture's favourite as it is plugged in now. */
  readonly preferredId: (capture: Capture) => string | null;
  /** Unplugged, or taken away by the system. */
  readonly onEnded: (capture: Capture) => void;
  /** A track of the page's own stream has ended. */
  readonly onPageTrackEnded: () => void;
}

const statusOfCode: Partial<Record<CallErrorCode, MediaStatus>> = {
  'permission-denied': 'denied',
  'policy-blocked': 'denied',
  'insecure-context': 'denied',
  'device-not-found': 'missing',
  'constraints-unsatisfied': 'missing',
  unsupported: 'missing',
};

const anyDevice: DeviceChoice = { deviceId: null, facing: 'user', favourite: null };

/** One device, microphone or camera: what the person wants of it, what is open and what is sent. */
export class Capture {
  readonly kind: DeviceKind;
  readonly role: 'audio' | 'video';
  wanted = true;
  status: MediaStatus = 'off';
  /** From the browser; owned here. */
  raw: MediaStreamTrack | null = null;
  /** What is sent: `raw`, or what `processTrack` made of it, or the page's own track. */
  sent: MediaStreamTrack | null = null;
  /** What the person chose. */
  choice: DeviceChoice = anyDevice;
  /** The choice that was opened last: what a failed one goes back to. */
  opened: DeviceChoice = anyDevice;
  /** Counts requests; an answer to an older one is not used. */
  request = 0;
  /** The newest request, while it is under way; with its error. Never rejects. */
  opening: Promise<CallError | null> | null = null;
  readonly #owner: CaptureOwner;

  constructor(kind: DeviceKind, owner: CaptureOwner) {
    this.kind = kind;
    this.role = kind === 'camera' ? 'video' : 'audio';
    this.#owner = owner;
  }

  /** Whether the page wants none of the kind. */
  get isExcluded(): boolean {
    const { noAudio, noVideo } = this.#owner.options();
    return this.role === 'audio' ? noAudio : noVideo;
  }

  /** The wish for the device as it is chosen now; `opening` tells when it is answered. */
  ask(isStrict: boolean): DeviceRequest {
    const { kind, role, choice } = this;
    const number = ++this.request;
    const isCurrent = (): boolean => number === this.request;
    let resolve: (outcome: Promise<CallError | null>) => void;
    this.opening = new Promise((settle) => {
      resolve = settle;
    });
    return {
      kind,
      role,
      choice,
      constraints: this.#owner.options().constraints[role] ?? {},
      preferredId: () => this.#owner.preferredId(this),
      isStrict,
      isCurrent,
      forget: () => {
        if (isCurrent()) this.choice = { ...choice, deviceId: null };
      },
      answer: (answer) => {
        resolve(this.#take(answer, isCurrent));
      },
    };
  }

  /** Resolves when nothing of the device is under way any more, with the error of the newest request. */
  async settled(): Promise<CallError | null> {
    let error: CallError | null = null;
    while (this.opening) error = await this.opening;
    return error;
  }

  /** Sends and shows a track of the page's own stream; it stays the page's. */
  use(track: MediaStreamTrack | null): void {
    this.send(track);
    track?.addEventListener('ended', this.#owner.onPageTrackEnded); // `onended` is the page's
  }

  /** Makes the track what is sent and shown. */
  send(track: MediaStreamTrack | null): void {
    const { sent } = this;
    if (sent === track) return;
    const { events, onPageTrackEnded } = this.#owner;
    const stream = this.#owner.stream();
    sent?.removeEventListener('ended', onPageTrackEnded);
    if (sent) stream.removeTrack(sent);
    this.sent = track;
    if (track) stream.addTrack(track);
    events.track(this.role, track);
  }

  /**
   * Stops the device and takes its track back everywhere.
   * @param status null: the caller reports
   * @returns false when a listener has asked for something else meanwhile
   */
  release(status: MediaStatus | null): boolean {
    const request = ++this.request;
    const { raw, sent } = this;
    this.raw = this.opening = null;
    if (raw) {
      raw.onended = null;
      raw.stop();
      if (sent !== raw) sent?.stop();
    }
    if (sent) {
      this.send(null);
      this.#owner.showPreview();
    }
    if (status && request === this.request) this.report(status);
    return request === this.request;
  }

  enable(enabled: boolean): void {
    if (this.raw) this.raw.enabled = enabled;
    if (this.sent) this.sent.enabled = enabled;
  }

  report(status: MediaStatus, error?: CallError): void {
    this.status = status;
    this.#owner.events.status(this.kind, status, error);
  }

  /** Makes the answer the capture's own, before anything else happens; resolves when it is sent, or reported. */
  async #take(answer: DeviceAnswer, isCurrent: () => boolean): Promise<CallError | null> {
    if (answer === null) return null;
    if (answer instanceof CallError) {
      if (!isCurrent()) return null;
      this.opening = null;
      this.report(statusOfCode[answer.code] ?? 'busy', answer);
      return answer;
    }
    if (!isCurrent()) {
      answer.stop();
      return null;
    }
    this.raw = answer;
    if (this.role === 'video') answer.contentHint ||= 'motion';
    answer.onended = () => {
      this.#owner.onEnded(this);
    };
    this.#owner.events.granted();
    const sent = await this.#process(answer, isCurrent);
    if (!isCurrent()) {
      if (sent !== answer) sent.stop();
      return null; // the answer was stopped with the capture
    }
    this.opening = null;
    this.opened = this.choice;
    this.#owner.events.fact({
      type: 'device-used',
      kind: this.kind,
      deviceId: answer.getSettings().deviceId ?? '',
    });
    if (!isCurrent()) return null;
    this.send(sent);
    this.enable(this.wanted); // a muted microphone that was switched to another stays muted
    this.#owner.showPreview();
    if (isCurrent()) this.report(this.wanted ? 'on' : 'off');
    return null;
  }

  async #process(raw: MediaStreamTrack, isCurrent: () => boolean): Promise<MediaStreamTrack> {
    const { options, events } = this.#owner;
    const { processTrack } = options();
    if (!processTrack || !isCurrent()) return raw;
    try {
      const made = (await processTrack(raw, this.role)) as MediaStreamTrack | undefined;
      if (made?.kind !== this.role) throw new TypeError(`It returned no ${this.role} track.`);
      return made;
    } catch (cause) {
      const message = `processTrack failed for the ${this.kind}; it is sent unprocessed.`;
      if (isCurrent()) events.fault(new CallError('invalid-config', message, { cause }));
      return raw;
    }
  }
}
