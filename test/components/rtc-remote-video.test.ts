import { expect, html } from '@open-wc/testing';
import type { RtcCall } from '../../src/components/rtc-call.js';
import type { RtcRemoteVideo } from '../../src/components/rtc-remote-video.js';
import type { CallFact, Participant } from '../../src/core/call-state.js';
import type { View } from '../../src/core/views.js';
import {
  colourStream,
  connect,
  connectionTimeoutMs,
  connectTwo,
  find,
  findAll,
  makeCall,
  part,
  phase,
  rendered,
  showsColour,
  state,
  stub,
  textOf,
  until,
  videoOf,
} from '../helpers/call-fixture.js';
import { outside, overlap } from '../helpers/boxes.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

const tileOf = (call: RtcCall): RtcRemoteVideo => find<RtcRemoteVideo>(call, 'rtc-remote-video');

async function scripted(): Promise<{ call: RtcCall; controller: ScriptedController; tile: RtcRemoteVideo }> {
  const controller = new ScriptedController().tell({ type: 'started' });
  const call = await makeCall(
    html`<rtc-call .controller=${controller}
      ><rtc-remote-video><p slot="empty">Nobody yet</p></rtc-remote-video></rtc-call
    >`,
  );
  return { call, controller, tile: tileOf(call) };
}

describe('the captions of a tile', () => {
  it('stand over the picture, above the name, and take no place while there are none', async () => {
    const controller = new ScriptedController().tell({ type: 'started' }).join('ben', { name: 'Ben' });
    const call = await makeCall(
      html`<rtc-call .controller=${controller}>
        <rtc-remote-video><p slot="captions"></p></rtc-remote-video>
      </rtc-call>`,
    );
    const captions = find(call, '[slot=captions]');
    expect(getComputedStyle(captions).position).to.equal('static');
    captions.textContent = 'Shall we begin with the second page?';
    const [words, plate, tile] = [captions, part(call, 'plate'), part(call, 'tile')].map((element) =>
      element.getBoundingClientRect(),
    );
    expect(overlap(words!, plate!)).to.be.false;
    expect(outside([{ name: 'captions', box: words! }], tile!)).to.deep.equal([]);
    expect(words!.bottom).to.be.below(plate!.top);
  });
});

