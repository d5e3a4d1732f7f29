/** How often timers of the page have fired. */
export const timers = { fired: 0 };

for (const name of ['setTimeout', 'setInterval']) {
  const native = globalThis[name];
  globalThis[name] = (callback, delay, ...args) =>
    native(() => {
      timers.fired++;
      callback(...args);
    }, delay);
}
