/** Calls between <rtc-call> and pages that do not know it: textbook code, perfect negotiation, simple-peer 9.11. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { browsersUnderTest, launch, openPage } from '../helpers/browser.mjs';
import { serve } from '../helpers/static-server.mjs';

const pages = '/test/chaos/pages/interop';
let server;

before(async () => {
  server = await serve();
});
after(() => server.close());

/** A call and a foreign page in two frames of one page, which brings the messages of each to the other. */
class Scene {
  static async open(t, browser, { call, foreign }) {
    const page = await openPage(browser, `${server.url}${pages}.html`);
    t.after(() => page.close());
    const scene = new Scene();
    scene.page = page;
    await page.evaluate(
      async (urls) => {
        await Promise.all(urls.map((url, index) => globalThis.load(index, url)));
      },
      [`${pages}-call.html?${call}`, `${pages}-${foreign}`],
    );
    await page.waitForFunction(() => frames[0].reports && frames[1].prepare);
    await scene.in(1, () => globalThis.prepare());
    return scene;
  }

  /** Runs in one of the frames: 0 is the call, 1 the other page. */
  async in(index, source, argument) {
    return this.page.evaluate(
      (at, text, wanted) => frames[at].eval(`(${text})`)(wanted),
      index,
      source.toString(),
      argument,
    );
  }

  /** Waits for a condition in a frame. */
  async until(index, condition, argument, timeoutMs = 15_000) {
    try {
      await this.page.waitForFunction(
        (at, text, wanted) => frames[at].eval(`(${text})`)(wanted),
        { timeout: timeoutMs, polling: 50 },
        index,
        condition.toString(),
        argument,
      );
    } catch (error) {
      const state = await this.in(0, () => {
        const { phase, participants, error: recorded } = document.querySelector('rtc-call');
        const people = participants.map(({ connection, camera, microphone, stream, screenStream }) => ({
          connection,
          camera,
          microphone,
          kinds: stream.getTracks().map(({ kind, muted }) => `${kind}${muted ? ' muted' : ''}`),
          screen: screenStream?.getTracks().length ?? null,
        }));
        return { phase, people, error: recorded?.message };
      });
      const log = (await this.log()).map(({ from, message }) => `${from}: ${outline(message)}`);
      const text = `Never in frame ${index}: ${condition.toString()}\n${JSON.stringify(state)}\n${log.join('\n')}\n${this.page.problems.join('\n')}`;
      throw new Error(text, { cause: error });
    }
  }

  log() {
    return this.page.evaluate(() => globalThis.log);
  }

  async start(order) {
    const startCall = () => this.in(0, () => void document.querySelector('rtc-call').start());
    const startPage = () => this.in(1, () => globalThis.start());
    for (const who of order) await (who === 'call' ? startCall() : startPage());
  }

  /** Loads the other page anew. */
  async reload() {
    await this.page.evaluate(() => {
      const { src } = document.querySelectorAll('iframe')[1];
      return globalThis.load(1, src);
    });
    await this.page.waitForFunction(() => frames[1].prepare);
    await this.in(1, () => globalThis.prepare());
  }

  /** The call knows that somebody is there, before it starts. */
  async isCalled() {
    await this.until(0, () => document.querySelector('rtc-call').controller.state.incoming !== null);
  }

  /** Both sides are connected, and pictures are decoded on both. */
  async flows() {
    await this.until(0, () => {
      const { phase, participants } = document.querySelector('rtc-call');
      const [other] = participants;
      // Of a picture and a sound that flow nobody knows more.
      return phase === 'connected' && other.camera === 'unknown' && other.microphone === 'unknown';
    });
    await Promise.all([this.decodes(0), this.decodes(1)]);
  }

  /** So many further pictures are decoded in the frame, of so many videos. */
  async decodes(index, { pictures = 5, videos = 1 } = {}) {
    const counts = await this.in(index, countPictures);
    await this.until(
      index,
      async ({ before: former, more, atLeast }) => {
        const now = [];
        for (const report of await globalThis.reports()) {
          for (const stats of report.values()) {
            if (stats.type === 'inbound-rtp' && stats.kind === 'video') {
              now.push([stats.id, stats.framesDecoded ?? 0]);
            }
          }
        }
        return now.filter(([id, count]) => count >= (former[id] ?? 0) + more).length >= atLeast;
      },
      { before: counts, more: pictures, atLeast: videos },
    );
  }

  /** Nothing is wrong in either page, and nothing was sent that the other page does not know. */
  async isClean(isOurs) {
    assert.deepEqual(this.page.problems, []);
    for (const { from, message } of await this.log()) {
      if (from === 'call') assert.ok(isOurs(message), `sent: ${JSON.stringify(message).slice(0, 200)}`);
    }
  }
}

