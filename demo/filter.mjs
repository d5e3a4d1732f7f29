/** Makes the whole picture unclear, for `processTrack`: with what browsers have, without a model of people. */

/** Pictures are drawn so many times smaller, and as large as before again. */
const coarseness = 28;

/**
 * @param {MediaStreamTrack} track - a camera's
 * @param {() => 'none' | 'blur' | 'pixels'} effect - asked for every picture, so that it may change in the call
 * @returns {Promise<MediaStreamTrack>}
 */
export async function filterVideo(track, effect) {
  const large = document.createElement('canvas').getContext('2d');
  const small = document.createElement('canvas').getContext('2d');
  const paint = (picture, width, height) => {
    Object.assign(large.canvas, { width, height });
    if (effect() === 'none') return large.drawImage(picture, 0, 0, width, height);
    Object.assign(small.canvas, {
      width: Math.ceil(width / coarseness),
      height: Math.ceil(height / coarseness),
    });
    small.imageSmoothingQuality = 'high';
    small.drawImage(picture, 0, 0, small.canvas.width, small.canvas.height);
    large.imageSmoothingEnabled = effect() === 'blur';
    large.imageSmoothingQuality = 'high';
    large.drawImage(small.canvas, 0, 0, width, height);
  };
  const hasStreams = 'MediaStreamTrackProcessor' in window && 'MediaStreamTrackGenerator' in window;
  return hasStreams ? filterFrames(track, paint, large.canvas) : filterByVideo(track, paint, large.canvas);
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
