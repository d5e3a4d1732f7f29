import { expect, html } from '@open-wc/testing';
import type { RtcCall } from '../../src/components/rtc-call.js';
import { makeCall, rendered, stub } from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

/** The wake locks of a browser, as far as a test sees them. */
function stubWakeLock(): { held: number; asked: number } {
  const locks = { held: 0, asked: 0 };
  const request = (): Promise<WakeLockSentinel> => {
    locks.asked++;
    locks.held++;
    const release = (): Promise<void> => {
      locks.held--;
      return Promise.resolve();
    };
    return Promise.resolve({ release } as unknown as WakeLockSentinel);
  };
  stub(navigator, 'wakeLock', { request });
  return locks;
}

/** The media session of a browser that knows these actions. */
function stubSession(...known: string[]): {
  metadata: MediaMetadata | null;
  actions: Map<string, () => void>;
} {
  const session = {
    metadata: null as MediaMetadata | null,
    actions: new Map<string, () => void>(),
    setActionHandler(action: string, handler: (() => void) | null) {
      if (!known.includes(action)) throw new TypeError('for the test');
      if (handler) session.actions.set(action, handler);
      else session.actions.delete(action);
    },
  };
  stub(navigator, 'mediaSession', session as unknown as MediaSession);
  return session;
}

async function scriptedCall(): Promise<{ call: RtcCall; controller: ScriptedController }> {
  const controller = new ScriptedController();
  const call = await makeCall(html`<rtc-call .controller=${controller}></rtc-call>`);
  return { call, controller };
}

describe('the screen', () => {
  it('stays awake from the first connection to the end, also when the page was away', async () => {
    const locks = stubWakeLock();
    const { call, controller } = await scriptedCall();
    controller.tell({ type: 'started' });
    await rendered(call);
    expect(locks.asked, 'not while nobody is there').to.equal(0);
    controller.join('ben');
    await rendered(call);
    expect(locks.held).to.equal(1);
    locks.held--; // the browser takes it from a hidden page
    document.dispatchEvent(new Event('visibilitychange'));
    expect(locks.held).to.equal(1);
    controller.tell({ type: 'ended' });
    await rendered(call);
    await Promise.resolve();
    expect(locks.held).to.be.at.most(0);
    expect(locks.asked).to.equal(2);
  });

  it('is let go when the element leaves the page', async () => {
    const locks = stubWakeLock();
    const { call, controller } = await scriptedCall();
    controller.tell({ type: 'started' }).join('ben');
    await rendered(call);
    expect(locks.held).to.equal(1);
    call.remove();
    await Promise.resolve();
    await Promise.resolve();
    expect(locks.held).to.equal(0);
  });

  it('may sleep where the browser refuses, and nobody is told', async () => {
    stub(navigator, 'wakeLock', {
      request: () => Promise.reject(new DOMException('for the test', 'NotAllowedError')),
    });
    const { call, controller } = await scriptedCall();
    controller.tell({ type: 'started' }).join('ben');
    await rendered(call);
    controller.tell({ type: 'ended' });
    await rendered(call);
    expect(call.error).to.be.null;
  });
});

describe('the media session', () => {
  it('names the people, and has the buttons of the call that the browser knows, until the end', async () => {
    const session = stubSession('hangup', 'togglemicrophone');
    const { call, controller } = await scriptedCall();
    await rendered(call);
    expect(session.actions.size).to.equal(0);
    controller.tell({ type: 'started' }).join('ben', { name: 'Ben' }).join('cleo', { name: 'Cleo' });
    await rendered(call);
    expect(session.metadata?.title).to.equal('Ben, Cleo');
    expect([...session.actions.keys()]).to.deep.equal(['hangup', 'togglemicrophone']);
    session.actions.get('hangup')!();
    await rendered(call);
    expect(call.phase).to.equal('ended');
    expect([session.metadata, session.actions.size]).to.deep.equal([null, 0]);
  });

  it('switches the microphone of a call', async () => {
    const session = stubSession('togglemicrophone');
    const call = await makeCall(html`<rtc-call no-video></rtc-call>`);
    await call.start();
    await rendered(call);
    expect(call.media.microphone).to.equal('on');
    session.actions.get('togglemicrophone')!();
    expect(call.media.microphone).to.equal('off');
  });

  it('is left alone where there is none', async () => {
    stub(navigator, 'mediaSession', undefined as unknown as MediaSession);
    stub(navigator, 'wakeLock', undefined as unknown as WakeLock);
    const { call, controller } = await scriptedCall();
    controller.tell({ type: 'started' }).join('ben', { name: 'Ben' });
    await rendered(call);
    controller.tell({ type: 'ended' });
    await rendered(call);
    expect(call.error).to.be.null;
  });
});
