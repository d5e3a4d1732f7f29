import { expect, html, oneEvent } from '@open-wc/testing';
import type { RtcErrorEvent, RtcSignalEvent } from '../../src/components/events.js';
import type { RtcCall } from '../../src/components/rtc-call.js';
import type { CallOptions } from '../../src/core/call-options.js';
import { CallEvent } from '../../src/core/call-events.js';
import type { CallPhase } from '../../src/core/call-state.js';
import { CallError, type CallErrorCode } from '../../src/core/errors.js';
import {
  colourStream,
  findAll,
  loadModule,
  makeCall,
  openFrame,
  phase,
  refuseDevices,
  rendered,
  state,
  stub,
  stubDevices,
  until,
  watchDevices,
  wire,
} from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

const server = { urls: 'stun:stun.example.org' };

/** Attribute, its text, the option that it sets, the value, the default. */
const attributes: [string, string, keyof CallOptions, unknown, unknown][] = [
  ['ice-servers', 'stun:stun.example.org', 'iceServers', [server], []],
  ['ice-servers', '[{"urls":"stun:stun.example.org"}]', 'iceServers', [server], []],
  ['ice-transport-policy', 'relay', 'iceTransportPolicy', 'relay', 'all'],
  ['no-audio', '', 'noAudio', true, false],
  ['no-video', '', 'noVideo', true, false],
  ['name', 'Ada', 'name', 'Ada', ''],
  ['peer-id', 'ada-1', 'peerId', 'ada-1', null],
  ['room', '42', 'room', '42', ''],
  ['max-participants', '3', 'maxParticipants', 3, 8],
];

async function rejection(promise: Promise<unknown>): Promise<CallErrorCode | 'none'> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof CallError ? error.code : 'none';
}

function signalsOf(call: RtcCall): RtcSignalEvent['detail'][] {
  const signals: RtcSignalEvent['detail'][] = [];
  call.addEventListener('rtc-signal', ({ detail }) => signals.push(detail));
  return signals;
}

