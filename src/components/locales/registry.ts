import type { RtcTranslation } from './translation.js';

/**
 * Words of a page's own. `$code` says which language they belong to: `de`, or with a region `de-at`; case does
 * not matter. What is missing comes from the built-in words of that language, else from English.
 */
export type RtcTranslationOverrides = Pick<RtcTranslation, '$code'> & Partial<RtcTranslation>;

/** Later ones win. */
type Words = readonly RtcTranslationOverrides[];

interface Registry {
  words: Words;
  readonly readers: ((words: Words) => void)[];
}

/**
 * One for the page, by a symbol that every copy of this module knows: a file of words for the script tag, the
 * package and several bundles find each other, whichever is loaded first.
 */
const key = Symbol.for('rtc-call/translations');

const page = globalThis as { [key]?: Registry | undefined };

const registry = (): Registry => (page[key] ??= { words: [], readers: [] });

function publish(words: Words): void {
  const { readers } = Object.assign(registry(), { words });
  for (const read of readers) read(words);
}

/** Built-in words of a language: they never cover a page's own, though these may have come first. */
export function registerLocale(locale: RtcTranslation): void {
  publish([locale, ...registry().words]);
}

/**
 * Replaces any words of the elements, or adds a language:
 * `registerTranslation({ $code: 'en', leave: 'Hang up' })`. What is on the page changes at once, and it does not
 * matter whether the language itself has been loaded yet.
 */
export function registerTranslation(...translations: readonly RtcTranslationOverrides[]): void {
  publish([...registry().words, ...translations]);
}

/** Calls back with all words there are, now and whenever some are added. */
export function readTranslations(read: (words: Words) => void): void {
  const { words, readers } = registry();
  readers.push(read);
  read(words);
}
