/** A page author's program against the packed types: must compile under `strict`, wrong uses must not. */
import {
  CallController,
  registerTranslation,
  type CallError,
  type RtcCall,
  type RtcSignalEvent,
  type Participant,
  type SignalMessage,
} from 'rtc-call';
import { CallController as CoreController } from 'rtc-call/core.js';
import 'rtc-call/define.js';
import { de } from 'rtc-call/locales/de.js';

registerTranslation({ ...de, $code: 'de-at', leave: 'Auflegen' }, { $code: 'en', leave: 'Hang up' });
// @ts-expect-error There is no such word.
registerTranslation({ $code: 'en', hangUp: 'Hang up' });

const call = document.querySelector('rtc-call');
if (call) {
  const element: RtcCall = call;
  element.iceServers = [{ urls: 'stun:stun.example.org' }];
  element.localStream = null;
  element.iceServersProvider = () => Promise.resolve([{ urls: 'stun:stun.example.org' }]);
  element.addEventListener('rtc-signal', (event) => {
    const signal: SignalMessage = event.detail;
    const typed: RtcSignalEvent = event;
    console.log(signal.rtc?.kind, typed.bubbles);
  });
  element.addEventListener('rtc-participant-leave', ({ detail: { participant, reason } }) => {
    const person: Participant = participant;
    const why: 'left' | 'timeout' | 'ended' | 'replaced' = reason;
    console.log(person.stream.id, why);
  });
  element.addEventListener('rtc-error', ({ detail: { error } }) => {
    const failure: CallError = error;
    if (failure.code === 'permission-denied') console.log(failure.message);
    // @ts-expect-error no such code
    if (failure.code === 'no-such-code') console.log(failure);
  });
  // @ts-expect-error a phase is not written
  element.phase = 'connected';
  // @ts-expect-error no such policy
  element.iceTransportPolicy = 'some';
  // @ts-expect-error a device kind
  void element.selectDevice('camera', 'id');
  void element.start().then(() => element.participants.map(({ id }) => id));
}

const controller = new CallController({ room: 'one', iceServers: 'stun:stun.example.org' });
controller.subscribe(
  ({ participants }) => participants.length,
  (count: number) => console.log(count),
);
controller.addEventListener('message', ({ detail: { from, text, at } }) => {
  const parts: [string, string, number] = [from, text, at];
  console.log(parts);
});
// @ts-expect-error no such option
new CoreController({ rooms: 'one' });

declare global {
  interface Window {
    controller: CoreController;
  }
}
window.controller = controller;
