import type { CallState, MediaKind, MediaStatus } from './call-state.js';
import { toCallError, CallError, type CallErrorCode } from './errors.js';
import type { Outgoing, TrackRole } from './peer-link.js';
import type { Platform } from './platform.js';

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
}

type DeviceKind = 'microphone' | 'camera';

/** One device: what the person wants of it and what is open. */
interface Capture {
  readonly kind: DeviceKind;
  readonly role: 'audio' | 'video';
  wanted: boolean;
  status: MediaStatus;
  /** From the browser; owned here. */
  raw: MediaStreamTrack | null;
  /** What is sent: `raw`, or what `processTrack` made of it, or the page's own track. */
  sent: MediaStreamTrack | null;
  deviceId: string | null;
  facing: 'user' | 'environment';
  /** Counts requests; an answer to an older one is not used. */
  request: number;
}

const statusOfCode: Partial<Record<CallErrorCode, MediaStatus>> = {
  'permission-denied': 'denied',
  'policy-blocked': 'denied',
  'insecure-context': 'denied',
  'device-not-found': 'missing',
  'constraints-unsatisfied': 'missing',
  unsupported: 'missing',
};

/**
 * The own microphone, camera and screen: opens, switches, mutes and closes them, and falls back to what can be
 * had. Stops only tracks that it opened itself. State leaves through events, never by promise alone.
 */
export class LocalMedia {
  readonly #platform: Platform;
  readonly #events: LocalMediaEvents;
  #stream: MediaStream | null = null;
  #options: LocalMediaOptions;
  readonly #microphone = newCapture('microphone', 'audio');
  readonly #camera = newCapture('camera', 'video');
  #screen: MediaStreamTrack | null = null;
  #screenRequest = 0;
  #opening: Promise<CallError[]> | null = null;
  #isOpen = false;
  #stopWatching: (() => void) | null = null;

  constructor(options: { platform: Platform; media: LocalMediaOptions; events: LocalMediaEvents }) {
    this.#platform = options.platform;
    this.#options = options.media;
    this.#events = options.events;
  }

