import { Capture, type CaptureOwner, type LocalMediaEvents, type LocalMediaOptions } from './capture.js';
import type { Device, DeviceReplacement } from './call-state.js';
import { DeviceList } from './device-list.js';
import { Devices, type ChosenDevice, type DeviceChoice, type DeviceRequest } from './devices.js';
import { CallError } from './errors.js';
import type { Outgoing } from './outgoing.js';
import type { Platform } from './platform.js';
import { ScreenShare } from './screen-share.js';

export type { LocalMediaEvents, LocalMediaOptions } from './capture.js';

/**
 * The own microphone, camera and screen: opens, switches, mutes and closes them. Stops only tracks that it opened
 * itself. State leaves through events, never by promise alone; a listener may close everything at every event.
 */
export class LocalMedia {
  readonly #platform: Platform;
  readonly #events: LocalMediaEvents;
  #stream: MediaStream | null = null;
  #options: LocalMediaOptions;
  readonly #microphone: Capture;
  readonly #camera: Capture;
  readonly #devices: Devices;
  readonly #screen: ScreenShare;
  readonly #list: DeviceList;
  /** What the person chose; null: nothing so far. */
  #speaker: ChosenDevice | null = null;
  #hasRecalled = false;
  #opening: Promise<CallError[]> | null = null;
  #isOpen = false;
  #stopWatching: (() => void) | null = null;

