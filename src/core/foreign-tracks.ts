import type { Participant } from './call-state.js';

/**
 * The tracks of a foreign page in the two streams of its participant. It does not say what each is: the first picture
 * that flows is the person, a second one the screen, and all sound is the person's.
 */
export class ForeignTracks {
  readonly stream: MediaStream;
  readonly #screenStream: MediaStream;
  readonly #changed: () => void;
  /** Those of the present connection, in the order of their arrival. */
  readonly #tracks = new Set<MediaStreamTrack>();

  /** @param changed a track came or went, or began or ceased to flow */
  constructor(streams: { person: MediaStream; screen: MediaStream }, changed: () => void) {
    this.stream = streams.person;
    this.#screenStream = streams.screen;
    this.#changed = changed;
  }

  add(track: MediaStreamTrack): void {
    this.#tracks.add(track);
    for (const type of ['mute', 'unmute']) {
      track.addEventListener(type, () => {
        if (this.#tracks.has(track)) this.#arrange();
      });
    }
    this.#arrange();
  }

  remove(track: MediaStreamTrack): void {
    if (this.#tracks.delete(track)) this.#arrange();
  }

  /** The connection is given up. What is in the streams stays for its last frame until something takes its place. */
  forget(): void {
    this.#tracks.clear();
  }

  /** Empties the streams: nothing of the other side plays on anywhere. */
  release(): void {
    this.forget();
    for (const stream of [this.stream, this.#screenStream]) {
      for (const track of stream.getTracks()) {
        track.stop();
        stream.removeTrack(track);
      }
    }
  }

  /** Nobody says whether devices are on: what does not flow is off, of the rest nothing is known. */
  describe(): Pick<Participant, 'microphone' | 'camera' | 'screenStream'> {
    const stateOf = (kind: string): 'off' | 'unknown' =>
      this.#of(kind).some(({ muted }) => !muted) ? 'unknown' : 'off';
    return {
      microphone: stateOf('audio'),
      camera: stateOf('video'),
      screenStream: this.#screenStream.getTracks().length > 0 ? this.#screenStream : null,
    };
  }

  #arrange(): void {
    const videos = this.#of('video').sort((one, other) => Number(one.muted) - Number(other.muted));
    const sounds = this.#of('audio');
    const [camera, ...others] = videos;
    const screen = others.filter(({ muted }) => !muted).at(-1);
    if (camera) fill(this.stream, 'video', [camera]);
    if (sounds.length > 0) fill(this.stream, 'audio', sounds);
    fill(this.#screenStream, 'video', screen ? [screen] : []);
    this.#changed();
  }

  #of(kind: string): MediaStreamTrack[] {
    return [...this.#tracks].filter((track) => track.kind === kind);
  }
}

/** Makes `tracks` the stream's only ones of their kind. */
function fill(stream: MediaStream, kind: string, tracks: readonly MediaStreamTrack[]): void {
  const present = stream.getTracks().filter((track) => track.kind === kind);
  for (const track of present) if (!tracks.includes(track)) stream.removeTrack(track);
  for (const track of tracks) if (!present.includes(track)) stream.addTrack(track);
}
