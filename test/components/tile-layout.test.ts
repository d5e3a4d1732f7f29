import { expect } from '@open-wc/testing';
import { fitTiles, type TileSize } from '../../src/components/tile-layout.js';

const boxes: TileSize[] = [
  { width: 1920, height: 1080 },
  { width: 1280, height: 720 },
  { width: 800, height: 600 },
  { width: 600, height: 600 },
  { width: 390, height: 844 },
  { width: 360, height: 500 },
  { width: 1600, height: 200 },
  { width: 200, height: 1600 },
];
const counts = [1, 2, 3, 4, 5, 6, 7, 8];
const gaps = [0, 8, 24];

/** How many tiles of a size a wrapping flex box takes. */
function capacity(box: TileSize, { width, height }: TileSize, gap: number): number {
  const inOneRow = Math.floor((box.width + gap) / (width + gap));
  const rows = Math.floor((box.height + gap) / (height + gap));
  return inOneRow * rows;
}

/** The area of the best tile with the widest shape allowed, found by trying every width. */
function bestArea(box: TileSize, count: number, gap: number): number {
  const ratio = box.height > box.width ? 3 / 4 : 16 / 9;
  for (let width = box.width; width > 0; width--) {
    const size = { width, height: Math.floor(width / ratio) };
    if (capacity(box, size, gap) >= count) return size.width * size.height;
  }
  return 0;
}

describe('fitTiles', () => {
  for (const box of boxes) {
    it(`fits 1 to 8 tiles into ${box.width}×${box.height} and lets none overflow`, () => {
      for (const count of counts) {
        for (const gap of gaps) {
          const size = fitTiles(box, count, gap);
          expect(size.width, `${count} tiles, gap ${gap}`).to.be.greaterThan(0);
          expect(capacity(box, size, gap), `${count} tiles, gap ${gap}`).to.be.at.least(count);
        }
      }
    });

    it(`makes tiles in ${box.width}×${box.height} at least as big as any of the widest shape`, () => {
      for (const count of counts) {
        for (const gap of gaps) {
          const { width, height } = fitTiles(box, count, gap);
          // One pixel of rounding on each side.
          expect((width + 1) * (height + 1), `${count} tiles, gap ${gap}`).to.be.at.least(
            bestArea(box, count, gap),
          );
        }
      }
    });

    it(`keeps faces in ${box.width}×${box.height}: no tile is wider or narrower than a camera's picture`, () => {
      const [narrowest, widest] = box.height > box.width ? [9 / 16, 3 / 4] : [4 / 3, 16 / 9];
      for (const count of counts) {
        const { width, height } = fitTiles(box, count, 8);
        expect((width + 1) / height, `${count} tiles`).to.be.at.least(narrowest);
        expect(width / (height + 1), `${count} tiles`).to.be.at.most(widest);
      }
    });
  }

  it('gives whole pixels', () => {
    for (const count of counts) {
      const { width, height } = fitTiles({ width: 1001.5, height: 701.25 }, count, 7.5);
      expect(Number.isInteger(width) && Number.isInteger(height), String(count)).to.be.true;
    }
  });

  it('gives nothing for no tiles and for a box without room', () => {
    expect(fitTiles({ width: 800, height: 600 }, 0, 8)).to.deep.equal({ width: 0, height: 0 });
    expect(fitTiles({ width: 0, height: 0 }, 3, 0)).to.deep.equal({ width: 0, height: 0 });
    const { width, height } = fitTiles({ width: 10, height: 10 }, 8, 20);
    expect(Math.max(width, 0) * Math.max(height, 0), 'smaller than its gaps').to.equal(0);
  });
});