async function countPictures() {
  const counts = {};
  for (const report of await globalThis.reports()) {
    for (const stats of report.values()) {
      if (stats.type === 'inbound-rtp' && stats.kind === 'video') counts[stats.id] = stats.framesDecoded ?? 0;
    }
  }
  return counts;
}

const outline = (message) =>
  message.sdp || message.description
    ? `${(message.description ?? message).type} ${((message.description ?? message).sdp.match(/^(m=\w+|a=(sendrecv|recvonly|sendonly|inactive)|o=.*)/gm) ?? []).join(' ')}`
    : JSON.stringify(message).slice(0, 160);

const isNested = (message) =>
  Object.keys(message).join() === 'description'
    ? ['offer', 'answer'].includes(message.description.type)
    : Object.keys(message).join() === 'candidate' && message.candidate.candidate !== '';
const isFlat = (message) =>
  message.sdp ? ['offer', 'answer'].includes(message.type) : Boolean(message.candidate?.candidate);
const isSimplePeer = (message) =>
  message.candidate
    ? message.type === 'candidate' && 'sdpMid' in message.candidate
    : message.sdp || message.renegotiate === true || Boolean(message.transceiverRequest);

/** The other page has got sound and picture of the call, in one stream. */
const hasBoth = () => globalThis.receivedKinds().join() === 'audio,video';

/** Camera off and on, microphone off and on, on the side of the call: it flows again. */
async function muteAndUnmute(scene) {
  await scene.in(0, async () => {
    const call = document.querySelector('rtc-call');
    await call.setCamera(false);
    await call.setMicrophone(false);
    await call.setCamera(true);
    await call.setMicrophone(true);
  });
  await Promise.all([scene.decodes(0), scene.decodes(1)]);
}

/** The call shares a screen beside the camera, and the other page sees both; then it stops. */
async function shareScreen(scene) {
  await scene.in(0, () => document.querySelector('rtc-call').setScreenShare(true));
  await scene.decodes(1, { videos: 2 });
  await scene.until(1, () => globalThis.receivedKinds().join() === 'audio,video,video');
  await scene.in(0, () => document.querySelector('rtc-call').setScreenShare(false));
  await Promise.all([scene.decodes(0), scene.decodes(1)]);
}

/** The path is lost: the call restarts ICE, the other page answers, and it flows again. */
async function losePath(scene) {
  const former = await scene.in(0, () => globalThis.ufrag());
  await scene.in(0, () => globalThis.sayPath(true));
  await scene.until(0, () => document.querySelector('rtc-call').phase === 'reconnecting');
  await scene.until(0, (ufrag) => globalThis.ufrag() !== ufrag, former);
  await scene.in(0, () => globalThis.sayPath(false));
  await scene.flows();
}

/** The other page adds a picture later: it is shown as its screen. */
async function showPicture(scene) {
  await scene.in(1, () => globalThis.addPicture());
  await scene.until(0, () => document.querySelector('rtc-call').participants[0]?.screenStream != null);
  await scene.decodes(0, { videos: 2 });
}

