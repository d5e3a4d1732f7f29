/**
 * What a full run has behind it, so that one that was interrupted goes on where it was, in another checkout, too:
 * lines of JSON in `<name>.jsonl` of the folder that RTC_PROGRESS names, else of test/artefacts. A line counts only
 * for what it was played with.
 */
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What the modules do, without comments and layout. @param {boolean} bundle with what they import of this repository */
async function compile(modules, bundle) {
  const { outputFiles } = await build({
    entryPoints: modules.map((path) => root + path),
    outdir: root,
    bundle,
    ...(bundle && { packages: 'external' }),
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    logLevel: 'error',
    write: false,
  });
  return outputFiles.map(({ text }) => text);
}

/**
 * A hash that changes when what is tested or what tests it does something else; paths are from the root of the
 * repository.
 *
 * @param {object} what
 * @param {string[]} what.entries modules, with all that they import of this repository
 * @param {string[]} [what.modules] modules without what they import
 * @param {string[]} [what.texts] files as they are
 */
export async function fingerprint({ entries, modules = [], texts = [] }) {
  const hash = createHash('sha256');
  const parts = [...(await compile(entries, true)), ...(await compile(modules, false))];
  for (const part of [...parts, ...texts.map((path) => readFileSync(root + path, 'utf8'))]) {
    hash.update(`${part.length} ${part}`);
  }
  return hash.digest('hex').slice(0, 12);
}

export class Progress {
  #file;
  #key;

  /** @param {string} name of the file @param {string} key see {@link fingerprint} */
  constructor(name, key) {
    const folder = process.env.RTC_PROGRESS || join(root, 'test/artefacts');
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, `${name}.jsonl`);
    this.#key = key;
  }

  /** What was noted with the same key. */
  read() {
    if (!existsSync(this.#file)) return [];
    const lines = readFileSync(this.#file, 'utf8').split('\n');
    return lines.flatMap((line) => {
      try {
        const entry = JSON.parse(line);
        return entry.key === this.#key ? [entry] : [];
      } catch {
        return []; // the end of the file, or where the machine stopped in the middle of a line
      }
    });
  }

  note(entry) {
    appendFileSync(this.#file, `${JSON.stringify({ key: this.#key, ...entry })}\n`);
  }
}
