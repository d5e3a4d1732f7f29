/** The path between fake connections: finds those that belong together by their ICE user fragments. */
import type { Engine } from '../../src/core/platform.js';
import type { FakeClock } from './fake-clock.js';
import { FakeTarget } from './fake-media.js';
import type { FakePeerConnection } from './fake-peer-connection.js';

/** How long one way takes. */
const latencyMs = 20;

/** When a side says what has become of its path: as recorded in test/chaos/fidelity/traces.json. */
interface Habits {
  /** After the last packet. */
  readonly disconnectedAfterMs: number;
  /** After `disconnected`. */
  readonly failedAfterMs: number;
  /** After `disconnected`, where the path is back: packets come long before. */
  readonly reconnectedAfterMs: number;
  /** Where there never was a path: after both descriptions are known. */
  readonly neverFoundAfterMs: number;
}

const chromium: Habits = {
  disconnectedAfterMs: 6600,
  failedAfterMs: 10_000,
  reconnectedAfterMs: 0,
  neverFoundAfterMs: 15_000,
};
const habits: Readonly<Record<Engine, Habits>> = {
  chromium,
  webkit: chromium, // the same library; not recorded
  unknown: chromium,
  firefox: {
    disconnectedAfterMs: 6800,
    failedAfterMs: 20_500,
    reconnectedAfterMs: 3500,
    neverFoundAfterMs: 11_400,
  },
};

/** A data channel repeats what found no path after this time, then after twice as long each time up to a limit … */
const firstRepetitionMs = 195;
const maxRepetitionMs = 3000;
/** … or as soon as so many later messages have arrived (RFC 9260 §7.2.4), unless too many are under way. */
const laterMessages = 3;
const maxUnderWay = 50;

function nextRepetition(since: number, now: number): number {
  let at = since;
  for (let wait = firstRepetitionMs; at <= now; wait = Math.min(2 * wait, maxRepetitionMs)) at += wait;
  return at;
}

interface HeldUp {
  readonly sender: FakePeerConnection;
  /** When the first of those was sent that still wait. */
  readonly since: number;
  /** It has arrived, but waits for those before it. */
  readonly isThere: boolean;
  readonly arrive: () => void;
}

export class FakeDataChannel extends FakeTarget {
  readonly label: string;
  readonly id: number;
  readyState: RTCDataChannelState = 'connecting';
  bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: (() => void) | null = null;
  /** The same channel on the other side, while both are open. */
  partner: FakeDataChannel | null = null;
  /** What is sent gets lost for good. */
  isMuted = false;
  /** Every text that was sent. */
  readonly sent: string[] = [];
  readonly #network: FakeNetwork;
  readonly #owner: FakePeerConnection;

  readonly negotiated: boolean;

  constructor(
    network: FakeNetwork,
    owner: FakePeerConnection,
    label: string,
    id: number,
    negotiated: boolean,
  ) {
    super();
    this.negotiated = negotiated;
    this.#network = network;
    this.#owner = owner;
    this.label = label;
    this.id = id;
  }

  send(text: string): void {
    if (this.readyState !== 'open') throw new DOMException('The channel is not open', 'InvalidStateError');
    this.sent.push(text);
    const { partner } = this;
    if (!this.isMuted) this.#network.carry(this.#owner, () => partner?.receive(text));
  }

  receive(data: unknown): void {
    if (this.readyState === 'open') this.fire('message', { data });
  }

  open(): void {
    if (this.readyState !== 'connecting') return;
    this.readyState = 'open';
    this.fire('open');
  }

  /** The other side closed its end. */
  drop(): void {
    if (this.readyState === 'closed') return;
    this.readyState = 'closed';
    this.fire('close');
  }

  close(): void {
    const { partner } = this;
    this.readyState = 'closed';
    this.partner = null;
    if (partner) this.#network.carry(this.#owner, () => partner.drop()); // after what is on its way
  }
}

