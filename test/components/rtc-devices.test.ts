import { expect, html } from '@open-wc/testing';
import type { TemplateResult } from 'lit';
import type { RtcCall } from '../../src/components/rtc-call.js';
import type { RtcDevices } from '../../src/components/rtc-devices.js';
import type { Device } from '../../src/core/call-state.js';
import { CallError } from '../../src/core/errors.js';
import {
  afterTest,
  click,
  colourStream,
  connectionTimeoutMs,
  find,
  findAll,
  hasPart,
  makeCall,
  part,
  rendered,
  state,
  stub,
  textOf,
  until,
  watchDevices,
} from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

const camera = (deviceId: string, label = deviceId): Device => ({ kind: 'videoinput', deviceId, label });
const microphone = (deviceId: string): Device => ({ kind: 'audioinput', deviceId, label: deviceId });
const speaker = (deviceId: string): Device => ({ kind: 'audiooutput', deviceId, label: deviceId });
const plugged = [
  camera('c1', 'Desk camera (04f2:b6d9)'),
  camera('c2'),
  microphone('m1'),
  microphone('m2'),
  speaker('s1'),
  speaker('s2'),
];

const select = (call: RtcCall, name: string): HTMLSelectElement => find(call, `select[name=${name}]`);
const optionsOf = (call: RtcCall, name: string): string[] =>
  [...select(call, name).options].filter(({ hidden }) => !hidden).map(textOf);
const elementOf = (call: RtcCall): RtcDevices => find(call, 'rtc-devices');

function choose(call: RtcCall, name: string, id: string): void {
  const field = select(call, name);
  field.value = id;
  field.dispatchEvent(new Event('change', { bubbles: true }));
}

async function scripted(
  template: (controller: ScriptedController) => TemplateResult = (controller) =>
    html`<rtc-call .controller=${controller}><rtc-devices></rtc-devices></rtc-call>`,
): Promise<{ call: RtcCall; controller: ScriptedController }> {
  const controller = new ScriptedController();
  const call = await makeCall(template(controller));
  return { call, controller };
}

/** Devices that are plugged in, named and in use. */
async function open(): Promise<{ call: RtcCall; controller: ScriptedController }> {
  const made = await scripted();
  made.controller.tell(
    { type: 'devices-changed', devices: plugged },
    { type: 'device-used', kind: 'camera', deviceId: 'c1' },
    { type: 'device-used', kind: 'microphone', deviceId: 'm2' },
    { type: 'media-changed', kind: 'camera', status: 'on' },
    { type: 'media-changed', kind: 'microphone', status: 'on' },
  );
  await rendered(made.call);
  return made;
}

