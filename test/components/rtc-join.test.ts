import { expect, html } from '@open-wc/testing';
import type { TemplateResult } from 'lit';
import { de } from '../../src/components/locales/de.js';
import type { RtcCall } from '../../src/components/rtc-call.js';
import type { MediaStatus } from '../../src/core/call-state.js';
import { CallError, type CallErrorCode } from '../../src/core/errors.js';
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
  stubPermissions,
  textOf,
  videoOf,
  watchDevices,
} from '../helpers/call-fixture.js';
import { outside, overlapping } from '../helpers/boxes.js';
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
    input.dispatchEvent(new Event('change'));
    // What Enter does then: it presses the default button of the form (HTML, implicit submission).
    find<HTMLFormElement>(call, 'form').querySelector<HTMLButtonElement>('[type="submit"]')?.click();
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
    stubPermissions('denied');
    refuseDevices('NotAllowedError');
    const call = await makeCall();
    click(call, 'preview-button');
    await state(call, ({ media }) => media.camera === 'denied' && media.microphone === 'denied');
    await rendered(call);
    expect(textOf(find(call, '.advice'))).to.match(
      /^Camera and microphone are blocked .* Choose Allow\. .* Try again$/,
    );
    expect(ledeOf(call)).to.equal('You can still watch and listen.');
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

  describe('before the devices are open', () => {
    const plan = (call: RtcCall): (string | null)[] =>
      ['microphone-button', 'camera-button'].map((name) => part(call, name).getAttribute('aria-pressed'));

    it('joins with what its buttons say, and opens nothing to say it', async () => {
      const { asked } = watchDevices();
      const call = await makeCall();
      expect(plan(call)).to.deep.equal(['true', 'true']);
      click(call, 'camera-button');
      await rendered(call);
      expect(plan(call)).to.deep.equal(['true', 'false']);
      expect(textOf(part(call, 'join-button'))).to.equal('Join without camera');
      expect(textOf(part(call, 'preview-button'))).to.equal('Turn on microphone');
      expect(asked).to.deep.equal([]);
      click(call, 'join-button');
      await call.start();
      expect(asked).to.deep.equal([{ audio: true }]);
      expect(call.media).to.include({ microphone: 'on', camera: 'off' });
    });

    it('joins to watch and listen with neither', async () => {
      const { asked } = watchDevices();
      const call = await makeCall();
      click(call, 'camera-button');
      click(call, 'microphone-button');
      await rendered(call);
      expect(textOf(part(call, 'join-button'))).to.equal('Join to watch and listen');
      click(call, 'microphone-button');
      await rendered(call);
      expect(textOf(part(call, 'join-button'))).to.equal('Join without camera');
      click(call, 'microphone-button');
      click(call, 'join-button');
      await call.start();
      expect(asked).to.deep.equal([]);
    });

    it('offers nothing that the page has switched off', async () => {
      const call = await makeCall(html`<rtc-call no-audio></rtc-call>`);
      expect(hasPart(call, 'microphone-button')).to.be.false;
      expect(textOf(part(call, 'preview-button'))).to.equal('Turn on camera');
      const silent = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
      expect(hasPart(silent, 'preview-button') || hasPart(silent, 'camera-button')).to.be.false;
      expect(textOf(part(silent, 'advice'))).to.match(/^Watch and listen/);
    });

    it('says that the browser asks, while it does', async () => {
      stubDevices(() => new Promise(() => {}));
      const call = await makeCall();
      click(call, 'preview-button');
      await rendered(call);
      expect(textOf(part(call, 'advice'))).to.match(/^The browser asks you/);
    });
  });

  describe('when devices fail', () => {
    const failed = async (
      code: CallErrorCode,
      status: MediaStatus,
      kinds: readonly ('camera' | 'microphone')[] = ['camera', 'microphone'],
      isDismissed = false,
    ): Promise<{ call: RtcCall; controller: ScriptedController }> => {
      const controller = new ScriptedController();
      const call = await makeCall(html`<rtc-call .controller=${controller}></rtc-call>`);
      controller.tell({ type: 'media-changed', kind: 'microphone', status: 'on' });
      controller.tell({ type: 'media-changed', kind: 'camera', status: 'on' });
      const error = new CallError(code, 'for the test', { isDismissed });
      for (const kind of kinds) controller.tell({ type: 'media-changed', kind, status, error });
      await rendered(call);
      return { call, controller };
    };
    const words: [CallErrorCode, MediaStatus, boolean, RegExp, string][] = [
      [
        'permission-denied',
        'denied',
        false,
        /blocked for this page .*site settings/,
        'Blocked in this browser',
      ],
      ['permission-denied', 'denied', true, /not allowed yet Try again/, 'Not allowed yet'],
      ['device-not-found', 'missing', false, /^No camera and no microphone found Connect/, 'None found'],
      ['device-busy', 'busy', false, /busy Another app/, 'In use by another app'],
      ['insecure-context', 'denied', false, /https/, 'Withheld from this page'],
      ['policy-blocked', 'denied', false, /The page around this call/, 'Withheld from this page'],
    ];
    for (const [code, status, isDismissed, advice, brief] of words) {
      it(`says what is wrong and what to do, and tries again: ${brief}${isDismissed ? '' : `, ${code}`}`, async () => {
        const { call, controller } = await failed(code, status, undefined, isDismissed);
        expect(textOf(part(call, 'advice'))).to.match(advice);
        expect(findAll(call, '[part=device-trouble]').map(textOf)).to.deep.equal([brief, brief]);
        expect(textOf(part(call, 'join-button'))).to.equal('Join to watch and listen');
        click(call, 'retry-button');
        expect(controller.commands).to.deep.equal(['preview']);
        await expect(call).to.be.accessible();
      });
    }

    it('leads out of a frame that withholds the devices', async () => {
      const { call } = await failed('policy-blocked', 'denied');
      const link = part<HTMLAnchorElement>(call, 'tab-link');
      expect([link.href, link.target]).to.deep.equal([location.href, '_blank']);
    });

    it('says over the picture what is wrong with the microphone', async () => {
      const { call, controller } = await failed('device-busy', 'busy', ['microphone']);
      expect(hasPart(call, 'advice')).to.be.false;
      expect(textOf(part(call, 'notice'))).to.match(/^The microphone is busy .* Try again$/);
      expect(textOf(part(call, 'join-button'))).to.equal('Join without microphone');
      await expect(call).to.be.accessible();
      controller.tell({ type: 'media-changed', kind: 'microphone', status: 'on' });
      await rendered(call);
      expect(hasPart(call, 'notice')).to.be.false;
    });
  });

  describe('while somebody calls', () => {
    /** Counts what is made to sound, in place of the browser's own. */
    const listen = (hasBeenActive: boolean): { sounds: number } => {
      const heard = { sounds: 0 };
      stub(window, 'AudioContext', function () {
        heard.sounds++;
        throw new DOMException('for the test', 'NotSupportedError');
      } as unknown as typeof AudioContext);
      const activation = Object.assign(Object.create(UserActivation.prototype) as UserActivation, {});
      Object.defineProperty(activation, 'hasBeenActive', { value: hasBeenActive });
      stub(navigator, 'userActivation', activation);
      return heard;
    };
    const called = async (
      template: (controller: ScriptedController) => TemplateResult,
    ): Promise<{ call: RtcCall; controller: ScriptedController }> => {
      const controller = new ScriptedController();
      const call = await makeCall(template(controller));
      controller.tell({ type: 'incoming-changed', caller: { id: 'ben', name: 'Ben' } });
      await rendered(call);
      return { call, controller };
    };
    const plain = (controller: ScriptedController): TemplateResult =>
      html`<rtc-call .controller=${controller}></rtc-call>`;

    it('says who, and answers or declines', async () => {
      listen(false);
      const { call, controller } = await called(plain);
      expect(titleOf(call)).to.equal('Ben is calling');
      expect(find(call, 'rtc-join').matches(':state(calling)')).to.be.true;
      click(call, 'decline-button');
      expect(controller.commands).to.deep.equal(['decline']);
      controller.tell({ type: 'incoming-changed', caller: { id: 'cleo', name: '' } });
      await rendered(call);
      expect(titleOf(call)).to.equal('Somebody is calling');
      expect(textOf(part(call, 'join-button'))).to.equal('Answer');
      await expect(call).to.be.accessible();
      click(call, 'join-button');
      expect(controller.commands).to.deep.equal(['decline', 'start']);
    });

    it('leaves the large button where it is, whoever comes and goes', async () => {
      listen(false);
      const controller = new ScriptedController();
      const call = await makeCall(plain(controller));
      for (const [width, height] of [
        [300, 640],
        [390, 640],
        [900, 640],
        [900, 1000],
      ] as const) {
        call.style.cssText = `inline-size: ${width}px; block-size: ${height}px`;
        await rendered(call);
        const before = JSON.stringify(part(call, 'join-button').getBoundingClientRect());
        controller.tell({ type: 'incoming-changed', caller: { id: 'ben', name: 'Ben' } });
        await rendered(call);
        const answer = part(call, 'join-button').getBoundingClientRect();
        expect(JSON.stringify(answer), `${width} px wide`).to.equal(before);
        controller.tell({ type: 'incoming-changed', caller: null });
        await rendered(call);
      }
    });

    it('has both buttons whole, in a frame of any size', async () => {
      listen(false);
      const { call, controller } = await called(plain);
      for (const [width, height] of [
        [200, 300],
        [568, 320],
        [320, 568],
      ] as const) {
        const name = 'Alexandra-Konstantina von Rautenberg-Hohenstein';
        controller.tell({ type: 'incoming-changed', caller: { id: 'a', name } });
        call.style.cssText = `inline-size: ${width}px; block-size: ${height}px`;
        await rendered(call);
        const boxes = ['decline-button', 'join-button'].map((name) => ({
          name,
          box: part(call, name).getBoundingClientRect(),
        }));
        expect(outside(boxes, call.getBoundingClientRect()), `${width}×${height}`).to.deep.equal([]);
        expect(overlapping(boxes)).to.deep.equal([]);
      }
    });

    it('shows no caller any more when they are gone', async () => {
      listen(false);
      const { call, controller } = await called(plain);
      controller.tell({ type: 'incoming-changed', caller: null });
      await rendered(call);
      expect(titleOf(call)).to.equal('Join the call');
      expect(hasPart(call, 'decline-button')).to.be.false;
    });

    it('has a bell that switches the ring off, for whoever calls next, too', async () => {
      const heard = listen(true);
      const { call, controller } = await called(plain);
      expect(heard.sounds).to.equal(1);
      const bell = (): HTMLElement => part(call, 'ring-button');
      expect(bell().getAttribute('aria-label')).to.equal('Ringing sound');
      expect(bell().getAttribute('aria-pressed')).to.equal('true');
      click(call, 'ring-button');
      await rendered(call);
      expect(bell().getAttribute('aria-pressed')).to.equal('false');
      await expect(call).to.be.accessible();
      controller.tell({ type: 'incoming-changed', caller: null });
      await rendered(call);
      expect(hasPart(call, 'ring-button')).to.be.false;
      controller.tell({ type: 'incoming-changed', caller: { id: 'cleo', name: 'Cleo' } });
      await rendered(call);
      expect(heard.sounds).to.equal(1);
      click(call, 'ring-button');
      await rendered(call);
      expect(heard.sounds).to.equal(2);
    });

    it('rings, again and again, until they are gone', async () => {
      const heard = listen(true);
      const intervals: (() => void)[] = [];
      const { setInterval: set } = window;
      stub(window, 'setInterval', ((callback: () => void, delay?: number) => {
        if (delay !== 3000) return set(callback, delay);
        intervals.push(callback);
        return -7;
      }) as typeof setInterval);
      const cleared: unknown[] = [];
      const { clearInterval: clear } = window;
      stub(window, 'clearInterval', (id) => {
        cleared.push(id);
        clear(id);
      });
      const { controller, call } = await called(plain);
      expect(heard.sounds).to.equal(1);
      for (const ring of intervals) ring();
      expect(heard.sounds).to.equal(2);
      controller.tell({ type: 'incoming-changed', caller: null });
      await rendered(call);
      expect(cleared).to.include(-7);
    });

    it('does not try to ring before the person has touched the page', async () => {
      const heard = listen(false);
      await called(plain);
      expect(heard.sounds).to.equal(0);
    });

    it('does not ring with no-ring', async () => {
      const heard = listen(true);
      const { call } = await called(
        (controller) => html`<rtc-call no-ring .controller=${controller}></rtc-call>`,
      );
      expect(titleOf(call)).to.equal('Ben is calling');
      await called(
        (controller) => html`<rtc-call .controller=${controller}><rtc-join no-ring></rtc-join></rtc-call>`,
      );
      expect(heard.sounds).to.equal(0);
    });

    it('does not take those for callers who have stayed in the call that was left', async () => {
      const heard = listen(true);
      const controller = new ScriptedController().tell({ type: 'started' }, { type: 'ended' });
      const call = await makeCall(plain(controller));
      controller.tell({ type: 'incoming-changed', caller: { id: 'ben', name: 'Ben', isFormer: true } });
      await rendered(call);
      expect([titleOf(call), ledeOf(call)]).to.deep.equal(['You left the call', 'Ben is still in the call.']);
      expect(heard.sounds).to.equal(0);
    });
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
    expect(ledeOf(call)).to.match(/^There is no place: the call is full/);
    // Those in the call go on saying that they are there.
    controller.tell({ type: 'incoming-changed', caller: { id: 'ana', name: 'Ana' } });
    await rendered(call);
    expect(titleOf(call)).to.equal('The call could not start');
    click(call, 'join-button');
    expect(controller.commands).to.deep.equal(['start']);
  });

  it('says why a call can not start in its own language, with the details for the author of the page', async () => {
    const controller = new ScriptedController();
    const call = await makeCall(html`<rtc-call lang="de" .controller=${controller}></rtc-call>`);
    const refuse = async (code: CallErrorCode): Promise<string> => {
      controller.tell({ type: 'refused', error: new CallError(code, 'In English.') });
      await rendered(call);
      return ledeOf(call);
    };
    expect(await refuse('room-full')).to.equal(de['room-full']);
    expect(await refuse('unsupported')).to.equal(de.unsupported);
    expect(await refuse('invalid-config')).to.equal(`${de['invalid-config']} In English.`);
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

  it('has its title above its button in a badge, and leaves what is wrong to be read in a small phone', async () => {
    const controller = new ScriptedController();
    const call = await makeCall(html`<rtc-call .controller=${controller}></rtc-call>`);
    call.style.cssText = 'inline-size: 160px; block-size: 90px';
    await rendered(call);
    const boxes = ['title', 'join-button'].map((name) => ({
      name,
      box: part(call, name).getBoundingClientRect(),
    }));
    expect(outside(boxes, call.getBoundingClientRect())).to.deep.equal([]);
    expect(overlapping(boxes)).to.deep.equal([]);
    const error = new CallError('permission-denied', '');
    for (const kind of ['camera', 'microphone'] as const)
      controller.tell({ type: 'media-changed', kind, status: 'denied', error });
    call.style.cssText = 'inline-size: 320px; block-size: 568px';
    await rendered(call);
    const advice = part(call, 'advice').querySelector('h3')!.getBoundingClientRect();
    expect(advice.top).to.be.at.least(call.getBoundingClientRect().top);
    expect(advice.bottom).to.be.below(part(call, 'microphone-button').getBoundingClientRect().top);
  });
});
