/** The transceivers of the fake connection (webrtc-pc §5). Needs no browser. */
import { type FakeStream, FakeTrack } from './fake-media.js';
import type { Direction } from './fake-sdp.js';

export class FakeSender {
  track: FakeTrack | null = null;
  streams: string[] = [];
  /** Every track that `replaceTrack` put here. */
  readonly replaced: (FakeTrack | null)[] = [];
  readonly #onChange: () => void;
  readonly #kind: string;

  constructor(kind: string, onChange: () => void) {
    this.#kind = kind;
    this.#onChange = onChange;
  }

  /** Never negotiates. */
  async replaceTrack(track: FakeTrack | null): Promise<void> {
    if (track && track.kind !== this.#kind) throw new TypeError('A track of another kind');
    this.track = track;
    this.replaced.push(track);
  }

  setStreams(...streams: FakeStream[]): void {
    this.streams = streams.map(({ id }) => id);
    this.#onChange();
  }
}

export class FakeTransceiver {
  mid: string | null = null;
  currentDirection: Direction | null = null;
  /** The other side's description says that it sends. */
  isReceiving = false;
  readonly kind: 'audio' | 'video';
  readonly sender: FakeSender;
  readonly receiver: { readonly track: FakeTrack };
  #direction: Direction;
  readonly #onChange: () => void;

  constructor(kind: 'audio' | 'video', direction: Direction, onChange: () => void) {
    this.kind = kind;
    this.#direction = direction;
    this.#onChange = onChange;
    this.sender = new FakeSender(kind, onChange);
    const track = new FakeTrack(kind);
    track.muted = true;
    this.receiver = { track };
  }

  get direction(): Direction {
    return this.#direction;
  }

  set direction(direction: Direction) {
    if (direction === this.#direction) return;
    this.#direction = direction;
    this.#onChange();
  }
}
