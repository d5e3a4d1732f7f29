import { AsyncDirective, directive } from 'lit/async-directive.js';

/** `mm:ss`, from an hour on `h:mm:ss`, in the digits of the language. */
export function formatElapsed(elapsedMs: number, lang: string): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1000));
  const hours = Math.floor(seconds / 3600);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) parts.unshift(hours);
  return parts
    .map((part, index) =>
      part.toLocaleString(lang, { minimumIntegerDigits: index === 0 && hours > 0 ? 1 : 2 }),
    )
    .join(':');
}

class ElapsedTime extends AsyncDirective {
  #since = 0;
  #lang = '';
  #timer: ReturnType<typeof setInterval> | undefined;

  override render(since: number, lang: string): unknown {
    this.#since = since;
    this.#lang = lang;
    this.#run();
    return this.#text();
  }

  override disconnected(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  override reconnected(): void {
    this.#run();
  }

  #run(): void {
    this.#timer ??= setInterval(() => {
      this.setValue(this.#text());
    }, 1000);
  }

  #text(): string {
    return formatElapsed(Date.now() - this.#since, this.#lang);
  }
}

/** Time since a moment (milliseconds since 1970), going on by itself. */
export const elapsedTime = directive(ElapsedTime);
