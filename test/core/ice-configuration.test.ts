import { expect } from '@open-wc/testing';
import type { CallOptions } from '../../src/core/call-options.js';
import { iceServersDistrustMs, iceServersTimeoutMs } from '../../src/core/defaults.js';
import type { CallError } from '../../src/core/errors.js';
import { IceConfiguration } from '../../src/core/ice-configuration.js';
import { FakePlatform } from '../helpers/fake-platform.js';

class Page {
  readonly platform = new FakePlatform();
  readonly faults: CallError[] = [];
  readonly invalid: CallError[] = [];
  readonly given: string[] = [];
  readonly ice = new IceConfiguration(this.platform, {
    invalid: (error) => this.invalid.push(error),
    fault: (error) => this.faults.push(error),
  });

  /** Asks; what is given goes to `given`. */
  ask(iceServersProvider?: () => Promise<RTCIceServer[]>): void {
    const iceServers = [{ urls: 'stun:known' }];
    const settings = { iceServers, iceServersProvider, iceTransportPolicy: 'all' } as Partial<CallOptions>;
    void Promise.resolve(this.ice.get(settings as CallOptions)).then((configuration) => {
      this.given.push(...(configuration.iceServers ?? []).map(({ urls }) => String(urls)));
    });
  }

  async after(ms: number): Promise<string[]> {
    await this.platform.clock.advance(ms);
    return this.given;
  }
}

const hangs = (): Promise<RTCIceServer[]> => new Promise(() => undefined);
const answersAfter = (page: Page, ms: number, urls: string) => () =>
  new Promise<RTCIceServer[]>((resolve) => {
    page.platform.clock.setTimer(() => {
      resolve([{ urls }]);
    }, ms);
  });

describe('IceConfiguration', () => {
  it('leaves out servers that the browser refuses, and names each of them once and without its password', () => {
    const page = new Page();
    page.platform.refusedUrls.push('turn:host:9', 'stun:host:79');
    const credentials = { username: 'ada', credential: 'secret' };
    const refused: RTCConfiguration = {
      iceServers: [
        { urls: ['turn:host:9', 'turn:host:443'], ...credentials },
        { urls: 'stun:host:79' },
        { urls: 'stun:host' },
      ],
      iceTransportPolicy: 'relay',
    };
    for (let round = 0; round < 2; round++) {
      expect(page.ice.get({} as CallOptions, refused)).to.deep.equal({
        iceServers: [{ urls: 'turn:host:443', ...credentials }, { urls: 'stun:host' }],
        iceTransportPolicy: 'relay',
      });
    }
    const [first = '', second = '', ...more] = page.invalid.map(({ code, message }) => `${code} ${message}`);
    expect(first).to.match(/^invalid-config .*'turn:host:9' is not usable: .*blocked.*another, such as/);
    expect(second).to.include("'stun:host:79'");
    expect(more).to.deep.equal([]);
    expect(first + second).not.to.include('secret');
    expect(page.platform.connections.every(({ connectionState }) => connectionState === 'closed')).to.be.true;
  });

  it('blames no server where the browser makes no connection at all', () => {
    const page = new Page();
    page.platform.createPeerConnection = () => {
      throw new DOMException('No network', 'InvalidStateError');
    };
    const refused = { iceServers: [{ urls: 'stun:host' }] };
    expect(page.ice.get({} as CallOptions, refused)).to.equal(refused);
    expect(page.invalid).to.deep.equal([]);
  });

  describe('while Firefox has no network', () => {
    it('waits for one, and asks the provider only then', async () => {
      const page = new Page();
      let asked = 0;
      page.platform.engine = 'firefox';
      page.platform.isOnline = false;
      page.ask(async () => {
        asked++;
        return [{ urls: 'stun:fresh' }];
      });
      page.ask();
      page.platform.changeNetwork();
      expect(await page.after(60_000)).to.deep.equal([]);
      expect(asked).to.equal(0);
      page.platform.isOnline = true;
      page.platform.changeNetwork();
      expect(await page.after(1)).to.have.members(['stun:fresh', 'stun:known']);
    });

    it('stops waiting when it is cancelled, without asking', async () => {
      const page = new Page();
      let asked = 0;
      page.platform.engine = 'firefox';
      page.platform.isOnline = false;
      page.ask(() => {
        asked++;
        return hangs();
      });
      page.ice.cancel();
      expect(await page.after(1)).to.deep.equal(['stun:known']);
      page.platform.isOnline = true;
      page.platform.changeNetwork();
      await page.after(60_000);
      expect([asked, page.given, page.faults]).to.deep.equal([0, ['stun:known'], []]);
    });
  });

  describe('after a provider took too long', () => {
    it('waits for it no more for a while, and says so once', async () => {
      const page = new Page();
      page.ask(hangs);
      page.ask(hangs);
      expect(await page.after(iceServersTimeoutMs)).to.deep.equal(['stun:known', 'stun:known']);
      page.ask(hangs);
      expect(await page.after(1)).to.have.length(3);
      expect(page.faults).to.have.length(1);
      await page.after(iceServersDistrustMs);
      page.ask(hangs);
      expect(await page.after(iceServersTimeoutMs - 1)).to.have.length(3);
      expect(await page.after(1)).to.have.length(4);
      expect(page.faults).to.have.length(2);
    });

    it('takes what it answers at once, and trusts it again', async () => {
      const page = new Page();
      page.ask(hangs);
      await page.after(iceServersTimeoutMs);
      page.ask(async () => [{ urls: 'stun:fresh' }]);
      expect(await page.after(1)).to.deep.equal(['stun:known', 'stun:fresh']);
      page.ask(answersAfter(page, 1000, 'stun:slow'));
      expect(await page.after(1000)).to.deep.equal(['stun:known', 'stun:fresh', 'stun:slow']);
    });

    it('uses what it answers too late the next time', async () => {
      const page = new Page();
      page.ask(answersAfter(page, iceServersTimeoutMs + 1000, 'stun:late'));
      await page.after(iceServersTimeoutMs + 1000);
      page.ask(hangs);
      expect(await page.after(1)).to.deep.equal(['stun:known', 'stun:late']);
    });
  });
});
