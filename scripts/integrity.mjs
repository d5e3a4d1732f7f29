/** Hashes of the bundles, for `integrity`, and the documents that name them. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import prettier from 'prettier';

/**
 * The bundles of a folder `cdn`, as script tags name them at the end of `src`.
 *
 * @returns {Record<string, string>} `sha384-…` by `rtc-call.min.js` or `locales/de.js`
 */
export function hashesOf(folder) {
  const files = readdirSync(folder, { recursive: true }).map((path) => path.replaceAll('\\', '/'));
  return Object.fromEntries(
    files
      .filter((path) => path.endsWith('.js'))
      .sort()
      .map((path) => {
        const hash = createHash('sha384').update(readFileSync(join(folder, path)));
        return [path, `sha384-${hash.digest('base64')}`];
      }),
  );
}

/** Where script tags for the bundles may stand. */
export const documents = () =>
  [
    'README.md',
    'README.zh-CN.md',
    ...readdirSync('docs', { recursive: true }).map((path) => `docs/${path.replaceAll('\\', '/')}`),
  ].filter((path) => path.endsWith('.md') && !path.includes('node_modules/') && existsSync(path));

const marks = /(<!-- integrity -->)[^]*?(<!-- \/integrity -->)/g;

/**
 * A document with the hashes of a version: between `<!-- integrity -->` and `<!-- /integrity -->` stand the tags for
 * both bundles, and a script tag anywhere that has `integrity` and loads a bundle gets its hash, and the version where
 * its address names one (`rtc-call@1.2.3`).
 */
export async function withHashes(text, { path, version, hashes }) {
  const tag = (kind, file) =>
    `<script ${kind}src="https://cdn.example.org/rtc-call@${version}/cdn/${file}" integrity="${hashes[file]}" crossorigin="anonymous"></script>`;
  const block = [
    '```html',
    '<!-- as a module -->',
    tag('type="module" ', 'rtc-call.min.js'),
    '<!-- or as a classic script -->',
    tag('', 'rtc-call.iife.min.js'),
    '```',
  ].join('\n');
  const filled = text
    .replace(marks, (_, begin, end) => `${begin}\n\n${block}\n\n${end}`)
    .replace(/<script\b[^>]*>/g, (element) => {
      const source = /\bsrc="([^"]*)"/.exec(element)?.[1];
      const file = Object.keys(hashes).find((name) => source?.endsWith(`/${name}`));
      if (!file) return element;
      return element
        .replace(/\bintegrity="sha384-[^"]*"/, `integrity="${hashes[file]}"`)
        .replace(/\brtc-call@\d[\w.-]*/, `rtc-call@${version}`);
    });
  if (filled === text) return text;
  return prettier.format(filled, { ...(await prettier.resolveConfig(path)), filepath: path });
}
