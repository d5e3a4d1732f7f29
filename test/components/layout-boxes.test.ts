import { expect, html } from '@open-wc/testing';
import type { RtcCall } from '../../src/components/rtc-call.js';
import {
  colourStream,
  find,
  findAll,
  holdTimers,
  makeCall,
  part,
  press,
  rendered,
  textOf,
  until,
} from '../helpers/call-fixture.js';
import { outside, overlap, overlapping, type NamedBox } from '../helpers/boxes.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

const sizes = [
  [160, 90],
  [160, 120],
  [320, 240],
  [390, 844],
  [844, 390],
  [820, 1180],
  [1280, 800],
  [3840, 2160],
] as const;

interface Scene {
  people: number;
  layout?: RtcCall['layout'];
  hasScreen?: boolean;
  isVoice?: boolean;
}

const scenes: Record<string, Scene> = {};
for (const people of [1, 2, 3, 4, 5, 6, 7, 8]) scenes[`${people} people`] = { people };
for (const people of [2, 3, 8]) {
  scenes[`${people} people and a screen`] = { people, hasScreen: true };
  scenes[`${people} people without pictures`] = { people, isVoice: true };
}
for (const people of [3, 8]) scenes[`${people} people and a speaker`] = { people, layout: 'speaker' };
scenes['2 people as a grid'] = { people: 2, layout: 'grid' };

/** A call with this scene; the size is set afterwards. */
async function show(
  { people, layout = 'auto', hasScreen, isVoice }: Scene,
  dir = 'ltr',
): Promise<{ call: RtcCall; controller: ScriptedController }> {
  const controller = new ScriptedController().tell({ type: 'started' });
  if (!isVoice) controller.tell({ type: 'media-changed', kind: 'camera', status: 'on' });
  for (let index = 1; index < people; index++) {
    controller.join(`p${index}`, {
      name: isVoice ? `Person ${index} with a name that is longer than any circle` : `Person ${index}`,
      camera: isVoice ? 'off' : 'on',
      screenStream: hasScreen && index === 1 ? new MediaStream() : null,
    });
  }
  if (people > 1) controller.tell({ type: 'connected', at: Date.now() });
  const call = await makeCall(
    html`<rtc-call dir=${dir} layout=${layout} .controller=${controller}></rtc-call>`,
  );
  await rendered(call);
  return { call, controller };
}

const tilesOf = (call: RtcCall): NamedBox[] =>
  findAll(call, '.tiles > .tile, .tiles > .own')
    .filter((tile) => getComputedStyle(tile).display !== 'none')
    .map((tile) => ({
      name: `${tile.getAttribute('source') ?? 'own'} ${tile.getAttribute('participant-id') ?? ''}`,
      box: tile.getBoundingClientRect(),
    }));

const platesOf = (call: RtcCall): NamedBox[] =>
  findAll(call, '.tiles > .voice').flatMap((tile) => {
    const plate = tile.shadowRoot!.querySelector('.plate');
    return plate ? [{ name: textOf(plate), box: plate.getBoundingClientRect() }] : [];
  });

/** The buttons: their element is as wide as the frame. */
const barOf = (call: RtcCall): DOMRect =>
  find(call, 'rtc-controls').shadowRoot!.querySelector('.bar')!.getBoundingClientRect();

