import type { CallController } from '../core/call-controller.js';
import type { CallPhase } from '../core/call-state.js';

/** So long rendering waits at most, in ms, for what the call has to say when it begins: both take turns on one thread. */
const calmMs: Readonly<Partial<Record<CallPhase, number>>> = { waiting: 60, connecting: 200 };

/** Frames may stop at any time: then this is long enough. */
const longestFrameMs = 100;

/** In the time of `performance.now()`. */
const calmUntil = new WeakMap<CallController, number>();

/** To be told of every phase, by the element that owns the call's looks. */
export function noteCalm(controller: CallController, phase: CallPhase): void {
  calmUntil.set(controller, performance.now() + (calmMs[phase] ?? 0));
}

/** Whether rendering should wait. A page that is not seen has no frames. */
export function isCalm(controller: CallController, { hidden }: Document): boolean {
  return !hidden && performance.now() < (calmUntil.get(controller) ?? 0);
}

const nextFrame = (): Promise<unknown> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, longestFrameMs);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      resolve(null);
    });
  });

/** Resolves with the next frame after the calm. */
export async function afterCalm(controller: CallController, page: Document): Promise<void> {
  do await nextFrame();
  while (isCalm(controller, page));
}
