/**
 * Says whether this machine can run the tests across networks: network namespaces, a packet filter and a TURN server,
 * for which one must be root. On a Debian machine `--install` gets the programs that are missing, and a broker too.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Program to start, how to see that it runs, and Debian's package. */
const TOOLS = [
  { name: 'ip', args: ['-V'], debian: 'iproute2' },
  { name: 'nft', args: ['--version'], debian: 'nftables' },
  { name: 'turnserver', args: ['--version'], debian: 'coturn' },
];

/** Needed by one test each, which says so itself where it is missing. */
const FURTHER_TOOLS = [{ name: 'mosquitto', args: ['-h'], debian: 'mosquitto' }];

const isRoot = () => process.getuid?.() === 0;

const runs = (name, args) => spawnSync(name, args, { stdio: 'ignore', timeout: 10_000 }).error === undefined;

const say = ({ name, debian }) => `No ${name} found. Install it (Debian: apt-get install ${debian}).`;

const missing = (tools) => tools.filter(({ name, args }) => !runs(name, args));

function install(tools) {
  const packages = tools.map(({ debian }) => debian);
  console.log(`Installing ${packages.join(', ')} with apt-get…`);
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
}

/** Why namespaces, virtual cables or the packet filter can not be had, or null: a container may forbid them. */
function whyNoNamespaces() {
  const name = `rtc-probe-${process.pid}`;
  const steps = [
    ['ip', ['netns', 'add', name]],
    ['ip', ['-n', name, 'link', 'add', 'probe0', 'type', 'veth', 'peer', 'name', 'probe1']],
    ['ip', ['netns', 'exec', name, 'nft', 'add', 'table', 'ip', 'probe']],
  ];
  try {
    for (const [program, args] of steps) {
      const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
      if (status !== 0) return `${program} ${args.join(' ')}: ${stderr.trim()}`;
    }
    return null;
  } finally {
    spawnSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
  }
}

/**
 * @param {{ install?: boolean }} [options] `install`: on Debian and as root, install what is missing
 * @returns {string[]} in plain words what is missing and what to do about it; empty: everything is there
 */
export function missingForNetworks({ install: mayInstall = false } = {}) {
  if (process.platform !== 'linux') return ['Network namespaces exist on Linux only.'];
  if (mayInstall && isRoot() && existsSync('/usr/bin/apt-get')) {
    const wanted = missing([...TOOLS, ...FURTHER_TOOLS]);
    if (wanted.length > 0) install(wanted);
  }
  const notes = missing(TOOLS).map(say);
  if (!isRoot()) notes.push('Only root may make network namespaces.');
  if (notes.length > 0) return notes;
  const why = whyNoNamespaces();
  return why ? [`Network namespaces can not be made here (${why}).`] : [];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const notes = missingForNetworks({ install: process.argv.includes('--install') });
  notes.push(...missing(FURTHER_TOOLS).map(say)); // else continuous integration skips a test and is green
  for (const note of notes) console.error(note);
  if (notes.length === 0) console.log('Namespaces, packet filter, TURN server and broker are there.');
  process.exitCode = notes.length === 0 ? 0 : 1;
}
