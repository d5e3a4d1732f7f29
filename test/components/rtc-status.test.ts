import { expect, html } from '@open-wc/testing';
import type { RtcCall } from '../../src/components/rtc-call.js';
import { CallError } from '../../src/core/errors.js';
import {
  find,
  loadModule,
  makeCall,
  openFrame,
  part,
  phase,
  refuseDevices,
  rendered,
  textOf,
} from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

const layout = html`<rtc-call><rtc-status></rtc-status></rtc-call>`;

async function words(call: RtcCall): Promise<string> {
  await rendered(call);
  return textOf(find(call, 'rtc-status'));
}

async function scripted(): Promise<{ call: RtcCall; controller: ScriptedController }> {
  const controller = new ScriptedController();
  const call = await makeCall(html`<rtc-call .controller=${controller}><rtc-status></rtc-status></rtc-call>`);
  return { call, controller };
}

describe('<rtc-status>', () => {
  it('is a live region before it has words, and the same one afterwards', async () => {
    const { call, controller } = await scripted();
    const region = find(call, '[role=status]');
    expect(textOf(region)).to.equal('');
    controller.tell({ type: 'started' });
    expect(await words(call)).not.to.equal('');
    expect(find(call, '[role=status]')).to.equal(region);
  });

  it('says each phase', async () => {
    const { call, controller } = await scripted();
    expect(await words(call)).to.equal('');
    controller.tell({ type: 'started' });
    expect(await words(call)).to.match(/^Waiting for the others/);
    controller.join('ben', { name: 'Ben', connection: 'connecting' });
    expect(await words(call)).to.equal('Connecting to Ben');
    controller.tell({ type: 'participant-changed', id: 'ben', changes: { connection: 'connected' } });
    expect(await words(call)).to.equal('Connected');
    controller.tell({ type: 'participant-changed', id: 'ben', changes: { connection: 'reconnecting' } });
    expect(await words(call)).to.equal('Reconnecting to Ben The call goes on by itself.');
    controller.tell({ type: 'ended' });
    expect(await words(call)).to.equal('You left the call Camera and microphone are off.');
  });

  it('names nobody who has no name', async () => {
    const { call, controller } = await scripted();
    controller.tell({ type: 'started' }).join('ben', { connection: 'connecting' });
    expect(await words(call)).to.equal('Connecting');
    controller.tell({ type: 'participant-changed', id: 'ben', changes: { connection: 'reconnecting' } });
    expect(await words(call)).to.match(/^Reconnecting The call/);
  });

  it('says that the call is full', async () => {
    const { call, controller } = await scripted();
    controller.tell(
      { type: 'started' },
      { type: 'refused', error: new CallError('room-full', 'The call is full.') },
      { type: 'ended' },
    );
    expect(await words(call)).to.equal('The call could not start The call is full.');
  });

  it('says that the browser can not make calls', async () => {
    const frame = await openFrame('<rtc-call><rtc-status></rtc-status></rtc-call>');
    Reflect.deleteProperty(frame, 'RTCPeerConnection');
    await loadModule(frame);
    const call = frame.document.querySelector('rtc-call')!;
    const code: unknown = await call.start().then(
      () => 'none',
      (error: unknown) => (error as CallError).code,
    );
    expect(code).to.equal('unsupported');
    expect(await words(call)).to.match(/^The call could not start .*RTCPeerConnection/);
    expect(call.phase).to.equal('idle');
  });

  describe('device trouble', () => {
    const blocked = 'The camera is blocked for this page';
    const allow = 'Open the site settings beside the address, set it to Allow, then try again.';
    const missing = 'No camera found Connect one; it starts by itself.';
    const busy = 'The camera is busy Another app uses it. Close that app, then try again.';
    const cases = {
      NotAllowedError: `${blocked} ${allow}`,
      SecurityError: `${blocked} The page around this call withholds it. Open the call in its own tab.`,
      NotFoundError: missing,
      OverconstrainedError: missing,
      NotReadableError: busy,
      AbortError: busy,
      UnknownError: busy,
    };
    for (const [name, text] of Object.entries(cases)) {
      it(`says what to do after ${name}`, async () => {
        refuseDevices(name);
        const call = await makeCall(layout);
        await call.start();
        expect(await words(call)).to.equal(text);
      });
    }

    it('does not blame another app where the browser has no devices', async () => {
      refuseDevices('NotSupportedError');
      const call = await makeCall(layout);
      await call.start();
      expect(await words(call))
        .to.match(/^No camera found/)
        .and.not.include('app');
    });

    it('speaks of the microphone where only that fails', async () => {
      refuseDevices('NotAllowedError');
      const call = await makeCall(html`<rtc-call no-video><rtc-status></rtc-status></rtc-call>`);
      await call.start();
      expect(await words(call)).to.match(/^The microphone is blocked/);
    });

    it('is forgotten when the device works, and when the call ends', async () => {
      const { call, controller } = await scripted();
      const error = new CallError('device-busy', 'busy');
      controller.tell({ type: 'started' }, { type: 'media-changed', kind: 'camera', status: 'busy', error });
      expect(await words(call)).to.match(/^The camera is busy/);
      controller.tell({ type: 'media-changed', kind: 'camera', status: 'on' });
      expect(await words(call)).to.match(/^Waiting/);
      controller.tell({ type: 'media-changed', kind: 'camera', status: 'busy', error }, { type: 'ended' });
      expect(await words(call)).to.match(/^You left/);
    });
  });

  describe('with notices-only', () => {
    async function isVisible(call: RtcCall): Promise<boolean> {
      await rendered(call);
      return (
        part(call, 'status').getBoundingClientRect().width > 10 &&
        !part(call, 'status').closest('.visually-hidden')
      );
    }

    it('says calm states to screen readers only, and shows what needs attention', async () => {
      const controller = new ScriptedController().tell({ type: 'started' });
      const call = await makeCall(
        html`<rtc-call .controller=${controller}><rtc-status notices-only></rtc-status></rtc-call>`,
      );
      expect(await words(call)).to.match(/^Waiting/);
      expect(await isVisible(call)).to.be.false;
      controller.join('ben', { connection: 'reconnecting' });
      expect(await isVisible(call)).to.be.true;
      controller.tell({ type: 'participant-changed', id: 'ben', changes: { connection: 'connected' } });
      expect(await words(call)).to.equal('Connected');
      expect(await isVisible(call)).to.be.false;
    });
  });

  it('says the real phases of a call', async () => {
    const call = await makeCall(html`<rtc-call no-audio no-video><rtc-status></rtc-status></rtc-call>`);
    void call.start();
    await phase(call, 'waiting');
    expect(await words(call)).to.match(/^Waiting/);
    call.end();
    expect(await words(call)).to.match(/^You left/);
  });
});
