import { expect } from '@open-wc/testing';
import type { Participant } from '../../src/core/call-state.js';
import { qualityIntervalMs, speakingHoldMs } from '../../src/core/defaults.js';
import type { PeerLink } from '../../src/core/peer-link.js';
import { Statistics } from '../../src/core/statistics.js';
import { FakePlatform } from '../helpers/fake-platform.js';

/** A connected link whose statistics a test writes. */
class FakeLink {
  state = 'connected';
  level: number | null = 0;
  reportCount = 0;
  fails = false;
  readonly path = { timestamp: 0, currentRoundTripTime: 0.02, availableOutgoingBitrate: 2_000_000 };
  readonly inbound = {
    timestamp: 0,
    type: 'inbound-rtp',
    kind: 'audio',
    packetsReceived: 100,
    packetsLost: 0,
    jitter: 0.005,
    totalFreezesDuration: 0,
  };
  readonly remote = { timestamp: 0, type: 'remote-inbound-rtp', fractionLost: 0, roundTripTime: 0.02 };
  readonly #platform: FakePlatform;
  readonly #news: () => void;

  /** @param news what happens on the path before every report */
  constructor(platform: FakePlatform, news: () => void) {
    this.#platform = platform;
    this.#news = news;
  }

  readonly sections = { readLevel: (): number | null => this.level };

