import {
  byeCheckIntervalMs,
  byeCheckMs,
  helloIntervalsMs,
  maxUnconfirmedSessions,
  protocolVersion,
  reloadGraceMs,
  replyAckDelayMs,
  silenceTimeoutMs,
  unconfirmedTimeoutMs,
} from './defaults.js';
import type { Caller } from './incoming-callers.js';
import { RosterEntry as Entry, type Peer, type SelfDescription, type SignalBody } from './peer.js';
import type { Platform } from './platform.js';
import type { EnvelopedMessage, SignalKind, SignalSidecar } from './signal.js';

export interface RosterEvents {
  /** Puts a message on every path to `session` (`null`: broadcast on the page's transport). */
  transmit: (message: EnvelopedMessage, session: string | null) => void;
  /** Whether the call has a place for this id; otherwise its page is told `full`. */
  hasPlace: (id: string) => boolean;
  /** Whether anybody is or was connected. Before that nobody is told `full`. */
  isSettled: () => boolean;
  /** Also for a peer that is known under another session, whose place the new one takes. */
  joined: (peer: Peer) => void;
  left: (peer: Peer, reason: 'left' | 'timeout' | 'replaced') => void;
  received: (peer: Peer, message: EnvelopedMessage) => void;
  /** Anything has come from a peer, perhaps only an acknowledgement. */
  heard: (peer: Peer) => void;
  /** Whether media or data still flow from a peer whose signals fell silent. */
  isAlive: (peer: Peer) => boolean;
  /** Whether the call's own connection to a peer stands: nobody outside speaks for it then. */
  isHeld: (peer: Peer) => boolean;
  /** Somebody outside did: perhaps the peer itself, for which the connection does not stand any more. */
  doubted: (peer: Peer) => void;
  /** This session says that there is no place for us. */
  refused: (session: string) => void;
  /** Somebody who has not joined does not want to. */
  declined: (caller: Caller) => void;
  /** Something went beyond a limit and was left out. */
  dropped: (what: string) => void;
}

/** Bounded memory of sessions that are over, and of those that may come back. */
const maxRemembered = 256;

/**
 * Who is there: finds the other pages of the room, tells living ones from echoes and from pages that are gone,
 * and gives each pair of sessions an ordered, reliable channel. One roster lives for one started call.
 */
export class Roster {
  /** 128 random bits, fresh for every started call. */
  readonly session: string;
  readonly #platform: Platform;
  readonly #describeSelf: () => SelfDescription;
  readonly #events: RosterEvents;
  readonly #engine: string;
  readonly #entries = new Map<string, Entry>();
  /** Over: late messages must not bring them back. */
  readonly #retired = new Set<string>();
  /** Given up, but perhaps still there: they come back by an answer to a new question. */
  readonly #forgotten = new Set<string>();
  #helloCount = 0;
  #cancelHello: (() => void) | null = null;

  constructor(options: { platform: Platform; describeSelf: () => SelfDescription; events: RosterEvents }) {
    this.#platform = options.platform;
    this.#describeSelf = options.describeSelf;
    this.#events = options.events;
    this.#engine = options.platform.engine;
    this.session = options.platform.randomId();
  }

  /** Whether no other page of this library has been heard. */
  get isAlone(): boolean {
    return this.#entries.size === 0;
  }

  /** Says hello at once, and again with back-off until `stop()`. */
  start(): void {
    this.#sayHello();
  }

