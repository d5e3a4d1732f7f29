/** The fakes as a host of the scenarios. Runs in Node alone. */
import type { Engine } from '../../../src/core/platform.js';
import { FakeClock } from '../../helpers/fake-clock.js';
import { FakeStream, FakeTrack } from '../../helpers/fake-media.js';
import { FakeNetwork } from '../../helpers/fake-network.js';
import { FakePeerConnection } from '../../helpers/fake-peer-connection.js';

/**
 * @param engine whose habits the connections have, unless `create()` is told another
 * @returns what test/chaos/fidelity/stage.mjs takes; its time passes by itself
 */
export function fakeHost(engine: Engine): object {
  const clock = new FakeClock();
  const network = new FakeNetwork(clock);
  let isOver = false;
  const run = async (): Promise<void> => {
    while (!isOver) await clock.advance(10);
  };
  void run();
  const wait = async (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.setTimer(resolve, ms);
    });
  return {
    create: (other: Engine = engine) => new FakePeerConnection(clock, network, other),
    track: async (kind: 'audio' | 'video') => new FakeTrack(kind),
    stream: () => new FakeStream(),
    rest: () => wait(300),
    until: async (condition: () => boolean) => {
      for (let waited = 0; !condition(); waited += 10) {
        if (waited > 60_000) throw new Error(`It never came: ${String(condition)}`);
        await wait(10);
      }
    },
    stop: () => {
      isOver = true;
    },
  };
}
