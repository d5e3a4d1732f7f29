import { expect } from '@open-wc/testing';
import { meterDelayMs } from '../../src/core/defaults.js';
import { perceivedLevel, SoundLevel } from '../../src/core/sound-level.js';
import { FakeTrack } from '../helpers/fake-media.js';
import { FakePlatform } from '../helpers/fake-platform.js';

class Meter {
  readonly platform = new FakePlatform();
  track: FakeTrack | null = new FakeTrack('audio');
  readonly levels: number[] = [];
  readonly soundLevel = new SoundLevel(this.platform, () => this.track as unknown as MediaStreamTrack | null);
  watch = (): (() => void) => this.soundLevel.watch((level) => this.levels.push(level));

  /** The copies that are measured. */
  get copies(): FakeTrack[] {
    return [...this.platform.measuredTracks];
  }
}

describe('perceivedLevel', () => {
  it('rises as people hear it', () => {
    expect([0, 0.001, 0.01, 0.1, 0.2, 1].map(perceivedLevel)).to.deep.equal([0, 0, 0.44, 0.89, 1, 1]);
  });
});

describe('SoundLevel', () => {
  it('tells each change, and nothing while the sound stays as it is', async () => {
    const meter = new Meter();
    meter.watch();
    await meter.platform.clock.advance(1000);
    expect(meter.levels).to.deep.equal([]);
    meter.platform.soundLevel = 0.1;
    await meter.platform.clock.advance(1000);
    meter.platform.soundLevel = 0;
    await meter.platform.clock.advance(1000);
    expect(meter.levels).to.deep.equal([0.89, 0]);
  });

  it('does not hold the page up when a microphone opens', async () => {
    const meter = new Meter();
    const { track } = meter;
    meter.track = null;
    meter.watch();
    await meter.platform.clock.advance(1000);
    meter.track = track;
    meter.soundLevel.refresh();
    await meter.platform.clock.advance(meterDelayMs - 1);
    expect(meter.copies).to.have.length(0);
    await meter.platform.clock.advance(1);
    expect(meter.copies).to.have.length(1);
  });

  it('hears a muted microphone', async () => {
    const meter = new Meter();
    meter.track!.enabled = false;
    meter.platform.soundLevel = 0.1;
    meter.watch();
    await meter.platform.clock.advance(700);
    expect(meter.levels).to.deep.equal([0.89]);
    expect(meter.track!.enabled).to.equal(false);
  });

  it('measures nothing unless somebody watches, and leaves nothing behind', async () => {
    const meter = new Meter();
    meter.soundLevel.refresh();
    expect(meter.copies).to.deep.equal([]);
    const stops = [meter.watch(), meter.watch()];
    await meter.platform.clock.advance(700);
    expect(meter.copies).to.have.length(1);
    const [copy] = meter.copies;
    for (const stop of [...stops, ...stops]) stop();
    expect(meter.copies).to.deep.equal([]);
    expect(copy?.readyState).to.equal('ended');
    expect(meter.track?.readyState).to.equal('live');
    expect(meter.platform.clock.timerCount).to.equal(0);
  });

  it('lets go of a microphone that is closed at once, and takes the next', async () => {
    const meter = new Meter();
    meter.watch();
    await meter.platform.clock.advance(700);
    const [first] = meter.copies;
    meter.track = null;
    meter.soundLevel.refresh();
    expect(first?.readyState).to.equal('ended');
    meter.track = new FakeTrack('audio');
    meter.platform.soundLevel = 0.1;
    await meter.platform.clock.advance(700);
    expect(meter.levels).to.deep.equal([0.89]);
    expect(meter.copies).to.have.length(1);
  });

  it('stays at 0 where sound can not be measured', async () => {
    const meter = new Meter();
    meter.platform.createLevelMeter = () => null as never;
    meter.watch();
    await meter.platform.clock.advance(1000);
    expect(meter.levels).to.deep.equal([]);
  });

  it('reports what a watcher throws, and goes on', async () => {
    const meter = new Meter();
    meter.soundLevel.watch(() => {
      throw new Error('of the page');
    });
    meter.watch();
    meter.platform.soundLevel = 0.1;
    await meter.platform.clock.advance(700);
    expect(meter.levels).to.deep.equal([0.89]);
    expect(meter.platform.exceptions).to.have.length(1);
  });
});
