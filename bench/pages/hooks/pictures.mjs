/** Tells when a `<video>` anywhere in the page, in shadow roots too, shows its first picture from elsewhere. */
import { isOwn } from './camera.mjs';

export const pictures = { onpicture: () => {} };

/** Smaller ones are placeholders. */
const SMALLEST = 16;

const srcObject = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');

const watch = (video) => {
  video.requestVideoFrameCallback((now, { width }) => {
    const tracks = srcObject.get.call(video)?.getVideoTracks?.() ?? [];
    if (tracks.some(isOwn)) return;
    if (tracks.length > 0 && width >= SMALLEST) pictures.onpicture();
    else watch(video);
  });
};

Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
  ...srcObject,
  set(stream) {
    srcObject.set.call(this, stream);
    if (stream && this instanceof HTMLVideoElement) watch(this);
  },
});
