/** The small apps of this folder, each made with what its framework's own template would use. */
import { fileURLToPath } from 'node:url';

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

const plugins = {
  plain: () => [],
  react: () => [],
  vue: async () => {
    const { default: vue } = await import('@vitejs/plugin-vue');
    // Without this Vue would look for components of these names.
    const isCustomElement = (tag) => tag.startsWith('rtc-');
    return [vue({ template: { compilerOptions: { isCustomElement } } })];
  },
  svelte: async () => {
    const { svelte } = await import('@sveltejs/vite-plugin-svelte');
    return [svelte({ configFile: false })];
  },
};

/** @type {('plain' | 'react' | 'vue' | 'svelte')[]} */
export const apps = Object.keys(plugins);

/**
 * Builds an app with Vite.
 *
 * @param {keyof typeof plugins} name
 * @param {object} [options] where the app is and where the result goes; `alias` as Vite takes it
 */
export async function buildApp(name, { root = folder(name), outDir = 'dist', alias = [] } = {}) {
  const { build } = await import('vite');
  await build({
    root,
    base: './',
    configFile: false,
    logLevel: 'error',
    plugins: await plugins[name](),
    resolve: { alias },
    build: { outDir, emptyOutDir: true, reportCompressedSize: false },
  });
}

const built = folder('../../node_modules/.cache/rtc-call/frameworks/');

/** For the demo's server: the folders of the apps, by prefix of the URL. */
export const appFolders = Object.fromEntries(
  apps.map((name) => [`/frameworks/${name}/`, `${built}${name}/`]),
);

const underway = new Map();

/** Builds the app that a URL leads to, once, with the package as `npm run build` made it. */
export async function prepareApp(url) {
  const name = /^\/frameworks\/(\w+)\//.exec(url)?.[1];
  if (!apps.includes(name)) return;
  const alias = [{ find: /^rtc-call\/(.+)$/, replacement: `${folder('../../dist/')}$1` }];
  const building = underway.get(name) ?? buildApp(name, { outDir: built + name, alias });
  underway.set(name, building);
  await building;
}
