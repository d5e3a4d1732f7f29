/**
 * The fakes say what has become of a path in the order and at the times that real browsers did: fidelity/traces.json,
 * recorded by fidelity/record.mjs.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { bundle } from './simulation/bundle.mjs';

/** How far a time may lie outside what was recorded: as far as a busy machine moves one. */
const MARGIN_MS = 500;
/** Events so close to each other come in either order. */
const TOGETHER_MS = 150;
/** Longer cuts were recorded until both sides had failed. */
const FAILED_BY_MS = 10_000;

const groups = JSON.parse(readFileSync(new URL('fidelity/traces.json', import.meta.url), 'utf8'));
const { recordFakes } = await import(await bundle('test/chaos/fidelity/fake-traces.ts'));

const isFlow = ({ what }) => what.endsWith('flow');

/**
 * On the way to a first connection and to a restart states come in any order. That media and messages flow counts
 * once: a second gap is the machine's. So does not count a state that is taken back in the same moment.
 */
function parse(trace) {
  const events = (trace ? trace.split(', ') : [])
    .map((event) => ({ at: parseInt(event), what: event.slice(event.indexOf(' ') + 1) }))
    .filter(({ what }) => what !== 'connecting');
  const isTakenBack = (event, next) =>
    event?.what === 'disconnected' && next?.what === 'connected' && next.at - event.at < TOGETHER_MS;
  return events.filter(
    (event, index) =>
      !isTakenBack(event, events[index + 1]) &&
      !isTakenBack(events[index - 1], event) &&
      !(isFlow(event) && events.slice(0, index).some(({ what }) => what === event.what)),
  );
}

/** The events, those that come together in the order of the alphabet. */
function inOrder(events) {
  const sets = [];
  let last = -Infinity;
  for (const { at, what } of events) {
    if (at - last > TOGETHER_MS) sets.push([]);
    sets.at(-1).push(what);
    last = at;
  }
  return sets.map((set) => set.sort().join(' and ')).join(', ');
}

/** What a side says, in order, and what it receives: how these two interleave is a matter of times. */
const orderOf = (events) => {
  const [said, flows] = [events.filter((event) => !isFlow(event)), events.filter(isFlow)];
  return `${inOrder(said) || 'nothing'} | ${flows.map(({ what }) => what).join(', ') || 'nothing'}`;
};

/** Whether each event of a trace is in time for the same event in what was recorded, in words; null: all are. */
function findOutOfTime(events, recorded) {
  for (const { at, what } of events) {
    const times = recorded.flat().filter((event) => event.what === what);
    const from = Math.min(...times.map((event) => event.at)) - MARGIN_MS;
    const to = Math.max(...times.map((event) => event.at)) + MARGIN_MS;
    if (at < from || at > to) return `${what} after ${at} ms, recorded: ${from} to ${to} ms`;
  }
  return null;
}

const lengthOf = ({ cutMs }) =>
  cutMs > FAILED_BY_MS ? 'until failed' : `of ${Math.round(cutMs / 500) / 2} s`;
const titleOf = (group) =>
  `${group.browser} with ${group.other}, ${group.part}${group.part === 'cut' ? ` ${lengthOf(group)}` : ''}`;
const tracesOf = (some) => some.flatMap(({ traces }) => traces).map(parse);

describe('the fakes and recorded cuts', () => {
  for (const title of new Set(groups.map(titleOf))) {
    test(title, async () => {
      const same = groups.filter((group) => titleOf(group) === title);
      const [{ browser, other, part, cutMs }] = same;
      const engines = [browser, other].sort(); // Chromium offers in a mixed pair
      const fake = parse((await recordFakes(engines, part, cutMs))[engines.indexOf(browser)]);
      const orders = [...new Set(tracesOf(same).map(orderOf))];
      assert.ok(
        orders.includes(orderOf(fake)),
        `${orderOf(fake)} (${JSON.stringify(fake)}), recorded: ${orders.join('; ')}`,
      );
      // Its times do not depend on the other browser, nor when it notices a cut on how long that is to last.
      const own = groups.filter((group) => group.browser === browser && group.part === part);
      const asLong = own.filter((group) => lengthOf(group) === lengthOf(same[0]));
      const isNotice = ({ what }) => part === 'cut' && what === 'disconnected';
      assert.equal(findOutOfTime(fake.filter(isNotice), tracesOf(own)), null);
      assert.equal(
        findOutOfTime(
          fake.filter((event) => !isNotice(event)),
          tracesOf(asLong),
        ),
        null,
      );
    });
  }
});
