import { expect, fixture, html } from '@open-wc/testing';
import { LitElement } from 'lit';
import { registerTranslation } from '../../src/components/locales/registry.js';
import { Localize } from '../../src/components/localize.js';
import { find, makeCall, part, rendered, textOf } from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';
import '../../src/components/locales/ar.js';
import '../../src/components/locales/pt-br.js';
import '../../src/components/locales/zh-cn.js';
import '../../src/components/locales/zh-tw.js';

/** Shows one word, which is what these tests ask for. */
class LeaveWord extends LitElement {
  readonly localize = new Localize(this);

  protected override render(): string {
    return this.localize.term('leave');
  }
}
customElements.define('test-leave-word', LeaveWord);

async function leaveWord(lang: string): Promise<string> {
  const root = await fixture(html`<div lang=${lang}><test-leave-word></test-leave-word></div>`);
  return textOf(find(root, 'test-leave-word'));
}

/** A call that goes on, with its bar, its chat and its time. */
async function callIn(lang: string, dir = 'ltr'): Promise<Element> {
  const controller = new ScriptedController();
  controller.tell({ type: 'started' });
  controller.join('ben', { name: 'Ben' });
  const root = await fixture(
    html`<div lang=${lang} dir=${dir}><rtc-call .controller=${controller}></rtc-call></div>`,
  );
  await rendered(root);
  return root;
}

const titleOf = (root: Element): string | null => part(root, 'leave-button').getAttribute('aria-label');

describe('the words', () => {
  it('follow a language that is loaded after the elements', async () => {
    const root = await callIn('de');
    expect(titleOf(root)).to.equal('Leave');
    await import('../../src/components/locales/de.js');
    await rendered(root);
    expect(titleOf(root)).to.equal('Verlassen');
  });

  it('are Chinese for zh-CN, traditional where that is written', async () => {
    expect(titleOf(await callIn('zh-CN'))).to.equal('离开');
    for (const lang of ['zh', 'zh-Hans-SG', 'zh_CN']) expect(await leaveWord(lang)).to.equal('离开', lang);
    for (const lang of ['zh-TW', 'zh-HK', 'zh-Hant', 'zh-Hant-MO'])
      expect(await leaveWord(lang)).to.equal('離開', lang);
  });

  it('of one region serve the language', async () => {
    for (const lang of ['pt-BR', 'pt', 'pt-PT']) expect(await leaveWord(lang)).to.equal('Sair', lang);
  });

  it('are English for a language that is unknown, and for what is no language', async () => {
    for (const lang of ['eo', 'en-GB', 'no language', '*'])
      expect(await leaveWord(lang)).to.equal('Leave', lang);
    // Formats dates and numbers: Intl throws at what is no language.
    expect(titleOf(await callIn('no language'))).to.equal('Leave');
  });

  it('go from right to left in Arabic, and so does the layout', async () => {
    const root = await callIn('ar', 'rtl');
    const button = part(root, 'leave-button');
    expect(button.getAttribute('aria-label')).to.equal('مغادرة');
    expect(getComputedStyle(button).direction).to.equal('rtl');
    const [first, last] = [find(root, '[aria-label="الميكروفون"]'), button];
    expect(first.getBoundingClientRect().left).to.be.greaterThan(last.getBoundingClientRect().left);
  });

  it('are those of the nearest ancestor, across shadow roots, and follow its lang', async () => {
    const outer = await fixture(html`<section lang="zh"><div lang="ar"></div></section>`);
    const host = find(outer, 'div');
    const shadow = host.attachShadow({ mode: 'open' });
    const word = shadow.appendChild(new LeaveWord());
    await word.updateComplete;
    expect(textOf(word)).to.equal('مغادرة');
    host.removeAttribute('lang');
    await Promise.resolve();
    await word.updateComplete;
    expect(textOf(word)).to.equal('离开');
  });

  it('of a page cover the built-in ones, one by one and whichever come first', async () => {
    registerTranslation({ $code: 'fr', leave: 'Raccrocher' }, { $code: 'zh-CN', leave: '挂断' });
    const { fr } = await import('../../src/components/locales/fr.js');
    const root = await callIn('fr-CA');
    expect(titleOf(root)).to.equal('Raccrocher');
    expect(textOf(root)).not.to.include(fr.leave);
    expect(find(root, '[role=toolbar]').getAttribute('aria-label')).to.equal(fr.controls);
    expect(await leaveWord('zh')).to.equal('挂断');
    registerTranslation({ $code: 'zh-cn', leave: '离开' });
    expect(await leaveWord('zh')).to.equal('离开');
  });

  it('that a page changes in English are the ones that others fall back to', async () => {
    const call = await makeCall(html`<rtc-call lang="eo"><rtc-join></rtc-join></rtc-call>`);
    registerTranslation({ $code: 'en', yourName: 'Who are you?' });
    await rendered(call);
    expect(textOf(find(call, 'rtc-join'))).to.include('Who are you?');
    registerTranslation({ $code: 'en', yourName: 'Your name' });
    await rendered(call);
    expect(textOf(find(call, 'rtc-join'))).to.include('Your name');
  });
});
