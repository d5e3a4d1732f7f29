import { expect, html } from '@open-wc/testing';
import type { RtcCall } from '../../src/components/rtc-call.js';
import type { RtcChat } from '../../src/components/rtc-chat.js';
import '../../src/components/locales/ar.js';
import {
  click,
  find,
  findAll,
  hasPart,
  makeCall,
  part,
  press,
  rendered,
  stub,
  textOf,
  until,
} from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

/** A call with Ana, in a frame of this size. */
async function open(
  size: [number, number] = [1000, 600],
  scheme = 'dark',
): Promise<{ call: RtcCall; controller: ScriptedController }> {
  const controller = new ScriptedController().tell({ type: 'started' }, { type: 'connected', at: 0 });
  const call = await makeCall(html`<rtc-call .controller=${controller}></rtc-call>`);
  call.style.cssText = `inline-size: ${size[0]}px; block-size: ${size[1]}px; color-scheme: ${scheme}`;
  controller.join('ana', { name: 'Ana', camera: 'on' });
  await rendered(call);
  return { call, controller };
}

const write = (controller: ScriptedController, text: string, from = 'ana'): ScriptedController =>
  controller.tell({ type: 'message-added', message: { from, name: from && 'Ana', text, at: 0 } });

const box = (call: RtcCall, selector: string): DOMRect => find(call, selector).getBoundingClientRect();
const chats = (call: RtcCall): RtcChat[] => findAll<RtcChat>(call, 'rtc-chat');

/** What has the focus, through shadow roots. */
function focused(): Element | null {
  let { activeElement } = document;
  while (activeElement?.shadowRoot?.activeElement) activeElement = activeElement.shadowRoot.activeElement;
  return activeElement;
}

async function openChat(call: RtcCall): Promise<RtcChat> {
  part(call, 'chat-button').focus();
  click(call, 'chat-button');
  await until(() => focused()?.localName === 'textarea', 'the focus is in the field');
  return find<RtcChat>(call, 'rtc-chat');
}

describe('the chat of the built-in layout', () => {
  it('opens beside the pictures, which make room, with the focus in its field', async () => {
    const { call } = await open();
    const before = box(call, '.tiles');
    expect(chats(call)).to.deep.equal([]);
    await openChat(call);
    const panel = box(call, 'rtc-chat');
    const after = box(call, '.tiles');
    expect(panel.width).to.equal(340);
    expect([before.width - after.width, panel.left - after.right]).to.deep.equal([348, 8]);
    expect(part(call, 'chat-button').getAttribute('aria-expanded')).to.equal('true');
  });

  it('closes by its button, by Escape and by the bar, and the focus goes back', async () => {
    const { call } = await open();
    for (const close of [
      (chat: RtcChat) => {
        click(chat, 'close-button');
      },
      (chat: RtcChat) => void press(part(chat, 'input'), 'Escape'),
      () => {
        click(call, 'chat-button');
      },
    ]) {
      close(await openChat(call));
      await until(() => focused() === part(call, 'chat-button'), 'the focus is back');
      expect(chats(call)).to.deep.equal([]);
      expect(part(call, 'chat-button').getAttribute('aria-expanded')).to.equal('false');
    }
  });

  it('is a sheet in an upright frame, and all there is in a small one', async () => {
    const { call } = await open([390, 780]);
    await call.toggleChat();
    const [frame, sheet, tiles] = [call.getBoundingClientRect(), box(call, 'rtc-chat'), box(call, '.tiles')];
    expect([sheet.width, sheet.bottom]).to.deep.equal([frame.width, frame.bottom]);
    expect(tiles.bottom).to.be.at.most(sheet.top + 1);
    expect(tiles.height).to.be.above(250);
    call.style.cssText = 'inline-size: 320px; block-size: 240px';
    expect([box(call, 'rtc-chat').width, box(call, 'rtc-chat').height]).to.deep.equal([320, 240]);
    expect(getComputedStyle(part(call, 'leave-button')).visibility).to.equal('hidden');
  });

  it('stays open, with what is being written, while the layout changes, and not after the call', async () => {
    const { call, controller } = await open();
    const chat = await openChat(call);
    controller.join('ben', { name: 'Ben' });
    call.layout = 'speaker';
    await rendered(call);
    call.style.inlineSize = '390px';
    expect(chats(call)).to.deep.equal([chat]);
    controller.end();
    await rendered(call);
    await call.start();
    await rendered(call);
    expect(chats(call)).to.deep.equal([]);
  });

  it('counts what others have written since it was last open', async () => {
    const { call, controller } = await open();
    const count = (): string => findAll(call, '.count').map(textOf).join();
    write(write(write(controller, 'one'), 'mine', ''), 'two');
    await rendered(call);
    // At the button, and at More in whose menu it is in narrow frames.
    expect(count()).to.equal('2,2');
    expect(part(call, 'chat-button').getAttribute('aria-label')).to.equal('Chat, 2 new messages');
    await openChat(call);
    write(controller, 'three');
    await rendered(call);
    expect(count()).to.equal('');
    await call.toggleChat();
    await rendered(call);
    expect(count()).to.equal('');
    write(controller, 'four');
    await rendered(call);
    expect(part(call, 'chat-button').getAttribute('aria-label')).to.equal('Chat, 1 new message');
  });

  for (const lang of ['ar-EG', 'ar-AE']) {
    it(`writes how many in the digits of ${lang}`, async () => {
      const { call, controller } = await open();
      call.lang = lang;
      for (const text of ['one', 'two', 'three']) write(controller, text);
      await rendered(call);
      const number = new Intl.NumberFormat(lang).format(3);
      expect(textOf(find(call, '.count'))).to.equal(number);
      expect(part(call, 'chat-button').getAttribute('aria-label')).to.equal(`الدردشة, ${number} رسائل جديدة`);
    });
  }

  it('shows a new text in one line while it is closed, and says it to screen readers', async () => {
    const { call, controller } = await open();
    write(controller, 'one\n<b>two</b>');
    await rendered(call);
    const toast = part(call, 'toast');
    expect(textOf(toast)).to.equal('Ana: one <b>two</b>');
    expect(toast.closest('[role=status]')).to.exist;
    expect(toast.offsetHeight).to.be.within(40, 52);
    await openChat(call);
    await rendered(call);
    expect(hasPart(call, 'toast')).to.be.false;
    write(controller, 'three');
    await rendered(call);
    expect(hasPart(call, 'toast')).to.be.false;
  });

  it('is not offered with a page that takes no texts', async () => {
    const { call, controller } = await open();
    stub(controller, 'isForeign', true);
    controller.join('peer');
    await rendered(call);
    expect(hasPart(call, 'chat-button')).to.be.false;
  });

  for (const scheme of ['light', 'dark'])
    it(`has no violations, ${scheme}`, async () => {
      const { call, controller } = await open([1000, 600], scheme);
      write(controller, 'one');
      await rendered(call);
      await Promise.all(call.getAnimations({ subtree: true }).map(({ finished }) => finished));
      await expect(call).to.be.accessible();
      await call.toggleChat();
      await rendered(call);
      await until(() => getComputedStyle(find(call, 'rtc-chat')).opacity === '1', 'it has come');
      await expect(call).to.be.accessible();
    });
});
