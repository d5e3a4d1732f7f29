import type { CallState, MediaKind, MediaStatus } from './call-state.js';
import {
  Devices,
  type DeviceAnswer,
  type DeviceChoice,
  type DeviceKind,
  type DeviceRequest,
} from './devices.js';
import { CallError, type CallErrorCode } from './errors.js';
import type { Outgoing, TrackRole } from './peer-link.js';
import type { Platform } from './platform.js';
import { ScreenShare } from './screen-share.js';

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
  /** What the person chose. */
  choice: DeviceChoice;
  /** The choice that was opened last: what a failed one goes back to. */
  opened: DeviceChoice;
  /** Counts requests; an answer to an older one is not used. */
  request: number;
  /** The newest request, while it is under way; with its error. Never rejects. */
  opening: Promise<CallError | null> | null;
}

const statusOfCode: Partial<Record<CallErrorCode, MediaStatus>> = {
  'permission-denied': 'denied',
  'policy-blocked': 'denied',
  'insecure-context': 'denied',
  'device-not-found': 'missing',
  'constraints-unsatisfied': 'missing',
  unsupported: 'missing',
};

const anyDevice: DeviceChoice = { deviceId: null, facing: 'user' };

/**
 * The own microphone, camera and screen: opens, switches, mutes and closes them. Stops only tracks that it opened
 * itself. State leaves through events, never by promise alone; a listener may close everything at every event.
 */