  /**
   * Says goodbye to everybody and forgets them. May be called twice.
   * @param mayReturn the page goes, and perhaps comes back in a moment under the same id: it is reloaded
   */
  stop(mayReturn = false): void {
    if (!this.#cancelHello) return;
    this.#cancelHello();
    this.#cancelHello = null;
    this.#broadcast({ kind: 'bye', ...(mayReturn && { mayReturn }) });
    for (const entry of this.#entries.values()) entry.close();
    this.#entries.clear();
  }

  /** Sends to every participant; what `media` has to say, only where no other message has said it. */
  sendToAll(body: SignalBody): void {
    const media = body.media && JSON.stringify(body.media);
    for (const entry of this.#confirmed()) if (!media || media !== entry.toldMedia) entry.send(body);
  }

  /** Forgets a peer for good that has no place for us. */
  drop(session: string): void {
    const entry = this.#entries.get(session);
    if (entry?.confirmed) this.#onBye(entry, 'replaced');
  }

  /**
   * @param sender who sent it, where the transport knows
   * @param path `channel`: over the call's own connection, which proves the sender
   */
  receive(message: EnvelopedMessage, sender?: string, path: 'transport' | 'channel' = 'transport'): void {
    if (!this.#cancelHello) return;
    const { rtc } = message;
    if (!this.#concernsUs(rtc)) return;
    let entry = this.#entries.get(rtc.session);
    if (entry?.sender !== undefined && sender !== undefined && entry.sender !== sender) return;
    if (path === 'transport' && entry?.confirmed && this.#events.isHeld(entry)) {
      // What it has to say comes over the connection too, or again when that is known to be lost.
      if (rtc.kind === 'bye') this.#awaitLeaving(entry, rtc.mayReturn);
      else this.#events.doubted(entry);
      return;
    }
    if (rtc.kind === 'full') {
      if (rtc.toSession === this.session) this.#events.refused(rtc.session);
      return;
    }
    if (rtc.kind === 'decline') {
      // Its session has not joined, and never does.
      if (rtc.toSession === this.session && !entry)
        this.#events.declined({ id: rtc.from, name: rtc.name ?? '' });
      return;
    }
    if (!entry && rtc.kind === 'bye') remember(this.#retired, rtc.session); // its first words may still be on the way
    entry ??= this.#meet(rtc, sender) ?? undefined;
    if (!entry) return;
    if (this.#hasStartedOver(entry, rtc)) {
      this.#lose(entry);
      entry = this.#meet(rtc, sender) ?? undefined;
      if (!entry) return;
    }
    if (rtc.nonce !== undefined) entry.theirNonce = rtc.nonce;
    if (!entry.confirmed && !this.#confirm(entry, rtc)) return;
    entry.lastHeardAt = this.#platform.now();
    this.#events.heard(entry);
    if (rtc.ack > 0) entry.delivery.acknowledged(rtc.ack);
    if (rtc.kind === 'ack') return;
    const known = entry;
    const deliver = (): void => {
      this.#deliver(known, message);
    };
    if (replied.has(rtc.kind)) entry.delivery.receive(rtc.seq, deliver, replyAckDelayMs);
    else entry.delivery.receive(rtc.seq, deliver);
  }

  /** Room, own echo, recipient, sessions that are over. */
  #concernsUs(rtc: SignalSidecar): boolean {
    const self = this.#describeSelf();
    if (rtc.toSession === this.session && this.#retired.has(rtc.session)) this.#remindDisplaced(rtc);
    return (
      (rtc.room ?? '') === self.room &&
      rtc.session !== this.session &&
      (rtc.to === undefined || rtc.to === self.id) &&
      (rtc.toSession === undefined || rtc.toSession === this.session) &&
      !this.#retired.has(rtc.session)
    );
  }

  /** A page whose id has joined again elsewhere may have missed that it has no place any more. */
  #remindDisplaced({ kind, from, session }: SignalSidecar): void {
    const isElsewhere = this.#confirmedAs(from) !== null;
    if (isElsewhere && kind !== 'full' && kind !== 'bye') this.#refuse(from, session);
  }

  /** A session seen for the first time is noted. */
  #meet(rtc: SignalSidecar, sender: string | undefined): Entry | null {
    const introduces =
      rtc.kind === 'hello' || (rtc.toSession !== undefined && rtc.kind !== 'ack' && rtc.kind !== 'bye');
    if (!introduces || !this.#cancelHello) return null; // a listener may have ended the call
    if (!this.#events.hasPlace(rtc.from) && this.#events.isSettled()) {
      this.#refuse(rtc.from, rtc.session);
      return null;
    }
    // Who names our session counts as confirmed in a moment: strangers can not keep it out.
    const isConfirmed = rtc.toSession === this.session && this.#confirmedAs(rtc.from) === null;
    if (!isConfirmed && !this.#makeRoom()) return null;
    const entry = new Entry(rtc, {
      platform: this.#platform,
      self: { session: this.session, engine: this.#engine },
      sender,
      transmit: (to, body, seq, ack) => {
        this.#transmit(to, body, seq, ack);
      },
    });
    this.#entries.set(entry.session, entry);
    this.#learn(entry, rtc);
    return entry;
  }

  /** Whether the other side has forgotten us, since it asks a new question, and so counts messages from 1 again. */
  #hasStartedOver(entry: Entry, rtc: SignalSidecar): boolean {
    if (!entry.confirmed || rtc.toSession !== this.session || rtc.nonce === undefined) return false;
    // It forgets nobody sooner; before that a question that is new to us was only overtaken.
    return rtc.nonce !== entry.theirNonce && this.#platform.now() - entry.metAt >= unconfirmedTimeoutMs;
  }

  #makeRoom(): boolean {
    const unconfirmed = [...this.#entries.values()].filter(({ confirmed }) => !confirmed);
    if (unconfirmed.length < maxUnconfirmedSessions) return true;
    const oldest = unconfirmed[0];
    if (!oldest || this.#platform.now() - oldest.lastHeardAt < unconfirmedTimeoutMs) {
      this.#events.dropped(`more than ${maxUnconfirmedSessions} unknown pages want to join at once`);
      return false;
    }
    this.#forget(oldest);
    return true;
  }

  /**
   * Whether the message shows that its page lives and hears us: it names our session; and where the peer is
   * known under another session, or was once forgotten, it answers our question, which a page that is gone can not.
   */
  #proves(entry: Entry, rtc: SignalSidecar): boolean {
    if (rtc.toSession !== this.session) return false;
    const isNew = this.#confirmedAs(entry.id) === null && !this.#forgotten.has(entry.session);
    return isNew || rtc.echo === entry.nonce;
  }

  /** @returns whether the entry is confirmed now */
  #confirm(entry: Entry, rtc: SignalSidecar): boolean {
    if (rtc.kind === 'bye') {
      this.#retire(entry);
      return false;
    }
    const hasPlace = this.#events.hasPlace(entry.id);
    if (!hasPlace && this.#events.isSettled()) {
      this.#refuse(rtc.from, rtc.session);
      this.#forget(entry);
      return false;
    }
    if (!this.#proves(entry, rtc)) {
      entry.lastHeardAt = this.#platform.now();
      if (!entry.addressed) entry.send({ kind: 'hello' }); // our question, which repeats by itself
      return false;
    }
    const former = this.#confirmedAs(entry.id);
    if (former && former.metAt > entry.askedAt) {
      // It answers what was asked before the other came: perhaps late words of a page that has started anew.
      entry.renewQuestion();
      entry.send({ kind: 'hello' });
      return false;
    }
    if (former && this.#events.isHeld(former)) {
      // A second page with the same id, unless the former goes at this very moment.
      if (this.#platform.now() - entry.metAt < byeCheckMs) return false;
      this.#refuse(rtc.from, rtc.session);
      this.#forget(entry);
      return false;
    }
    if (!hasPlace && !this.#makePlace(entry)) return false;
    this.#learn(entry, rtc);
    entry.confirmed = true;
    if (former) {
      this.#refuse(former.id, former.session); // its page may live: a second tab with the same id
      this.#retire(former);
    }
    if (!this.#cancelHello) return false; // a listener ended the call
    this.#events.joined(entry);
    return true;
  }

  /** As long as nobody is connected the smaller sessions have the places, so that all agree who is one too many. */
  #makePlace(entry: Entry): boolean {
    const last = this.#confirmed().reduce<Entry>(
      (one, other) => (one.session > other.session ? one : other),
      entry,
    );
    if (last === entry) return false;
    last.confirmed = false; // it keeps its numbers, and comes back when there is a place
    this.#events.left(last, 'left');
    return this.#cancelHello !== null && this.#events.hasPlace(entry.id);
  }

  #deliver(entry: Entry, message: EnvelopedMessage): void {
    if (!this.#entries.has(entry.session)) return;
    // What has no number may be late, and would bring back a former name or mute state.
    if (message.rtc.seq > 0) this.#learn(entry, message.rtc);
    if (message.rtc.kind !== 'bye') this.#events.received(entry, message);
    else if (message.rtc.mayReturn) this.#awaitLeaving(entry, true);
    else this.#onBye(entry);
  }

  #onBye(entry: Entry, reason: 'left' | 'replaced' = 'left'): void {
    this.#retire(entry);
    this.#events.left(entry, reason);
  }

  /**
   * It has left as soon as its connection falls, unless that stands for long: then somebody else said so. A page that
   * may return has some time to come back under another session.
   */
  #awaitLeaving(entry: Entry, mayReturn = false, waitedMs = 0): void {
    if (waitedMs === 0 && entry.cancelBye) return;
    entry.cancelBye = this.#platform.setTimer(() => {
      entry.cancelBye = null;
      const nowMs = waitedMs + byeCheckIntervalMs;
      if (nowMs >= (mayReturn ? reloadGraceMs : 0) && !this.#events.isHeld(entry)) this.#onBye(entry);
      else if (nowMs < byeCheckMs) this.#awaitLeaving(entry, mayReturn, nowMs);
    }, byeCheckIntervalMs);
  }

  #learn(entry: Entry, rtc: SignalSidecar): void {
    if (rtc.name !== undefined) entry.name = rtc.name;
    if (rtc.media !== undefined) entry.media = rtc.media;
    if (rtc.view !== undefined) entry.view = rtc.view;
    if (rtc.engine !== undefined) entry.engine = rtc.engine;
  }

  #refuse(id: string, session: string): void {
    this.#events.transmit(this.#stamp({ kind: 'full' }, { to: id, toSession: session }), session);
  }

  #confirmed(): Entry[] {
    return [...this.#entries.values()].filter(({ confirmed }) => confirmed);
  }

  #confirmedAs(id: string): Entry | null {
    return this.#confirmed().find((entry) => entry.id === id) ?? null;
  }

