/**
 * Work of kinds that disturb each other takes turns: any number of one kind at once, never two kinds. To start a
 * browser takes the processors for seconds, in which no recovery can be timed.
 */
let current = null;
let count = 0;
const waiting = [];

/**
 * Waits until this kind of work may begin.
 *
 * @param {'start' | 'fault'} kind
 * @returns {Promise<() => void>} to be called at its end
 */
export async function turn(kind) {
  if (count > 0 && current !== kind) await new Promise((resolve) => waiting.push({ kind, resolve }));
  else enter(kind);
  return leave;
}

function enter(kind) {
  current = kind;
  count++;
}

function leave() {
  if (--count > 0 || waiting.length === 0) return;
  // All of the kind that has waited longest.
  const [{ kind }] = waiting;
  for (const one of waiting.filter((it) => it.kind === kind)) {
    waiting.splice(waiting.indexOf(one), 1);
    enter(kind);
    one.resolve();
  }
}
