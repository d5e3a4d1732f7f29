/**
 * The examples of the documentation. One that runs has a comment above its fenced block that says how:
 *
 *     <!-- run two hash=ben
 *     await connected();
 *     -->
 *
 * - `two`: in two pages at once. `hash=…`: of the second one's address (`caller`).
 * - `with=old`: the other page is the example that has `id=old`.
 * - `project`: together with the blocks before it whose names are in brackets, among them a `server.mjs`.
 * - `socket-io`, `server-sent-events`: with that server of demo/recipes as https://example.org.
 * - `node`: in Node. `compile`: is bundled and not run.
 *
 * Below may be what must hold: code that runs in each page after the example, with `call` (the `<rtc-call>`),
 * `connected()`, `until(condition)` and `says(text)`. Without it, all pages of `two` must connect.
 */
import { build } from 'esbuild';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile as compileSvelte } from 'svelte/compiler';
import { compileScript, parse } from 'vue/compiler-sfc';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The texts with examples, from the repository on. */
const texts = [
  'README.md',
  'README.zh-CN.md',
  ...readdirSync(join(root, 'docs'), { recursive: true })
    .filter((path) => path.endsWith('.md') && !path.startsWith('.'))
    .map((path) => `docs/${path}`),
];

const block = /(?:<!-- run\b([^\n]*?)(?:\n([^]*?))?-->\s*)?```(\w+)(?: \[([^\]]+)\])?[^\n]*\n([^]*?)\n```/g;

/** @returns every example that runs, with its words, its check and the files of its project */
export function readExamples() {
  return texts.flatMap((text) => {
    const files = {};
    const source = readFileSync(join(root, text), 'utf8');
    return [...source.matchAll(block)].flatMap(([whole, words, check = '', language, file, code], index) => {
      if (file) files[file] = code;
      if (words === undefined) return [];
      const options = Object.fromEntries(
        words.split(/\s+/).flatMap((word) => (word ? [[...word.split('='), true].slice(0, 2)] : [])),
      );
      const line = source.slice(0, source.indexOf(whole)).split('\n').length;
      return [
        {
          text,
          title: `${text}:${line}`,
          index,
          options,
          check: check.trim(),
          language,
          code,
          files: { ...files },
        },
      ];
    });
  });
}

/** The component of an example, as its framework compiles it. */
const component = (code) => ({
  name: 'component',
  setup({ onLoad, onResolve }) {
    const namespace = 'example';
    onResolve({ filter: /^example\.\w+$/ }, ({ path }) => ({ path, namespace }));
    onLoad({ filter: /\.tsx$/, namespace }, () => ({ contents: code, loader: 'tsx', resolveDir: root }));
    onLoad({ filter: /\.vue$/, namespace }, () => {
      const compilerOptions = { isCustomElement: (tag) => tag.startsWith('rtc-') };
      const { content } = compileScript(parse(code).descriptor, {
        id: 'example',
        inlineTemplate: true,
        templateOptions: { compilerOptions },
      });
      return { contents: content, loader: 'ts', resolveDir: root };
    });
    onLoad({ filter: /\.svelte$/, namespace }, () => {
      const { js } = compileSvelte(code, { generate: 'client' });
      return { contents: js.code, loader: 'js', resolveDir: root };
    });
  },
});

/** How a component of a framework gets into the page. */
const mounts = {
  tsx: `import { createRoot } from 'react-dom/client';
    import Room from 'example.tsx';
    createRoot(document.querySelector('main')).render(<Room name="Ana" />);`,
  vue: `import { createApp } from 'vue';
    import Room from 'example.vue';
    createApp(Room, { name: 'Ana' }).mount('main');`,
  svelte: `import { mount } from 'svelte';
    import Room from 'example.svelte';
    mount(Room, { target: document.querySelector('main'), props: { name: 'Ana' } });`,
};

/** Bundles a module as a page's own bundler would; `rtc-call` is the package as it is built. */
export async function bundle(code, language = 'js') {
  const { outputFiles } = await build({
    stdin: { contents: mounts[language] ?? code, resolveDir: root, loader: language === 'js' ? 'js' : 'tsx' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'esnext',
    jsx: 'automatic',
    conditions: ['browser', 'svelte'],
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [component(code)],
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

/** Replaces by their bundles those scripts in markup that import a package. */
async function bundleScripts(html) {
  const script = /(<script type="module">)([^]*?)(<\/script>)/g;
  const bundles = await Promise.all(
    [...html.matchAll(script)].map(([, , code]) => (/\bimport\b[^(]/.test(code) ? bundle(code) : code)),
  );
  return html.replace(
    script,
    (_, open, __, close) => open + bundles.shift().replaceAll('</script', '<\\/script') + close,
  );
}

/** The page of an example: its own, or a plain one around it. */
export async function pageOf({ language, code }) {
  const head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Example</title>';
  const bundleTag = '<script type="module" src="rtc-call.min.js"></script>';
  if (language === 'html') {
    const html = await bundleScripts(code);
    if (/^<!doctype/i.test(code)) return html;
    return `${head}${/rtc-call(\.min|\/define)\.js/.test(code) ? '' : bundleTag}<body>${html}</body></html>`;
  }
  // What examples take for granted: a call, and a transport of the page's own.
  const given = `const channel = new BroadcastChannel('given');
    window.send = (text) => channel.postMessage(text);
    window.onReceive = (callback) => channel.addEventListener('message', ({ data }) => callback(data));`;
  const body =
    mounts[language] || /createElement\('rtc-call'\)/.test(code)
      ? '<main></main>'
      : '<rtc-call name="Ana"></rtc-call>';
  const before = /rtc-call\/(?:define|components\/.*)\.js/.test(code) ? '' : bundleTag;
  const after = (await bundle(code, language)).replaceAll('</script', '<\\/script');
  return `${head}${before}<script>${given}</script><body>${body}<script type="module">${after}</script></body></html>`;
}
