/** Lives one schedule through: faults first, then peace, in which everything must heal. */
import { FakeClock } from '../../helpers/fake-clock.js';
import { FakeNetwork } from '../../helpers/fake-network.js';
import { FakeTransport } from '../../helpers/fake-transport.js';
import { findFault, findTextFault } from './invariants.js';
import { Page } from './page.js';
import type { Action, Schedule } from './schedule.js';

/** Everything heals in this time … */
const healedWithinMs = 20_000;
/** … except that who is gone for good without a word is given up after 90 s and a hello. */
const givenUpWithinMs = 100_000;
const lookEveryMs = 250;
/** What has healed must stay so. */
const staysMs = 3000;

export interface Outcome {
  /** What went wrong, in words; null: nothing. */
  readonly fault: string | null;
  /** From the end of the faults until all was well. */
  readonly healedAfterMs: number;
  readonly virtualMs: number;
}

/** @param drain runs every microtask that is due: see `FakeClock.advanceAtOnce()` */
export function live(schedule: Schedule, drain: () => void, log?: (line: string) => void): Outcome {
  const world = new World(schedule, drain, log);
  return world.live();
}

class World {
  readonly clock = new FakeClock();
  readonly network = new FakeNetwork(this.clock);
  readonly transport: FakeTransport;
  readonly seed: number;
  pageNumber = 0;
  readonly #schedule: Schedule;
  readonly #drain: () => void;
  readonly #log: (line: string) => void;
  /** Who sits in each seat; null: nobody, for now or for good. */
  readonly #seats: (Page | null)[];
  readonly #everPages: Page[] = [];
  #silencedUntil = 0;
  #cutUntil = 0;
  #textCount = 0;

  constructor(schedule: Schedule, drain: () => void, log: ((line: string) => void) | undefined) {
    this.seed = schedule.seed;
    this.transport = new FakeTransport(this.clock, { ...schedule.weather, seed: schedule.seed });
    this.transport.keepsLog = false;
    this.transport.passes = (message, from) => {
      const passes = this.clock.now() >= this.#silencedUntil;
      log?.(`${this.clock.now()} ${from}${passes ? '' : ' (lost)'}: ${JSON.stringify(message)}`);
      return passes;
    };
    this.#schedule = schedule;
    this.#drain = drain;
    this.#log = log ?? (() => undefined);
    this.#seats = schedule.seats.map(() => null);
  }

  live(): Outcome {
    const begun = this.clock.now();
    this.#schedule.seats.forEach(({ opensAtMs }, index) => {
      this.clock.setTimer(() => this.#sit(index, `p${index}`), opensAtMs);
    });
    for (const { afterMs, action } of this.#schedule.steps) {
      this.#advance(afterMs);
      this.#log(`${this.clock.now()} ${JSON.stringify(action)}`);
      this.#act(action);
    }
    this.#advance(4000); // who was to come or to come back is there
    this.#makePeace();
    const peaceAt = this.clock.now();
    let fault = this.#heal();
    const healedAfterMs = this.clock.now() - peaceAt;
    fault ??= this.#end();
    for (const page of this.#everPages) fault ??= this.#faultOf(page);
    return { fault, healedAfterMs, virtualMs: this.clock.now() - begun };
  }

  #advance(ms: number): void {
    this.clock.advanceAtOnce(ms, this.#drain);
  }

