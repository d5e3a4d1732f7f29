/** Opens the page that shows every phase of a call, made of the sources as they are now. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import prettier from 'prettier';
import { openPage } from './browser.mjs';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

export const themes = ['light', 'dark', 'rtl', 'forced'];

export const sizes = {
  phone: { width: 390, height: 844, isMobile: true, hasTouch: true },
  tablet: { width: 820, height: 1180, isMobile: true, hasTouch: true },
  desktop: { width: 1280, height: 800 },
};

/** Writes the script of the page to test/artefacts/. */
export const buildLooks = () =>
  build({
    entryPoints: [path('e2e/pages/looks.ts')],
    outfile: path('artefacts/looks.js'),
    bundle: true,
    ignoreAnnotations: true, // the package says of dist/, not of src/, what has side effects
    format: 'esm',
    target: 'es2022',
    tsconfig: path('../tsconfig.json'),
    logLevel: 'warning',
  });

/** The page in a window of one of the sizes, with verbs of its own. */
export async function openLooks(browser, url, size) {
  const page = await openPage(browser, `${url}/test/e2e/pages/looks.html`, { viewport: sizes[size] });
  const session = await page.createCDPSession();
  const emulate = (features, media = '') =>
    session.send('Emulation.setEmulatedMedia', {
      media,
      features: Object.entries({ 'prefers-reduced-motion': 'reduce', ...features }).map(([name, value]) => ({
        name,
        value,
      })),
    });
  await emulate({});
  await page.emulateTimezone('UTC');
  return Object.assign(page, {
    emulate,
    phases: await page.evaluate(() => globalThis.looks.names),
    show: (name) => page.evaluate((phase) => globalThis.looks.show(phase), name),
    async dress(theme) {
      await emulate({ 'forced-colors': theme === 'forced' ? 'active' : 'none' });
      await page.evaluate((wanted) => globalThis.looks.dress(wanted), theme);
    },
    boxes: () => page.evaluate(() => globalThis.looks.boxes()),
    moving: () => page.evaluate(() => globalThis.looks.moving()),
    settled: () => page.evaluate(() => globalThis.looks.settled()),
  });
}

/**
 * What a committed file holds; with RTC_UPDATE=1 it is written anew.
 *
 * @param {string} name a file of test/e2e
 * @param {unknown} value text, or data for a file that ends in `.json`
 */
export async function reference(name, value) {
  const file = path(`e2e/${name}`);
  const isData = name.endsWith('.json');
  if (process.env.RTC_UPDATE) {
    const options = await prettier.resolveConfig(file);
    const text = isData
      ? await prettier.format(JSON.stringify(value), { ...options, parser: 'json' })
      : value;
    await writeFile(file, text);
  }
  const text = await readFile(file, 'utf8');
  return isData ? JSON.parse(text) : text;
}
