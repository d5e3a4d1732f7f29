import { expect, html } from '@open-wc/testing';
import type { RtcCall } from '../../src/components/rtc-call.js';
import type { RtcControls } from '../../src/components/rtc-controls.js';
import type { Device } from '../../src/core/call-state.js';
import {
  click,
  connect,
  connectionTimeoutMs,
  find,
  findAll,
  hasPart,
  makeCall,
  part,
  phase,
  refuseDevices,
  rendered,
  state,
  stubDevices,
  textOf,
  until,
  watchDevices,
} from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

const layout = html`<rtc-call><rtc-controls></rtc-controls></rtc-call>`;

const pressed = (call: RtcCall, name: string): string | null => part(call, name).getAttribute('aria-pressed');

describe('<rtc-controls>', function () {
  this.timeout(connectionTimeoutMs);

  it('joins, mutes, closes the camera and leaves, and the other side sees each', async () => {
    const ada = await makeCall(layout);
    const ben = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
    await connectByClick(ada, ben);
    await state(ada, ({ media }) => media.microphone === 'on' && media.camera === 'on');
    await rendered(ada);
    expect([pressed(ada, 'microphone-button'), pressed(ada, 'camera-button')]).to.deep.equal([
      'true',
      'true',
    ]);
    await state(ben, ({ participants }) => participants[0]?.microphone === 'on');

    click(ada, 'microphone-button');
    await state(ben, ({ participants }) => participants[0]?.microphone === 'off');
    await rendered(ada);
    expect(pressed(ada, 'microphone-button')).to.equal('false');

    click(ada, 'camera-button');
    await state(ben, ({ participants }) => participants[0]?.camera === 'off');
    await rendered(ada);
    expect(pressed(ada, 'camera-button')).to.equal('false');

    click(ada, 'microphone-button');
    click(ada, 'camera-button');
    await state(ben, ({ participants: [one] }) => one?.microphone === 'on' && one.camera === 'on');

    click(ada, 'leave-button');
    expect(ada.phase).to.equal('ended');
    await phase(ben, 'waiting');
    await rendered(ada);
    expect(textOf(part(ada, 'join-button'))).to.equal('Join again');
  });

  it('shows what is, not what was asked for', async () => {
    const call = await makeCall(layout);
    let answer: (stream: MediaStream) => void = () => {};
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    stubDevices(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    click(call, 'join-button');
    await rendered(call);
    expect(pressed(call, 'camera-button')).to.equal('false');
    expect(part(call, 'camera-button').getAttribute('aria-busy')).to.equal('true');
    answer(await real({ audio: true, video: true }));
    await state(call, ({ media }) => media.camera === 'on');
    await rendered(call);
    expect(pressed(call, 'camera-button')).to.equal('true');
    expect(part(call, 'camera-button').hasAttribute('aria-busy')).to.be.false;
  });

  it('marks a device that failed, and asks for it again on a click', async () => {
    const asked = refuseDevices('NotReadableError');
    const call = await makeCall(layout);
    await call.start();
    await rendered(call);
    const button = part(call, 'camera-button');
    expect(button.getAttribute('aria-pressed')).to.equal('false');
    expect(find(button, '.badge')).to.exist;
    asked.length = 0;
    button.click();
    await state(call, ({ media }) => media.camera === 'busy');
    expect(asked).to.deep.equal([{ video: true }]);
  });

  it('is a toolbar with a name, whose buttons keep their names while they are pressed', async () => {
    const call = await makeCall(layout);
    await call.start();
    await rendered(call);
    const bar = part(call, 'bar');
    expect(bar.getAttribute('role')).to.equal('toolbar');
    expect(bar.getAttribute('aria-label')).to.equal('Call controls');
    const button = part(call, 'microphone-button');
    const name = button.getAttribute('aria-label');
    expect([name, button.title]).to.deep.equal(['Microphone', 'Mute']);
    button.click();
    await state(call, ({ media }) => media.microphone === 'off');
    await rendered(call);
    expect(part(call, 'microphone-button')).to.equal(button);
    expect([button.getAttribute('aria-label'), button.title]).to.deep.equal([name, 'Unmute']);
  });

  it('opens the devices in a panel, which takes the focus and gives it back', async () => {
    const call = await makeCall(layout);
    await call.start();
    await rendered(call);
    const button = part(call, 'devices-button');
    const panel = part(call, 'devices-panel');
    const { renderRoot } = find<RtcControls>(call, 'rtc-controls');
    const focused = (): Element | null => (renderRoot as ShadowRoot).activeElement;
    expect(findAll(call, 'rtc-devices')).to.deep.equal([]);
    button.focus();
    button.click();
    await until(() => focused() === panel, 'the focus is in the panel');
    await rendered(call);
    expect(textOf(panel)).to.match(/^Devices .*Camera/);
    await Promise.all(panel.getAnimations().map(({ finished }) => finished));
    await expect(call).to.be.accessible();
    find(call, 'select').focus();
    click(call, 'close-button');
    await until(() => focused() === button, 'the focus is back');
    await until(() => findAll(call, 'rtc-devices').length === 0, 'the panel is empty again');
  });

  it('turns to the other camera where there is one and it is on', async () => {
    const controller = new ScriptedController().tell({ type: 'started' });
    const call = await makeCall(
      html`<rtc-call .controller=${controller}><rtc-controls></rtc-controls></rtc-call>`,
    );
    const device = (deviceId: string): Device => ({ kind: 'videoinput', deviceId, label: deviceId });
    controller.tell({ type: 'media-changed', kind: 'camera', status: 'on' });
    controller.tell({ type: 'devices-changed', devices: [device('front')] });
    await rendered(call);
    expect(hasPart(call, 'flip-button')).to.be.false;
    controller.tell({ type: 'devices-changed', devices: [device('front'), device('back')] });
    await rendered(call);
    click(call, 'flip-button');
    expect(controller.commands).to.deep.equal(['flip']);
    controller.tell({ type: 'media-changed', kind: 'camera', status: 'off' });
    await rendered(call);
    expect(hasPart(call, 'flip-button')).to.be.false;
  });

  it('opens no device by itself', async () => {
    const { asked } = watchDevices();
    const call = await makeCall(layout);
    expect(hasPart(call, 'join-button')).to.be.true;
    expect(asked).to.deep.equal([]);
  });

  it("takes the page's icons and further buttons", async () => {
    const call = await makeCall(
      html`<rtc-call no-audio no-video>
        <rtc-controls>
          <i slot="icon-leave">bye</i>
          <button slot="start">Help</button>
          <button slot="end">Chat</button>
        </rtc-controls>
      </rtc-call>`,
    );
    await call.start();
    await rendered(call);
    const controls = find<RtcControls>(call, 'rtc-controls');
    expect(textOf(controls)).to.equal('Help Chat bye Leave');
  });

  it('names itself in the language of the page, as far as it knows it', async () => {
    const call = await makeCall(html`<rtc-call lang="xx"><rtc-controls></rtc-controls></rtc-call>`);
    expect(textOf(part(call, 'join-button'))).to.equal('Join');
  });
});

/** The first joins by its button. */
async function connectByClick(first: RtcCall, second: RtcCall): Promise<void> {
  click(first, 'join-button');
  await connect(first, second);
}