  getStats = async (): Promise<Map<string, object>> => {
    this.reportCount++;
    if (this.fails) throw new DOMException('closed', 'InvalidStateError');
    this.#news();
    for (const stats of [this.inbound, this.path, this.remote]) stats.timestamp = this.#platform.now();
    return new Map<string, object>([
      ['pair', { ...this.path, type: 'candidate-pair' }],
      ['transport', { type: 'transport', timestamp: this.#platform.now(), selectedCandidatePairId: 'pair' }],
      ['inbound', { ...this.inbound }],
      ['remote', { ...this.remote }],
    ]);
  };
}

class Ticker {
  readonly platform = new FakePlatform();
  readonly told: [string, Partial<Participant>][] = [];
  readonly shares: (number | null)[] = [];
  microphone: 'on' | 'off' | null = 'on';
  /** What happens on the path between two reports. */
  news: () => void = () => {
    this.deliver(75);
  };
  readonly link = new FakeLink(this.platform, () => {
    this.news();
  });
  isConnected = true;
  readonly statistics = new Statistics({
    platform: this.platform,
    connected: () =>
      this.isConnected
        ? [{ id: 'ben', link: this.link as unknown as PeerLink, microphone: this.microphone }]
        : [],
    changed: (id, changes) => {
      this.told.push([id, changes]);
    },
    shareMeasured: (_id, share) => {
      this.shares.push(share);
    },
  });

  deliver(received: number, lost = 0): void {
    this.link.inbound.packetsReceived += received;
    this.link.inbound.packetsLost += lost;
  }

  advance(ms: number): Promise<void> {
    return this.platform.clock.advance(ms);
  }

  /** So many reports are read. */
  async samples(count: number): Promise<void> {
    for (const end = this.link.reportCount + count; this.link.reportCount < end;) await this.advance(50);
  }

  /** The quality that was told last. */
  get quality(): string | undefined {
    return this.told.findLast(([, { quality }]) => quality !== undefined)?.[1].quality;
  }

  get reason(): string | null | undefined {
    return this.told.findLast(([, { quality }]) => quality !== undefined)?.[1].qualityReason;
  }
}

async function started(): Promise<Ticker> {
  const ticker = new Ticker();
  ticker.statistics.wake();
  await ticker.samples(4);
  return ticker;
}

describe('Statistics', () => {
  it('says that a connection is good when it has looked three times', async () => {
    const ticker = new Ticker();
    ticker.statistics.wake();
    await ticker.samples(2);
    expect(ticker.told).to.deep.equal([]);
    await ticker.samples(1);
    expect(ticker.told).to.deep.equal([['ben', { quality: 'good', qualityReason: null }]]);
  });

  it('tells nothing as long as nothing changes', async () => {
    const ticker = await started();
    ticker.told.length = 0;
    await ticker.advance(60_000);
    expect(ticker.link.reportCount).to.be.greaterThan(30);
    expect(ticker.told).to.deep.equal([]);
    expect(ticker.shares, 'once: the path leaves everything to pictures').to.deep.equal([1]);
  });

  const troubles: [string, string, string, (ticker: Ticker) => void][] = [
    ['4 % of what comes is lost', 'fair', 'loss', (ticker) => ticker.deliver(96, 4)],
    ['15 % of what comes is lost', 'poor', 'loss', (ticker) => ticker.deliver(85, 15)],
    ['nothing comes while the microphone is on', 'poor', 'loss', () => undefined],
    [
      'the other side loses 20 %',
      'poor',
      'loss',
      (ticker) => {
        ticker.deliver(75);
        ticker.link.remote.fractionLost = 0.2;
      },
    ],
    [
      'the round trip takes 400 ms',
      'fair',
      'delay',
      (ticker) => {
        ticker.deliver(75);
        ticker.link.remote.roundTripTime = 0.4;
      },
    ],
    [
      'the path alone knows that the round trip takes a second',
      'poor',
      'delay',
      (ticker) => {
        ticker.deliver(75);
        ticker.link.path.currentRoundTripTime = 1;
      },
    ],
    [
      'packets come 60 ms too early or late',
      'fair',
      'delay',
      (ticker) => {
        ticker.deliver(75);
        ticker.link.inbound.jitter = 0.06;
      },
    ],
    [
      'there is room for sound only',
      'poor',
      'bandwidth',
      (ticker) => {
        ticker.deliver(75);
        ticker.link.path.availableOutgoingBitrate = 60_000;
      },
    ],
    [
      'the picture stands still a third of the time',
      'poor',
      'freeze',
      (ticker) => {
        ticker.deliver(75);
        ticker.link.inbound.totalFreezesDuration += 0.5;
      },
    ],
  ];

  for (const [name, quality, reason, news] of troubles) {
    it(`calls a connection ${quality} where ${name}`, async () => {
      const ticker = await started();
      ticker.news = () => {
        news(ticker);
      };
      await ticker.samples(1);
      expect(ticker.quality, 'after one look').to.equal('good');
      await ticker.samples(2);
      expect(ticker.quality).to.equal(quality);
      expect(ticker.reason).to.equal(reason);
    });
  }

  it('does not miss sound of a muted microphone', async () => {
    const ticker = await started();
    ticker.microphone = 'off';
    ticker.news = () => undefined;
    await ticker.samples(5);
    expect(ticker.quality).to.equal('good');
  });

  it('does not flicker: worse after two looks in a row, better after four', async () => {
    const ticker = await started();
    const lossy = (): void => {
      ticker.deliver(80, 20);
    };
    const clean = ticker.news;
    for (const news of [lossy, clean, lossy, clean, lossy, clean]) {
      ticker.news = news;
      await ticker.samples(1);
    }
    expect(ticker.quality).to.equal('good');
    ticker.news = lossy;
    await ticker.samples(3);
    expect(ticker.quality).to.equal('poor');
    for (const news of [clean, clean, clean, lossy, clean, clean, clean]) {
      ticker.news = news;
      await ticker.samples(1);
    }
    expect(ticker.quality).to.equal('poor');
    ticker.news = clean;
    await ticker.samples(2);
    expect(ticker.quality).to.equal('good');
    expect(ticker.reason).to.equal(null);
  });

  it('believes no report of the other side that is no longer renewed', async () => {
    const ticker = await started();
    ticker.link.remote.fractionLost = 0.5;
    await ticker.samples(3);
    expect(ticker.quality).to.equal('poor');
    const stale = ticker.platform.now();
    ticker.news = () => {
      ticker.deliver(75);
      Object.defineProperty(ticker.link.remote, 'timestamp', { get: () => stale, set: () => undefined });
    };
    await ticker.samples(9);
    expect(ticker.quality).to.equal('good');
  });

  it('gives pictures less room while the path is narrow, and slowly more afterwards', async () => {
    const ticker = await started();
    ticker.link.path.availableOutgoingBitrate = 50_000;
    await ticker.samples(8);
    expect(ticker.shares.at(-1)).to.equal(0.1);
    expect(ticker.shares).to.deep.equal([...ticker.shares].sort((one, other) => Number(other) - Number(one)));
    ticker.link.path.availableOutgoingBitrate = 2_000_000;
    await ticker.samples(20);
    expect(ticker.shares.at(-1)).to.equal(1);
  });

  it('knows who speaks, through the pauses between words', async () => {
    const ticker = await started();
    ticker.told.length = 0;
    ticker.link.level = 0.2;
    await ticker.advance(250);
    expect(ticker.told).to.deep.equal([['ben', { speaking: true }]]);
    ticker.link.level = 0;
    await ticker.advance(speakingHoldMs - 300);
    ticker.link.level = 0.2;
    await ticker.advance(2000);
    expect(ticker.told).to.have.length(1);
    ticker.link.level = 0.005; // a fan
    await ticker.advance(speakingHoldMs + 250);
    expect(ticker.told[1]).to.deep.equal(['ben', { speaking: false }]);
  });

  it('lets nobody speak who is muted', async () => {
    const ticker = await started();
    ticker.link.level = 0.2;
    await ticker.advance(250);
    ticker.told.length = 0;
    ticker.microphone = 'off';
    await ticker.advance(250);
    expect(ticker.told).to.deep.equal([['ben', { speaking: false }]]);
  });

  it('looks rarely while no sound comes, and soon again when it is woken', async () => {
    const ticker = await started();
    ticker.link.level = null;
    await ticker.advance(qualityIntervalMs);
    ticker.told.length = 0;
    let looks = 0;
    ticker.link.sections.readLevel = () => {
      looks++;
      return ticker.link.level;
    };
    await ticker.advance(10 * qualityIntervalMs);
    expect(looks).to.be.within(9, 11);
    ticker.link.level = 0.2;
    ticker.statistics.wake();
    await ticker.advance(250);
    expect(ticker.told).to.deep.equal([['ben', { speaking: true }]]);
  });

  it('stops when nobody is connected, and leaves no timer', async () => {
    const ticker = await started();
    ticker.isConnected = false;
    await ticker.advance(2 * qualityIntervalMs);
    expect(ticker.platform.clock.timerCount).to.equal(0);
    ticker.isConnected = true;
    ticker.statistics.wake();
    expect(ticker.platform.clock.timerCount).to.equal(1);
    ticker.statistics.stop();
    ticker.statistics.stop();
    expect(ticker.platform.clock.timerCount).to.equal(0);
  });

  it('may be stopped by whoever is told', async () => {
    const ticker = new Ticker();
    const statistics: Statistics = new Statistics({
      platform: ticker.platform,
      connected: () => [{ id: 'ben', link: ticker.link as unknown as PeerLink, microphone: 'on' }],
      changed: () => {
        statistics.stop();
      },
      shareMeasured: () => undefined,
    });
    ticker.link.level = 0.5;
    statistics.wake();
    await ticker.advance(1000);
    expect(ticker.platform.clock.timerCount).to.equal(0);
  });

  it('takes no report of a link that is gone, and survives one that fails', async () => {
    const ticker = await started();
    ticker.told.length = 0;
    ticker.link.fails = true;
    await ticker.samples(3);
    ticker.link.fails = false;
    ticker.news = () => {
      ticker.deliver(50, 50);
      ticker.link.state = 'lost';
    };
    await ticker.samples(5);
    expect(ticker.told).to.deep.equal([]);
  });
});
