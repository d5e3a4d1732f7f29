import { expect, html } from '@open-wc/testing';
import type { RtcCall } from '../../src/components/rtc-call.js';
import { initialOf, type RtcLocalVideo } from '../../src/components/rtc-local-video.js';
import {
  colourStream,
  find,
  frames,
  makeCall,
  part,
  rendered,
  showsColour,
  state,
  stub,
  textOf,
  until,
  videoOf,
} from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

const own = (call: RtcCall): RtcLocalVideo => find<RtcLocalVideo>(call, 'rtc-local-video');

const isMirrored = (tile: Element): boolean => getComputedStyle(videoOf(tile)).scale.startsWith('-1');

/** The fake camera of Firefox looks away from the person. */
function faceThePerson(): void {
  const { getSettings } = MediaStreamTrack.prototype;
  stub(MediaStreamTrack.prototype, 'getSettings', function (this: MediaStreamTrack) {
    return { ...getSettings.call(this), facingMode: 'user' };
  });
}

const layout = html`<rtc-call no-audio><rtc-local-video></rtc-local-video></rtc-call>`;

describe('<rtc-local-video>', () => {
  it('mirrors the own camera and nothing else', async () => {
    faceThePerson();
    const call = await makeCall(layout);
    const tile = own(call);
    await call.preview();
    await rendered(call);
    expect(isMirrored(tile)).to.be.true;
    tile.noMirror = true;
    await rendered(call);
    expect(isMirrored(tile), 'no-mirror').to.be.false;
    tile.removeAttribute('no-mirror');
    tile.noMirror = false;
    call.localStream = colourStream('red');
    await rendered(call);
    expect(isMirrored(tile), "the page's own stream").to.be.false;
  });

  it('does not mirror a camera that looks away from the person', async () => {
    const controller = new ScriptedController();
    const call = await makeCall(
      html`<rtc-call .controller=${controller}><rtc-local-video></rtc-local-video></rtc-call>`,
    );
    const stream = colourStream('red');
    controller.tell({ type: 'local-stream-changed', stream, facing: 'environment' });
    await rendered(call);
    expect(isMirrored(own(call))).to.be.false;
    controller.tell({ type: 'local-stream-changed', stream, facing: 'user' });
    await rendered(call);
    expect(isMirrored(own(call))).to.be.true;
  });

  it('turns mirroring off by its attribute', async () => {
    faceThePerson();
    const call = await makeCall(
      html`<rtc-call no-audio><rtc-local-video no-mirror></rtc-local-video></rtc-call>`,
    );
    await call.preview();
    await rendered(call);
    expect(isMirrored(own(call))).to.be.false;
  });

  it('is never heard, whatever the page does with its stream', async () => {
    const call = await makeCall(html`<rtc-call><rtc-local-video></rtc-local-video></rtc-call>`);
    const video = videoOf(own(call));
    expect(video.muted).to.be.true;
    await call.start();
    await rendered(call);
    expect(video.muted).to.be.true;
    expect(video.autoplay && video.hasAttribute('playsinline')).to.be.true;
  });

  it('plays the own picture, and nothing after the end', async () => {
    const call = await makeCall(layout);
    const video = videoOf(own(call));
    expect(video.srcObject).to.be.null;
    await call.start();
    await rendered(call);
    expect(video.srcObject).to.equal(call.controller.state.localStream);
    await frames(video, 3);
    call.end();
    await rendered(call);
    expect(video.srcObject).to.be.null;
    expect(part(own(call), 'placeholder').hidden).to.be.false;
  });

  it('shows the picture instead of the placeholder while the camera is on', async () => {
    const call = await makeCall(layout);
    const tile = own(call);
    const placeholder = part(tile, 'placeholder');
    expect(placeholder.hidden).to.be.false;
    await call.start();
    await until(() => placeholder.hidden === true, 'the picture');
    expect(tile.matches(':state(live)')).to.be.true;
    await call.setCamera(false);
    await rendered(call);
    expect(placeholder.hidden).to.be.false;
    expect(tile.matches(':state(camera-off)')).to.be.true;
    expect(tile.matches(':state(live)')).to.be.false;
  });

  it('follows a change of localStream', async () => {
    const call = await makeCall(
      html`<rtc-call .localStream=${colourStream('red')}><rtc-local-video></rtc-local-video></rtc-call>`,
    );
    await call.start();
    await rendered(call);
    const video = videoOf(own(call));
    await showsColour(video, 'red');
    call.localStream = colourStream('green');
    await showsColour(video, 'green');
  });

  it('shows that the microphone is off', async () => {
    const call = await makeCall(html`<rtc-call no-video><rtc-local-video></rtc-local-video></rtc-call>`);
    const tile = own(call);
    await call.start();
    await rendered(call);
    expect(tile.matches(':state(muted)')).to.be.false;
    await call.setMicrophone(false);
    await state(call, ({ media }) => media.microphone === 'off');
    await rendered(call);
    expect(tile.matches(':state(muted)')).to.be.true;
    expect(find(tile, 'slot[name=icon-microphone-off]')).to.exist;
  });

  it("shows the page's own placeholder and the initial of the name otherwise", async () => {
    const call = await makeCall(
      html`<rtc-call name="ada"
        ><rtc-local-video class="plain"></rtc-local-video
        ><rtc-local-video class="own"><span slot="placeholder">Me</span></rtc-local-video></rtc-call
      >`,
    );
    await rendered(call);
    expect(textOf(part(find(call, '.plain'), 'placeholder'))).to.equal('A');
    expect(textOf(part(find(call, '.own'), 'placeholder'))).to.equal('Me');
  });
});

describe('initialOf', () => {
  for (const [name, initial] of [
    ['ada', 'A'],
    ['  Ben', 'B'],
    ['émile', 'É'],
    ['👩‍👩‍👧 Family', '👩‍👩‍👧'],
    ['नमस्ते', 'न'],
    ['李雷', '李'],
    ['', ''],
  ] as const) {
    it(`takes '${initial}' of '${name}'`, () => {
      expect(initialOf(name)).to.equal(initial);
    });
  }
});
