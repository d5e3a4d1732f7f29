/**
 * Fails when a public name has gone from custom-elements.json and no changeset says so: `node scripts/manifest-diff.mjs`.
 *
 * Compared is the file in the working tree with that of the last release, the latest tag `v…`. Before the first one
 * with that of the commit in which the branch left `main`, or, on `main`, of the commit before: nothing is promised
 * then, but nobody takes a name away by accident either.
 *
 * A name may go if a changeset in .changeset with a major bump (below 1.0 also a minor one) has a line with the name
 * and a word such as "removed" or "renamed".
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = 'custom-elements.json';

const kinds = {
  attributes: 'attribute',
  members: 'member',
  events: 'event',
  slots: 'slot',
  cssParts: 'part',
  cssProperties: 'custom property',
  cssStates: 'state',
  commands: 'command',
};

/** What the browser calls, and events that the analyzer saw but nobody documented, were never promised. */
const isPromised = (key, { name, description }) =>
  !(key === 'members' && name.endsWith('Callback')) && !(key === 'events' && !description);

/**
 * Everything in a manifest that a page may name.
 *
 * @returns {Map<string, string>} from `<rtc-call> attribute no-audio` to the bare name, `no-audio`
 */
export function publicNames({ modules }) {
  const found = new Map();
  for (const declaration of modules.flatMap(({ declarations = [] }) => declarations)) {
    const { tagName: tag, name } = declaration;
    if (!tag && !/^Rtc\w+Event$/.test(name)) continue;
    found.set(`class ${name}`, name);
    if (!tag) continue;
    found.set(`<${tag}>`, tag);
    for (const [key, kind] of Object.entries(kinds)) {
      for (const entry of (declaration[key] ?? []).filter((one) => isPromised(key, one)))
        found.set(`<${tag}> ${kind} ${entry.name || '(default)'}`, entry.name || 'default slot');
    }
  }
  return found;
}

/**
 * What a changeset allows to go.
 *
 * @param {string} text of the file in .changeset
 * @param {string} version the present one
 * @returns {string[]} its lines on what went, if its bump is large enough
 */
export function farewells(text, version) {
  const [, head = '', body = ''] = /^---\n([^]*?)\n---\n([^]*)$/.exec(text) ?? [];
  const enough = version.startsWith('0.') ? /:\s*(minor|major)\s*$/m : /:\s*major\s*$/m;
  if (!enough.test(head)) return [];
  return body.split('\n').filter((line) => /\b(remov|renam|replac|dropp|withdraw)/i.test(line));
}

const names = (line, name) =>
  new RegExp(`(?<![\\w-])${name.replace(/[^\w -]/g, '\\$&')}(?![\\w-])`).test(line);

/**
 * The names that have gone without a word, in full.
 *
 * @param {object} before the manifest of the last release
 * @param {object} after the present one
 * @param {string[]} lines of all changesets: {@link farewells}
 */
export function unannounced(before, after, lines) {
  const present = publicNames(after);
  return [...publicNames(before)]
    .filter(([full]) => !present.has(full))
    .filter(([, name]) => !lines.some((line) => names(line, name)))
    .map(([full]) => full);
}

const git = (...args) => {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  return status === 0 ? stdout.trim() : null;
};

/** The commit to compare with; null outside git, and where there is none before. */
function baseline() {
  const tag = git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*');
  if (tag) return tag;
  const head = git('rev-parse', 'HEAD');
  for (const main of ['origin/main', 'main']) {
    const base = git('merge-base', 'HEAD', main);
    if (base && base !== head) return base;
  }
  return git('rev-parse', '--verify', '--quiet', 'HEAD^');
}

function check() {
  const commit = baseline();
  const former = commit && git('show', `${commit}:${file}`);
  if (!former && git('rev-parse', '--is-shallow-repository') === 'true') {
    console.error(`✖ This clone has no history to compare ${file} with: fetch it (git fetch --unshallow).`);
    return false;
  }
  if (!former) {
    console.log(`There is no former ${file} to compare with.`);
    return true;
  }
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const changesets = existsSync('.changeset') ? readdirSync('.changeset') : [];
  const lines = changesets
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .flatMap((name) => farewells(readFileSync(`.changeset/${name}`, 'utf8'), version));
  const gone = unannounced(JSON.parse(former), JSON.parse(readFileSync(file, 'utf8')), lines);
  for (const name of gone) console.error(`✖ ${name} was public in ${commit.slice(0, 12)} and is gone.`);
  if (gone.length > 0)
    console.error(
      'A changeset must say so, with a line "Removed: …" or "Renamed: … → …" and a bump to match.',
    );
  return gone.length === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.chdir(fileURLToPath(new URL('..', import.meta.url)));
  process.exitCode = check() ? 0 : 1;
}
