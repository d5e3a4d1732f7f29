import { CallController } from '../../src/core/call-controller.js';
import {
  initialState,
  reduce,
  type CallFact,
  type CallState,
  type Participant,
} from '../../src/core/call-state.js';
import type { CallError } from '../../src/core/errors.js';
import { Store } from '../../src/core/store.js';

/** A call in whatever state a test tells, for what real connections reach only by accident. */
export class ScriptedController extends CallController {
  readonly #script = new Store<CallState, CallFact>(initialState, reduce, (error) => {
    reportError(error);
  });
  /** The commands that elements gave, in order. */
  readonly commands: string[] = [];

  override get state(): CallState {
    return this.#script.state;
  }

  override subscribe<Slice>(
    selector: (state: CallState) => Slice,
    callback: (slice: Slice) => void,
  ): () => void {
    return this.#script.subscribe(selector, callback);
  }

  tell(...facts: CallFact[]): this {
    for (const fact of facts) this.#script.dispatch(fact);
    return this;
  }

  /** Somebody who is connected, with a stream that has no tracks unless `changes` say otherwise. */
  join(
    id: string,
    changes: Partial<Omit<Participant, 'id' | 'stream'>> = {},
    stream = new MediaStream(),
  ): this {
    return this.tell(
      { type: 'participant-joined', id, name: '', stream },
      { type: 'participant-changed', id, changes: { connection: 'connected', ...changes } },
    );
  }

  override start(): Promise<void> {
    this.commands.push('start');
    this.tell({ type: 'started' });
    return Promise.resolve();
  }

  override end(): void {
    this.commands.push('end');
    this.tell({ type: 'ended' });
  }

  override preview(): Promise<void> {
    this.commands.push('preview');
    return Promise.resolve();
  }

  override flipCamera(): Promise<void> {
    this.commands.push('flip');
    return Promise.resolve();
  }

  override declineIncoming(): void {
    this.commands.push('decline');
  }

  override callAgain(): void {
    this.commands.push('call again');
  }

  /** How often the devices are watched at the moment. */
  deviceWatches = 0;

  override watchDevices(): () => void {
    this.deviceWatches++;
    return () => this.deviceWatches--;
  }

  /** Settles what `selectDevice()` has begun, in order. */
  readonly selections: { resolve: () => void; reject: (error: CallError) => void }[] = [];

  override selectDevice(kind: MediaDeviceKind, deviceId: string): Promise<void> {
    this.commands.push(`${kind} ${deviceId}`);
    return new Promise((resolve, reject) => {
      this.selections.push({ resolve, reject });
    });
  }

  override setPlaybackBlocked(blocked: boolean): void {
    this.tell({ type: 'playback-changed', blocked });
  }

  override resumePlayback(): Promise<void> {
    this.setPlaybackBlocked(false);
    return Promise.resolve();
  }
}
