/** The main job: people in browsers of their own, on the demo page, over the real relay, see and hear each other. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../../demo/server.mjs';
import { browsersUnderTest, screenshot, videoFrames } from '../helpers/browser.mjs';
import { closing, Person } from '../helpers/person.mjs';

const browsers = browsersUnderTest();
const pairs = browsers.flatMap((first) => browsers.map((second) => [first, second]));

/** Keeps every track that the page opens, to see later whether the light is out. */
const rememberTracks = (page) =>
  page.evaluate(() => {
    const devices = navigator.mediaDevices;
    const open = devices.getUserMedia.bind(devices);
    globalThis.openedTracks = [];
    devices.getUserMedia = async (constraints) => {
      const stream = await open(constraints);
      globalThis.openedTracks.push(...stream.getTracks());
      return stream;
    };
  });

const openedTracks = (page) =>
  page.evaluate(() => globalThis.openedTracks.map(({ readyState }) => readyState));

let server;

before(async () => {
  server = await startServer({ port: 0, quiet: true });
});
after(() => server.close());

/** Two people in one room: the first makes it and waits, the second opens the first one's address. */
async function callBetween(t, first, second, options = {}) {
  const ana = closing(t, await Person.open(first, server.url, options.first));
  await rememberTracks(ana.page);
  await ana.join('Ana');
  await ana.inPhase('waiting');
  const ben = closing(t, await Person.open(second, ana.page.url(), options.second));
  await rememberTracks(ben.page);
  await ben.join('Ben');
  return { ana, ben };
}

for (const [first, second] of pairs) {
  describe(`a call from ${second} to ${first}`, () => {
    it('shows and sounds on both sides, and ends within a second of hanging up', async (t) => {
      const { ana, ben } = await callBetween(t, first, second);
      await Promise.all([ana.sees(10), ben.sees(10)]);
      await Promise.all([ana.with(1), ben.with(1)]);
      const [atAna, atBen] = await Promise.all([ana.hears(), ben.hears()]);
      assert.ok(atAna > 0.01, `Ana hears nothing: the loudest sample is ${atAna}`);
      assert.ok(atBen > 0.01, `Ben hears nothing: the loudest sample is ${atBen}`);
      await screenshot(ana.page, `call-${first}-${second}`);

      const [name] = await ana.page.evaluate(() =>
        document.querySelector('rtc-call').participants.map((participant) => participant.name),
      );
      assert.equal(name, 'Ben');

      const ended = await ben.nextTimeOf('rtc-phase-change');
      const left = await ana.nextTimeOf('rtc-participant-leave');
      await ben.leave();
      const afterMs = (await left()) - (await ended());
      assert.ok(afterMs < 1000, `Ana learns after ${afterMs} ms that Ben has left`);
      await ana.inPhase('waiting');
      await ben.inPhase('ended');
      assert.deepEqual([...new Set(await openedTracks(ben.page))], ['ended']);
      assert.ok((await openedTracks(ben.page)).length >= 2, 'microphone and camera were opened');
      assert.deepEqual([...new Set(await openedTracks(ana.page))], ['live']);

      await ben.join();
      await Promise.all([ana.sees(), ben.sees()]);
      assert.deepEqual([ana.page.problems, ben.page.problems], [[], []]);
    });
  });
}

const [browser] = browsers;
const other = browsers.at(-1);

describe('a call', () => {
  it('holds three people', async (t) => {
    const { ana, ben } = await callBetween(t, browser, other);
    const cem = closing(t, await Person.open(browser, ana.page.url()));
    await cem.join('Cem');
    const people = [ana, ben, cem];
    await Promise.all(people.map((person) => person.with(2)));
    for (const person of people) {
      const ids = await person.page.evaluate(() =>
        document.querySelector('rtc-call').participants.map(({ id }) => id),
      );
      for (const id of ids) {
        await videoFrames(person.page, `rtc-call >>> rtc-remote-video[participant-id="${id}"] >>> video`, 5);
      }
    }
    await screenshot(ana.page, 'call-three');
    await ben.close();
    await Promise.all([ana.with(1), cem.with(1)]);
    await Promise.all([ana.sees(), cem.sees()]);
  });

  for (const name of browsers) {
    it(`comes back when a page is reloaded (${name})`, async (t) => {
      const { ana, ben } = await callBetween(t, name, browser);
      await Promise.all([ana.sees(), ben.sees()]);
      await ben.page.reload();
      await ben.join('Ben');
      await ben.sees();
      await ana.with(1);
      await ana.sees();
      await ana.page.reload();
      await ana.join('Ana');
      await ana.sees();
      await ben.with(1);
      await ben.sees();
    });

    it(`is joined to watch and listen where the devices are refused (${name})`, async (t) => {
      const { ana, ben } = await callBetween(t, browser, name, { second: { denyMedia: true } });
      await ben.sees();
      await ana.with(1);
      await ben.until((call) => call.media.camera === 'denied' && call.media.microphone === 'denied');
      assert.equal(
        await ben.page.evaluate(() => document.querySelector('rtc-call').error.code),
        'permission-denied',
      );
      const told = await ana.page.evaluate(() => document.querySelector('rtc-call').participants[0].camera);
      assert.equal(told, 'off');
      await screenshot(ben.page, `call-refused-${name}`);
    });
  }

  it('goes on after malformed messages, and says what was wrong with them', async (t) => {
    const { ana, ben } = await callBetween(t, browser, other);
    await Promise.all([ana.sees(), ben.sees()]);
    const errors = await ana.page.evaluate(() => {
      const call = document.querySelector('rtc-call');
      const codes = [];
      call.addEventListener('rtc-error', ({ detail }) =>
        codes.push(`${detail.error.code}: ${detail.error.message}`),
      );
      const rtc = { version: 1, kind: 'description', from: 'x', session: 'y', seq: 1, ack: 0 };
      for (const traffic of [null, 7, 'hello', '{"type":"chat"}', [], { cursor: 1 }])
        call.receiveSignal(traffic);
      const silent = codes.length;
      call.receiveSignal({ rtc: { ...rtc, version: 9 } });
      for (const bad of [
        { rtc: 5 },
        { rtc, description: { type: 'offer', sdp: 'nonsense' } },
        { candidate: 3 },
      ]) {
        call.receiveSignal(bad);
      }
      return { silent, codes };
    });
    assert.equal(errors.silent, 0);
    assert.equal(errors.codes.length, 1);
    assert.match(errors.codes[0], /^invalid-signal: .*version 9/);
    await Promise.all([ana.sees(), ben.sees()]);
  });
});
