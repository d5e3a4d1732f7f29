/**
 * The documentation site: `node scripts/docs.mjs` shows it while it is written, `node scripts/docs.mjs build` writes
 * docs/.vitepress/dist. Builds the package where that is stale, for the reference and the live examples come from it.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isBuilt } from './built.mjs';
import { writeReference } from './reference.mjs';
import { node } from './tools.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** What the pages load beside themselves: the package as it is, and what stands in for cameras. */
const live = ['cdn/rtc-call.min.js', 'demo/drawn-person.mjs', 'docs/media/call.png'];

if (!isBuilt() && !node(['scripts/build.mjs'])) process.exit(1);

writeReference();
mkdirSync('docs/public/live', { recursive: true });
for (const path of live) copyFileSync(path, `docs/public/live/${path.split('/').at(-1)}`);

const command = process.argv[2] === 'build' ? 'build' : 'dev';
process.exitCode = node(['node_modules/vitepress/bin/vitepress.js', command, 'docs']) ? 0 : 1;
