import { CallController } from '../../dist/core.js';

/** This project without its elements. See textbook.mjs for the types. */
export async function prepare({ name, send, show }) {
  const call = new CallController({ name });
  call.addEventListener('signal', ({ detail }) => send(detail));
  call.addEventListener('participant-join', ({ detail }) => show(detail.participant.stream));
  return {
    start: () => call.start(),
    receive: (message) => call.receiveSignal(message),
    end: () => call.end(),
  };
}
