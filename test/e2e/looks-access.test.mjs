/**
 * Every phase of a call as assistive technology meets it: no violation that axe knows in any theme, and the tree of
 * roles, names and states as in looks-tree.txt (RTC_UPDATE=1 writes it anew).
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { browsersUnderTest, launch } from '../helpers/browser.mjs';
import { buildLooks, openLooks, reference, themes } from '../helpers/looks.mjs';
import { serve } from '../helpers/static-server.mjs';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const states = ['pressed', 'expanded', 'disabled', 'haspopup', 'value', 'valuetext', 'description', 'level'];

/** One line for each thing, indented. */
const lines = ({ role, name, children = [], ...rest }, depth = 0) => {
  const told = states.filter((state) => state in rest).map((state) => ` ${state}=${rest[state]}`);
  return [
    `${'  '.repeat(depth)}${role} ${JSON.stringify(name ?? '')}${told.join('')}`,
    ...children.flatMap((child) => lines(child, depth + 1)),
  ];
};

describe('what assistive technology meets', { skip: !browsersUnderTest().includes('chromium') }, () => {
  let server;
  let browser;

  before(async () => {
    await buildLooks();
    server = await serve();
    browser = await launch('chromium');
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  it('has no violation in any phase and theme', { timeout: 120_000 }, async () => {
    const page = await openLooks(browser, server.url, 'desktop');
    await page.addScriptTag({ path: axe });
    const wrong = [];
    for (const phase of page.phases) {
      await page.show(phase);
      for (const theme of themes) {
        await page.dress(theme);
        const violations = await page.evaluate(async () => {
          const { violations } = await globalThis.axe.run('rtc-call', {
            resultTypes: ['violations'],
            rules: { 'target-size': { enabled: true } },
          });
          return violations.flatMap(({ id, nodes }) =>
            nodes.map(({ target, failureSummary }) => `${id} ${target.flat().join(' ')} ${failureSummary}`),
          );
        });
        wrong.push(...violations.map((text) => `${phase}, ${theme}: ${text}`));
      }
    }
    assert.deepEqual([wrong, page.problems], [[], []]);
    await page.close();
  });

  it('is the tree of before in every phase', { timeout: 60_000 }, async () => {
    const page = await openLooks(browser, server.url, 'desktop');
    const trees = [];
    for (const phase of page.phases) {
      await page.show(phase);
      await page.dress('dark');
      trees.push(`# ${phase}`, ...lines(await page.accessibility.snapshot()), '');
    }
    const text = trees.join('\n');
    assert.deepEqual(text.split('\n'), (await reference('looks-tree.txt', text)).split('\n'));
    await page.close();
  });
});
