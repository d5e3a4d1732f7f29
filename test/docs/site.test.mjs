/** The documentation site as it is built: its links, its pages, its live examples, and what it says of the sources. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { browsersUnderTest, launch, openPage, videoFrames } from '../helpers/browser.mjs';
import { serve } from '../helpers/static-server.mjs';
import { brokenFiles, brokenLinks, pagesIn } from './links.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const site = join(root, 'docs/.vitepress/dist');
const read = (path) => readFileSync(join(root, path), 'utf8');

let server;
before(async () => {
  await promisify(execFile)(process.execPath, ['scripts/docs.mjs', 'build'], { cwd: root }).catch((error) => {
    assert.fail(error.stdout + error.stderr);
  });
  server = await serve(site);
});
after(() => server.close());

describe('the documentation', () => {
  it('has no link and no anchor that leads nowhere', () => {
    assert.deepEqual(brokenLinks(site), []);
    process.chdir(root);
    assert.deepEqual(brokenFiles(['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'SECURITY.md']), []);
  });

  it('gives cause and cure of every error code, and of no other', () => {
    const [, union] = /export type CallErrorCode =([^;]+);/.exec(read('src/core/errors.ts'));
    const codes = [...union.matchAll(/'([\w-]+)'/g)].map(([, code]) => code);
    const sections = read('docs/reference/errors.md').split(/^### /m).slice(1);
    assert.deepEqual(sections.map((text) => text.split('\n')[0]).sort(), codes.sort());
    for (const text of sections) assert.match(text, /\*\*Cause:\*\* \S[^]*\*\*Cure:\*\* \S/);
  });

  it('describes everything that the manifest names', () => {
    const elements = JSON.parse(read('custom-elements.json')).modules.flatMap(
      ({ declarations }) => declarations,
    );
    for (const element of elements.filter(({ tagName }) => tagName)) {
      const text = read(`docs/reference/${element.tagName}.md`);
      const kinds = ['attributes', 'events', 'slots', 'cssParts', 'cssStates', 'cssProperties', 'commands'];
      const named = kinds.flatMap((kind) => element[kind] ?? []);
      const members = (element.members ?? []).filter(({ static: isStatic }) => !isStatic);
      for (const { name } of [...named, ...members]) {
        // A slot without a name is the default one.
        const words = name ? [`\`${name}\``, `\`${name}(`] : ['| (default) |'];
        assert.ok(
          words.some((word) => text.includes(word)),
          `${element.tagName}: ${name || '(default)'}`,
        );
      }
    }
  });
});

for (const name of browsersUnderTest()) {
  describe(`the site (${name})`, () => {
    let browser;
    before(async () => {
      browser = await launch(name);
    });
    after(() => browser.close());

    const isFirst = name === browsersUnderTest()[0];

    it('opens every page without an error and asks no other server', { skip: !isFirst }, async () => {
      const page = await openPage(browser, server.url);
      const foreign = [];
      page.on('request', (request) => {
        if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(server.url))
          foreign.push(request.url());
      });
      for (const path of pagesIn(site)) {
        await page.goto(`${server.url}/${path}`, { waitUntil: 'load' });
        await page.waitForFunction(() => document.querySelector('#app')?.__vue_app__, { timeout: 10_000 });
        assert.deepEqual({ path, problems: page.problems, foreign }, { path, problems: [], foreign: [] });
      }
    });

    const live = ['examples.html', ...(isFirst ? ['guide/styling.html'] : [])];
    for (const path of live) {
      it(`connects each live example of ${path}`, async () => {
        const page = await openPage(browser, `${server.url}/${path}`, {
          viewport: { width: 1280, height: 900 },
        });
        const examples = await page.$$('.live-example');
        assert.ok(examples.length > 0);
        for (const example of examples) {
          const title = await example.$eval('pre code', (code) => code.textContent);
          await example.evaluate((element) => element.scrollIntoView({ block: 'center' }));
          await (await example.waitForSelector('[data-run]')).click();
          const frame = await (await example.waitForSelector('iframe')).contentFrame();
          for (const call of await frame.$$('rtc-call')) {
            await frame.waitForFunction((element) => element.start, {}, call);
            // As a visitor: where the call waits for it, press Join.
            if (await call.evaluate(({ autostart }) => autostart)) continue;
            await (await call.waitForSelector('>>> [part~="join-button"]', { visible: true })).click();
          }
          await frame
            .waitForFunction(
              () => [...document.querySelectorAll('rtc-call')].every(({ phase }) => phase === 'connected'),
              { timeout: 30_000 },
            )
            .catch(() => assert.fail(`It does not connect:\n${title}`));
          const hasOwnTiles = await frame.$('rtc-call rtc-remote-video');
          await videoFrames(frame, `${hasOwnTiles ? '' : 'rtc-call >>> '}rtc-remote-video >>> video`, 3);
          await (await example.waitForSelector('.live-buttons button')).click();
        }
        assert.deepEqual(page.problems, []);
        await page.close();
      });
    }
  });
}
