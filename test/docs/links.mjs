/** Broken links: in the built site, anchors included, and in texts that are read in the repository. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The parts of a text with markup that matter here. */
const idsIn = (html) => new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
const linksIn = (html) =>
  [...html.matchAll(/<(?:a|link|script|img|iframe)\b[^>]*?\s(?:href|src)="([^"]*)"/g)].map(([, link]) =>
    link.replaceAll('&amp;', '&'),
  );

/** All HTML files of a folder, as paths from it on. */
export const pagesIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((path) => path.endsWith('.html'))
    .sort();

/**
 * Links of a built site that lead nowhere, as `page: link`. Those to other sites are not looked at.
 *
 * @param {string} folder
 */
export function brokenLinks(folder) {
  const ids = new Map();
  const idsOf = (path) => {
    if (!ids.has(path)) ids.set(path, idsIn(readFileSync(path, 'utf8')));
    return ids.get(path);
  };
  const broken = [];
  for (const page of pagesIn(folder)) {
    const own = join(folder, page);
    for (const link of linksIn(readFileSync(own, 'utf8'))) {
      if (/^([a-z]+:|\/\/)/i.test(link)) continue;
      const [path, anchor] = link.split('#').map(decodeURIComponent);
      let target = own;
      if (path) target = path.startsWith('/') ? join(folder, path) : resolve(dirname(own), path);
      if (existsSync(target) && statSync(target).isDirectory()) target = join(target, 'index.html');
      if (!existsSync(target)) broken.push(`${page}: ${link}`);
      else if (anchor && !idsOf(target).has(anchor)) broken.push(`${page}: ${link}`);
    }
  }
  return broken;
}

/**
 * Links of Markdown files to files and folders that are not there.
 *
 * @param {string[]} texts
 */
export const brokenFiles = (texts) =>
  texts.flatMap((text) =>
    [...readFileSync(text, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link)
      .filter((link) => !/^([a-z]+:|#|\/)/i.test(link))
      .filter((link) => !existsSync(join(dirname(text), link.split('#')[0])))
      .map((link) => `${text}: ${link}`),
  );
