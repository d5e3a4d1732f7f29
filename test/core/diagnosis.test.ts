import { expect } from '@open-wc/testing';
import { CallController } from '../../src/core/call-controller.js';
import type { CallOptionChanges } from '../../src/core/call-options.js';
import type { Diagnosis } from '../../src/core/diagnosis.js';
import { networkAdvice } from '../../src/core/verdict.js';
import { FakeStream, FakeTrack } from '../helpers/fake-media.js';
import { FakePlatform } from '../helpers/fake-platform.js';

/** What a server does to a connection that gathers with it alone; nothing: it stays silent. */
type Server = (probe: ServerProbe) => void;

/** A connection that gathers as the server of its configuration says. */
class ServerProbe {
  onicecandidate: ((event: { candidate: unknown }) => void) | null = null;
  onicecandidateerror: ((event: { errorCode: number; errorText: string }) => void) | null = null;
  localDescription = null;
  isClosed = false;
  readonly #gather: () => void;

  constructor(clock: FakePlatform['clock'], delayMs: number, server: Server) {
    this.#gather = () => {
      clock.setTimer(() => {
        if (!this.isClosed) server(this);
      }, delayMs);
    };
  }

  createDataChannel(): object {
    return {};
  }

  async setLocalDescription(): Promise<void> {
    this.#gather();
  }

  find(type: RTCIceCandidateType, protocol = 'udp'): void {
    this.onicecandidate?.({ candidate: { candidate: 'candidate:1 192.0.2.9', type, protocol } });
  }

  fail(errorCode: number, errorText = ''): void {
    this.onicecandidateerror?.({ errorCode, errorText });
  }

  complete(): void {
    this.onicecandidate?.({ candidate: { candidate: '' } });
    this.onicecandidate?.({ candidate: null });
  }

  close(): void {
    this.isClosed = true;
  }
}

const silent: Server = (probe) => {
  probe.find('host');
};
const tellsAddress: Server = (probe) => {
  probe.find('host');
  probe.find('srflx');
};
const relays: Server = (probe) => {
  probe.find('relay');
};
const refuses =
  (code: number, text = ''): Server =>
  (probe) => {
    probe.fail(701, 'Address of 192.0.2.1:3478 is incompatible');
    probe.fail(code, text);
    probe.fail(701);
  };
const unreachable: Server = (probe) => {
  probe.fail(701, 'Failed to reach 192.0.2.1:3478 or [2001:db8::1]');
  probe.complete();
};

/** A page whose ICE servers do what the test says, by URL. */
class DiagnosedPage extends FakePlatform {
  readonly probes: ServerProbe[] = [];
  readonly servers: Record<string, Server> = {};
  /** Two connections in the page find each other. */
  canLoop = true;

  #timers = 0;

  constructor() {
    super();
    const { setTimer } = this;
    this.setTimer = (callback, delayMs) => {
      let isSet = true;
      const end = (): void => {
        if (isSet) this.#timers--;
        isSet = false;
      };
      this.#timers++;
      const cancel = setTimer(() => {
        end();
        callback();
      }, delayMs);
      return () => {
        end();
        cancel();
      };
    };
    this.devices.permissions = { camera: 'granted', microphone: 'granted' };
  }

  override createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection {
    if (!this.canConnect) throw new ReferenceError('RTCPeerConnection is not defined');
    const [server] = configuration.iceServers ?? [];
    if (server) {
      this.configurations.push(configuration);
      const probe = new ServerProbe(this.clock, 30, this.servers[String(server.urls)] ?? silent);
      this.probes.push(probe);
      return probe as unknown as RTCPeerConnection;
    }
    const connection = super.createPeerConnection(configuration);
    this.network.isCut = !this.canLoop;
    return connection;
  }

