import type { CallOptions } from './call-options.js';
import { probeTimeoutMs } from './defaults.js';
import type { Platform } from './platform.js';
import { hideAddress, isTcp, isTurn, judge, type Finding } from './verdict.js';

/** One STUN or TURN URL, tried on its own. */
export interface ServerDiagnosis {
  /** As the page gave it, without credentials; an address in it is replaced by '…'. */
  readonly url: string;
  /** It did what it is there for: told this side its address (STUN), gave a relay (TURN). */
  readonly ok: boolean;
  /** How long the answer took, or the wait for it: at most 6 s. */
  readonly timeMs: number;
  /** What the server refused with (RFC 8489 §14.8), 701: it could not be reached; null: no error, or no answer. */
  readonly errorCode: number | null;
}

/** What stands in the way of a call on this side: plain data, frozen, without addresses and passwords. */
export interface Diagnosis {
  /** The browser can make calls at all. */
  readonly supported: boolean;
  /** The page is secure: only such pages get devices. */
  readonly secure: boolean;
  readonly online: boolean;
  /** False where the page around this one withholds it; true also where the browser does not tell. */
  readonly policy: Readonly<Record<'camera' | 'microphone' | 'display-capture', boolean>>;
  readonly permissions: Readonly<Record<'camera' | 'microphone', PermissionState | 'unknown'>>;
  /** How many there are of each kind, one at most before the first permission; null: the browser does not tell. */
  readonly devices: Readonly<Record<MediaDeviceKind, number>> | null;
  /** Two connections inside the page found each other. */
  readonly loopback: boolean;
  /** Each URL of the configuration; with the policy `relay` those of TURN servers only. */
  readonly servers: readonly ServerDiagnosis[];
  /** Type and transport of the candidates found, such as `host udp`, `srflx udp`, `relay tcp`. */
  readonly candidates: readonly string[];
  /** Whether UDP leaves this network and comes back; null: nothing tells. */
  readonly udp: boolean | null;
  /** What is wrong, the gravest first; `all-clear` where nothing is. */
  readonly verdict: readonly Finding[];
}

function count(devices: MediaDeviceInfo[]): Record<MediaDeviceKind, number> {
  const counts = { audioinput: 0, videoinput: 0, audiooutput: 0 };
  for (const { kind } of devices) counts[kind]++;
  return counts;
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}

/**
 * Looks at everything that a call needs on this side. Opens no device and asks the person nothing. Each server is
 * tried on its own, all at once, for at most 6 s; every connection is closed at the end. Never rejects.
 * @param configuration as for the call itself
 * @param options tell which devices the call wants
 */
