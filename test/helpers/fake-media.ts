/** Tracks, streams and the devices behind `getUserMedia`. Needs no browser. */

type Listener = ((event: Event) => unknown) | { handleEvent: (event: Event) => unknown };

/**
 * An event target whose `fire()` serves `on…` handlers and listeners alike. Its events are plain objects: real ones
 * take most of the time of a long simulation.
 */
export class FakeTarget {
  #listeners: Map<string, Set<Listener>> | null = null;

  addEventListener(type: string, listener: Listener): void {
    this.#listeners ??= new Map();
    const listeners = this.#listeners.get(type);
    if (listeners) listeners.add(listener);
    else this.#listeners.set(type, new Set([listener]));
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners?.get(type)?.delete(listener);
  }

  fire(type: string, members: object = {}): void {
    const event = { type, target: this, currentTarget: this, ...members } as unknown as Event;
    const handler: unknown = this[`on${type}` as keyof this];
    if (typeof handler === 'function') handler.call(this, event);
    for (const listener of [...(this.#listeners?.get(type) ?? [])]) {
      if (typeof listener === 'function') listener.call(this, event);
      else listener.handleEvent(event);
    }
  }
}

type Handler = ((event: Event) => unknown) | null;

let lastId = 0;
const nextId = (prefix: string): string => `${prefix}-${++lastId}`;

export class FakeTrack extends FakeTarget {
  readonly id = nextId('track');
  readonly kind: 'audio' | 'video';
  readonly label: string;
  enabled = true;
  contentHint = '';
  muted = false;
  readyState: 'live' | 'ended' = 'live';
  onended: Handler = null;
  onmute: Handler = null;
  onunmute: Handler = null;
  readonly settings: MediaTrackSettings;

  constructor(kind: 'audio' | 'video', settings: MediaTrackSettings = {}, label = '') {
    super();
    this.kind = kind;
    this.settings = settings;
    this.label = label;
  }

  getSettings(): MediaTrackSettings {
    return { ...this.settings };
  }

  clone(): FakeTrack {
    return Object.assign(new FakeTrack(this.kind, this.settings, this.label), { enabled: this.enabled });
  }

  /** By the page: fires nothing. */
  stop(): void {
    this.readyState = 'ended';
  }

  /** Not by the page: the device is gone, or the person stopped it in the browser. */
  end(): void {
    if (this.readyState === 'ended') return;
    this.readyState = 'ended';
    this.fire('ended');
  }

  setMuted(muted: boolean): void {
    if (this.muted === muted) return;
    this.muted = muted;
    this.fire(muted ? 'mute' : 'unmute');
  }
}

export class FakeStream extends FakeTarget {
  readonly id: string;
  #tracks: FakeTrack[] = [];

  constructor(tracks: readonly FakeTrack[] = [], id = nextId('stream')) {
    super();
    this.id = id;
    this.#tracks = [...tracks];
  }

  get active(): boolean {
    return this.#tracks.some(({ readyState }) => readyState === 'live');
  }

  getTracks(): FakeTrack[] {
    return [...this.#tracks];
  }

  getAudioTracks(): FakeTrack[] {
    return this.#tracks.filter(({ kind }) => kind === 'audio');
  }

  getVideoTracks(): FakeTrack[] {
    return this.#tracks.filter(({ kind }) => kind === 'video');
  }

  addTrack(track: FakeTrack): void {
    if (!this.#tracks.includes(track)) this.#tracks.push(track);
  }

  removeTrack(track: FakeTrack): void {
    this.#tracks = this.#tracks.filter((other) => other !== track);
  }
}

export interface FakeDevice {
  readonly kind: MediaDeviceKind;
  readonly deviceId: string;
  /** The id unless it is given. */
  readonly label?: string;
  readonly facingMode?: 'user' | 'environment';
}

interface Request {
  readonly isScreen: boolean;
  readonly constraints: MediaStreamConstraints;
  readonly resolve: (stream: FakeStream) => void;
  readonly reject: (error: DOMException) => void;
}

/** A rejection like the browser's; `constraint` is what `OverconstrainedError` adds. */
export const exception = (name: string, constraint?: string): DOMException =>
  Object.assign(
    new DOMException(`${name} of the fake`, name),
    constraint === undefined ? {} : { constraint },
  );

/** What is plugged in and what the person answers: questions wait until `grant()` or `refuse()`. */
export class FakeDevices {
  list: FakeDevice[] = [
    { kind: 'audioinput', deviceId: 'microphone-1' },
    { kind: 'videoinput', deviceId: 'camera-1', facingMode: 'user' },
  ];
  permissions: Record<'camera' | 'microphone', PermissionState | 'unknown'> = {
    camera: 'prompt',
    microphone: 'prompt',
  };
  /** Answers every question at once instead of letting it wait. */
  automatic: 'grant' | ((constraints: MediaStreamConstraints) => 'grant' | DOMException) | null = null;
  /** Called with every question: answers it by `grant()` when it likes. */
  answerLater: ((grant: () => void) => void) | null = null;
  /** Every question so far, with its constraints. */
  readonly asked: MediaStreamConstraints[] = [];
  /** Every track that was handed out. */
  readonly opened: FakeTrack[] = [];
  readonly #pending: Request[] = [];
  readonly #watchers = new Set<() => void>();

  get pendingCount(): number {
    return this.#pending.length;
  }

  ask(constraints: MediaStreamConstraints, isScreen = false): Promise<FakeStream> {
    this.asked.push(constraints);
    return new Promise((resolve, reject) => {
      this.#pending.push({ isScreen, constraints, resolve, reject });
      this.answerLater?.(() => this.grant());
      if (this.automatic === null) return;
      const answer = this.automatic === 'grant' ? 'grant' : this.automatic(constraints);
      if (answer === 'grant') this.grant();
      else this.#take().reject(answer);
    });
  }

  /** The person allows the oldest open question; what is not plugged in rejects as in a browser. */
  grant(): FakeTrack[] {
    const { isScreen, constraints, resolve, reject } = this.#take();
    try {
      const tracks = isScreen
        ? [new FakeTrack('video', { displaySurface: 'window' })]
        : this.#open(constraints);
      this.opened.push(...tracks);
      resolve(new FakeStream(tracks));
      return tracks;
    } catch (error) {
      reject(error as DOMException);
      return [];
    }
  }

  /** The oldest open question fails. */
  refuse(name: string, constraint?: string): void {
    this.#take().reject(exception(name, constraint));
  }

  /** The person denies the oldest open question for good. */
  deny(): void {
    for (const kind of ['camera', 'microphone'] as const) this.permissions[kind] = 'denied';
    this.refuse('NotAllowedError');
  }

  plug(device: FakeDevice): void {
    this.list.push(device);
    this.change();
  }

  /** Takes a device away: its tracks end, then the page is told. */
  unplug(deviceId: string): void {
    this.list = this.list.filter((device) => device.deviceId !== deviceId);
    for (const track of this.opened) if (track.settings.deviceId === deviceId) track.end();
    this.change();
  }

  /** Something changed: devices or a permission. */
  change(): void {
    for (const callback of [...this.#watchers]) callback();
  }

  /** Without ids and labels until the person has allowed anything (mediacapture-main §9.2). */
  enumerate(): MediaDeviceInfo[] {
    const isGranted = Object.values(this.permissions).includes('granted');
    return this.list.map(({ kind, deviceId, label = deviceId }) => ({
      kind,
      deviceId: isGranted ? deviceId : '',
      label: isGranted ? label : '',
      groupId: '',
      toJSON: () => ({}),
    }));
  }

  watch(callback: () => void): () => void {
    this.#watchers.add(callback);
    return () => {
      this.#watchers.delete(callback);
    };
  }

  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** The tracks from devices that nobody has stopped. */
  get live(): FakeTrack[] {
    return this.opened.filter(({ readyState }) => readyState === 'live');
  }

  #take(): Request {
    const request = this.#pending.shift();
    if (!request) throw new Error('Nothing was asked');
    return request;
  }

  #open(constraints: MediaStreamConstraints): FakeTrack[] {
    const tracks: FakeTrack[] = [];
    for (const [role, kind] of [
      ['audio', 'audioinput'],
      ['video', 'videoinput'],
    ] as const) {
      const wanted = constraints[role];
      if (!wanted) continue;
      const device = this.#choose(kind, wanted === true ? {} : wanted);
      this.permissions[role === 'audio' ? 'microphone' : 'camera'] = 'granted';
      const { deviceId, facingMode, label = deviceId } = device;
      tracks.push(new FakeTrack(role, { deviceId, ...(facingMode && { facingMode }) }, label));
    }
    return tracks;
  }

  #choose(kind: FakeDevice['kind'], { deviceId, facingMode }: MediaTrackConstraints): FakeDevice {
    const devices = this.list.filter((device) => device.kind === kind);
    const [first] = devices;
    if (!first) throw exception('NotFoundError');
    if (typeof deviceId === 'object' && 'exact' in deviceId) {
      const exact = devices.find((device) => device.deviceId === deviceId.exact);
      if (!exact) throw exception('OverconstrainedError', 'deviceId');
      return exact;
    }
    return devices.find((device) => facingMode !== undefined && device.facingMode === facingMode) ?? first;
  }
}
