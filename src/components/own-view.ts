/*
 * The own view, where it floats: it is dragged, sent on by a press, and moved by keys, and always comes to rest in
 * a corner. Which one stands in `data-block` and `data-inline` (`start` or `end`; top and inline end without them).
 */

/** It floats where it can be focused. */
const isFloating = (view: HTMLElement): boolean => view.tabIndex === 0;

/** A hand that presses is not quite still: so many pixels are no drag yet. */
const slackPx = 5;

/** The pointer that was pressed last has moved it. */
let isDragged = false;

/** Follows the pointer until it is let go, then goes to the nearest corner. */
export function dragOwnView(event: PointerEvent): void {
  const view = event.currentTarget as HTMLElement;
  if (event.button !== 0 || !isFloating(view)) return;
  view.setPointerCapture(event.pointerId);
  isDragged = false;
  const drag = new AbortController();
  const follow = ({ clientX, clientY }: PointerEvent): void => {
    const [x, y] = [clientX - event.clientX, clientY - event.clientY];
    isDragged ||= Math.hypot(x, y) >= slackPx;
    if (isDragged) view.style.setProperty('--_drag', `${x}px ${y}px`);
  };
  const drop = (): void => {
    drag.abort();
    if (isDragged) settle(view, sideOf(view));
  };
  view.addEventListener('pointermove', follow, drag);
  view.addEventListener('lostpointercapture', drop, drag);
}

/** Pressed without a drag, it goes on to the next corner, clockwise. */
export function pressOwnView({ currentTarget }: Event): void {
  const view = currentTarget as HTMLElement;
  const wasDragged = isDragged;
  isDragged = false; // the next press may come without a pointer
  if (wasDragged || !isFloating(view)) return;
  const { isTop, isLeft } = cornerOf(view);
  settle(view, { isTop: isLeft, isLeft: !isTop });
}

/** An arrow key moves it to the corner on that side. */
export function moveOwnView(event: KeyboardEvent): void {
  const view = event.currentTarget as HTMLElement;
  const key = /^Arrow(Up|Down|Left|Right)$/.exec(event.key)?.[1];
  if (!key || !isFloating(view)) return;
  event.preventDefault();
  const { isTop, isLeft } = cornerOf(view);
  settle(view, {
    isTop: key === 'Up' || (key !== 'Down' && isTop),
    isLeft: key === 'Left' || (key !== 'Right' && isLeft),
  });
}

const isLtr = (view: HTMLElement): boolean => getComputedStyle(view).direction === 'ltr';

interface Side {
  readonly isTop: boolean;
  readonly isLeft: boolean;
}

/** Where it belongs, not where it is: it may be on its way. */
function cornerOf(view: HTMLElement): Side {
  const { block = 'start', inline = 'end' } = view.dataset;
  return { isTop: block === 'start', isLeft: (inline === 'start') === isLtr(view) };
}

/** The corner that is nearest to where it is. */
function sideOf(view: HTMLElement): Side {
  const stage = (view.offsetParent ?? view).getBoundingClientRect();
  const box = view.getBoundingClientRect();
  return {
    isTop: box.top + box.bottom < stage.top + stage.bottom,
    isLeft: box.left + box.right < stage.left + stage.right,
  };
}

function settle(view: HTMLElement, { isTop, isLeft }: Side): void {
  const before = view.getBoundingClientRect();
  view.style.removeProperty('--_drag');
  view.dataset['block'] = isTop ? 'start' : 'end';
  view.dataset['inline'] = isLeft === isLtr(view) ? 'start' : 'end';
  const after = view.getBoundingClientRect();
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  view.animate(
    { translate: [`${before.x - after.x}px ${before.y - after.y}px`, '0 0'] },
    { duration: 200, easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)' },
  );
}
