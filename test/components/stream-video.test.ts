import { expect, html } from '@open-wc/testing';
import type { RtcCall } from '../../src/components/rtc-call.js';
import {
  blockSound,
  click,
  colourStream,
  connectionTimeoutMs,
  find,
  findAll,
  frames,
  hasPart,
  makeCall,
  rendered,
  until,
  videoOf,
} from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

async function callWith(...ids: string[]): Promise<{ call: RtcCall; controller: ScriptedController }> {
  const controller = new ScriptedController().tell({ type: 'started' });
  for (const id of ids) controller.join(id, { camera: 'on' }, colourStream('blue'));
  const call = await makeCall(html`<rtc-call .controller=${controller}></rtc-call>`);
  return { call, controller };
}

const isBlocked = (call: RtcCall): boolean => hasPart(call, 'sound-button');

describe('playback', function () {
  this.timeout(connectionTimeoutMs);

  it('is with sound where the browser allows it', async () => {
    const { call } = await callWith('ben');
    await frames(videoOf(call), 1);
    expect(videoOf(call).muted).to.be.false;
    expect(isBlocked(call)).to.be.false;
  });

  it('shows the picture without sound where the browser refuses it, and says so', async () => {
    blockSound();
    const { call, controller } = await callWith('ben');
    await until(() => isBlocked(call), 'the sound button');
    const video = videoOf(call);
    expect(video.muted).to.be.true;
    await frames(video, 2);
    expect(find(call, 'rtc-remote-video').matches(':state(autoplay-blocked)')).to.be.true;
    expect(controller.state.playbackBlocked).to.be.true;
    expect(call.error, 'a state, not an error').to.be.null;
  });

  it('has sound again after a click on the button, which goes away', async () => {
    const policy = blockSound();
    const { call } = await callWith('ben');
    await until(() => isBlocked(call), 'the sound button');
    policy.allowed = true;
    click(call, 'sound-button');
    await rendered(call);
    expect(videoOf(call).muted).to.be.false;
    expect(isBlocked(call)).to.be.false;
    expect(find(call, 'rtc-remote-video').matches(':state(autoplay-blocked)')).to.be.false;
    await frames(videoOf(call), 2);
  });

  it('shows the button again when the sound is still refused', async () => {
    const policy = blockSound();
    const { call } = await callWith('ben');
    await until(() => isBlocked(call), 'the sound button');
    const video = videoOf(call);
    const { refusals } = policy;
    click(call, 'sound-button');
    await until(() => policy.refusals > refusals, 'another attempt with sound');
    await until(() => video.muted && isBlocked(call), 'the sound button again');
    await frames(video, 1);
  });

  it('is not tried again in a tile that has left the page', async () => {
    const policy = blockSound();
    const { call } = await callWith('ben');
    await until(() => isBlocked(call), 'the sound button');
    const { refusals } = policy;
    const tile = find(call, 'rtc-remote-video');
    tile.remove();
    await rendered(tile);
    await new Promise(requestAnimationFrame);
    expect(policy.refusals).to.equal(refusals);
  });

  it('has the sound of everybody again after one click', async () => {
    const policy = blockSound();
    const { call } = await callWith('ben', 'cleo');
    await until(() => findAll(call, '[part~=sound-button]').length === 2, 'two sound buttons');
    policy.allowed = true;
    click(call, 'sound-button');
    await rendered(call);
    const videos = findAll(call, 'rtc-remote-video').map(videoOf);
    expect(videos.map(({ muted }) => muted)).to.deep.equal([false, false]);
    expect(isBlocked(call)).to.be.false;
  });

  it('has sound after resumePlayback(), for buttons of the page', async () => {
    const policy = blockSound();
    const { call } = await callWith('ben');
    await until(() => isBlocked(call), 'the sound button');
    policy.allowed = true;
    await call.resumePlayback();
    await rendered(call);
    expect(videoOf(call).muted).to.be.false;
  });

  it('does not mute for good: the next participant is tried with sound', async () => {
    const policy = blockSound();
    const { call, controller } = await callWith('ben');
    await until(() => isBlocked(call), 'the sound button');
    controller.tell({ type: 'participant-left', id: 'ben' });
    policy.allowed = true;
    controller.join('cleo', { camera: 'on' }, colourStream('green'));
    await rendered(call);
    await frames(videoOf(call), 1);
    expect(videoOf(call).muted).to.be.false;
    expect(isBlocked(call)).to.be.false;
  });

  it('is not blocked for the own view, which has no sound', async () => {
    blockSound();
    const { call, controller } = await callWith();
    controller.tell(
      { type: 'media-changed', kind: 'camera', status: 'on' },
      { type: 'local-stream-changed', stream: colourStream('red'), facing: 'user' },
    );
    await rendered(call);
    await frames(videoOf(find(call, 'rtc-local-video')), 1);
    expect(isBlocked(call)).to.be.false;
  });

  it('goes on after something else has paused the video, with the next change of the tile', async () => {
    const { call, controller } = await callWith('ben');
    const video = videoOf(call);
    await frames(video, 1);
    video.pause();
    controller.tell({ type: 'participant-changed', id: 'ben', changes: { microphone: 'off' } });
    await rendered(call);
    await frames(video, 1);
    expect(video.paused).to.be.false;
  });
});
