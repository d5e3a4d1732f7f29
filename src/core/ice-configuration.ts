import type { CallOptions } from './call-options.js';
import { iceServersDistrustMs, iceServersTimeoutMs } from './defaults.js';
import { CallError } from './errors.js';
import { checkIceServers, refusedServer } from './ice-servers.js';
import type { Platform } from './platform.js';

/** Makes the `RTCConfiguration` of a connection or restart from the settings, asking the page's provider. */
export class IceConfiguration {
  readonly #platform: Platform;
  readonly #events: { invalid: (error: CallError) => void; fault: (error: CallError) => void };
  readonly #pending = new Set<() => void>();
  #known: RTCIceServer[] | null = null;
  /** URLs that this browser refuses: named once. */
  readonly #refused = new Set<string>();
  /** Until then the provider is asked, but nothing waits for it. */
  #distrustedUntil = 0;

  constructor(
    platform: Platform,
    events: {
      /** A server that can not be used: the provider gave it, or the browser refuses it. */
      invalid: (error: CallError) => void;
      /** The provider failed or took too long. */
      fault: (error: CallError) => void;
    },
  ) {
    this.#platform = platform;
    this.#events = events;
  }

  /**
   * At once where there is no provider; else what it answers within 5 s, or the last known servers. Where the
   * browser makes no connection for want of a network, it waits for one.
   * @param refused the browser did not take it: as much of it as it takes
   */
  get(options: CallOptions, refused?: RTCConfiguration): RTCConfiguration | Promise<RTCConfiguration> {
    if (refused) return this.#accepted(refused);
    const { iceServers, iceServersProvider, iceTransportPolicy } = options;
    const using = (servers: RTCIceServer[]): RTCConfiguration => ({
      iceServers: servers,
      iceTransportPolicy,
      bundlePolicy: 'max-bundle',
    });
    if (this.#isRefused) {
      return this.#untilOnline().then(() =>
        this.#isRefused ? using(this.#known ?? iceServers) : this.get(options),
      );
    }
    if (!iceServersProvider) return using(iceServers);
    return this.#ask(iceServersProvider).then((servers) => using(servers ?? this.#known ?? iceServers));
  }

  /** Browsers refuse a whole configuration for one server, Firefox 153 for a port that it blocks for everything. */
  #accepted(configuration: RTCConfiguration): RTCConfiguration {
    const refusal = (iceServers: RTCIceServer[]): unknown => {
      try {
        this.#platform.createPeerConnection({ ...configuration, iceServers }).close();
        return null;
      } catch (error) {
        return error;
      }
    };
    if (refusal([])) return configuration; // the servers are not the reason
    const accepts = (server: RTCIceServer): boolean => {
      const { urls } = server as { urls: string };
      const cause = refusal([server]);
      if (cause && !this.#refused.has(urls)) {
        this.#refused.add(urls);
        this.#events.invalid(refusedServer(urls, cause));
      }
      return !cause;
    };
    const servers = (configuration.iceServers ?? []).flatMap((server) =>
      [server.urls].flat().map((urls) => ({ ...server, urls })),
    );
    return { ...configuration, iceServers: servers.filter(accepts) };
  }

  /** Stops waiting for provider and network; what was asked is answered with the last known servers, silently. */
  cancel(): void {
    for (const give of [...this.#pending]) give();
  }

  /** Without a network Firefox makes no connection; others do, and connect it later by themselves. */
  get #isRefused(): boolean {
    return !this.#platform.isOnline && this.#platform.engine === 'firefox';
  }

  /** Or until it is cancelled. */
  #untilOnline(): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        stop();
        this.#pending.delete(settle);
        resolve();
      };
      const stop = this.#platform.onNetworkChange(() => {
        if (!this.#isRefused) settle();
      });
      this.#pending.add(settle);
    });
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
      const isDistrusted = (): boolean => this.#platform.now() < this.#distrustedUntil;
      const cancelTimer = this.#platform.setTimer(
        () => {
          if (isDistrusted()) {
            giveUp(); // it has been said
            return;
          }
          this.#distrustedUntil = this.#platform.now() + iceServersDistrustMs;
          fail(`it took more than ${iceServersTimeoutMs} ms`);
        },
        isDistrusted() ? 0 : iceServersTimeoutMs,
      );
      this.#pending.add(giveUp);
      (async () => provider())().then(
        (answer) => {
          const { iceServers, errors } = checkIceServers(answer);
          this.#known = iceServers; // a late answer serves the next time
          if (!this.#pending.has(giveUp)) return;
          this.#distrustedUntil = 0;
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
