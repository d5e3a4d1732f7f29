import { expect, html, oneEvent } from '@open-wc/testing';
import * as classes from '../../src/components/events.js';
import type { RtcCall } from '../../src/components/rtc-call.js';
import { CallEvent, type CallEventDetails } from '../../src/core/call-events.js';
import { CallError } from '../../src/core/errors.js';
import type { SignalMessage } from '../../src/core/signal.js';
import {
  colourStream,
  connect,
  connectionTimeoutMs,
  connectTwo,
  makeCall,
  phase,
  stub,
} from '../helpers/call-fixture.js';
import { ScriptedController } from '../helpers/scripted-controller.js';

const participant = new ScriptedController().tell({ type: 'started' }).join('ben').state.participants[0]!;

const details: { [Type in keyof CallEventDetails]: CallEventDetails[Type] } = {
  signal: { description: { type: 'offer', sdp: 'v=0' } },
  'phase-change': { phase: 'waiting', previous: 'idle' },
  'participant-join': { participant },
  'participant-leave': { participant, reason: 'left' },
  'media-change': { media: { microphone: 'on', camera: 'off', screen: 'off' } },
  message: { from: 'ben', text: 'hello', at: 1 },
  'quality-change': { participantId: 'ben', quality: 'fair' },
  incoming: { id: 'ben', name: 'Ben' },
  error: { error: new CallError('timeout', 'too late') },
};

const classOf: Record<keyof CallEventDetails, new (...args: never[]) => Event> = {
  signal: classes.RtcSignalEvent,
  'phase-change': classes.RtcPhaseChangeEvent,
  'participant-join': classes.RtcParticipantJoinEvent,
  'participant-leave': classes.RtcParticipantLeaveEvent,
  'media-change': classes.RtcMediaChangeEvent,
  message: classes.RtcMessageEvent,
  'quality-change': classes.RtcQualityChangeEvent,
  incoming: classes.RtcIncomingEvent,
  error: classes.RtcErrorEvent,
};

/** Every event of a call with its detail, in order. */
function listen(call: RtcCall): Event[] {
  const events: Event[] = [];
  for (const type of Object.keys(details))
    call.addEventListener(`rtc-${type}`, (event) => events.push(event));
  return events;
}

