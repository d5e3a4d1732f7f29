/**
 * Shows a stream as any page does: in a `<video>`, once.
 *
 * @param {HTMLElement} place
 * @returns {(stream: MediaStream) => HTMLVideoElement}
 */
export function showIn(place) {
  const shown = new Map();
  return (stream) => {
    if (shown.has(stream)) return shown.get(stream);
    const video = Object.assign(document.createElement('video'), {
      autoplay: true,
      playsInline: true,
      muted: true,
    });
    video.srcObject = stream;
    place.append(video);
    shown.set(stream, video);
    return video;
  };
}