  /** Runs the diagnosis on the fake clock; checks what holds for every one. */
  async diagnose(options: CallOptionChanges = {}, withinMs = 6000): Promise<Diagnosis> {
    const controller = new CallController(options, this);
    let diagnosis: Diagnosis | undefined;
    void controller.diagnose().then((report) => {
      diagnosis = report;
    });
    await this.clock.advance(withinMs);
    if (!diagnosis) throw new Error(`No diagnosis within ${withinMs} ms`);
    expect(this.openConnections, 'open connections').to.deep.equal([]);
    expect(this.probes.filter(({ isClosed }) => !isClosed)).to.deep.equal([]);
    expect(this.#timers, 'timers').to.equal(0);
    expect(JSON.parse(JSON.stringify(diagnosis))).to.deep.equal(diagnosis);
    expect(JSON.stringify(diagnosis)).not.to.match(/192\.0\.2|2001:db8|secret/);
    return diagnosis;
  }
}

const turn = (urls: string | string[]): RTCIceServer => ({ urls, username: 'ana', credential: 'secret' });
const codes = ({ verdict }: Diagnosis): string[] =>
  verdict.map(({ code, subject }) => `${code} ${subject}`.trim());

describe('diagnose()', () => {
  it('finds nothing wrong where nothing is', async () => {
    const page = new DiagnosedPage();
    Object.assign(page.servers, { 'stun:s.example.org': tellsAddress, 'turn:t.example.org': relays });
    const iceServers = [{ urls: 'stun:s.example.org' }, turn('turn:t.example.org')];
    const diagnosis = await page.diagnose({ iceServers });
    expect(diagnosis).to.deep.include({
      supported: true,
      secure: true,
      online: true,
      policy: { camera: true, microphone: true, 'display-capture': true },
      permissions: { camera: 'granted', microphone: 'granted' },
      devices: { audioinput: 1, videoinput: 1, audiooutput: 0 },
      loopback: true,
      udp: true,
    });
    expect(diagnosis.candidates).to.include.members(['host udp', 'srflx udp', 'relay udp']);
    expect(diagnosis.servers).to.deep.equal([
      { url: 'stun:s.example.org', ok: true, timeMs: 30, errorCode: null },
      { url: 'turn:t.example.org', ok: true, timeMs: 30, errorCode: null },
    ]);
    expect(codes(diagnosis)).to.deep.equal(['all-clear']);
  });

  it('opens no device', async () => {
    const page = new DiagnosedPage();
    await page.diagnose();
    expect(page.devices.asked).to.deep.equal([]);
  });

  it('is frozen in every part', async () => {
    const diagnosis = await new DiagnosedPage().diagnose({ iceServers: [turn('turn:t.example.org')] });
    const parts: unknown[] = [
      diagnosis,
      diagnosis.policy,
      diagnosis.devices,
      diagnosis.servers,
      diagnosis.verdict,
      diagnosis.candidates,
      diagnosis.servers[0],
      diagnosis.verdict[0],
    ];
    for (const part of parts) expect(part).to.be.frozen;
  });

  it('is one for those who ask at the same time, and another one later', async () => {
    const page = new DiagnosedPage();
    const controller = new CallController({}, page);
    const first = controller.diagnose();
    expect(controller.diagnose()).to.equal(first);
    await page.clock.advance(6000);
    await first;
    const second = controller.diagnose();
    expect(second).not.to.equal(first);
    await page.clock.advance(6000);
    await second;
  });

  describe('of servers', () => {
    it('tries each URL on its own, TURN by relay only', async () => {
      const page = new DiagnosedPage();
      await page.diagnose({
        iceServers: [turn(['turn:t.example.org', 'turns:t.example.org']), { urls: 'stun:s.example.org' }],
      });
      expect(page.configurations.filter(({ iceServers }) => iceServers)).to.deep.equal([
        { iceServers: [turn('turn:t.example.org')], iceTransportPolicy: 'relay' },
        { iceServers: [turn('turns:t.example.org')], iceTransportPolicy: 'relay' },
        { iceServers: [{ urls: 'stun:s.example.org' }], iceTransportPolicy: 'all' },
      ]);
    });

    it('shows this side to no STUN server under the policy relay', async () => {
      const page = new DiagnosedPage();
      const iceServers = [{ urls: 'stun:s.example.org' }, turn('turn:t.example.org')];
      const { servers } = await page.diagnose({ iceServers, iceTransportPolicy: 'relay' });
      expect(servers.map(({ url }) => url)).to.deep.equal(['turn:t.example.org']);
      expect(page.probes).to.have.length(1);
    });

    it('asks iceServersProvider', async () => {
      const page = new DiagnosedPage();
      page.servers['turn:fresh.example.org'] = relays;
      const { servers } = await page.diagnose({
        iceServersProvider: () => Promise.resolve([turn('turn:fresh.example.org')]),
      });
      expect(servers.map(({ url, ok }) => [url, ok])).to.deep.equal([['turn:fresh.example.org', true]]);
    });

    it('goes on without a provider that hangs', async () => {
      const page = new DiagnosedPage();
      const diagnosis = await page.diagnose(
        { iceServersProvider: () => new Promise(() => undefined) },
        11_000,
      );
      expect(codes(diagnosis)).to.deep.equal(['no-relay']);
    });

    it('waits six seconds for one that is silent', async () => {
      const diagnosis = await new DiagnosedPage().diagnose({ iceServers: [turn('turn:t.example.org')] });
      const [server] = diagnosis.servers;
      expect(server).to.deep.include({ ok: false, timeMs: 6000, errorCode: null });
      expect(codes(diagnosis)).to.deep.equal(['server-unreachable turn:t.example.org']);
      expect(diagnosis.udp).to.equal(null);
    });

    it('calls a STUN server good that tells nothing new, as on a public address', async () => {
      const page = new DiagnosedPage();
      page.servers['stun:s.example.org'] = (probe) => {
        probe.find('host');
        probe.complete();
      };
      const { servers, udp } = await page.diagnose({ iceServers: 'stun:s.example.org' });
      expect([servers[0]?.ok, udp]).to.deep.equal([true, true]);
    });

    it('calls a TURN server bad that ends without a relay', async () => {
      const page = new DiagnosedPage();
      page.servers['turn:t.example.org'] = (probe) => {
        probe.complete();
      };
      const { servers } = await page.diagnose({ iceServers: [turn('turn:t.example.org')] });
      expect(servers[0]).to.deep.include({ ok: false, timeMs: 30 });
    });

    it('tells refused credentials from other refusals and from no answer', async () => {
      const page = new DiagnosedPage();
      Object.assign(page.servers, {
        'turn:a.example.org': refuses(401, 'Unauthorized.'),
        'turn:b.example.org': refuses(486, 'Allocation Quota Reached'),
        'turn:c.example.org': unreachable,
      });
      const iceServers = ['a', 'b', 'c'].map((name) => turn(`turn:${name}.example.org`));
      const diagnosis = await page.diagnose({ iceServers });
      expect(diagnosis.servers.map(({ errorCode }) => errorCode)).to.deep.equal([401, 486, 701]);
      expect(codes(diagnosis)).to.deep.equal([
        'credentials-refused turn:a.example.org',
        'server-refused turn:b.example.org',
        'server-unreachable turn:c.example.org',
      ]);
      expect(diagnosis.verdict[0]?.text).to.match(/refused the credentials: turn:a\.example\.org .*password/);
    });

    it('hides addresses in URLs, and keeps names', async () => {
      const urls = [
        'turn:192.0.2.1:3478?transport=udp',
        'turn:192.0.2.1:3478?transport=tcp',
        'turns:[2001:db8::1]:5349',
        'turn:0x7f.1',
        'turn:2130706433',
        'turn:4.example.org:3478',
      ];
      const page = new DiagnosedPage();
      const { servers, verdict } = await page.diagnose({ iceServers: [turn(urls)] });
      expect(servers.map(({ url }) => url)).to.deep.equal([
        'turn:…:3478?transport=udp',
        'turn:…:3478?transport=tcp',
        'turns:…:5349',
        'turn:…',
        'turn:…',
        'turn:4.example.org:3478',
      ]);
      expect(JSON.stringify(verdict)).not.to.match(/0x7f|2130706433/);
    });
  });

  describe('of the network', () => {
    const udp = 'turn:t.example.org';
    const tcp = 'turns:t.example.org:443';

    it('sees that UDP is blocked where TCP gets an answer', async () => {
      const page = new DiagnosedPage();
      page.servers[tcp] = refuses(401);
      const diagnosis = await page.diagnose({ iceServers: [turn([udp, tcp])] });
      expect(diagnosis.udp).to.be.false;
      expect(codes(diagnosis)).to.deep.equal(['udp-blocked', `credentials-refused ${tcp}`]);
      expect(diagnosis.verdict[0]?.text).to.match(
        /^Your network blocks UDP\. .*add a TURN server over TCP\/443/,
      );
    });

    it('sees that UDP is blocked where several servers are silent', async () => {
      const diagnosis = await new DiagnosedPage().diagnose({
        iceServers: [{ urls: ['stun:s.example.org', 'stun:other.example.org:3478'] }],
      });
      expect(codes(diagnosis)).to.deep.equal(['udp-blocked']);
    });

    it('tells servers with addresses apart', async () => {
      const diagnosis = await new DiagnosedPage().diagnose({
        iceServers: [{ urls: ['stun:192.0.2.1:3478', 'stun:192.0.2.2:3478'] }],
      });
      expect(codes(diagnosis)).to.deep.equal(['udp-blocked']);
      expect(JSON.stringify(diagnosis)).not.to.include('192.0.2');
    });

    it('does not take two silent ports of one server for a blocked network', async () => {
      const diagnosis = await new DiagnosedPage().diagnose({
        iceServers: [{ urls: ['stun:s.example.org', 'stun:s.example.org:3479'] }],
      });
      expect(diagnosis.udp).to.equal(null);
    });

    it('says that a relay over TCP helps out', async () => {
      const page = new DiagnosedPage();
      page.servers[tcp] = relays;
      const diagnosis = await page.diagnose({ iceServers: [turn([udp, tcp])] });
      expect(codes(diagnosis)).to.deep.equal(['udp-relayed']);
      expect(diagnosis.candidates).to.include('relay tcp');
    });

    it('knows that UDP works when a server refuses over it', async () => {
      const page = new DiagnosedPage();
      page.servers[udp] = refuses(401);
      expect((await page.diagnose({ iceServers: [turn([udp, tcp])] })).udp).to.be.true;
    });

    it('misses a TURN server', async () => {
      const page = new DiagnosedPage();
      page.servers['stun:s.example.org'] = tellsAddress;
      expect(codes(await page.diagnose())).to.deep.equal(['no-relay']);
      expect(codes(await page.diagnose({ iceServers: 'stun:s.example.org' }))).to.deep.equal(['no-relay']);
    });

    it('blames no server when the device is offline', async () => {
      const page = new DiagnosedPage();
      page.isOnline = false;
      const diagnosis = await page.diagnose({ iceServers: [turn([udp, tcp])] });
      expect(codes(diagnosis)).to.deep.equal(['offline']);
    });

    it('notices that the browser can not even connect to itself', async () => {
      const page = new DiagnosedPage();
      page.canLoop = false;
      const diagnosis = await page.diagnose();
      expect(diagnosis.loopback).to.be.false;
      expect(codes(diagnosis)).to.deep.equal(['webrtc-blocked', 'no-relay']);
    });
  });

  describe('of the page and the devices', () => {
    const calm = { iceServers: [turn('turn:t.example.org')] };

    async function findings(change: (page: DiagnosedPage) => void, options = {}): Promise<string[]> {
      const page = new DiagnosedPage();
      page.servers['turn:t.example.org'] = relays;
      change(page);
      return codes(await page.diagnose({ ...calm, ...options }));
    }

    it('sees a browser without WebRTC', async () => {
      const made = await findings((page) => {
        page.canConnect = false;
      });
      expect(made).to.deep.equal(['unsupported connection']);
    });

    it('sees an insecure page, which has no devices', async () => {
      const made = await findings((page) => {
        page.isSecure = false;
        page.enumerateDevices = () => Promise.reject(new DOMException('missing', 'NotSupportedError'));
      });
      expect(made).to.deep.equal(['insecure-context camera', 'insecure-context microphone']);
    });

    it('sees a frame without allow, whatever the permission says', async () => {
      const made = await findings((page) => {
        page.forbidden.add('camera').add('display-capture');
        page.devices.permissions.camera = 'denied';
      });
      expect(made).to.deep.equal(['policy-blocked camera']);
    });

    it('sees refused and missing devices', async () => {
      const made = await findings((page) => {
        page.devices.permissions.microphone = 'denied';
        page.devices.list = page.devices.list.filter(({ kind }) => kind === 'audioinput');
      });
      expect(made).to.deep.equal(['device-not-found camera', 'permission-denied microphone']);
    });

    it('asks for no device that the call does not want', async () => {
      const refuse = (page: DiagnosedPage): void => {
        page.devices.permissions = { camera: 'denied', microphone: 'denied' };
      };
      expect(await findings(refuse, { noVideo: true })).to.deep.equal(['permission-denied microphone']);
      const localStream = new FakeStream([new FakeTrack('video')]) as unknown as MediaStream;
      expect(await findings(refuse, { localStream })).to.deep.equal(['all-clear']);
    });

    it('blames no device where the browser never answers', async () => {
      const made = await findings((page) => {
        page.permissionState = () => new Promise(() => undefined);
        page.enumerateDevices = () => new Promise(() => undefined);
      });
      expect(made).to.deep.equal(['all-clear']);
    });
  });

  it('says what it is on the first line of every advice, and what to do on the second', () => {
    for (const advice of Object.values(networkAdvice)) expect(advice('x')).to.match(/^[^\n]+\n[^\n]+\.$/);
  });
});
