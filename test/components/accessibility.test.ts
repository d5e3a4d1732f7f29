import { expect, html } from '@open-wc/testing';
import type { RtcCall } from '../../src/components/rtc-call.js';
import type { Participant } from '../../src/core/call-state.js';
import { CallError } from '../../src/core/errors.js';
import {
  blockSound,
  click,
  colourStream,
  connect,
  connectionTimeoutMs,
  find,
  findAll,
  frames,
  makeCall,
  part,
  phase,
  refuseDevices,
  rendered,
  state,
  textOf,
  until,
  videoOf,
} from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

/** A call with these settings, as large as on a desktop. */
async function wideCall(settings: Partial<RtcCall>, scheme: string): Promise<RtcCall> {
  const call = await makeCall();
  Object.assign(call, settings);
  call.style.cssText = `inline-size: 780px; block-size: 560px; color-scheme: ${scheme}`;
  await rendered(call);
  return call;
}

/** Each brings the call into a state that a person can meet. */
const situations: Record<string, (scheme: string) => Promise<RtcCall>> = {
  'the join screen': (scheme) => wideCall({}, scheme),

  'the preview': async (scheme) => {
    const call = await wideCall({}, scheme);
    click(call, 'preview-button');
    await state(call, ({ media }) => media.camera === 'on');
    await rendered(call);
    await frames(videoOf(find(call, 'rtc-local-video')), 1);
    return call;
  },

  'blocked devices on the join screen': async (scheme) => {
    refuseDevices('NotAllowedError');
    const call = await wideCall({}, scheme);
    click(call, 'preview-button');
    await state(call, ({ media }) => media.camera === 'denied' && media.microphone === 'denied');
    return call;
  },

  'the empty call': async (scheme) => {
    const call = await wideCall({ localStream: colourStream('red') }, scheme);
    await call.start();
    return call;
  },

  'blocked devices in a call': async (scheme) => {
    refuseDevices('NotAllowedError');
    const call = await wideCall({}, scheme);
    await call.start();
    return call;
  },

  'a call of two': async (scheme) => {
    const call = await wideCall({ localStream: colourStream('red') }, scheme);
    const other = await makeCall(html`<rtc-call name="Ben" .localStream=${colourStream('blue')}></rtc-call>`);
    await connect(call, other);
    await frames(videoOf(call), 1);
    return call;
  },

  'a call of three': async (scheme) => {
    const call = await wideCall({ localStream: colourStream('red') }, scheme);
    const others = [
      await makeCall(html`<rtc-call name="Ben" .localStream=${colourStream('blue')}></rtc-call>`),
      await makeCall(html`<rtc-call no-audio no-video></rtc-call>`),
    ];
    await connect(call, ...others);
    return call;
  },

  reconnecting: async (scheme) => {
    const controller = new ScriptedController().tell({ type: 'started' });
    controller.join('ben', { name: 'Ben', connection: 'reconnecting', microphone: 'off' });
    return wideCall({ controller }, scheme);
  },

  'a large tile, pinned, and a screen': async (scheme) => {
    const controller = new ScriptedController().tell({ type: 'started' }, { type: 'connected', at: 0 });
    controller.join('ben', { name: 'Ben', screenStream: new MediaStream() }).join('cleo', { name: 'Cleo' });
    const call = await wideCall({ controller }, scheme);
    call.pin('cleo');
    return call;
  },

  'a call without pictures': async (scheme) => {
    const controller = new ScriptedController().tell({ type: 'started' }, { type: 'connected', at: 0 });
    controller
      .join('ben', { name: 'Ben', camera: 'off', microphone: 'off' })
      .join('cleo', { name: 'Cleo', camera: 'off' });
    return wideCall({ controller }, scheme);
  },

  'blocked sound': async (scheme) => {
    const controller = new ScriptedController().tell({ type: 'started' });
    const call = await wideCall({ controller }, scheme);
    blockSound();
    controller.join('ben', { name: 'Ben', camera: 'on' }, colourStream('blue'));
    await state(call, ({ playbackBlocked }) => playbackBlocked);
    await rendered(call);
    expect(findAll(call, '[part~=sound-button]')).to.have.length(1);
    return call;
  },

  'the end': async (scheme) => {
    const call = await wideCall({ localStream: colourStream('red') }, scheme);
    await call.start();
    await rendered(call);
    click(call, 'leave-button');
    return call;
  },

  'the refusal': async (scheme) => {
    const controller = new ScriptedController().tell(
      { type: 'started' },
      { type: 'error-recorded', error: new CallError('room-full', 'The call is full.') },
      { type: 'ended' },
    );
    return wideCall({ controller }, scheme);
  },
};

