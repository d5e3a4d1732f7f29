/** The packed bundles on pages that allow little: a content security policy, trusted types, integrity, frames. */
import assert from 'node:assert/strict';
import { appendFile, cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hashesOf, withHashes } from '../../scripts/integrity.mjs';
import { browsersUnderTest, launch, openPage, screenshot, videoFrames } from '../helpers/browser.mjs';
import { packedProject } from '../helpers/packed.mjs';
import { otherOf, press } from '../helpers/people.mjs';
import { closing } from '../helpers/person.mjs';
import { serve } from '../helpers/static-server.mjs';

/** Scripts of the page's own server and nothing else: no style sheet, style attribute, connection, media or frame. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
].join('; ');

const cdn = 'node_modules/rtc-call/cdn';
const tags = {
  module: `<script type="module" src="${cdn}/rtc-call.min.js"></script>`,
  classic: `<script src="${cdn}/rtc-call.iife.min.js"></script>`,
  second: '<script src="second.js"></script>',
};

const call = (name) => `<rtc-call id="${name.toLowerCase()}" name="${name}" no-audio></rtc-call>`;
const everybody = ['Ana', 'Ben', 'Cleo'].map(call).join('');

const pageWith = (head, body, wiring = 'wire') => `<!doctype html><html lang="en"><meta charset="utf-8">
  <title>A page</title><script src="report.mjs"></script>${head}${body}
  <script type="module" src="${wiring}.mjs"></script>`;

const twoVersions = pageWith(
  tags.classic.replace('<script', '<script id="first"') + tags.second,
  `${call('Ana')}<rtc-call id="ben" name="Ben" no-audio><second-remote-video></second-remote-video></rtc-call>
   <script src="two-versions.mjs"></script>`,
);

const pages = {
  'module.html': pageWith(tags.module, everybody),
  'classic.html': pageWith(tags.classic, everybody),
  'free.html': pageWith(tags.module, everybody),
  'shadow.html': pageWith(
    tags.module,
    `${call('Ana')}<script src="shadow.mjs"></script><page-room></page-room>`,
  ),
  'two-versions.html': twoVersions,
  'two-versions-refused.html': twoVersions,
  'framed.html': pageWith(tags.module, '<rtc-call id="ana" name="Ana"></rtc-call>', 'framed'),
};

/** What each page is served with; the others are free. */
const policies = {
  '/module.html': policy,
  '/classic.html': policy,
  '/shadow.html': policy,
  '/two-versions.html': `${policy} 'allow-duplicates'`,
  '/two-versions-refused.html': policy,
  '/framed.html': policy,
};

const secondVersion = '0.99.0';

/** A page with a call, and in a frame of another site the other end of it. */
const framing = (address, attributes) =>
  pageWith(
    tags.module,
    `<rtc-call id="ben" name="Ben" no-audio></rtc-call>
     <iframe ${attributes} src="${address}/framed.html" width="900" height="600"></iframe>`,
    'framing',
  );

const devicesAllowed = 'allow="camera; microphone; display-capture"';

/** What the page around the frame withholds, by how the frame was written. */
const withholding = {
  'without allow': 'sandbox="allow-scripts allow-same-origin"',
  'with allow, in a sandbox without allow-same-origin': `sandbox="allow-scripts" ${devicesAllowed}`,
};

/** A page that takes a bundle of another server, as the documents say, and keeps what was refused. */
const pageOfStranger = (tag) => `<!doctype html><meta charset="utf-8"><title>A page</title>
  <link rel="icon" href="data:,">
  <script>window.refused = []; addEventListener('error', ({ target }) => refused.push(target.id), true);</script>
  ${tag.replace('<script', '<script id="bundle"')}<rtc-call></rtc-call>`;

const sees = (page, id, count = 3) => videoFrames(page, otherOf(id), count);
const violations = (page) => page.evaluate(() => window.violations);
/** Firefox asks for the icon by itself, and reports that the policy forbids it. */
const withoutIcon = (problems) => problems.filter((problem) => !problem.includes('/favicon.ico'));