/** What is wrong with what is to be seen; empty when all is well. */
function faults(call: RtcCall): string[] {
  const frame = call.getBoundingClientRect();
  const tiles = tilesOf(call);
  const kind = find(call, '.frame').className.replace('frame', '').trim();
  const isFloating = kind === 'solo' || kind === 'alone';
  const isBadge = frame.width < 240 || frame.height < 200;
  const found = [...outside(tiles, frame), ...(isFloating ? [] : overlapping(tiles))];
  const bar = find(call, 'rtc-controls').getBoundingClientRect();
  // While the controls rest, the bar is not to be seen.
  const isResting = call.matches(':state(resting)');
  if (!isResting) found.push(...outside([{ name: 'bar', box: bar }], frame));
  if (!isFloating && !isBadge)
    found.push(...tiles.filter(({ box }) => overlap(box, bar)).map(({ name }) => `${name} under the bar`));
  const own = tiles.find(({ name }) => name.startsWith('own'));
  if (isFloating && !isBadge && own) {
    if (!isResting && overlap(own.box, bar)) found.push('the own view lies on the bar');
    const share = (own.box.width * own.box.height) / (frame.width * frame.height);
    if (share > 0.2) found.push(`the own view takes ${share}`);
    const plates = findAll(call, '.tiles > .tile').map((tile) => part(tile, 'plate'));
    const notices = findAll(call, '.notice').filter((notice) => notice.getClientRects().length > 0);
    const isSeen = find(call, '.own').checkVisibility({ visibilityProperty: true });
    for (const under of isSeen ? [...plates, ...notices] : [])
      if (overlap(own.box, under.getBoundingClientRect())) found.push(`the own view on "${textOf(under)}"`);
    for (const time of findAll(call, '.time'))
      if (overlap(own.box, time.getBoundingClientRect())) found.push('the own view lies on the time');
  }
  if (kind === 'voices' && !isBadge) found.push(...overlapping(platesOf(call)));
  for (const time of isFloating ? [] : findAll(call, '.time'))
    if (overlap(time.getBoundingClientRect(), barOf(call))) found.push('the time lies under the bar');
  for (const { name, box } of kind === 'grid' ? tiles : []) {
    const ratio = box.width / box.height;
    if (ratio < 0.55 || ratio > 1.8) found.push(`${name} is ${ratio} wide by high`);
  }
  return found;
}