describe('<rtc-remote-video>', function () {
  this.timeout(connectionTimeoutMs);

  it("plays the participant's own stream, and nothing when they have left", async () => {
    const [ada, ben] = await connectTwo();
    const video = videoOf(ada);
    const [participant] = ada.participants;
    expect(video.srcObject).to.equal(participant!.stream);
    expect(video.muted).to.be.false;
    ben.end();
    await phase(ada, 'waiting');
    await rendered(ada);
    expect(video.srcObject).to.be.null;
  });

  it('keeps the stream when the other side starts again', async () => {
    const ada = await makeCall(
      html`<rtc-call .localStream=${colourStream('red')}><rtc-remote-video></rtc-remote-video></rtc-call>`,
    );
    const ben = await makeCall(
      html`<rtc-call peer-id="ben" .localStream=${colourStream('blue')}></rtc-call>`,
    );
    await connect(ada, ben);
    await showsColour(videoOf(ada), 'blue');
    ben.end();
    await phase(ada, 'waiting');
    ben.localStream = colourStream('green');
    await ben.start();
    await phase(ada, 'connected');
    await rendered(ada);
    expect(videoOf(ada).srcObject).to.equal(ada.participants[0]!.stream);
    await showsColour(videoOf(ada), 'green');
  });

  it('shows the participant that it names, and the first one without a name', async () => {
    const { call, controller, tile } = await scripted();
    controller.join('ben', { name: 'Ben' }).join('cleo', { name: 'Cleo' });
    await rendered(call);
    expect(tile.participant?.id).to.equal('ben');
    tile.setAttribute('participant-id', 'cleo');
    await rendered(call);
    expect(tile.participant?.id).to.equal('cleo');
    expect(videoOf(tile).srcObject).to.equal(controller.state.participants[1]!.stream);
    expect(textOf(part(tile, 'plate'))).to.include('Cleo');
    controller.tell({ type: 'participant-left', id: 'cleo' });
    await rendered(call);
    expect(tile.participant).to.be.null;
    expect(videoOf(tile).srcObject).to.be.null;
    tile.participantId = '';
    await rendered(call);
    expect(tile.participant?.id).to.equal('ben');
  });

  it('shows what the page wants while nobody is there', async () => {
    const { call, controller, tile } = await scripted();
    expect(textOf(tile)).to.equal('Nobody yet');
    expect(tile.matches(':state(empty)')).to.be.true;
    controller.join('ben', { name: 'Ben' });
    await rendered(call);
    expect(textOf(tile)).to.equal('B Ben');
    expect(tile.matches(':state(empty)')).to.be.false;
  });

  it('shows its placeholder while nobody is there, and while there is no picture', async () => {
    const controller = new ScriptedController().tell({ type: 'started' });
    const call = await makeCall(
      html`<rtc-call .controller=${controller}
        ><rtc-remote-video><p slot="placeholder">No picture</p></rtc-remote-video></rtc-call
      >`,
    );
    const words = find(call, '[slot=placeholder]');
    expect(words.checkVisibility()).to.be.true;
    controller.join('ben', { name: 'Ben' });
    await rendered(call);
    expect(words.assignedSlot?.closest('[part=placeholder]')).to.not.be.null;
    expect(words.checkVisibility()).to.be.true;
  });

  it('says on the tile how the connection is, and as a state for CSS', async () => {
    const { call, controller, tile } = await scripted();
    controller.join('ben', { name: 'Ben', connection: 'connecting' });
    await rendered(call);
    expect(textOf(part(tile, 'plate'))).to.equal('Ben Connecting');
    expect(tile.matches(':state(connecting)')).to.be.true;
    controller.tell({ type: 'participant-changed', id: 'ben', changes: { connection: 'reconnecting' } });
    await rendered(call);
    expect(textOf(part(tile, 'plate'))).to.equal('Ben Reconnecting');
    expect(tile.matches(':state(reconnecting)')).to.be.true;
    controller.tell({ type: 'participant-changed', id: 'ben', changes: { connection: 'connected' } });
    await rendered(call);
    expect(textOf(part(tile, 'plate'))).to.equal('Ben');
    expect(tile.matches(':state(connecting), :state(reconnecting)')).to.be.false;
  });

  it('keeps the last picture while it reconnects', async () => {
    const { call, controller, tile } = await scripted();
    controller.join('ben', { camera: 'on' }, colourStream('blue'));
    await rendered(call);
    await until(() => part(tile, 'placeholder').hidden === true, 'the picture');
    controller.tell({ type: 'participant-changed', id: 'ben', changes: { connection: 'reconnecting' } });
    await rendered(call);
    expect(part(tile, 'placeholder').hidden).to.be.true;
    expect(videoOf(tile).srcObject).not.to.be.null;
  });

  it('calls one without a name a guest', async () => {
    const { call, controller, tile } = await scripted();
    controller.join('ben');
    await rendered(call);
    expect(textOf(part(tile, 'plate'))).to.equal('Guest');
    expect(videoOf(tile).getAttribute('aria-label')).to.equal('Picture of Guest');
  });

  it('gives the same person the same tint everywhere', async () => {
    const { call, controller } = await scripted();
    controller.join('ben').join('cleo');
    const second = document.createElement('rtc-remote-video');
    call.append(second);
    await rendered(call);
    const tints = findAll(call, '[part~=placeholder]').map(({ className }) => className);
    expect(tints[0]).to.match(/\btint-[0-5]\b/);
    expect(tints[1]).to.equal(tints[0]);
  });

  it('plays through the chosen speaker where the browser lets it', async function () {
    const { call, controller, tile } = await scripted();
    const video = videoOf(tile);
    if (!('setSinkId' in video)) this.skip(); // this browser has no choice of speakers
    const chosen: string[] = [];
    video.setSinkId = (id) => {
      chosen.push(id);
      return Promise.resolve();
    };
    controller.join('ben').tell({ type: 'speaker-changed', deviceId: 'headphones' });
    await rendered(call);
    expect(chosen).to.include('headphones');
  });

  describe('speech and quality', () => {
    /** How often the tile renders until the test ends. */
    function countRenders(tile: RtcRemoteVideo): { readonly count: number } {
      const renders = { count: 0 };
      const element = tile as unknown as { update(changed: unknown): void };
      const update = element.update.bind(tile);
      element.update = (changed) => {
        renders.count++;
        update(changed);
      };
      return renders;
    }

    const change = (id: string, changes: Partial<Participant>): CallFact => ({
      type: 'participant-changed',
      id,
      changes,
    });

    it('marks who speaks, with a ring only among several', async () => {
      const { call, controller, tile } = await scripted();
      controller.join('ben', { speaking: true });
      await rendered(call);
      const ring = (): boolean => part(tile, 'tile').classList.contains('ring');
      expect(tile.matches(':state(speaking)')).to.be.true;
      expect(findAll(tile, '.ticks')).to.have.length(1);
      expect(ring()).to.be.false;
      controller.join('cleo');
      await rendered(call);
      expect(ring()).to.be.true;
      controller.tell(change('ben', { speaking: false }));
      await rendered(call);
      expect(tile.matches(':state(speaking)')).to.be.false;
      expect(findAll(tile, '.ticks, .ring')).to.have.length(0);
    });

    it('shows no speech on a shared screen', async () => {
      const { call, controller, tile } = await scripted();
      tile.source = 'screen';
      controller.join('ben', { speaking: true }).join('cleo');
      await rendered(call);
      expect(findAll(tile, '.ticks, .ring')).to.have.length(0);
    });

    for (const [quality, words] of [
      ['fair', 'Connection weak'],
      ['poor', 'Connection bad'],
    ] as const) {
      it(`says that a connection is ${quality}, and why`, async () => {
        const { call, controller, tile } = await scripted();
        controller.join('ben', { name: 'Ben', quality: 'good' });
        await rendered(call);
        expect(findAll(tile, '[part~=quality]')).to.have.length(0);
        controller.tell(change('ben', { quality, qualityReason: 'delay' }));
        await rendered(call);
        const mark = part(tile, 'quality');
        const why = `${words}. Sound and picture arrive late.`;
        expect(mark.title).to.equal(why);
        const { width, height } = mark.getBoundingClientRect();
        expect(Math.min(width, height)).to.be.at.least(24);
        expect(mark.querySelectorAll('path:not(.unlit)')).to.have.length(quality === 'fair' ? 2 : 1);
        expect(tile.matches(`:state(${quality})`)).to.be.true;
        await expect(tile).to.be.accessible();
        controller.tell(change('ben', { quality: 'good', qualityReason: null }));
        await rendered(call);
        expect(findAll(tile, '[part~=quality]')).to.have.length(0);
        expect(tile.matches(':state(fair), :state(poor)')).to.be.false;
      });
    }

    it('says that it reconnects rather than how bad the connection is', async () => {
      const { call, controller, tile } = await scripted();
      controller.join('ben', {
        name: 'Ben',
        quality: 'poor',
        qualityReason: 'loss',
        connection: 'reconnecting',
      });
      await rendered(call);
      expect(textOf(part(tile, 'plate'))).to.equal('Ben Reconnecting');
    });

    it('renders only what changed', async () => {
      const { call, controller, tile } = await scripted();
      const other = document.createElement('rtc-remote-video');
      other.participantId = 'cleo';
      call.append(other);
      controller.join('ben', { quality: 'good' }).join('cleo', { quality: 'good' });
      await rendered(call);
      const [ben, cleo] = [countRenders(tile), countRenders(other)];
      controller.tell(change('ben', { quality: 'good', qualityReason: null, speaking: false }));
      await rendered(call);
      expect([ben.count, cleo.count]).to.deep.equal([0, 0]);
      controller.tell(change('ben', { speaking: true }));
      await rendered(call);
      expect([ben.count, cleo.count]).to.deep.equal([1, 0]);
    });
  });

  describe('tells the call how large the picture is shown', () => {
    /** What each viewer said last. */
    function watchViews(controller: ScriptedController): Map<object, View> {
      const views = new Map<object, View>();
      controller.setView = (viewer, view) => {
        if (view) views.set(viewer, view);
        else views.delete(viewer);
      };
      return views;
    }

    it('by its size and what it shows, until it is gone', async () => {
      const { call, controller, tile } = await scripted();
      const views = watchViews(controller);
      const only = (): View | undefined => [...views.values()][0];
      controller.join('ben');
      await rendered(call);
      const ratio = Math.min(devicePixelRatio, 2);
      const tall = Math.round(Math.max(tile.clientHeight, (tile.clientWidth * 9) / 16) * ratio);
      expect(only()).to.deep.equal({ participantId: 'ben', source: 'camera', height: tall });
      tile.style.inlineSize = '160px';
      await until(() => only()?.height === Math.round(90 * ratio), 'the smaller size');
      tile.style.display = 'none';
      await until(() => only()?.height === 0, 'that it is not shown');
      tile.style.display = '';
      tile.source = 'screen';
      await rendered(call);
      expect(only()?.source).to.equal('screen');
      controller.tell({ type: 'participant-left', id: 'ben' });
      await rendered(call);
      expect(views.size).to.equal(0);
      controller.join('ben');
      await rendered(call);
      expect(views.size).to.equal(1);
      tile.remove();
      expect(views.size).to.equal(0);
    });

    it('as not at all while the page is hidden', async () => {
      const { call, controller } = await scripted();
      const views = watchViews(controller);
      controller.join('ben');
      await rendered(call);
      stub(document, 'hidden', true);
      document.dispatchEvent(new Event('visibilitychange'));
      expect([...views.values()][0]?.height).to.equal(0);
    });
  });

  describe('names from the other side', () => {
    /** Ben's tile as Ada sees it, with this name of his. */
    async function tileOfBen(name: string): Promise<RtcRemoteVideo> {
      const stream = colourStream('red');
      const [ada] = await connectTwo(
        html`<rtc-call .localStream=${stream}></rtc-call>`,
        html`<rtc-call name=${name} .localStream=${stream}></rtc-call>`,
      );
      return tileOf(ada);
    }

    it('are text, never markup', async () => {
      const name = '<img src=x onerror=alert(1)><b>Ben</b>';
      const tile = await tileOfBen(name);
      expect(part(tile, 'plate').querySelector('bdi')!.textContent).to.equal(name);
      expect(findAll(tile, 'img, bdi b')).to.have.length(0);
      expect(videoOf(tile).getAttribute('aria-label')).to.equal(`Picture of ${name}`);
    });

    it('turn no writing direction around, and stay apart from the words beside them', async () => {
      const tile = await tileOfBen('Ben\u202e\u2066gnp.exe\u0000');
      const shown = part(tile, 'plate').querySelector('bdi')!;
      expect(shown.textContent).to.equal('Bengnp.exe');
      expect(getComputedStyle(shown).unicodeBidi).to.equal('isolate');
    });

    it('are cut at 64 characters and do not widen the tile', async () => {
      const tile = await tileOfBen('W'.repeat(1000));
      const plate = part(tile, 'plate');
      expect(textOf(find(plate, 'bdi'))).to.equal('W'.repeat(64));
      expect(plate.getBoundingClientRect().right).to.be.at.most(tile.getBoundingClientRect().right);
    });

    it('are cut as well when a page sends more than ours would', async () => {
      const stream = colourStream('red');
      const ada = await makeCall(html`<rtc-call .localStream=${stream}></rtc-call>`);
      const ben = await makeCall(html`<rtc-call name="Ben" .localStream=${stream}></rtc-call>`);
      ben.addEventListener('rtc-signal', ({ detail }) => {
        const message = structuredClone(detail);
        if (message.rtc?.name) message.rtc.name = `\u202e<b>${'x'.repeat(1000)}`;
        queueMicrotask(() => ada.receiveSignal(message));
      });
      ada.addEventListener('rtc-signal', ({ detail }) => {
        queueMicrotask(() => ben.receiveSignal(structuredClone(detail)));
      });
      await Promise.all([ada.start(), ben.start()]);
      await phase(ada, 'connected');
      await rendered(ada);
      const { name } = ada.participants[0]!;
      expect(name).to.equal(`<b>${'x'.repeat(61)}`);
      expect(part(tileOf(ada), 'plate').querySelector('bdi')!.textContent).to.equal(name);
    });

    it('change in the call', async () => {
      const [ada, ben] = await connectTwo();
      ben.name = 'Benjamin';
      await state(ada, ({ participants }) => participants[0]?.name === 'Benjamin');
      await rendered(ada);
      expect(textOf(part(tileOf(ada), 'plate'))).to.include('Benjamin');
    });
  });
});
