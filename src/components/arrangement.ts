import type { CallState, Participant } from '../core/call-state.js';

/** What one tile of the built-in layout shows. */
export interface TileContent {
  readonly id: string;
  readonly source: 'camera' | 'screen';
  readonly name: string;
}

export type LayoutName = 'auto' | 'grid' | 'speaker';

/**
 * How the people of a started call are arranged: `alone`; `solo`, one fills the frame and the own view floats;
 * `grid`; `speaker`, one large tile and a strip; `voices`, nobody has a picture.
 */
export interface Arrangement {
  readonly kind: 'alone' | 'solo' | 'grid' | 'speaker' | 'voices';
  /** In the order of arrival, never reordered; the own view comes after them. */
  readonly tiles: readonly TileContent[];
  /** Key of the large tile; empty where all are equal. */
  readonly main: string;
}

/** Tells the tiles of a call apart. */
export const keyOf = ({ id, source }: Pick<TileContent, 'id' | 'source'>): string => `${source} ${id}`;

/** A tile for each participant, and one before it for each shared screen. */
function listTiles(participants: readonly Participant[]): TileContent[] {
  return participants.flatMap(({ id, name, screenStream }) => [
    ...(screenStream ? [{ id, name, source: 'screen' as const }] : []),
    { id, name, source: 'camera' as const },
  ]);
}

/** Nobody, oneself included, has a picture. */
export const isVoiceCall = ({ participants, media }: CallState): boolean =>
  participants.length > 0 &&
  participants.every(({ camera, screenStream }) => camera === 'off' && !screenStream) &&
  media.camera !== 'on' &&
  media.camera !== 'starting';

/**
 * @param choice.pinned key of the tile that the person pinned; one that is not there counts as none
 * @param choice.speaker id of whom a `speaker` layout shows; empty: the first
 */
export function arrange(
  state: CallState,
  { layout, pinned, speaker }: { layout: LayoutName; pinned: string; speaker: string },
): Arrangement {
  const tiles = listTiles(state.participants);
  const [first] = tiles;
  if (!first) return { kind: 'alone', tiles, main: '' };
  if (isVoiceCall(state)) return { kind: 'voices', tiles, main: '' };
  const screen = tiles.findLast(({ source }) => source === 'screen');
  const chosen =
    tiles.find((tile) => keyOf(tile) === pinned) ??
    (layout === 'grid' ? undefined : screen) ??
    (layout === 'speaker' ? (tiles.find(({ id }) => id === speaker) ?? first) : undefined);
  if (tiles.length === 1 && layout !== 'grid') return { kind: 'solo', tiles, main: '' };
  return { kind: chosen ? 'speaker' : 'grid', tiles, main: chosen ? keyOf(chosen) : '' };
}