  #forget(entry: Entry): void {
    entry.close();
    this.#entries.delete(entry.session);
    remember(this.#forgotten, entry.session);
  }

  #retire(entry: Entry): void {
    this.#forget(entry);
    remember(this.#retired, entry.session);
  }

  /** Not for good: the silence may have been the transport's. */
  #lose(entry: Entry): void {
    this.#forget(entry);
    this.#events.left(entry, 'timeout');
  }

  #sayHello(): void {
    const intervalMs = helloIntervalsMs[Math.min(this.#helloCount++, helloIntervalsMs.length - 1)] ?? 5000;
    this.#cancelHello = this.#platform.setTimer(() => {
      this.#dropTheSilent();
      if (this.#cancelHello) this.#sayHello();
    }, intervalMs);
    this.#broadcast({ kind: 'hello' });
  }

  #dropTheSilent(): void {
    const now = this.#platform.now();
    for (const entry of [...this.#entries.values()]) {
      if (entry.confirmed && this.#events.isAlive(entry)) entry.lastHeardAt = now;
      const silentMs = now - entry.lastHeardAt;
      if (!entry.confirmed && silentMs > unconfirmedTimeoutMs) this.#forget(entry);
      const isLost = silentMs >= silenceTimeoutMs || entry.delivery.isStalled;
      if (entry.confirmed && isLost) this.#lose(entry);
    }
  }

  /** To everybody, whoever that is: simple-peer destroys itself at a message that it does not know, so it gets one. */
  #broadcast(body: SignalBody): void {
    this.#events.transmit({ ...this.#stamp(body, {}), renegotiate: true }, null);
  }

  #transmit(entry: Entry, body: SignalBody | null, seq: number, ack: number): void {
    const address: Partial<SignalSidecar> = { to: entry.id, toSession: entry.session, seq, ack };
    if (entry.theirNonce !== undefined) address.echo = entry.theirNonce;
    if (!entry.confirmed) address.nonce = entry.nonce;
    const message = this.#stamp(body ?? { kind: 'ack' }, address);
    if (message.rtc.media && seq > entry.toldBy) {
      entry.toldBy = seq; // of one that is repeated, the first copy may be the one that arrives
      entry.toldMedia = JSON.stringify(message.rtc.media);
    }
    this.#events.transmit(message, entry.session);
  }

  #stamp(body: SignalBody, address: Partial<SignalSidecar>): EnvelopedMessage {
    const { description, candidate, candidates, kind, ...rest } = body;
    const { id, room, name, media } = this.#describeSelf();
    return {
      ...(description && { description }),
      ...(candidate && { candidate }),
      ...(candidates && { candidates }),
      rtc: {
        version: protocolVersion,
        kind,
        from: id,
        session: this.session,
        seq: 0,
        ack: 0,
        ...(introducing.has(kind) && { engine: this.#engine, media, ...(name && { name }) }),
        ...rest,
        ...address,
        ...(room && { room }),
      },
    };
  }
}

function remember(sessions: Set<string>, session: string): void {
  sessions.add(session);
  const [oldest] = sessions;
  if (oldest !== undefined && sessions.size > maxRemembered) sessions.delete(oldest);
}

/** The kinds that are followed by a message of this side, as a rule. */
const replied: ReadonlySet<SignalKind> = new Set(['hello', 'want', 'description', 'restart', 'reset']);

/** The kinds with which a side may make itself known. */
const introducing: ReadonlySet<SignalKind> = new Set(['hello', 'want', 'description', 'media']);