for (const name of browsersUnderTest()) {
  describe(`a call in ${name}`, () => {
    let browser;
    before(async () => {
      browser = await launch(name);
    });
    after(() => browser?.close());

    for (const shape of ['nested', 'flat']) {
      const foreign = `textbook.html?${shape}`;
      const isOurs = shape === 'flat' ? isFlat : isNested;

      it(`is called by a textbook page (${shape})`, async (t) => {
        const scene = await Scene.open(t, browser, { call: '', foreign });
        await scene.start(['page']);
        await scene.isCalled();
        await scene.start(['call']);
        await scene.flows();
        await scene.until(1, hasBoth);
        await muteAndUnmute(scene);
        await shareScreen(scene);
        await showPicture(scene);
        if (shape === 'nested') await losePath(scene);
        await scene.isClean(isOurs);
      });

      it(`calls a textbook page (${shape})`, async (t) => {
        const call = `initiator&dialect=${shape === 'flat' ? 'simple-peer' : 'w3c'}`;
        const scene = await Scene.open(t, browser, { call, foreign });
        await scene.start(['call']);
        await scene.flows();
        await scene.until(1, hasBoth);
        await muteAndUnmute(scene);
        await shareScreen(scene);
        if (shape === 'nested') await losePath(scene);
        await scene.isClean(isOurs);
      });
    }

    it('keeps the place of a page that is reloaded', async (t) => {
      const scene = await Scene.open(t, browser, { call: '', foreign: 'textbook.html' });
      await scene.start(['page']);
      await scene.isCalled();
      await scene.start(['call']);
      await scene.flows();
      await scene.in(0, () => {
        const call = document.querySelector('rtc-call');
        globalThis.former = call.participants[0].stream;
        globalThis.left = 0;
        call.addEventListener('rtc-participant-leave', () => globalThis.left++);
      });
      await scene.reload();
      await scene.start(['page']);
      await scene.until(1, hasBoth);
      await scene.flows();
      await scene.until(0, () => {
        const [{ stream }] = document.querySelector('rtc-call').participants;
        return stream === globalThis.former && stream.getTracks().length === 2 && globalThis.left === 0;
      });
      await scene.isClean(isNested);
    });

    for (const polite of [true, false]) {
      it(`speaks with perfect negotiation that is ${polite ? 'polite' : 'impolite'}`, async (t) => {
        const call = polite ? 'dialect=w3c&initiator' : 'dialect=w3c';
        const scene = await Scene.open(t, browser, {
          call,
          foreign: `perfect.html?${polite ? 'polite' : ''}`,
        });
        await scene.start(['call', 'page']);
        await scene.flows();
        await scene.until(1, hasBoth);
        await muteAndUnmute(scene);
        await Promise.all([shareScreen(scene), showPicture(scene)]);
        await scene.in(1, () => globalThis.restart());
        await scene.until(1, () => globalThis.restarts() === 2);
        await Promise.all([scene.decodes(0), scene.decodes(1)]);
        await scene.isClean(isNested);
      });
    }

    it('answers simple-peer, which then renegotiates', async (t) => {
      const scene = await Scene.open(t, browser, {
        call: 'dialect=simple-peer',
        foreign: 'simple-peer.html?initiator',
      });
      await scene.start(['call', 'page']);
      await scene.flows();
      await scene.until(1, hasBoth);
      await scene.until(1, () => globalThis.events.includes('connect'));
      await scene.in(1, () => globalThis.sendText());
      await muteAndUnmute(scene);
      await shareScreen(scene);
      await showPicture(scene);
      await losePath(scene);
      assert.deepEqual(await scene.in(1, () => globalThis.events), ['connect']);
      await scene.isClean(isSimplePeer);
      await scene.in(1, () => globalThis.hangUp());
      await scene.until(0, () => document.querySelector('rtc-call').phase === 'waiting');
    });

    it('does not destroy a simple-peer that was there before it, and in silence', async (t) => {
      const scene = await Scene.open(t, browser, { call: '', foreign: 'simple-peer.html?initiator&late' });
      await scene.start(['page', 'call']);
      await scene.until(1, () => globalThis.heard.length > 0);
      assert.deepEqual(await scene.in(1, () => globalThis.events), []);
      await scene.in(1, () => globalThis.speak());
      await scene.flows();
      await scene.until(1, hasBoth);
      assert.deepEqual(await scene.in(1, () => globalThis.events), ['connect']);
      await scene.isClean(isSimplePeer);
    });

    it('shows itself to a simple-peer that offers neither sound nor picture', async (t) => {
      const scene = await Scene.open(t, browser, {
        call: '',
        foreign: 'simple-peer.html?initiator&silent',
      });
      await scene.start(['page']);
      await scene.isCalled();
      await scene.start(['call']);
      await scene.until(1, hasBoth);
      await scene.decodes(1);
      await scene.until(0, () => document.querySelector('rtc-call').participants[0]?.camera === 'off');
      assert.deepEqual(await scene.in(1, () => globalThis.events), ['connect']);
      await scene.isClean(isSimplePeer);
    });

    it('calls simple-peer, which asks for more', async (t) => {
      const scene = await Scene.open(t, browser, {
        call: 'dialect=simple-peer&initiator',
        foreign: 'simple-peer.html',
      });
      await scene.start(['call']);
      await scene.flows();
      await scene.until(1, hasBoth);
      await scene.until(1, () => globalThis.events.includes('connect'));
      await scene.in(1, () => globalThis.sendText());
      await muteAndUnmute(scene);
      await showPicture(scene);
      await shareScreen(scene);
      const sections = await scene.in(1, () => globalThis.sectionCount());
      await scene.in(1, () => globalThis.addTransceiver());
      await scene.until(1, (count) => globalThis.sectionCount() === count + 1, sections);
      await Promise.all([scene.decodes(0), scene.decodes(1)]);
      assert.deepEqual(await scene.in(1, () => globalThis.events), ['connect']);
      await scene.isClean(isSimplePeer);
    });
  });
}
