import { expect } from '@open-wc/testing';
import { applyTarget, preferScreenCodec, targetOf } from '../../src/core/adaptation.js';
import { maxUplinkBits, maxVideoBits, minVideoBits } from '../../src/core/defaults.js';
import { Views } from '../../src/core/views.js';
import { FakeTrack } from '../helpers/fake-media.js';
import { FakeSender, FakeTransceiver } from '../helpers/fake-transceiver.js';

/** A sender with a track of this height. */
function senderOf(height?: number): FakeSender {
  const sender = new FakeSender('video', () => undefined);
  sender.track = new FakeTrack('video', height === undefined ? {} : { height });
  return sender;
}

const apply = (
  sender: FakeSender,
  role: Parameters<typeof applyTarget>[1],
  target?: ReturnType<typeof targetOf>,
): Promise<void> =>
  applyTarget(
    sender as unknown as RTCRtpSender,
    role,
    (sender.track ?? null) as unknown as MediaStreamTrack | null,
    target,
  );

describe('targetOf', () => {
  it('gives a picture the bits of the size at which it is shown', () => {
    const heights = [90, 180, 360, 720];
    const bits = heights.map((height) => targetOf('video', height, 1, 1).maxBitrate);
    expect(bits).to.deep.equal([76_843, 217_346, 614_747, 1_738_766]);
    expect(targetOf('video', 2160, 1, 1).maxBitrate).to.equal(maxVideoBits);
  });

  it('sends a picture of which nobody has said how it is shown as it is', () => {
    expect(targetOf('video', undefined, 1, 1)).to.deep.equal({
      height: Infinity,
      maxBitrate: maxVideoBits,
      maxFramerate: 30,
    });
  });

  it('limits nothing before the path was measured, so that the first picture has its full size', () => {
    expect(targetOf('video', 360, 8, null)).to.deep.equal({
      height: 360,
      maxBitrate: undefined,
      maxFramerate: 30,
    });
  });

  it('keeps a picture that nobody sees small but alive', () => {
    const { height, maxBitrate, maxFramerate } = targetOf('video', 0, 1, 1);
    expect([height, maxFramerate]).to.deep.equal([90, 15]);
    expect(maxBitrate).to.be.below(100_000);
  });

  it('shares the uplink between the participants', () => {
    const bits = targetOf('video', 1080, 7, 1).maxBitrate;
    expect(bits).to.equal(Math.round(maxUplinkBits / 7));
  });

  it('leaves a narrow path to the sound', () => {
    expect(targetOf('video', 720, 1, 0.1).maxBitrate).to.equal(173_877);
    expect(targetOf('video', 90, 1, 0.1).maxBitrate).to.equal(minVideoBits);
  });
});

describe('preferScreenCodec', () => {
  const named = (...names: string[]): RTCRtpCodec[] =>
    names.map((name) => ({ mimeType: `video/${name}`, clockRate: 90_000 }));

  it('puts VP9 first and keeps the order of the rest', () => {
    const transceiver = new FakeTransceiver('video', 'sendrecv', () => undefined);
    const codecs = named('VP8', 'rtx', 'VP9', 'H264', 'VP9', 'AV1');
    preferScreenCodec(transceiver as unknown as RTCRtpTransceiver, codecs);
    expect(transceiver.codecs).to.deep.equal(named('VP9', 'VP9', 'VP8', 'rtx', 'H264', 'AV1'));
  });

  it('leaves browsers alone that take no preferences', () => {
    preferScreenCodec({} as RTCRtpTransceiver, named('VP8'));
  });
});

describe('applyTarget', () => {
  it('scales the picture down to what is shown, never up', async () => {
    const sender = senderOf(720);
    await apply(sender, 'video', targetOf('video', 180, 1, 1));
    expect(sender.parameters.at(-1)?.encodings[0]?.scaleResolutionDownBy).to.equal(4);
    await apply(sender, 'video', targetOf('video', 1080, 1, 1));
    expect(sender.parameters.at(-1)?.encodings[0]?.scaleResolutionDownBy).to.equal(1);
    const unknown = senderOf();
    await apply(unknown, 'video', targetOf('video', 180, 1, 1));
    expect(unknown.parameters.at(-1)?.encodings[0]?.scaleResolutionDownBy).to.equal(1);
  });

  it('keeps the motion of a camera and the sharpness of a screen', async () => {
    const camera = senderOf(720);
    const screen = senderOf(720);
    await apply(camera, 'video');
    await apply(screen, 'screen');
    expect(camera.parameters[0]?.degradationPreference).to.equal('maintain-framerate');
    expect(screen.parameters[0]?.degradationPreference).to.equal('maintain-resolution');
  });

  it('puts sound first, and never limits it', async () => {
    const sender = senderOf();
    await apply(sender, 'audio');
    expect(sender.parameters[0]?.encodings).to.deep.equal([{ priority: 'high' }]);
  });

  it('sets only what has changed', async () => {
    const sender = senderOf(720);
    await apply(sender, 'video', targetOf('video', 360, 1, 1));
    await apply(sender, 'video', targetOf('video', 360, 1, 1));
    expect(sender.parameters).to.have.length(1);
  });

  it('leaves a sender alone that refuses, is not ready or has no track', async () => {
    const sender = senderOf(720);
    sender.failsNext = true;
    await apply(sender, 'video');
    sender.getParameters = () => ({
      ...new FakeSender('video', () => undefined).getParameters(),
      encodings: [],
    });
    await apply(sender, 'video');
    await apply(new FakeSender('video', () => undefined), 'video');
    await apply(Object.create(null) as FakeSender, 'video');
    expect(sender.parameters).to.deep.equal([]);
  });
});

describe('Views', () => {
  it('asks for the largest place, in steps, and for nothing of whom nobody spoke', () => {
    const views = new Views();
    const [large, small] = [{}, {}];
    expect(views.of('ben')).to.equal(null);
    views.set(small, { participantId: 'ben', source: 'camera', height: 0 });
    expect(views.of('ben')).to.deep.equal({ camera: 0 });
    views.set(large, { participantId: 'ben', source: 'camera', height: 310 });
    expect(views.of('ben')).to.deep.equal({ camera: 360 });
    views.set(small, { participantId: 'ben', source: 'screen', height: 5000 });
    expect(views.of('ben')).to.deep.equal({ camera: 360, screen: 1080 });
    views.set(large, null);
    expect(views.of('ben')).to.deep.equal({ screen: 1080 });
    views.set(small, null);
    expect(views.of('ben')).to.equal(null);
  });

  it('tells whether a word is new', () => {
    const views = new Views();
    const viewer = {};
    const view = { participantId: 'ben', source: 'camera', height: 300 } as const;
    expect(views.set(viewer, null)).to.equal(false);
    expect(views.set(viewer, view)).to.equal(true);
    expect(views.set(viewer, { ...view })).to.equal(false);
    expect(views.set(viewer, { ...view, height: 400 })).to.equal(true);
    expect(views.set(viewer, null)).to.equal(true);
  });
});
