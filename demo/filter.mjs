/** Makes the whole picture unclear, for `processTrack`: with what browsers have, without a model of people. */

/** How often a picture is halved before it is drawn as large as it was. */
const halvings = 5;

/**
 * @param {MediaStreamTrack} track - a camera's
 * @param {() => string} effect - `blur` or `pixels`, otherwise nothing; asked for every picture: it may change
 * @returns {Promise<MediaStreamTrack>}
 */
export async function filterVideo(track, effect) {
  const context = document.createElement('canvas').getContext('2d');
  const { canvas } = context;
  const paint = (picture, width, height) => {
    Object.assign(canvas, { width, height });
    context.drawImage(picture, 0, 0, width, height);
    if (!['blur', 'pixels'].includes(effect())) return;
    let [w, h] = [width, height];
    for (let step = 0; step < halvings; step += 1) {
      // Half is what every browser averages; a smaller part at once leaves pixels out in Firefox.
      const half = [Math.ceil(w / 2), Math.ceil(h / 2)];
      context.drawImage(canvas, 0, 0, w, h, 0, 0, ...half);
      [w, h] = half;
    }
    context.imageSmoothingEnabled = effect() === 'blur';
    context.drawImage(canvas, 0, 0, w, h, 0, 0, width, height);
  };
  const hasStreams = 'MediaStreamTrackProcessor' in window && 'MediaStreamTrackGenerator' in window;
  return hasStreams ? filterFrames(track, paint, canvas) : filterByVideo(track, paint, canvas);
}

/** Frame by frame, in hidden tabs too (Chromium). */
function filterFrames(track, paint, canvas) {
  const { readable } = new MediaStreamTrackProcessor({ track });
  const generator = new MediaStreamTrackGenerator({ kind: 'video' });
  const filter = new TransformStream({
    transform(frame, controller) {
      paint(frame, frame.displayWidth, frame.displayHeight);
      controller.enqueue(new VideoFrame(canvas, { timestamp: frame.timestamp }));
      frame.close();
    },
  });
  // Ends with the camera, or when the call no longer wants the track.
  readable
    .pipeThrough(filter)
    .pipeTo(generator.writable)
    .catch(() => track.stop());
  return generator;
}

/** By way of a `<video>` and a canvas, in every other browser. */
async function filterByVideo(track, paint, canvas) {
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
  video.srcObject = new MediaStream([track]);
  await video.play();
  const next = () => {
    paint(video, video.videoWidth, video.videoHeight);
    if (track.readyState === 'live') video.requestVideoFrameCallback(next);
  };
  next();
  return canvas.captureStream().getVideoTracks()[0];
}

/** Whether the system can blur what is behind the person, as some do for every camera (Chromium tells). */
export const canBlurBackground = (track) => track.getCapabilities?.().backgroundBlur?.includes(true) ?? false;
