import { hostname, networkInterfaces } from 'node:os';
import { isIP } from 'node:net';
import selfsigned from 'selfsigned';

const DNS = 2;
const IP = 7;

/**
 * The addresses under which other devices of the local network may reach this one.
 *
 * @returns {string[]} IPv4 first; link-local IPv6 is left out, since URLs cannot carry its zone.
 */
export function lanAddresses() {
  return Object.values(networkInterfaces())
    .flat()
    .filter((address) => !address.internal && !address.address.startsWith('fe80:'))
    .sort((a, b) => a.family.localeCompare(b.family))
    .map((address) => address.address);
}

/**
 * Makes a self-signed certificate for this computer, good for 30 days; browsers warn about it once.
 *
 * @param {string[]} [extraHosts] - further names or IP addresses it shall be good for
 * @returns {Promise<{key: string, cert: string}>} PEM
 */
export async function makeCertificate(extraHosts = []) {
  const hosts = new Set(['localhost', '127.0.0.1', '::1', hostname(), ...lanAddresses(), ...extraHosts]);
  const altNames = [...hosts].map((host) =>
    isIP(host) ? { type: IP, ip: host } : { type: DNS, value: host },
  );
  const now = Date.now();
  const hourMs = 3_600_000;
  const pem = await selfsigned.generate([{ name: 'commonName', value: 'rtc-call demo' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - hourMs), // the clock of the other device may be slow
    notAfterDate: new Date(now + 30 * 24 * hourMs),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { key: pem.private, cert: pem.cert };
}
