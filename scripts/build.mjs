/**
 * Builds the package: src/ → dist/ (modules and types), cdn/ (one-file bundles) and custom-elements.json; from that, in
 * dist/, what editors know of the elements.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifestFile = 'custom-elements.json';
process.chdir(root);

function compile() {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const child = spawn(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--pretty'], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error('tsc found the errors above.'))));
  });
}

async function bundle() {
  const [{ rollup }, { default: configs }] = await Promise.all([
    import('rollup'),
    import('../rollup.config.mjs'),
  ]);
  const onwarn = (warning) => {
    throw new Error(warning.message, { cause: warning });
  };
  const modules = [];
  for (const config of configs) {
    const build = await rollup({ ...config, onwarn });
    await Promise.all(config.output.map((output) => build.write(output)));
    modules.push(...build.watchFiles);
    await build.close();
  }
  writeFileSync('cdn/LICENSES.txt', licencesOf(modules));
}

/** The licences of the packages that the bundles hold: each asks that its text goes with it. */
function licencesOf(modules) {
  const folders = new Set(
    modules.flatMap((path) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []),
  );
  const texts = [...folders].map((folder) => {
    const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name} ${version}\n\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}\n`;
  });
  // Not bundled from a package: icons.mjs has put them into a source.
  texts.push(readFileSync('scripts/licences/lucide.txt', 'utf8'));
  return texts.sort().join('\n\n');
}

async function describe() {
  const [{ cli }, prettier] = await Promise.all([
    import('@custom-elements-manifest/analyzer/cli.js'),
    import('prettier'),
  ]);
  const manifest = await cli({ argv: ['analyze', '--quiet'], cwd: root, noWrite: true });
  const options = await prettier.resolveConfig(manifestFile);
  const text = await prettier.format(JSON.stringify(manifest, null, 2), { ...options, parser: 'json' });
  writeFileSync(manifestFile, text);
  await describeForEditors(manifest);
}

/** VS Code reads custom data, the editors of JetBrains web-types. */
async function describeForEditors(manifest) {
  const [{ generateVsCodeCustomElementData }, { generateJetBrainsWebTypes }] = await Promise.all([
    import('custom-element-vs-code-integration'),
    import('custom-element-jet-brains-integration'),
  ]);
  // The default of a custom property is in no manifest: without the section nothing says "undefined".
  const options = { outdir: 'dist', hideLogs: true, hideCssPropertiesDocs: true };
  generateVsCodeCustomElementData(manifest, options);
  generateJetBrainsWebTypes(manifest, { ...options, packageJson: false });
}

const started = performance.now();

async function step(name, run) {
  try {
    await run();
  } catch (error) {
    console.error(`✖ build: ${name} failed. ${error.message}`);
    if (!(error.message ?? '').startsWith('tsc ')) console.error(error.stack);
    process.exit(1);
  }
}

for (const folder of ['dist', 'cdn']) rmSync(folder, { recursive: true, force: true });

// The manifest needs the sources only: the compiler runs beside it.
await Promise.all([
  step('compiling', compile).then(() => step('bundling', bundle)),
  step('custom-elements.json', describe),
]);
console.log(
  `✔ Built dist, cdn and ${manifestFile} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
);
