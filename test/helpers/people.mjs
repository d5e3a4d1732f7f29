/** People in one call in one page, each an `<rtc-call>`: see test/e2e/pages/people.html. */
import { openPage } from './browser.mjs';

/**
 * Opens the page with these people. Each has a `name`, under which the page knows the element, in lower case; `colour`
 * is what a drawn camera shows; the rest are properties of `<rtc-call>`.
 *
 * @param {import('puppeteer-core').Browser} browser
 * @param {string} url of the server of the repository
 * @param {object[]} people
 * @param {{ viewport?: import('puppeteer-core').Viewport, script?: () => void, isLarge?: boolean }} [options]
 *   `script` runs in the page before everything else
 */
export async function openPeople(browser, url, people, { viewport, script, isLarge } = {}) {
  const address = `${url}/test/e2e/pages/people.html?people=${encodeURIComponent(JSON.stringify(people))}`;
  const page = await openPage(browser, 'about:blank', {
    viewport: viewport ?? { width: 1280, height: 720 },
  });
  if (script) await page.evaluateOnNewDocument(script);
  await page.goto(address + (isLarge ? '&large' : ''));
  return page;
}

/**
 * Waits until everybody of the page sees so many others, all connected, and throws how far it came otherwise.
 *
 * @param {import('puppeteer-core').Page} page
 * @param {number} others
 * @param {string} [selector]
 */
export async function meet(page, others, selector = 'rtc-call', timeout = 30_000) {
  const state = () =>
    page.$$eval(selector, (calls) =>
      calls.map(({ id, phase, participants }) =>
        [id, phase, ...participants.map(({ id, connection }) => `${id} ${connection}`)].join(', '),
      ),
    );
  await page
    .waitForFunction(
      (selector, others) =>
        [...document.querySelectorAll(selector)].every(
          ({ participants = [] }) =>
            participants.length === others &&
            participants.every(({ connection }) => connection === 'connected'),
        ),
      { timeout },
      selector,
      others,
    )
    .catch(async () => {
      throw new Error(`not everybody sees ${others} others:\n${(await state()).join('\n')}`);
    });
}

/**
 * Runs in the page: what a person reads in the first element that has the part and is shown, in whatever shadow root.
 */
function textOfPart(selector, part) {
  const search = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.part?.contains(part) && element.checkVisibility()) return element;
      const found = element.shadowRoot && search(element.shadowRoot);
      if (found) return found;
    }
    return null;
  };
  const read = (node) =>
    node.nodeType === Node.TEXT_NODE
      ? node.data
      : [...(node.shadowRoot ?? node).childNodes].map(read).join(' ');
  const found = search(document.querySelector(selector).shadowRoot);
  return found ? read(found).replace(/\s+/g, ' ').trim() : null;
}

/** Waits until a part inside the person's call says this, and throws what it says otherwise. */
export async function reads(page, name, part, pattern) {
  const find = `#${name}`;
  await page
    .waitForFunction(
      (source, selector, part, pattern) =>
        new RegExp(pattern).test(new Function(`return (${source})`)()(selector, part) ?? ''),
      { timeout: 15_000 },
      textOfPart.toString(),
      find,
      part,
      pattern.source,
    )
    .catch(async () => {
      const text = await page.evaluate(textOfPart, find, part);
      throw new Error(`${part} of ${name} is not ${pattern}, but: ${text}`);
    });
}

/** Presses the button with the part inside the person's call. */
export const press = (page, name, part) => page.locator(`#${name} >>> [part~="${part}"]`).click();

/** The picture of the first other person, as this one sees it. */
export const otherOf = (name) => `#${name} >>> rtc-remote-video >>> video`;
export const ownOf = (name) => `#${name} >>> rtc-local-video >>> video`;
