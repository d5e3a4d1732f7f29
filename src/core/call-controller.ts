import { CallEvent, type CallEventDetails } from './call-events.js';
import {
  initialState,
  isStarted,
  reduce,
  type CallFact,
  type CallState,
  type LeaveReason,
} from './call-state.js';
import { defaultOptions, mergeOptions, type CallOptionChanges, type CallOptions } from './call-options.js';
import {
  errorIntervalMs,
  maxMessageBurst,
  maxMessagesPerSecond,
  maxTextLength,
  protocolVersion,
  silenceTimeoutMs,
} from './defaults.js';
import { diagnose, type Diagnosis } from './diagnosis.js';
import { CallError, type CallErrorCode } from './errors.js';
import { IceConfiguration } from './ice-configuration.js';
import { IncomingCallers } from './incoming-callers.js';
import { LocalMedia } from './local-media.js';
import { Mesh } from './mesh.js';
import { PlainCall, plainPeerId, type PlainCallEvents } from './plain-call.js';
import { browserPlatform, type Platform } from './platform.js';
import { RateLimit } from './rate-limit.js';
import { parseSignal, type EnvelopedMessage, type SignalMedia } from './signal.js';
import { SoundLevel } from './sound-level.js';
import { Store } from './store.js';
import { Views, type View } from './views.js';
import { WaitingOffer, type BareSignal } from './waiting-offer.js';

/**
 * A whole call without a face: devices, participants, connections. Signals leave as `signal` events and come
 * back through `receiveSignal()`; how they travel is the page's business. Owns its store, media and links.
 */
export class CallController extends EventTarget {
  readonly #platform: Platform;
  readonly #store: Store<CallState, CallFact>;
  readonly #media: LocalMedia;
  #options: CallOptions = defaultOptions;
  #randomId = '';
  /** The people of the started call; null outside one, and while the page rests in the back/forward cache. */
  #peers: Mesh | PlainCall | null = null;
  /** A page that does not know this library has spoken first: only its dialect is spoken until `end()`. */
  #isForeign = false;
  /** Of the latest mesh: its last words may come back when the call is over. */
  #formerSession = '';
  #starting: Promise<void> | null = null;
  #finishStart: (() => void) | null = null;
  #stopLifecycle: (() => void) | null = null;
  #cancelSaying: (() => void) | null = null;
  readonly #reportedAt = new Map<CallErrorCode, number>();
  readonly #limit = new RateLimit(maxMessagesPerSecond, maxMessageBurst);
  readonly #callers: IncomingCallers;
  readonly #waiting: WaitingOffer;
  readonly #ice: IceConfiguration;
  readonly #views = new Views();
  readonly #soundLevel: SoundLevel;
  readonly #news: (() => void)[] = [];
  #isTelling = false;
  /** The one under way; whoever asks meanwhile gets the same. */
  #diagnosis: Promise<Diagnosis> | null = null;

