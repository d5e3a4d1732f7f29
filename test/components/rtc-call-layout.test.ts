import { expect, html, oneEvent } from '@open-wc/testing';
import type { LitElement } from 'lit';
import type { RtcCall } from '../../src/components/rtc-call.js';
import { find, findAll, makeCall, part, rendered, stub, textOf, until } from '../helpers/call-fixture.js';
import { outside, overlap } from '../helpers/boxes.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

const isBuiltIn = (call: RtcCall): boolean => call.shadowRoot!.querySelector('.room') !== null;

const slotChange = (call: RtcCall): Promise<unknown> =>
  oneEvent(call.shadowRoot!.querySelector('slot:not([name])')!, 'slotchange');

/** A call among so many others, in a box of a fixed size. */
async function callWith(others: number): Promise<{ call: RtcCall; controller: ScriptedController }> {
  const controller = new ScriptedController().tell({ type: 'started' });
  for (let index = 0; index < others; index++) controller.join(`p${index}`, { name: `Person ${index}` });
  const call = await makeCall(html`<rtc-call .controller=${controller}></rtc-call>`);
  call.style.cssText = 'inline-size: 760px; block-size: 500px';
  await rendered(call);
  return { call, controller };
}

const tilesOf = (call: RtcCall): LitElement[] =>
  findAll<LitElement>(call, '.tiles > rtc-remote-video, .tiles > rtc-local-video');

/** Tiles that lie outside the stage or on one another. */
function misplaced(call: RtcCall): string[] {
  const stage = find(call, '.tiles').getBoundingClientRect();
  const boxes = tilesOf(call).map((tile) => tile.getBoundingClientRect());
  const slack = 1;
  const outside = boxes.filter(
    ({ left, right, top, bottom, width }) =>
      width === 0 ||
      left < stage.left - slack ||
      right > stage.right + slack ||
      top < stage.top - slack ||
      bottom > stage.bottom + slack,
  );
  const overlapping = boxes.filter((one, index) =>
    boxes.some(
      (other, place) =>
        place > index &&
        one.left < other.right - slack &&
        other.left < one.right - slack &&
        one.top < other.bottom - slack &&
        other.top < one.bottom - slack,
    ),
  );
  return [...outside, ...overlapping].map((box) => JSON.stringify(box));
}

