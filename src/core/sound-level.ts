import { levelIntervalMs, meterDelayMs } from './defaults.js';
import type { LevelMeter, Platform } from './platform.js';

/** Decibels of full scale: what a quiet room leaves, and loud speech. */
const quietDecibels = -60;
const loudDecibels = -15;

/** From root mean square to what people hear, 0 to 1 in hundredths. */
export function perceivedLevel(rms: number): number {
  const decibels = 20 * Math.log10(rms);
  const share = (decibels - quietDecibels) / (loudDecibels - quietDecibels);
  return Math.round(Math.min(1, Math.max(0, share)) * 100) / 100;
}

/**
 * How loud the own microphone is. Measures only while somebody watches, on a copy of the track, since a muted track
 * is silent; the copy ends with the track.
 */
export class SoundLevel {
  readonly #platform: Platform;
  readonly #track: () => MediaStreamTrack | null;
  readonly #watchers = new Set<(level: number) => void>();
  #measured: { track: MediaStreamTrack; copy: MediaStreamTrack; meter: LevelMeter | null } | null = null;
  #cancel: (() => void) | null = null;
  #level = 0;

  /** @param track the microphone that is open at the moment */
  constructor(platform: Platform, track: () => MediaStreamTrack | null) {
    this.#platform = platform;
    this.#track = track;
  }

  /** @returns the way to stop; it may be called twice */
  watch(callback: (level: number) => void): () => void {
    const watcher = (level: number): void => {
      callback(level);
    };
    this.#watchers.add(watcher);
    if (!this.#cancel) this.#tickIn(meterDelayMs);
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size > 0) return;
      this.#cancel?.();
      this.#cancel = null;
      this.refresh();
    };
  }

  /** Lets go of a microphone that is closed, at once, so that its light goes out; takes the new one in a moment. */
  refresh(): void {
    const track = this.#watchers.size > 0 ? this.#track() : null;
    if (track === (this.#measured?.track ?? null)) return;
    this.#measured?.meter?.close();
    this.#measured?.copy.stop();
    this.#measured = null;
    if (track) this.#tickIn(meterDelayMs);
  }

  #tickIn(delayMs: number): void {
    this.#cancel?.();
    this.#cancel = this.#platform.setTimer(() => {
      this.#tick();
    }, delayMs);
  }

  #tick(): void {
    this.#tickIn(levelIntervalMs);
    const track = this.#track();
    if (this.#measured && this.#measured.track !== track) {
      this.refresh();
    } else if (track && !this.#measured) {
      const copy = track.clone();
      copy.enabled = true;
      this.#measured = { track, copy, meter: this.#platform.createLevelMeter(copy) };
    }
    const level = perceivedLevel(this.#measured?.meter?.read() ?? 0);
    if (level === this.#level) return;
    this.#level = level;
    for (const watcher of [...this.#watchers]) {
      try {
        watcher(level);
      } catch (error) {
        this.#platform.reportException(error);
      }
    }
  }
}
