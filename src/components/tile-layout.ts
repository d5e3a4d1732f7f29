import type { ReactiveController, ReactiveControllerHost } from 'lit';

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

/** Keeps the tiles of a host as large as they can be, while people come and go and the frame changes. */
export class TileArranger implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: { container: () => HTMLElement | null; count: () => number };
  #observer: ResizeObserver | undefined;
  #container: HTMLElement | null = null;

  constructor(
    host: ReactiveControllerHost,
    options: { container: () => HTMLElement | null; count: () => number },
  ) {
    this.#host = host;
    this.#options = options;
  }

  hostConnected(): void {
    this.#host.requestUpdate(); // back in the page: the size is observed again
  }

  hostUpdated(): void {
    const container = this.#options.container();
    if (container === this.#container) {
      this.#arrange();
      return;
    }
    this.#observer?.disconnect();
    this.#container = container;
    if (!container) return;
    this.#observer ??= new ResizeObserver(() => {
      this.#arrange();
    });
    this.#observer.observe(container); // calls back at once
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#container = null;
  }

  #arrange(): void {
    const container = this.#container;
    const count = this.#options.count();
    if (!container || count < 2) return;
    const gap = parseFloat(getComputedStyle(container).columnGap) || 0;
    const box = { width: container.clientWidth, height: container.clientHeight };
    const { width, height } = fitTiles(box, count, gap);
    container.style.setProperty('--_tile-width', `${width}px`);
    container.style.setProperty('--_tile-height', `${height}px`);
  }
}
