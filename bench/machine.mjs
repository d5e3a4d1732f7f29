/** What a figure depends on, in general words. */
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg, platform, totalmem } from 'node:os';

const SYSTEMS = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };
const LIBRARIES = ['simple-peer', 'peerjs', 'trystero', 'media-chrome'];

const versionOf = (path) =>
  JSON.parse(readFileSync(new URL(`../${path}/package.json`, import.meta.url))).version;

/** Versions of everything that competes. */
export const libraryVersions = () =>
  [
    `rtc-call ${versionOf('.')}`,
    ...LIBRARIES.map((name) => `${name} ${versionOf(`node_modules/${name}`)}`),
  ].join(', ');

/** How many programs wanted to run in the last minute, for each core. */
export const load = () => loadavg()[0] / availableParallelism();

/** A machine is quiet enough when this much of it was free before the run. */
const QUIET = 0.5;

/** @param {number} before the load before the run */
export function describeMachine(before) {
  const gib = Math.round(totalmem() / 2 ** 30);
  const machine = `${availableParallelism()} cores, ${gib} GiB, ${SYSTEMS[platform()] ?? platform()}, Node ${process.versions.node}`;
  const busy = `**busy** with other work (${before.toFixed(1)} programs a core wanted to run): compare within the run only`;
  return `${machine}; ${before > QUIET ? busy : 'quiet'}`;
}
