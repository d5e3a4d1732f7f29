import type { CallController } from '../../src/core/call-controller.js';
import { CallEvent } from '../../src/core/call-events.js';
import { expect, fixture, html } from '@open-wc/testing';
import type { RtcCall } from '../../src/components/rtc-call.js';
import type { RtcControls } from '../../src/components/rtc-controls.js';
import { RtcRemoteVideo } from '../../src/components/rtc-remote-video.js';
import type { RtcStatus } from '../../src/components/rtc-status.js';
import {
  colourStream,
  connect,
  connectionTimeoutMs,
  find,
  findAll,
  frames,
  hasPart,
  holdTimers,
  loadModule,
  makeCall,
  openFrame,
  part,
  phase,
  rendered,
  showsColour,
  stub,
  textOf,
  videoOf,
} from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

/** Whether the bar belongs to a call: outside one nobody can join. */
const isInCall = (controls: Element): boolean => !part<HTMLButtonElement>(controls, 'join-button').disabled;

const allTags = ['rtc-local-video', 'rtc-remote-video', 'rtc-controls', 'rtc-status', 'rtc-join'] as const;

const ownLayout = (stream: MediaStream | null = null) =>
  html`<rtc-call .localStream=${stream}><rtc-remote-video></rtc-remote-video></rtc-call>`;

/** Whether every element in the call, its shadow trees included, has the controller of the call. */
function takesPart(call: RtcCall): boolean {
  const { controller } = call;
  const asked: unknown[] = [];
  for (const element of findAll(call, '*')) {
    if (!element.localName.startsWith('rtc-')) continue;
    element.dispatchEvent(
      Object.assign(new Event('context-request', { bubbles: true, composed: true }), {
        context: Symbol.for('rtc-call/controller@1'),
        contextTarget: element,
        callback: (found: unknown) => asked.push(found),
      }),
    );
  }
  return asked.length > 0 && asked.every((found) => found === controller);
}

