/** A page that does not know this library, as textbook code writes it: no queue, no glare. Needs no browser. */
import type { SignalMessage } from '../../src/core/signal.js';
import type { FakeClock } from './fake-clock.js';
import { FakeTrack } from './fake-media.js';
import type { FakeNetwork } from './fake-network.js';
import { FakePeerConnection } from './fake-peer-connection.js';
import type { FakeTransport } from './fake-transport.js';

interface Description {
  readonly type: RTCSdpType;
  readonly sdp: string;
}

export interface ForeignOptions {
  /** `{type, sdp}` instead of `{description}`. */
  isFlat?: boolean;
  /** Candidates as simple-peer writes them. */
  isSimplePeer?: boolean;
}

export class ForeignPage {
  connection: FakePeerConnection;
  /** Every message that came in, in order. */
  readonly received: SignalMessage[] = [];
  /** What textbook code would have thrown. */
  readonly errors: unknown[] = [];
  readonly options: ForeignOptions;
  readonly #send: (message: SignalMessage) => void;
  readonly #make: () => FakePeerConnection;

  constructor(
    world: { clock: FakeClock; network: FakeNetwork; transport: FakeTransport<SignalMessage> },
    options: ForeignOptions = {},
  ) {
    this.options = options;
    this.#make = () => new FakePeerConnection(world.clock, world.network);
    this.connection = this.#open();
    this.#send = world.transport.join('foreign', (message) => {
      this.received.push(message);
      this.#receive(message).catch((error: unknown) => this.errors.push(error));
    });
  }

  /** Offers, with these further sections, as the clock goes on. */
  offer(...kinds: ('audio' | 'video')[]): void {
    for (const kind of kinds) this.connection.addTransceiver(new FakeTrack(kind));
    void this.connection.setLocalDescription().then(() => {
      this.#sendDescription();
    });
  }

  hangUp(): void {
    this.connection.close();
  }

  /** The page is loaded anew, with a connection of another session. */
  reload(): void {
    this.connection.close();
    this.connection = this.#open();
  }

  say(message: SignalMessage): void {
    this.#send(message);
  }

  /** What came in, as words. */
  get kinds(): string[] {
    return this.received.map((message) => {
      const { description, candidate, rtc, type } = message;
      return rtc?.kind ?? description?.type ?? type ?? (candidate ? 'candidate' : '?');
    });
  }

  #open(): FakePeerConnection {
    const connection = this.#make();
    connection.onicecandidate = ({ candidate }) => {
      const { sdpMid = null, sdpMLineIndex = null } = candidate?.toJSON() ?? {};
      const bare = candidate && { candidate: candidate.candidate, sdpMid, sdpMLineIndex };
      if (!this.options.isSimplePeer) this.#send({ candidate: candidate?.toJSON() ?? null } as SignalMessage);
      else if (bare) this.#send({ type: 'candidate', candidate: bare });
    };
    return connection;
  }

  async #receive(message: SignalMessage): Promise<void> {
    const { connection } = this;
    const { isFlat = false } = this.options;
    const description = isFlat && message.sdp ? (message as Description) : message.description;
    if (message.candidate) await connection.addIceCandidate(message.candidate);
    if (!description) return;
    await connection.setRemoteDescription(description);
    if (description.type !== 'offer') return;
    for (const transceiver of connection.getTransceivers()) transceiver.direction = 'sendrecv';
    await connection.setLocalDescription();
    this.#sendDescription();
  }

  #sendDescription(): void {
    const { type = 'offer', sdp = '' } = this.connection.localDescription ?? {};
    this.#send(this.options.isFlat ? { type, sdp } : { description: { type, sdp } });
  }
}
