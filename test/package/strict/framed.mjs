// The call of a frame: its signals travel through the page around it.
const call = document.querySelector('rtc-call');
call.addEventListener('rtc-signal', ({ detail }) => parent.postMessage(detail, '*'));
addEventListener('message', ({ data, source }) => {
  if (source === parent) call.receiveSignal(data);
});
