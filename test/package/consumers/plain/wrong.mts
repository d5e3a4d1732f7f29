import type { RtcCall } from 'rtc-call';

declare const call: RtcCall;
call.layout = 'diamond'; // wrong
call.iceServer = []; // wrong
call.addEventListener('rtc-signal', ({ detail }) => detail.sdpp); // wrong
export const tile: { noMirror: string } = document.createElement('rtc-local-video'); // wrong
