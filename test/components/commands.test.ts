import { expect, html } from '@open-wc/testing';
import type { RtcCall } from '../../src/components/rtc-call.js';
import { findAll, makeCall, phase, state, stub, until, watchDevices } from '../helpers/call-fixture.js';

const hasInvokers = 'commandForElement' in HTMLButtonElement.prototype;

/** A button of the page that commands the call with no script. */
async function button(call: RtcCall, command: string): Promise<HTMLButtonElement> {
  call.id = 'call';
  const element = document.createElement('button');
  element.setAttribute('commandfor', 'call');
  element.setAttribute('command', command);
  element.textContent = command;
  call.parentElement!.append(element);
  return element;
}

describe('invoker commands', () => {
  before(function () {
    if (!hasInvokers) this.skip(); // this browser has no Invoker Commands
  });

  it('start and end the call', async () => {
    const call = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
    (await button(call, '--start')).click();
    await phase(call, 'waiting');
    (await button(call, '--end')).click();
    await phase(call, 'ended');
  });

  it('toggle microphone and camera both ways', async () => {
    const call = await makeCall(html`<rtc-call></rtc-call>`);
    await call.start();
    for (const kind of ['microphone', 'camera'] as const) {
      const toggle = await button(call, `--toggle-${kind}`);
      toggle.click();
      await state(call, ({ media }) => media[kind] === 'off');
      toggle.click();
      await state(call, ({ media }) => media[kind] === 'on');
    }
  });

  it('flip the camera', async () => {
    const call = await makeCall(html`<rtc-call no-audio></rtc-call>`);
    await call.start();
    const { asked } = watchDevices();
    (await button(call, '--flip-camera')).click();
    await state(call, ({ media }) => media.camera === 'starting');
    await state(call, ({ media }) => media.camera === 'on');
    expect(asked[0]).to.deep.equal({ video: { facingMode: 'environment' } });
  });

  it('share the screen', async () => {
    const call = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
    await call.start();
    const canvas = document.createElement('canvas');
    canvas.getContext('2d');
    const stream = canvas.captureStream();
    stub(navigator.mediaDevices, 'getDisplayMedia', () => Promise.resolve(stream));
    const toggle = await button(call, '--toggle-screen');
    toggle.click();
    await state(call, ({ media }) => media.screen === 'on');
    toggle.click();
    await state(call, ({ media }) => media.screen === 'off');
    expect(stream.getTracks()[0]!.readyState).to.equal('ended');
  });

  it('open and close the chat', async () => {
    const call = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
    await call.start();
    const toggle = await button(call, '--toggle-chat');
    const isOpen = (): boolean => findAll(call, 'rtc-chat').length > 0;
    toggle.focus();
    toggle.click();
    await until(() => findAll(call, 'textarea:focus').length > 0, 'the focus is in the field');
    toggle.click();
    await until(() => !isOpen(), 'it is closed');
    expect(document.activeElement).to.equal(toggle);
  });

  it('toggle full screen', async () => {
    const call = await makeCall(html`<rtc-call></rtc-call>`);
    let requests = 0;
    stub(call, 'requestFullscreen', () => {
      requests++;
      return Promise.resolve();
    });
    (await button(call, '--toggle-fullscreen')).click();
    expect(requests).to.equal(1);
  });

  it("leave the page's own and unknown commands alone", async () => {
    const call = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
    const heard: string[] = [];
    call.addEventListener('command', (event) => heard.push((event as Event & { command: string }).command));
    for (const command of ['--of-the-page', '--constructor', '--__proto__']) {
      (await button(call, command)).click();
    }
    expect(heard).to.have.length(3);
    expect(call.phase).to.equal('idle');
    expect(call.error).to.be.null;
  });

  it('keep what the call refuses in `error`, and nothing else happens', async () => {
    const call = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
    (await button(call, '--toggle-screen')).click();
    await state(call, ({ error }) => error?.code === 'invalid-state');
    expect(call.phase).to.equal('idle');
  });
});
