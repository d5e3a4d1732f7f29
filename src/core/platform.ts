/**
 * The browser, as far as the core uses it. The core touches no browser global but through this interface, so
 * that races are tested with fakes and a fake clock, and so that the package imports in plain Node.
 */
export interface Platform {
  /** Milliseconds on a clock that never jumps back. */
  now(): number;
  /** Milliseconds since 1970, for people. */
  wallClock(): number;
  /** Calls `callback` once after `delayMs`; the returned function cancels it. */
  setTimer(callback: () => void, delayMs: number): () => void;
  /** 128 random bits as 32 hexadecimal digits, from a cryptographic source. */
  randomId(): string;
  /** Whether this browser can make calls at all. */
  readonly canConnect: boolean;
  /** The family of the engine: decides who offers first (design of the first offer, docs/architecture.md). */
  readonly engine: Engine;
  createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection;
  /** What this browser takes as codecs of pictures, in its own order; empty where it does not say. */
  videoCodecs(): RTCRtpCodec[];
  createMediaStream(tracks?: MediaStreamTrack[]): MediaStream;
  /** Measures a microphone. Owns nothing of the track; null where sound can not be measured. */
  createLevelMeter(track: MediaStreamTrack): LevelMeter | null;
  /** Rejects like `navigator.mediaDevices.getUserMedia`. */
  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream>;
  /** Rejects like `navigator.mediaDevices.getDisplayMedia`. */
  getDisplayMedia(options: DisplayMediaStreamOptions): Promise<MediaStream>;
  enumerateDevices(): Promise<MediaDeviceInfo[]>;
  /** False where devices are withheld because the page is not secure. */
  readonly isSecure: boolean;
  /** False where the device surely has no network; true may be wrong. */
  readonly isOnline: boolean;
  /** False where the page around this one withholds the device; true where that can not be known. Never rejects. */
  isAllowed(feature: 'camera' | 'microphone' | 'display-capture'): Promise<boolean>;
  permissionState(name: 'camera' | 'microphone'): Promise<PermissionState | 'unknown'>;
  /** What `keep()` kept under the key for this origin, in an earlier visit too; null where there is nothing. */
  recall(key: string): string | null;
  /** Keeps a text for later visits; does nothing where the browser keeps nothing. */
  keep(key: string, text: string): void;
  /** Calls back when devices come or go, or when a permission changes; returns the way to stop. */
  onDevicesChange(callback: () => void): () => void;
  /** Calls back when the page goes away (`hide`) and when it returns from the back/forward cache (`show`). */
  onPageLifecycle(callback: (event: 'hide' | 'show') => void): () => void;
  /** Calls back when the network may have changed; returns the way to stop. */
  onNetworkChange(callback: () => void): () => void;
  /** Reports an exception of a listener without disturbing the caller, as the browser does for events. */
  reportException(error: unknown): void;
}

export interface LevelMeter {
  /** Root mean square of the newest sound, 0 to 1; 0 as long as the browser withholds it. */
  read(): number;
  close(): void;
}

export type Engine = 'chromium' | 'firefox' | 'webkit' | 'unknown';

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

