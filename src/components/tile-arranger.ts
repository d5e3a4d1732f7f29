import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Arrangement } from './arrangement.js';
import { placeGrid, placeSpeaker, placeVoices, type TileBox } from './tile-layout.js';

export interface TileArrangerOptions {
  /** What the tiles are in, once it is rendered. */
  container: () => HTMLElement | null;
  kind: () => Arrangement['kind'];
}

/**
 * Gives every tile of a host its place, while people come and go and the frame changes. The tiles glide when the
 * arrangement changes, not when the frame does; one that leaves fades where it was.
 */
export class TileArranger implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: TileArrangerOptions;
  #observer: ResizeObserver | undefined;
  #container: HTMLElement | null = null;
  #tiles: HTMLElement[] = [];
  #arranged = '';
  #hasChanged = false;

  constructor(host: ReactiveControllerHost, options: TileArrangerOptions) {
    this.#host = host;
    this.#options = options;
  }

  hostConnected(): void {
    this.#host.requestUpdate(); // back in the page: the size is observed again
  }

  hostUpdated(): void {
    const container = this.#options.container();
    if (container !== this.#container) {
      this.#observer?.disconnect();
      this.#container = container;
      this.#tiles = [];
      const view = container?.ownerDocument.defaultView;
      if (!view) return;
      this.#observer = new view.ResizeObserver(() => {
        if (!this.#hasChanged) container.classList.remove('moving');
        this.#hasChanged = false;
        this.#arrange();
      });
      this.#observer.observe(container); // calls back at once
    }
    this.#arrange();
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#container = null;
  }

  readonly #arrange = (): void => {
    const container = this.#container;
    const kind = this.#options.kind();
    if (!container || kind === 'alone') return;
    const tiles = [
      ...container.querySelectorAll<HTMLElement>(kind === 'solo' ? '.tile' : '.tile, .own:not([hidden])'),
    ];
    for (const tile of this.#tiles) if (!tile.isConnected) container.append(shadeOf(tile));
    this.#tiles = tiles;
    const main = kind === 'speaker' ? tiles.find((tile) => tile.matches('.main')) : undefined;
    const arranged = `${kind} ${tiles.length} ${main ? tiles.indexOf(main) : ''}`;
    if (arranged !== this.#arranged) {
      this.#arranged = arranged;
      this.#hasChanged = true;
      container.classList.add('moving');
    }
    const box = { width: container.clientWidth, height: container.clientHeight };
    const gap = parseFloat(getComputedStyle(container).columnGap) || 0;
    if (main) {
      const [first, ...others] = placeSpeaker(box, tiles.length, gap, this.#ratioOf(main));
      if (first) put(main, first);
      tiles.splice(tiles.indexOf(main), 1);
      for (const [index, place] of others.entries()) put(tiles[index], place);
    } else if (kind !== 'solo') {
      const places = (kind === 'voices' ? placeVoices : placeGrid)(box, tiles.length, gap);
      for (const [index, place] of places.entries()) put(tiles[index], place);
    }
  };

  /** Of a screen, which is never cut; 0 for a camera. */
  #ratioOf(tile: HTMLElement): number {
    if (!tile.matches('[source=screen]')) return 0;
    const video = tile.shadowRoot?.querySelector('video');
    if (!video) {
      void (tile as Partial<{ updateComplete: Promise<unknown> }>).updateComplete?.then(this.#arrange);
      return 16 / 9;
    }
    video.onresize = this.#arrange;
    return video.videoWidth / video.videoHeight || 16 / 9;
  }
}

/** In the place of a tile that has gone, until it has faded. */
function shadeOf({ style, ownerDocument }: HTMLElement): HTMLElement {
  const shade = ownerDocument.createElement('div');
  shade.className = 'shade';
  for (const name of style) shade.style.setProperty(name, style.getPropertyValue(name));
  shade.onanimationend = () => {
    shade.remove();
  };
  return shade;
}

function put(tile: HTMLElement | undefined, box: TileBox): void {
  for (const side of ['x', 'y', 'width', 'height'] as const)
    tile?.style.setProperty(`--_${side}`, `${box[side]}px`);
}