describe('events', function () {
  this.timeout(connectionTimeoutMs);

  for (const type of Object.keys(details) as (keyof CallEventDetails)[]) {
    it(`rtc-${type} leaves every shadow tree with its own class and the detail of the call`, async () => {
      const host = document.createElement('div');
      const call = await makeCall();
      call.parentElement!.append(host);
      host.attachShadow({ mode: 'open' }).append(call);
      const heard = oneEvent(document, `rtc-${type}`);
      call.controller.dispatchEvent(new CallEvent(type, details[type]));
      const event = await heard;
      expect(event).to.be.instanceOf(classOf[type]);
      expect(event.bubbles).to.be.true;
      expect(event.composed).to.be.true;
      expect(event.cancelable).to.be.false;
      expect(event.detail).to.equal(details[type]);
      expect(event.target).to.equal(host);
    });
  }

  it('fires each event of a controller once, and none of a former controller', async () => {
    const call = await makeCall();
    const former = call.controller;
    const next = new ScriptedController();
    call.controller = next;
    const events = listen(call);
    former.dispatchEvent(new CallEvent('incoming', details.incoming));
    expect(events).to.have.length(0);
    next.dispatchEvent(new CallEvent('incoming', details.incoming));
    expect(events).to.have.length(1);
  });

  it('tells a whole call in order, with details that match the state', async () => {
    const stream = colourStream('red');
    const call = await makeCall(html`<rtc-call .localStream=${stream}></rtc-call>`);
    const other = await makeCall(html`<rtc-call name="Ben" .localStream=${stream}></rtc-call>`);
    const phases: string[] = [];
    const people: string[] = [];
    const seenInside: unknown[] = [];
    call.addEventListener('rtc-phase-change', ({ detail }) => {
      phases.push(`${detail.previous}→${detail.phase}`);
      seenInside.push(detail.phase === call.phase);
    });
    call.addEventListener('rtc-participant-join', ({ detail }) => {
      people.push(`join ${detail.participant.id}`);
      seenInside.push(call.participants.includes(detail.participant));
    });
    call.addEventListener('rtc-participant-leave', ({ detail }) => {
      people.push(`${detail.reason} ${detail.participant.id}`);
      seenInside.push(call.participants.length === 0);
    });
    await connect(call, other);
    other.end();
    await phase(call, 'waiting');
    call.end();
    expect(phases).to.deep.equal([
      'idle→waiting',
      'waiting→connecting',
      'connecting→connected',
      'connected→waiting',
      'waiting→ended',
    ]);
    expect(people).to.deep.equal([`join ${other.peerId}`, `left ${other.peerId}`]);
    expect(seenInside).to.deep.equal(seenInside.map(() => true));
  });

  it("tells 'ended' for those who are there when the own call ends", async () => {
    const [call, other] = await connectTwo();
    const left = oneEvent<classes.RtcParticipantLeaveEvent>(call, 'rtc-participant-leave');
    call.end();
    const { participant: gone, reason } = (await left).detail;
    expect([gone.id, reason]).to.deep.equal([other.peerId, 'ended']);
  });

  it('sends signals that survive JSON and structured cloning unchanged', async () => {
    const stream = colourStream('red');
    const call = await makeCall(html`<rtc-call .localStream=${stream} name="Ada" room="42"></rtc-call>`);
    const other = await makeCall(html`<rtc-call .localStream=${stream} room="42"></rtc-call>`);
    const signals: SignalMessage[] = [];
    for (const one of [call, other]) one.addEventListener('rtc-signal', ({ detail }) => signals.push(detail));
    await connect(call, other);
    call.end();
    const kinds = new Set(signals.map(({ rtc }) => rtc?.kind));
    expect([...kinds]).to.include.members(['hello', 'description', 'candidate', 'bye']);
    for (const signal of signals) {
      expect(JSON.parse(JSON.stringify(signal))).to.deep.equal(signal);
      expect(structuredClone(signal)).to.deep.equal(signal);
    }
  });

  it('connects as well when the signals travel as JSON text', async () => {
    const stream = colourStream('red');
    const call = await makeCall(html`<rtc-call .localStream=${stream}></rtc-call>`);
    const other = await makeCall(html`<rtc-call .localStream=${stream}></rtc-call>`);
    for (const [from, to] of [
      [call, other],
      [other, call],
    ] as const) {
      from.addEventListener('rtc-signal', ({ detail }) => {
        const text = JSON.stringify(detail);
        queueMicrotask(() => to.receiveSignal(text));
      });
    }
    await Promise.all([call.start(), other.start()]);
    await Promise.all([phase(call, 'connected'), phase(other, 'connected')]);
  });

  it('brings a text to the other side as text, with its sender and time', async () => {
    const [call, other] = await connectTwo();
    stub(Date, 'now', () => 1_700_000_000_000);
    const heard = oneEvent<classes.RtcMessageEvent>(other, 'rtc-message');
    await call.sendMessage('<b>hello</b>');
    expect((await heard).detail).to.deep.equal({
      from: call.peerId,
      text: '<b>hello</b>',
      at: 1_700_000_000_000,
    });
  });

  it('tells every change of the own devices', async () => {
    const call = await makeCall();
    const cameras: string[] = ['off'];
    call.addEventListener('rtc-media-change', ({ detail }) => {
      if (cameras.at(-1) !== detail.media.camera) cameras.push(detail.media.camera);
      expect(detail.media).to.equal(call.media);
    });
    await call.start();
    await call.setCamera(false);
    await call.setCamera(true);
    call.end();
    expect(cameras).to.deep.equal(['off', 'starting', 'on', 'off', 'starting', 'on', 'off']);
  });
});
