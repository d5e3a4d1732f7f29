import { expect, html } from '@open-wc/testing';
import type { TemplateResult } from 'lit';
import type { RtcCall } from '../../src/components/rtc-call.js';
import type { RtcControls } from '../../src/components/rtc-controls.js';
import type { Device, MediaStatus } from '../../src/core/call-state.js';
import {
  click,
  colourStream,
  connect,
  connectionTimeoutMs,
  find,
  findAll,
  hasPart,
  makeCall,
  part,
  phase,
  press,
  refuseDevices,
  rendered,
  state,
  stub,
  stubDevices,
  textOf,
  until,
  watchDevices,
} from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

const layout = html`<rtc-call><rtc-controls></rtc-controls></rtc-call>`;

const pressed = (call: RtcCall, name: string): string | null => part(call, name).getAttribute('aria-pressed');

describe('<rtc-controls>', function () {
  it('fills the icon of the microphone with its level, and measures none while it is muted', async () => {
    const controller = new ScriptedController();
    const watchers = new Set<(level: number) => void>();
    controller.watchLevel = (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    };
    const say = async (status: MediaStatus): Promise<void> => {
      controller.tell({ type: 'media-changed', kind: 'microphone', status });
      await rendered(call);
    };
    const call = await makeCall(
      html`<rtc-call .controller=${controller.tell({ type: 'started' })}
        ><rtc-controls></rtc-controls
      ></rtc-call>`,
    );
    expect(watchers.size).to.equal(0);
    await say('on');
    for (const watcher of watchers) watcher(0.25);
    const fill = find<SVGElement>(part(call, 'microphone-button'), '.fill');
    expect(getComputedStyle(fill).clipPath).to.match(/^inset\((75%|calc\(75%\)) 0(px|%)? 0(px|%)?\)$/);
    expect(part(call, 'microphone-button').hasAttribute('aria-valuenow')).to.be.false;
    await say('off');
    expect(watchers.size).to.equal(0);
  });

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

  for (const noHotkeys of [false, true]) {
    it(`names the keys of its buttons ${noHotkeys ? 'not with no-hotkeys' : 'and tells them to screen readers'}`, async () => {
      const call = await makeCall(html`<rtc-call ?no-hotkeys=${noHotkeys}></rtc-call>`);
      await call.start();
      await rendered(call);
      const told = ['microphone', 'camera'].map((kind) => {
        const button = part(call, `${kind}-button`);
        return [button.getAttribute('aria-keyshortcuts'), button.title];
      });
      expect(told).to.deep.equal(
        noHotkeys
          ? [
              [null, 'Mute'],
              [null, 'Turn camera off'],
            ]
          : [
              ['M', 'Mute (M)'],
              ['V', 'Turn camera off (V)'],
            ],
      );
    });
  }

  it('is a toolbar with a name, whose buttons keep their names while they are pressed', async () => {
    const call = await makeCall(layout);
    await call.start();
    await rendered(call);
    const bar = part(call, 'bar');
    expect(bar.getAttribute('role')).to.equal('toolbar');
    expect(bar.getAttribute('aria-label')).to.equal('Call controls');
    const button = part(call, 'microphone-button');
    const name = button.getAttribute('aria-label');
    expect([name, button.title]).to.deep.equal(['Microphone', 'Mute (M)']);
    button.click();
    await state(call, ({ media }) => media.microphone === 'off');
    await rendered(call);
    expect(part(call, 'microphone-button')).to.equal(button);
    expect([button.getAttribute('aria-label'), button.title]).to.deep.equal([name, 'Unmute (M)']);
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

  it('shares a screen, and shows when the browser itself has stopped that', async () => {
    const call = await makeCall(html`<rtc-call no-audio no-video><rtc-controls></rtc-controls></rtc-call>`);
    await call.start();
    await rendered(call);
    const screen = colourStream('green');
    stub(navigator.mediaDevices, 'getDisplayMedia', () => Promise.resolve(screen));
    expect(pressed(call, 'share-button')).to.equal('false');
    click(call, 'share-button');
    await state(call, ({ media }) => media.screen === 'on');
    await rendered(call);
    const button = part(call, 'share-button');
    expect([pressed(call, 'share-button'), button.title]).to.deep.equal(['true', 'Stop sharing']);
    const [track] = screen.getTracks();
    track!.stop();
    track!.dispatchEvent(new Event('ended'));
    await state(call, ({ media }) => media.screen === 'off');
    await rendered(call);
    expect(pressed(call, 'share-button')).to.equal('false');
  });

  it('has a button for the chat only where there is one, and tells of its presses', async () => {
    const { call } = await scriptedCall(layout, 1);
    const controls = find<RtcControls>(call, 'rtc-controls');
    expect(hasPart(call, 'chat-button')).to.be.false;
    controls.chat = 'closed';
    await rendered(call);
    let count = 0;
    controls.addEventListener('chat', () => count++);
    click(call, 'chat-button');
    expect(count).to.equal(1);
  });

  it('moves screen and chat into its menu where the frame is narrow', async () => {
    const { call } = await scriptedCall(html`<rtc-call></rtc-call>`, 1);
    const isShown = (name: string): boolean => part(call, name).offsetWidth > 0;
    for (const [width, isWide] of [
      [800, true],
      [400, false],
    ] as const) {
      call.style.cssText = `inline-size: ${width}px; block-size: 380px`;
      expect([isShown('share-button'), isShown('chat-button')]).to.deep.equal([isWide, isWide]);
      const items = await openMore(call);
      expect(items.slice(0, 2).map(textOf)).to.deep.equal(
        isWide ? ['Full screen', popOutWords] : ['Share screen', 'Chat'],
      );
      const { left, right } = call.getBoundingClientRect();
      for (const button of findAll(call, '.bar > button').filter(({ offsetWidth }) => offsetWidth > 0)) {
        const box = button.getBoundingClientRect();
        expect(box.left >= left && box.right <= right, `${button.getAttribute('aria-label')}`).to.be.true;
      }
      part(call, 'more-panel').hidePopover();
      await until(() => findAll(call, '.item').length === 0, 'the menu is gone');
    }
  });

  it('opens the chat from its menu, with the focus in the field', async () => {
    const { call } = await scriptedCall(
      html`<rtc-call style="inline-size: 400px; block-size: 700px"></rtc-call>`,
      1,
    );
    const items = await openMore(call);
    items.find((item) => textOf(item) === 'Chat')!.click();
    await until(() => deepFocus()?.localName === 'textarea', 'the focus is in the field');
    await until(() => findAll(call, '.item').length === 0, 'the menu is gone');
    expect(deepFocus()?.localName).to.equal('textarea');
    await call.toggleChat();
    expect(deepFocus()).to.equal(part(call, 'more-button'));
  });

  it('arranges the pictures, from three people on', async () => {
    const { call, controller } = await scriptedCall(
      html`<rtc-call style="inline-size: 800px"></rtc-call>`,
      1,
    );
    expect((await openMore(call)).map(textOf)).not.to.include('Grid');
    controller.join('cleo', { name: 'Cleo', camera: 'on' });
    await rendered(call);
    const item = (words: string): HTMLElement => findAll(call, '.item').find((one) => textOf(one) === words)!;
    expect(item('Automatic').getAttribute('aria-pressed')).to.equal('true');
    item('Speaker').click();
    expect(call.layout).to.equal('speaker');
    expect(deepFocus()).to.equal(part(call, 'more-button'));
    await until(() => findAll(call, '.item').length === 0, 'the menu is gone');
    await openMore(call);
    expect(item('Speaker').getAttribute('aria-pressed')).to.equal('true');
  });

  it('leads through its menu by the arrow keys, and gives the focus back', async () => {
    const { call } = await scriptedCall(
      html`<rtc-call style="inline-size: 800px; block-size: 600px"></rtc-call>`,
      2,
    );
    const items = await openMore(call);
    await until(() => deepFocus() === items[0], 'the first has the focus');
    const panel = part(call, 'more-panel');
    const at = (key: string): number => {
      expect(press(deepFocus()!, key)).to.be.false;
      return items.indexOf(deepFocus() as HTMLElement);
    };
    expect(
      ['ArrowDown', 'ArrowDown', 'ArrowUp', 'Home', 'ArrowUp', 'ArrowDown', 'End'].map(at),
    ).to.deep.equal([1, 2, 1, 0, items.length - 1, 0, items.length - 1]);
    await Promise.all(panel.getAnimations().map(({ finished }) => finished));
    await expect(call).to.be.accessible();
    panel.hidePopover();
    await until(() => deepFocus() === part(call, 'more-button'), 'the focus is back');
  });

  it('leaves the keys of its lists of devices alone', async () => {
    const { call, controller } = await scriptedCall(
      html`<rtc-call style="inline-size: 800px"></rtc-call>`,
      1,
    );
    const device = (deviceId: string): Device => ({ kind: 'audioinput', deviceId, label: deviceId });
    controller.tell({ type: 'devices-changed', devices: [device('one'), device('two')] });
    part(call, 'devices-button').click();
    await until(() => findAll(call, '[part~=device-select]').length > 0, 'the lists are there');
    for (const key of ['ArrowDown', 'ArrowUp', 'Home', 'ArrowRight'])
      expect(press(part(call, 'device-select'), key), key).to.be.true;
  });

  for (const dir of ['ltr', 'rtl']) {
    it(`leads through its bar by the arrow keys too, with a page's own buttons (${dir})`, async () => {
      const { call } = await scriptedCall(
        html`<rtc-call dir=${dir} style="inline-size: 800px">
          <rtc-controls>
            <button slot="start">Help</button>
            <input slot="end" />
          </rtc-controls>
        </rtc-call>`,
        1,
      );
      const [help, field] = [find(call, '[slot=start]'), find(call, '[slot=end]')];
      const leave = part(call, 'leave-button');
      help.focus();
      const [forward, back] = dir === 'ltr' ? ['ArrowRight', 'ArrowLeft'] : ['ArrowLeft', 'ArrowRight'];
      const at = (key: string, changes: KeyboardEventInit = {}): Element | null => {
        press(deepFocus()!, key, changes);
        return deepFocus();
      };
      expect(at(forward)).to.equal(part(call, 'microphone-button'));
      expect(at(forward)).to.equal(part(call, 'camera-button'));
      expect(at(back)).to.equal(part(call, 'microphone-button'));
      expect(at('End')).to.equal(leave);
      expect(at(forward), 'round').to.equal(help);
      expect(at(back)).to.equal(leave);
      expect(at('Home')).to.equal(help);
      expect(at(forward, { ctrlKey: true }), 'not with Ctrl').to.equal(help);
      field.focus();
      expect(press(field, back), 'the keys of a field are its own').to.be.true;
    });
  }

  it('lists the keys only where they work', async () => {
    const { call } = await scriptedCall(html`<rtc-call style="inline-size: 800px"></rtc-call>`, 1);
    await openMore(call);
    expect(textOf(find(call, '.keys'))).to.equal(
      'Keyboard shortcuts Microphone on or off M Camera on or off V',
    );
    part(call, 'more-panel').hidePopover();
    await until(() => findAll(call, '.item').length === 0, 'the menu is gone');
    call.noHotkeys = true;
    await openMore(call);
    expect(findAll(call, '.keys')).to.deep.equal([]);
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

const popOutWords = 'Open in its own window';

/** A call with so many others. */
async function scriptedCall(
  template: TemplateResult,
  others: number,
): Promise<{ call: RtcCall; controller: ScriptedController }> {
  const controller = new ScriptedController().tell({ type: 'started' });
  for (const name of ['Ben', 'Cleo'].slice(0, others)) controller.join(name, { name, camera: 'on' });
  const call = await makeCall(template);
  call.controller = controller;
  await rendered(call);
  return { call, controller };
}

/** Opens the menu; returns the choices that are on the screen. */
async function openMore(call: RtcCall): Promise<HTMLElement[]> {
  part(call, 'more-button').focus();
  click(call, 'more-button');
  await until(() => deepFocus()?.matches('.item') === true, 'a choice has the focus');
  return findAll(call, '.item').filter(({ offsetWidth }) => offsetWidth > 0);
}

function deepFocus(): Element | null {
  let { activeElement } = document;
  while (activeElement?.shadowRoot?.activeElement) activeElement = activeElement.shadowRoot.activeElement;
  return activeElement;
}

/** The first joins by its button. */
async function connectByClick(first: RtcCall, second: RtcCall): Promise<void> {
  click(first, 'join-button');
  await connect(first, second);
}
