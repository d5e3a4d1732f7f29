/** Width and height, in pixels. */
export interface TileSize {
  readonly width: number;
  readonly height: number;
}

/** Where a tile is, in pixels from the corner in which lines of text begin. */
export interface TileBox extends TileSize {
  readonly x: number;
  readonly y: number;
}

/** The widest and the narrowest shape of a tile, width by height. */
interface TileShape {
  readonly widest: number;
  readonly narrowest: number;
}

const lying: TileShape = { widest: 16 / 9, narrowest: 4 / 3 };
const upright: TileShape = { widest: 3 / 4, narrowest: 9 / 16 };
/** For people without pictures: a circle and a name below it. */
const voice: TileShape = { widest: 1, narrowest: 4 / 5 };

const isUpright = ({ width, height }: TileSize): boolean => height > width;

/**
 * The largest equal tiles that fit `count` times into a box: 16:9, or 3:4 in an upright box, for every number of
 * columns; then grown into free height up to 4:3 (upright: 9:16).
 */
export const fitTiles = (box: TileSize, count: number, gap: number): TileSize =>
  fitShape(box, count, gap, isUpright(box) ? upright : lying);

function fitShape(box: TileSize, count: number, gap: number, { widest, narrowest }: TileShape): TileSize {
  let best: TileSize = { width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const maxWidth = (box.width - gap * (columns - 1)) / columns;
    const maxHeight = (box.height - gap * (rows - 1)) / rows;
    const width = Math.min(maxWidth, maxHeight * widest);
    const height = Math.min(maxHeight, width / narrowest);
    if (width * height > best.width * best.height)
      best = { width: Math.floor(width), height: Math.floor(height) };
  }
  return best;
}

/** Rows of equal tiles in the middle of a box, the last row centred. */
function rowsOf(size: TileSize, count: number, gap: number, box: TileBox): TileBox[] {
  const { width, height } = size;
  const columns = Math.max(1, Math.min(count, Math.floor((box.width + gap) / (width + gap))));
  const rows = Math.ceil(count / columns);
  const top = box.y + (box.height - rows * (height + gap) + gap) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const start = box.x + (box.width - inRow * (width + gap) + gap) / 2;
    return {
      x: Math.round(start + (index - row * columns) * (width + gap)),
      y: Math.round(top + row * (height + gap)),
      width,
      height,
    };
  });
}

/** Equal tiles for everybody. */
export function placeGrid(box: TileSize, count: number, gap: number): TileBox[] {
  return rowsOf(fitTiles(box, count, gap), count, gap, { x: 0, y: 0, ...box });
}

/** Equal places for people without pictures: near one another, not larger than needed. */
export function placeVoices(box: TileSize, count: number, gap: number): TileBox[] {
  const fit = fitShape(box, count, gap, voice);
  const largest = Math.round(Math.max(240, box.height * 0.42));
  const size = { width: Math.min(fit.width, largest), height: Math.min(fit.height, largest) };
  return rowsOf(size, count, gap, { x: 0, y: 0, ...box });
}

/**
 * One large tile, the first box of the result, and `count` - 1 others: at its side, or below it in an upright box.
 *
 * @param ratio width by height of the large picture; 0: it may be cut, and fills what there is
 */
export function placeSpeaker(box: TileSize, count: number, gap: number, ratio: number): TileBox[] {
  const others = count - 1;
  const whole = { x: 0, y: 0, ...box };
  if (others < 1) return [within(whole, ratio)];
  if (isUpright(box)) {
    const height = Math.round(Math.min(ratio ? box.width / ratio : box.height / 2, box.height * 0.6));
    const below = (top: number): TileBox => ({ ...whole, y: top + gap, height: box.height - top - gap });
    const size = fitShape(below(height), others, gap, upright);
    const places = rowsOf(size, others, gap, below(height));
    if (ratio) return [within({ ...whole, height }, ratio), ...places];
    // A camera takes what the others leave.
    const free = (places[0]?.y ?? 0) - height - gap;
    return [{ ...whole, height: height + 2 * free }, ...rowsOf(size, others, gap, below(height + 2 * free))];
  }
  const widest = Math.min(box.width * 0.28, box.width >= 1584 ? 280 : 208);
  const size = fitShape({ width: widest, height: box.height }, others, gap, lying);
  const columns = Math.ceil(others / Math.max(1, Math.floor((box.height + gap) / (size.height + gap))));
  const strip = columns * (size.width + gap) - gap;
  const rest = { ...whole, x: box.width - strip, width: strip };
  return [within({ ...whole, width: box.width - strip - gap }, ratio), ...rowsOf(size, others, gap, rest)];
}

/** The largest box of this ratio in the middle of another. */
function within(box: TileBox, ratio: number): TileBox {
  if (!ratio) return box;
  const width = Math.floor(Math.min(box.width, box.height * ratio));
  const height = Math.floor(Math.min(box.height, box.width / ratio));
  return {
    x: Math.round(box.x + (box.width - width) / 2),
    y: Math.round(box.y + (box.height - height) / 2),
    width,
    height,
  };
}
