import type { Participant, Quality, QualityReason } from './call-state.js';
import {
  betterAfterSamples,
  levelIntervalMs,
  qualityIntervalMs,
  qualityLimits as limits,
  reportLifetimeMs,
  speakingHoldMs,
  speakingLevel,
  worseAfterSamples,
} from './defaults.js';
import type { PeerLink } from './peer-link.js';
import type { Platform } from './platform.js';

/** A participant who is connected. */
export interface Measured {
  readonly id: string;
  readonly link: PeerLink;
  /** Whether sound is to be expected; null: not known. */
  readonly microphone: 'on' | 'off' | null;
}

export interface StatisticsOptions {
  platform: Platform;
  connected: () => Iterable<Measured>;
  changed: (id: string, changes: Partial<Participant>) => void;
  /** How much of the usual bits this side should send to the participant, from 0.1 to 1; null: not measured yet. */
  shareMeasured: (id: string, share: number | null) => void;
}

/** Counters of a report, to compare with those of the next. */
interface Counters {
  readonly at: number;
  readonly received: number;
  readonly lost: number;
  readonly frozenS: number;
}

/** What webrtc-stats has that is used here; browsers leave members out. */
interface Stats extends RTCStats {
  readonly kind?: string;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly totalFreezesDuration?: number;
  readonly jitter?: number;
  readonly fractionLost?: number;
  readonly roundTripTime?: number;
  readonly currentRoundTripTime?: number;
  readonly selectedCandidatePairId?: string;
  readonly availableOutgoingBitrate?: number;
}

const levels = ['good', 'fair', 'poor'] as const;

const severity = (value: number, [fair, poor]: readonly [number, number]): number =>
  value >= poor ? 2 : value >= fair ? 1 : 0;

type Count =
  'packetsReceived' | 'packetsLost' | 'totalFreezesDuration' | 'jitter' | 'fractionLost' | 'roundTripTime';

const sum = (list: readonly Stats[], member: Count): number =>
  list.reduce((total, stats) => total + (stats[member] ?? 0), 0);
const largest = (list: readonly Stats[], member: Count): number =>
  Math.max(0, ...list.map((stats) => stats[member] ?? 0));

/** What is known of one link: who speaks over it, and how good it is. */
class Meter {
  quality: Quality = 'unknown';
  reason: QualityReason | null = null;
  isSpeaking = false;
  /** See `StatisticsOptions.shareMeasured`. */
  share: number | null = null;
  #heardAt = -Infinity;
  #counters: Counters | null = null;
  #streak = 0;

  /** @param level of the newest sound, 0 to 1; null: there is none to be expected */
  hear(level: number | null, now: number): boolean {
    if (level !== null && level >= speakingLevel) this.#heardAt = now;
    const was = this.isSpeaking;
    this.isSpeaking = level !== null && now - this.#heardAt < speakingHoldMs;
    return was !== this.isSpeaking;
  }

