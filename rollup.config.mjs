import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import nodeResolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { minifyHTMLLiterals } from 'minify-literals';
import { numberPrivateNames } from './scripts/private-names.mjs';

const { name, version, license } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

const dist = fileURLToPath(new URL('dist/', import.meta.url));

/** Hands rollup the source maps that tsc wrote, so that the bundle's maps lead to src/. */
const compilerSourceMaps = {
  name: 'compiler-source-maps',
  load(id) {
    if (!id.startsWith(dist)) return null;
    const code = readFileSync(id, 'utf8').replace(/\n\/\/# sourceMappingURL=\S*\s*$/, '\n');
    return { code, map: readFileSync(`${id}.map`, 'utf8') };
  },
};

/** Takes the white space out of html`…`, svg`…` and css`…` templates, which terser leaves alone. */
const minifyTemplates = {
  name: 'minify-templates',
  // In svg`…` a slash closes the element: without it, what follows would become its child.
  transform: (code, id) =>
    id.startsWith(dist) ? minifyHTMLLiterals(code, { fileName: id, html: { keepClosingSlash: true } }) : null,
};

export const plugins = [
  compilerSourceMaps,
  nodeResolve({ exportConditions: ['production', 'browser'] }),
  minifyTemplates,
];

/** The banner stands for the licence comments of each bundled file. */
export const minify = terser({ ecma: 2020, compress: { passes: 2 }, format: { comments: /^!/ } });

/**
 * What the bundles hold: the elements, defined, and Chinese words beside the English ones. Styles and words come
 * first: gzip looks back 32 kB, so what is alike must stand together.
 */
const entry = `
  ${readdirSync(new URL('src/components/styles/', import.meta.url))
    .map((file) => `import './dist/components/styles/${file.replace(/ts$/, 'js')}';`)
    .join('')}
  import './dist/components/locales/en.js';
  import './dist/components/locales/zh-cn.js';
  export * from './dist/define.js';`;

/** Takes an entry that is no file: its name is its code. */
const inlineEntry = {
  name: 'inline-entry',
  resolveId: (id) => (id.includes('import ') ? `\0${id}` : null),
  load: (id) => (id.startsWith('\0') ? id.slice(1) : null),
};

const output = {
  banner: `/*! ${name} ${version}, ${license} licence. Contains lit (© Google LLC, BSD-3-Clause), @shoelace-style/localize (MIT) and icons of Lucide (ISC). */`,
  sourcemap: true,
  plugins: [minify],
};

const locales = readdirSync(new URL('src/components/locales/', import.meta.url))
  .map((file) => /^(?!en\.)([a-z]{2}(?:-[a-z]{2})?)\.ts$/.exec(file)?.[1])
  .filter(Boolean);

export default [
  {
    input: entry,
    plugins: [inlineEntry, ...plugins, numberPrivateNames((id) => id.startsWith(dist))],
    output: [
      { ...output, file: 'cdn/rtc-call.min.js', format: 'es' },
      { ...output, file: 'cdn/rtc-call.iife.min.js', format: 'iife', name: 'RtcCallElements' },
    ],
  },
  // Good as a classic script and as a module: nothing is imported or exported.
  ...locales.map((code) => ({
    input: `import './dist/components/locales/${code}.js';`,
    plugins: [inlineEntry, ...plugins],
    output: [
      {
        ...output,
        banner: `/*! ${name} ${version}, ${license} licence */`,
        file: `cdn/locales/${code}.js`,
        format: 'iife',
      },
    ],
  })),
];
