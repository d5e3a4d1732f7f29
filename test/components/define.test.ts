import { expect } from '@open-wc/testing';
import { loadModule, openFrame, rendered, type FrameWindow } from '../helpers/call-fixture.js';

const tags = [
  'rtc-call',
  'rtc-local-video',
  'rtc-remote-video',
  'rtc-controls',
  'rtc-status',
  'rtc-devices',
  'rtc-join',
] as const;

/** What goes wrong in a document, uncaught or said in its console. */
function listenForTrouble(frame: FrameWindow): { errors: string[]; warnings: string[] } {
  const errors: string[] = [];
  const warnings: string[] = [];
  frame.addEventListener('error', ({ message }) => errors.push(message));
  frame.addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)));
  const note =
    (list: string[]) =>
    (...words: unknown[]): void => {
      const text = words.join(' ');
      if (!text.startsWith('Lit is in dev mode')) list.push(text);
    };
  frame.console.error = note(errors);
  frame.console.warn = note(warnings);
  return { errors, warnings };
}

describe('define', () => {
  it('registers every element', async () => {
    const frame = await openFrame(tags.map((tag) => `<${tag}></${tag}>`).join(''));
    await loadModule(frame);
    await rendered(frame.document.body);
    for (const tag of tags) {
      expect(frame.document.querySelector(tag)!.shadowRoot, tag).not.to.be.null;
    }
  });

  it('registers once when it is loaded twice, without a word', async () => {
    const frame = await openFrame('<rtc-call></rtc-call>');
    const trouble = listenForTrouble(frame);
    await loadModule(frame);
    const classes = tags.map((tag) => frame.customElements.get(tag));
    await loadModule(frame, '/src/define.ts?second');
    expect(tags.map((tag) => frame.customElements.get(tag))).to.deep.equal(classes);
    expect(trouble).to.deep.equal({ errors: [], warnings: [] });
    const call = frame.document.querySelector('rtc-call')!;
    expect(call.phase).to.equal('idle');
  });

  it('warns once and leaves everything as it is where another version was first', async () => {
    const frame = await openFrame('<rtc-call></rtc-call>');
    const trouble = listenForTrouble(frame);
    const { HTMLElement: Base } = frame;
    class Former extends Base {
      static version = '0.0.1';
    }
    frame.customElements.define('rtc-call', Former);
    await loadModule(frame);
    expect(frame.customElements.get('rtc-call')).to.equal(Former);
    expect(frame.customElements.get('rtc-controls')).to.be.undefined;
    expect(trouble.errors).to.deep.equal([]);
    expect(trouble.warnings).to.have.length(1);
    expect(trouble.warnings[0]).to.include('0.0.1');
  });

  it('exports the classes that it registers', async () => {
    const { RtcCall, RtcControls } = await import('../../src/define.js');
    expect(customElements.get('rtc-call')).to.equal(RtcCall);
    expect(customElements.get('rtc-controls')).to.equal(RtcControls);
  });
});
