/** The camera of the page: it takes as long to open as the measurement wants. */
const devices = navigator.mediaDevices;
const open = devices.getUserMedia.bind(devices);
const own = new WeakSet();

/**
 * `delayMs` before the browser is asked; `constraints`, if any, in place of those that are asked for; `isSilent`: the
 * fake microphone's beeps are left out, so that nobody begins to speak every second.
 */
export const camera = { delayMs: 0, constraints: null, isSilent: false };

/** Whether a track comes from this page's own devices. */
export const isOwn = (track) => own.has(track);

devices.getUserMedia = async (constraints) => {
  if (camera.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, camera.delayMs));
  const stream = await open(camera.constraints ?? constraints);
  if (camera.isSilent) silence(stream);
  for (const track of stream.getTracks()) own.add(track);
  return stream;
};

function silence(stream) {
  for (const track of stream.getAudioTracks()) {
    track.stop();
    stream.removeTrack(track);
  }
  const [silent] = new AudioContext().createMediaStreamDestination().stream.getAudioTracks();
  stream.addTrack(silent);
}
