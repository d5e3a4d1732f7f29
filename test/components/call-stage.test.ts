import { expect, html } from '@open-wc/testing';
import { speakerHoldMs } from '../../src/components/active-speaker.js';
import { formatElapsed } from '../../src/components/elapsed-time.js';
import { idleAfterMs } from '../../src/components/idle.js';
import type { RtcCall } from '../../src/components/rtc-call.js';
import {
  blockSound,
  click,
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
import { overlap } from '../helpers/boxes.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

/** A call among so many others who have pictures. */
async function callWith(
  others: number,
  { layout = 'auto', dir = 'ltr' }: { layout?: RtcCall['layout']; dir?: string } = {},
): Promise<{ call: RtcCall; controller: ScriptedController }> {
  const controller = new ScriptedController().tell(
    { type: 'started' },
    { type: 'media-changed', kind: 'camera', status: 'on' },
  );
  for (let index = 1; index <= others; index++)
    controller.join(`p${index}`, { name: `Person ${index}`, camera: 'on' });
  const call = await makeCall(
    html`<rtc-call dir=${dir} layout=${layout} .controller=${controller}></rtc-call>`,
  );
  call.style.cssText = 'inline-size: 760px; block-size: 500px';
  await rendered(call);
  return { call, controller };
}

const kindOf = (call: RtcCall): string => find(call, '.frame').className.replace('frame', '').trim();
const tileOf = (call: RtcCall, id: string): HTMLElement =>
  find(call, `rtc-remote-video[participant-id="${id}"]`);
const mainOf = (call: RtcCall): string | null | undefined =>
  findAll(call, '.main')[0]?.getAttribute('participant-id');

describe('the arrangement', () => {
  for (const [layout, others, kind] of [
    ['auto', 0, 'alone'],
    ['auto', 1, 'solo'],
    ['auto', 2, 'grid'],
    ['grid', 1, 'grid'],
    ['grid', 2, 'grid'],
    ['speaker', 1, 'solo'],
    ['speaker', 2, 'speaker'],
  ] as const) {
    it(`of ${others} others is ${kind} with layout="${layout}"`, async () => {
      const { call } = await callWith(others, { layout });
      expect(kindOf(call)).to.equal(kind);
    });
  }

  it('makes a shared screen large, and all equal again when it ends', async () => {
    const { call, controller } = await callWith(2);
    const share = async (screenStream: MediaStream | null): Promise<void> => {
      controller.tell({ type: 'participant-changed', id: 'p2', changes: { screenStream } });
      await rendered(call);
    };
    await share(new MediaStream());
    expect([kindOf(call), find(call, '.main').getAttribute('source')]).to.deep.equal(['speaker', 'screen']);
    await share(null);
    expect(kindOf(call)).to.equal('grid');
  });

  it('lets a tile that leaves fade where it was, while the others close the gap', async () => {
    const { call, controller } = await callWith(3);
    const place = tileOf(call, 'p2').getAttribute('style');
    controller.tell({ type: 'participant-left', id: 'p2' });
    await rendered(call);
    const shade = find(call, '.shade');
    expect(shade.getAttribute('style')).to.equal(place);
    expect(findAll(call, '.tiles.moving')).to.have.length(1);
    expect(tileOf(call, 'p3').getAttribute('style')).not.to.equal(place);
    await until(() => !shade.isConnected, 'it has faded');
    expect(findAll(call, '.shade')).to.deep.equal([]);
  });

  it('keeps every tile, and its video, through all of them', async () => {
    const { call, controller } = await callWith(2);
    const tiles = findAll(call, 'rtc-remote-video, rtc-local-video');
    call.pin('p2');
    await rendered(call);
    call.layout = 'speaker';
    call.pin(null);
    await rendered(call);
    for (const id of ['p1', 'p2'])
      controller.tell({ type: 'participant-changed', id, changes: { camera: 'off' } });
    controller.tell({ type: 'media-changed', kind: 'camera', status: 'off' });
    await rendered(call);
    expect(kindOf(call)).to.equal('voices');
    expect(findAll(call, 'rtc-remote-video, rtc-local-video')).to.deep.equal(tiles);
  });

  it('is one of voices while nobody has a picture: initials, names, no picture and no own view of two', async () => {
    const { call, controller } = await callWith(1);
    controller.tell({ type: 'participant-changed', id: 'p1', changes: { camera: 'off' } });
    await rendered(call);
    expect(kindOf(call), 'the own camera is on').to.equal('solo');
    controller.tell({ type: 'media-changed', kind: 'camera', status: 'off' }, { type: 'connected', at: 0 });
    await rendered(call);
    expect(kindOf(call)).to.equal('voices');
    const tile = tileOf(call, 'p1');
    expect(textOf(part(tile, 'placeholder'))).to.equal('P');
    expect(textOf(part(tile, 'plate'))).to.include('Person 1');
    const circle = part(tile, 'placeholder').getBoundingClientRect();
    expect(circle.width).to.be.closeTo(circle.height, 1);
    expect(overlap(circle, part(tile, 'plate').getBoundingClientRect()), 'the name is below').to.be.false;
    expect(find(call, 'rtc-local-video').hidden).to.be.true;
    expect(part(call, 'time')).to.exist;
  });
});

describe('the speaker layout', () => {
  it('follows who has spoken long enough, and stays otherwise', async () => {
    const timers = holdTimers(speakerHoldMs);
    const { call, controller } = await callWith(3, { layout: 'speaker' });
    const speak = async (id: string, speaking: boolean): Promise<void> => {
      controller.tell({ type: 'participant-changed', id, changes: { speaking } });
      await rendered(call);
    };
    expect(mainOf(call), 'the first one, while nobody has spoken').to.equal('p1');
    await speak('p2', true);
    await until(() => mainOf(call) === 'p2', 'the first to speak, without the wait');
    await speak('p3', true);
    expect(timers.count, 'two at once: it stays').to.equal(0);
    await speak('p2', false);
    expect(timers.count).to.equal(1);
    await speak('p3', false);
    expect(timers.count, 'too short').to.equal(0);
    await speak('p3', true);
    expect(mainOf(call)).to.equal('p2');
    timers.fire();
    await rendered(call);
    expect(mainOf(call)).to.equal('p3');
    await speak('p3', false);
    expect(mainOf(call), 'silence changes nothing').to.equal('p3');
    controller.tell({ type: 'participant-left', id: 'p3' });
    await rendered(call);
    expect(mainOf(call)).to.equal('p1');
  });
});

describe('pins', () => {
  it('make a tile large by its button, and no longer by the same', async () => {
    const { call } = await callWith(2);
    const tile = tileOf(call, 'p2');
    expect(part(tile, 'pin-button').ariaLabel).to.equal('Pin Person 2');
    click(tile, 'pin-button');
    await rendered(call);
    expect([kindOf(call), mainOf(call)]).to.deep.equal(['speaker', 'p2']);
    expect(tile.matches(':state(pinned)')).to.be.true;
    expect(part(tile, 'pin-button').getAttribute('aria-pressed')).to.equal('true');
    click(tile, 'pin-button');
    await rendered(call);
    expect(kindOf(call)).to.equal('grid');
    expect(tile.matches(':state(pinned)')).to.be.false;
  });

  it('are made by a double click, which one to one shows the whole picture', async () => {
    const { call, controller } = await callWith(2);
    tileOf(call, 'p1').dispatchEvent(new MouseEvent('dblclick'));
    await rendered(call);
    expect(mainOf(call)).to.equal('p1');
    controller.tell({ type: 'participant-left', id: 'p2' });
    await rendered(call);
    const tile = tileOf(call, 'p1');
    const fit = (): string => getComputedStyle(part(tile, 'video')).objectFit;
    expect(fit()).to.equal('cover');
    tile.dispatchEvent(new MouseEvent('dblclick'));
    expect(fit()).to.equal('contain');
    tile.dispatchEvent(new MouseEvent('dblclick'));
    expect(fit()).to.equal('cover');
  });

  it('win over a shared screen and who speaks, and end with the one who leaves', async () => {
    const { call, controller } = await callWith(3);
    controller.tell({ type: 'participant-changed', id: 'p3', changes: { screenStream: new MediaStream() } });
    call.pin('p1');
    await rendered(call);
    expect(mainOf(call)).to.equal('p1');
    controller.tell({ type: 'participant-left', id: 'p1' });
    await rendered(call);
    expect(mainOf(call)).to.equal('p3');
  });

  it('are reached by the keyboard, and then seen', async () => {
    const { call } = await callWith(2);
    const button = part(tileOf(call, 'p1'), 'pin-button');
    const seen = (): string => getComputedStyle(button).opacity;
    find(call, 'rtc-local-video').tabIndex = -1;
    button.focus();
    await until(() => seen() === '1', 'the button appears');
    button.click();
    await rendered(call);
    expect(mainOf(call)).to.equal('p1');
  });
});

describe('the own view', () => {
  const own = (call: RtcCall): HTMLElement => find(call, 'rtc-local-video');
  const corner = (call: RtcCall): string => {
    const box = own(call).getBoundingClientRect();
    const frame = call.getBoundingClientRect();
    return [
      box.top + box.bottom < frame.top + frame.bottom ? 'top' : 'bottom',
      box.left + box.right < frame.left + frame.right ? 'left' : 'right',
    ].join(' ');
  };

  for (const [dir, home, other] of [
    ['ltr', 'top right', 'top left'],
    ['rtl', 'top left', 'top right'],
  ] as const) {
    it(`goes to the corners by arrow keys, ${dir}`, async () => {
      const { call } = await callWith(1, { dir });
      const view = own(call);
      expect(corner(call)).to.equal(home);
      expect([view.tabIndex, view.ariaLabel]).to.deep.equal([0, 'Your picture']);
      expect(press(view, dir === 'ltr' ? 'ArrowLeft' : 'ArrowRight')).to.be.false;
      await until(() => corner(call) === other, `it is ${other}`);
      press(view, 'ArrowDown');
      await until(() => corner(call) === other.replace('top', 'bottom'), 'it is at the bottom');
      const bar = find(call, 'rtc-controls');
      await until(
        () => !overlap(view.getBoundingClientRect(), bar.getBoundingClientRect()),
        'it gives way to the controls',
      );
      expect(press(view, 'x'), 'other keys are left alone').to.be.true;
    });
  }

  it('is no longer moved in a grid', async () => {
    const { call, controller } = await callWith(1);
    controller.join('p2', { camera: 'on' });
    await rendered(call);
    expect(own(call).tabIndex).to.equal(-1);
    expect(press(own(call), 'ArrowLeft')).to.be.true;
  });

  it('lets the time go to the other side', async () => {
    const { call, controller } = await callWith(1);
    controller.tell({ type: 'connected', at: Date.now() });
    await rendered(call);
    press(own(call), 'ArrowLeft');
    await until(
      () => !overlap(own(call).getBoundingClientRect(), part(call, 'time').getBoundingClientRect()),
      'they are apart',
    );
  });
});

describe('the controls', () => {
  const isResting = (call: RtcCall): boolean => call.matches(':state(resting)');
  const opacity = (call: RtcCall): string => getComputedStyle(find(call, 'rtc-controls')).opacity;

  it('leave the picture alone after a while, and return on pointer, key and focus', async () => {
    const timers = holdTimers(idleAfterMs);
    const { call } = await callWith(1);
    expect(isResting(call)).to.be.false;
    const acts: (() => void)[] = [
      () => call.dispatchEvent(new PointerEvent('pointermove')),
      () => press(call, 'x'),
      () => {
        part(call, 'microphone-button').focus();
        part(call, 'microphone-button').blur();
      },
    ];
    for (const act of acts) {
      timers.fire();
      expect(isResting(call)).to.be.true;
      await until(() => opacity(call) === '0', 'they are gone');
      expect(getComputedStyle(call).cursor).to.equal('none');
      act();
      expect(isResting(call)).to.be.false;
      await until(() => opacity(call) === '1', 'they are back');
    }
  });

  it('stay while the keyboard is in them, and while something is open', async () => {
    const timers = holdTimers(idleAfterMs);
    const { call } = await callWith(1);
    const button = part(call, 'microphone-button');
    button.focus();
    expect(button.matches(':focus-visible')).to.be.true;
    timers.fire();
    expect(isResting(call)).to.be.false;
    button.blur();
    button.setAttribute('aria-expanded', 'true');
    timers.fire();
    expect(isResting(call)).to.be.false;
    button.removeAttribute('aria-expanded');
    timers.fire();
    expect(isResting(call)).to.be.true;
  });

  it('stay without a picture, without a connection and with blocked sound', async () => {
    const timers = holdTimers(idleAfterMs);
    const { call, controller } = await callWith(1);
    const change = async (...facts: Parameters<ScriptedController['tell']>): Promise<number> => {
      controller.tell(...facts);
      await rendered(call);
      return timers.count;
    };
    const connection = (status: 'connected' | 'reconnecting'): Parameters<ScriptedController['tell']>[0] => ({
      type: 'participant-changed',
      id: 'p1',
      changes: { connection: status },
    });
    expect(await change(connection('reconnecting'))).to.equal(0);
    expect(await change(connection('connected'))).to.equal(1);
    blockSound();
    expect(await change({ type: 'playback-changed', blocked: true })).to.equal(0);
    expect(await change({ type: 'playback-changed', blocked: false })).to.equal(1);
    expect(
      await change(
        { type: 'media-changed', kind: 'camera', status: 'off' },
        { type: 'participant-changed', id: 'p1', changes: { camera: 'off' } },
      ),
    ).to.equal(0);
    expect(isResting(call)).to.be.false;
  });

  it('stay in a grid, where they hide nothing', async () => {
    const timers = holdTimers(idleAfterMs);
    const { call } = await callWith(2);
    timers.fire();
    expect(isResting(call)).to.be.true;
    expect(opacity(call)).to.equal('1');
  });
});

describe('the time of a call', () => {
  for (const [seconds, lang, text] of [
    [0, 'en', '00:00'],
    [61, 'en', '01:01'],
    [3599, 'de', '59:59'],
    [3600, 'en', '1:00:00'],
    [36_061, 'en', '10:01:01'],
    [65, 'ar-EG', '٠١:٠٥'],
    [-3, 'en', '00:00'],
  ] as const) {
    it(`is ${text} after ${seconds} s in ${lang}`, () => {
      expect(formatElapsed(seconds * 1000, lang)).to.equal(text);
    });
  }

  it('is shown from the first connection on, and goes on', async () => {
    const { call, controller } = await callWith(1);
    expect(findAll(call, '.time')).to.have.length(0);
    controller.tell({ type: 'connected', at: Date.now() - 59_000 });
    await rendered(call);
    expect(textOf(part(call, 'time'))).to.match(/^(00:59|01:00)$/);
    await until(() => textOf(part(call, 'time')) >= '01:00', 'a second passes');
    expect(part(call, 'time').getAttribute('role')).to.equal('timer');
  });
});

describe('the picture of a call', () => {
  it('plays again when the page comes back', async () => {
    const { call, controller } = await callWith(0);
    controller.join('p1', { camera: 'on' }, colourStream('red'));
    await rendered(call);
    const video = part<HTMLVideoElement>(tileOf(call, 'p1'), 'video');
    await until(() => !video.paused && video.videoWidth > 0, 'it plays');
    video.pause();
    document.dispatchEvent(new Event('visibilitychange'));
    await until(() => !video.paused, 'it plays again');
  });

  it('needs no zoom to be typed into: every field has 16 px', async () => {
    const call = await makeCall();
    for (const input of findAll<HTMLInputElement>(call, 'input, select, textarea'))
      expect(parseFloat(getComputedStyle(input).fontSize), input.outerHTML).to.be.at.least(16);
    expect(findAll(call, 'input')).not.to.have.length(0);
  });
});
