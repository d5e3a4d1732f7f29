// The page around a frame, with the other end of the call.
const call = document.querySelector('rtc-call');
const frame = document.querySelector('iframe');
call.addEventListener('rtc-signal', ({ detail }) => frame.contentWindow.postMessage(detail, '*'));
addEventListener('message', ({ data, source }) => {
  if (source === frame.contentWindow) call.receiveSignal(data);
});
