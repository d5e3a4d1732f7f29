/** The transceivers of the fake connection (webrtc-pc §5). Needs no browser. */
import { type FakeStream, FakeTrack } from './fake-media.js';
import type { Direction } from './fake-sdp.js';

/** `structuredClone` takes ten times as long. */
const copyOf = (parameters: RTCRtpSendParameters): RTCRtpSendParameters => ({
  ...parameters,
  encodings: parameters.encodings.map((encoding) => ({ ...encoding })),
});

export class FakeSender {
  track: FakeTrack | null = null;
  streams: string[] = [];
  /** Every track that `replaceTrack` put here. */
  readonly replaced: (FakeTrack | null)[] = [];
  /** What `setParameters` got, and what `getParameters` gives. */
  readonly parameters: RTCRtpSendParameters[] = [];
  readonly transport: { iceTransport: { onselectedcandidatepairchange: (() => void) | null } } = {
    iceTransport: { onselectedcandidatepairchange: null },
  };
  /** How often a key frame was asked for. */
  keyFrames = 0;
  /** The next `setParameters` rejects. */
  failsNext = false;
  readonly #onChange: () => void;
  readonly #onTrack: () => void;
  readonly #kind: string;

  constructor(kind: string, onChange: () => void, onTrack: () => void = () => undefined) {
    this.#kind = kind;
    this.#onChange = onChange;
    this.#onTrack = onTrack;
  }

  /** Never negotiates. */
  async replaceTrack(track: FakeTrack | null): Promise<void> {
    if (track && track.kind !== this.#kind) throw new TypeError('A track of another kind');
    this.track = track;
    this.replaced.push(track);
    this.#onTrack();
  }

  getParameters(): RTCRtpSendParameters {
    const empty = { transactionId: '1', codecs: [], headerExtensions: [], rtcp: {}, encodings: [{}] };
    return copyOf(this.parameters.at(-1) ?? empty);
  }

  async setParameters(
    parameters: RTCRtpSendParameters,
    options?: { encodingOptions?: { keyFrame?: boolean }[] },
  ): Promise<void> {
    if (options?.encodingOptions?.some(({ keyFrame }) => keyFrame)) this.keyFrames++;
    if (this.failsNext) {
      this.failsNext = false;
      throw new DOMException('setParameters fails', 'InvalidModificationError');
    }
    this.parameters.push(copyOf(parameters));
  }

  setStreams(...streams: FakeStream[]): void {
    this.streams = streams.map(({ id }) => id);
    this.#onChange();
  }
}

export class FakeReceiver {
  readonly track: FakeTrack;
  /** How loud the newest packet is; null: none came for a long time. */
  audioLevel: number | null = null;
  #packetCount = 0;

  constructor(track: FakeTrack) {
    this.track = track;
  }

  /** Each call finds a newer packet. */
  getSynchronizationSources(): RTCRtpSynchronizationSource[] {
    const { audioLevel } = this;
    const timestamp = ++this.#packetCount;
    return audioLevel === null ? [] : [{ audioLevel, timestamp, rtpTimestamp: timestamp, source: 1 }];
  }
}

export class FakeTransceiver {
  mid: string | null = null;
  currentDirection: Direction | null = null;
  /** The other side's description says that it sends. */
  isReceiving = false;
  /** What `setCodecPreferences` got. */
  codecs: RTCRtpCodec[] = [];
  readonly kind: 'audio' | 'video';
  readonly sender: FakeSender;
  readonly receiver: FakeReceiver;
  #direction: Direction;
  readonly #onChange: () => void;

  constructor(
    kind: 'audio' | 'video',
    direction: Direction,
    onChange: () => void,
    onTrack: () => void = () => undefined,
  ) {
    this.kind = kind;
    this.#direction = direction;
    this.#onChange = onChange;
    this.sender = new FakeSender(kind, onChange, onTrack);
    const track = new FakeTrack(kind);
    track.muted = true;
    this.receiver = new FakeReceiver(track);
  }

  setCodecPreferences(codecs: RTCRtpCodec[]): void {
    this.codecs = codecs;
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