describe('context', function () {
  this.timeout(connectionTimeoutMs);

  describe('in any order', () => {
    const inside = '<div><rtc-controls></rtc-controls><p><rtc-status></rtc-status></p></div>';

    it('reaches children that are in the page before the definitions', async () => {
      const frame = await openFrame(`<rtc-call no-audio no-video>${inside}</rtc-call>`);
      await loadModule(frame);
      const call = frame.document.querySelector('rtc-call')!;
      await rendered(call);
      expect(isInCall(find(call, 'rtc-controls'))).to.be.true;
      await call.start();
      await rendered(call);
      expect(textOf(find(call, 'rtc-status'))).to.include('Waiting');
      call.end();
    });

    it('reaches children that are upgraded before their call', async () => {
      const frame = await openFrame('');
      await loadModule(frame);
      // As a framework does it that builds from the inside out: the call is an unknown element at first.
      const { document: page } = frame;
      const template = page.createElement('template');
      template.innerHTML = `<rtc-call no-audio no-video>${inside}</rtc-call>`;
      const plain = template.content.firstElementChild!; // of a document without definitions
      const [box] = plain.children;
      page.body.append(box!);
      await rendered(page.body);
      expect(isInCall(find(page.body, 'rtc-controls'))).to.be.false;
      plain.append(box!);
      page.body.append(plain);
      await rendered(page.body);
      expect(isInCall(find(page.body, 'rtc-controls'))).to.be.true;
    });

    it('reaches children whose definitions come after those of the call', async () => {
      // A page that loads the elements one by one: the call last.
      const frame = await openFrame('<rtc-call><rtc-controls></rtc-controls></rtc-call>');
      const { customElements: registry } = frame;
      const define = registry.define.bind(registry);
      const late: (() => void)[] = [];
      registry.define = (name, constructor) => {
        if (name === 'rtc-call') late.push(() => define(name, constructor));
        else define(name, constructor);
      };
      await loadModule(frame);
      const controls = frame.document.querySelector('rtc-controls')!;
      await rendered(controls);
      expect(isInCall(controls)).to.be.false;
      for (const run of late) run();
      await rendered(frame.document.querySelector('rtc-call')!);
      expect(isInCall(controls)).to.be.true;
    });

    it('reaches children that are added late, at any depth and in nested shadow trees', async () => {
      const call = await makeCall(html`<rtc-call><p>own layout</p></rtc-call>`);
      const outer = document.createElement('div');
      const inner = document.createElement('section');
      outer.attachShadow({ mode: 'open' }).append(inner);
      const controls = document.createElement('rtc-controls');
      inner.attachShadow({ mode: 'open' }).append(controls);
      call.append(outer);
      await rendered(controls);
      expect(isInCall(controls)).to.be.true;
    });

    it('gives the controller to every element of the built-in layout, in each phase', async () => {
      const call = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
      expect(takesPart(call)).to.be.true;
      await call.start();
      await rendered(call);
      expect(takesPart(call)).to.be.true;
    });
  });

  describe('outside of any call', () => {
    for (const tag of allTags) {
      it(`<${tag}> renders and does nothing`, async () => {
        const element = document.createElement(tag);
        const place = await fixture<HTMLElement>(html`<div></div>`);
        place.append(element);
        await rendered(element);
        expect(element.shadowRoot!.childElementCount).to.be.greaterThan(0);
        for (const button of findAll<HTMLButtonElement>(element, 'button')) {
          expect(button.disabled, button.outerHTML).to.be.true;
        }
      });
    }
  });

  describe('moves', () => {
    async function twoCalls(): Promise<[RtcCall, RtcCall]> {
      const first = await makeCall(ownLayout(colourStream('red')));
      const second = await makeCall(ownLayout(colourStream('green')));
      const friends = [
        await makeCall(html`<rtc-call name="Ben" .localStream=${colourStream('blue')}></rtc-call>`),
        await makeCall(html`<rtc-call name="Cleo" .localStream=${colourStream('green')}></rtc-call>`),
      ] as const;
      await Promise.all([connect(first, friends[0]), connect(second, friends[1])]);
      return [first, second];
    }

    it('shows the other call in a tile that is moved there, and nothing outside of calls', async () => {
      const [first, second] = await twoCalls();
      const tile = first.querySelector('rtc-remote-video')!;
      const video = videoOf(tile);
      await showsColour(video, 'blue');
      expect(tile.participant?.name).to.equal('Ben');

      second.append(tile);
      await rendered(tile);
      expect(tile.participant?.name).to.equal('Cleo');
      expect(video.srcObject).to.equal(second.participants[0]!.stream);
      await showsColour(video, 'green');

      document.body.append(tile);
      await rendered(tile);
      expect(tile.participant).to.be.null;
      expect(video.srcObject).to.be.null;
      expect(textOf(tile)).to.equal('');
      tile.remove();
      expect(first.phase).to.equal('connected');
      expect(second.phase).to.equal('connected');
    });

    it('keeps a tile playing that moves inside its call', async () => {
      const [first] = await twoCalls();
      const tile = first.querySelector('rtc-remote-video')!;
      const video = videoOf(tile);
      await frames(video, 2);
      const box = document.createElement('div');
      first.append(box);
      box.append(tile);
      await rendered(tile);
      expect(video.srcObject).to.equal(first.participants[0]!.stream);
      await showsColour(video, 'blue');
      expect(video.paused).to.be.false;
    });

    it('is not torn down by moveBefore(): the picture plays on', async function () {
      if (!('moveBefore' in Element.prototype)) this.skip(); // no atomic moves in this browser
      const [first] = await twoCalls();
      const tile = first.querySelector('rtc-remote-video')!;
      const video = videoOf(tile);
      await frames(video, 2);
      let disconnects = 0;
      stub(RtcRemoteVideo.prototype, 'disconnectedCallback', () => disconnects++);
      const pauses: Event[] = [];
      for (const type of ['pause', 'emptied']) video.addEventListener(type, (event) => pauses.push(event));
      const box = document.createElement('div');
      first.append(box);
      (box as MovingParent).moveBefore(tile, null);
      expect(tile.parentElement).to.equal(box);
      await rendered(tile);
      await frames(video, 3);
      expect(disconnects).to.equal(0);
      expect(pauses).to.deep.equal([]);
    });

    it('follows moveBefore() to another call and out of any', async function () {
      if (!('moveBefore' in Element.prototype)) this.skip(); // no atomic moves in this browser
      const first = await makeCall(html`<rtc-call><rtc-status></rtc-status></rtc-call>`);
      const second = await makeCall(html`<rtc-call><p></p></rtc-call>`);
      first.controller = new ScriptedController().tell({ type: 'started' });
      second.controller = new ScriptedController().tell({ type: 'started' }).join('ben');
      const status = first.querySelector('rtc-status')!;
      await rendered(status);
      expect(textOf(status)).to.include('Waiting');
      (second as MovingParent).moveBefore(status, null);
      await rendered(status);
      expect(textOf(status)).to.equal('Connected');
      (second.parentElement as MovingParent).moveBefore(status, null);
      await rendered(status);
      expect(textOf(status)).to.equal('');
      // Its former call has no way to it any more.
      second.controller = new ScriptedController().tell({ type: 'started' });
      await rendered(second);
      await rendered(status);
      expect(textOf(status)).to.equal('');
    });

    it('survives moveBefore() of the whole call', async function () {
      if (!('moveBefore' in Element.prototype)) this.skip(); // no atomic moves in this browser
      const [first] = await twoCalls();
      const video = videoOf(first);
      const grace = holdTimers(2000);
      const place = await fixture<HTMLElement>(html`<div></div>`);
      (place as MovingParent).moveBefore(first, null);
      await rendered(first);
      expect(grace.count).to.equal(0);
      expect(first.phase).to.equal('connected');
      await frames(video, 3);
    });
  });

  describe('the call leaves the page', () => {
    it('lives on when it is back in the grace period, and its pictures play again', async () => {
      const grace = holdTimers(2000);
      const call = await makeCall(html`<rtc-call .localStream=${colourStream('red')}></rtc-call>`);
      const other = await makeCall(html`<rtc-call .localStream=${colourStream('blue')}></rtc-call>`);
      await connect(call, other);
      const video = videoOf(call);
      await frames(video, 2);
      const place = call.parentElement!;
      call.remove();
      expect(grace.count).to.equal(1);
      expect(video.srcObject, 'nothing plays outside the page').to.be.null;
      place.append(call);
      await rendered(call);
      expect(grace.count).to.equal(0);
      expect(call.phase).to.equal('connected');
      expect(videoOf(call)).to.equal(video);
      await showsColour(video, 'blue');
      expect(find<HTMLVideoElement>(find(call, 'rtc-local-video'), 'video').srcObject).not.to.be.null;
    });

    it('is ended when the grace period is over', async () => {
      const grace = holdTimers(2000);
      const call = await makeCall(html`<rtc-call .localStream=${colourStream('red')}></rtc-call>`);
      const other = await makeCall(html`<rtc-call .localStream=${colourStream('blue')}></rtc-call>`);
      await connect(call, other);
      call.remove();
      expect(call.phase).to.equal('connected');
      grace.fire();
      expect(call.phase).to.equal('ended');
      expect(call.participants).to.deep.equal([]);
      await phase(other, 'waiting');
    });

    it('can be started again in another place after that', async () => {
      const grace = holdTimers(2000);
      const call = await makeCall(html`<rtc-call .localStream=${colourStream('red')}></rtc-call>`);
      await call.start();
      const place = call.parentElement!;
      call.remove();
      grace.fire();
      place.append(call);
      await call.start();
      await rendered(call);
      await showsColour(find(find(call, 'rtc-local-video'), 'video'), 'red');
    });
  });

  describe('a controller of the page', () => {
    it('keeps no element that has left the page for good, and tells one that is back', async () => {
      const grace = holdTimers(2000);
      const given = new ScriptedController();
      const call = await makeCall(html`<rtc-call .controller=${given}></rtc-call>`);
      const heard: string[] = [];
      call.addEventListener('rtc-phase-change', ({ detail }) => heard.push(detail.phase));
      const place = call.parentElement!;
      call.remove();
      grace.fire();
      given.dispatchEvent(new CallEvent('phase-change', { phase: 'waiting', previous: 'idle' }));
      expect(heard).to.deep.equal([]);
      place.append(call);
      given.dispatchEvent(new CallEvent('phase-change', { phase: 'ended', previous: 'waiting' }));
      expect(heard).to.deep.equal(['ended']);
    });

    it('is not given up for null, which frameworks set while they unmount', async () => {
      const given = new ScriptedController();
      const call = await makeCall(html`<rtc-call .controller=${given}></rtc-call>`);
      call.controller = null as unknown as CallController;
      expect(call.controller).to.equal(given);
    });

    it('drives the elements, and the element ends only its own one', async () => {
      const grace = holdTimers(2000);
      const call = await makeCall(
        html`<rtc-call><rtc-controls></rtc-controls><rtc-status></rtc-status></rtc-call>`,
      );
      const own = call.controller;
      await call.start();
      const given = new ScriptedController().tell({ type: 'started' }).join('ben');
      call.controller = given;
      await rendered(call);
      expect(own.state.phase, 'its own one is ended').to.equal('ended');
      expect(call.phase).to.equal('connected');
      expect(textOf(find<RtcStatus>(call, 'rtc-status'))).to.equal('Connected');
      expect(hasPart(find<RtcControls>(call, 'rtc-controls'), 'leave-button')).to.be.true;
      call.remove();
      grace.fire();
      expect(given.commands).to.deep.equal([]);
      expect(given.state.phase).to.equal('connected');
    });

    it('serves two elements at once', async () => {
      const controller = new ScriptedController();
      const first = await makeCall(html`<rtc-call .controller=${controller}></rtc-call>`);
      const second = await makeCall(html`<rtc-call .controller=${controller}></rtc-call>`);
      controller.tell({ type: 'started' }).join('ben', { name: 'Ben' });
      await Promise.all([rendered(first), rendered(second)]);
      for (const call of [first, second]) expect(textOf(find(call, 'rtc-remote-video'))).to.include('Ben');
    });
  });

  it('keeps two calls on a page apart', async () => {
    const first = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
    const second = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
    await first.start();
    await Promise.all([rendered(first), rendered(second)]);
    expect([first.phase, second.phase]).to.deep.equal(['waiting', 'idle']);
    expect(hasPart(first, 'leave-button')).to.be.true;
    expect(hasPart(second, 'leave-button')).to.be.false;
    expect(first.peerId).not.to.equal(second.peerId);
  });

  it('gives an inner call to what is inside it', async () => {
    const outer = await makeCall(
      html`<rtc-call no-audio no-video>
        <rtc-call class="inner" no-audio no-video><rtc-controls></rtc-controls></rtc-call>
      </rtc-call>`,
    );
    const inner = find<RtcCall>(outer, '.inner');
    await outer.start();
    await rendered(outer);
    expect(hasPart(inner, 'leave-button')).to.be.false;
    await inner.start();
    await rendered(outer);
    expect(hasPart(inner, 'leave-button')).to.be.true;
    inner.end();
  });
});

/** Not in the types yet (DOM §4.2.3). */
interface MovingParent extends Element {
  moveBefore(node: Node, child: Node | null): void;
}
