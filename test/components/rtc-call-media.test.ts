import { expect, html } from '@open-wc/testing';
import type { RtcCall } from '../../src/components/rtc-call.js';
import {
  click,
  colourStream,
  connect,
  connectionTimeoutMs,
  connectTwo,
  deep,
  find,
  findAll,
  frames,
  makeCall,
  part,
  phase,
  press,
  rendered,
  showsColour,
  state,
  stub,
  until,
  videoOf,
  watchDevices,
} from '../helpers/call-fixture.js';

const videosWithStream = (): Element[] =>
  [...deep(document)].filter((element) => element instanceof HTMLVideoElement && element.srcObject !== null);

const other = (call: RtcCall) => call.participants[0]!;

describe('<rtc-call> with real media', function () {
  this.timeout(connectionTimeoutMs);

  it('shows each the picture of the other, and of themselves', async () => {
    const [ada, ben] = await connectTwo();
    await Promise.all([showsColour(videoOf(ada), 'blue'), showsColour(videoOf(ben), 'red')]);
    await showsColour(videoOf(find(ada, 'rtc-local-video')), 'red');
    expect(other(ada).name).to.equal('Ben');
    expect(other(ben).name).to.equal('Ada');
  });

  const blocked = 'stun:localhost:9'; // discard: Firefox takes no server on such a port, Chromium does
  const further = 'stun:localhost:3478';
  const values = [{ urls: [blocked, further] }];
  for (const [how, give] of Object.entries({
    attribute: (call: RtcCall) => call.setAttribute('ice-servers', `${blocked} ${further}`),
    property: (call: RtcCall) => (call.iceServers = values),
    provider: (call: RtcCall) => (call.iceServersProvider = () => Promise.resolve(values)),
  })) {
    it(`goes on without a server on a blocked port, given by the ${how}, and says so once`, async () => {
      const [ada, ben] = [await makeCall(), await makeCall()];
      const errors: string[] = [];
      for (const call of [ada, ben]) {
        call.localStream = colourStream('red');
        give(call);
        call.addEventListener('rtc-error', ({ detail: { error } }) => {
          errors.push(`${error.code} ${error.message}`);
        });
      }
      await connect(ada, ben);
      await frames(videoOf(ada), 1);
      expect(errors).to.have.length(navigator.userAgent.includes('Firefox') ? 2 : 0);
      for (const error of errors)
        expect(error).to.match(/^invalid-config .*'stun:localhost:9' is not usable/);
    });
  }

  it('says no more than ten things until both are connected', async () => {
    const colours = ['red', 'blue'] as const;
    const calls = await Promise.all(
      colours.map((colour) => makeCall(html`<rtc-call .localStream=${colourStream(colour)}></rtc-call>`)),
    );
    // On a busy machine some of it is said again, or confirmed alone: that is left out.
    const said = new Set<string>();
    for (const call of calls) {
      call.addEventListener('rtc-signal', ({ detail: { rtc } }) => {
        const isConnected = calls.every(({ phase: now }) => now === 'connected');
        if (rtc && rtc.kind !== 'ack' && !isConnected) said.add(`${rtc.session} ${rtc.kind} ${rtc.seq}`);
      });
    }
    await connect(...calls);
    expect([...said].length, [...said].join('\n')).to.be.within(6, 10);
  });

  it('shows a change of localStream to the other side, in the same stream', async () => {
    const [ada, ben] = await connectTwo();
    const { stream } = other(ben);
    await showsColour(videoOf(ben), 'red');
    const [former] = ada.localStream!.getTracks();
    ada.localStream = colourStream('green');
    await showsColour(videoOf(ben), 'green');
    expect(other(ben).stream).to.equal(stream);
    expect(former!.readyState, "the page's own track").to.equal('live');
  });

  it('shows the placeholder while the camera is off, and the picture again', async () => {
    const [ada, ben] = await connectTwo();
    const tile = find(ben, 'rtc-remote-video');
    await showsColour(videoOf(ben), 'red');
    const isShown = (): boolean => !part(tile, 'placeholder').hidden;
    await until(() => !isShown(), 'the picture');
    expect(tile.matches(':state(live)')).to.be.true;

    await ada.setCamera(false);
    await state(ben, ({ participants }) => participants[0]?.camera === 'off');
    await rendered(ben);
    expect(isShown()).to.be.true;
    expect(tile.matches(':state(camera-off)')).to.be.true;
    expect(ada.localStream!.getVideoTracks()[0]!.readyState, "the page's own track").to.equal('live');
    expect(part(find(ada, 'rtc-local-video'), 'placeholder').hidden).to.be.false;

    await ada.setCamera(true);
    await state(ben, ({ participants }) => participants[0]?.camera === 'on');
    await showsColour(videoOf(ben), 'red');
    await until(() => !isShown(), 'the picture again');
  });

  it('tells the microphone of one side to the other, on the tile too', async () => {
    const ada = await makeCall(html`<rtc-call></rtc-call>`);
    const ben = await makeCall(html`<rtc-call no-video></rtc-call>`);
    await connect(ada, ben);
    await state(ben, ({ participants }) => participants[0]?.microphone === 'on');
    click(ada, 'microphone-button');
    await state(ben, ({ participants }) => participants[0]?.microphone === 'off');
    await rendered(ben);
    const tile = find(ben, 'rtc-remote-video');
    expect(tile.matches(':state(muted)')).to.be.true;
    await rendered(ada);
    expect(find(ada, 'rtc-local-video').matches(':state(muted)')).to.be.true;
    await ada.setMicrophone(true);
    await state(ben, ({ participants }) => participants[0]?.microphone === 'on');
    await rendered(ben);
    expect(tile.matches(':state(muted)')).to.be.false;
  });

  it('closes the camera for good when it is off, and opens it anew', async () => {
    const { tracks } = watchDevices();
    const call = await makeCall(html`<rtc-call no-audio></rtc-call>`);
    await call.start();
    await call.setCamera(false);
    expect(tracks.map(({ readyState }) => readyState)).to.deep.equal(['ended']);
    await call.setCamera(true);
    expect(tracks.map(({ readyState }) => readyState)).to.deep.equal(['ended', 'live']);
  });

  it('mutes the microphone at once without closing it', async () => {
    const { tracks } = watchDevices();
    const call = await makeCall(html`<rtc-call no-video></rtc-call>`);
    await call.start();
    const [track] = tracks;
    const muted = call.setMicrophone(false);
    expect(track!.enabled).to.be.false;
    await muted;
    expect(track!.readyState).to.equal('live');
    await call.setMicrophone(true);
    expect(track!.enabled).to.be.true;
    expect(tracks).to.have.length(1);
  });

  it('sends what processTrack makes, and stops it in the end', async () => {
    const processed: MediaStreamTrack[] = [];
    const ada = await makeCall(
      html`<rtc-call
        no-audio
        .processTrack=${(_track: MediaStreamTrack, kind: string) => {
          expect(kind).to.equal('video');
          const [track] = colourStream('green').getVideoTracks();
          processed.push(track!);
          return Promise.resolve(track!);
        }}
      ></rtc-call>`,
    );
    const ben = await makeCall(html`<rtc-call .localStream=${colourStream('blue')}></rtc-call>`);
    const { tracks } = watchDevices();
    await connect(ada, ben);
    await showsColour(videoOf(ben), 'green');
    ada.end();
    expect([...tracks, ...processed].map(({ readyState }) => readyState)).to.deep.equal(['ended', 'ended']);
  });

  it('connects three, and each sees the other two', async () => {
    const colours = ['red', 'green', 'blue'] as const;
    const calls: RtcCall[] = [];
    for (const colour of colours) {
      calls.push(
        await makeCall(html`<rtc-call name=${colour} .localStream=${colourStream(colour)}></rtc-call>`),
      );
    }
    await connect(...calls);
    for (const call of calls) {
      const tiles = findAll(call, 'rtc-remote-video');
      expect(tiles).to.have.length(2);
      for (const tile of tiles) {
        const name = call.participants.find(({ id }) => id === tile.getAttribute('participant-id'))!.name;
        await showsColour(videoOf(tile), name as (typeof colours)[number]);
      }
    }
    calls[0]!.end();
    for (const call of calls.slice(1)) await state(call, ({ participants }) => participants.length === 1);
  });

  it('tells one too many that the call is full', async () => {
    const stream = colourStream('red');
    const call = await makeCall(html`<rtc-call max-participants="2" .localStream=${stream}></rtc-call>`);
    const second = await makeCall(html`<rtc-call max-participants="2" .localStream=${stream}></rtc-call>`);
    const third = await makeCall(html`<rtc-call .localStream=${stream}></rtc-call>`);
    await connect(call, second);
    const errors: string[] = [];
    third.addEventListener('rtc-error', ({ detail }) => errors.push(detail.error.code));
    third.addEventListener('rtc-signal', ({ detail }) => call.receiveSignal(structuredClone(detail)));
    call.addEventListener('rtc-signal', ({ detail }) => third.receiveSignal(structuredClone(detail)));
    void third.start();
    await phase(third, 'ended');
    expect(errors).to.deep.equal(['room-full']);
    expect(third.error?.code).to.equal('room-full');
    expect(call.participants).to.have.length(1);
  });

  it('gives statistics of the connection by participant', async () => {
    const [ada, ben] = await connectTwo();
    const all = await ada.getStats();
    expect([...all.keys()]).to.deep.equal([ben.peerId]);
    const types = [...all.get(ben.peerId)!.values()].map(({ type }: { type: string }) => type);
    expect(types).to.include('candidate-pair');
    expect((await ada.getStats('nobody')).size).to.equal(0);
  });

  it('leaves nothing behind after end(): no track, no stream, no listener, no participant', async () => {
    const { tracks } = watchDevices();
    const listeners = countListeners();
    const ada = await makeCall(html`<rtc-call></rtc-call>`);
    const ben = await makeCall(html`<rtc-call></rtc-call>`);
    const before = listeners();
    await connect(ada, ben);
    await Promise.all([frames(videoOf(ada), 2), frames(videoOf(ben), 2)]);
    expect(videosWithStream()).to.have.length(4);
    const during = listeners();
    expect(during, 'something is listened to in a call').not.to.deep.equal(before);

    ada.end();
    ben.end();
    await Promise.all([rendered(ada), rendered(ben)]);
    expect(tracks.map(({ readyState }) => readyState)).to.deep.equal(Array(4).fill('ended'));
    expect([...ada.participants, ...ben.participants]).to.deep.equal([]);
    expect(ada.media).to.deep.equal({ microphone: 'off', camera: 'off', screen: 'off' });
    expect(videosWithStream()).to.deep.equal([]);
    expect(listeners()).to.deep.equal(before);
  });

  it('is quiet when a participant leaves: no stream in any video but the own one', async () => {
    const [ada, ben] = await connectTwo();
    const video = videoOf(ada);
    ben.end();
    await phase(ada, 'waiting');
    await rendered(ada);
    expect(video.srcObject).to.be.null;
    expect(videosWithStream()).to.deep.equal([videoOf(find(ada, 'rtc-local-video'))]);
  });

  describe('hotkeys', () => {
    async function started(attributes: Partial<RtcCall> = {}): Promise<RtcCall> {
      const call = await makeCall(
        html`<rtc-call
          ><input />
          <p tabindex="0">text</p></rtc-call
        >`,
      );
      Object.assign(call, attributes);
      await call.start();
      return call;
    }

    it('mute with m and close the camera with v, in capitals too', async () => {
      const call = await started();
      const place = find(call, 'p');
      expect(press(place, 'm'), "the page's own action").to.be.false;
      await state(call, ({ media }) => media.microphone === 'off');
      press(place, 'V');
      await state(call, ({ media }) => media.camera === 'off');
      press(place, 'M');
      press(place, 'v');
      await state(call, ({ media }) => media.microphone === 'on' && media.camera === 'on');
    });

    it('are where m and v are printed, and on keyboards for other scripts where they would be', async () => {
      const call = await started();
      const place = find(call, 'p');
      for (const [key, code] of [
        [',', 'KeyM'],
        ['é', 'KeyV'],
        ['Process', 'KeyV'],
        ['ы', 'KeyS'],
      ] as const)
        expect(press(place, key, { code }), `${key} is the page's`).to.be.true;
      for (const [key, code] of [
        ['м', 'KeyV'],
        ['ь', 'KeyM'],
        ['ر', 'KeyV'],
        ['ة', 'KeyM'],
        ['m', 'Semicolon'],
        ['v', 'Period'],
      ] as const) {
        const kind = code === 'KeyV' || key === 'v' ? 'camera' : 'microphone';
        const isOn = call.media[kind] === 'on';
        expect(press(place, key, { code }), `${key} is the call's`).to.be.false;
        await state(call, ({ media }) => media[kind] === (isOn ? 'off' : 'on'));
      }
    });

    it('work from inside the built-in layout', async () => {
      const call = await makeCall(html`<rtc-call></rtc-call>`);
      await call.start();
      await rendered(call);
      press(part(call, 'leave-button'), 'm');
      await state(call, ({ media }) => media.microphone === 'off');
    });

    it('are only inside the call', async () => {
      const call = await started();
      expect(press(document.body, 'm')).to.be.true;
      expect(call.media.microphone).to.equal('on');
    });

    it('are not for one who types, or who uses a modifier, or whose key the page has taken', async () => {
      const call = await started();
      const text = find(call, 'p');
      expect(press(find(call, 'input'), 'm')).to.be.true;
      for (const modifier of ['ctrlKey', 'metaKey', 'altKey', 'repeat'] as const) {
        expect(press(text, 'm', { [modifier]: true }), modifier).to.be.true;
      }
      text.setAttribute('contenteditable', '');
      expect(press(text, 'm'), 'contenteditable').to.be.true;
      const inner = document.createElement('b');
      text.append(inner);
      expect(press(inner, 'm'), 'inside contenteditable').to.be.true;
      text.removeAttribute('contenteditable');
      text.addEventListener('keydown', (event) => {
        event.preventDefault();
      });
      press(text, 'm');
      expect(call.media.microphone).to.equal('on');
    });

    it('are off with no-hotkeys', async () => {
      const call = await started({ noHotkeys: true });
      expect(press(find(call, 'p'), 'm')).to.be.true;
      expect(call.media.microphone).to.equal('on');
    });

    it('do nothing outside a started call', async () => {
      const { asked } = watchDevices();
      const call = await makeCall(html`<rtc-call><p>text</p></rtc-call>`);
      expect(press(find(call, 'p'), 'v')).to.be.true;
      expect(asked).to.deep.equal([]);
    });
  });
});

/** Counts listeners on what outlives a call; the result changes as they come and go. */
function countListeners(): () => Record<string, number> {
  const counts: Record<string, number> = {};
  const nameOf = (target: unknown): string | null => {
    if (target === undefined || target === window) return 'window';
    if (target === document || target === document.documentElement) return 'document';
    if (target === navigator.mediaDevices) return 'mediaDevices';
    return target instanceof PermissionStatus ? 'permission' : null;
  };
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  const wrap = (original: typeof add, step: number) =>
    function (this: EventTarget | undefined, ...args: Parameters<typeof add>): void {
      const name = nameOf(this);
      const count = (by: number): void => {
        if (name) counts[`${name} ${args[0]}`] = (counts[`${name} ${args[0]}`] ?? 0) + by;
      };
      const { signal } = Object(args[2]) as AddEventListenerOptions; // its end takes the listener away
      if (!signal?.aborted) count(step);
      if (step > 0) signal?.addEventListener('abort', count.bind(null, -step), { once: true });
      original.apply(this ?? window, args);
    };
  stub(EventTarget.prototype, 'addEventListener', wrap(add, 1));
  stub(EventTarget.prototype, 'removeEventListener', wrap(remove, -1));
  return () => Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}
