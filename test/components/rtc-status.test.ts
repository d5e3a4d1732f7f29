import { expect, html } from '@open-wc/testing';
import type { TemplateResult } from 'lit';
import type { RtcCall } from '../../src/components/rtc-call.js';
import type { RtcStatus } from '../../src/components/rtc-status.js';
import { CallEvent } from '../../src/core/call-events.js';
import type { Participant } from '../../src/core/call-state.js';
import type { Diagnosis } from '../../src/core/diagnosis.js';
import { CallError } from '../../src/core/errors.js';
import type { Finding } from '../../src/core/verdict.js';
import {
  click,
  find,
  findAll,
  hasPart,
  holdTimers,
  loadModule,
  makeCall,
  openFrame,
  part,
  phase,
  press,
  refuseDevices,
  rendered,
  stub,
  stubPermissions,
  textOf,
  until,
} from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

const layout = html`<rtc-call><rtc-status></rtc-status></rtc-call>`;

/** What goes on, without the news. */
async function words(call: RtcCall): Promise<string> {
  await rendered(call);
  return textOf(find(call, 'rtc-status').shadowRoot!.firstElementChild!);
}

/** What has just happened. */
async function news(call: RtcCall): Promise<string> {
  await rendered(call);
  return textOf(find(call, '.news'));
}

async function scripted(): Promise<{ call: RtcCall; controller: ScriptedController }> {
  const controller = new ScriptedController();
  const call = await makeCall(html`<rtc-call .controller=${controller}><rtc-status></rtc-status></rtc-call>`);
  return { call, controller };
}

