import 'rtc-call/define.js';
import type { Participant } from 'rtc-call';

for (const section of document.querySelectorAll('section')) {
  const call = section.querySelector('rtc-call');
  const output = section.querySelector('output');
  if (!call || !output) throw new Error('The page lacks an element.');
  call.constraints = { video: { width: 320, height: 240 } };

  const channel = new BroadcastChannel('room-42');
  call.addEventListener('rtc-signal', ({ detail }) => channel.postMessage(detail));
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => call.receiveSignal(data));

  call.addEventListener('rtc-participant-join', ({ detail: { participant } }) => {
    const { name }: Participant = participant;
    output.textContent += name;
  });
}