export class FakeNetwork {
  /** No new path is found while it is cut. `cut()` also takes the paths that exist. */
  isCut = false;
  readonly #clock: FakeClock;
  readonly #byUfrag = new Map<string, FakePeerConnection>();
  /** What the cut holds up: a data channel repeats it until it arrives. */
  #heldUp: HeldUp[] = [];
  /** ICE user fragments whose paths are gone for good. */
  readonly #gone = new Set<string>();
  #lastSessionId = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** The connection at the other end, as far as both sides know of each other by now; open ones only. */
  partnerOf(connection: FakePeerConnection): FakePeerConnection | null {
    return this.#other(connection);
  }

  /** Whether packets of the other side arrive. */
  reaches(connection: FakePeerConnection): boolean {
    const isUp = connection.pathState === 'connected' || connection.pathState === 'disconnected';
    return isUp && !this.#carriesNothing(connection) && this.#byUfrag.has(connection.remoteUfrag);
  }

  /** A host has changed its network: every path that exists is gone for good, only an ICE restart finds another. */
  change(): void {
    for (const connection of new Set(this.#byUfrag.values())) {
      this.#gone.add(connection.pathUfrag).add(connection.localUfrag);
      this.#starve(connection);
    }
  }

  #isDead({ pathUfrag }: FakePeerConnection): boolean {
    return this.isCut || this.#gone.has(pathUfrag);
  }

