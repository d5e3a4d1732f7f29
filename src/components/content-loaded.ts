/**
 * Calls back one task after `DOMContentLoaded`, or one task from now when that is over: then the listeners that the
 * page's own scripts add are there.
 */
export function afterContentLoaded(callback: () => void): void {
  if (isContentLoaded()) {
    setTimeout(callback);
    return;
  }
  const waiting = new AbortController();
  const onLoaded = (): void => {
    waiting.abort();
    setTimeout(callback);
  };
  for (const type of ['DOMContentLoaded', 'load'])
    addEventListener(type, onLoaded, { signal: waiting.signal });
}

/**
 * Whether `DOMContentLoaded` has been fired. `readyState` does not tell: it is `interactive` before that too, while
 * module scripts run (HTML §13.2.7).
 */
function isContentLoaded(): boolean {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return document.readyState === 'complete' || (navigation?.domContentLoadedEventStart ?? 0) > 0;
}