describe('accessibility', function () {
  this.timeout(connectionTimeoutMs);

  for (const scheme of ['light', 'dark']) {
    for (const [name, prepare] of Object.entries(situations)) {
      it(`has no violations in ${name}, ${scheme}`, async () => {
        const call = await prepare(scheme);
        await rendered(call);
        expect(getComputedStyle(call).colorScheme).to.equal(scheme);
        await expect(call).to.be.accessible();
      });
    }

    it(`has none in the elements of an own layout, ${scheme}`, async () => {
      const call = await makeCall(
        html`<rtc-call no-audio no-video>
          <rtc-local-video></rtc-local-video><rtc-remote-video></rtc-remote-video>
          <rtc-controls></rtc-controls><rtc-status></rtc-status>
        </rtc-call>`,
      );
      call.style.colorScheme = scheme;
      call.style.backgroundColor = 'Canvas';
      await rendered(call);
      await expect(call).to.be.accessible();
      await call.start();
      await rendered(call);
      await expect(call).to.be.accessible();
    });
  }

  it('names every button, and hides every icon', async () => {
    const call = await wideCall({ localStream: colourStream('red') }, 'dark');
    for (const step of ['idle', 'waiting'] as const) {
      if (step === 'waiting') await call.start();
      await rendered(call);
      for (const button of findAll<HTMLButtonElement>(call, 'button')) {
        expect(button.ariaLabel ?? button.textContent.trim(), button.outerHTML).not.to.equal('');
      }
      for (const icon of findAll<SVGElement>(call, 'svg')) {
        expect(icon.getAttribute('aria-hidden'), icon.outerHTML).to.equal('true');
      }
    }
  });

  it('hides a picture that is not there, and the initial in its place, and says that a camera is off', async () => {
    const controller = new ScriptedController().tell({ type: 'started' });
    const call = await makeCall(
      html`<rtc-call .controller=${controller}><rtc-remote-video></rtc-remote-video></rtc-call>`,
    );
    const tile = find(call, 'rtc-remote-video');
    const isHidden = (): boolean => videoOf(call).getAttribute('aria-hidden') === 'true';
    const change = async (changes: Partial<Participant>): Promise<void> => {
      controller.tell({ type: 'participant-changed', id: 'ben', changes });
      await rendered(call);
    };
    expect(isHidden()).to.be.true;
    controller.join('ben', { name: 'Ben', camera: 'on' }, colourStream('blue'));
    await frames(videoOf(call), 1);
    await until(() => !isHidden(), 'the picture is there');
    expect(videoOf(call).getAttribute('aria-label')).to.equal('Picture of Ben');
    expect(textOf(part(tile, 'plate'))).to.equal('Ben');
    await change({ camera: 'off' });
    expect(isHidden()).to.be.true;
    expect(textOf(find(tile, '[part=placeholder] [aria-hidden=true]'))).to.equal('B');
    expect(textOf(part(tile, 'plate'))).to.equal('Ben Camera off');
    await change({ connection: 'reconnecting' });
    expect(textOf(part(tile, 'plate'))).to.equal('Ben Reconnecting');
    await change({ connection: 'connected', camera: 'unknown' });
    expect(textOf(part(tile, 'plate'))).to.equal('Ben');
  });

  it('says to screen readers that somebody is muted', async () => {
    const controller = new ScriptedController().tell({ type: 'started' });
    const call = await makeCall(html`<rtc-call .controller=${controller}></rtc-call>`);
    controller.join('ben', { name: 'Ben', microphone: 'off' });
    await rendered(call);
    expect(part(find(call, 'rtc-remote-video'), 'plate').textContent).to.include('Muted');
  });

  it('says what happens once: no live regions but those of the status, of which one speaks', async () => {
    const call = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
    await call.start();
    await phase(call, 'waiting');
    await rendered(call);
    const regions = findAll(call, '[role=status], [aria-live]');
    for (const region of regions) expect(region.getRootNode()).to.equal(find(call, 'rtc-status').shadowRoot);
    expect(regions.map(textOf).filter(Boolean)).to.have.length(1);
  });
});
