/** A call that is lost for a moment: what is on the screen meanwhile, and that it is back afterwards. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { browsersUnderTest, launch, screenshot, videoFrames } from '../helpers/browser.mjs';
import { meet, openPeople, otherOf } from '../helpers/people.mjs';
import { closing } from '../helpers/person.mjs';
import { serve } from '../helpers/static-server.mjs';

/** Runs in the page before everything else: keeps every connection, to cut it. */
function keepConnections() {
  window.connections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration) {
      super(configuration);
      window.connections.push(this);
    }
  };
}

/**
 * Runs in the page: cuts the connection at one end and looks at both pictures in every frame, from the loss until
 * both are back and new frames come. @returns what was seen, by person: each picture, and for how many frames
 */
async function cutAndLook() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 4, height: 4 });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const seen = { ana: [], ben: [] };
  const lost = new Set();
  const tiles = ['ana', 'ben'].map((id) => {
    const tile = document.querySelector(`#${id}`).shadowRoot.querySelector('rtc-remote-video');
    return { id, tile, video: tile.shadowRoot.querySelector('video') };
  });
  const connectionsBefore = window.connections.length;
  const look = () => {
    for (const { id, tile, video } of tiles) {
      const isLost = tile.matches(':state(reconnecting)');
      if (isLost) lost.add(id);
      if (!lost.has(id)) continue;
      context.clearRect(0, 0, 4, 4);
      context.drawImage(tile.shadowRoot.querySelector('canvas') ?? video, 0, 0, 4, 4);
      const [red, green, blue, alpha] = context.getImageData(2, 2, 1, 1).data;
      // Under the veil there is less of it.
      const colour =
        alpha < 255
          ? 'nothing'
          : red > green + 8
            ? 'red'
            : green > Math.max(red, blue) + 8
              ? 'green'
              : `dark ${[red, green, blue]}`;
      const isLive = tile.matches(':state(live)');
      const isFormer = window.connections.length === connectionsBefore;
      const what = `${isLost ? 'lost' : 'back'}, ${isFormer ? 'former' : 'new'} connection, ${colour}${isLive ? '' : ', covered'}`;
      const last = seen[id].at(-1);
      if (last?.[0] === what) last[1]++;
      else seen[id].push([what, 1]);
    }
    frame = requestAnimationFrame(look);
  };
  let frame = requestAnimationFrame(look);
  for (const call of document.querySelectorAll('rtc-call')) {
    const receive = call.receiveSignal.bind(call);
    call.receiveSignal = (message) => setTimeout(receive, 200, message); // as over a slow transport
  }
  window.connections[0].close();
  const isBack = () =>
    lost.size > 0 && tiles.every(({ tile }) => tile.participant?.connection === 'connected');
  const deadline = performance.now() + 30_000;
  while (!isBack() && performance.now() < deadline) await new Promise(requestAnimationFrame);
  for (let count = 0; count < 5; count++)
    await Promise.all(
      tiles.map(({ video }) => new Promise((resolve) => video.requestVideoFrameCallback(resolve))),
    );
  cancelAnimationFrame(frame);
  return { seen, lost: [...lost], connections: window.connections.length };
}

let server;

before(async () => {
  server = await serve();
});
after(() => server.close());

for (const name of browsersUnderTest()) {
  describe(`a call that is lost for a moment (${name})`, { timeout: 120_000 }, () => {
    let browser;
    before(async () => {
      browser = await launch(name);
    });
    after(() => browser.close());

    it('keeps the last picture under the veil until the next one is there', async (t) => {
      const page = closing(
        t,
        await openPeople(
          browser,
          server.url,
          [
            { name: 'Ana', colour: '#f00', autostart: true },
            { name: 'Ben', colour: '#0a0', autostart: true },
          ],
          { script: keepConnections },
        ),
      );
      await meet(page, 1);
      for (const person of ['ana', 'ben']) await videoFrames(page, otherOf(person), 3);
      const { seen, lost, connections } = await page.evaluate(cutAndLook);
      t.diagnostic(JSON.stringify(seen));
      assert.ok(connections > 2, 'a new connection was made');
      assert.ok(lost.includes('ana'), 'the loss was shown');
      // Ana's end: at the other one the test itself has closed the connection, which no network does.
      assert.deepEqual(
        seen.ana.filter(([what]) => !what.endsWith(', green')),
        [],
      );
      const [what, frames] = seen.ana[0];
      assert.equal(what, 'lost, former connection, green');
      assert.ok(frames > 10, `for long enough to be seen: ${frames} frames`);
      assert.equal(seen.ana.at(-1)[0], 'back, new connection, green');
    });

    it('is back with its picture when the person comes back to the page', async (t) => {
      const camera = (person) => ({ ...person, noAudio: true, autostart: true });
      const ben = closing(t, await openPeople(browser, server.url, [camera({ name: 'Ben', peerId: 'ben' })]));
      const ana = closing(t, await openPeople(browser, server.url, [camera({ name: 'Ana', peerId: 'ana' })]));
      await meet(ana, 1);
      await videoFrames(ana, otherOf('ana'), 3);
      await ana.evaluate(() => (window.isSame = true));
      await ana.goto(`${server.url}/test/e2e/pages/people.html`);
      await ana.goBack();
      t.diagnostic(`from the back/forward cache: ${await ana.evaluate(() => window.isSame === true)}`);
      await meet(ana, 1);
      await videoFrames(ana, otherOf('ana'), 3);
      await screenshot(ana, `came-back-${name}`);
      await ben.bringToFront();
      await meet(ben, 1);
      await videoFrames(ben, otherOf('ben'), 3);
      assert.deepEqual([ana.problems, ben.problems], [[], []]);
    });
  });
}
