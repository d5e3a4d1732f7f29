import type { Participant } from '../core/call-state.js';

/** Somebody else has to speak for so long before the large picture changes: a cough or a yes does not move it. */
export const speakerHoldMs = 2000;

/** Whom a `speaker` layout shows: who spoke last for long enough. Speech alone never makes it jump. */
export class ActiveSpeaker {
  readonly #onChange: () => void;
  #id = '';
  #candidate = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Id of the participant; empty until somebody has spoken. */
  get id(): string {
    return this.#id;
  }

  /** Call it whenever somebody begins or ends to speak, comes or goes. */
  update(participants: readonly Participant[]): void {
    const speaking = participants.filter((participant) => participant.speaking);
    const stays = speaking.some(({ id }) => id === this.#id);
    const candidate = stays ? '' : (speaking.find(({ id }) => id === this.#candidate) ?? speaking[0])?.id;
    if (candidate === this.#candidate) return;
    this.stop();
    this.#candidate = candidate ?? '';
    if (!candidate) return;
    const isFirst = !participants.some(({ id }) => id === this.#id);
    this.#timer = setTimeout(
      () => {
        this.#id = candidate;
        this.#candidate = '';
        this.#onChange();
      },
      isFirst ? 0 : speakerHoldMs,
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#candidate = '';
  }
}