describe('boxes of the built-in layout', () => {
  for (const [name, scene] of Object.entries(scenes)) {
    it(`lie inside the frame, apart from one another and clear of the bar: ${name}`, async () => {
      const { call } = await show(scene);
      for (const [width, height] of sizes) {
        call.style.cssText = `inline-size: ${width}px; block-size: ${height}px`;
        await until(() => faults(call).length === 0, `${width}×${height}: ${faults(call).join('; ')}`);
      }
    });
  }

  for (const people of [1, 2]) {
    it(`of the own view are clear of names, notices and bar in every corner: ${people} people`, async function () {
      this.timeout(60_000);
      const [idle, notice] = [holdTimers(3000), holdTimers(8000)];
      const { call, controller } = await show({ people });
      const own = find(call, '.own');
      const clear = async (what: string): Promise<void> => {
        for (const [width, height] of sizes) {
          call.style.cssText = `inline-size: ${width}px; block-size: ${height}px`;
          const where = `${what}, ${width}×${height}`;
          await until(() => faults(call).length === 0, `${where}: ${faults(call).join('; ')}`);
        }
      };
      if (people > 1) {
        const name = 'Somebody with a name that is longer than any place for it is wide';
        controller.tell({ type: 'participant-changed', id: 'p1', changes: { name } });
        await rendered(call);
      }
      for (const key of ['ArrowDown', 'ArrowLeft', 'ArrowUp', 'ArrowRight']) {
        press(own, key);
        await clear(key);
        idle.fire();
        expect(call.matches(':state(resting)')).to.equal(people > 1);
        await clear(`${key}, resting`);
        const replacement = { kind: 'camera', reason: 'unplugged', label: 'Front camera' } as const;
        controller.tell({ type: 'device-replaced', replacement });
        await rendered(call);
        expect(findAll(call, '.notice')).to.have.length(1);
        await clear(`${key}, with a notice`);
        notice.fire();
        await rendered(call);
        expect(findAll(call, '.notice')).to.have.length(0);
      }
      press(own, 'ArrowDown');
      controller.tell({
        type: 'message-added',
        message: { from: 'p1', name: 'Ben', text: 'word '.repeat(99), at: 0 },
      });
      await rendered(call);
      if (people > 1) await clear('with a text');
    });
  }

  it('of the names of a call by voice stay apart in a phone that lies, without a time under the bar', async () => {
    const { call } = await show({ people: 8, isVoice: true });
    call.style.cssText = 'inline-size: 568px; block-size: 320px';
    await until(() => faults(call).length === 0, `568×320: ${faults(call).join('; ')}`);
    expect(platesOf(call)).to.have.length(8);
  });

  it('of panels are as large as the rest on a wall, beside the pictures', async () => {
    const { call } = await show({ people: 3 });
    call.style.cssText = 'inline-size: 3840px; block-size: 2160px';
    await call.toggleChat();
    await rendered(call);
    const panel = find(call, '.panel').getBoundingClientRect();
    const view = find(call, '.view').getBoundingClientRect();
    expect(panel.width).to.equal(544);
    expect(panel.height).to.be.within(2100, 2160);
    expect(panel.right).to.be.at.most(call.getBoundingClientRect().right);
    expect(view.right).to.be.within(panel.left - 1, panel.left + 1);
    await until(() => faults(call).length === 0, faults(call).join('; '));
    const join = await makeCall(html`<rtc-call style="inline-size: 3840px; block-size: 2160px"></rtc-call>`);
    await rendered(join);
    const [form, stage] = ['panel', 'stage'].map((name) => part(join, name).getBoundingClientRect());
    expect(form!.width).to.equal(544);
    expect(stage!.right).to.be.below(form!.left);
    expect(part(join, 'join-button').getBoundingClientRect().height).to.be.closeTo(48 * 1.6, 1);
  });

  it('show no time over the voices of a badge', async () => {
    const { call } = await show({ people: 8, isVoice: true });
    call.style.cssText = 'inline-size: 200px; block-size: 300px';
    await rendered(call);
    expect(getComputedStyle(find(call, '.time')).display).to.equal('none');
    call.style.cssText = 'inline-size: 390px; block-size: 844px';
    expect(getComputedStyle(find(call, '.time')).display).not.to.equal('none');
  });

  it('are mirrored from right to left', async () => {
    const { call } = await show({ people: 5, hasScreen: true }, 'rtl');
    call.style.cssText = 'inline-size: 1280px; block-size: 800px';
    await until(() => faults(call).length === 0, 'everything in place');
    const main = find(call, '.main').getBoundingClientRect();
    expect(main.left).to.be.greaterThan(find(call, '.own').getBoundingClientRect().right - 1);
  });

  it('follow a rotation', async () => {
    const { call } = await show({ people: 4 });
    for (const [width, height] of [
      [390, 700],
      [700, 390],
      [390, 700],
    ] as const) {
      call.style.cssText = `inline-size: ${width}px; block-size: ${height}px`;
      await until(
        () => {
          const [tile] = tilesOf(call);
          const isUpright = tile!.box.height > tile!.box.width;
          return faults(call).length === 0 && isUpright === height > width;
        },
        `tiles as the frame lies, ${width}×${height}: ${faults(call).join('; ')}`,
      );
    }
  });

  it('do not move when pictures come and go', async () => {
    const { call, controller } = await show({ people: 3 });
    call.style.cssText = 'inline-size: 760px; block-size: 500px';
    await until(() => faults(call).length === 0, 'everything in place');
    await Promise.all(call.shadowRoot!.getAnimations().map(({ finished }) => finished));
    const before = JSON.stringify(tilesOf(call));
    const [first] = call.participants;
    const [track] = colourStream('red').getTracks();
    first!.stream.addTrack(track!);
    await until(() => find(call, 'rtc-remote-video').matches(':state(live)'), 'the picture is there');
    expect(JSON.stringify(tilesOf(call))).to.equal(before);
    controller.tell({ type: 'participant-changed', id: 'p1', changes: { camera: 'off' } });
    await rendered(call);
    expect(find(call, 'rtc-remote-video').matches(':state(live)')).to.be.false;
    expect(JSON.stringify(tilesOf(call))).to.equal(before);
  });

  it("give a shared screen the screen's own shape", async () => {
    const { call, controller } = await show({ people: 2 });
    call.style.cssText = 'inline-size: 760px; block-size: 500px';
    const stream = colourStream('blue'); // 160 by 120
    controller.tell({
      type: 'participant-changed',
      id: 'p1',
      changes: { screenStream: stream },
    });
    await until(() => {
      const main = findAll(call, '.main')[0]?.getBoundingClientRect();
      return main !== undefined && Math.abs(main.width / main.height - 4 / 3) < 0.01;
    }, 'the large tile is 4:3');
    await until(() => faults(call).length === 0, faults(call).join('; ')); // the tiles are on their way
  });
});