describe('<rtc-status>', () => {
  it('is a live region before it has words, and the same one afterwards', async () => {
    const { call, controller } = await scripted();
    const region = find(call, '[role=status]');
    expect(textOf(region)).to.equal('');
    controller.tell({ type: 'started' });
    expect(await words(call)).not.to.equal('');
    expect(find(call, '[role=status]')).to.equal(region);
  });

  it('says each phase', async () => {
    const { call, controller } = await scripted();
    expect(await words(call)).to.equal('');
    controller.tell({ type: 'started' });
    expect(await words(call)).to.match(/^Waiting for the others/);
    controller.join('ben', { name: 'Ben', connection: 'connecting' });
    expect(await words(call)).to.equal('Connecting to Ben');
    controller.tell({ type: 'participant-changed', id: 'ben', changes: { connection: 'connected' } });
    expect(await words(call)).to.equal('Connected');
    controller.tell({ type: 'participant-changed', id: 'ben', changes: { connection: 'reconnecting' } });
    expect(await words(call)).to.equal('Reconnecting to Ben The call goes on by itself.');
    controller.tell({ type: 'ended' });
    expect(await words(call)).to.equal('You left the call Camera and microphone are off.');
  });

  it('names nobody who has no name', async () => {
    const { call, controller } = await scripted();
    controller.tell({ type: 'started' }).join('ben', { connection: 'connecting' });
    expect(await words(call)).to.equal('Connecting');
    controller.tell({ type: 'participant-changed', id: 'ben', changes: { connection: 'reconnecting' } });
    expect(await words(call)).to.match(/^Reconnecting The call/);
  });

  it('says who calls, and answers or declines, in a layout of the page', async () => {
    const { call, controller } = await scripted();
    const ben = { id: 'ben', name: 'Ben' };
    controller.tell({ type: 'incoming-changed', caller: { ...ben, isFormer: true } });
    expect(await words(call)).to.equal('');
    controller.tell({ type: 'incoming-changed', caller: ben });
    expect(await words(call)).to.match(/^Ben is calling/);
    await expect(call).to.be.accessible();
    click(call, 'decline-button');
    click(call, 'join-button');
    expect(controller.commands).to.deep.equal(['decline', 'start']);
    controller.tell({ type: 'started' });
    expect(await words(call)).to.match(/^Waiting for the others/);
    expect(hasPart(call, 'decline-button')).to.be.false;
  });

  it('says who has declined, and calls them again', async () => {
    const { call, controller } = await scripted();
    controller.tell({ type: 'started' }, { type: 'declined', caller: { id: 'ben', name: 'Ben' } });
    expect(await words(call)).to.match(/^Ben declined/);
    click(call, 'again-button');
    expect(controller.commands).to.deep.equal(['call again']);
    controller.tell({ type: 'called-again' });
    expect(await words(call)).to.match(/^Waiting for the others/);
  });

  it('says for 5 s who declines while others are there', async () => {
    const controller = new ScriptedController();
    const call = await makeCall(html`<rtc-call .controller=${controller}></rtc-call>`);
    controller.tell({ type: 'started' }).join('cleo', { name: 'Cleo' });
    await rendered(call);
    const timers = holdTimers(5000);
    controller.tell({ type: 'declined', caller: { id: 'ben', name: 'Ben' } });
    await rendered(call);
    expect(textOf(part(call, 'toast'))).to.equal('Ben declined');
    timers.fire();
    await rendered(call);
    expect(findAll(call, '[part=toast]')).to.have.length(0);
  });

  it('says who joins, is muted, shares a screen and leaves, for 5 s', async () => {
    const { call, controller } = await scripted();
    const timers = holdTimers(5000);
    controller.tell({ type: 'started' }).join('ben', { name: 'Ben', microphone: 'on' });
    expect(await news(call)).to.equal('Ben joined');
    expect(find(call, '.news').getAttribute('role')).to.equal('status');
    timers.fire();
    expect(await news(call)).to.equal('');
    const change = (changes: Partial<Participant>): void =>
      void controller.tell({ type: 'participant-changed', id: 'ben', changes });
    change({ microphone: 'off' });
    expect(await news(call)).to.equal('Ben is muted');
    change({ screenStream: new MediaStream() });
    expect(await news(call)).to.equal('Ben shares a screen');
    change({ speaking: true });
    expect(await news(call)).to.equal('Ben shares a screen');
    controller.tell({ type: 'participant-left', id: 'ben' });
    expect(await news(call)).to.equal('Ben left');
  });

  it('says to screen readers what a key does to microphone and camera, where no button says it', async () => {
    const controller = new ScriptedController();
    const call = await makeCall(html`<rtc-call .controller=${controller}></rtc-call>`);
    for (const [name, kind] of [
      ['setMicrophone', 'microphone'],
      ['setCamera', 'camera'],
    ] as const)
      stub(controller, name, (on) => {
        controller.tell({ type: 'wanted-changed', kind, wanted: on });
        if (on) controller.tell({ type: 'media-changed', kind, status: 'starting' });
        controller.tell({ type: 'media-changed', kind, status: on ? 'on' : 'off' });
        return Promise.resolve();
      });
    controller.tell({ type: 'started' });
    expect(await news(call)).to.equal('');
    // That they open is no news: the person has just joined with them.
    for (const kind of ['microphone', 'camera'] as const)
      controller.tell({ type: 'media-changed', kind, status: 'on' });
    expect(await news(call)).to.equal('');
    for (const [key, words] of [
      ['m', 'Muted'],
      ['m', 'Microphone on'],
      ['v', 'Camera off'],
      ['v', 'Camera on'],
    ] as const) {
      press(call, key);
      expect(await news(call)).to.equal(words);
    }
    expect(find(call, '.news p:last-child').className).to.equal('visually-hidden');
    // The button that has the focus says it by itself.
    const timers = holdTimers(5000);
    press(call, 'm');
    expect(await news(call)).to.equal('Muted');
    timers.fire();
    part(call, 'microphone-button').focus();
    press(call, 'm');
    expect(await news(call)).to.equal('');
    press(call, 'v');
    expect(await news(call)).to.equal('Camera off');
  });

  it('tells no news of a call that is over, nor of people who were there before it', async () => {
    const controller = new ScriptedController().tell({ type: 'started' }).join('ben', { name: 'Ben' });
    const call = await makeCall(
      html`<rtc-call .controller=${controller}><rtc-status></rtc-status></rtc-call>`,
    );
    expect(await news(call)).to.equal('');
    controller.tell({ type: 'ended' });
    expect(await news(call)).to.equal('');
  });

  it('shows a text of somebody only where the chat is closed', async () => {
    const { call, controller } = await scripted();
    const timers = holdTimers(5000);
    const status = find<RtcStatus>(call, 'rtc-status');
    controller.tell({ type: 'started' }).join('ben', { name: 'Ben' });
    const write = (from: string, text: string): void =>
      void controller.tell({ type: 'message-added', message: { from, name: 'Ben', text, at: 0 } });
    write('ben', 'one');
    expect(await news(call)).not.to.include('one');
    status.chat = 'closed';
    write('', 'mine');
    expect(await news(call)).not.to.include('mine');
    write('ben', 'two');
    expect(await news(call)).to.include('Ben: two');
    timers.fire();
    expect(await news(call)).to.equal('');
  });

  it('says that the call is full', async () => {
    const { call, controller } = await scripted();
    controller.tell(
      { type: 'started' },
      { type: 'refused', error: new CallError('room-full', 'The call is full.') },
      { type: 'ended' },
    );
    expect(await words(call)).to.match(/^The call could not start There is no place: the call is full/);
  });

  it('says that the browser can not make calls', async () => {
    const frame = await openFrame('<rtc-call><rtc-status></rtc-status></rtc-call>');
    Reflect.deleteProperty(frame, 'RTCPeerConnection');
    await loadModule(frame);
    const call = frame.document.querySelector('rtc-call')!;
    const code: unknown = await call.start().then(
      () => 'none',
      (error: unknown) => (error as CallError).code,
    );
    expect(code).to.equal('unsupported');
    expect(await words(call)).to.match(/^The call could not start This browser can not make calls/);
    expect(call.phase).to.equal('idle');
  });

  describe('device trouble', () => {
    const blocked = 'Camera and microphone are blocked for this page';
    const allow =
      'Open the site settings beside the address. Choose Allow. Come back: it starts by itself, or try again.';
    const missing = 'No camera and no microphone found Connect one; it starts by itself.';
    const busy = 'Camera and microphone are busy Another app uses it. Close that app, then try again.';
    const cases = {
      NotAllowedError: `${blocked} ${allow}`,
      SecurityError: `${blocked} The page around this call withholds it. Open the call in its own tab.`,
      NotFoundError: missing,
      OverconstrainedError: missing,
      NotReadableError: busy,
      AbortError: busy,
      UnknownError: busy,
    };
    for (const [name, text] of Object.entries(cases)) {
      it(`says what to do after ${name}`, async () => {
        stubPermissions('denied');
        refuseDevices(name);
        const call = await makeCall(layout);
        await call.start();
        expect(await words(call)).to.equal(text);
      });
    }

    it('does not blame another app where the browser has no devices', async () => {
      refuseDevices('NotSupportedError');
      const call = await makeCall(layout);
      await call.start();
      expect(await words(call))
        .to.match(/^No camera and no microphone found/)
        .and.not.include('app');
    });

    it('says that the question may be asked again where it was only closed', async () => {
      stubPermissions('prompt');
      refuseDevices('NotAllowedError');
      const call = await makeCall(layout);
      await call.start();
      expect(await words(call)).to.match(/^Camera and microphone are not allowed yet Try again/);
    });

    it('speaks of the microphone where only that fails', async () => {
      stubPermissions('denied');
      refuseDevices('NotAllowedError');
      const call = await makeCall(html`<rtc-call no-video><rtc-status></rtc-status></rtc-call>`);
      await call.start();
      expect(await words(call)).to.match(/^The microphone is blocked/);
    });

    it('says for a while what was unplugged, what came back, and what is used now', async () => {
      const timers = holdTimers(8000);
      const { call, controller } = await scripted();
      controller.tell({ type: 'started' });
      for (const [kind, reason, text] of [
        ['microphone', 'unplugged', 'The microphone was unplugged Now in use: Headset'],
        ['camera', 'returned', 'The camera is back Now in use: Headset'],
      ] as const) {
        controller.tell({ type: 'device-replaced', replacement: { kind, reason, label: 'Headset' } });
        expect(await words(call)).to.equal(text);
        timers.fire();
        expect(await words(call)).to.match(/^Waiting/);
      }
    });

    it('is forgotten when the device works, and when the call ends', async () => {
      const { call, controller } = await scripted();
      const error = new CallError('device-busy', 'busy');
      controller.tell({ type: 'started' }, { type: 'media-changed', kind: 'camera', status: 'busy', error });
      expect(await words(call)).to.match(/^The camera is busy/);
      controller.tell({ type: 'media-changed', kind: 'camera', status: 'on' });
      expect(await words(call)).to.match(/^Waiting/);
      controller.tell({ type: 'media-changed', kind: 'camera', status: 'busy', error }, { type: 'ended' });
      expect(await words(call)).to.match(/^You left/);
    });
  });

  describe('with notices-only', () => {
    async function isVisible(call: RtcCall): Promise<boolean> {
      await rendered(call);
      return (
        part(call, 'status').getBoundingClientRect().width > 10 &&
        !part(call, 'status').closest('.visually-hidden')
      );
    }

    it('says calm states to screen readers only, and shows what needs attention', async () => {
      const controller = new ScriptedController().tell({ type: 'started' });
      const call = await makeCall(
        html`<rtc-call .controller=${controller}><rtc-status notices-only></rtc-status></rtc-call>`,
      );
      expect(await words(call)).to.match(/^Waiting/);
      expect(await isVisible(call)).to.be.false;
      controller.join('ben', { connection: 'reconnecting' });
      expect(await isVisible(call)).to.be.true;
      controller.tell({ type: 'participant-changed', id: 'ben', changes: { connection: 'connected' } });
      expect(await words(call)).to.equal('Connected');
      expect(await isVisible(call)).to.be.false;
    });
  });

  describe('of a call that does not come about', () => {
    const patienceMs = 15_000;

    interface Trial {
      call: RtcCall;
      controller: ScriptedController;
      status: HTMLElement;
      /** How often the diagnosis was asked for. */
      readonly asked: number;
      answer(diagnosis: Partial<Diagnosis>): Promise<void>;
    }

    /** A call that is connecting to Ben, with a diagnosis that the test answers. */
    async function failing(template?: (controller: ScriptedController) => TemplateResult): Promise<Trial> {
      const controller = new ScriptedController().tell({ type: 'started' });
      const answers: ((diagnosis: Diagnosis) => void)[] = [];
      let asked = 0;
      controller.diagnose = () => {
        asked++;
        return new Promise((resolve) => answers.push(resolve));
      };
      controller.join('ben', { name: 'Ben', connection: 'connecting' });
      const call = await makeCall(
        template?.(controller) ??
          html`<rtc-call .controller=${controller}><rtc-status></rtc-status></rtc-call>`,
      );
      return {
        call,
        controller,
        status: find(call, 'rtc-status'),
        get asked() {
          return asked;
        },
        async answer(diagnosis) {
          answers.shift()?.(diagnosis as Diagnosis);
          await Promise.resolve();
          await rendered(call);
        },
      };
    }

    const iceFailed = (): CallEvent<'error'> =>
      new CallEvent('error', { error: new CallError('ice-failed', 'No path.') });
    const blocked: Finding = { code: 'udp-blocked', subject: '', text: 'in English' };

    it('asks for no diagnosis before', async () => {
      const timers = holdTimers(patienceMs);
      const trial = await failing();
      expect(await words(trial.call)).to.equal('Connecting to Ben');
      expect([trial.asked, timers.count]).to.deep.equal([0, 1]);
      trial.controller.tell({ type: 'participant-changed', id: 'ben', changes: { connection: 'connected' } });
      await rendered(trial.call);
      expect(timers.count).to.equal(0);
      trial.controller.dispatchEvent(iceFailed()); // of one of several: the call itself stands
      expect(trial.asked).to.equal(0);
    });

    it('says what stands in the way after ice-failed, and what to do', async () => {
      const trial = await failing();
      trial.controller.dispatchEvent(iceFailed());
      trial.controller.dispatchEvent(iceFailed());
      const patience = 'Connecting to Ben It takes longer than usual. The call goes on trying.';
      expect(await words(trial.call)).to.equal(`${patience} Checking your connection…`);
      expect(trial.asked).to.equal(1);
      await trial.answer({ verdict: [blocked] });
      const region = textOf(find(trial.status, '[role=status]'));
      expect(region).to.match(/Your network blocks UDP\. Try another network.* TURN server over TCP\/443\.$/);
      await expect(trial.call).to.be.accessible();
    });

    it('says it after 15 s of connecting or reconnecting', async () => {
      const timers = holdTimers(patienceMs);
      const trial = await failing();
      trial.controller.tell({
        type: 'participant-changed',
        id: 'ben',
        changes: { connection: 'reconnecting' },
      });
      await rendered(trial.call);
      expect(timers.count).to.equal(1);
      timers.fire();
      expect(await words(trial.call)).to.match(/^Reconnecting to Ben It takes longer .* Checking/);
    });

    it('names devices and servers, three findings at most, the gravest first', async () => {
      const trial = await failing();
      trial.controller.dispatchEvent(iceFailed());
      await trial.answer({
        verdict: [
          { code: 'server-unreachable', subject: 'turn:<b>.example.org', text: '' },
          { code: 'permission-denied', subject: 'camera', text: '' },
          { code: 'unsupported', subject: 'connection', text: 'No WebRTC.' },
          { code: 'offline', subject: '', text: '' },
        ],
      });
      const findings = findAll(trial.status, '[part=finding]').map(textOf);
      expect(findings).to.have.length(3);
      expect(findings[0]).to.match(/^The server does not answer: turn:<b>\.example\.org Try/);
      expect(findings[1]).to.match(/^The camera is blocked for this page Open the site settings/);
      expect(findings[2]).to.equal('No WebRTC.');
    });

    it('goes away when the call comes about, and a late diagnosis stays unseen', async () => {
      const trial = await failing();
      trial.controller.dispatchEvent(iceFailed());
      await rendered(trial.call);
      trial.controller.tell({ type: 'participant-changed', id: 'ben', changes: { connection: 'connected' } });
      expect(await words(trial.call)).to.equal('Connected');
      await trial.answer({ verdict: [blocked] });
      expect(await words(trial.call)).to.equal('Connected');
    });

    it('goes away when the call ends', async () => {
      const trial = await failing();
      trial.controller.dispatchEvent(iceFailed());
      await trial.answer({ verdict: [blocked] });
      trial.controller.tell({ type: 'ended' });
      expect(await words(trial.call)).to.match(/^You left/);
    });

    it('listens to no call that it has left', async () => {
      const trial = await failing(
        (controller) =>
          html`<rtc-call .controller=${controller}
            ><p>Own layout</p>
            <rtc-status></rtc-status
          ></rtc-call>`,
      );
      trial.status.remove();
      await rendered(trial.status);
      trial.controller.dispatchEvent(iceFailed());
      expect(trial.asked).to.equal(0);
    });

    it('checks again by a button that keeps the focus, and shows the former findings meanwhile', async () => {
      const trial = await failing();
      trial.controller.dispatchEvent(iceFailed());
      await trial.answer({ verdict: [blocked] });
      const button = part<HTMLButtonElement>(trial.status, 'check-button');
      expect(textOf(button)).to.equal('Check again');
      button.focus();
      button.click();
      button.click();
      await rendered(trial.call);
      expect(trial.asked).to.equal(2);
      expect(button.getAttribute('aria-disabled')).to.equal('true');
      expect(textOf(trial.status)).to.include('Your network blocks UDP.');
      await trial.answer({ verdict: [{ code: 'all-clear', subject: '', text: '' }] });
      expect(textOf(trial.status)).to.include('Everything works on this side.');
      expect(trial.status.shadowRoot?.activeElement).to.equal(button);
    });

    it('copies the whole report', async () => {
      const copied: string[] = [];
      stub(navigator.clipboard, 'writeText', async (text) => void copied.push(text));
      const trial = await failing();
      trial.controller.dispatchEvent(iceFailed());
      await trial.answer({ verdict: [blocked], udp: false });
      click(trial.status, 'copy-button');
      await until(() => textOf(part(trial.status, 'copy-button')) === 'Copied', 'copied');
      expect(copied.map((text) => JSON.parse(text) as unknown)).to.deep.equal([
        { verdict: [blocked], udp: false },
      ]);
    });

    for (const scheme of ['light', 'dark']) {
      it(`is seen in the built-in layout, can be pressed, and fits, ${scheme}`, async () => {
        const trial = await failing((controller) => html`<rtc-call .controller=${controller}></rtc-call>`);
        trial.call.style.colorScheme = scheme;
        trial.controller.dispatchEvent(iceFailed());
        await trial.answer({ verdict: [blocked, { ...blocked, code: 'no-relay' }] });
        for (const [width, height] of [
          [1000, 700],
          [390, 844],
          [320, 568],
          [640, 320],
        ] as const) {
          trial.call.style.inlineSize = `${width}px`;
          trial.call.style.blockSize = `${height}px`;
          await rendered(trial.call);
          const frame = trial.call.getBoundingClientRect();
          const box = part(trial.status, 'status').getBoundingClientRect();
          const size = `${width} × ${height}`;
          expect(box.top, size).to.be.at.least(frame.top);
          expect(box.left, size).to.be.at.least(frame.left);
          expect(box.right, size).to.be.at.most(frame.right);
          expect(box.bottom, size).to.be.at.most(part(trial.call, 'bar').getBoundingClientRect().top);
          const button = part(trial.status, 'check-button');
          expect(getComputedStyle(button).pointerEvents).to.equal('auto');
          expect(button.getBoundingClientRect().bottom, size).to.be.at.most(box.bottom);
        }
        await expect(trial.call).to.be.accessible();
      });
    }
  });

  it('says the real phases of a call', async () => {
    const call = await makeCall(html`<rtc-call no-audio no-video><rtc-status></rtc-status></rtc-call>`);
    void call.start();
    await phase(call, 'waiting');
    expect(await words(call)).to.match(/^Waiting/);
    call.end();
    expect(await words(call)).to.match(/^You left/);
  });
});