  /** Groups microphone and camera for the other sides, and is the own view. Stays the same for good. */
  get stream(): MediaStream {
    return (this.#stream ??= this.#platform.createMediaStream()); // not earlier: Node has none
  }

  /** What every link sends at this moment. */
  get outgoing(): Outgoing {
    const { localStream, noAudio, noVideo } = this.#options;
    const sends = (none: boolean, tracks: MediaStreamTrack[] | undefined): boolean =>
      localStream ? (tracks?.length ?? 0) > 0 : !none;
    return {
      stream: this.stream,
      sends: {
        audio: sends(noAudio, localStream?.getAudioTracks()),
        video: sends(noVideo, localStream?.getVideoTracks()),
        screen: true,
      },
      tracks: { audio: this.#microphone.sent, video: this.#camera.sent, screen: this.#screen },
    };
  }

  /**
   * Opens what is wanted and not open yet: both devices by one question to the person, else whichever exists.
   * Settles when every device has; called again meanwhile it returns the same promise.
   * @returns the errors of the devices that did not open
   */
  open(): Promise<CallError[]> {
    this.#isOpen = true;
    this.#stopWatching ??= this.#platform.onDevicesChange(() => {
      void this.#retry();
    });
    if (this.#options.localStream) {
      this.#usePageStream(this.#options.localStream);
      return Promise.resolve([]);
    }
    const kinds = this.#captures().filter(
      (capture) =>
        capture.wanted && !this.#excludes(capture) && !capture.raw && capture.status !== 'starting',
    );
    if (this.#opening && kinds.length === 0) return this.#opening;
    const isOpening = this.#opening !== null;
    const acquired = this.#acquire(kinds);
    const opening: Promise<CallError[]> = isOpening
      ? Promise.all([this.#opening, acquired]).then((errors) => errors.flatMap((list) => list ?? []))
      : acquired;
    this.#opening = opening;
    void opening.then(() => {
      if (this.#opening === opening) this.#opening = null;
    });
    return opening;
  }

  /** Mutes at once, or unmutes; opens the microphone when it is not open. Rejects with `CallError`. */
  async setMicrophone(on: boolean): Promise<void> {
    await this.#set(this.#microphone, on);
  }

  /** Closes the camera, so that its light goes out, or opens it again. Rejects with `CallError`. */
  async setCamera(on: boolean): Promise<void> {
    await this.#set(this.#camera, on);
  }

  /** Asks for a screen, window or tab and sends it beside the camera; or stops. Rejects with `CallError`. */
  async setScreenShare(on: boolean): Promise<void> {
    const request = ++this.#screenRequest;
    if (!on) {
      this.#stopScreen();
      return;
    }
    if (this.#screen) return;
    this.#events.status('screen', 'starting');
    let track: MediaStreamTrack | undefined;
    try {
      const stream = await this.#platform.getDisplayMedia({ video: true });
      [track] = stream.getVideoTracks();
    } catch (cause) {
      const error = toCallError(cause, 'screen', { context: this.#context('display-capture') });
      if (request === this.#screenRequest) this.#events.status('screen', 'off', error);
      throw error;
    }
    if (!track) return;
    if (request !== this.#screenRequest) {
      track.stop();
      return;
    }
    this.#screen = track;
    track.onended = () => {
      this.#stopScreen(); // the browser's own "stop sharing"
    };
    this.#events.track('screen', track);
    this.#events.status('screen', 'on');
  }

  /** Uses this device from now on; a device that is open is replaced. Rejects with `CallError`. */
  async selectDevice(kind: 'audioinput' | 'videoinput', deviceId: string): Promise<void> {
    const capture = kind === 'audioinput' ? this.#microphone : this.#camera;
    const former = capture.deviceId;
    capture.deviceId = deviceId;
    await this.#reopen(capture, () => {
      capture.deviceId = former;
    });
  }

  /** Turns to the other camera of a phone. Rejects with `CallError`. */
  async flipCamera(): Promise<void> {
    const capture = this.#camera;
    const { facing, deviceId } = capture;
    capture.facing = facing === 'user' ? 'environment' : 'user';
    capture.deviceId = null;
    await this.#reopen(capture, () => {
      capture.facing = facing;
      capture.deviceId = deviceId;
    });
  }

  /** Applies changed options; while open, a changed `localStream` takes effect at once. */
  configure(options: LocalMediaOptions): void {
    const former = this.#options;
    this.#options = options;
    if (!this.#isOpen) return;
    const isSwapped = options.localStream !== former.localStream;
    for (const capture of this.#captures()) {
      if (isSwapped) this.#release(capture, options.localStream ? null : 'off');
      else if (this.#excludes(capture) && (capture.raw || capture.status !== 'off'))
        this.#release(capture, 'off');
    }
    const isWider = (former.noAudio && !options.noAudio) || (former.noVideo && !options.noVideo);
    if (!isSwapped && !isWider) return;
    void this.open().then((errors) => {
      for (const error of errors) this.#events.fault(error);
    });
  }

  /** Stops every track that was opened here. May be called twice; `open()` works again afterwards. */
  close(): void {
    this.#isOpen = false;
    this.#stopWatching?.();
    this.#stopWatching = null;
    for (const capture of this.#captures()) this.#release(capture, 'off');
    this.#screenRequest++;
    this.#stopScreen();
  }

  #captures(): [Capture, Capture] {
    return [this.#microphone, this.#camera];
  }

  #excludes({ role }: Capture): boolean {
    return role === 'audio' ? this.#options.noAudio : this.#options.noVideo;
  }

  async #set(capture: Capture, on: boolean): Promise<void> {
    capture.wanted = on;
    const { localStream } = this.#options;
    if (localStream) {
      if (this.#isOpen) this.#usePageStream(localStream);
      return;
    }
    if (!on) {
      if (capture.role === 'audio' && capture.raw) {
        this.#enable(capture, false);
        this.#report(capture, 'off');
      } else {
        this.#release(capture, 'off');
      }
      return;
    }
    if (capture.raw) {
      this.#enable(capture, true);
      this.#report(capture, 'on');
      return;
    }
    if (this.#excludes(capture)) {
      const attribute = capture.role === 'audio' ? 'no-audio' : 'no-video';
      throw new CallError(
        'invalid-state',
        `The ${capture.kind} is switched off by '${attribute}'. Remove it first.`,
      );
    }
    if (capture.status === 'starting') return;
    const [error] = await this.#acquire([capture]);
    if (error) throw error;
  }

  /** Opens devices and reports what came of each. Never rejects. */
  async #acquire(captures: Capture[]): Promise<CallError[]> {
    const tickets = new Map(captures.map((capture) => [capture, ++capture.request]));
    const isCurrent = (capture: Capture): boolean => tickets.get(capture) === capture.request;
    for (const capture of captures) this.#report(capture, 'starting');
    const errors: CallError[] = [];
    const use = async (capture: Capture, result: MediaStreamTrack | CallError): Promise<void> => {
      if (result instanceof CallError) {
        if (!isCurrent(capture)) return;
        errors.push(result);
        this.#report(capture, statusOfCode[result.code] ?? 'busy', result);
      } else {
        await this.#use(capture, result, () => isCurrent(capture));
      }
    };
    await this.#capture(captures, isCurrent, use);
    return errors;
  }

  /** Both by one question; when that fails, one by one, unless the person has just refused both. */
  async #capture(
    captures: Capture[],
    isCurrent: (capture: Capture) => boolean,
    use: (capture: Capture, result: MediaStreamTrack | CallError) => Promise<void>,
  ): Promise<void> {
    const open = captures.filter(isCurrent);
    if (open.length === 0) return;
    let tracks: MediaStreamTrack[];
    try {
      tracks = (await this.#platform.getUserMedia(this.#request(open))).getTracks();
    } catch (cause) {
      const [only] = open;
      if (open.length > 1) {
        const retry = await this.#worthAsking(open, cause);
        for (const capture of open) {
          if (retry.includes(capture)) await this.#capture([capture], isCurrent, use);
          else await use(capture, this.#error(capture, cause));
        }
      } else if (only) {
        await this.#captureLoosely(only, cause, isCurrent, use);
      }
      return;
    }
    for (const track of tracks) {
      const capture = open.find(({ role }) => role === track.kind);
      if (capture) await use(capture, track);
      else track.stop();
    }
  }

  /** A constraint that no device satisfies is reported and left out: a call with another camera beats none. */
  async #captureLoosely(
    capture: Capture,
    cause: unknown,
    isCurrent: (capture: Capture) => boolean,
    use: (capture: Capture, result: MediaStreamTrack | CallError) => Promise<void>,
  ): Promise<void> {
    const error = this.#error(capture, cause);
    if (error.code !== 'constraints-unsatisfied' || !isCurrent(capture)) {
      await use(capture, error);
      return;
    }
    this.#events.fault(error);
    try {
      const stream = await this.#platform.getUserMedia({ [capture.role]: true });
      for (const track of stream.getTracks()) await use(capture, track);
    } catch (second) {
      await use(capture, this.#error(capture, second));
    }
  }

  /** Which of several devices to ask for again, alone, after asking for all failed. */
  async #worthAsking(captures: Capture[], cause: unknown): Promise<Capture[]> {
    const refused = captures.every((capture) =>
      ['permission-denied', 'policy-blocked', 'insecure-context'].includes(this.#error(capture, cause).code),
    );
    if (!refused) return captures;
    if (!this.#platform.isSecure) return [];
    const states = await Promise.all(captures.map(({ kind }) => this.#platform.permissionState(kind)));
    // Still to be asked, and nothing else to blame: the person has just closed the question, which is an answer.
    const isClosed = states.includes('prompt') && !states.includes('denied');
    return captures.filter(
      (_, index) => states[index] !== 'denied' && !(isClosed && states[index] === 'prompt'),
    );
  }

  #request(captures: Capture[]): MediaStreamConstraints {
    const request: MediaStreamConstraints = {};
    for (const { role, deviceId, facing } of captures) {
      const constraints: MediaTrackConstraints = { ...this.#options.constraints[role] };
      if (deviceId !== null) constraints.deviceId = { exact: deviceId };
      else if (role === 'video' && facing === 'environment') constraints.facingMode = 'environment';
      request[role] = Object.keys(constraints).length > 0 ? constraints : true;
    }
    return request;
  }

  async #use(capture: Capture, raw: MediaStreamTrack, isCurrent: () => boolean): Promise<void> {
    if (!isCurrent()) {
      raw.stop();
      return;
    }
    capture.raw = raw;
    this.#events.granted();
    const sent = await this.#process(capture, raw);
    if (!isCurrent()) {
      if (sent !== raw) sent.stop();
      return; // `raw` was stopped with the capture
    }
    capture.sent = sent;
    raw.onended = () => {
      this.#onEnded(capture, raw);
    };
    this.#enable(capture, capture.wanted); // a muted microphone that was switched to another stays muted
    this.stream.addTrack(sent);
    this.#events.track(capture.role, sent);
    this.#showPreview();
    this.#report(capture, capture.wanted ? 'on' : 'off');
  }

  async #process(capture: Capture, raw: MediaStreamTrack): Promise<MediaStreamTrack> {
    const { processTrack } = this.#options;
    if (!processTrack) return raw;
    try {
      return await processTrack(raw, capture.role);
    } catch (cause) {
      const message = `processTrack failed for the ${capture.kind}; it is sent unprocessed.`;
      this.#events.fault(new CallError('invalid-config', message, { cause }));
      return raw;
    }
  }

  /** Unplugged, or taken away by the system: another device takes its place, if there is one. */
  #onEnded(capture: Capture, raw: MediaStreamTrack): void {
    if (capture.raw !== raw) return;
    const lost = new CallError(
      'device-not-found',
      `The ${capture.kind} went away. Connect one, then try again.`,
    );
    this.#release(capture, null);
    capture.deviceId = null;
    if (!capture.wanted) {
      this.#report(capture, 'off');
      return;
    }
    this.#report(capture, 'missing', lost);
    void this.#acquire([capture]);
  }

  /** A device came or a permission changed: what was wanted and failed is tried again, without a question. */
  async #retry(): Promise<void> {
    for (const capture of this.#captures()) {
      if (!capture.wanted || this.#excludes(capture) || this.#options.localStream) continue;
      if (capture.status !== 'missing' && capture.status !== 'busy' && capture.status !== 'denied') continue;
      const { request } = capture;
      const state = await this.#platform.permissionState(capture.kind);
      const isGranted = state === 'granted' || (state === 'unknown' && capture.status !== 'denied');
      if (isGranted && this.#isOpen && request === capture.request) await this.#acquire([capture]);
    }
  }

  async #reopen(capture: Capture, restore: () => void): Promise<void> {
    if (!capture.raw) return; // used when it is opened next
    this.#release(capture, null); // phones open one camera at a time
    const [error] = await this.#acquire([capture]);
    if (error) {
      restore();
      await this.#acquire([capture]);
    }
    if (error) throw error;
  }

  #usePageStream(stream: MediaStream): void {
    for (const capture of this.#captures()) {
      const tracks = capture.role === 'audio' ? stream.getAudioTracks() : stream.getVideoTracks();
      const track = capture.wanted ? (tracks.find(({ readyState }) => readyState === 'live') ?? null) : null;
      if (capture.sent !== track) {
        if (capture.sent) this.stream.removeTrack(capture.sent);
        capture.sent = track;
        if (track) this.stream.addTrack(track);
        this.#events.track(capture.role, track);
      }
      this.#report(capture, track ? 'on' : 'off');
    }
    this.#showPreview();
  }

  /** Stops the device and takes its track back everywhere. @param status null: the caller reports */
  #release(capture: Capture, status: MediaStatus | null): void {
    capture.request++;
    const { raw, sent } = capture;
    capture.raw = capture.sent = null;
    if (raw) {
      raw.onended = null;
      raw.stop();
      if (sent && sent !== raw) sent.stop();
    }
    if (sent) {
      this.stream.removeTrack(sent);
      this.#events.track(capture.role, null);
      this.#showPreview();
    }
    if (status) this.#report(capture, status);
  }

  #stopScreen(): void {
    const track = this.#screen;
    if (track) {
      this.#screen = null;
      track.onended = null;
      track.stop();
      this.#events.track('screen', null);
    }
    this.#events.status('screen', 'off');
  }

  #enable({ raw, sent }: Capture, enabled: boolean): void {
    if (raw) raw.enabled = enabled;
    if (sent) sent.enabled = enabled;
  }

  #showPreview(): void {
    const isEmpty = this.stream.getTracks().length === 0;
    const settings = this.#camera.raw?.getSettings();
    const facing = this.#options.localStream
      ? 'page'
      : (settings?.facingMode ?? this.#camera.facing) === 'environment'
        ? 'environment'
        : 'user';
    this.#events.preview(isEmpty ? null : this.stream, facing);
  }

  #report(capture: Capture, status: MediaStatus, error?: CallError): void {
    capture.status = status;
    this.#events.status(capture.kind, status, error);
  }

  #error(capture: Capture, cause: unknown): CallError {
    return toCallError(cause, capture.kind, { context: this.#context(capture.kind) });
  }

  #context(feature: 'camera' | 'microphone' | 'display-capture'): { secure: boolean; allowed: boolean } {
    return { secure: this.#platform.isSecure, allowed: this.#platform.isAllowed(feature) };
  }
}

function newCapture(kind: DeviceKind, role: 'audio' | 'video'): Capture {
  return {
    kind,
    role,
    wanted: true,
    status: 'off',
    raw: null,
    sent: null,
    deviceId: null,
    facing: 'user',
    request: 0,
  };
}
