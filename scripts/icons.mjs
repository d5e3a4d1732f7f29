/**
 * Writes src/components/icon-paths.ts: those icons of Lucide (https://lucide.dev) that the elements show.
 * `node scripts/icons.mjs`, or with `--check` to see whether the file is what would be written.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';

const file = fileURLToPath(new URL('../src/components/icon-paths.ts', import.meta.url));
const read = (path) => JSON.parse(readFileSync(new URL(`../node_modules/${path}`, import.meta.url), 'utf8'));

/** Our name of each, and the set's. */
const names = {
  microphone: 'mic',
  microphoneOff: 'mic-off',
  camera: 'video',
  cameraOff: 'video-off',
  leave: 'phone',
  settings: 'settings-2',
  close: 'x',
  chevron: 'chevron-down',
  flip: 'switch-camera',
  refresh: 'rotate-cw',
  volume: 'volume-2',
  check: 'check',
  ring: 'bell',
  ringOff: 'bell-off',
  pin: 'pin',
  alert: 'triangle-alert',
  chat: 'message-square-text',
  share: 'screen-share',
  more: 'ellipsis',
  expand: 'maximize-2',
  popOut: 'picture-in-picture-2',
  send: 'arrow-up',
};

/** What is drawn, without how: that is for our styles to say. */
const shapesOf = (body) =>
  body
    .replace(/^<g[^>]*>(.*)<\/g>$/, '$1')
    .replaceAll(/ (?:fill|stroke(?:-[a-z]+)?)="[^"]*"/g, '')
    .replaceAll(/<(\w+) ([^>]*?)\/>/g, (_, tag, attributes) => `<${tag} ${attributes}/>`);

const { icons } = read('@iconify-json/lucide/icons.json');
const lines = Object.entries(names).map(([name, theirs]) => {
  const icon = icons[theirs];
  if (!icon) throw new Error(`Lucide has no icon ${theirs}.`);
  return `${name}: svg\`${shapesOf(icon.body)}\`,`;
});
const source = `import { svg, type SVGTemplateResult } from 'lit';

/** Written by scripts/icons.mjs from the icons of Lucide (ISC licence): strokes on a grid of 24. */
export const paths = {
${lines.join('\n')}
} satisfies Record<string, SVGTemplateResult>;
`;
const options = await prettier.resolveConfig(file);
const text = await prettier.format(source, { ...options, parser: 'typescript' });

if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  console.error(`${file} is stale: run node scripts/icons.mjs.`);
  process.exitCode = 1;
}