describe('<rtc-call> layout', () => {
  describe('whose it is', () => {
    it('is the built-in one without children', async () => {
      const call = await makeCall(html`<rtc-call></rtc-call>`);
      expect(isBuiltIn(call)).to.be.true;
      expect(call.matches(':state(own-layout)')).to.be.false;
      expect(find(call, 'rtc-join')).to.exist;
    });

    it('is the built-in one with white space, text and comments only', async () => {
      const call = await makeCall(
        html`<rtc-call>
          <!-- nothing -->
          text
        </rtc-call>`,
      );
      expect(isBuiltIn(call)).to.be.true;
    });

    it("is the page's with any element child", async () => {
      const call = await makeCall(html`<rtc-call><p>own</p></rtc-call>`);
      expect(isBuiltIn(call)).to.be.false;
      expect(call.matches(':state(own-layout)')).to.be.true;
      expect(textOf(call)).to.equal('own');
    });

    it('stays the built-in one with children for named slots, and shows them there', async () => {
      const call = await makeCall(
        html`<rtc-call no-audio no-video>
          <button slot="controls-end">Chat</button>
          <button slot="controls-start">Help</button>
          <a slot="invite" href="#invite">Invite</a>
        </rtc-call>`,
      );
      expect(isBuiltIn(call)).to.be.true;
      await call.start();
      await rendered(call);
      const controls = find(call, 'rtc-controls');
      expect(textOf(controls)).to.match(/^Help\b.*\bChat\b/);
      for (const child of call.children) {
        expect(child.getBoundingClientRect().width, child.outerHTML).to.be.greaterThan(0);
      }
    });

    it('shows other words for the empty seat', async () => {
      const call = await makeCall(
        html`<rtc-call no-audio no-video><p slot="waiting">Nobody yet</p></rtc-call>`,
      );
      await call.start();
      await rendered(call);
      expect(textOf(part(call, 'seat'))).to.equal('Nobody yet');
    });

    it('shows the captions of each participant over their picture, above the name and clear of the bar', async () => {
      const { call, controller } = await callWith(1);
      call.style.cssText = 'inline-size: 390px; block-size: 700px';
      const captions = Object.assign(document.createElement('p'), { slot: 'captions-p0' });
      call.append(captions);
      await until(() => captions.assignedSlot !== null, 'it has a place');
      await rendered(call);
      expect(isBuiltIn(call)).to.be.true;
      expect(getComputedStyle(captions).position, 'none are said yet').to.equal('static');
      captions.textContent = 'Shall we begin with the second page?';
      const isClear = (): boolean => {
        const tile = find(call, '[participant-id=p0]');
        const [words, ...others] = [captions, part(tile, 'plate'), part(call, 'bar')].map((element) =>
          element.getBoundingClientRect(),
        );
        return (
          outside([{ name: 'captions', box: words! }], tile.getBoundingClientRect()).length === 0 &&
          !others.some((box) => overlap(words!, box))
        );
      };
      for (const size of ['390px', '900px']) {
        call.style.inlineSize = size;
        await until(isClear, `they are clear of name and bar, ${size} wide`);
      }
      controller.join('p1', { name: 'Person 1', screenStream: new MediaStream() });
      await rendered(call);
      expect(find(call, '[participant-id=p0]').contains(captions.assignedSlot)).to.be.true;
      await until(isClear, 'they are clear of name and bar beside a screen');
      captions.slot = 'captions-p1';
      call.append(captions);
      await until(
        () => captions.assignedSlot?.assignedSlot?.getRootNode() instanceof ShadowRoot,
        'they move',
      );
      await rendered(call);
      expect(find(call, '[participant-id=p1][source=camera]').contains(captions.assignedSlot)).to.be.true;
    });

    it('hands icons and blocks of text on to what is inside, in place of what is built in', async () => {
      const controller = new ScriptedController();
      const call = await makeCall(
        html`<rtc-call .controller=${controller}>
          <b slot="join-title">Doctor Ada</b>
          <i slot="join-panel">Your number</i>
          <u slot="icon-microphone-off">mute</u>
          <u slot="icon-leave">go</u>
          <b slot="chat-empty">Silence</b>
          <b slot="placeholder">Me</b>
          <b slot="placeholder-ben">Portrait of Ben</b>
        </rtc-call>`,
      );
      const shown = (): string[] =>
        [...call.children].filter((child) => child.getClientRects().length > 0).map(({ slot }) => slot);
      expect(isBuiltIn(call)).to.be.true;
      controller.tell({ type: 'wanted-changed', kind: 'microphone', wanted: false });
      await rendered(call);
      expect(shown()).to.deep.equal(['join-title', 'join-panel', 'icon-microphone-off']);
      expect(textOf(part(call, 'title'))).to.equal('Doctor Ada');
      expect(textOf(part(call, 'lede')), 'what has no content stays').to.equal(
        'Nobody sees or hears you yet.',
      );
      controller.tell({ type: 'started' });
      await rendered(call);
      await call.toggleChat();
      await rendered(call);
      expect(shown()).to.deep.equal(['icon-microphone-off', 'icon-leave', 'chat-empty', 'placeholder']);
      expect(find(part(call, 'leave-button'), 'svg').getClientRects()).to.have.length(0);
      expect(textOf(find(find(call, 'rtc-chat'), '.note'))).to.match(/^Goes straight/);
      controller.join('ben', { name: 'Ben', camera: 'off' }).join('cleo', { name: 'Cleo', camera: 'off' });
      await rendered(call);
      expect(shown()).to.include('placeholder-ben');
      const [ben, cleo] = findAll(call, 'rtc-remote-video').map((tile) => textOf(part(tile, 'placeholder')));
      expect([ben, cleo]).to.deep.equal(['Portrait of Ben', 'C']);
      // What comes and goes later counts as well.
      call.lastElementChild!.remove();
      await until(
        () => textOf(part(find(call, 'rtc-remote-video'), 'placeholder')) === 'B',
        'the initial is back',
      );
    });

    it('changes when children come and go', async () => {
      const call = await makeCall(html`<rtc-call></rtc-call>`);
      const child = document.createElement('rtc-status');
      let changed = slotChange(call);
      call.append(child);
      await changed;
      await rendered(call);
      expect(isBuiltIn(call)).to.be.false;
      changed = slotChange(call);
      child.remove();
      await changed;
      await rendered(call);
      expect(isBuiltIn(call)).to.be.true;
    });

    it('changes in a call without disturbing it', async () => {
      const call = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
      await call.start();
      const changed = slotChange(call);
      call.append(document.createElement('rtc-local-video'));
      await changed;
      await rendered(call);
      expect(isBuiltIn(call)).to.be.false;
      expect(call.phase).to.equal('waiting');
    });
  });

  describe('what it shows', () => {
    it('is the join screen, then the empty seat, then the tile, then the join screen', async () => {
      const controller = new ScriptedController();
      const call = await makeCall(html`<rtc-call .controller=${controller}></rtc-call>`);
      const shown = async (): Promise<string> => {
        await rendered(call);
        return ['rtc-join', '.seat', 'rtc-remote-video', 'rtc-controls']
          .filter((selector) => findAll(call, selector).length > 0)
          .join(' ');
      };
      expect(await shown()).to.equal('rtc-join');
      controller.tell({ type: 'started' });
      expect(await shown()).to.equal('.seat rtc-controls');
      controller.join('ben');
      expect(await shown()).to.equal('rtc-remote-video rtc-controls');
      controller.tell({ type: 'participant-left', id: 'ben' });
      expect(await shown()).to.equal('.seat rtc-controls');
      controller.tell({ type: 'ended' });
      expect(await shown()).to.equal('rtc-join');
    });

    it('keeps the tile of everybody who stays when somebody leaves', async () => {
      const { call, controller } = await callWith(3);
      const [, second, third] = tilesOf(call);
      controller.tell({ type: 'participant-left', id: 'p0' });
      await rendered(call);
      expect(tilesOf(call).slice(0, 2)).to.deep.equal([second, third]);
    });

    for (const others of [1, 2, 3, 5, 7]) {
      it(`shows ${others + 1} people whole`, async () => {
        const { call } = await callWith(others);
        expect(tilesOf(call)).to.have.length(others + 1);
        if (others > 1) {
          await until(() => misplaced(call).length === 0, `${misplaced(call).join()} are in place`);
          const sizes = tilesOf(call).map((tile) => tile.getBoundingClientRect().width);
          expect(Math.max(...sizes) - Math.min(...sizes), 'the same size').to.be.lessThan(1);
        } else {
          const { width } = find(call, 'rtc-remote-video').getBoundingClientRect();
          expect(width, 'the other person has the whole stage').to.be.greaterThan(700);
        }
      });
    }

    it('arranges the tiles anew when the frame gets another size', async () => {
      const { call } = await callWith(3);
      await until(() => misplaced(call).length === 0, 'the tiles are in place');
      const before = tilesOf(call)[0]!.getBoundingClientRect().width;
      call.style.inlineSize = '300px';
      await until(
        () => misplaced(call).length === 0 && tilesOf(call)[0]!.getBoundingClientRect().width < before,
        'the tiles fit the narrow frame',
      );
    });

    it('arranges them also after the call has been moved', async () => {
      const { call } = await callWith(3);
      await until(() => misplaced(call).length === 0, 'the tiles are in place');
      const place = call.parentElement!;
      call.remove();
      place.append(call);
      await rendered(call);
      call.style.inlineSize = '300px';
      await until(() => misplaced(call).length === 0, 'the tiles fit the narrow frame');
    });

    it('renders no tile again when another one changes', async () => {
      const { call, controller } = await callWith(2);
      const [first, second] = tilesOf(call);
      const updates: Element[] = [];
      for (const tile of [first!, second!, call]) {
        const original = tile.requestUpdate.bind(tile);
        stub(tile, 'requestUpdate', (...names) => {
          updates.push(tile);
          original(...names);
        });
      }
      controller.tell({ type: 'participant-changed', id: 'p0', changes: { microphone: 'off' } });
      await rendered(call);
      expect(new Set(updates)).to.deep.equal(new Set([first]));
    });
  });
});
