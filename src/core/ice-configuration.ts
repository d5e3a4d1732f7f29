import type { CallOptions } from './call-options.js';
import { iceServersTimeoutMs } from './defaults.js';
import { CallError } from './errors.js';
import { checkIceServers } from './ice-servers.js';
import type { Platform } from './platform.js';

/** Makes the `RTCConfiguration` of a connection or restart from the settings, asking the page's provider. */
export class IceConfiguration {
  readonly #platform: Platform;
  readonly #events: { invalid: (error: CallError) => void; fault: (error: CallError) => void };
  readonly #pending = new Set<() => void>();
  #known: RTCIceServer[] | null = null;

  constructor(
    platform: Platform,
    events: {
      /** The provider gave a server that can not be used. */
      invalid: (error: CallError) => void;
      /** The provider failed or took too long. */
      fault: (error: CallError) => void;
    },
  ) {
    this.#platform = platform;
    this.#events = events;
  }

  /** At once where there is no provider; else what it answers within 5 s, or the last known servers. */
  get({
    iceServers,
    iceServersProvider,
    iceTransportPolicy,
  }: CallOptions): RTCConfiguration | Promise<RTCConfiguration> {
    const using = (servers: RTCIceServer[]): RTCConfiguration => ({
      iceServers: servers,
      iceTransportPolicy,
      bundlePolicy: 'max-bundle',
    });
    if (!iceServersProvider) return using(iceServers);
    return this.#ask(iceServersProvider).then((servers) => using(servers ?? this.#known ?? iceServers));
  }

  /** Stops waiting for the provider; what was asked is answered with the last known servers, silently. */
  cancel(): void {
    for (const give of [...this.#pending]) give();
  }

  /** Never rejects; null: no usable answer. */
  #ask(provider: () => Promise<RTCIceServer[]>): Promise<RTCIceServer[] | null> {
    return new Promise((resolve) => {
      const settle = (servers: RTCIceServer[] | null): void => {
        cancelTimer();
        this.#pending.delete(giveUp);
        resolve(servers);
      };
      const giveUp = (): void => {
        settle(null);
      };
      const fail = (why: string, cause?: unknown): void => {
        if (!this.#pending.has(giveUp)) return;
        settle(null);
        const message = `iceServersProvider failed (${why}); the last known servers are used.`;
        this.#events.fault(new CallError('timeout', message, { cause }));
      };
      const cancelTimer = this.#platform.setTimer(() => {
        fail(`it took more than ${iceServersTimeoutMs} ms`);
      }, iceServersTimeoutMs);
      this.#pending.add(giveUp);
      (async () => provider())().then(
        (answer) => {
          if (!this.#pending.has(giveUp)) return;
          const { iceServers, errors } = checkIceServers(answer);
          this.#known = iceServers;
          settle(iceServers);
          for (const error of errors) this.#events.invalid(error);
        },
        (cause: unknown) => {
          fail(cause instanceof Error ? cause.message : String(cause), cause);
        },
      );
    });
  }
}
