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

const groups = JSON.parse(readFileSync(new URL('fidelity/traces.json', import.meta.url), 'utf8'));
const { recordFakes } = await import(await bundle('test/chaos/fidelity/fake-traces.ts'));

/** On the way to a first connection and to a restart states come in any order. */
const parse = (trace) =>
  (trace ? trace.split(', ') : [])
    .map((event) => ({ at: parseInt(event), what: event.slice(event.indexOf(' ') + 1) }))
    .filter(({ what }) => what !== 'connecting');

/** The events, those that come together in the order of the alphabet. */
function orderOf(events) {
  const sets = [];
  let last = -Infinity;
  for (const { at, what } of events) {
    if (at - last > TOGETHER_MS) sets.push([]);
    sets.at(-1).push(what);
    last = at;
  }
  return sets.map((set) => set.sort().join(' and ')).join(', ');
}

/** Whether each event of a trace is in time for the same event in what was recorded. */
function findOutOfTime(events, recorded) {
  for (const { at, what } of events) {
    const times = recorded.flat().filter((event) => event.what === what);
    const from = Math.min(...times.map((event) => event.at)) - MARGIN_MS;
    const to = Math.max(...times.map((event) => event.at)) + MARGIN_MS;
    if (at < from || at > to) return `${what} after ${at} ms, recorded: ${from} to ${to} ms`;
  }
  return null;
}

describe('the fakes and recorded cuts', () => {
  const sameKind = new Map();
  for (const group of groups) {
    const { browser, other, part, cutMs } = group;
    const title = `${browser} with ${other}, ${part}${cutMs ? ` of ${cutMs} ms` : ''}`;
    sameKind.set(title, [...(sameKind.get(title) ?? []), group]);
  }
  for (const [title, same] of sameKind) {
    test(title, async () => {
      const [{ browser, other, part, cutMs }] = same;
      const recorded = same.flatMap(({ traces }) => traces).map(parse);
      const orders = [...new Set(recorded.map(orderOf))];
      // Chromium offers in a mixed pair.
      const engines = [browser, other].sort();
      const fake = parse((await recordFakes(engines, part, cutMs))[engines.indexOf(browser)]);
      assert.ok(
        orders.includes(orderOf(fake)),
        `${orderOf(fake)} (${JSON.stringify(fake)}), recorded: ${orders.join('; ')}`,
      );
      assert.equal(findOutOfTime(fake, recorded), null);
    });
  }
});
