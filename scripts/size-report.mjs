/**
 * What each feature adds to `cdn/rtc-call.min.js`: `npm run size:report`, after a build. Writes the table into
 * docs/size.md, `-- --check` says whether its sum and the sizes that the READMEs quote still fit. A feature costs what gzip saves when its text is cut out of the bundle; what several say alike counts
 * for none of them, and stands in the last row.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { decode } from '@jridgewell/sourcemap-codec';
import { format, resolveConfig } from 'prettier';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** Features by the modules that are theirs. The first that fits counts. */
const features = [
  ['lit', /node_modules\/(?:@lit\/reactive-element|lit-html|lit-element|lit|tslib)\//],
  ['context and localize', /node_modules\//],
  ['words: English', /locales\/en\.ts$/],
  ['words: Chinese', /locales\/zh-cn\.ts$/],
  ['words: choosing them', /localize|locales\/|refusal/],
  ['signals: format and checks', /core\/(?:signal|rate-limit)\.ts/],
  ['signals: who is there, reliable delivery', /core\/(?:roster|peer|delivery|incoming-callers)\.ts/],
  ['connections: one link', /core\/(?:peer-link|negotiation|media-sections|outgoing)\.ts/],
  ['connections: recovery', /core\/(?:recovery|pulse)\.ts/],
  ['connections: all links', /core\/mesh\.ts/],
  ['connections: STUN and TURN servers', /core\/ice-/],
  ['connections: quality, adaptation, speakers', /core\/(?:statistics|adaptation|views)\.ts/],
  ['calls with other pages', /core\/(?:plain-call|dialects|foreign-tracks|waiting-offer)\.ts/],
  ['devices: camera, microphone, screen', /core\/(?:local-media|capture|device|screen-share|sound-level)/],
  ['diagnosis', /diagnosis|verdict|connection-check/],
  ['errors', /core\/errors\.ts/],
  ['controller and state', /core\//],
  [
    'element: the call, its events, commands, keys',
    /rtc-call\.ts|events\.ts|commands\.ts|call-context|content-/,
  ],
  [
    'element: layout',
    /layout|call-stage|tile-arranger|arrangement|own-view|idle|speaker|styles\/(?:call|stage|voice)/,
  ],
  ['element: tiles', /-video\.ts|tile|quality-icon/],
  ['element: bar', /controls|menu|device-toggle/],
  ['element: join screen', /join|ring|tone/],
  ['element: device pickers', /devices|level-meter/],
  ['element: status', /status|device-trouble|elapsed/],
  ['element: chat', /chat|links/],
  ['window of its own', /pop-out|portable/],
  ['wake lock and media session', /page-presence/],
  ['icons', /icon/],
  ['tokens and buttons', /styles\//],
  ['definitions and exports', /./],
];

const file = 'cdn/rtc-call.min.js';
const lines = readFileSync(file, 'utf8').split('\n');
const { sources, mappings } = JSON.parse(readFileSync(`${file}.map`, 'utf8'));
const featureOfSource = sources.map((source) => features.find(([, pattern]) => pattern.test(source))[0]);

/** The text of the bundle in pieces, each with its feature. */
const pieces = decode(mappings).flatMap((segments, number) => {
  const line = `${lines[number]}\n`;
  return [[0], ...segments].map(([from, source], index) => ({
    text: line.slice(from, segments[index]?.[0]),
    feature: featureOfSource[source] ?? 'definitions and exports',
  }));
});

const sizeOf = (parts) => gzipSync(parts.map(({ text }) => text).join(''), { level: 9 }).length;
const total = sizeOf(pieces);
const rows = features
  .map(([feature]) => ({
    feature,
    minified: pieces.reduce((sum, piece) => sum + (piece.feature === feature ? piece.text.length : 0), 0),
    gzip: total - sizeOf(pieces.filter((piece) => piece.feature !== feature)),
  }))
  .sort((one, other) => other.gzip - one.gzip);
const shared = total - rows.reduce((sum, { gzip }) => sum + gzip, 0);
const minified = rows.reduce((sum, row) => sum + row.minified, 0);

const table = [
  '| feature | minified | gzip |',
  '| --- | ---: | ---: |',
  ...rows.map((row) => `| ${row.feature} | ${row.minified} | ${row.gzip} |`),
  `| said alike by several |  | ${shared} |`,
  `| **all** | **${minified}** | **${total}** |`,
].join('\n');

const page = 'docs/size.md';

/** Documents that say other sizes than they are, by more than rounding. */
function findStale() {
  const core = gzipSync(readFileSync('node_modules/.cache/rtc-call/core.min.js'), { level: 9 }).length;
  const quoted = [total, core].map((size) => `${Math.round(size / 1000)} kB`);
  const stale = ['README.md', 'README.zh-CN.md'].filter((path) => {
    const text = readFileSync(path, 'utf8');
    return !quoted.every((size) => text.includes(size));
  });
  const sum = Number(/\*\*all\*\*.*\*\*(\d+)\*\* \|$/m.exec(readFileSync(page, 'utf8'))?.[1]);
  return Math.abs(sum - total) > 0.01 * total ? [...stale, page] : stale;
}

if (process.argv.includes('--check')) {
  const stale = findStale();
  for (const path of stale)
    console.error(`${path} says another size: npm run size:report, and mend what it quotes.`);
  process.exit(stale.length > 0 ? 1 : 0);
}

const [intro] = readFileSync(page, 'utf8').split('\n| feature');
const text = `${intro}\n${table}\n`;
writeFileSync(page, await format(text, { ...(await resolveConfig(page)), parser: 'markdown' }));
console.log(table);