  get #pages(): Page[] {
    return this.#seats.filter((page) => page?.isStarted === true) as Page[];
  }

  /** Nobody ever went without a word, and nothing on the way can have lost it. */
  get #areGoodbyesHeard(): boolean {
    const { weather, steps } = this.#schedule;
    return (
      weather.loss === 0 &&
      weather.jitterMs === 0 && // a goodbye that overtakes the first words is not understood
      steps.every(({ action }) => {
        if (action.do === 'silence' || action.do === 'cut' || action.do === 'network') return false;
        return !('manner' in action) || action.manner === 'pagehide';
      })
    );
  }

  #makePeace(): void {
    this.transport.options = { latencyMs: this.#schedule.weather.latencyMs };
    this.#silencedUntil = 0;
    this.#cutUntil = 0;
    if (this.network.isCut) this.network.restore();
  }

  #heal(): string | null {
    const areAllThere = this.#everPages.every(({ id }) => this.#seats.some((page) => page?.id === id));
    const deadline =
      this.clock.now() + (areAllThere || this.#areGoodbyesHeard ? healedWithinMs : givenUpWithinMs);
    for (;;) {
      const fault = findFault(this.#pages, this.network) ?? findTextFault(this.#pages, this.#everPages);
      if (fault === null) {
        this.#advance(staysMs);
        const later = findFault(this.#pages, this.network);
        if (later === null) return null;
        if (this.clock.now() >= deadline) return later;
      }
      if (this.clock.now() >= deadline) return fault;
      this.#advance(lookEveryMs);
    }
  }

  #end(): string | null {
    for (const page of this.#everPages) {
      page.act((call) => call.end());
      const { participants } = page.call.state;
      if (participants.length > 0) return `${page.id} has participants after its end`;
    }
    this.#drain();
    this.#advance(0);
    for (const { id, platform } of this.#everPages) {
      if (platform.timerCount > 0) return `${id} has left ${platform.timerCount} timers`;
      if (platform.openConnections.length > 0) return `${id} has left a connection`;
      if (platform.devices.watcherCount > 0) return `${id} still watches devices`;
    }
    this.#advance(60_000); // questions for devices are answered
    for (const { id, platform } of this.#everPages) {
      if (platform.devices.live.length > 0) return `${id} has left a device open`;
    }
    return this.clock.timerCount > 0 ? `${this.clock.timerCount} timers are left` : null;
  }

  #faultOf({ id, faults, platform }: Page): string | null {
    const [exception] = platform.exceptions as Error[];
    const fault = exception ? `reported ${exception.message}` : faults[0];
    return fault === undefined ? null : `${id} ${fault}`;
  }

  #sit(seat: number, id: string): void {
    const description = this.#schedule.seats[seat]!;
    this.pageNumber++;
    const page = new Page(id, description, this);
    this.#everPages.push(page);
    this.#seats[seat] = page;
    page.act((call) => call.start());
  }

  #act(action: Action): void {
    const page = 'seat' in action ? this.#seats[action.seat] : null;
    if ('seat' in action && (!page || page.platform.isResting)) return;
    switch (action.do) {
      case 'reload': {
        const id = action.keepsId ? page!.id : `${page!.id}'`;
        page!.vanish(action.manner);
        this.#seats[action.seat] = null;
        this.clock.setTimer(() => this.#sit(action.seat, id), action.awayMs);
        break;
      }
      case 'leave':
        page!.vanish(action.manner);
        this.#seats[action.seat] = null;
        break;
      case 'restart':
        page!.act((call) => call.end());
        page!.platform.setTimer(() => page!.act((call) => call.start()), action.awayMs);
        break;
      case 'rest':
        page!.rest();
        this.clock.setTimer(() => page!.wake(), action.awayMs);
        break;
      case 'glare':
        for (const each of this.#seats) if (each?.platform.isResting === false) toggle(each, action.with);
        break;
      case 'network':
        this.network.change();
        if (action.isTold) page!.platform.changeNetwork();
        break;
      case 'silence':
        this.#silencedUntil = Math.max(this.#silencedUntil, this.clock.now() + action.forMs);
        break;
      case 'cut':
        this.#cut(action.forMs);
        break;
      case 'say':
        page!.act((call) => call.sendMessage(`${page!.label} ${++this.#textCount}`));
        break;
      case 'unplug':
        page!.platform.devices.unplug('camera-1');
        this.clock.setTimer(() => {
          page!.platform.devices.plug({ kind: 'videoinput', deviceId: 'camera-1', facingMode: 'user' });
        }, 1000);
        break;
      default:
        toggle(page!, action.do);
    }
  }

  #cut(forMs: number): void {
    const until = this.clock.now() + forMs;
    if (!this.network.isCut) this.network.cut();
    this.#cutUntil = Math.max(this.#cutUntil, until);
    this.clock.setTimer(() => {
      if (this.network.isCut && this.clock.now() >= this.#cutUntil) this.network.restore();
    }, forMs);
  }
}

function toggle(page: Page, what: 'screen' | 'microphone' | 'camera' | 'sends'): void {
  page.act((call) => {
    const { screen, microphone, camera } = call.state.media;
    if (what === 'screen') return call.setScreenShare(screen === 'off');
    if (what === 'microphone') return call.setMicrophone(microphone !== 'on');
    if (what === 'camera') return call.setCamera(camera !== 'on');
    call.configure({ noVideo: !call.options.noVideo });
    return undefined;
  });
}