  /** @returns whether the quality changed */
  judge(report: RTCStatsReport, expectsSound: boolean): boolean {
    const all = [...(report as ReadonlyMap<string, Stats>).values()];
    const at = Math.max(...all.map(({ timestamp }) => timestamp));
    const inbound = all.filter(({ type }) => type === 'inbound-rtp');
    const reports = all.filter(
      ({ type, timestamp }) => type === 'remote-inbound-rtp' && at - timestamp < reportLifetimeMs,
    );
    const transport = all.find(({ type }) => type === 'transport');
    const pair = report.get(transport?.selectedCandidatePairId ?? '') as Stats | undefined;
    const before = this.#counters;
    const now = {
      at,
      received: sum(inbound, 'packetsReceived'),
      lost: sum(inbound, 'packetsLost'),
      frozenS: sum(inbound, 'totalFreezesDuration'),
    };
    this.#counters = now;
    if (!before) return false;
    const received = now.received - before.received;
    const lost = Math.max(0, now.lost - before.lost); // late packets are taken back
    const loss = received > 0 ? lost / (received + lost) : Number(expectsSound && now.received > 0); // silence on the line is a loss of everything
    const sentLoss = largest(reports, 'fractionLost');
    const roundTripS = Math.max(pair?.currentRoundTripTime ?? 0, largest(reports, 'roundTripTime'));
    const jitterS = sum(
      inbound.filter(({ kind }) => kind === 'audio'),
      'jitter',
    );
    const narrowness = severity(-(pair?.availableOutgoingBitrate ?? Infinity), limits.bandwidthBits);
    const sent = severity(sentLoss, limits.loss);
    // Pictures give way to sound as soon as the path is narrow, and come back slowly.
    const former = this.share ?? 1;
    this.share = sent + narrowness > 1 ? Math.max(0.1, former * 0.6) : Math.min(1, former * 1.2);
    return this.#settle([
      ['loss', Math.max(sent, severity(loss, limits.loss))],
      ['delay', Math.max(severity(roundTripS, limits.roundTripS), severity(jitterS, limits.jitterS))],
      ['bandwidth', narrowness],
      ['freeze', severity(((now.frozenS - before.frozenS) * 1000) / (at - before.at), limits.freeze)],
    ]);
  }

  /** Takes the worst trouble for the quality once it has shown itself often enough in a row. */
  #settle(troubles: readonly (readonly [QualityReason, number])[]): boolean {
    const [reason, level] = troubles.reduce((worst, trouble) => (trouble[1] > worst[1] ? trouble : worst));
    const quality = levels[level] ?? 'poor';
    if (quality === this.quality) {
      this.#streak = 0;
      return false;
    }
    const change = level - levels.indexOf(this.quality as 'good');
    const isWorse = change > 0; // than unknown is everything
    this.#streak = isWorse ? Math.max(0, this.#streak) + 1 : Math.min(0, this.#streak) - 1;
    if (this.#streak < worseAfterSamples && this.#streak > -betterAfterSamples) return false;
    this.#streak = 0;
    this.quality = quality;
    this.reason = level > 0 ? reason : null;
    return true;
  }
}

/**
 * Watches the connected links of one started call and tells who speaks and how good each connection is. Ticks only
 * while somebody is connected, and slowly while there is no sound. A look that finds nothing new tells nothing.
 */
export class Statistics {
  readonly #options: StatisticsOptions;
  readonly #meters = new WeakMap<PeerLink, Meter>();
  #cancel: (() => void) | null = null;
  #sampledAt = -Infinity;

  constructor(options: StatisticsOptions) {
    this.#options = options;
  }

  /** Looks soon: somebody was connected, or switched the microphone on. */
  wake(): void {
    this.#cancel?.();
    this.#cancel = this.#options.platform.setTimer(() => {
      this.#look();
    }, levelIntervalMs);
  }

  /** May be called twice. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #look(): void {
    const { platform, connected, changed } = this.#options;
    const now = platform.now();
    const isDue = now - this.#sampledAt >= qualityIntervalMs;
    if (isDue) this.#sampledAt = now;
    const people = [...connected()].map((person) => ({
      ...person,
      level: person.microphone === 'off' ? null : person.link.sections.readLevel(),
    }));
    const isAnySound = people.some(({ level }) => level !== null);
    // Before anybody is told, since a listener may end the call.
    this.#cancel =
      people.length > 0
        ? platform.setTimer(
            () => {
              this.#look();
            },
            isAnySound ? levelIntervalMs : qualityIntervalMs,
          )
        : null;
    for (const { id, link, level, microphone } of people) {
      const meter = this.#meters.get(link) ?? new Meter();
      this.#meters.set(link, meter);
      if (isDue) void this.#sample(id, link, meter, microphone === 'on');
      if (meter.hear(level, now)) changed(id, { speaking: meter.isSpeaking });
    }
  }

  async #sample(id: string, link: PeerLink, meter: Meter, expectsSound: boolean): Promise<void> {
    const report = await link.getStats().catch(() => null); // closed meanwhile
    if (!report || link.state !== 'connected') return;
    const { share } = meter;
    const { changed, shareMeasured } = this.#options;
    if (meter.judge(report, expectsSound)) {
      changed(id, { quality: meter.quality, qualityReason: meter.reason });
    }
    if (meter.share !== share) shareMeasured(id, meter.share);
  }
}
