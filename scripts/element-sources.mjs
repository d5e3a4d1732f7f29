/** What an element is drawn by, for those who compare templates with documentation. */
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../src/components/', import.meta.url);

/** The tags of all elements, by their files. */
export const tags = readdirSync(folder)
  .map((file) => /^(rtc-[a-z-]+)\.ts$/.exec(file)?.[1])
  .filter(Boolean);

/**
 * The texts of an element's module and of those that it imports from src/components; not of other elements, which
 * have shadow roots of their own.
 *
 * @param {string} tag
 * @returns {string[]}
 */
export function sourcesOf(tag) {
  const texts = new Map();
  const visit = (url) => {
    if (texts.has(url.href)) return;
    const text = readFileSync(url, 'utf8');
    texts.set(url.href, text);
    for (const [, path] of text.matchAll(/^import (?!type )(?:[^;]* from )?'(\.[^']+)\.js';$/gm)) {
      const imported = new URL(`${path}.ts`, url);
      const isElement = /\/rtc-[a-z-]+\.ts$/.test(imported.pathname);
      if (imported.href.startsWith(folder.href) && !isElement) visit(imported);
    }
  };
  visit(new URL(`${tag}.ts`, folder));
  return [...texts.values()];
}

/**
 * The parts of inner elements that an element exports under their own names.
 *
 * @param {string} tag
 * @returns {{ inner: string, name: string }[]}
 */
export const exportedParts = (tag) =>
  sourcesOf(tag).flatMap((text) =>
    [...text.matchAll(/<(rtc-[a-z-]+)\b[^>]*?\bexportparts="([^"]*)"/g)].flatMap(([, inner, names]) =>
      names.split(/\s*,\s*/).map((name) => ({ inner, name })),
    ),
  );
