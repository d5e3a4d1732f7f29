/** The camera of the page: it takes as long to open as the measurement wants. */
const devices = navigator.mediaDevices;
const open = devices.getUserMedia.bind(devices);
const own = new WeakSet();

/** `delayMs` before the browser is asked; `constraints`, if any, in place of those that are asked for. */
export const camera = { delayMs: 0, constraints: null };

/** Whether a track comes from this page's own devices. */
export const isOwn = (track) => own.has(track);

devices.getUserMedia = async (constraints) => {
  if (camera.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, camera.delayMs));
  const stream = await open(camera.constraints ?? constraints);
  for (const track of stream.getTracks()) own.add(track);
  return stream;
};
