/** Width and height of every tile, in pixels. */
export interface TileSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The largest equal tiles that fit `count` times into a box: 16:9, or 3:4 in an upright box, for every number of
 * columns; then grown into free height up to 4:3 (upright: 9:16).
 */
export function fitTiles(box: TileSize, count: number, gap: number): TileSize {
  const isUpright = box.height > box.width;
  const widest = isUpright ? 3 / 4 : 16 / 9;
  const narrowest = isUpright ? 9 / 16 : 4 / 3;
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
