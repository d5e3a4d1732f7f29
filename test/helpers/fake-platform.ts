/** The browser behind the core, as a fake: see `Platform`. Needs no browser. */
import type { Engine, LevelMeter, Platform } from '../../src/core/platform.js';
import { FakeClock, seededRandom } from './fake-clock.js';
import { FakeDevices, FakeStream, type FakeTrack } from './fake-media.js';
import { FakeNetwork } from './fake-network.js';
import { FakePeerConnection } from './fake-peer-connection.js';

export interface FakePlatformOptions {
  /** Shared by all pages of a test. */
  clock?: FakeClock;
  network?: FakeNetwork;
  engine?: Engine;
  /** Decides every random id of this page. */
  seed?: number;
}

/** One page in one browser. */
export class FakePlatform implements Platform {
  readonly clock: FakeClock;
  readonly network: FakeNetwork;
  readonly devices = new FakeDevices();
  /** Every connection that this page made, open or closed. */
  readonly connections: FakePeerConnection[] = [];
  readonly configurations: RTCConfiguration[] = [];
  /** What `reportException` got. */
  readonly exceptions: unknown[] = [];
  /** Given out by `randomId()` before the random ones. */
  readonly nextIds: string[] = [];
  engine: Engine;
  /** What the browser keeps for the origin: shared by the visits of one person. */
  storage = new Map<string, string>();
  canConnect = true;
  isSecure = true;
  isOnline = true;
  /** How long every operation of a connection takes. */
  operationMs = 0;
  /** A configuration that names one of these URLs is refused, as by Firefox for a port that it blocks. */
  readonly refusedUrls: string[] = [];
  readonly forbidden = new Set<'camera' | 'microphone' | 'display-capture'>();
  /** How loud every microphone is, as root mean square. */
  soundLevel = 0;
  /** The tracks that are measured at the moment. */
  readonly measuredTracks = new Set<FakeTrack>();
  readonly #random: () => number;
  readonly #networkWatchers = new Set<() => void>();
  /** The page is gone: no timer of it runs any more. */
  isGone = false;
  /** In the back/forward cache: timers wait. */
  isResting = false;
  #overdue: (() => void)[] = [];
  readonly #timers = new Set<() => void>();
  readonly #lifecycle = new Set<(event: 'hide' | 'show') => void>();

  constructor({ clock, network, engine = 'chromium', seed = 1 }: FakePlatformOptions = {}) {
    this.clock = clock ?? new FakeClock();
    this.network = network ?? new FakeNetwork(this.clock);
    this.engine = engine;
    this.#random = seededRandom(seed);
  }

  now = (): number => this.clock.now();

  wallClock = (): number => 1_800_000_000_000 + this.clock.now();

  setTimer = (callback: () => void, delayMs: number): (() => void) => {
    const timer = this.clock.setTimer(() => {
      this.#timers.delete(timer);
      if (this.isResting) this.#overdue.push(callback);
      else if (!this.isGone) callback();
    }, delayMs);
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
      timer();
    };
  };

  /** How many timers this page has set. */
  get timerCount(): number {
    return this.#timers.size;
  }

  randomId = (): string => {
    const digits = Array.from({ length: 32 }, () => Math.floor(this.#random() * 16).toString(16));
    return this.nextIds.shift() ?? digits.join('');
  };

  createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection {
    const connection = new FakePeerConnection(this.clock, this.network, this.engine);
    connection.operationMs = this.operationMs;
    connection.refusedUrls = this.refusedUrls;
    connection.checkServers(configuration);
    this.connections.push(connection);
    this.configurations.push(configuration);
    return connection as unknown as RTCPeerConnection;
  }

  videoCodecs(): RTCRtpCodec[] {
    return ['VP8', 'VP9', 'AV1'].map((name) => ({ mimeType: `video/${name}`, clockRate: 90_000 }));
  }

  createMediaStream(tracks: MediaStreamTrack[] = []): MediaStream {
    return new FakeStream(tracks as unknown as FakeTrack[]) as unknown as MediaStream;
  }

  createLevelMeter(track: MediaStreamTrack): LevelMeter {
    const fake = track as unknown as FakeTrack;
    this.measuredTracks.add(fake);
    return {
      read: () => (fake.enabled && fake.readyState === 'live' ? this.soundLevel : 0),
      close: () => void this.measuredTracks.delete(fake),
    };
  }

  async getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    return (await this.devices.ask(constraints)) as unknown as MediaStream;
  }

  async getDisplayMedia(options: DisplayMediaStreamOptions): Promise<MediaStream> {
    return (await this.devices.ask(options, true)) as unknown as MediaStream;
  }

  async enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return this.devices.enumerate();
  }

  async isAllowed(feature: 'camera' | 'microphone' | 'display-capture'): Promise<boolean> {
    return !this.forbidden.has(feature);
  }

  async permissionState(name: 'camera' | 'microphone'): Promise<PermissionState | 'unknown'> {
    return this.devices.permissions[name];
  }

  recall(key: string): string | null {
    return this.storage.get(key) ?? null;
  }

  keep(key: string, text: string): void {
    this.storage.set(key, text);
  }

  onDevicesChange(callback: () => void): () => void {
    return this.devices.watch(callback);
  }

  onPageLifecycle(callback: (event: 'hide' | 'show') => void): () => void {
    this.#lifecycle.add(callback);
    return () => {
      this.#lifecycle.delete(callback);
    };
  }

  onNetworkChange(callback: () => void): () => void {
    this.#networkWatchers.add(callback);
    return () => {
      this.#networkWatchers.delete(callback);
    };
  }

  reportException(error: unknown): void {
    this.exceptions.push(error);
  }

  /** The browser says that the network has changed. */
  changeNetwork(): void {
    for (const callback of [...this.#networkWatchers]) callback();
  }

  /** The page goes into the back/forward cache, or away for good. */
  hide(): void {
    for (const callback of [...this.#lifecycle]) callback('hide');
  }

  /** The page comes back from the back/forward cache. */
  show(): void {
    for (const callback of [...this.#lifecycle]) callback('show');
  }

  /** The page goes into the back/forward cache and stays there until `wake()`. */
  rest(): void {
    this.hide();
    this.isResting = true;
  }

  wake(): void {
    this.isResting = false;
    const overdue = this.#overdue;
    this.#overdue = [];
    this.show();
    for (const callback of overdue) callback();
  }

  /**
   * The page is gone for good. When it is closed or reloaded, the browser closes its connections, after a last
   * `pagehide` (which some pages never get); when it crashed, nobody is told anything.
   */
  vanish(manner: 'crash' | 'close' | 'pagehide'): void {
    if (manner === 'pagehide') this.hide();
    this.isGone = true;
    for (const connection of this.openConnections) {
      if (manner === 'crash') connection.vanish();
      else connection.close();
    }
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  /** The newest connection. */
  get connection(): FakePeerConnection {
    const newest = this.connections.at(-1);
    if (!newest) throw new Error('No connection was made');
    return newest;
  }

  /** The connections that nobody has closed. */
  get openConnections(): FakePeerConnection[] {
    return this.connections.filter(({ signalingState }) => signalingState !== 'closed');
  }
}
