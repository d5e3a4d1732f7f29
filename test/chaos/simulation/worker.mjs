/** Lives slices of schedules through, in a thread of its own; tells the parent what came of each. */
import { parentPort, workerData } from 'node:worker_threads';
import { drain } from './drain.mjs';

const { runSlice } = await import(workerData.bundle);

const rejections = [];
process.on('unhandledRejection', (reason) => rejections.push(reason));

parentPort.on('message', ({ slice, calls, path }) => {
  const log = path === undefined ? undefined : (line) => console.log(line.slice(0, 400));
  const report = runSlice({ slice, calls, path, drain, log });
  // Rejections that nobody handled are told of only now.
  setImmediate(() => {
    const [rejection] = rejections.splice(0);
    if (rejection !== undefined) {
      report.failure ??= `Slice ${slice}: nobody handled a rejection: ${rejection?.stack ?? rejection}`;
    }
    parentPort.postMessage({ slice, ...report });
  });
});
