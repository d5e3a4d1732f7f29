/**
 * Runs inside a host's namespace: serves the pages there, on the loopback interface, and drives the browser. Takes one
 * JSON object a line on standard input, `{ id, command, … }`, and answers `{ id, value }` or `{ id, error }`.
 */
import { createInterface } from 'node:readline';
import { launch, openPage } from '../../helpers/browser.mjs';
import { serve } from '../../helpers/static-server.mjs';

const server = await serve();
/** Small: what moves above a picture costs a machine without graphics card half a processor in a usual window. */
const viewport = { width: 320, height: 240 };
let browser;
let page;

const prefs = {
  // A fake camera does not count as one in Firefox: it would hide the addresses, as for no page with a camera.
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  // Firefox under test does not look whether it is online, unless it is told to.
  'network.manage-offline-status': true,
  // Firefox waits longer after each connection that failed; the page's socket is not what is tested.
  'network.websocket.delay-failed-reconnects': false,
};

const commands = {
  async open({ browser: name, path }) {
    browser = await launch(name, { prefs });
    page = await openPage(browser, server.url + path, { viewport });
    await page.waitForFunction(() => globalThis.host !== undefined);
  },
  evaluate: ({ source, argument }) =>
    page.evaluate((code, value) => new Function(`return (${code})`)()(value), source, argument),
  problems: () => page.problems,
  async closePage() {
    await page.close({ runBeforeUnload: false });
  },
  async close() {
    await browser?.close();
    await server.close();
    setImmediate(() => process.exit());
  },
  /** The browser vanishes, as in a crash. */
  kill() {
    browser.process().kill('SIGKILL');
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, command, ...rest } = JSON.parse(line);
  void (async () => {
    try {
      const value = await commands[command](rest);
      console.log(JSON.stringify({ id, value }));
    } catch (error) {
      console.log(JSON.stringify({ id, error: error.stack ?? String(error) }));
    }
  })();
}
// Whoever drove this is gone.
await browser?.close();
process.exit();
