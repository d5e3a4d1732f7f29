/**
 * Hosts of their own on one machine: network namespaces, joined by a router that can lose packets at will.
 *
 *   host ana ─┬─ eth0 ──(NAT)── router ── server: signals and TURN, 203.0.113.10
 *             └─ wlan0 ──────────┘
 *
 * Every network has all its addresses to itself, so that many can run at once. What this process made goes away
 * with it, in whatever way it ends.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';

export const serverAddress = '203.0.113.10';
/** Further addresses of the server. */
export const moreServerAddresses = Array.from({ length: 40 }, (_, at) => `203.0.113.${100 + at}`);

const networks = new Set();
let made = 0;

process.on('exit', () => {
  for (const network of [...networks]) network.close();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

const run = (program, args, input) =>
  execFileSync(program, args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });

/** Names of namespaces; one of a process that is no more is left from a run that was killed. */
function removeLeftovers() {
  for (const line of run('ip', ['netns', 'list']).split('\n')) {
    const [, name, pid] = /^(rtc-(\d+)-\S+)/.exec(line) ?? [];
    if (name && !isRunning(Number(pid))) removeNamespace(name);
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The namespace and whatever runs in it. */
function removeNamespace(name) {
  const { stdout } = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
  for (const pid of stdout.split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  spawnSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
}

export class Network {
  #prefix = `rtc-${process.pid}-${++made}-`;
  #namespaces = [];
  #hostCount = 0;
  /** @type {Map<string, { address: string, gateway: string }>} the second interface of each host */
  #seconds = new Map();

  constructor() {
    if (made === 1) removeLeftovers();
    networks.add(this);
    this.#addNamespace('router');
    this.#allowForwarding('router');
    this.#nft(
      'router',
      'table ip faults {\n chain forward { type filter hook forward priority 0; policy accept; }\n}\n',
    );
    this.#addNamespace('server');
    this.#connect('server', 'eth0', serverAddress, 'router', 'server', '203.0.113.1');
    this.#ip('server', [
      'route add default via 203.0.113.1',
      ...moreServerAddresses.map((address) => `address add ${address}/24 dev eth0`),
    ]);
  }

  /** A command line for `spawn` that runs a program in the namespace. */
  #command(name, args) {
    return ['netns', 'exec', this.#prefix + name, ...args];
  }

  /** Starts a program on the host; its standard streams are pipes. */
  spawn(name, args) {
    return spawn('ip', this.#command(name, args), { stdio: ['pipe', 'pipe', 'pipe'] });
  }

  /**
   * A host with an address of its own behind the router, and a second interface that is down.
   *
   * @param {string} name up to 8 letters
   * @param {{ nat?: 'symmetric' }} [options] `nat`: it has a private address behind a router of its own, which gives
   *   every pair of addresses a port of its own, at random, and lets nothing in that was not asked for
   * @returns {string[]} every address that is the host's own
   */
  addHost(name, { nat } = {}) {
    const number = ++this.#hostCount;
    const outside = `10.0.${number}.2`;
    this.#addNamespace(name);
    if (nat === 'symmetric') {
      const door = `${name}-nat`;
      const inside = `192.168.${number}.2`;
      this.#addNamespace(door);
      this.#connect(door, 'out', outside, 'router', name, `10.0.${number}.1`);
      this.#ip(door, [`route add default via 10.0.${number}.1`]);
      this.#connect(name, 'eth0', inside, door, 'in', `192.168.${number}.1`);
      this.#ip(name, [`route add default via 192.168.${number}.1`]);
      this.#allowForwarding(door);
      this.#nft(
        door,
        `table ip nat {
          chain post { type nat hook postrouting priority 100; oifname "out" masquerade fully-random; }
          chain forward { type filter hook forward priority 0;
            iifname "out" ct state established,related accept; iifname "out" drop; }
        }\n`,
      );
      return [inside, outside];
    }
    this.#connect(name, 'eth0', outside, 'router', name, `10.0.${number}.1`);
    this.#ip(name, [`route add default via 10.0.${number}.1`]);
    const second = `10.1.${number}.2`;
    this.#connect(name, 'wlan0', second, 'router', `${name}-2`, `10.1.${number}.1`);
    this.#ip(name, ['link set wlan0 down', 'address flush dev wlan0']);
    this.#seconds.set(name, { address: second, gateway: `10.1.${number}.1` });
    return [outside, second];
  }

  /**
   * From now on the router loses, without a word, what goes to the host and comes from it.
   *
   * @param {string} name a host or `server`
   * @param {string} [which] a condition of nftables; all packets without it
   */
  block(name, which = '') {
    this.#nft(
      'router',
      ['iifname', 'oifname']
        .map((side) => `add rule ip faults forward ${side} { "${name}", "${name}-2" } ${which} drop\n`)
        .join(''),
    );
  }

  /** The router loses nothing any more. */
  unblock() {
    this.#nft('router', 'flush chain ip faults forward\n');
  }

  /** The host's first interface goes away with its address. */
  unplug(name) {
    this.#ip(name, ['link set eth0 down', 'address flush dev eth0']);
  }

  /** The host's second interface comes up, with another address. */
  plugOther(name) {
    const { address, gateway } = this.#seconds.get(name);
    this.#ip(name, [
      `address add ${address}/24 dev wlan0`,
      'link set wlan0 up',
      `route add default via ${gateway}`,
    ]);
  }

  /** Takes everything away again, with whatever runs there. May be called twice. */
  close() {
    if (!networks.delete(this)) return;
    for (const name of this.#namespaces.reverse()) removeNamespace(name);
  }

  #addNamespace(name) {
    const full = this.#prefix + name;
    this.#namespaces.push(full);
    run('ip', ['netns', 'add', full]);
    // Browsers would wait for IPv6 addresses that come late.
    this.#set(name, { 'ipv6/conf/all/disable_ipv6': 1, 'ipv6/conf/default/disable_ipv6': 1 });
    this.#ip(name, ['link set lo up']);
  }

  /** A cable between two namespaces, with the addresses of its ends. */
  #connect(name, device, address, otherName, otherDevice, otherAddress) {
    const peer = `${otherDevice} netns ${this.#prefix}${otherName}`;
    this.#ip(name, [`link add ${device} type veth peer name ${peer}`]);
    this.#ip(name, [`address add ${address}/24 dev ${device}`, `link set ${device} up`]);
    this.#ip(otherName, [`address add ${otherAddress}/24 dev ${otherDevice}`, `link set ${otherDevice} up`]);
  }

  #allowForwarding(name) {
    this.#set(name, { 'ipv4/ip_forward': 1 });
  }

  #set(name, settings) {
    const script = Object.entries(settings).map(([key, value]) => `echo ${value} > /proc/sys/net/${key}`);
    run('ip', this.#command(name, ['sh', '-ec', script.join('\n')]));
  }

  #ip(name, commands) {
    run('ip', ['-n', this.#prefix + name, '-batch', '-'], `${commands.join('\n')}\n`);
  }

  #nft(name, rules) {
    run('ip', this.#command(name, ['nft', '-f', '-']), rules);
  }
}
