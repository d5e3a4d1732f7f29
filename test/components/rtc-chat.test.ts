import { expect, fixture, html, oneEvent } from '@open-wc/testing';
import type { RtcCall } from '../../src/components/rtc-call.js';
import type { RtcChat } from '../../src/components/rtc-chat.js';
import type { CallMessage } from '../../src/core/call-state.js';
import '../../src/define.js';
import { find, findAll, part, rendered, textOf, until } from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

interface Sent {
  text: string;
  succeed: () => void;
  fail: () => void;
}

class ChattingController extends ScriptedController {
  readonly sent: Sent[] = [];

  override sendMessage(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.sent.push({ text, succeed: resolve, fail: () => reject(new Error('nobody is there')) });
    });
  }

  write(...messages: Partial<CallMessage>[]): this {
    for (const message of messages) {
      this.tell({
        type: 'message-added',
        message: { from: 'ana', name: 'Ana', text: 'hello', at: 1_800_000_000_000, ...message },
      });
    }
    return this;
  }
}

async function open(isAlone = false): Promise<{ chat: RtcChat; controller: ChattingController }> {
  const controller = new ChattingController().tell({ type: 'started' });
  if (!isAlone) controller.join('ana', { name: 'Ana' });
  const call = await fixture<RtcCall>(html`
    <rtc-call .controller=${controller} style="color-scheme: light">
      <rtc-chat style="block-size: 400px; inline-size: 300px"></rtc-chat>
    </rtc-call>
  `);
  await rendered(call);
  return { chat: find<RtcChat>(call, 'rtc-chat'), controller };
}

const field = (chat: RtcChat): HTMLTextAreaElement => part<HTMLTextAreaElement>(chat, 'input');

async function type(chat: RtcChat, text: string): Promise<void> {
  field(chat).focus();
  field(chat).value += text;
  field(chat).dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
  await chat.updateComplete;
}

/** @returns whether the browser does with the key what it does by itself */
const press = (chat: RtcChat, key: string, init: KeyboardEventInit = {}): boolean =>
  field(chat).dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...init }),
  );

describe('rtc-chat', () => {
  it('says that nothing has been written yet', async () => {
    const { chat } = await open();
    expect(textOf(chat)).to.include('Nothing has been written yet.');
    await expect(chat).to.be.accessible();
  });

  it('shows who wrote what and when, one name over texts that belong together', async () => {
    const { chat, controller } = await open();
    const at = 1_800_000_000_000;
    controller.write(
      { text: 'one', at },
      { text: 'two', at: at + 1000 },
      { text: 'three', at: at + 400_000 },
      { from: '', name: '', text: 'mine', at: at + 401_000 },
      { from: 'ben', name: '', text: 'who am I', at: at + 402_000 },
    );
    await chat.updateComplete;
    expect(findAll(chat, '.text').map((element) => element.textContent)).to.deep.equal([
      'one',
      'two',
      'three',
      'mine',
      'who am I',
    ]);
    const names = findAll(chat, '.by').filter(({ offsetParent }) => offsetParent !== null);
    expect(names.map((element) => find(element, 'bdi').textContent)).to.deep.equal([
      'Ana',
      'Ana',
      'You',
      'Guest',
    ]);
    expect(find<HTMLTimeElement>(chat, 'time').dateTime).to.equal(new Date(at).toISOString());
    await expect(chat).to.be.accessible();
  });

  it('makes links of web addresses, and text of everything else', async () => {
    const { chat, controller } = await open();
    const text =
      'See https://example.org/a?b=c, (http://example.org/x). <b>no</b> javascript:alert(1) https:// \u202ehttps://evil.example';
    controller.write({ text });
    await chat.updateComplete;
    const links = findAll<HTMLAnchorElement>(chat, 'a');
    expect(links.map(({ href }) => href)).to.deep.equal([
      'https://example.org/a?b=c',
      'http://example.org/x',
      'https://evil.example/',
    ]);
    for (const link of links) {
      expect(link.target).to.equal('_blank');
      for (const word of ['noopener', 'noreferrer', 'nofollow'])
        expect(link.relList.contains(word), word).to.be.true;
    }
    expect(find(chat, '.text').textContent).to.equal(text);
    expect(findAll(chat, '.text b')).to.deep.equal([]);
  });

  it('sends by Enter, and begins a line by Shift and Enter', async () => {
    const { chat, controller } = await open();
    await type(chat, 'one');
    expect(press(chat, 'Enter', { shiftKey: true })).to.be.true;
    expect(press(chat, 'Enter', { isComposing: true })).to.be.true;
    expect(controller.sent).to.deep.equal([]);
    await type(chat, '\ntwo');
    expect(press(chat, 'Enter')).to.be.false;
    await chat.updateComplete;
    expect(controller.sent.map(({ text }) => text)).to.deep.equal(['one\ntwo']);
    expect(field(chat).value).to.equal('');
  });

  it('sends by the button, and keeps the focus in the field', async () => {
    const { chat, controller } = await open();
    await type(chat, '  hello  ');
    part<HTMLButtonElement>(chat, 'send-button').click();
    await chat.updateComplete;
    expect(controller.sent.map(({ text }) => text)).to.deep.equal(['hello']);
    expect(chat.shadowRoot?.activeElement).to.equal(field(chat));
  });

  it('sends neither white space nor to nobody', async () => {
    for (const isAlone of [false, true]) {
      const { chat, controller } = await open(isAlone);
      await type(chat, isAlone ? 'hello' : '   ');
      expect(part<HTMLButtonElement>(chat, 'send-button').disabled).to.be.true;
      press(chat, 'Enter');
      expect(controller.sent).to.deep.equal([]);
    }
  });

  it('gives the text back when it could not be sent', async () => {
    const { chat, controller } = await open();
    await type(chat, 'hello');
    press(chat, 'Enter');
    await chat.updateComplete;
    controller.sent[0]?.fail();
    await until(() => field(chat).value === 'hello', 'the text is back');
  });

  it('shows the newest text, but leaves alone who reads what came before', async () => {
    const { chat, controller } = await open();
    const log = part(chat, 'log');
    const isAtEnd = (): boolean => log.scrollHeight - log.scrollTop - log.clientHeight < 2;
    controller.write(...Array.from({ length: 40 }, (_, number) => ({ text: `text ${number}` })));
    await chat.updateComplete;
    expect(log.scrollHeight).to.be.above(log.clientHeight);
    expect(isAtEnd()).to.be.true;
    log.scrollTop = 0;
    controller.write({ text: 'another' });
    await chat.updateComplete;
    expect(log.scrollTop).to.equal(0);
    controller.write({ from: '', name: '', text: 'mine' });
    await chat.updateComplete;
    expect(isAtEnd()).to.be.true;
  });

  it('asks to be closed by its button and by Escape, and only where it is closable', async () => {
    const { chat } = await open();
    let count = 0;
    chat.addEventListener('close', () => count++);
    await type(chat, 'a');
    press(chat, 'Escape');
    expect(count).to.equal(0);
    expect(findAll(chat, "[part='close-button']")).to.deep.equal([]);
    chat.closable = true;
    await chat.updateComplete;
    press(chat, 'Escape');
    expect(count).to.equal(1);
    setTimeout(() => {
      part(chat, 'close-button').click();
    });
    await oneEvent(chat, 'close');
    await expect(chat).to.be.accessible();
  });

  it('announces what is written', async () => {
    const { chat } = await open();
    expect(part(chat, 'log').getAttribute('role')).to.equal('log');
  });
});