function detectEngine(userAgent: string): Engine {
  if (/\bFirefox\//.test(userAgent)) return 'firefox';
  if (/\b(?:Chrome|Chromium|HeadlessChrome)\//.test(userAgent)) return 'chromium';
  return /\bAppleWebKit\//.test(userAgent) ? 'webkit' : 'unknown';
}

/** Devices are absent on insecure pages and in old browsers: a rejection says it like the browser would. */
function mediaDevices(): MediaDevices {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new DOMException('navigator.mediaDevices is missing', 'NotSupportedError');
  return devices;
}

interface PolicyDocument {
  featurePolicy?: { features(): string[]; allowsFeature(feature: string): boolean };
}

/** The real browser. Every member looks its global up when it is used, never at import. */
export const browserPlatform: Platform = {
  now: () => performance.now(),
  wallClock: () => Date.now(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
  randomId: () => hex(crypto.getRandomValues(new Uint8Array(16))),
  get canConnect() {
    return typeof RTCPeerConnection === 'function';
  },
  get engine() {
    return detectEngine(navigator.userAgent);
  },
  createPeerConnection: (configuration) => new RTCPeerConnection(configuration),
  videoCodecs: () => RTCRtpReceiver.getCapabilities('video')?.codecs ?? [],
  createMediaStream: (tracks) => (tracks ? new MediaStream(tracks) : new MediaStream()),
  createLevelMeter(track) {
    if (typeof AudioContext !== 'function') return null;
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 2048 });
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    return {
      read() {
        // Suspended until the person acts; asked sooner, browsers complain on the console.
        const activation = navigator.userActivation as UserActivation | undefined;
        if (context.state === 'suspended' && activation?.hasBeenActive !== false) void context.resume();
        analyser.getFloatTimeDomainData(samples);
        return Math.hypot(...samples) / Math.sqrt(samples.length);
      },
      close() {
        void context.close();
      },
    };
  },
  getUserMedia: async (constraints) => mediaDevices().getUserMedia(constraints),
  async getDisplayMedia(options) {
    const devices: Partial<MediaDevices> = mediaDevices();
    if (devices.getDisplayMedia) return devices.getDisplayMedia(options);
    throw new DOMException('getDisplayMedia is missing', 'NotSupportedError'); // phones
  },
  enumerateDevices: async () => mediaDevices().enumerateDevices(),
  get isSecure() {
    return isSecureContext;
  },
  get isOnline() {
    return navigator.onLine;
  },
  async isAllowed(feature) {
    const isFramed = self !== top;
    // A sandbox without allow-same-origin: no browser gives devices to a page without an origin.
    if (isFramed && origin === 'null') return false;
    const policy = (document as PolicyDocument).featurePolicy; // Chromium only
    if (policy?.features().includes(feature)) return policy.allowsFeature(feature);
    if (!isFramed || feature === 'display-capture') return true;
    // In Firefox 153 a withheld device is denied, as one that the person refused, but it is not even in the list.
    if ((await this.permissionState(feature)) !== 'denied') return true;
    const kind = feature === 'camera' ? 'videoinput' : 'audioinput';
    try {
      return (await this.enumerateDevices()).some((device) => device.kind === kind);
    } catch {
      return true;
    }
  },
  async permissionState(name) {
    try {
      return (await navigator.permissions.query({ name })).state;
    } catch {
      return 'unknown'; // older Firefox knows neither name
    }
  },
  recall(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // switched off by the person, or withheld from a frame
    }
  },
  keep(key, text) {
    try {
      localStorage.setItem(key, text);
    } catch {
      // Switched off or full: the next visit starts with the browser's own choice.
    }
  },
  onDevicesChange(callback) {
    const listening = new AbortController();
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    devices?.addEventListener('devicechange', callback, listening);
    const permissions = navigator.permissions as Permissions | undefined; // absent on insecure pages
    for (const name of ['camera', 'microphone'] as const) {
      permissions?.query({ name }).then(
        (status) => {
          status.addEventListener('change', callback, listening);
        },
        () => undefined,
      );
    }
    return () => {
      listening.abort();
    };
  },
  onPageLifecycle(callback) {
    const listening = new AbortController();
    const onHide = (): void => {
      callback('hide');
    };
    const onShow = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) callback('show');
    };
    addEventListener('pagehide', onHide, listening);
    addEventListener('pageshow', onShow, listening);
    return () => {
      listening.abort();
    };
  },
  onNetworkChange(callback) {
    const listening = new AbortController();
    const { connection } = navigator as { connection?: EventTarget }; // Chromium only
    addEventListener('online', callback, listening);
    connection?.addEventListener('change', callback, listening);
    return () => {
      listening.abort();
    };
  },
  reportException(error) {
    reportError(error);
  },
};
