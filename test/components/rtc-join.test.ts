import { expect, html } from '@open-wc/testing';
import type { RtcCall } from '../../src/components/rtc-call.js';
import { CallError } from '../../src/core/errors.js';
import {
  click,
  colourStream,
  connect,
  connectionTimeoutMs,
  find,
  findAll,
  frames,
  hasPart,
  makeCall,
  part,
  phase,
  refuseDevices,
  rendered,
  state,
  stub,
  stubDevices,
  textOf,
  videoOf,
  watchDevices,
} from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

/** Types a name as a person does: the field, then away from it. */
function typeName(call: RtcCall, name: string): void {
  const input = part<HTMLInputElement>(call, 'name-input');
  input.focus();
  input.value = name;
  input.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  input.blur();
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

const titleOf = (call: RtcCall): string => textOf(part(call, 'title'));
const ledeOf = (call: RtcCall): string => textOf(part(call, 'lede'));

describe('<rtc-join>', function () {
  this.timeout(connectionTimeoutMs);

  it('opens the devices when the person asks to see themselves, not before', async () => {
    const { asked } = watchDevices();
    const call = await makeCall();
    expect(asked).to.deep.equal([]);
    expect(hasPart(call, 'microphone-button')).to.be.false;
    click(call, 'preview-button');
    await state(call, ({ media }) => media.camera === 'on' && media.microphone === 'on');
    await rendered(call);
    await frames(videoOf(find(call, 'rtc-local-video')), 1);
    await rendered(call);
    expect(asked).to.have.length(1);
    expect(call.phase).to.equal('idle');
    expect(hasPart(call, 'preview-button')).to.be.false;
    click(call, 'camera-button');
    await state(call, ({ media }) => media.camera === 'off');
  });

  it('takes the choices of the preview into the call', async () => {
    const call = await makeCall();
    click(call, 'preview-button');
    await state(call, ({ media }) => media.camera === 'on' && media.microphone === 'on');
    await rendered(call);
    click(call, 'microphone-button');
    click(call, 'camera-button');
    await state(call, ({ media }) => media.camera === 'off' && media.microphone === 'off');
    await rendered(call);
    const { asked } = watchDevices();
    click(call, 'join-button');
    await call.start();
    expect(call.media).to.include({ camera: 'off', microphone: 'off' });
    expect(asked).to.deep.equal([]);
  });

  it('tells the name to the other side', async () => {
    const call = await makeCall(html`<rtc-call .localStream=${colourStream('red')}></rtc-call>`);
    const other = await makeCall(html`<rtc-call .localStream=${colourStream('blue')}></rtc-call>`);
    typeName(call, 'Ada');
    expect(call.name).to.equal('Ada');
    click(call, 'join-button');
    await connect(call, other);
    expect(other.participants[0]!.name).to.equal('Ada');
  });

  it('shows the name that the page has set', async () => {
    const call = await makeCall(html`<rtc-call name="Ada"></rtc-call>`);
    expect(part<HTMLInputElement>(call, 'name-input').value).to.equal('Ada');
  });

  it('joins with the key Enter in the name, with what is typed', async () => {
    const call = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
    const input = part<HTMLInputElement>(call, 'name-input');
    input.value = 'Ada';
    input.dispatchEvent(new Event('change')); // what Enter does: HTML, implicit submission
    find<HTMLFormElement>(call, 'form').requestSubmit();
    expect(call.phase).to.equal('waiting');
    expect(call.name).to.equal('Ada');
  });

  it('opens both devices again after they were switched off one by one', async () => {
    const call = await makeCall();
    click(call, 'preview-button');
    await state(call, ({ media }) => media.camera === 'on' && media.microphone === 'on');
    await rendered(call);
    click(call, 'camera-button');
    click(call, 'microphone-button');
    await state(call, ({ media }) => media.camera === 'off' && media.microphone === 'off');
    await rendered(call);
    click(call, 'preview-button');
    await state(call, ({ media }) => media.camera === 'on' && media.microphone === 'on');
  });

  it('shows a name that the page sets later, and joins with it', async () => {
    const call = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
    call.name = 'Ada';
    await rendered(call);
    expect(part<HTMLInputElement>(call, 'name-input').value).to.equal('Ada');
    click(call, 'join-button');
    expect(call.name).to.equal('Ada');
  });

  it('keeps what is typed when the state changes meanwhile', async () => {
    const call = await makeCall();
    const input = part<HTMLInputElement>(call, 'name-input');
    input.value = 'Ad';
    click(call, 'preview-button');
    await state(call, ({ media }) => media.camera === 'on');
    await rendered(call);
    expect(input.isConnected && input.value).to.equal('Ad');
  });

  it('explains what is blocked, offers to try again, and lets the person join without it', async () => {
    refuseDevices('NotAllowedError');
    const call = await makeCall();
    click(call, 'preview-button');
    await state(call, ({ media }) => media.camera === 'denied' && media.microphone === 'denied');
    await rendered(call);
    expect(textOf(find(call, '.advice'))).to.match(/^The camera is blocked .* Try again$/);
    expect(ledeOf(call)).to.equal('You can join without a camera.');
    expect(textOf(part(call, 'join-button'))).to.equal('Join to watch and listen');
    click(call, 'join-button');
    await call.start();
    expect(call.phase).to.equal('waiting');
  });

  it('lets the person join without a camera where there is none', async () => {
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    stubDevices((constraints) =>
      constraints?.video
        ? Promise.reject(new DOMException('for the test', 'NotFoundError'))
        : real(constraints),
    );
    const call = await makeCall();
    click(call, 'preview-button');
    await state(call, ({ media }) => media.camera === 'missing' && media.microphone === 'on');
    await rendered(call);
    expect(textOf(part(call, 'join-button'))).to.equal('Join without camera');
    click(call, 'join-button');
    await call.start();
    expect(call.media).to.include({ microphone: 'on', camera: 'missing' });
  });

  it('tries again on a click, and shows the picture then', async () => {
    refuseDevices('NotReadableError');
    const call = await makeCall();
    click(call, 'preview-button');
    await state(call, ({ media }) => media.camera === 'busy' && media.microphone === 'busy');
    await rendered(call);
    stub(
      navigator.mediaDevices,
      'getUserMedia',
      MediaDevices.prototype.getUserMedia.bind(navigator.mediaDevices),
    );
    click(call, 'retry-button');
    await state(call, ({ media }) => media.camera === 'on' && media.microphone === 'on');
    await rendered(call);
    expect(findAll(call, '.advice')).to.have.length(0);
    expect(textOf(part(call, 'join-button'))).to.equal('Join');
  });

  it('says who is already there', async () => {
    const controller = new ScriptedController();
    const call = await makeCall(html`<rtc-call .controller=${controller}></rtc-call>`);
    expect(ledeOf(call)).to.equal('Nobody sees or hears you yet.');
    controller.tell({ type: 'incoming-changed', caller: { id: 'ben', name: 'Ben' } });
    await rendered(call);
    expect(ledeOf(call)).to.equal('Ben is already here.');
    controller.tell({ type: 'incoming-changed', caller: { id: 'ben', name: '' } });
    await rendered(call);
    expect(ledeOf(call)).to.equal('Somebody is already here.');
    controller.tell({ type: 'incoming-changed', caller: null });
    await rendered(call);
    expect(ledeOf(call)).to.equal('Nobody sees or hears you yet.');
  });

  it('does not take a wrong setting for a call that can not start', async () => {
    const call = await makeCall(html`<rtc-call ice-servers="nonsense"></rtc-call>`);
    expect(call.error?.code).to.equal('invalid-config');
    expect(titleOf(call)).to.equal('Join the call');
  });

  it('says why when the call is full, and lets the person try again', async () => {
    const controller = new ScriptedController();
    const call = await makeCall(html`<rtc-call .controller=${controller}></rtc-call>`);
    controller.tell(
      { type: 'started' },
      { type: 'refused', error: new CallError('room-full', 'The call is full.') },
      { type: 'ended' },
    );
    await rendered(call);
    expect(titleOf(call)).to.equal('The call could not start');
    expect(ledeOf(call)).to.equal('The call is full.');
    click(call, 'join-button');
    expect(controller.commands).to.deep.equal(['start']);
  });

  it('says that the person left, and lets them join again', async () => {
    const call = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
    click(call, 'join-button');
    await phase(call, 'waiting');
    await rendered(call);
    click(call, 'leave-button');
    await rendered(call);
    expect(titleOf(call)).to.equal('You left the call');
    expect(textOf(part(call, 'join-button'))).to.equal('Join again');
    click(call, 'join-button');
    await phase(call, 'waiting');
  });

  it("takes the page's words and fields", async () => {
    const call = await makeCall(
      html`<rtc-call
        ><rtc-join
          ><span slot="title">Meet Ben</span><span slot="lede">At noon</span
          ><input slot="panel" aria-label="Code" /></rtc-join
      ></rtc-call>`,
    );
    expect([titleOf(call), ledeOf(call)]).to.deep.equal(['Meet Ben', 'At noon']);
    expect(find(call, 'input[slot=panel]').getBoundingClientRect().height).to.be.greaterThan(0);
  });
});
