/*
 * The own view, where it floats: it is moved by pointer and by keys, and always comes to rest in a corner. Which
 * one stands in `data-block` and `data-inline` (`start` or `end`; top and inline end without them).
 */

/** It floats where it can be focused. */
const isFloating = (view: HTMLElement): boolean => view.tabIndex === 0;

/** Follows the pointer until it is let go, then goes to the nearest corner. */
export function dragOwnView(event: PointerEvent): void {
  const view = event.currentTarget as HTMLElement;
  if (event.button !== 0 || !isFloating(view)) return;
  view.setPointerCapture(event.pointerId);
  const drag = new AbortController();
  const follow = ({ clientX, clientY }: PointerEvent): void => {
    view.style.setProperty('--_drag', `${clientX - event.clientX}px ${clientY - event.clientY}px`);
  };
  const drop = (): void => {
    drag.abort();
    settle(view, sideOf(view));
  };
  view.addEventListener('pointermove', follow, drag);
  view.addEventListener('lostpointercapture', drop, drag);
}

/** An arrow key moves it to the corner on that side. */
export function moveOwnView(event: KeyboardEvent): void {
  const view = event.currentTarget as HTMLElement;
  const key = /^Arrow(Up|Down|Left|Right)$/.exec(event.key)?.[1];
  if (!key || !isFloating(view)) return;
  event.preventDefault();
  // Not where it is: it may be on its way.
  const { block = 'start', inline = 'end' } = view.dataset;
  const isTop = block === 'start';
  const isLeft = (inline === 'start') === isLtr(view);
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
