import { expect } from '@open-wc/testing';
import { freshMs, heartbeatMs } from '../../src/core/defaults.js';
import type { Platform } from '../../src/core/platform.js';
import { Pulse } from '../../src/core/pulse.js';

/** A page whose timers run only when the test says so. */
function makePage(countBytes = async () => 0): {
  pulse: Pulse;
  pass: (ms: number) => void;
  runTimer: () => void;
} {
  let now = 0;
  let timer = (): void => {};
  const platform = {
    now: () => now,
    setTimer: (callback: () => void) => {
      timer = callback;
      return () => {};
    },
  } as unknown as Platform;
  const pulse = new Pulse({ platform, beat() {}, countBytes, flows() {}, silent() {} });
  pulse.start();
  return {
    pulse,
    pass: (ms) => {
      now += ms;
    },
    runTimer: () => {
      timer();
    },
  };
}

describe('Pulse', () => {
  it('takes a page that stood still for no silence of the other side', () => {
    const { pulse, pass, runTimer } = makePage();
    pulse.hear();
    pass(10_000); // what arrived meanwhile waits in the queues of the browser, forgeries too
    expect(pulse.isFresh).to.be.true;
    runTimer();
    expect(pulse.isFresh).to.be.true;
  });

  it('keeps to itself that the statistics could not be read', async () => {
    const rejected: unknown[] = [];
    const note = (event: PromiseRejectionEvent): void => {
      event.preventDefault();
      rejected.push(event.reason);
    };
    window.addEventListener('unhandledrejection', note);
    makePage(() => Promise.reject(new Error('The connection is closed'))).pulse.suspect();
    await new Promise((resolve) => {
      setTimeout(resolve); // such rejections are told in a task of their own
    });
    window.removeEventListener('unhandledrejection', note);
    expect(rejected).to.deep.equal([]);
  });

  it('takes silence for silence once the page runs again', () => {
    const { pulse, pass, runTimer } = makePage();
    pulse.hear();
    pass(10_000);
    for (let passedMs = 0; passedMs < freshMs; passedMs += heartbeatMs) {
      runTimer();
      pass(heartbeatMs);
    }
    expect(pulse.isFresh).to.be.false;
  });
});
