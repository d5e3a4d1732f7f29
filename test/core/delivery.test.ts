import { expect } from '@open-wc/testing';
import {
  ackDelayMs,
  replyAckDelayMs,
  retransmitFactor,
  retransmitInitialMs,
  retransmitMaxMs,
  retransmitMinMs,
  stallTimeoutMs,
} from '../../src/core/defaults.js';
import { Delivery } from '../../src/core/delivery.js';
import { seededRandom } from '../helpers/fake-clock.js';
import { FakePlatform } from '../helpers/fake-platform.js';

interface Packet {
  readonly at: number;
  readonly body: string | null;
  readonly seq: number;
  readonly ack: number;
}

/** One side, with everything that it put on the wire. */
function newSide(platform = new FakePlatform()): {
  platform: FakePlatform;
  delivery: Delivery<string>;
  wire: Packet[];
  bodies: () => (string | null)[];
} {
  const wire: Packet[] = [];
  const began = platform.now();
  const delivery = new Delivery<string>({
    platform,
    transmit: (body, seq, ack) => wire.push({ at: platform.now() - began, body, seq, ack }),
  });
  return { platform, delivery, wire, bodies: () => wire.map(({ body }) => body) };
}

describe('Delivery', () => {
  it('numbers messages from 1 and sends them at once', () => {
    const { delivery, wire } = newSide();
    expect(delivery.sentCount).to.equal(0);
    delivery.send('a');
    delivery.send('b');
    expect(wire).to.deep.equal([
      { at: 0, body: 'a', seq: 1, ack: 0 },
      { at: 0, body: 'b', seq: 2, ack: 0 },
    ]);
    expect(delivery.sentCount).to.equal(2);
  });

  it('delivers in order whatever the order of arrival', () => {
    const { delivery } = newSide();
    const got: number[] = [];
    for (const seq of [3, 1, 4, 2, 5]) delivery.receive(seq, () => got.push(seq));
    expect(got).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('delivers once, however often it arrives', () => {
    const { delivery } = newSide();
    const got: number[] = [];
    for (const seq of [1, 1, 3, 3, 2, 2, 1, 3]) delivery.receive(seq, () => got.push(seq));
    expect(got).to.deep.equal([1, 2, 3]);
  });

  it('delivers number 0 at once, each time, and acknowledges none of it', async () => {
    const { platform, delivery, wire } = newSide();
    let count = 0;
    delivery.receive(0, () => count++);
    delivery.receive(0, () => count++);
    await platform.clock.advance(1000);
    expect(count).to.equal(2);
    expect(wire).to.deep.equal([]);
  });

  it('keeps the order when a delivery causes another', () => {
    const { delivery } = newSide();
    const got: string[] = [];
    delivery.receive(2, () => got.push('2'));
    delivery.receive(1, () => {
      delivery.receive(3, () => got.push('3'));
      got.push('1');
    });
    expect(got).to.deep.equal(['1', '2', '3']);
  });

  it('acknowledges after 40 ms, once for all that came meanwhile', async () => {
    const { platform, delivery, wire } = newSide();
    delivery.receive(1, () => undefined);
    await platform.clock.advance(ackDelayMs - 1);
    delivery.receive(2, () => undefined);
    expect(wire).to.deep.equal([]);
    await platform.clock.advance(1);
    expect(wire).to.deep.equal([{ at: ackDelayMs, body: null, seq: 0, ack: 2 }]);
    await platform.clock.advance(10_000);
    expect(wire).to.have.length(1);
  });

  it('leaves an acknowledgement to the answer, as long as one may take', async () => {
    const { platform, delivery, wire } = newSide();
    delivery.receive(1, () => undefined);
    await platform.clock.advance(ackDelayMs - 1);
    delivery.receive(2, () => undefined, replyAckDelayMs);
    delivery.receive(3, () => undefined);
    await platform.clock.advance(replyAckDelayMs - 1);
    expect(wire).to.deep.equal([]);
    delivery.send('answer');
    await platform.clock.advance(1000);
    expect(wire[0]).to.deep.include({ body: 'answer', ack: 3 });
    expect(wire.some(({ body }) => body === null)).to.equal(false);
  });

  it('acknowledges a question that nobody answers', async () => {
    const { platform, delivery, wire } = newSide();
    delivery.receive(1, () => undefined, replyAckDelayMs);
    await platform.clock.advance(1000);
    expect(wire).to.deep.equal([{ at: replyAckDelayMs, body: null, seq: 0, ack: 1 }]);
  });

  it('acknowledges with a message that leaves anyway', async () => {
    const { platform, delivery, wire } = newSide();
    delivery.receive(1, () => undefined);
    delivery.send('a');
    await platform.clock.advance(ackDelayMs * 2);
    expect(wire).to.deep.equal([{ at: 0, body: 'a', seq: 1, ack: 1 }]);
  });

  it('acknowledges duplicates too: the former acknowledgement may be lost', async () => {
    const { platform, delivery, wire } = newSide();
    delivery.receive(1, () => undefined);
    await platform.clock.advance(100);
    delivery.receive(1, () => undefined);
    await platform.clock.advance(100);
    expect(wire.map(({ ack }) => ack)).to.deep.equal([1, 1]);
  });

  it('acknowledges only up to the gap', async () => {
    const { platform, delivery, wire } = newSide();
    for (const seq of [1, 3, 4]) delivery.receive(seq, () => undefined);
    await platform.clock.advance(ackDelayMs);
    expect(wire.at(-1)?.ack).to.equal(1);
    delivery.receive(2, () => undefined);
    await platform.clock.advance(ackDelayMs);
    expect(wire.at(-1)?.ack).to.equal(4);
  });

  it('repeats with back-off up to two seconds until it is acknowledged', async () => {
    const { platform, delivery, wire } = newSide();
    delivery.send('a');
    await platform.clock.advance(10_000);
    const gaps = wire.slice(1).map(({ at }, index) => at - (wire[index]?.at ?? 0));
    let expected = retransmitInitialMs;
    for (const gap of gaps) {
      expect(gap).to.be.closeTo(expected, 0.001);
      expected = Math.min(retransmitMaxMs, expected * retransmitFactor);
    }
    expect(gaps.at(-1)).to.equal(retransmitMaxMs);
    delivery.acknowledged(1);
    const count = wire.length;
    await platform.clock.advance(60_000);
    expect(wire).to.have.length(count);
    expect(platform.clock.timerCount).to.equal(0);
  });

  it('repeats only the oldest', async () => {
    const { platform, delivery, wire } = newSide();
    delivery.send('a');
    delivery.send('b');
    await platform.clock.advance(retransmitInitialMs);
    expect(wire.slice(2).map(({ seq }) => seq)).to.deep.equal([1]);
    delivery.acknowledged(1);
    await platform.clock.advance(retransmitMaxMs);
    expect(wire[3]?.seq).to.equal(2);
  });

  it('repeats the next as soon as a repeated one has arrived', async () => {
    const { platform, delivery, wire } = newSide();
    for (const body of ['a', 'b', 'c']) delivery.send(body);
    await platform.clock.advance(retransmitInitialMs);
    delivery.acknowledged(1);
    delivery.acknowledged(2);
    expect(wire.slice(3)).to.deep.equal(
      [1, 2, 3].map((seq) => ({ at: retransmitInitialMs, body: 'abc'[seq - 1], seq, ack: 0 })),
    );
    delivery.acknowledged(3);
    await platform.clock.advance(10_000);
    expect(wire).to.have.length(6);
  });

  it('repeats after an outage all that was lost in it, but nothing that may still be under way', async () => {
    const { platform, delivery, wire } = newSide();
    for (const body of ['a', 'b', 'c']) delivery.send(body);
    await platform.clock.advance(5000);
    delivery.send('d');
    const count = wire.length;
    delivery.acknowledged(1);
    expect(wire.slice(count).map(({ seq }) => seq)).to.deep.equal([2, 3]);
  });

  it('repeats at once, and soon again, when the other side is heard after an outage', async () => {
    const { platform, delivery, wire } = newSide();
    delivery.send('a');
    await platform.clock.advance(20_000);
    await platform.clock.advance((wire.at(-1)?.at ?? 0) + retransmitMaxMs - 20_000); // just repeated
    await platform.clock.advance(retransmitInitialMs - 1);
    const count = wire.length;
    delivery.receive(0, () => undefined);
    expect(wire).to.have.length(count); // an answer may still be under way
    await platform.clock.advance(1);
    delivery.receive(0, () => undefined);
    delivery.receive(0, () => undefined);
    expect(wire).to.have.length(count + 1);
    await platform.clock.advance(retransmitInitialMs);
    expect(wire).to.have.length(count + 2);
  });

  it('shortens a long delay when the other side is heard again right after a repetition', async () => {
    const { platform, delivery, wire } = newSide();
    delivery.send('a');
    await platform.clock.advance(20_000);
    await platform.clock.advance((wire.at(-1)?.at ?? 0) + retransmitMaxMs - 20_000); // just repeated
    await platform.clock.advance(100);
    const count = wire.length;
    delivery.receive(0, () => undefined);
    await platform.clock.advance(retransmitInitialMs - 101);
    expect(wire).to.have.length(count);
    await platform.clock.advance(1);
    expect(wire).to.have.length(count + 1);
  });

  it('learns the round trip from what was not repeated, and repeats no sooner than 200 ms', async () => {
    const { platform, delivery, wire } = newSide();
    delivery.send('a');
    await platform.clock.advance(10);
    delivery.acknowledged(1);
    delivery.send('b');
    await platform.clock.advance(retransmitMinMs - 1);
    expect(wire).to.have.length(2);
    await platform.clock.advance(1);
    expect(wire).to.have.length(3);
  });

  it('waits longer on a slow path', async () => {
    const { platform, delivery, wire } = newSide();
    delivery.send('a');
    await platform.clock.advance(290);
    delivery.acknowledged(1);
    delivery.send('b');
    await platform.clock.advance(1.5 * 290 + ackDelayMs - 1);
    expect(wire).to.have.length(2);
    await platform.clock.advance(1);
    expect(wire).to.have.length(3);
  });

  it('learns nothing from what was repeated', async () => {
    const { platform, delivery, wire } = newSide();
    delivery.send('a');
    await platform.clock.advance(1500);
    delivery.acknowledged(1);
    delivery.send('b');
    const count = wire.length;
    await platform.clock.advance(retransmitInitialMs);
    expect(wire).to.have.length(count + 1);
  });

  it('ignores an acknowledgement of what it never sent', async () => {
    const { platform, delivery, wire } = newSide();
    delivery.send('a');
    delivery.acknowledged(2);
    delivery.acknowledged(Number.MAX_SAFE_INTEGER);
    delivery.acknowledged(0);
    await platform.clock.advance(retransmitInitialMs);
    expect(wire).to.have.length(2);
    delivery.acknowledged(1);
    await platform.clock.advance(10_000);
    expect(wire).to.have.length(2);
  });

  it('holds back a bounded number of messages behind a gap, and always takes the missing one', () => {
    const { delivery } = newSide();
    const got: number[] = [];
    for (let seq = 2; seq <= 1000; seq++) delivery.receive(seq, () => got.push(seq));
    delivery.receive(1, () => got.push(1));
    expect(got).to.deep.equal(Array.from({ length: 257 }, (_, index) => index + 1));
    for (let seq = 258; seq <= 300; seq++) delivery.receive(seq, () => got.push(seq));
    expect(got).to.have.length(300);
  });

  it('is stalled by what the other side does not repeat while it is heard, and not by a cut', async () => {
    const { platform, delivery } = newSide();
    const hear = (): void => {
      delivery.receive(2, () => undefined);
    };
    hear();
    await platform.clock.advance(stallTimeoutMs + 30_000);
    expect(delivery.isStalled).to.equal(false);
    hear();
    expect(delivery.isStalled, 'what is missing may come next').to.equal(false);
    for (let ms = 0; ms < stallTimeoutMs; ms += retransmitMaxMs) {
      await platform.clock.advance(retransmitMaxMs);
      expect(delivery.isStalled).to.equal(false);
      hear();
    }
    expect(delivery.isStalled).to.equal(true);
    delivery.receive(1, () => undefined);
    expect(delivery.isStalled).to.equal(false);
  });

  it('stops at close, which may be called twice', async () => {
    const { platform, delivery, wire } = newSide();
    const got: number[] = [];
    delivery.send('a');
    delivery.receive(2, () => got.push(2));
    delivery.close();
    delivery.close();
    delivery.send('b');
    delivery.receive(1, () => got.push(1));
    delivery.receive(0, () => got.push(0));
    delivery.acknowledged(1);
    await platform.clock.advance(60_000);
    expect(wire).to.have.length(1);
    expect(got).to.deep.equal([]);
    expect(platform.clock.timerCount).to.equal(0);
  });

  it('delivers nothing more when a delivery closes it', () => {
    const { delivery } = newSide();
    const got: number[] = [];
    delivery.receive(2, () => got.push(2));
    delivery.receive(1, () => {
      got.push(1);
      delivery.close();
    });
    expect(got).to.deep.equal([1]);
  });

  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    it(`brings everything once and in order over a bad transport (seed ${seed})`, async () => {
      const random = seededRandom(seed);
      const platform = new FakePlatform();
      const { clock } = platform;
      const sides: Delivery<string>[] = [];
      const got: string[][] = [[], []];
      const count = 200;
      for (const self of [0, 1]) {
        const transmit = (body: string | null, seq: number, ack: number): void => {
          // Of ten packets three are lost and three come twice, each after 0 to 400 ms.
          const copies = random() < 0.3 ? 0 : random() < 0.3 ? 2 : 1;
          for (let copy = 0; copy < copies; copy++) {
            clock.setTimer(() => {
              const other = sides[1 - self]!;
              if (ack > 0) other.acknowledged(ack);
              if (body !== null) other.receive(seq, () => got[1 - self]!.push(body));
            }, random() * 400);
          }
        };
        sides.push(new Delivery({ platform, transmit }));
      }
      for (let number = 0; number < count; number++) {
        const side = random() < 0.5 ? 0 : 1;
        sides[side]!.send(`${side}:${sides[side]!.sentCount}`);
        await clock.advance(random() * 50);
      }
      await clock.advance(600_000);
      for (const self of [0, 1]) {
        const sent = Array.from({ length: sides[1 - self]!.sentCount }, (_, index) => `${1 - self}:${index}`);
        expect(got[self]).to.deep.equal(sent);
      }
      expect(clock.timerCount).to.equal(0);
    });
  }
});