describe('<rtc-call>', () => {
  describe('rendering', () => {
    it('waits for what the call has to say when it begins, 60 ms alone and 200 ms until connected', async () => {
      const controller = new ScriptedController();
      const call = await makeCall(html`<rtc-call .controller=${controller}></rtc-call>`);
      await rendered(call);
      let now = performance.now();
      stub(performance, 'now', () => now);
      const isThere = async (selector: string): Promise<boolean> => {
        for (let count = 0; count < 4; count++) await new Promise(requestAnimationFrame);
        return findAll(call, selector).length > 0;
      };
      const become = (phase: CallPhase, previous: CallPhase): boolean =>
        controller.dispatchEvent(new CallEvent('phase-change', { phase, previous }));

      controller.tell({ type: 'started' });
      become('waiting', 'idle');
      now += 59;
      expect(await isThere('rtc-controls')).to.be.false;
      now += 1;
      expect(await isThere('rtc-controls')).to.be.true;

      controller.join('ben', { connection: 'connecting' });
      become('connecting', 'waiting');
      now += 199;
      expect(await isThere('rtc-remote-video')).to.be.false;
      now += 1;
      expect(await isThere('rtc-remote-video')).to.be.true;
    });
  });

  describe('rendering of the elements inside', () => {
    it('waits as long, where they are there already, and comes at once before and after', async () => {
      const controller = new ScriptedController();
      const call = await makeCall(
        html`<rtc-call .controller=${controller}><rtc-local-video></rtc-local-video></rtc-call>`,
      );
      const own = call.querySelector('rtc-local-video')!;
      await own.updateComplete;
      let now = performance.now();
      stub(performance, 'now', () => now);
      const initial = async (name: string, wait: () => Promise<unknown>): Promise<string | undefined> => {
        controller.tell({ type: 'name-changed', name });
        await wait();
        return own.shadowRoot!.querySelector('slot[name=placeholder]')?.textContent.trim();
      };
      const microtasks = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve)); // all of them
      const frames = async (): Promise<void> => {
        for (let count = 0; count < 4; count++) await new Promise(requestAnimationFrame);
      };

      expect(await initial('Ada', microtasks)).to.equal('A');
      controller.tell({ type: 'started' }).join('dora', { connection: 'connecting' });
      controller.dispatchEvent(new CallEvent('phase-change', { phase: 'connecting', previous: 'waiting' }));
      now += 199;
      expect(await initial('Ben', frames)).to.equal('A');
      now += 1;
      await frames();
      expect(await initial('Ben', frames)).to.equal('B');
      expect(await initial('Cleo', microtasks)).to.equal('C');
    });
  });

  describe('settings', () => {
    for (const [attribute, text, option, value, initial] of attributes) {
      it(`takes ${attribute}="${text}", and its default when the attribute goes`, async () => {
        const call = await makeCall();
        expect(call.controller.options[option]).to.deep.equal(initial);
        call.setAttribute(attribute, text);
        expect(call.controller.options[option]).to.deep.equal(value);
        call.removeAttribute(attribute);
        expect(call.controller.options[option]).to.deep.equal(initial);
        expect(call.error).to.be.null;
      });
    }

    it('reads attributes in the markup', async () => {
      const call = await makeCall(
        html`<rtc-call
          ice-servers="stun:stun.example.org turn:ada:p%40ss@turn.example.org?transport=tcp"
          name="Ada"
          room="42"
          max-participants="2"
          no-audio
        ></rtc-call>`,
      );
      const { iceServers, name, room, maxParticipants, noAudio, noVideo } = call.controller.options;
      expect(iceServers).to.deep.equal([
        server,
        { urls: 'turn:turn.example.org?transport=tcp', username: 'ada', credential: 'p@ss' },
      ]);
      expect([name, room, maxParticipants, noAudio, noVideo]).to.deep.equal(['Ada', '42', 2, true, false]);
    });

    it('is laid out as before once the attribute is gone', async () => {
      const call = await makeCall(html`<rtc-call layout="grid"></rtc-call>`);
      expect(call.layout).to.equal('grid');
      call.removeAttribute('layout');
      expect(call.layout).to.equal('auto');
    });

    it('gives every setting as a property, with the same names', async () => {
      const call = await makeCall();
      const settings = {
        iceServers: [server],
        iceServersProvider: () => Promise.resolve([server]),
        iceTransportPolicy: 'relay' as const,
        noAudio: true,
        noVideo: true,
        constraints: { video: { width: 320 } },
        localStream: new MediaStream(),
        processTrack: (track: MediaStreamTrack) => Promise.resolve(track),
        name: 'Ada',
        peerId: 'ada-1',
        room: '42',
        maxParticipants: 3,
      };
      Object.assign(call, settings);
      for (const key of Object.keys(settings) as (keyof typeof settings)[]) {
        expect(call[key], key).to.deep.equal(settings[key]);
        expect(call.controller.options[key], key).to.deep.equal(settings[key]);
      }
    });

    it('has an id of its own that stays the same, unless the page gives one', async () => {
      const call = await makeCall();
      const { peerId } = call;
      expect(peerId).to.match(/^\S{16,}$/);
      expect(call.peerId).to.equal(peerId);
      call.peerId = 'ada-1';
      expect(call.peerId).to.equal('ada-1');
    });

    it('cuts a long name and makes it plain text', async () => {
      const call = await makeCall(html`<rtc-call name=${` \u202eAda\u0000 ${'x'.repeat(1000)}`}></rtc-call>`);
      expect(call.name)
        .to.match(/^Ada x+$/)
        .and.have.length(64);
    });
  });

  describe('settings that can not be used', () => {
    it('names the wrong part of ice-servers, keeps the error, and uses the rest', async () => {
      const call = await makeCall();
      const heard = oneEvent<RtcErrorEvent>(call, 'rtc-error');
      call.setAttribute('ice-servers', 'stun:stun.example.org htp:wrong.example.org');
      const { error } = (await heard).detail;
      expect(error).to.be.instanceOf(CallError);
      expect(error.code).to.equal('invalid-config');
      expect(error.message).to.include('htp:wrong.example.org').and.not.include('stun.example.org');
      expect(call.error).to.equal(error);
      expect(call.iceServers).to.deep.equal([server]);
    });

    it('keeps the error of the markup in `error`, since no listener was there', async () => {
      const call = await makeCall(html`<rtc-call ice-servers="[{]"></rtc-call>`);
      expect(call.error?.code).to.equal('invalid-config');
      expect(call.iceServers).to.deep.equal([]);
    });

    it('makes calls with the rest of ice-servers', async () => {
      const stream = colourStream('red');
      const call = await makeCall(html`<rtc-call ice-servers="nonsense" .localStream=${stream}></rtc-call>`);
      const other = await makeCall(html`<rtc-call .localStream=${stream}></rtc-call>`);
      wire(call, other);
      await Promise.all([call.start(), other.start()]);
      await phase(call, 'connected');
    });

    for (const [attribute, text, option, value] of [
      ['max-participants', '1', 'maxParticipants', 8],
      ['max-participants', 'many', 'maxParticipants', 8],
      ['max-participants', '2.5', 'maxParticipants', 8],
      ['ice-transport-policy', 'none', 'iceTransportPolicy', 'all'],
      ['peer-id', 'x'.repeat(65), 'peerId', null],
      ['room', 'x'.repeat(257), 'room', ''],
    ] as const) {
      it(`refuses ${attribute}="${text.slice(0, 8)}" with invalid-config and keeps the default`, async () => {
        const call = await makeCall();
        const heard = oneEvent<RtcErrorEvent>(call, 'rtc-error');
        call.setAttribute(attribute, text);
        expect((await heard).detail.error.code).to.equal('invalid-config');
        expect(call.error?.message).to.include(option);
        expect(call.controller.options[option]).to.equal(value);
      });
    }

    it('refuses properties of the wrong kind without throwing', async () => {
      const call = await makeCall();
      const wrong = {
        localStream: 'stream',
        processTrack: 1,
        iceServersProvider: {},
        constraints: 5,
        name: 7,
      };
      for (const [key, value] of Object.entries(wrong)) {
        Object.assign(call, { [key]: value });
        expect(call.error?.code, key).to.equal('invalid-config');
        expect(call.error?.message, key).to.include(key);
      }
    });

    it('refuses to start where only relays are allowed and none is given', async () => {
      const { asked } = watchDevices();
      const call = await makeCall(html`<rtc-call ice-transport-policy="relay"></rtc-call>`);
      expect(await rejection(call.start())).to.equal('invalid-config');
      expect(call.error?.code).to.equal('invalid-config');
      expect(call.phase).to.equal('idle');
      expect(asked).to.deep.equal([]);
    });
  });

  describe('before the upgrade', () => {
    const settings = { name: 'Ada', room: '42', maxParticipants: 3, iceServers: [server], noAudio: true };

    it('keeps properties that were set on the plain element', async () => {
      const frame = await openFrame('<rtc-call></rtc-call>');
      const call = frame.document.querySelector('rtc-call')!;
      Object.assign(call, settings);
      await loadModule(frame);
      await call.updateComplete;
      for (const [key, value] of Object.entries(settings)) {
        expect(call.controller.options[key as keyof CallOptions], key).to.deep.equal(value);
      }
      expect(Object.keys(call).filter((key) => key in settings)).to.deep.equal([]);
    });

    it('uses them in a start() right after the upgrade', async () => {
      const frame = await openFrame('');
      const call = frame.document.createElement('rtc-call');
      Object.assign(call, settings);
      await loadModule(frame);
      const signals = signalsOf(call);
      frame.document.body.append(call); // upgrades it
      void call.start();
      expect(signals[0]?.rtc).to.include({ kind: 'hello', name: 'Ada', room: '42' });
      expect(call.controller.options.iceServers).to.deep.equal([server]);
      call.end();
    });

    it('prefers them to attributes, as after the upgrade', async () => {
      const frame = await openFrame('<rtc-call name="Attribute" room="attribute"></rtc-call>');
      const call = frame.document.querySelector('rtc-call')!;
      call.name = 'Property';
      await loadModule(frame);
      await call.updateComplete;
      expect([call.name, call.room]).to.deep.equal(['Property', 'attribute']);
    });

    it('takes a controller that was set on the plain element', async () => {
      const frame = await openFrame('<rtc-call><rtc-controls></rtc-controls></rtc-call>');
      const call = frame.document.querySelector('rtc-call')!;
      const donor = await makeCall();
      call.controller = donor.controller;
      await loadModule(frame);
      await call.updateComplete;
      expect(call.controller).to.equal(donor.controller);
    });
  });

  describe('autostart', () => {
    /** A page that notes what happens in `log`. */
    const page = (autostart: string): string => `
      <script type="module" src="/src/define.ts"></script>
      <rtc-call ${autostart} no-audio no-video></rtc-call>
      <script type="module">
        window.log = [];
        const call = document.querySelector('rtc-call');
        document.addEventListener('DOMContentLoaded', () => {
          log.push('loaded');
          call.addEventListener('rtc-phase-change', ({ detail }) => log.push(detail.phase));
          call.addEventListener('rtc-signal', ({ detail }) => log.push(detail.rtc.kind));
        });
      </script>`;

    it('starts after DOMContentLoaded, when the listeners of the page are there', async () => {
      const frame = (await openFrame(page('autostart'))) as Window & { log?: string[] };
      await until(() => (frame.log?.length ?? 0) >= 3, 'the call starts');
      expect(frame.log!.slice(0, 3)).to.deep.equal(['loaded', 'waiting', 'hello']);
    });

    it('starts once when the attribute comes later, and again only by start()', async () => {
      const call = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
      const phases: string[] = [];
      call.addEventListener('rtc-phase-change', ({ detail }) => phases.push(detail.phase));
      call.autostart = true;
      await phase(call, 'waiting');
      call.end();
      call.autostart = false;
      await call.updateComplete;
      call.autostart = true;
      await call.updateComplete;
      await new Promise((resolve) => setTimeout(resolve)); // the task in which it would start
      await new Promise((resolve) => setTimeout(resolve));
      expect(phases).to.deep.equal(['waiting', 'ended']);
    });

    it('says what a start was refused for, since nobody holds its promise', async () => {
      const codes: string[] = [];
      await makeCall(html`
        <rtc-call
          no-audio
          no-video
          autostart
          ice-transport-policy="relay"
          @rtc-error=${({ detail }: RtcErrorEvent) => codes.push(detail.error.code)}
        ></rtc-call>
      `);
      await until(() => codes.length > 0, 'the refusal is told');
      expect(codes).to.deep.equal(['invalid-config']);
    });

    it('does not start an element that has left the page by then', async () => {
      const call = await makeCall(html`<rtc-call no-audio no-video autostart></rtc-call>`);
      call.remove();
      call.end();
      await new Promise((resolve) => setTimeout(resolve));
      await new Promise((resolve) => setTimeout(resolve));
      expect(call.phase).not.to.equal('waiting');
    });
  });

  describe('start() and end()', () => {
    it('waits and says hello before start() returns', async () => {
      const call = await makeCall();
      const signals = signalsOf(call);
      void call.start();
      expect(call.phase).to.equal('waiting');
      expect(signals.map(({ rtc }) => rtc?.kind)).to.deep.equal(['hello']);
    });

    it('returns the same promise until the call ends', async () => {
      const call = await makeCall();
      const first = call.start();
      expect(call.start()).to.equal(first);
      await first;
      expect(call.start()).to.equal(first);
      call.end();
      expect(call.start()).not.to.equal(first);
    });

    it('resolves when the devices are open', async () => {
      const call = await makeCall();
      await call.start();
      expect(call.media).to.deep.equal({ microphone: 'on', camera: 'on', screen: 'off' });
    });

    it('resolves when the devices are refused: a state, not a failure', async () => {
      refuseDevices('NotAllowedError');
      const call = await makeCall();
      await call.start();
      expect(call.phase).to.equal('waiting');
      expect(call.media).to.include({ microphone: 'denied', camera: 'denied' });
      expect(call.error?.code).to.equal('permission-denied');
    });

    it('resolves when end() comes first, and stops what the devices bring afterwards', async () => {
      const stream = colourStream('red');
      let answer: (stream: MediaStream) => void = () => {};
      stubDevices(
        () =>
          new Promise((resolve) => {
            answer = resolve;
          }),
      );
      const call = await makeCall();
      const started = call.start();
      call.end();
      await started;
      expect(call.phase).to.equal('ended');
      const [track] = stream.getVideoTracks();
      answer(stream);
      await until(() => track!.readyState === 'ended', 'the late track is stopped');
      expect(call.media).to.deep.equal({ microphone: 'off', camera: 'off', screen: 'off' });
    });

    it('opens no device before start(), and none after end()', async () => {
      const { asked, tracks } = watchDevices();
      const call = await makeCall();
      expect(asked).to.deep.equal([]);
      await call.start();
      expect(asked).to.deep.equal([{ audio: true, video: true }]);
      expect(tracks.map(({ readyState }) => readyState)).to.deep.equal(['live', 'live']);
      call.end();
      expect(tracks.map(({ readyState }) => readyState)).to.deep.equal(['ended', 'ended']);
      expect(asked).to.have.length(1);
    });

    it('does nothing when end() comes twice or before start()', async () => {
      const call = await makeCall();
      const phases: string[] = [];
      call.addEventListener('rtc-phase-change', ({ detail }) => phases.push(detail.phase));
      call.end();
      expect(call.phase).to.equal('idle');
      await call.start();
      call.end();
      call.end();
      expect(phases).to.deep.equal(['waiting', 'ended']);
    });

    it('starts again after its end, as a new session', async () => {
      const call = await makeCall();
      const signals = signalsOf(call);
      await call.start();
      call.end();
      await call.start();
      expect(call.phase).to.equal('waiting');
      expect(call.media.camera).to.equal('on');
      const sessions = signals.filter(({ rtc }) => rtc?.kind === 'hello').map(({ rtc }) => rtc!.session);
      expect(new Set(sessions).size).to.equal(2);
    });

    it('opens the devices for preview() without a call, and start() goes on with them', async () => {
      const { asked } = watchDevices();
      const call = await makeCall();
      const signals = signalsOf(call);
      await call.preview();
      expect(call.phase).to.equal('idle');
      expect(call.media.camera).to.equal('on');
      expect(signals).to.deep.equal([]);
      await call.start();
      expect(asked).to.have.length(1);
    });

    it('rejects preview() when no device opens', async () => {
      refuseDevices('NotFoundError');
      const call = await makeCall();
      expect(await rejection(call.preview())).to.equal('device-not-found');
      expect(call.error?.code).to.equal('device-not-found');
    });

    it('captures no sound with no-audio and no picture with no-video', async () => {
      const { asked } = watchDevices();
      const call = await makeCall(html`<rtc-call no-audio></rtc-call>`);
      await call.start();
      expect(asked).to.deep.equal([{ video: true }]);
      call.end();
      call.noAudio = false;
      call.noVideo = true;
      await call.start();
      expect(asked[1]).to.deep.equal({ audio: true });
    });
  });

  describe('commands in the wrong state', () => {
    it('shares no screen outside a call', async () => {
      const call = await makeCall();
      expect(await rejection(call.setScreenShare(true))).to.equal('invalid-state');
      expect(call.error?.code).to.equal('invalid-state');
    });

    it('sends no text to nobody', async () => {
      const call = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
      expect(await rejection(call.sendMessage('hello'))).to.equal('invalid-state');
      await call.start();
      expect(await rejection(call.sendMessage('hello'))).to.equal('invalid-state');
    });

    it('does not open what no-video excludes', async () => {
      const { asked } = watchDevices();
      const call = await makeCall(html`<rtc-call no-video></rtc-call>`);
      await call.start();
      expect(await rejection(call.setCamera(true))).to.equal('invalid-state');
      expect(asked).to.deep.equal([{ audio: true }]);
    });

    it('has no statistics of nobody', async () => {
      const call = await makeCall();
      expect((await call.getStats()).size).to.equal(0);
      expect((await call.getStats('nobody')).size).to.equal(0);
    });

    it('survives whatever receiveSignal() gets, before, in and after a call', async () => {
      const call = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
      const trap = new Proxy(
        {},
        {
          get() {
            throw new Error('of the page');
          },
        },
      );
      const rubbish = [undefined, null, 0, '', '{', 'text', [], {}, { rtc: 1 }, { description: {} }, trap];
      const offer = () => {
        for (const message of rubbish) call.receiveSignal(message);
        for (const sender of [null, 1, {}, trap])
          call.receiveSignal({ rtc: { version: 1 } }, sender as { from?: string });
      };
      offer();
      expect(call.phase).to.equal('idle');
      await call.start();
      offer();
      expect(call.phase).to.equal('waiting');
      call.end();
      offer();
      expect(call.phase).to.equal('ended');
      expect(call.participants).to.deep.equal([]);
    });
  });

  describe('the read-only side', () => {
    it('is frozen, and the same object while nothing changes', async () => {
      const call = await makeCall();
      expect(call.participants).to.be.frozen;
      expect(call.media).to.be.frozen;
      expect(call.participants).to.equal(call.participants);
      expect(call.media).to.equal(call.media);
    });

    it('shows its phase as a custom state for CSS', async () => {
      const call = await makeCall(html`<rtc-call no-audio no-video></rtc-call>`);
      const states = (): string[] =>
        ['idle', 'waiting', 'connecting', 'connected', 'reconnecting', 'ended'].filter((name) =>
          call.matches(`:state(${name})`),
        );
      expect(states()).to.deep.equal(['idle']);
      await call.start();
      await call.updateComplete;
      expect(states()).to.deep.equal(['waiting']);
      call.end();
      await call.updateComplete;
      expect(states()).to.deep.equal(['ended']);
    });
  });

  describe('somebody who calls', () => {
    it('is told before start(), and no longer when they give up', async () => {
      const call = await makeCall();
      const caller = await makeCall(html`<rtc-call name="Ben" no-audio no-video></rtc-call>`);
      wire(caller, call);
      const incoming = oneEvent(call, 'rtc-incoming');
      void caller.start();
      expect((await incoming).detail).to.deep.equal({ id: caller.peerId, name: 'Ben' });
      caller.end();
      await state(call, (current) => current.incoming === null);
    });
  });
});
