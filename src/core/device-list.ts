import type { Device } from './call-state.js';
import type { ChosenDevice } from './devices.js';
import type { Platform } from './platform.js';

/** Where the chosen devices are kept: in `localStorage`, as JSON, for each kind `{deviceId, label}`. */
export const memoryKey = 'rtc-call/devices';

/** What is plugged in, and what the person has chosen of it, in earlier visits too. Opens nothing. */
export class DeviceList {
  readonly #platform: Platform;
  readonly #onChange: (devices: readonly Device[]) => void;
  #devices: readonly Device[] = [];
  readonly #watchers = new Set<(arrived: readonly Device[]) => void>();
  #stop: (() => void) | null = null;
  #refreshes = 0;

  constructor(platform: Platform, onChange: (devices: readonly Device[]) => void) {
    this.#platform = platform;
    this.#onChange = onChange;
  }

  get devices(): readonly Device[] {
    return this.#devices;
  }

  /**
   * Keeps the list up to date until the returned function is called.
   * @param callback after devices or permissions have changed, with the devices that are new
   */
  watch(callback: (arrived: readonly Device[]) => void): () => void {
    const watcher = (arrived: readonly Device[]): void => {
      callback(arrived);
    };
    this.#watchers.add(watcher);
    this.#stop ??= this.#platform.onDevicesChange(() => {
      void this.#update();
    });
    void this.refresh();
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size > 0) return;
      this.#stop?.();
      this.#stop = null;
    };
  }

  /** Looks what is there now. Never rejects: where devices are withheld there are none. */
  async refresh(): Promise<void> {
    const number = ++this.#refreshes;
    let found: MediaDeviceInfo[] = [];
    try {
      found = await this.#platform.enumerateDevices();
    } catch {
      // An insecure page has none.
    }
    if (number !== this.#refreshes) return;
    const devices = found.map(({ kind, deviceId, label }) => Object.freeze({ kind, deviceId, label }));
    if (JSON.stringify(devices) === JSON.stringify(this.#devices)) return;
    this.#devices = Object.freeze(devices);
    this.#onChange(this.#devices);
  }

  /** The devices of the kind that have an id; none before the person has given permission. */
  known(kind: MediaDeviceKind): readonly Device[] {
    return this.#devices.filter((device) => device.kind === kind && device.deviceId !== '');
  }

  /** The chosen device as it is plugged in now: by its id, else by its label. */
  find(kind: MediaDeviceKind, { deviceId, label }: ChosenDevice): Device | undefined {
    const known = this.known(kind);
    return (
      known.find((one) => one.deviceId === deviceId) ?? known.find((one) => label && one.label === label)
    );
  }

  /** What the person chose last of this kind, in this or an earlier visit. */
  recall(kind: MediaDeviceKind): ChosenDevice | null {
    const { deviceId, label } = (this.#read()[kind] ?? {}) as Partial<Record<keyof ChosenDevice, unknown>>;
    return typeof deviceId === 'string' && typeof label === 'string' ? { deviceId, label } : null;
  }

  /** Remembers a choice for later visits. */
  keep(kind: MediaDeviceKind, device: ChosenDevice): void {
    this.#platform.keep(memoryKey, JSON.stringify({ ...this.#read(), [kind]: device }));
  }

  async #update(): Promise<void> {
    const former = this.#devices;
    await this.refresh();
    // What gets its id by a permission has been there before.
    const arrived = this.#devices.filter(
      ({ kind, deviceId }) =>
        former.some((one) => one.kind === kind && one.deviceId !== '') &&
        !former.some((one) => one.kind === kind && one.deviceId === deviceId),
    );
    for (const watcher of [...this.#watchers]) watcher(arrived);
  }

  #read(): Partial<Record<MediaDeviceKind, unknown>> {
    try {
      const kept: unknown = JSON.parse(this.#platform.recall(memoryKey) ?? '{}');
      return typeof kept === 'object' && kept !== null ? kept : {};
    } catch {
      return {}; // written by somebody else
    }
  }
}