export class LocalMedia {
  readonly #platform: Platform;
  readonly #events: LocalMediaEvents;
  #stream: MediaStream | null = null;
  #options: LocalMediaOptions;
  readonly #microphone = newCapture('microphone', 'audio');
  readonly #camera = newCapture('camera', 'video');
  readonly #devices: Devices;
  readonly #screen: ScreenShare;
  #opening: Promise<CallError[]> | null = null;
  #isOpen = false;
  #stopWatching: (() => void) | null = null;
  readonly #onPageTrackEnded = (): void => {
    const { localStream } = this.#options;
    if (localStream) this.#usePageStream(localStream);
  };

  constructor(options: { platform: Platform; media: LocalMediaOptions; events: LocalMediaEvents }) {
    this.#platform = options.platform;
    this.#options = options.media;
    const { events } = options;
    this.#events = events;
    this.#devices = new Devices(options.platform, (error) => {
      events.fault(error);
    });
    this.#screen = new ScreenShare(options.platform, {
      status: (status, error) => {
        events.status('screen', status, error);
      },
      track: (track) => {
        events.track('screen', track);
      },
    });
  }

  /** Groups microphone and camera for the other sides, and is the own view. Stays the same for good. */
  get stream(): MediaStream {
    return (this.#stream ??= this.#platform.createMediaStream()); // not earlier: Node has none
  }

  /** The open microphone, also while it is muted; null: none. Owned here, or the page's. */
  get microphone(): MediaStreamTrack | null {
    return this.#microphone.raw ?? this.#microphone.sent;
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
      tracks: { audio: this.#microphone.sent, video: this.#camera.sent, screen: this.#screen.track },
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
    const closed = this.#captures().filter(
      (capture) => capture.wanted && !this.#excludes(capture) && !capture.raw && !capture.opening,
    );
    this.#acquire(closed);
    if (this.#opening && closed.length === 0) return this.#opening;
    const opening = Promise.all(this.#captures().map((capture) => this.#settled(capture))).then((errors) =>
      errors.filter((error) => error !== null),
    );
    this.#opening = opening;
    void opening.then(() => {
      if (this.#opening === opening) this.#opening = null;
    });
    return opening;
  }

  /**
   * Mutes at once, or unmutes; opens the microphone when it is not open. Before `open()` and after `close()` it
   * only counts for the next opening. Rejects with `CallError`.
   */
  async setMicrophone(on: boolean): Promise<void> {
    await this.#set(this.#microphone, on);
  }

  /** Closes the camera, so that its light goes out, or opens it again; see `setMicrophone()`. */
  async setCamera(on: boolean): Promise<void> {
    await this.#set(this.#camera, on);
  }

  /** Asks for a screen, window or tab and sends it beside the camera; or stops. Rejects with `CallError`. */
  async setScreenShare(on: boolean): Promise<void> {
    if (on) await this.#screen.start();
    else this.#screen.stop();
  }

  /** Uses this device from now on; a device that is open is replaced. Rejects with `CallError`. */
  async selectDevice(kind: 'audioinput' | 'videoinput', deviceId: string): Promise<void> {
    await this.#choose(kind === 'audioinput' ? this.#microphone : this.#camera, { deviceId });
  }

  /** Turns to the other camera of a phone. Rejects with `CallError`. */
  async flipCamera(): Promise<void> {
    const facing = this.#camera.choice.facing === 'user' ? 'environment' : 'user';
    await this.#choose(this.#camera, { facing, deviceId: null });
  }

  /** Applies changed options; while open, a changed `localStream` takes effect at once. */
  configure(options: LocalMediaOptions): void {
    const former = this.#options;
    this.#options = options;
    const wasOpen = this.#isOpen;
    if (!wasOpen) return;
    const isSwapped = options.localStream !== former.localStream;
    for (const capture of this.#captures()) {
      if (isSwapped) this.#release(capture, options.localStream ? null : 'off');
      else if (!options.localStream && this.#excludes(capture) && (capture.raw || capture.status !== 'off'))
        this.#release(capture, 'off');
    }
    if (!this.#isOpen) return; // a listener has closed it
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
    this.#opening = null;
    for (const capture of this.#captures()) this.#release(capture, 'off');
    this.#screen.stop();
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
      if (capture.role === 'audio' && capture.sent) {
        this.#enable(capture, false);
        this.#report(capture, 'off');
      } else {
        this.#release(capture, 'off');
      }
      return;
    }
    if (capture.sent) {
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
    if (!this.#isOpen) return;
    if (!capture.opening) this.#acquire([capture]);
    const error = await this.#settled(capture);
    if (error) throw error;
  }

  /** Opens devices and reports what came of each; `opening` of each tells when. */
  #acquire(captures: Capture[], isStrict = false): void {
    const requests: DeviceRequest[] = [];
    for (const capture of captures) {
      const { kind, role, choice } = capture;
      const number = ++capture.request;
      const isCurrent = (): boolean => number === capture.request;
      capture.opening = new Promise((resolve) => {
        requests.push({
          kind,
          role,
          choice,
          constraints: this.#options.constraints[role] ?? {},
          isStrict,
          isCurrent,
          forget: () => {
            if (isCurrent()) capture.choice = { ...choice, deviceId: null };
          },
          answer: (answer) => {
            resolve(this.#take(capture, answer, isCurrent));
          },
        });
      });
    }
    for (const capture of captures) if (capture.opening) this.#report(capture, 'starting');
    void this.#devices.open(requests);
  }

  /** Resolves when nothing of the device is under way any more, with the error of the newest request. */
  async #settled(capture: Capture): Promise<CallError | null> {
    let error: CallError | null = null;
    while (capture.opening) error = await capture.opening;
    return error;
  }

  /** Makes the answer the capture's own, before anything else happens; resolves when it is sent, or reported. */
  async #take(capture: Capture, answer: DeviceAnswer, isCurrent: () => boolean): Promise<CallError | null> {
    if (answer === null) return null;
    if (answer instanceof CallError) {
      if (!isCurrent()) return null;
      capture.opening = null;
      this.#report(capture, statusOfCode[answer.code] ?? 'busy', answer);
      return answer;
    }
    if (!isCurrent()) {
      answer.stop();
      return null;
    }
    capture.raw = answer;
    if (capture.role === 'video') answer.contentHint ||= 'motion';
    answer.onended = () => {
      this.#onEnded(capture);
    };
    this.#events.granted();
    const sent = await this.#process(capture, answer, isCurrent);
    if (!isCurrent()) {
      if (sent !== answer) sent.stop();
      return null; // the answer was stopped with the capture
    }
    capture.opening = null;
    capture.opened = capture.choice;
    this.#send(capture, sent);
    this.#enable(capture, capture.wanted); // a muted microphone that was switched to another stays muted
    this.#showPreview();
    if (isCurrent()) this.#report(capture, capture.wanted ? 'on' : 'off');
    return null;
  }

  async #process(
    capture: Capture,
    raw: MediaStreamTrack,
    isCurrent: () => boolean,
  ): Promise<MediaStreamTrack> {
    const { processTrack } = this.#options;
    if (!processTrack || !isCurrent()) return raw;
    try {
      const made = (await processTrack(raw, capture.role)) as MediaStreamTrack | undefined;
      if (made?.kind !== capture.role) throw new TypeError(`It returned no ${capture.role} track.`);
      return made;
    } catch (cause) {
      const message = `processTrack failed for the ${capture.kind}; it is sent unprocessed.`;
      if (isCurrent()) this.#events.fault(new CallError('invalid-config', message, { cause }));
      return raw;
    }
  }

  /** Unplugged, or taken away by the system: another device takes its place, if there is one. */
  #onEnded(capture: Capture): void {
    if (!this.#release(capture, null)) return;
    capture.choice = { ...capture.choice, deviceId: null };
    if (!capture.wanted) {
      this.#report(capture, 'off');
      return;
    }
    const { request } = capture;
    const message = `The ${capture.kind} went away. Connect one, then try again.`;
    this.#report(capture, 'missing', new CallError('device-not-found', message));
    if (request === capture.request) this.#acquire([capture]);
  }

  /** A device came or a permission changed: what was wanted and failed is tried again, without a question. */
  async #retry(): Promise<void> {
    for (const capture of this.#captures()) {
      if (!capture.wanted || this.#excludes(capture) || this.#options.localStream) continue;
      if (capture.status !== 'missing' && capture.status !== 'busy' && capture.status !== 'denied') continue;
      const { request } = capture;
      const state = await this.#platform.permissionState(capture.kind);
      const isGranted = state === 'granted' || (state === 'unknown' && capture.status !== 'denied');
      if (!isGranted || !this.#isOpen || request !== capture.request) continue;
      this.#acquire([capture]);
      await capture.opening;
    }
  }

  /** Opens the device anew as chosen; when that fails, as it was before. */
  async #choose(capture: Capture, choice: Partial<DeviceChoice>): Promise<void> {
    capture.choice = { ...capture.choice, ...choice };
    if (!capture.raw && !capture.opening) return; // used when it is opened next
    if (!this.#release(capture, null)) return; // phones open one camera at a time
    this.#acquire([capture], true);
    const { request } = capture;
    const error = await capture.opening;
    if (!error) return;
    if (request === capture.request) {
      capture.choice = capture.opened;
      this.#acquire([capture]);
      await capture.opening;
    }
    throw error;
  }

  #usePageStream(stream: MediaStream): void {
    for (const capture of this.#captures()) {
      if (!this.#isOpen || this.#options.localStream !== stream) return; // a listener has closed or swapped it
      const tracks = capture.role === 'audio' ? stream.getAudioTracks() : stream.getVideoTracks();
      const track = capture.wanted ? (tracks.find(({ readyState }) => readyState === 'live') ?? null) : null;
      this.#send(capture, track);
      track?.addEventListener('ended', this.#onPageTrackEnded); // `onended` is the page's
      this.#report(capture, track ? 'on' : 'off');
    }
    this.#showPreview();
  }

  /** Makes the track what is sent and shown. */
  #send(capture: Capture, track: MediaStreamTrack | null): void {
    const { sent } = capture;
    if (sent === track) return;
    sent?.removeEventListener('ended', this.#onPageTrackEnded);
    if (sent) this.stream.removeTrack(sent);
    capture.sent = track;
    if (track) this.stream.addTrack(track);
    this.#events.track(capture.role, track);
  }

  /**
   * Stops the device and takes its track back everywhere.
   * @param status null: the caller reports
   * @returns false when a listener has asked for something else meanwhile
   */
  #release(capture: Capture, status: MediaStatus | null): boolean {
    const request = ++capture.request;
    const { raw, sent } = capture;
    capture.raw = capture.opening = null;
    if (raw) {
      raw.onended = null;
      raw.stop();
      if (sent !== raw) sent?.stop();
    }
    if (sent) {
      this.#send(capture, null);
      this.#showPreview();
    }
    if (status && request === capture.request) this.#report(capture, status);
    return request === capture.request;
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
      : (settings?.facingMode ?? this.#camera.choice.facing) === 'environment'
        ? 'environment'
        : 'user';
    this.#events.preview(isEmpty ? null : this.stream, facing);
  }

  #report(capture: Capture, status: MediaStatus, error?: CallError): void {
    capture.status = status;
    this.#events.status(capture.kind, status, error);
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
    choice: anyDevice,
    opened: anyDevice,
    request: 0,
    opening: null,
  };
}