export async function diagnose(
  platform: Platform,
  configuration: RTCConfiguration | Promise<RTCConfiguration>,
  options: Pick<CallOptions, 'noAudio' | 'noVideo' | 'localStream'>,
): Promise<Diagnosis> {
  const found = new Set<string>();

  /** What `work` settles with, in at most 6 s; `otherwise` where it fails or takes longer. */
  const within = <T>(
    otherwise: T,
    work: (
      settle: (value: T) => void,
      connect: (settings?: RTCConfiguration) => Connection,
    ) => Promise<unknown>,
  ): Promise<T> =>
    new Promise((resolve) => {
      const connections: RTCPeerConnection[] = [];
      const settle = (value: T): void => {
        cancel();
        for (const connection of connections.splice(0)) connection.close();
        resolve(value);
      };
      const giveUp = (): void => {
        settle(otherwise);
      };
      const cancel = platform.setTimer(giveUp, probeTimeoutMs);
      const connect = (settings: RTCConfiguration = {}): Connection => {
        const connection = platform.createPeerConnection(settings);
        connections.push(connection);
        return { connection, channel: connection.createDataChannel('', { negotiated: true, id: 0 }) };
      };
      (async () => work(settle, connect))().catch(giveUp);
    });

  const probe = async (server: RTCIceServer, url: string): Promise<ServerDiagnosis> => {
    const begun = platform.now();
    let errorCode: number | null = null;
    const ok = await within(false, async (settle, connect) => {
      const { connection } = connect({
        iceServers: [{ ...server, urls: url }],
        iceTransportPolicy: isTurn(url) ? 'relay' : 'all',
      });
      connection.onicecandidateerror = (error) => {
        // One comes for each interface; an answer tells more than a way on which there was none (701).
        if (error.errorCode >= (errorCode ?? 999)) return;
        ({ errorCode } = error);
        if (errorCode < 700) settle(false);
      };
      connection.onicecandidate = ({ candidate }) => {
        if (!candidate?.candidate) {
          // On a public address STUN tells nothing new, and the browser leaves its candidate out as a duplicate.
          settle(!isTurn(url) && errorCode === null);
          return;
        }
        const { type, protocol } = candidate;
        found.add(`${type} ${type === 'relay' && isTcp(url) ? 'tcp' : protocol}`);
        if (type === (isTurn(url) ? 'relay' : 'srflx')) settle(true);
      };
      await connection.setLocalDescription();
    });
    const timeMs = Math.round(platform.now() - begun);
    return { url, ok, timeMs, errorCode: ok ? null : errorCode };
  };

  const probeAll = async (): Promise<ServerDiagnosis[]> => {
    const { iceServers = [], iceTransportPolicy } = await configuration;
    return Promise.all(
      iceServers.flatMap((server) =>
        [server.urls]
          .flat()
          .filter((url) => isTurn(url) || iceTransportPolicy !== 'relay')
          .map((url) => probe(server, url)),
      ),
    );
  };

  const loop = within(false, async (settle, connect) => {
    const [near, far] = [connect(), connect()];
    near.channel.onopen = () => {
      settle(true);
    };
    for (const [{ connection: from }, { connection: to }] of [
      [near, far],
      [far, near],
    ] as const) {
      from.onicecandidate = ({ candidate }) => {
        if (!candidate?.candidate) return; // that was the last one; Firefox says it by an empty one, too
        found.add(`${candidate.type} ${candidate.protocol}`);
        to.addIceCandidate(candidate).catch(() => undefined);
      };
      await from.setLocalDescription();
      if (from.localDescription) await to.setRemoteDescription(from.localDescription);
    }
  });

  const listDevices = within<MediaDeviceInfo[] | null>(null, async (settle) => {
    settle(await platform.enumerateDevices());
  });
  const askPermission = (name: 'camera' | 'microphone'): Promise<PermissionState | 'unknown'> =>
    within<PermissionState | 'unknown'>('unknown', async (settle) => {
      settle(await platform.permissionState(name));
    });

  const isAllowed = (feature: keyof Diagnosis['policy']): Promise<boolean> =>
    within(true, async (settle) => {
      settle(await platform.isAllowed(feature));
    });

  const [loopback, devices, camera, microphone, servers, ...allowed] = await Promise.all([
    loop,
    listDevices,
    askPermission('camera'),
    askPermission('microphone'),
    probeAll(),
    isAllowed('camera'),
    isAllowed('microphone'),
    isAllowed('display-capture'),
  ]);
  const facts = {
    supported: platform.canConnect,
    secure: platform.isSecure,
    online: platform.isOnline,
    policy: {
      camera: allowed[0],
      microphone: allowed[1],
      'display-capture': allowed[2],
    },
    permissions: { camera, microphone },
    devices: devices && count(devices),
    loopback,
    servers,
    candidates: [...found].sort(),
  };
  const shown = servers.map((server) => ({ ...server, url: hideAddress(server.url) }));
  return freeze({ ...facts, servers: shown, ...judge(facts, options) });
}

interface Connection {
  readonly connection: RTCPeerConnection;
  readonly channel: RTCDataChannel;
}
