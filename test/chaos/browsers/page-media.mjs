/** Small pictures and fake sound of the host page, shared by all its calls: each gets clones. */

function makeCanvas(hue) {
  const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
  const context = canvas.getContext('2d');
  let count = 0;
  setInterval(() => {
    context.fillStyle = `hsl(${hue} 80% ${20 + (count++ % 10) * 6}%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 100);
  return canvas.captureStream(10).getVideoTracks()[0];
}

let sources;

/** Opens the fake microphone and begins to draw; to be awaited once, before anything else here. */
export async function openMedia() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  sources = { microphone: stream.getAudioTracks()[0], camera: makeCanvas(200), screen: makeCanvas(20) };
}

/** A stream as a page brings its own. @param {('microphone' | 'camera' | 'screen')[]} kinds */
export const captureStream = (kinds) => new MediaStream(kinds.map((kind) => sources[kind].clone()));