  /** @param platform the browser; another one only in tests */
  constructor(options: CallOptionChanges = {}, platform: Platform = browserPlatform) {
    super();
    this.#platform = platform;
    this.#store = new Store(initialState, reduce, (error) => {
      platform.reportException(error);
    });
    this.#callers = new IncomingCallers(platform, {
      arrived: (caller) => {
        this.#emit('incoming', caller);
      },
      changed: (caller) => {
        this.#dispatch({ type: 'incoming-changed', caller });
      },
      declined: (to, toSession) => {
        this.#sayNo(to, toSession);
      },
    });
    this.#waiting = new WaitingOffer(platform);
    this.#ice = new IceConfiguration(platform, {
      invalid: (error) => {
        this.#fail(error);
      },
      fault: (error) => {
        this.#emit('error', { error });
      },
    });
    this.#media = new LocalMedia({
      platform,
      media: this.#options,
      events: {
        status: (kind, status, error) => {
          this.#dispatch({ type: 'media-changed', kind, status, ...(error && { error }) });
          this.#sayMedia();
        },
        track: (role, track) => {
          this.#peers?.setTrack(role, track);
          this.#soundLevel.refresh();
        },
        preview: (stream, facing) => {
          this.#dispatch({ type: 'local-stream-changed', stream, facing });
        },
        granted: () => this.#peers?.permissionGranted(),
        fault: (error) => {
          this.#emit('error', { error });
        },
        fact: (fact) => {
          this.#dispatch(fact);
        },
      },
    });
    this.#soundLevel = new SoundLevel(platform, () => this.#media.microphone);
    this.configure(options);
  }

  /** A frozen snapshot; every part that did not change is the same object as before. */
  get state(): CallState {
    return this.#store.state;
  }

  /** The settings in force. */
  get options(): Readonly<CallOptions> {
    return this.#options;
  }

  /** The own id: `peerId`, or a random one that stays the same for this controller. */
  get id(): string {
    return this.#options.peerId ?? (this.#randomId ||= this.#platform.randomId());
  }

  /** Whether the one other page does not know this library: it takes no texts. */
  get isForeign(): boolean {
    return this.#peers instanceof PlainCall;
  }

  /**
   * Calls `callback` whenever the selected part of the state changes (by `Object.is`), not at once.
   * @returns the way to unsubscribe
   */
  subscribe<Slice>(selector: (state: CallState) => Slice, callback: (slice: Slice) => void): () => void {
    return this.#store.subscribe(selector, callback);
  }

  /**
   * Changes settings, also in a call. A value that can not be used is reported as `invalid-config` by an `error`
   * event and in `state.error`, and the former or default value stays.
   */
  configure(changes: CallOptionChanges): void {
    const former = this.#options;
    const { options, errors } = mergeOptions(former, changes);
    const isElsewhere = options.room !== former.room || options.peerId !== former.peerId;
    const rejoins = this.#peers instanceof Mesh && isElsewhere;
    if (rejoins) this.#leave(); // goodbye is said in the former room, under the former id
    this.#options = options;
    for (const error of errors) this.#fail(error);
    this.#dispatch({ type: 'name-changed', name: options.name });
    this.#media.configure(options);
    if (rejoins && this.#starting) this.#join();
    else this.#peers?.refreshSends();
    if (options.name !== former.name) this.#peers?.sendToAll({ kind: 'media', name: options.name });
  }

  /**
   * Opens the devices without calling anybody. Rejects with a `CallError` when none could be opened; one of two
   * is a success, and `state.media` tells which.
   */
  async preview(): Promise<void> {
    const errors = await this.#media.open();
    const { camera, microphone } = this.state.media;
    const [error] = errors;
    if (error && camera !== 'on' && microphone !== 'on') throw this.#record(error);
  }

  /**
   * Joins the call: says hello at once and opens the devices meanwhile. Resolves when capture has settled,
   * whatever came of it, or when `end()` comes first; called again it returns the same promise.
   * Rejects with `unsupported` or `invalid-config` when no call is possible at all.
   */
  start(): Promise<void> {
    if (this.#starting) return this.#starting;
    const obstacle = this.#obstacle();
    if (obstacle) {
      this.#dispatch({ type: 'refused', error: obstacle });
      return Promise.reject(obstacle);
    }
    const starting = new Promise<void>((resolve) => {
      this.#finishStart = resolve;
    });
    this.#starting = starting;
    this.#callers.clear();
    this.#stopLifecycle = this.#platform.onPageLifecycle((event) => {
      // A page with an id of its own keeps its place when it is only reloaded.
      if (event === 'hide') this.#leave(this.#options.peerId !== null);
      else this.#join();
    });
    this.#dispatch({ type: 'started' });
    // A listener may end the call at every step.
    if (this.#starting === starting) this.#join();
    if (this.#starting === starting) void this.#openDevices(starting);
    return starting;
  }

  /** Leaves the call and stops every track that it opened. May be called twice; `start()` works again. */
  end(): void {
    const finish = this.#finishStart;
    this.#starting = this.#finishStart = null;
    this.#stopLifecycle?.();
    this.#stopLifecycle = null;
    this.#callers.clear(this.state.participants.map(({ id }) => id));
    this.#peers?.stop();
    this.#peers = null;
    this.#isForeign = false;
    this.#waiting.take();
    this.#ice.cancel();
    this.#media.close();
    this.#cancelSaying?.();
    this.#cancelSaying = null;
    this.#dispatch({ type: 'ended' }, 'ended');
    finish?.();
  }

  /**
   * Takes a message of the others. Never throws: what is not ours is ignored, what is ours and malformed is
   * dropped with `invalid-signal`, and neither harms the call.
   * @param message an object or its JSON text
   * @param sender who sent it, where the transport knows: later messages of a participant under another are dropped
   */
  receiveSignal(message: unknown, sender?: { from?: string }): void {
    if (!this.#limit.admits(this.#platform.now())) {
      const error = new CallError('invalid-signal', 'Too many signaling messages arrive; some were dropped.');
      this.#reportOnce(error);
      return;
    }
    const parsed = parseSignal(message);
    if (parsed.outcome === 'invalid') {
      this.#reportOnce(new CallError('invalid-signal', `A signaling message was dropped: ${parsed.reason}.`));
      return;
    }
    const name = nameOf(sender);
    if (parsed.outcome === 'bare') {
      this.#onBare({ message: parsed.message, style: parsed.style, sender: name });
    } else if (parsed.outcome === 'message') {
      if (this.#peers instanceof Mesh) this.#peers.receive(parsed.message, name);
      else if (!this.#peers) this.#onIncoming(parsed.message);
    }
  }

  /** Mutes at once, or unmutes. Rejects with a `CallError` when the microphone can not be opened. */
  async setMicrophone(on: boolean): Promise<void> {
    await this.#command(this.#media.setMicrophone(on));
  }

  /** Closes the camera, its light included, or opens it. Rejects with a `CallError` when it can not be opened. */
  async setCamera(on: boolean): Promise<void> {
    await this.#command(this.#media.setCamera(on));
  }

  /** Shares a screen beside the camera, or stops. Rejects with a `CallError`, also when the person declines. */
  async setScreenShare(on: boolean): Promise<void> {
    if (on && !isStarted(this.state)) {
      throw this.#record(new CallError('invalid-state', 'A screen is shared in a call: start() first.'));
    }
    await this.#command(this.#media.setScreenShare(on));
  }

  /**
   * Uses another device from now on, in the call and in later visits too (kept in `localStorage`, by id and label).
   * Rejects with a `CallError`; the former device stays.
   */
  async selectDevice(kind: MediaDeviceKind, deviceId: string): Promise<void> {
    await this.#command(this.#media.selectDevice(kind, deviceId));
  }

  /**
   * Keeps `state.devices` up to date before devices are open too; opens none and asks the person nothing.
   * @returns the way to stop
   */
  watchDevices(): () => void {
    return this.#media.watchDevices();
  }

  /** Hides whoever calls now, until they call anew, and tells them (`state.declined` on their side). */
  declineIncoming(): void {
    this.#callers.decline();
  }

  /** Calls those who have declined once more: leaves and joins at once, devices untouched. Nothing unless alone in a call. */
  callAgain(): void {
    if (this.state.phase !== 'waiting') return;
    this.#dispatch({ type: 'called-again' });
    this.#leave();
    this.#join();
  }

  /** Turns to the other camera of a phone. Rejects with a `CallError`; the former camera stays. */
  async flipCamera(): Promise<void> {
    await this.#command(this.#media.flipCamera());
  }

  /** Sends a text of at most 8192 characters to everybody in the call. Rejects with a `CallError`. */
  async sendMessage(text: string): Promise<void> {
    const peers = this.#peers;
    if (!peers || this.state.participants.length === 0) {
      throw this.#record(new CallError('invalid-state', 'Nobody is in the call who could get the message.'));
    }
    if (typeof text !== 'string' || text === '' || text.length > maxTextLength) {
      throw this.#record(
        new CallError('invalid-config', `A message is a text of 1 to ${maxTextLength} characters.`),
      );
    }
    if (peers instanceof PlainCall) {
      const reason = 'The other side is not a page of this library: it takes no messages.';
      throw this.#record(new CallError('unsupported', reason));
    }
    await Promise.resolve();
    peers.sendToAll({ kind: 'message', text });
    const at = this.#platform.wallClock();
    this.#dispatch({ type: 'message-added', message: { from: '', name: this.state.name, text, at } });
  }

  /** Statistics of the connection to each participant, by id; or of the one that is named. */
  async getStats(participantId?: string): Promise<Map<string, RTCStatsReport>> {
    const reports = (await this.#peers?.getStats()) ?? new Map<string, RTCStatsReport>();
    if (participantId === undefined) return reports;
    const report = reports.get(participantId);
    return new Map(report ? [[participantId, report]] : []);
  }

  /**
   * Finds out what stands in the way of a call on this side: page, permissions, devices, network, each server. Opens
   * no device and asks the person nothing; takes 6 s at most, and as long as `iceServersProvider` before. Never
   * rejects. The report holds no address and no password.
   */
  diagnose(): Promise<Diagnosis> {
    return (this.#diagnosis ??= diagnose(this.#platform, this.#ice.get(this.#options), this.#options).finally(
      () => {
        this.#diagnosis = null;
      },
    ));
  }

  /** Plays sound that the browser had refused. Call it in a handler of a click or key, or it is refused again. */
  async resumePlayback(): Promise<void> {
    this.#dispatch({ type: 'playback-changed', blocked: false });
    await Promise.resolve();
  }

  /** Told by whoever plays the streams: the browser refuses sound until the person acts. */
  setPlaybackBlocked(blocked: boolean): void {
    this.#dispatch({ type: 'playback-changed', blocked });
  }

  /**
   * Told by whoever shows pictures, so that no larger ones are sent than are seen.
   * @param viewer the same object for each place where a picture is shown
   * @param view null: it shows nothing any more
   */
  setView(viewer: object, view: View | null): void {
    if (this.#views.set(viewer, view) && this.#peers instanceof Mesh) this.#peers.tellViews();
  }

  /**
   * Calls back about ten times a second with how loud the own microphone is, as people hear it: 0 (nothing, or no
   * microphone) to 1; muted too, so that a person can be told. Calls only when that changes. Where the browser lets
   * no sound be measured, which may be so until the person has clicked somewhere, it stays 0.
   * @returns the way to stop
   */
  watchLevel(callback: (level: number) => void): () => void {
    return this.#soundLevel.watch(callback);
  }

  override addEventListener<Type extends keyof CallEventDetails>(
    type: Type,
    listener: ((event: CallEvent<Type>) => void) | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: unknown,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener as EventListenerOrEventListenerObject | null, options);
  }

  #join(): void {
    if (this.#peers) return;
    const waiting = this.#waiting.take();
    if (waiting.length > 0) this.#isForeign = true;
    if (this.#isForeign || this.#options.dialect !== 'auto') this.#joinForeign(waiting);
    else this.#joinMesh();
  }

  /** With one page that does not know this library. */
  #joinForeign(waiting: readonly BareSignal[]): void {
    const { dialect, initiator } = this.#options;
    const plain = new PlainCall({
      platform: this.#platform,
      dialect,
      initiator,
      outgoing: () => this.#media.outgoing,
      configuration: (refused) => this.#ice.get(this.#options, refused),
      events: this.#peerEvents(),
    });
    this.#peers = plain;
    for (const { message, style, sender } of waiting) plain.receive(message, style, sender);
    plain.start();
  }

  #joinMesh(): void {
    const mesh: Mesh = new Mesh({
      platform: this.#platform,
      describeSelf: () => ({
        id: this.id,
        room: this.#options.room,
        name: this.#options.name,
        media: this.#describeMedia(),
      }),
      outgoing: () => this.#media.outgoing,
      configuration: (refused) => this.#ice.get(this.#options, refused),
      maxParticipants: () => this.#options.maxParticipants,
      isAsking: () => [this.state.media.camera, this.state.media.microphone].includes('starting'),
      viewOf: (id) => this.#views.of(id),
      events: {
        ...this.#peerEvents(),
        signal: (message) => {
          if (this.#peers === mesh) this.#emit('signal', message); // else another dialect is spoken now
        },
        message: (from, text) => {
          const at = this.#platform.wallClock();
          const name = this.state.participants.find(({ id }) => id === from)?.name ?? '';
          this.#dispatch({ type: 'message-added', message: { from, name, text, at } });
          this.#emit('message', { from, text, at });
        },
        refused: (why) => {
          const text =
            why === 'full'
              ? 'There is no place in the call: it is full, or the same id is in it already. Try again when somebody has left.'
              : 'The call goes on in another tab or window, which has joined with the same id.';
          const error = new CallError('room-full', text);
          this.#dispatch({ type: 'refused', error });
          this.#emit('error', { error });
          if (why === 'replaced') this.#leave(false, 'replaced');
          this.end();
        },
      },
    });
    this.#peers = mesh;
    const { camera, microphone } = this.state.media;
    if (camera === 'on' || microphone === 'on') mesh.permissionGranted();
    this.#formerSession = mesh.session;
    mesh.start();
  }

  /** What a call tells, with pages of this library and with others. */
  #peerEvents(): PlainCallEvents {
    return {
      fact: (fact, reason) => {
        this.#dispatch(fact, reason);
      },
      signal: (message) => {
        this.#emit('signal', message);
      },
      error: (error) => {
        this.#emit('error', { error });
      },
      dropped: (what) => {
        this.#reportOnce(new CallError('invalid-signal', `Something was dropped: ${what}.`));
      },
    };
  }

  /** Leaves the people, not the call: for another room, or while the page rests. */
  #leave(mayReturn = false, reason: LeaveReason = 'ended'): void {
    this.#peers?.stop(mayReturn);
    this.#peers = null;
    for (const { id } of this.state.participants) this.#dispatch({ type: 'participant-left', id }, reason);
  }

  async #openDevices(starting: Promise<void>): Promise<void> {
    const errors = await this.#media.open();
    if (this.#starting !== starting) return;
    for (const error of errors) this.#fail(error);
    this.#finishStart?.();
  }

  /** What makes a call impossible, or null. */
  #obstacle(): CallError | null {
    if (!this.#platform.canConnect) {
      return new CallError(
        'unsupported',
        'This browser can not make calls: it has no RTCPeerConnection. Use a current browser.',
      );
    }
    const { iceTransportPolicy, iceServers, iceServersProvider } = this.#options;
    const hasRelay = iceServers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/i.test(url)));
    if (iceTransportPolicy === 'relay' && !hasRelay && !iceServersProvider) {
      return new CallError(
        'invalid-config',
        "ice-transport-policy 'relay' needs a TURN server in ice-servers.",
      );
    }
    return null;
  }

  /** A page that does not know this library speaks. Inside a call of this library it is not heard. */
  #onBare(signal: BareSignal): void {
    if (Object.keys(signal.message).length === 0) return; // the end of the candidates
    const peers = this.#peers;
    if (peers instanceof PlainCall) {
      peers.receive(signal.message, signal.style, signal.sender);
    } else if (peers) {
      if (!peers.isAlone) return;
      this.#isForeign = true;
      this.#peers = null; // before it stops: its goodbye must not be sent
      peers.stop();
      this.#joinForeign([signal]);
    } else if (!this.#starting) {
      const { incoming } = this.state;
      if (incoming && incoming.id !== plainPeerId) return;
      if (this.#waiting.keep(signal)) {
        this.#callers.hear({ kind: 'hello', session: plainPeerId, from: plainPeerId }, silenceTimeoutMs);
      }
    }
  }

  /** Somebody is there while this side has not started. */
  #onIncoming({ rtc }: EnvelopedMessage): void {
    const { room, dialect } = this.#options;
    const isOwn = rtc.session === this.#formerSession;
    if (dialect !== 'auto' || isOwn) return;
    if ((rtc.room ?? '') === room && (rtc.to ?? this.id) === this.id) {
      this.#callers.hear(rtc);
    }
  }

  /** Of a session that never joins, since this side has none. A page that does not know this library understands no such word. */
  #sayNo(to: string, toSession: string): void {
    if (to === plainPeerId) return;
    const { name, room } = this.#options;
    const session = this.#platform.randomId();
    const address = { from: this.id, session, to, toSession, seq: 0, ack: 0 };
    const rtc = { version: protocolVersion, kind: 'decline', ...address, name, room } as const;
    this.#emit('signal', { rtc });
  }

  #describeMedia(): SignalMedia {
    const { microphone, camera, screen } = this.state.media;
    const word = (status: string): 'on' | 'off' => (status === 'on' ? 'on' : 'off');
    return { microphone: word(microphone), camera: word(camera), screen: word(screen) };
  }

  /** Devices that open or close together are told together. */
  #sayMedia(): void {
    this.#cancelSaying ??= this.#platform.setTimer(() => {
      this.#cancelSaying = null;
      this.#peers?.sendToAll({ kind: 'media', media: this.#describeMedia() });
    }, 0);
  }

  async #command(action: Promise<void>): Promise<void> {
    try {
      await action;
    } catch (error) {
      throw error instanceof CallError ? this.#record(error) : error;
    }
  }

  /** Keeps the error of a command that rejects with it. */
  #record(error: CallError): CallError {
    this.#dispatch({ type: 'error-recorded', error });
    return error;
  }

  /** Keeps an error and says it: nobody waits for a promise. */
  #fail(error: CallError): void {
    this.#emit('error', { error: this.#record(error) });
  }

  /** Others can cause these at will: one event per code and minute. */
  #reportOnce(error: CallError): void {
    const now = this.#platform.now();
    const last = this.#reportedAt.get(error.code);
    if (last !== undefined && now - last < errorIntervalMs) return;
    this.#reportedAt.set(error.code, now);
    this.#emit('error', { error });
  }

  /** The only way to a new state; tells what has changed by events. */
  #dispatch(fact: CallFact, reason: LeaveReason = 'left'): void {
    const previous = this.#store.state;
    this.#store.dispatch(fact);
    if (this.#store.state.phase === 'connected' && previous.connectedAt === null)
      this.#store.dispatch({ type: 'connected', at: this.#platform.wallClock() });
    const { state } = this.#store;
    if (state === previous) return;
    this.#news.push(() => {
      this.#tell(previous, state, reason);
    });
    if (this.#isTelling) return; // a listener changed the state: what it is being told comes first
    this.#isTelling = true;
    try {
      for (let tell = this.#news.shift(); tell; tell = this.#news.shift()) tell();
    } finally {
      this.#isTelling = false;
    }
  }

  #tell(previous: CallState, state: CallState, reason: LeaveReason): void {
    if (state.media !== previous.media) this.#emit('media-change', { media: state.media });
    if (state.participants !== previous.participants) {
      const has = (list: CallState['participants'], id: string): boolean => list.some((one) => one.id === id);
      for (const participant of previous.participants) {
        if (!has(state.participants, participant.id))
          this.#emit('participant-leave', { participant, reason });
      }
      for (const participant of state.participants) {
        const { id, quality } = participant;
        const former = previous.participants.find((one) => one.id === id);
        if (!former) this.#emit('participant-join', { participant });
        else if (former.quality !== quality) this.#emit('quality-change', { participantId: id, quality });
      }
    }
    if (state.phase !== previous.phase) {
      this.#emit('phase-change', { phase: state.phase, previous: previous.phase });
    }
  }

  #emit<Type extends keyof CallEventDetails>(type: Type, detail: CallEventDetails[Type]): void {
    this.dispatchEvent(new CallEvent(type, detail));
  }
}

/** What the page hands over may be anything, too: a getter that throws names nobody. */
function nameOf(sender: { readonly from?: unknown } | undefined): string | undefined {
  try {
    const from = sender?.from;
    return typeof from === 'string' ? from : undefined;
  } catch {
    return undefined;
  }
}
