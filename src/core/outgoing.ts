/** The three things that a side sends, in the order of their media sections. */
export type TrackRole = 'audio' | 'video' | 'screen';

export const trackRoles: readonly TrackRole[] = ['audio', 'video', 'screen'];

/** What this side sends on every link. The tracks and streams stay their owner's. */
export interface Outgoing {
  /** Groups microphone and camera for the other side (`msid`). */
  readonly stream: MediaStream;
  /** Whether this side ever sends the kind; false makes it receive only. */
  readonly sends: Readonly<Record<TrackRole, boolean>>;
  readonly tracks: Readonly<Record<TrackRole, MediaStreamTrack | null>>;
}
