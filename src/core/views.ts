import { viewHeights } from './defaults.js';
import type { SignalView } from './signal.js';

/** What of a participant is shown somewhere, and how large. */
export interface View {
  readonly participantId: string;
  readonly source: 'camera' | 'screen';
  /** In pixels of the screen; 0: not to be seen at the moment. */
  readonly height: number;
}

/** How large the pictures of the others are shown here, by whoever shows them. */
export class Views {
  readonly #views = new Map<object, View>();

  /** @returns whether that may change what a participant is asked for */
  set(viewer: object, view: View | null): boolean {
    const former = this.#views.get(viewer);
    if (view) this.#views.set(viewer, view);
    else this.#views.delete(viewer);
    return JSON.stringify(view ?? undefined) !== JSON.stringify(former);
  }

  /** What to ask a participant for: the largest of its views; null while nobody has said anything. */
  of(id: string): SignalView | null {
    const wanted: SignalView = {};
    for (const { participantId, source, height } of this.#views.values()) {
      if (participantId === id) wanted[source] = Math.max(wanted[source] ?? 0, stepOf(height));
    }
    return 'camera' in wanted || 'screen' in wanted ? wanted : null;
  }
}

/** The smallest usual height that is not visibly too small. */
const stepOf = (height: number): number =>
  height > 0 ? (viewHeights.find((step) => step >= height * 0.9) ?? viewHeights.at(-1) ?? height) : 0;
