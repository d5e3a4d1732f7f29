/* global document, navigator, setInterval */
/** What the foreign pages share: their camera, and what they have received. None of it is about signaling. */
export const streams = new Map();
export const video = document.querySelector('video');

export const openCamera = () => navigator.mediaDevices.getUserMedia({ audio: true, video: true });

/** As every textbook page does: shows what comes first, and remembers the rest. */
export function show(stream) {
  streams.set(stream.id, stream);
  if (!video.srcObject) video.srcObject = stream;
}

globalThis.receivedKinds = () =>
  [...streams.values()].flatMap((stream) => stream.getTracks().map(({ kind }) => kind)).sort();

/** A moving picture that is not the camera's. */
export function draw() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 200 });
  const context = canvas.getContext('2d');
  let count = 0;
  setInterval(() => {
    context.fillStyle = count++ % 2 ? 'blue' : 'yellow';
    context.fillRect(0, 0, 320, 200);
  }, 40);
  return canvas.captureStream();
}
