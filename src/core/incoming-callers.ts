import { incomingTimeoutMs, maxUnconfirmedSessions } from './defaults.js';
import type { Platform } from './platform.js';
import type { SignalSidecar } from './signal.js';

/** Somebody who is there and calls while this side has not started. */
export interface Caller {
  readonly id: string;
  readonly name: string;
  /** Somebody from the call that this side has just left: still in it, and not calling anew. */
  readonly isFormer?: true;
}

interface IncomingEvents {
  arrived: (caller: Caller) => void;
  changed: (first: Caller | null) => void;
  /** Tell this caller; anew with every further hello, since what was told may have been lost. */
  declined: (id: string, session: string) => void;
}

/** Who says hello while this side has not started; each is forgotten when the hellos stop. */
export class IncomingCallers {
  readonly #platform: Platform;
  readonly #events: IncomingEvents;
  readonly #sessions = new Map<string, { caller: Caller; cancel: () => void }>();
  /** Whom the person does not want to hear of any more; the newest ones. */
  readonly #declined = new Set<string>();
  /** Ids of those in the call that this side has left, until they are heard of. */
  #former = new Set<string>();

  constructor(platform: Platform, events: IncomingEvents) {
    this.#platform = platform;
    this.#events = events;
  }

  /**
   * Takes a `hello` or `bye` that is for this side.
   * @param timeoutMs without a repeated hello the caller is forgotten after it
   */
  hear(
    { kind, session, from, name = '' }: Pick<SignalSidecar, 'kind' | 'session' | 'from' | 'name'>,
    timeoutMs = incomingTimeoutMs,
  ): void {
    const known = this.#sessions.get(session);
    if (kind === 'bye') this.#forget(session);
    if (this.#declined.has(session)) {
      if (kind === 'hello') this.#events.declined(from, session);
      return;
    }
    if (kind !== 'hello' || (!known && this.#sessions.size >= maxUnconfirmedSessions)) return;
    known?.cancel();
    const caller =
      known?.caller ??
      Object.freeze({ id: from, name, ...(this.#former.delete(from) && { isFormer: true as const }) });
    const cancel = this.#platform.setTimer(() => {
      this.#forget(session);
    }, timeoutMs);
    this.#sessions.set(session, { caller, cancel });
    if (known) return;
    this.#tell();
    this.#events.arrived(caller);
  }

  /** Says no more of whoever calls now, and tells them: a session that starts later is a new call. */
  decline(): void {
    const [first] = this.#sessions;
    if (!first) return;
    const [session, { caller }] = first;
    this.#declined.add(session);
    const [oldest = ''] = this.#declined;
    if (this.#declined.size > maxUnconfirmedSessions) this.#declined.delete(oldest);
    this.#forget(session);
    this.#events.declined(caller.id, session);
  }

  /**
   * Forgets everybody, the declined too.
   * @param former ids of those who were in the call that ends now
   */
  clear(former: readonly string[] = []): void {
    this.#former = new Set(former);
    for (const { cancel } of this.#sessions.values()) cancel();
    this.#sessions.clear();
    this.#declined.clear();
    this.#tell();
  }

  #forget(session: string): void {
    this.#sessions.get(session)?.cancel();
    if (this.#sessions.delete(session)) this.#tell();
  }

  #tell(): void {
    const [first] = this.#sessions.values();
    this.#events.changed(first?.caller ?? null);
  }
}