  constructor(options: { platform: Platform; media: LocalMediaOptions; events: LocalMediaEvents }) {
    this.#platform = options.platform;
    this.#options = options.media;
    this.#list = new DeviceList(options.platform, (devices) => {
      this.#onList(devices);
    });
    const events: LocalMediaEvents = {
      ...options.events,
      granted: () => {
        void this.#list.refresh(); // now with ids and labels
        options.events.granted();
      },
    };
    this.#events = events;
    const owner: CaptureOwner = {
      events,
      options: () => this.#options,
      stream: () => this.stream,
      showPreview: () => {
        this.#showPreview();
      },
      preferredId: (capture) => this.#preferredId(capture),
      onEnded: (capture) => {
        this.#onEnded(capture);
      },
      onPageTrackEnded: () => {
        const { localStream } = this.#options;
        if (localStream) this.#usePageStream(localStream);
      },
    };
    this.#microphone = new Capture('microphone', owner);
    this.#camera = new Capture('camera', owner);
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
    this.#recall();
    this.#stopWatching ??= this.#list.watch((arrived) => {
      void this.#retry(arrived);
    });
    if (this.#options.localStream) {
      this.#usePageStream(this.#options.localStream);
      return Promise.resolve([]);
    }
    const closed = this.#captures().filter(
      (capture) => capture.wanted && !capture.isExcluded && !capture.raw && !capture.opening,
    );
    this.#acquire(closed);
    if (this.#opening && closed.length === 0) return this.#opening;
    const opening = Promise.all(this.#captures().map((capture) => capture.settled())).then((errors) =>
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

  /** Keeps the list of devices up to date, open or not, until the returned function is called. */
  watchDevices(): () => void {
    this.#recall();
    return this.#list.watch(() => undefined);
  }

  /**
   * Uses this device from now on, and in later visits; a device that is open is replaced. Rejects with `CallError`.
   */
  async selectDevice(kind: MediaDeviceKind, deviceId: string): Promise<void> {
    if (!['audioinput', 'videoinput', 'audiooutput'].includes(kind)) {
      throw new CallError(
        'invalid-config',
        `'${kind}' is no kind of device: audioinput, videoinput or audiooutput is.`,
      );
    }
    const favourite = this.#list.find(kind, { deviceId, label: '' }) ?? { deviceId, label: '' };
    this.#recall(); // or what was kept would take its place
    if (kind === 'audiooutput') {
      this.#speaker = favourite;
      this.#events.fact({ type: 'speaker-changed', deviceId });
    } else {
      const capture = kind === 'audioinput' ? this.#microphone : this.#camera;
      await this.#choose(capture, { deviceId, favourite });
      if (capture.choice.favourite !== favourite) return; // another was chosen meanwhile
    }
    this.#list.keep(kind, { deviceId, label: favourite.label });
  }

  /** Turns to the other camera of a phone. Rejects with `CallError`. */
  async flipCamera(): Promise<void> {
    const facing = this.#camera.choice.facing === 'user' ? 'environment' : 'user';
    await this.#choose(this.#camera, { facing, deviceId: null, favourite: null });
  }

  /** Applies changed options; while open, a changed `localStream` takes effect at once. */
  configure(options: LocalMediaOptions): void {
    const former = this.#options;
    this.#options = options;
    const wasOpen = this.#isOpen;
    if (!wasOpen) return;
    const isSwapped = options.localStream !== former.localStream;
    for (const capture of this.#captures()) {
      if (isSwapped) capture.release(options.localStream ? null : 'off');
      else if (!options.localStream && capture.isExcluded && (capture.raw || capture.status !== 'off'))
        capture.release('off');
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
    for (const capture of this.#captures()) capture.release('off');
    this.#screen.stop();
  }

  #captures(): [Capture, Capture] {
    return [this.#microphone, this.#camera];
  }

  async #set(capture: Capture, on: boolean): Promise<void> {
    capture.wanted = on;
    this.#events.fact({ type: 'wanted-changed', kind: capture.kind, wanted: on });
    if (capture.wanted !== on) return; // a listener wants it otherwise
    const { localStream } = this.#options;
    if (localStream) {
      if (this.#isOpen) this.#usePageStream(localStream);
      return;
    }
    if (!on) {
      if (capture.role === 'audio' && capture.sent) {
        capture.enable(false);
        capture.report('off');
      } else {
        capture.release('off');
      }
      return;
    }
    if (capture.sent) {
      capture.enable(true);
      capture.report('on');
      return;
    }
    if (capture.isExcluded) {
      const attribute = capture.role === 'audio' ? 'no-audio' : 'no-video';
      throw new CallError(
        'invalid-state',
        `The ${capture.kind} is switched off by '${attribute}'. Remove it first.`,
      );
    }
    if (!this.#isOpen) return;
    if (!capture.opening) this.#acquire([capture]);
    const error = await capture.settled();
    if (error) throw error;
  }

  /** Opens devices and reports what came of each; `opening` of each tells when. */
  #acquire(captures: Capture[], isStrict = false): void {
    const requests = captures.map((capture) => capture.ask(isStrict));
    for (const capture of captures) if (capture.opening) capture.report('starting');
    void this.#ask(requests);
  }

  async #ask(requests: readonly DeviceRequest[]): Promise<void> {
    const isPreferring = ({ choice }: DeviceRequest): boolean =>
      choice.favourite !== null && !choice.deviceId;
    if (requests.some(isPreferring)) await this.#list.refresh();
    await this.#devices.open(requests);
  }

  /** Once, before anything is opened or listed: what the person chose in earlier visits. */
  #recall(): void {
    if (this.#hasRecalled) return;
    this.#hasRecalled = true;
    for (const capture of this.#captures()) {
      capture.choice = { ...capture.choice, favourite: this.#list.recall(inputOf(capture)) };
    }
    this.#speaker = this.#list.recall('audiooutput');
  }

  /** What is plugged in has changed, or is known by name now. */
  #onList(devices: readonly Device[]): void {
    this.#events.fact({ type: 'devices-changed', devices });
    for (const capture of this.#captures()) {
      if (!capture.raw) this.#reportUsed(capture);
    }
    if (this.#speaker && this.#list.known('audiooutput').length > 0) {
      const deviceId = this.#list.find('audiooutput', this.#speaker)?.deviceId ?? '';
      this.#events.fact({ type: 'speaker-changed', deviceId });
    }
  }

  #preferredId(capture: Capture): string | null {
    const { favourite } = capture.choice;
    if (!favourite) return null;
    const kind = inputOf(capture);
    if (this.#list.known(kind).length === 0) return favourite.deviceId; // ids are still withheld
    return this.#list.find(kind, favourite)?.deviceId ?? null;
  }

  /** Of a device that is not open: the one that is to be used next. */
  #reportUsed(capture: Capture): void {
    const deviceId = capture.choice.deviceId ?? this.#preferredId(capture) ?? '';
    this.#events.fact({ type: 'device-used', kind: capture.kind, deviceId });
  }

  /** Unplugged, or taken away by the system: another device takes its place, if there is one. */
  #onEnded(capture: Capture): void {
    const { raw } = capture;
    if (!capture.release(null)) return;
    const lost = raw && { deviceId: raw.getSettings().deviceId ?? '', label: raw.label };
    capture.choice = { ...capture.choice, deviceId: null, favourite: capture.choice.favourite ?? lost };
    if (!capture.wanted) {
      capture.report('off');
      return;
    }
    const { request } = capture;
    const message = `The ${capture.kind} went away. Connect one, then try again.`;
    capture.report('missing', new CallError('device-not-found', message));
    if (request !== capture.request) return;
    this.#acquire([capture]);
    void capture.opening?.then(() => {
      this.#reportReplaced(capture, 'unplugged');
    });
  }

  #reportReplaced({ kind, raw }: Capture, reason: DeviceReplacement['reason']): void {
    if (raw) this.#events.fact({ type: 'device-replaced', replacement: { kind, reason, label: raw.label } });
  }

  /**
   * A device came or a permission changed: what was wanted and failed is tried again, and what the person had
   * chosen takes its place again, both without a question.
   */
  async #retry(arrived: readonly Device[]): Promise<void> {
    for (const capture of this.#captures()) {
      if (capture.isExcluded || this.#options.localStream) continue;
      const isFailed = ['missing', 'busy', 'denied'].includes(capture.status);
      const favouriteId = this.#preferredId(capture);
      const isBack =
        capture.raw !== null &&
        capture.raw.getSettings().deviceId !== favouriteId &&
        arrived.some(({ kind, deviceId }) => kind === inputOf(capture) && deviceId === favouriteId);
      if (!isBack && !(isFailed && capture.wanted)) continue;
      const { request } = capture;
      const state = await this.#platform.permissionState(capture.kind);
      const isGranted = state === 'granted' || (state === 'unknown' && capture.status !== 'denied');
      if (!isGranted || !this.#isOpen || request !== capture.request) continue;
      if (isBack) {
        await this.#choose(capture, { deviceId: favouriteId }).then(
          () => {
            this.#reportReplaced(capture, 'returned');
          },
          () => undefined, // the other one stays
        );
        continue;
      }
      this.#acquire([capture]);
      await capture.opening;
    }
  }

  /** Opens the device anew as chosen; when that fails, as it was before. */
  async #choose(capture: Capture, choice: Partial<DeviceChoice>): Promise<void> {
    capture.choice = { ...capture.choice, ...choice };
    if (!capture.raw && !capture.opening) {
      this.#reportUsed(capture); // when it is opened next
      return;
    }
    if (!capture.release(null)) return; // phones open one camera at a time
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
      capture.use(track);
      capture.report(track ? 'on' : 'off');
    }
    this.#showPreview();
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
}

const inputOf = ({ role }: Capture): MediaDeviceKind => `${role}input`;