/** Waits for a condition in the page; puppeteer's own way evaluates text, which the policy forbids. */
async function until(page, condition, ...args) {
  const deadline = performance.now() + 15_000;
  while (!(await page.evaluate(condition, ...args))) {
    if (performance.now() > deadline) throw new Error(`not within 15 s: ${condition.toString()}`);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

/** Waits until the pointer reaches a frame of another process: until that has drawn, the page around it gets it. */
async function takesPointer(page, frame) {
  await frame.evaluate(() =>
    addEventListener('pointermove', () => (window.hasPointer = true), { once: true }),
  );
  const { x, y, width, height } = await (await page.$('iframe')).boundingBox();
  const deadline = performance.now() + 15_000;
  for (let step = 1; !(await frame.evaluate(() => window.hasPointer)); step++) {
    if (performance.now() > deadline) throw new Error('the pointer does not reach the frame');
    await page.mouse.move(x + width / 2 + (step % 2), y + height / 2);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

const shows = (page, id, part) =>
  until(
    page,
    (wantedId, wantedPart) => {
      const search = (root) =>
        [...root.querySelectorAll('*')].some(
          (element) =>
            (element.part.contains(wantedPart) && element.checkVisibility()) ||
            (element.shadowRoot && search(element.shadowRoot)),
        );
      return search(document.getElementById(wantedId).shadowRoot);
    },
    id,
    part,
  );

/** How everything inside a call is dressed: for each element the styles that a missing sheet would change. */
const dress = (page, id) =>
  page.evaluate((wanted) => {
    const names = ['display', 'position', 'color', 'backgroundColor', 'borderRadius', 'padding', 'fontSize'];
    const inside = (root) =>
      [...root.querySelectorAll('*')].flatMap((element) => {
        const style = getComputedStyle(element);
        const name = `${element.localName} ${element.part.value}`;
        const own = [name, ...names.map((property) => style[property])].join(' | ');
        return [own, ...(element.shadowRoot ? inside(element.shadowRoot) : [])];
      });
    return inside(document.getElementById(wanted).shadowRoot);
  }, id);

/** The same page without and with the policy, until both look alike: colours may be on their way. */
async function looksAlike(page, free, id) {
  const deadline = performance.now() + 5_000;
  for (;;) {
    const [strict, wanted] = [await dress(page, id), await dress(free, id)];
    const isAlike = JSON.stringify(strict) === JSON.stringify(wanted);
    if (isAlike || performance.now() > deadline) {
      assert.ok(wanted.length > 40);
      assert.deepEqual(strict, wanted);
      return;
    }
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

for (const name of browsersUnderTest()) {
  describe(`on a strict page in ${name}`, { timeout: 300_000 }, () => {
    let project;
    let site;
    let otherSite;
    let browser;

    before(async () => {
      project = await packedProject();
      await cp(fileURLToPath(new URL('strict', import.meta.url)), project.folder, { recursive: true });
      const bundle = await readFile(join(project.folder, cdn, 'rtc-call.iife.min.js'), 'utf8');
      const { version } = JSON.parse(
        await readFile(join(project.folder, 'node_modules/rtc-call/package.json'), 'utf8'),
      );
      const files = {
        ...pages,
        'second.js': bundle.replaceAll(version, secondVersion),
      };
      for (const [file, text] of Object.entries(files)) await writeFile(join(project.folder, file), text);
      const headers = Object.fromEntries(
        Object.entries(policies).map(([path, value]) => [path, { 'content-security-policy': value }]),
      );
      site = await serve(project.folder, { headers });
      otherSite = await serve(project.folder, {
        headers: { ...headers, '*': { 'access-control-allow-origin': '*' } },
      });
      browser = await launch(name);
    });
    after(async () => {
      await browser?.close();
      await site?.close();
      await otherSite?.close();
      await project?.remove();
    });

    const open = async (t, path) =>
      closing(t, await openPage(browser, `${site.url}/${path}`, { viewport: { width: 1000, height: 720 } }));

    for (const bundle of ['module', 'classic']) {
      it(`makes a whole call without a violation, and looks as ever (${bundle})`, async (t) => {
        const free = await open(t, 'free.html');
        const page = await open(t, `${bundle}.html`);
        await looksAlike(page, free, 'ana');

        await press(page, 'ana', 'preview-button');
        await videoFrames(page, '#ana >>> rtc-join >>> rtc-local-video >>> video', 3);
        for (const id of ['ana', 'ben', 'cleo']) await press(page, id, 'join-button');
        await until(page, () => document.querySelector('#ana').participants.length === 2);
        for (const id of ['ana', 'ben', 'cleo']) await sees(page, id);

        // One goes: her tile fades.
        await press(page, 'cleo', 'leave-button');
        await until(page, () => document.querySelector('#ana').participants.length === 1);

        await press(page, 'ana', 'chat-button');
        await page.locator('#ana >>> rtc-chat >>> [part~="input"]').fill('Look: https://example.org');
        await press(page, 'ana', 'send-button');
        await shows(page, 'ben', 'toast');
        await press(page, 'ana', 'devices-button');
        await shows(page, 'ana', 'device-select');
        await page.keyboard.press('Escape');
        await press(page, 'ana', 'more-button');
        await shows(page, 'ana', 'more-item');
        await screenshot(page, `strict-${bundle}-${name}`);
        await page.keyboard.press('Escape');
        await press(page, 'ana', 'camera-button');
        await until(page, () => document.querySelector('#ben').participants[0].camera === 'off');
        await page.evaluate(() => {
          document.querySelector('#ana').layout = 'speaker';
          document.querySelector('#ana').pin(document.querySelector('#ben').peerId);
        });

        await press(page, 'ana', 'leave-button');
        await shows(page, 'ana', 'join-button');
        assert.deepEqual(await violations(page), []);
        assert.deepEqual(withoutIcon(page.problems), []);
      });
    }

    it('has a window of its own under the same policy', async (t) => {
      const page = await open(t, 'module.html');
      if (!(await page.evaluate(() => 'documentPictureInPicture' in window))) {
        t.skip('this browser has no document picture-in-picture');
        return;
      }
      await page.evaluate(() =>
        documentPictureInPicture.addEventListener('enter', ({ window: pip }) =>
          window.noteViolations(pip.document),
        ),
      );
      for (const id of ['ana', 'ben']) await press(page, id, 'join-button');
      await sees(page, 'ana');
      await press(page, 'ana', 'more-button');
      const items = await page.$$('#ana >>> [part~="more-item"]');
      await items.at(-1).click();
      await until(page, () => Boolean(documentPictureInPicture.window?.document.querySelector('rtc-call')));
      const shown = await page.evaluate(async () => {
        const twin = documentPictureInPicture.window.document.querySelector('rtc-call');
        const tile = twin.shadowRoot.querySelector('rtc-remote-video');
        const video = tile.shadowRoot.querySelector('video');
        for (let count = 0; count < 3; count++)
          await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
        const button = twin.shadowRoot
          .querySelector('rtc-controls')
          .shadowRoot.querySelector('[part~="leave-button"]');
        return [getComputedStyle(tile).position, getComputedStyle(button).borderRadius !== '0px'];
      });
      assert.deepEqual(shown, ['absolute', true]);
      await page.evaluate(() => documentPictureInPicture.window.close());
      await sees(page, 'ana');
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(withoutIcon(page.problems), []);
    });

    it('makes a call out of a shadow root', async (t) => {
      const page = await open(t, 'shadow.html');
      await press(page, 'ana', 'join-button');
      await page.locator('page-room >>> #ben >>> rtc-join >>> [part~="join-button"]').click();
      await sees(page, 'ana');
      await videoFrames(page, 'page-room >>> #ben >>> rtc-remote-video >>> video', 3);
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(withoutIcon(page.problems), []);
    });

    it('bears a second version of itself: one warning, and the elements of both meet', async (t) => {
      const page = closing(t, await browser.newPage());
      const said = [];
      page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => said.push(`exception: ${error.message ?? error}`));
      await page.goto(`${site.url}/two-versions.html`);
      assert.equal(withoutIcon(said).length, 1, said.join('\n'));
      assert.match(
        withoutIcon(said)[0],
        new RegExp(`warn.*rtc-call ${secondVersion.replaceAll('.', '\\.')} was loaded`),
      );
      await press(page, 'ana', 'join-button');
      await page.evaluate(() => document.querySelector('#ben').start());
      await sees(page, 'ana');
      await videoFrames(page, '#ben second-remote-video >>> video', 3);
      const copies = await page.evaluate(() => [
        customElements.get('rtc-call').version,
        Object.getPrototypeOf(customElements.get('second-remote-video')) ===
          customElements.get('rtc-remote-video'),
      ]);
      assert.deepEqual(copies, [copies[0], false]);
      assert.notEqual(copies[0], secondVersion);
      assert.deepEqual(await violations(page), []);
      assert.equal(withoutIcon(said).length, 1, said.join('\n'));
    });

    it('goes on where the policy refuses the second copy of lit', async (t) => {
      const page = await open(t, 'two-versions-refused.html');
      assert.match(page.problems.join('\n'), /exception: .*policy/i);
      await page.evaluate(() => {
        for (const id of ['ana', 'ben']) document.getElementById(id).start();
      });
      await sees(page, 'ana');
    });

    /** Opens a page with the frame, and returns both. */
    async function openFrame(t, attributes) {
      await writeFile(join(project.folder, 'framing.html'), framing(otherSite.url, attributes));
      const url = `${site.url.replace('127.0.0.1', 'localhost')}/framing.html`;
      const page = closing(t, await openPage(browser, url, { viewport: { width: 1000, height: 1300 } }));
      const frame = page.frames().find((one) => one.url().startsWith(otherSite.url));
      await takesPointer(page, frame);
      return { page, frame };
    }

    it('has its devices in a sandboxed frame of another site that allows them', async (t) => {
      const { page, frame } = await openFrame(
        t,
        `sandbox="allow-scripts allow-same-origin" ${devicesAllowed}`,
      );
      await press(frame, 'ana', 'preview-button');
      await videoFrames(frame, '#ana >>> rtc-join >>> rtc-local-video >>> video', 3);
      await press(frame, 'ana', 'join-button');
      await press(page, 'ben', 'join-button');
      await sees(page, 'ben');
      await sees(frame, 'ana');
      await press(frame, 'ana', 'chat-button');
      await frame.locator('#ana >>> rtc-chat >>> [part~="input"]').fill('Out of the frame');
      await press(frame, 'ana', 'send-button');
      await shows(page, 'ben', 'toast');
      assert.deepEqual(await violations(frame), []);
      assert.deepEqual(withoutIcon(page.problems), []);
    });

    for (const [how, attributes] of Object.entries(withholding)) {
      it(`says in a frame of another site that the page around it is to blame, and receives (${how})`, async (t) => {
        const { page, frame } = await openFrame(t, attributes);
        await press(frame, 'ana', 'preview-button');
        await shows(frame, 'ana', 'tab-link');
        const advice = await frame.$eval('#ana >>> [part~="advice"]', ({ textContent }) => textContent);
        assert.match(advice, /The page around this call withholds it/);
        const codes = await frame.$eval('#ana', ({ controller }) =>
          Object.values(controller.state.mediaErrors).map((error) => error?.code),
        );
        assert.ok(codes.includes('policy-blocked') && !codes.includes('permission-denied'), codes.join());
        await press(frame, 'ana', 'name-input');
        await page.keyboard.type('!');
        await page.keyboard.press('Enter');
        await press(page, 'ben', 'join-button');
        await sees(frame, 'ana');
        await until(page, () => {
          const [ana] = document.querySelector('#ben').participants;
          return ana?.name.includes('!') && ana.connection === 'connected' && ana.camera === 'off';
        });
        assert.deepEqual(await violations(frame), []);
        assert.deepEqual(withoutIcon(page.problems), []);
      });
    }

    it('is taken with the hash that a release writes into the documents, and refused when it was changed', async (t) => {
      const folder = join(project.folder, cdn);
      const { version } = JSON.parse(
        await readFile(join(project.folder, 'node_modules/rtc-call/package.json'), 'utf8'),
      );
      const document = await withHashes('<!-- integrity --><!-- /integrity -->', {
        path: 'README.md',
        version,
        hashes: hashesOf(folder),
      });
      const scripts = document.match(/<script[^>]*><\/script>/g);
      assert.equal(scripts.length, 2);
      for (const written of scripts) {
        const tag = written.replace(
          `https://cdn.example.org/rtc-call@${version}/cdn`,
          `${otherSite.url}/${cdn}`,
        );
        assert.notEqual(tag, written);
        await writeFile(join(project.folder, 'stranger.html'), pageOfStranger(tag));
        const page = await open(t, 'stranger.html');
        await page.locator('>>> [part~="join-button"]').wait();
        assert.deepEqual(await page.evaluate(() => window.refused), []);
        assert.deepEqual(withoutIcon(page.problems), []);

        // One byte more, from the same address.
        const file = join(folder, /rtc-call[.a-z]*\.js/.exec(tag.slice(tag.indexOf('/cdn/')))[0]);
        const bytes = await readFile(file);
        await appendFile(file, '\n');
        const changed = await open(t, 'stranger.html');
        await writeFile(file, bytes);
        assert.deepEqual(await changed.evaluate(() => window.refused), ['bundle']);
        assert.match(changed.problems.join('\n'), /integrity/i);
        assert.equal(await changed.evaluate(() => customElements.get('rtc-call')), undefined);
      }
    });
  });
}
