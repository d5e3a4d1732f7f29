import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import nodeResolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { minifyHTMLLiterals } from 'minify-literals';

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

const output = {
  banner: `/*! ${name} ${version}, ${license} licence. Contains lit (© Google LLC, BSD-3-Clause) and @shoelace-style/localize (MIT). */`,
  sourcemap: true,
  plugins: [minify],
};

export default {
  input: 'dist/define.js',
  plugins,
  output: [
    { ...output, file: 'cdn/rtc-call.min.js', format: 'es' },
    { ...output, file: 'cdn/rtc-call.iife.min.js', format: 'iife', name: 'RtcCallElements' },
  ],
};
