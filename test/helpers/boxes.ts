/** Boxes of elements, compared as a person would see them. */

export interface NamedBox {
  readonly name: string;
  readonly box: DOMRect;
}

const slack = 1;

/** Those that stick out of a frame or have no size. */
export const outside = (boxes: readonly NamedBox[], frame: DOMRect): string[] =>
  boxes
    .filter(
      ({ box }) =>
        box.width < 1 ||
        box.height < 1 ||
        box.left < frame.left - slack ||
        box.right > frame.right + slack ||
        box.top < frame.top - slack ||
        box.bottom > frame.bottom + slack,
    )
    .map(({ name, box }) => `${name} ${JSON.stringify(box)}`);

export const overlap = (one: DOMRect, other: DOMRect): boolean =>
  one.left < other.right - slack &&
  other.left < one.right - slack &&
  one.top < other.bottom - slack &&
  other.top < one.bottom - slack;

/** Pairs that lie on one another. */
export const overlapping = (boxes: readonly NamedBox[]): string[] =>
  boxes.flatMap((one, index) =>
    boxes
      .slice(index + 1)
      .filter((other) => overlap(one.box, other.box))
      .map((other) => `${one.name} on ${other.name}`),
  );