describe('<rtc-devices>', function () {
  this.timeout(connectionTimeoutMs);
  beforeEach(() => {
    localStorage.clear(); // what was chosen
  });

  it('opens nothing by itself, and says calmly why nothing can be chosen yet', async () => {
    const { asked } = watchDevices();
    stub(navigator.mediaDevices, 'enumerateDevices', () => Promise.resolve([]));
    const call = await makeCall(html`<rtc-call><rtc-devices></rtc-devices></rtc-call>`);
    expect(textOf(part(call, 'hint'))).to.equal('Your devices appear here once the browser may use them.');
    expect(elementOf(call).matches(':state(unnamed)')).to.be.true;
    expect(findAll(call, 'select')).to.deep.equal([]);
    expect(asked).to.deep.equal([]);
  });

  it('shows real names, and what is in use, once devices are open', async () => {
    const call = await makeCall(html`<rtc-call><rtc-devices></rtc-devices></rtc-call>`);
    await call.preview();
    await state(call, ({ devices }) => devices.some(({ label }) => label !== ''));
    await rendered(call);
    const [video] = call.controller.state.localStream!.getVideoTracks();
    expect(select(call, 'camera').value).to.equal(video!.getSettings().deviceId);
    expect(optionsOf(call, 'camera')).to.include(video!.label.replace(/ \([\da-f]{4}:[\da-f]{4}\)$/, ''));
    expect(select(call, 'camera').labels[0]?.textContent.trim()).to.equal('Camera');
    await expect(elementOf(call)).to.be.accessible();
  });

  it('lists what is plugged in, without the numbers of vendors', async () => {
    const { call } = await open();
    expect(optionsOf(call, 'camera')).to.deep.equal(['Desk camera', 'c2']);
    expect(select(call, 'camera').value).to.equal('c1');
    expect(select(call, 'microphone').value).to.equal('m2');
  });

  it('follows what is plugged in and what is used', async () => {
    const { call, controller } = await open();
    controller.tell({
      type: 'devices-changed',
      devices: plugged.filter(({ deviceId }) => deviceId !== 'c1'),
    });
    controller.tell({ type: 'device-used', kind: 'camera', deviceId: 'c2' });
    await rendered(call);
    expect(optionsOf(call, 'camera')).to.deep.equal(['c2']);
    expect(select(call, 'camera').value).to.equal('c2');
  });

  it('uses at once what is chosen, and shows it while it is being opened', async () => {
    const { call, controller } = await open();
    choose(call, 'camera', 'c2');
    expect(controller.commands).to.deep.equal(['videoinput c2']);
    controller.tell({ type: 'media-changed', kind: 'camera', status: 'starting' });
    await rendered(call);
    expect(select(call, 'camera').value).to.equal('c2');
    controller.tell({ type: 'device-used', kind: 'camera', deviceId: 'c2' });
    controller.selections[0]!.resolve();
    await until(() => select(call, 'camera').value === 'c2', 'the choice stays');
  });

  it('goes back to the device in use where the other can not be opened', async () => {
    const { call, controller } = await open();
    choose(call, 'camera', 'c2');
    await rendered(call);
    controller.selections[0]!.reject(new CallError('device-busy', 'for the test'));
    await until(() => select(call, 'camera').value === 'c1', 'back to the former');
  });

  it('chooses the loudspeaker, also the one that the system prefers', async () => {
    const { call, controller } = await open();
    expect(optionsOf(call, 'speaker')).to.deep.equal(['Default', 's1', 's2']);
    choose(call, 'speaker', 's2');
    choose(call, 'speaker', '');
    expect(controller.commands).to.deep.equal(['audiooutput s2', 'audiooutput ']);
  });

  it('lists the choice of the system once, where the browser has a name for it', async () => {
    const { call, controller } = await open();
    controller.tell({ type: 'devices-changed', devices: [...plugged, speaker('default')] });
    await rendered(call);
    expect(optionsOf(call, 'speaker')).to.deep.equal(['s1', 's2', 'default']);
    expect(select(call, 'speaker').value).to.equal('default');
  });

  it('lets no loudspeaker be chosen where the browser can not', async () => {
    const own = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'setSinkId')!;
    Reflect.deleteProperty(HTMLMediaElement.prototype, 'setSinkId');
    afterTest(() => {
      Object.defineProperty(HTMLMediaElement.prototype, 'setSinkId', own);
    });
    const { call } = await open();
    expect(findAll(call, 'select[name=speaker]')).to.deep.equal([]);
    expect(hasPart(call, 'test-button')).to.be.true;
  });

  it('says in the place of the name what is wrong', async () => {
    const { call, controller } = await scripted();
    const error = new CallError('device-not-found', 'for the test');
    controller.tell(
      { type: 'devices-changed', devices: [microphone('m1')] },
      { type: 'media-changed', kind: 'camera', status: 'missing', error },
      { type: 'media-changed', kind: 'microphone', status: 'busy', error: new CallError('device-busy', '') },
    );
    await rendered(call);
    expect(textOf(part(call, 'device-trouble'))).to.equal('None found');
    // Beside the name of one that can be chosen: under it, so that long words cover nothing.
    expect(textOf(find(call, 'label[for=microphone]'))).to.equal('Microphone');
    const select = find(call, 'select[name=microphone]');
    const trouble = find(call, `#${select.getAttribute('aria-describedby')}`);
    expect(textOf(trouble)).to.equal('In use by another app');
    expect(trouble.getBoundingClientRect().top).to.be.at.least(select.getBoundingClientRect().bottom - 10);
    await expect(elementOf(call)).to.be.accessible();
  });

  it('leaves out what the page has switched off or brings itself', async () => {
    for (const [template, rows] of [
      [html`<rtc-call no-video><rtc-devices></rtc-devices></rtc-call>`, ['microphone', 'speaker']],
      [html`<rtc-call no-audio><rtc-devices></rtc-devices></rtc-call>`, ['camera', 'speaker']],
      [
        html`<rtc-call .localStream=${colourStream('red')}><rtc-devices></rtc-devices></rtc-call>`,
        ['speaker'],
      ],
    ] as const) {
      const call = await makeCall(template);
      await call.preview();
      await state(call, ({ devices }) => rows.length === 1 || devices.some(({ label }) => label !== ''));
      await rendered(call);
      expect(findAll(call, '[part~=device]').map((row) => row.part[1])).to.deep.equal(rows);
    }
  });

  it('watches the devices only while it is in a call and in the page', async () => {
    const { call, controller } = await scripted();
    const element = elementOf(call);
    expect(controller.deviceWatches).to.equal(1);
    element.remove();
    expect(controller.deviceWatches).to.equal(0);
    call.append(element);
    await rendered(call);
    expect(controller.deviceWatches).to.equal(1);
    const other = new ScriptedController();
    call.controller = other;
    await rendered(call);
    expect([controller.deviceWatches, other.deviceWatches]).to.deep.equal([0, 1]);
  });

  describe('the level', () => {
    /** Lets the test be the microphone. */
    function listen(controller: ScriptedController): { level: (level: number) => void; count: () => number } {
      const callbacks = new Set<(level: number) => void>();
      Object.assign(controller, {
        watchLevel: (callback: (level: number) => void) => {
          callbacks.add(callback);
          return () => callbacks.delete(callback);
        },
      });
      return {
        level: (level) => {
          for (const callback of callbacks) callback(level);
        },
        count: () => callbacks.size,
      };
    }

    it('shows how loud the open microphone is, and measures only then', async () => {
      const { call, controller } = await scripted();
      const heard = listen(controller);
      controller.tell({ type: 'devices-changed', devices: plugged });
      await rendered(call);
      expect([hasPart(call, 'level'), heard.count()]).to.deep.equal([false, 0]);
      controller.tell({ type: 'media-changed', kind: 'microphone', status: 'on' });
      await rendered(call);
      const meter = part(call, 'level');
      heard.level(0.46);
      const lit = find(meter, 'i').getBoundingClientRect().width;
      expect(lit / meter.getBoundingClientRect().width).to.be.within(0.35, 0.5);
      expect([meter.role, meter.ariaLabel, meter.ariaValueNow]).to.deep.equal([
        'meter',
        'Microphone level',
        '50',
      ]);
      await expect(elementOf(call)).to.be.accessible();
      controller.tell({ type: 'media-changed', kind: 'microphone', status: 'off' });
      await rendered(call);
      expect([hasPart(call, 'level'), heard.count()]).to.deep.equal([false, 0]);
    });

    it('is not measured out of the page, nor with no-level', async () => {
      const { call, controller } = await scripted();
      const heard = listen(controller);
      controller.tell(
        { type: 'devices-changed', devices: plugged },
        { type: 'media-changed', kind: 'microphone', status: 'on' },
      );
      await rendered(call);
      expect(heard.count()).to.equal(1);
      const element = elementOf(call);
      element.remove();
      expect(heard.count()).to.equal(0);
      element.noLevel = true;
      call.append(element);
      await rendered(call);
      expect([hasPart(call, 'level'), heard.count()]).to.deep.equal([false, 0]);
    });
  });

  describe('the test sound', () => {
    it('goes to the chosen loudspeaker, once at a time, and says while it plays', async () => {
      const sinks: string[] = [];
      stub(HTMLMediaElement.prototype, 'setSinkId', (id) => {
        sinks.push(id);
        return Promise.resolve();
      });
      const { call, controller } = await open();
      controller.tell({ type: 'speaker-changed', deviceId: 's2' });
      await rendered(call);
      click(call, 'test-button');
      await rendered(call);
      expect(elementOf(call).matches(':state(testing)')).to.be.true;
      click(call, 'test-button');
      await until(() => !elementOf(call).matches(':state(testing)'), 'the sound is over');
      expect(sinks).to.deep.equal(['s2']);
    });

    it('is over at the same time where the browser can make no sound', async () => {
      stub(window, 'AudioContext', undefined as unknown as typeof AudioContext);
      const { call } = await open();
      click(call, 'test-button');
      await rendered(call);
      expect(elementOf(call).matches(':state(testing)')).to.be.true;
      await until(() => !elementOf(call).matches(':state(testing)'), 'the sound is over');
    });
  });

  for (const scheme of ['light', 'dark']) {
    it(`has no violations, ${scheme}`, async () => {
      const { call } = await open();
      call.style.colorScheme = scheme;
      await rendered(call);
      await expect(elementOf(call)).to.be.accessible();
    });
  }

  it('begins where lines begin, in both directions', async () => {
    const { call } = await open();
    const startOf = (element: Element): number => element.getBoundingClientRect().left;
    const icon = find(call, '.camera svg');
    const field = select(call, 'camera');
    expect(startOf(icon) - startOf(field)).to.equal(14);
    call.dir = 'rtl';
    expect(field.getBoundingClientRect().right - icon.getBoundingClientRect().right).to.equal(14);
  });
});