  /** There is no path, or the path is of no use: see `isSpent`. */
  #carriesNothing(connection: FakePeerConnection): boolean {
    const partner = this.#byUfrag.get(connection.remoteUfrag);
    return this.#isDead(connection) || connection.isSpent || partner?.isSpent === true;
  }

  /** Tells the other side of something after a while, if there is a path by then. */
  tell(connection: FakePeerConnection, what: (partner: FakePeerConnection) => void): void {
    if (connection.pathState !== 'connected') return;
    this.#clock.setTimer(() => {
      const partner = this.#other(connection);
      if (partner && !this.#carriesNothing(connection)) what(partner);
    }, latencyMs);
  }

  nextSessionId(): string {
    return String(++this.#lastSessionId);
  }

  register(ufrag: string, connection: FakePeerConnection): void {
    this.#byUfrag.set(ufrag, connection);
  }

  /**
   * Connects two sides as soon as each knows the other's description and one knows a candidate of the other; where
   * there is no path, both give up after a while.
   */
  check(connection: FakePeerConnection): void {
    const other = this.#other(connection);
    if (!other) return;
    const isSame = (): boolean => this.#other(connection) === other;
    if (this.isCut) {
      for (const side of [connection, other]) {
        this.#clock.setTimer(() => {
          if (this.isCut && isSame()) side.fail();
        }, habits[side.engine].neverFoundAfterMs);
      }
      return;
    }
    this.#clock.setTimer(() => {
      if (
        this.isCut ||
        !isSame() ||
        this.#gone.has(connection.localUfrag) ||
        this.#gone.has(other.localUfrag)
      )
        return;
      this.#connect(connection, other);
      this.#connect(other, connection);
      for (const [one, another] of [
        [connection, other],
        [other, connection],
      ] as const) {
        for (const channel of [...one.channels]) {
          const same = another.channels.find(({ id }) => id === channel.id);
          const partner = same ?? (channel.negotiated ? null : another.acceptChannel(channel));
          if (!partner) continue;
          channel.partner = partner;
          partner.partner = channel;
        }
      }
      for (const side of [connection, other]) side.openChannels();
      this.#release();
    }, latencyMs);
  }

  #connect(side: FakePeerConnection, other: FakePeerConnection): void {
    // Beside another browser it does not even say that it is connected, nor does that one if it never was.
    const isSpent = side.isSpent || (other.isSpent && side.pathUfrag === '');
    if (isSpent && other.engine !== side.engine) return;
    const isSamePath = side.pathState === 'disconnected' && side.pathUfrag === side.localUfrag;
    const { reconnectedAfterMs } = habits[side.engine];
    if (!isSamePath || reconnectedAfterMs === 0) {
      side.connect();
      return;
    }
    this.#clock.setTimer(() => {
      if (side.pathState === 'disconnected' && !this.#isStarving(side)) side.connect();
    }, reconnectedAfterMs);
  }

  /** Every path is gone: both sides notice after a while. */
  cut(): void {
    this.isCut = true;
    for (const connection of new Set(this.#byUfrag.values())) this.#starve(connection);
  }

  /**
   * Brings something to the other side, in order. What finds no path is repeated until there is one, as long as its
   * sender lives.
   */
  carry(sender: FakePeerConnection, arrive: () => void): void {
    this.#clock.setTimer(() => {
      const before = this.#heldUp.filter((held) => held.sender === sender);
      const hasPath = !this.#hasNoPath(sender);
      if (before.length === 0 && hasPath) {
        arrive();
        return;
      }
      const since = before[0]?.since ?? this.#clock.now();
      const isThere = hasPath && before.length < maxUnderWay;
      this.#heldUp.push({ sender, since, isThere, arrive });
      if (isThere && before.filter((held) => held.isThere).length + 1 === laterMessages) this.#repeat(sender);
    }, latencyMs);
  }

  #hasNoPath(sender: FakePeerConnection): boolean {
    return this.#carriesNothing(sender) || sender.pathState === 'failed';
  }

  #release(): void {
    const now = this.#clock.now();
    const senders = new Map(this.#heldUp.map(({ sender, since }) => [sender, since]));
    for (const [sender, since] of senders) {
      this.#clock.setTimer(
        () => {
          this.#repeat(sender);
        },
        nextRepetition(since, now) - now,
      );
    }
  }

  #repeat(sender: FakePeerConnection): void {
    if (sender.pathState !== 'closed' && this.#hasNoPath(sender)) return; // until there is one
    const held = this.#heldUp.filter((one) => one.sender === sender);
    this.#heldUp = this.#heldUp.filter((one) => one.sender !== sender);
    if (sender.pathState !== 'closed') for (const { arrive } of held) arrive();
  }

  /** Paths work again: what has failed needs an ICE restart. */
  restore(): void {
    this.isCut = false;
    this.#release();
    for (const connection of new Set(this.#byUfrag.values())) {
      if (connection.pathState !== 'failed') this.check(connection);
    }
  }

  /** One side is gone: the other hears nothing any more. */
  closed(connection: FakePeerConnection): void {
    const other = this.#byUfrag.get(connection.remoteUfrag);
    for (const [ufrag, registered] of this.#byUfrag)
      if (registered === connection) this.#byUfrag.delete(ufrag);
    if (other && other.remoteUfrag === connection.localUfrag) this.#starve(other);
  }

  #starve(connection: FakePeerConnection): void {
    const { disconnectedAfterMs, failedAfterMs } = habits[connection.engine];
    this.#clock.setTimer(() => {
      if (!this.#isStarving(connection)) return;
      connection.loseNetwork();
      this.#clock.setTimer(() => {
        if (this.#isStarving(connection)) connection.fail();
      }, failedAfterMs);
    }, disconnectedAfterMs);
  }

  #isStarving(connection: FakePeerConnection): boolean {
    const { pathState } = connection;
    if (pathState !== 'connected' && pathState !== 'disconnected') return false;
    return this.#isDead(connection) || !this.#byUfrag.has(connection.remoteUfrag);
  }

  #other(connection: FakePeerConnection): FakePeerConnection | null {
    const other = this.#byUfrag.get(connection.remoteUfrag);
    if (!other || other.remoteUfrag !== connection.localUfrag) return null;
    if (connection.signalingState === 'closed' || other.signalingState === 'closed') return null;
    return connection.hasCandidate || other.hasCandidate ? other : null;
  }
}
