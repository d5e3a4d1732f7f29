import { expect } from '@open-wc/testing';
import type { CallFact, MediaKind, MediaStatus } from '../../src/core/call-state.js';
import { memoryKey } from '../../src/core/device-list.js';
import type { CallError } from '../../src/core/errors.js';
import { LocalMedia, type LocalMediaOptions } from '../../src/core/local-media.js';
import type { TrackRole } from '../../src/core/outgoing.js';
import { exception, FakeStream, FakeTrack } from '../helpers/fake-media.js';
import { FakePlatform } from '../helpers/fake-platform.js';

const asStream = (stream: FakeStream): MediaStream => stream as unknown as MediaStream;
const defaults: LocalMediaOptions = {
  noAudio: false,
  noVideo: false,
  constraints: {},
  localStream: null,
  processTrack: null,
};

class Person {
  readonly platform: FakePlatform;
  readonly devices: FakePlatform['devices'];
  readonly status: Record<MediaKind, MediaStatus> = { microphone: 'off', camera: 'off', screen: 'off' };
  /** Every status in turn. */
  readonly history: string[] = [];
  readonly errors: Partial<Record<MediaKind, CallError>> = {};
  readonly sent: Record<TrackRole, FakeTrack | null> = { audio: null, video: null, screen: null };
  readonly sentHistory: string[] = [];
  readonly faults: CallError[] = [];
  readonly facts: CallFact[] = [];
  preview: { stream: MediaStream | null; facing: string } = { stream: null, facing: '' };
  grants = 0;
  /** What a listener of the page does. */
  onStatus: (kind: MediaKind, status: MediaStatus) => void = () => undefined;
  onFault: () => void = () => undefined;
  readonly media: LocalMedia;
  #options: LocalMediaOptions;

  constructor(options: Partial<LocalMediaOptions> = {}, platform = new FakePlatform()) {
    this.platform = platform;
    this.devices = platform.devices;
    this.#options = { ...defaults, ...options };
    this.media = new LocalMedia({
      platform: this.platform,
      media: this.#options,
      events: {
        status: (kind, status, error) => {
          this.status[kind] = status;
          this.history.push(`${kind} ${status}`);
          if (error) this.errors[kind] = error;
          else Reflect.deleteProperty(this.errors, kind);
          this.onStatus(kind, status);
        },
        track: (role, track) => {
          this.sent[role] = track as unknown as FakeTrack | null;
          this.sentHistory.push(`${role} ${track ? 'track' : 'nothing'}`);
        },
        preview: (stream, facing) => (this.preview = { stream, facing }),
        granted: () => this.grants++,
        fault: (error) => {
          this.faults.push(error);
          this.onFault();
        },
        fact: (fact) => {
          this.facts.push(fact);
        },
      },
    });
  }

  settle(): Promise<void> {
    return this.platform.clock.settle();
  }

  configure(changes: Partial<LocalMediaOptions>): Promise<void> {
    this.#options = { ...this.#options, ...changes };
    this.media.configure(this.#options);
    return this.settle();
  }

  /** Opens, and lets the person answer every question with yes. */
  async open(): Promise<CallError[]> {
    this.devices.automatic = 'grant';
    const errors = await this.media.open();
    this.devices.automatic = null;
    return errors;
  }

  /** Rejects every question that satisfies the condition with the exception, and grants the others. */
  rejectWhere(
    name: string,
    condition: (constraints: MediaStreamConstraints) => boolean,
    constraint?: string,
  ): void {
    this.devices.automatic = (constraints) =>
      condition(constraints) ? exception(name, constraint) : 'grant';
  }
}

/** The code of the error with which a command rejects. */
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as CallError).code,
  );

describe('LocalMedia', () => {
  it('opens nothing before it is asked to', async () => {
    const person = new Person();
    await person.configure({ constraints: { video: { width: 640 } } });
    expect(person.devices.asked).to.deep.equal([]);
    expect(person.devices.watcherCount).to.equal(0);
  });

  it('asks for both devices by one question', async () => {
    const person = new Person();
    const opening = person.media.open();
    expect(person.history).to.deep.equal(['microphone starting', 'camera starting']);
    expect(person.devices.asked).to.deep.equal([{ audio: true, video: true }]);
    const [microphone, camera] = person.devices.grant();
    expect(await opening).to.deep.equal([]);
    expect(person.status).to.deep.equal({ microphone: 'on', camera: 'on', screen: 'off' });
    expect(person.sent).to.include({ audio: microphone, video: camera });
    expect(person.preview.stream).to.equal(person.media.stream);
    expect(person.media.stream.getTracks()).to.have.members([microphone, camera]);
    expect(person.grants).to.be.greaterThan(0);
  });

  it('asks once, however often it is opened', async () => {
    const person = new Person();
    const first = person.media.open();
    const second = person.media.open();
    let settled = 0;
    for (const opening of [first, second]) void opening.then(() => settled++);
    await person.settle();
    expect(settled).to.equal(0);
    person.devices.grant();
    await Promise.all([first, second]);
    await person.media.open();
    expect(person.devices.asked).to.have.length(1);
  });

  it('returns the same promise while it is opening', () => {
    const person = new Person();
    expect(person.media.open()).to.equal(person.media.open());
  });

  for (const [option, question] of [
    ['noAudio', { video: true }],
    ['noVideo', { audio: true }],
  ] as const) {
    it(`asks for one device with ${option}`, async () => {
      const person = new Person({ [option]: true });
      await person.open();
      expect(person.devices.asked).to.deep.equal([question]);
      expect(person.media.outgoing.sends).to.deep.equal({
        audio: option !== 'noAudio',
        video: option !== 'noVideo',
        screen: true,
      });
    });
  }

  it('asks for nothing with neither', async () => {
    const person = new Person({ noAudio: true, noVideo: true });
    expect(await person.media.open()).to.deep.equal([]);
    expect(person.devices.asked).to.deep.equal([]);
    expect(person.history).to.deep.equal([]);
  });

  it('passes the constraints on', async () => {
    const constraints = { audio: { echoCancellation: false }, video: { width: { ideal: 640 } } };
    const person = new Person({ constraints });
    await person.open();
    expect(person.devices.asked).to.deep.equal([constraints]);
  });

  describe('falling back', () => {
    it('takes the microphone alone where there is no camera', async () => {
      const person = new Person();
      person.devices.list = person.devices.list.filter(({ kind }) => kind === 'audioinput');
      const errors = await person.open();
      expect(errors.map(({ code }) => code)).to.deep.equal(['device-not-found']);
      expect(person.status).to.include({ microphone: 'on', camera: 'missing' });
      expect(person.errors.camera?.code).to.equal('device-not-found');
      expect(person.errors.microphone).to.be.undefined;
    });

    it('takes the camera alone where there is no microphone', async () => {
      const person = new Person();
      person.devices.list = person.devices.list.filter(({ kind }) => kind === 'videoinput');
      await person.open();
      expect(person.status).to.include({ microphone: 'missing', camera: 'on' });
    });

    it('takes neither where there is none', async () => {
      const person = new Person();
      person.devices.list = [];
      const errors = await person.open();
      expect(errors).to.have.length(2);
      expect(person.status).to.include({ microphone: 'missing', camera: 'missing' });
      expect(person.preview.stream).to.be.null;
    });

    for (const [name, status] of [
      ['NotAllowedError', 'denied'],
      ['SecurityError', 'denied'],
      ['NotFoundError', 'missing'],
      ['NotReadableError', 'busy'],
      ['AbortError', 'busy'],
      ['SomethingNewError', 'busy'],
    ] as const) {
      it(`shows ${status} after ${name} for both`, async () => {
        const person = new Person();
        person.rejectWhere(name, () => true);
        expect(await person.media.open()).to.have.length(2);
        expect(person.status).to.include({ microphone: status, camera: status });
      });

      it(`shows ${status} after ${name} of the camera, with the microphone on`, async () => {
        const person = new Person();
        person.devices.permissions = { microphone: 'granted', camera: 'granted' };
        person.rejectWhere(name, ({ video }) => Boolean(video));
        expect(await person.media.open()).to.have.length(1);
        expect(person.status).to.include({ microphone: 'on', camera: status });
      });
    }

    it('asks no second time when the person closes the question', async () => {
      const person = new Person();
      const opening = person.media.open();
      person.devices.refuse('NotAllowedError'); // the permission stays at prompt
      await opening;
      expect(person.devices.asked).to.have.length(1);
      expect(person.status).to.include({ microphone: 'denied', camera: 'denied' });
      expect(person.errors.camera).to.include({ code: 'permission-denied', isDismissed: true });
    });

    it('asks no second time when the person denies both', async () => {
      const person = new Person();
      const opening = person.media.open();
      person.devices.deny();
      await opening;
      expect(person.devices.asked).to.have.length(1);
      expect(person.errors.camera).to.include({ code: 'permission-denied', isDismissed: false });
    });

    it('asks for the microphone alone where only the camera is denied for good', async () => {
      const person = new Person();
      person.devices.permissions = { microphone: 'prompt', camera: 'denied' };
      const opening = person.media.open();
      person.devices.refuse('NotAllowedError');
      await person.settle();
      expect(person.devices.asked).to.deep.equal([{ audio: true, video: true }, { audio: true }]);
      person.devices.grant();
      await opening;
      expect(person.status).to.include({ microphone: 'on', camera: 'denied' });
    });

    it('asks one by one where the browser does not tell permissions', async () => {
      const person = new Person();
      person.devices.permissions = { microphone: 'unknown', camera: 'unknown' };
      person.rejectWhere('NotAllowedError', ({ video }) => Boolean(video));
      await person.media.open();
      expect(person.status).to.include({ microphone: 'on', camera: 'denied' });
    });

    it('says that the page is not secure, and asks once', async () => {
      const person = new Person();
      person.platform.isSecure = false;
      person.rejectWhere('NotSupportedError', () => true);
      const errors = await person.media.open();
      expect(errors.map(({ code }) => code)).to.deep.equal(['insecure-context', 'insecure-context']);
      expect(person.devices.asked).to.have.length(1);
    });

    it('says which device the page around it withholds', async () => {
      const person = new Person();
      person.platform.forbidden.add('camera');
      person.devices.permissions = { microphone: 'granted', camera: 'denied' };
      person.rejectWhere('NotAllowedError', ({ video }) => Boolean(video));
      const errors = await person.media.open();
      expect(errors.map(({ code }) => code)).to.deep.equal(['policy-blocked']);
      expect(person.status).to.include({ microphone: 'on', camera: 'denied' });
    });

    it('leaves out a constraint that no device satisfies, and says so', async () => {
      const person = new Person({ constraints: { video: { frameRate: { exact: 1000 } } } });
      person.rejectWhere('OverconstrainedError', ({ video }) => typeof video === 'object', 'frameRate');
      expect(await person.media.open()).to.deep.equal([]);
      expect(person.status).to.include({ microphone: 'on', camera: 'on' });
      expect(person.faults.map(({ code }) => code)).to.deep.equal(['constraints-unsatisfied']);
      expect(person.faults[0]?.message).to.include('frameRate');
    });

    it('shows missing where even that does not help', async () => {
      const person = new Person({ constraints: { video: { frameRate: { exact: 1000 } } } });
      person.rejectWhere('OverconstrainedError', ({ video }) => Boolean(video), 'frameRate');
      expect(await person.media.open()).to.have.length(1);
      expect(person.status).to.include({ microphone: 'on', camera: 'missing' });
    });
  });

  describe('retrying', () => {
    it('opens a camera that is plugged in later', async () => {
      const person = new Person();
      const camera = person.devices.list.pop()!;
      await person.open();
      expect(person.status.camera).to.equal('missing');
      person.devices.automatic = 'grant';
      person.devices.permissions.camera = 'granted';
      person.devices.plug(camera);
      await person.settle();
      expect(person.status.camera).to.equal('on');
    });

    it('opens what was denied when the permission is given', async () => {
      const person = new Person();
      const opening = person.media.open();
      person.devices.deny();
      await opening;
      person.devices.automatic = 'grant';
      person.devices.permissions = { microphone: 'granted', camera: 'granted' };
      person.devices.change();
      await person.settle();
      expect(person.status).to.include({ microphone: 'on', camera: 'on' });
    });

    it('puts no question to the person by itself', async () => {
      const person = new Person();
      const opening = person.media.open();
      person.devices.refuse('NotAllowedError');
      await opening;
      person.devices.change();
      await person.settle();
      expect(person.devices.asked).to.have.length(1);
    });

    it('opens nothing after close', async () => {
      const person = new Person();
      const opening = person.media.open();
      person.devices.deny();
      await opening;
      person.media.close();
      person.devices.permissions = { microphone: 'granted', camera: 'granted' };
      person.devices.change();
      await person.settle();
      expect(person.devices.asked).to.have.length(1);
      expect(person.devices.watcherCount).to.equal(0);
    });

    it('opens on the act of the person', async () => {
      const person = new Person();
      const opening = person.media.open();
      person.devices.refuse('NotReadableError');
      await person.settle();
      person.devices.refuse('NotReadableError');
      await person.settle();
      person.devices.refuse('NotReadableError');
      await opening;
      expect(person.status.camera).to.equal('busy');
      const again = person.media.setCamera(true);
      person.devices.grant();
      await again;
      expect(person.status.camera).to.equal('on');
    });
  });

  describe('setMicrophone', () => {
    it('mutes at once and keeps the device', async () => {
      const person = new Person();
      await person.open();
      const track = person.sent.audio!;
      void person.media.setMicrophone(false);
      expect(track).to.include({ enabled: false, readyState: 'live' });
      expect(person.status.microphone).to.equal('off');
      void person.media.setMicrophone(true);
      expect(track.enabled).to.be.true;
      expect(person.status.microphone).to.equal('on');
      expect(person.sent.audio).to.equal(track);
      expect(person.devices.asked).to.have.length(1);
    });

    it('stays muted while the device is still opening', async () => {
      const person = new Person();
      const opening = person.media.open();
      await person.media.setMicrophone(false);
      person.devices.grant();
      await opening;
      expect(person.status.microphone).to.equal('off');
      expect(person.sent.audio).to.be.null;
      expect(person.devices.live.map(({ kind }) => kind)).to.deep.equal(['video']);
    });

    it('opens the device where it is not open, and rejects where that fails', async () => {
      const person = new Person();
      person.rejectWhere('NotFoundError', () => true);
      await person.media.open();
      expect(await codeOf(person.media.setMicrophone(true))).to.equal('device-not-found');
      expect(person.status.microphone).to.equal('missing');
      person.devices.automatic = 'grant';
      expect(await codeOf(person.media.setMicrophone(true))).to.equal('resolved');
      expect(person.status.microphone).to.equal('on');
    });

    it('rejects what no-audio excludes', async () => {
      const person = new Person({ noAudio: true });
      expect(await codeOf(person.media.setMicrophone(true))).to.equal('invalid-state');
    });

    it('is not on before processTrack is done', async () => {
      let finish: () => void = () => undefined;
      const person = new Person({
        noVideo: true,
        processTrack: (track) =>
          new Promise((resolve) => {
            finish = () => {
              resolve(track);
            };
          }),
      });
      void person.media.open();
      person.devices.grant();
      await person.settle();
      const setting = person.media.setMicrophone(true);
      await person.settle();
      expect(person.status.microphone).to.equal('starting');
      finish();
      await setting;
      expect(person.status.microphone).to.equal('on');
      expect(person.sent.audio).not.to.be.null;
    });
  });

  describe('setCamera', () => {
    it('off stops the device, so that its light goes out, and on opens it again', async () => {
      const person = new Person();
      await person.open();
      const track = person.sent.video!;
      await person.media.setCamera(false);
      expect(track.readyState).to.equal('ended');
      expect(person.sent.video).to.be.null;
      expect(person.status.camera).to.equal('off');
      expect(person.media.stream.getVideoTracks()).to.have.length(0);
      const again = person.media.setCamera(true);
      expect(person.status.camera).to.equal('starting');
      const [fresh] = person.devices.grant();
      await again;
      expect(person.sent.video).to.equal(fresh);
      expect(person.status.camera).to.equal('on');
      expect(person.devices.asked.at(-1)).to.deep.equal({ video: true });
    });

    it('off while it opens stops what arrives later', async () => {
      const person = new Person({ noAudio: true });
      const opening = person.media.open();
      await person.media.setCamera(false);
      const [late] = person.devices.grant();
      await opening;
      expect(late?.readyState).to.equal('ended');
      expect(person.status.camera).to.equal('off');
      expect(person.sent.video).to.be.null;
    });

    it('off and on while it opens uses the newest and leaves no device open', async () => {
      const person = new Person({ noAudio: true });
      const opening = person.media.open();
      await person.media.setCamera(false);
      const again = person.media.setCamera(true);
      const [late] = person.devices.grant();
      const [fresh] = person.devices.grant();
      await Promise.all([opening, again]);
      expect(late?.readyState).to.equal('ended');
      expect(fresh?.readyState).to.equal('live');
      expect(person.sent.video).to.equal(fresh);
      expect(person.status.camera).to.equal('on');
    });

    it('off is remembered for the next opening', async () => {
      const person = new Person();
      await person.media.setCamera(false);
      await person.open();
      expect(person.devices.asked).to.deep.equal([{ audio: true }]);
      expect(person.status.camera).to.equal('off');
    });

    it('opens nothing before open and after close, but is remembered', async () => {
      const person = new Person();
      expect(await codeOf(person.media.setCamera(true))).to.equal('resolved');
      await person.open();
      await person.media.setCamera(false);
      person.media.close();
      expect(await codeOf(person.media.setCamera(true))).to.equal('resolved');
      expect(await codeOf(person.media.setMicrophone(true))).to.equal('resolved');
      expect(person.devices.asked).to.have.length(1);
      expect(person.status).to.include({ microphone: 'off', camera: 'off' });
      await person.open();
      expect(person.status).to.include({ microphone: 'on', camera: 'on' });
    });

    it('on while it opens resolves when it is open', async () => {
      const person = new Person();
      void person.media.open();
      let isSettled = false;
      const setting = person.media.setCamera(true).then(() => (isSettled = true));
      await person.settle();
      expect(isSettled).to.be.false;
      person.devices.grant();
      await setting;
      expect(person.status.camera).to.equal('on');
      expect(person.devices.asked).to.have.length(1);
    });

    it('on while it opens rejects when it can not be opened', async () => {
      const person = new Person({ noAudio: true });
      void person.media.open();
      const setting = codeOf(person.media.setCamera(true));
      person.devices.refuse('NotReadableError');
      expect(await setting).to.equal('device-busy');
    });
  });

  describe('close', () => {
    it('stops every track and watches nothing', async () => {
      const person = new Person();
      await person.open();
      person.media.close();
      person.media.close();
      expect(person.devices.live).to.deep.equal([]);
      expect(person.status).to.deep.equal({ microphone: 'off', camera: 'off', screen: 'off' });
      expect(person.preview.stream).to.be.null;
      expect(person.media.stream.getTracks()).to.have.length(0);
      expect(person.devices.watcherCount).to.equal(0);
    });

    it('during a question stops what arrives later', async () => {
      const person = new Person();
      const opening = person.media.open();
      person.media.close();
      person.devices.grant();
      await opening;
      expect(person.devices.opened).to.have.length(2);
      expect(person.devices.live).to.deep.equal([]);
      expect(person.sent).to.deep.equal({ audio: null, video: null, screen: null });
      expect(person.status).to.deep.equal({ microphone: 'off', camera: 'off', screen: 'off' });
    });

    it('during a question asks no second one when the first fails', async () => {
      const person = new Person();
      const opening = person.media.open();
      person.media.close();
      person.devices.refuse('NotReadableError');
      await opening;
      expect(person.devices.asked).to.have.length(1);
      expect(person.status).to.deep.equal({ microphone: 'off', camera: 'off', screen: 'off' });
    });

    it('lets it be opened again, also while the former question is open', async () => {
      const person = new Person();
      const first = person.media.open();
      person.media.close();
      const second = person.media.open();
      person.devices.grant();
      const fresh = person.devices.grant();
      await Promise.all([first, second]);
      expect(person.devices.live).to.deep.equal(fresh);
      expect(person.status).to.include({ microphone: 'on', camera: 'on' });
    });

    it('stops the camera while processTrack still has the microphone', async () => {
      const person = new Person({
        processTrack: (track, kind) =>
          kind === 'audio' ? new Promise(() => undefined) : Promise.resolve(track),
      });
      void person.media.open();
      person.devices.grant();
      await person.settle();
      expect(person.status).to.include({ microphone: 'starting', camera: 'on' });
      person.media.close();
      expect(person.devices.live).to.deep.equal([]);
    });

    it('in a listener to a fault opens nothing more', async () => {
      const person = new Person({ noAudio: true, constraints: { video: { frameRate: { exact: 1000 } } } });
      person.onFault = () => {
        person.media.close();
      };
      person.rejectWhere('OverconstrainedError', ({ video }) => typeof video === 'object', 'frameRate');
      await person.media.open();
      expect(person.devices.asked).to.have.length(1);
      expect(person.devices.opened).to.deep.equal([]);
      expect(person.status.camera).to.equal('off');
    });
  });

  describe("with the page's own stream", () => {
    const ownStream = (): { stream: MediaStream; tracks: FakeTrack[] } => {
      const tracks = [new FakeTrack('audio'), new FakeTrack('video')];
      return { stream: asStream(new FakeStream(tracks)), tracks };
    };

    it('asks for no device and sends its tracks', async () => {
      const { stream, tracks } = ownStream();
      const person = new Person({ localStream: stream });
      expect(await person.media.open()).to.deep.equal([]);
      expect(person.devices.asked).to.deep.equal([]);
      expect(person.sent).to.include({ audio: tracks[0], video: tracks[1] });
      expect(person.status).to.include({ microphone: 'on', camera: 'on' });
      expect(person.preview.facing).to.equal('page');
    });

    it('says which kinds it never sends', () => {
      const person = new Person({ localStream: asStream(new FakeStream([new FakeTrack('video')])) });
      expect(person.media.outgoing.sends).to.include({ audio: false, video: true });
    });

    it('never stops or disables its tracks', async () => {
      const { stream, tracks } = ownStream();
      const person = new Person({ localStream: stream });
      await person.media.open();
      await person.media.setMicrophone(false);
      await person.media.setCamera(false);
      expect(person.sent).to.include({ audio: null, video: null });
      expect(person.status).to.include({ microphone: 'off', camera: 'off' });
      await person.media.setMicrophone(true);
      await person.media.setCamera(true);
      expect(person.sent).to.include({ audio: tracks[0], video: tracks[1] });
      person.media.close();
      for (const track of tracks) expect(track).to.include({ readyState: 'live', enabled: true });
    });

    it('is swapped for another while it is open', async () => {
      const [first, second] = [ownStream(), ownStream()];
      const person = new Person({ localStream: first.stream });
      await person.media.open();
      await person.configure({ localStream: second.stream });
      expect(person.sent).to.include({ audio: second.tracks[0], video: second.tracks[1] });
      expect(person.media.stream.getTracks()).to.have.members(second.tracks);
      for (const track of first.tracks) expect(track.readyState).to.equal('live');
    });

    it('takes the place of the devices, which are stopped', async () => {
      const person = new Person();
      await person.open();
      const { stream, tracks } = ownStream();
      await person.configure({ localStream: stream });
      expect(person.devices.live).to.deep.equal([]);
      expect(person.sent).to.include({ audio: tracks[0], video: tracks[1] });
    });

    it('gives its place back to the devices', async () => {
      const { stream, tracks } = ownStream();
      const person = new Person({ localStream: stream });
      await person.media.open();
      person.devices.automatic = 'grant';
      await person.configure({ localStream: null });
      expect(person.sent.video).to.equal(person.devices.live[1]);
      expect(person.status).to.include({ microphone: 'on', camera: 'on' });
      for (const track of tracks) expect(track.readyState).to.equal('live');
    });

    it('stops what a question brings that was open before', async () => {
      const person = new Person();
      const opening = person.media.open();
      const { stream, tracks } = ownStream();
      await person.configure({ localStream: stream });
      person.devices.grant();
      await opening;
      await person.settle();
      expect(person.devices.live).to.deep.equal([]);
      expect(person.sent).to.include({ audio: tracks[0], video: tracks[1] });
      expect(person.status).to.include({ microphone: 'on', camera: 'on' });
    });

    it('stays when options change, also with no-video and no-audio', async () => {
      const { stream, tracks } = ownStream();
      const person = new Person({ localStream: stream, noAudio: true, noVideo: true });
      await person.media.open();
      await person.configure({ constraints: { video: { width: 640 } } });
      expect(person.sent).to.include({ audio: tracks[0], video: tracks[1] });
      expect(person.status).to.include({ microphone: 'on', camera: 'on' });
    });

    it('is followed when a track of it ends', async () => {
      const { stream, tracks } = ownStream();
      const onended = (): void => undefined;
      tracks[1]!.onended = onended;
      const person = new Person({ localStream: stream });
      await person.media.open();
      tracks[1]!.end();
      expect(person.sent).to.include({ audio: tracks[0], video: null });
      expect(person.status).to.include({ microphone: 'on', camera: 'off' });
      expect(tracks[1]!.onended).to.equal(onended);
    });

    it('is let go with close and with a swap', async () => {
      const [first, second] = [ownStream(), ownStream()];
      const person = new Person({ localStream: first.stream });
      await person.media.open();
      await person.configure({ localStream: second.stream });
      const before = person.history.length;
      for (const track of first.tracks) track.end();
      expect(person.history).to.have.length(before);
      person.media.close();
      const after = person.history.length;
      for (const track of second.tracks) track.end();
      expect(person.history).to.have.length(after);
    });
  });

  describe('when a device goes away', () => {
    it('takes another', async () => {
      const person = new Person();
      person.devices.list.push({ kind: 'videoinput', deviceId: 'camera-2' });
      await person.open();
      expect(person.sent.video?.label).to.equal('camera-1');
      person.devices.automatic = 'grant';
      person.devices.unplug('camera-1');
      await person.settle();
      expect(person.sent.video?.label).to.equal('camera-2');
      expect(person.status.camera).to.equal('on');
      expect(person.devices.live).to.have.length(2);
    });

    it('is missing where there is no other, and on when it returns', async () => {
      const person = new Person();
      await person.open();
      person.devices.automatic = 'grant';
      const camera = person.devices.list.find(({ kind }) => kind === 'videoinput')!;
      person.devices.unplug('camera-1');
      await person.settle();
      expect(person.status.camera).to.equal('missing');
      expect(person.errors.camera?.code).to.equal('device-not-found');
      expect(person.sent.video).to.be.null;
      person.devices.plug(camera);
      await person.settle();
      expect(person.status.camera).to.equal('on');
      expect(person.sent.video).not.to.be.null;
    });

    it('takes its place again when it returns, and each change is told', async () => {
      const person = new Person();
      const [headset] = person.devices.list;
      person.devices.list.push({ kind: 'audioinput', deviceId: 'microphone-2' });
      await person.open();
      await person.settle();
      person.devices.automatic = 'grant';
      person.devices.unplug('microphone-1');
      await person.settle();
      expect(person.sent.audio?.label).to.equal('microphone-2');
      await person.media.setMicrophone(false);
      person.devices.plug(headset!);
      await person.settle();
      expect(person.sent.audio).to.include({ label: 'microphone-1', enabled: false });
      const told = person.facts.flatMap((fact) =>
        fact.type === 'device-replaced' ? [fact.replacement] : [],
      );
      expect(told).to.deep.equal([
        { kind: 'microphone', reason: 'unplugged', label: 'microphone-2' },
        { kind: 'microphone', reason: 'returned', label: 'microphone-1' },
      ]);
      expect(person.devices.live.filter(({ kind }) => kind === 'audio')).to.have.length(1);
    });

    it('stays away when the person has chosen another meanwhile', async () => {
      const person = new Person();
      const [headset] = person.devices.list;
      person.devices.list.push({ kind: 'audioinput', deviceId: 'microphone-2' });
      await person.open();
      await person.settle();
      person.devices.automatic = 'grant';
      person.devices.unplug('microphone-1');
      await person.settle();
      await person.media.selectDevice('audioinput', 'microphone-2');
      person.devices.plug(headset!);
      await person.settle();
      expect(person.sent.audio?.label).to.equal('microphone-2');
    });

    it('opens no other while it is muted', async () => {
      const person = new Person();
      await person.open();
      await person.media.setMicrophone(false);
      person.devices.automatic = 'grant';
      person.devices.unplug('microphone-1');
      await person.settle();
      expect(person.status.microphone).to.equal('off');
      expect(person.devices.asked).to.have.length(1);
    });
  });

  describe('processTrack', () => {
    const filtered = (track: MediaStreamTrack): FakeTrack =>
      new FakeTrack(track.kind as 'audio', {}, `filtered ${track.label}`);

    it('is given every captured track, and what it returns is sent', async () => {
      const person = new Person({
        processTrack: async (track) => filtered(track) as unknown as MediaStreamTrack,
      });
      await person.open();
      expect(person.sent.audio?.label).to.equal('filtered microphone-1');
      expect(person.sent.video?.label).to.equal('filtered camera-1');
      const made = [person.sent.audio, person.sent.video];
      person.media.close();
      expect(person.devices.live).to.deep.equal([]);
      for (const track of made) expect(track?.readyState).to.equal('ended');
    });

    it('sends unprocessed what it rejects, and says so', async () => {
      const failure = new Error('no such filter');
      const person = new Person({ processTrack: () => Promise.reject(failure) });
      expect(await person.open()).to.deep.equal([]);
      expect(person.sent.video?.label).to.equal('camera-1');
      expect(person.status).to.include({ microphone: 'on', camera: 'on' });
      expect(person.faults.map(({ code, cause }) => [code, cause])).to.deep.equal([
        ['invalid-config', failure],
        ['invalid-config', failure],
      ]);
    });

    it('stops what it makes too late', async () => {
      const made: FakeTrack[] = [];
      let finish: () => void = () => undefined;
      const person = new Person({
        noAudio: true,
        processTrack: (track) =>
          new Promise((resolve) => {
            finish = () => {
              made.push(filtered(track));
              resolve(made[0] as unknown as MediaStreamTrack);
            };
          }),
      });
      const opening = person.media.open();
      person.devices.grant();
      await person.settle();
      person.media.close();
      finish();
      await opening;
      expect(made[0]?.readyState).to.equal('ended');
      expect(person.devices.live).to.deep.equal([]);
      expect(person.sent.video).to.be.null;
    });

    it('does not hold up the microphone while it makes the camera wait', async () => {
      const person = new Person({
        processTrack: (track, kind) =>
          kind === 'video' ? new Promise(() => undefined) : Promise.resolve(track),
      });
      void person.media.open();
      person.devices.grant();
      await person.settle();
      expect(person.status.microphone).to.equal('on');
    });

    it('mutes and is muted with the track that it made', async () => {
      const person = new Person({
        processTrack: async (track) => filtered(track) as unknown as MediaStreamTrack,
      });
      await person.open();
      await person.media.setMicrophone(false);
      expect(person.sent.audio?.enabled).to.be.false;
      expect(person.devices.opened[0]?.enabled).to.be.false;
    });

    it('sends unprocessed where it returns no track', async () => {
      const person = new Person({ processTrack: () => Promise.resolve(undefined as never) });
      expect(await person.open()).to.deep.equal([]);
      expect(person.sent.video?.label).to.equal('camera-1');
      expect(person.status).to.include({ microphone: 'on', camera: 'on' });
      expect(person.faults.map(({ code }) => code)).to.deep.equal(['invalid-config', 'invalid-config']);
    });

    it('that outlives the device gives way to another', async () => {
      const person = new Person({
        noAudio: true,
        processTrack: (track) =>
          track.label === 'camera-1' ? new Promise(() => undefined) : Promise.resolve(track),
      });
      person.devices.list.push({ kind: 'videoinput', deviceId: 'camera-2' });
      void person.media.open();
      person.devices.grant();
      await person.settle();
      person.devices.automatic = 'grant';
      person.devices.unplug('camera-1');
      await person.settle();
      expect(person.sent.video?.label).to.equal('camera-2');
    });
  });

  describe('selectDevice', () => {
    it('replaces the open device', async () => {
      const person = new Person();
      person.devices.list.push({ kind: 'videoinput', deviceId: 'camera-2' });
      await person.open();
      person.devices.automatic = 'grant';
      await person.media.selectDevice('videoinput', 'camera-2');
      expect(person.sent.video?.label).to.equal('camera-2');
      expect(person.devices.asked.at(-1)).to.deep.equal({ video: { deviceId: { exact: 'camera-2' } } });
      expect(person.devices.live).to.have.length(2);
    });

    it('keeps the former device where the other can not be opened', async () => {
      const person = new Person();
      await person.open();
      person.rejectWhere('NotReadableError', ({ video }) => JSON.stringify(video).includes('camera-2'));
      expect(await codeOf(person.media.selectDevice('videoinput', 'camera-2'))).to.equal('device-busy');
      expect(person.sent.video?.label).to.equal('camera-1');
      expect(person.status.camera).to.equal('on');
    });

    it('counts for the next opening where none is open', async () => {
      const person = new Person({ noAudio: true });
      person.devices.list.push({ kind: 'videoinput', deviceId: 'camera-2' });
      await person.media.selectDevice('videoinput', 'camera-2');
      expect(person.devices.asked).to.deep.equal([]);
      await person.open();
      expect(person.sent.video?.label).to.equal('camera-2');
    });

    it('stays muted with another microphone', async () => {
      const person = new Person();
      person.devices.list.push({ kind: 'audioinput', deviceId: 'microphone-2' });
      await person.open();
      await person.media.setMicrophone(false);
      person.devices.automatic = 'grant';
      await person.media.selectDevice('audioinput', 'microphone-2');
      expect(person.sent.audio).to.include({ label: 'microphone-2', enabled: false });
      expect(person.status.microphone).to.equal('off');
    });

    it('rejects what is no kind of device, and leaves the camera alone', async () => {
      const person = new Person();
      await person.open();
      const selecting = person.media.selectDevice('camera' as MediaDeviceKind, 'camera-2');
      expect(await codeOf(selecting)).to.equal('invalid-config');
      expect(person.devices.asked).to.have.length(1);
      expect(person.sent.video?.label).to.equal('camera-1');
    });

    it('rejects a device that is not there, and keeps the former', async () => {
      const person = new Person({ constraints: { video: { width: 640 } } });
      await person.open();
      person.devices.automatic = 'grant';
      const selecting = person.media.selectDevice('videoinput', 'nowhere');
      expect(await codeOf(selecting)).to.equal('constraints-unsatisfied');
      expect(person.devices.asked.slice(1)).to.deep.equal([
        { video: { width: 640, deviceId: { exact: 'nowhere' } } },
        { video: { width: 640 } },
      ]);
      expect(person.sent.video?.label).to.equal('camera-1');
      expect(person.status.camera).to.equal('on');
      expect(person.faults).to.deep.equal([]);
    });

    it('keeps a muted microphone where the other can not be opened', async () => {
      const person = new Person();
      await person.open();
      await person.media.setMicrophone(false);
      person.devices.automatic = 'grant';
      expect(await codeOf(person.media.selectDevice('audioinput', 'nowhere'))).not.to.equal('resolved');
      expect(person.sent.audio).to.include({ label: 'microphone-1', enabled: false });
      expect(person.status.microphone).to.equal('off');
    });

    it('forgets a device that is gone when it is opened, and keeps the constraints', async () => {
      const person = new Person({ noAudio: true, constraints: { video: { width: 640 } } });
      await person.media.selectDevice('videoinput', 'nowhere');
      expect(await person.open()).to.deep.equal([]);
      expect(person.devices.asked).to.deep.equal([
        { video: { width: 640, deviceId: { exact: 'nowhere' } } },
        { video: { width: 640 } },
      ]);
      expect(person.status.camera).to.equal('on');
      expect(person.faults.map(({ code }) => code)).to.deep.equal(['constraints-unsatisfied']);
      await person.media.setCamera(false);
      person.devices.automatic = 'grant';
      await person.media.setCamera(true);
      expect(person.devices.asked.at(-1)).to.deep.equal({ video: { width: 640 } });
    });

    it('twice in a row uses the second', async () => {
      const person = new Person({ noAudio: true });
      person.devices.list.push({ kind: 'videoinput', deviceId: 'camera-2' });
      person.devices.list.push({ kind: 'videoinput', deviceId: 'camera-3' });
      await person.open();
      const selecting = ['camera-2', 'camera-3'].map((id) => person.media.selectDevice('videoinput', id));
      person.devices.grant();
      person.devices.grant();
      await Promise.all(selecting);
      expect(person.sent.video?.label).to.equal('camera-3');
      expect(person.devices.live.map(({ label }) => label)).to.deep.equal(['camera-3']);
    });

    it('while the first opens uses what was selected', async () => {
      const person = new Person({ noAudio: true });
      person.devices.list.push({ kind: 'videoinput', deviceId: 'camera-2' });
      const opening = person.media.open();
      const selecting = person.media.selectDevice('videoinput', 'camera-2');
      person.devices.grant();
      person.devices.grant();
      await Promise.all([opening, selecting]);
      expect(person.sent.video?.label).to.equal('camera-2');
      expect(person.devices.live).to.have.length(1);
    });

    for (const [act, run] of [
      ['close', (media: LocalMedia) => media.close()],
      ['camera off', (media: LocalMedia) => void media.setCamera(false)],
    ] as const) {
      it(`opens the former no more after ${act} in a listener`, async () => {
        const person = new Person({ noAudio: true });
        await person.open();
        person.devices.automatic = 'grant';
        person.onStatus = (kind, status) => {
          if (kind === 'camera' && status === 'missing') run(person.media);
        };
        await codeOf(person.media.selectDevice('videoinput', 'nowhere'));
        expect(person.devices.asked).to.have.length(2);
        expect(person.devices.live).to.deep.equal([]);
        expect(person.status.camera).to.equal('off');
      });
    }
  });

  describe('remembering', () => {
    const visit = (platform: FakePlatform): Person => {
      const person = new Person({}, platform);
      person.devices.list = [
        { kind: 'audioinput', deviceId: 'microphone-1' },
        { kind: 'audioinput', deviceId: 'microphone-2' },
        { kind: 'videoinput', deviceId: 'camera-1' },
        { kind: 'videoinput', deviceId: 'camera-2', label: 'Desk camera' },
        { kind: 'audiooutput', deviceId: 'speaker-1' },
        { kind: 'audiooutput', deviceId: 'speaker-2' },
      ];
      return person;
    };
    /** A first visit, in which the person chooses the second of each; the browser with what it kept. */
    const chosen = async (): Promise<FakePlatform> => {
      const person = visit(new FakePlatform());
      await person.open();
      person.devices.automatic = 'grant';
      await person.settle();
      await person.media.selectDevice('videoinput', 'camera-2');
      await person.media.selectDevice('audioinput', 'microphone-2');
      await person.media.selectDevice('audiooutput', 'speaker-2');
      person.media.close();
      const later = new FakePlatform();
      later.storage = person.platform.storage;
      return later;
    };
    const speakerOf = ({ facts }: Person): string | undefined =>
      facts.findLast((fact) => fact.type === 'speaker-changed')?.deviceId;

    it('uses what was chosen in an earlier visit, by id', async () => {
      const person = visit(await chosen());
      await person.open();
      await person.settle();
      expect(person.sent.video?.label).to.equal('Desk camera');
      expect(person.sent.audio?.label).to.equal('microphone-2');
      expect(speakerOf(person)).to.equal('speaker-2');
      expect(person.devices.asked).to.have.length(1);
    });

    it('uses what has another id now, by label', async () => {
      const person = visit(await chosen());
      person.devices.permissions = { microphone: 'granted', camera: 'granted' };
      person.devices.list = person.devices.list.map((device) => ({
        ...device,
        label: device.label ?? device.deviceId,
        deviceId: `new ${device.deviceId}`,
      }));
      await person.open();
      expect(person.sent.video?.settings.deviceId).to.equal('new camera-2');
      expect(person.sent.audio?.settings.deviceId).to.equal('new microphone-2');
    });

    it('takes another without a word where what was chosen is gone', async () => {
      const person = visit(await chosen());
      person.devices.permissions = { microphone: 'granted', camera: 'granted' };
      person.devices.list = person.devices.list.filter(({ deviceId }) => !deviceId.endsWith('2'));
      expect(await person.open()).to.deep.equal([]);
      await person.settle();
      expect(person.sent.video?.label).to.equal('camera-1');
      expect(person.faults).to.deep.equal([]);
      expect(speakerOf(person)).to.equal('');
    });

    it('takes another without a word where the browser does not tell before what is there', async () => {
      const person = visit(await chosen());
      person.devices.list = person.devices.list.filter(({ deviceId }) => deviceId !== 'camera-2');
      expect(await person.open()).to.deep.equal([]);
      expect(person.sent.video?.label).to.equal('camera-1');
      expect(person.sent.audio?.label).to.equal('microphone-2');
      expect(person.faults).to.deep.equal([]);
    });

    it('goes over to what was chosen when it is plugged in', async () => {
      const person = visit(await chosen());
      person.devices.list = person.devices.list.filter(({ deviceId }) => deviceId !== 'camera-2');
      await person.open();
      await person.settle();
      person.devices.automatic = 'grant';
      person.devices.plug({ kind: 'videoinput', deviceId: 'camera-2' });
      await person.settle();
      expect(person.sent.video?.label).to.equal('camera-2');
      expect(person.facts.findLast((fact) => fact.type === 'device-replaced')?.replacement).to.deep.equal({
        kind: 'camera',
        reason: 'returned',
        label: 'camera-2',
      });
    });

    it('says before anything is open what will be used', async () => {
      const person = visit(await chosen());
      person.devices.permissions = { microphone: 'granted', camera: 'granted' };
      const stop = person.media.watchDevices();
      await person.settle();
      expect(person.facts).to.deep.include({ type: 'device-used', kind: 'camera', deviceId: 'camera-2' });
      expect(speakerOf(person)).to.equal('speaker-2');
      expect(person.devices.asked).to.deep.equal([]);
      stop();
      expect(person.devices.watcherCount).to.equal(0);
    });

    it("lets the page's own wish go before", async () => {
      const person = visit(await chosen());
      await person.configure({ constraints: { video: { deviceId: { exact: 'camera-1' } } } });
      await person.open();
      expect(person.sent.video?.label).to.equal('camera-1');
    });

    for (const kept of ['', '7', 'null', '[]', '{"videoinput":7}', '{"videoinput":{"deviceId":{}}}', '{']) {
      it(`takes no harm from '${kept}' where the choices are kept`, async () => {
        const platform = new FakePlatform();
        platform.storage.set(memoryKey, kept);
        const person = visit(platform);
        await person.open();
        expect(person.devices.asked).to.deep.equal([{ audio: true, video: true }]);
        await person.settle();
        person.devices.automatic = 'grant';
        await person.media.selectDevice('videoinput', 'camera-2');
        expect(JSON.parse(platform.storage.get(memoryKey)!)).to.deep.include({
          videoinput: { deviceId: 'camera-2', label: 'Desk camera' },
        });
      });
    }

    it('does not remember what could not be opened', async () => {
      const person = visit(new FakePlatform());
      await person.open();
      person.devices.automatic = 'grant';
      expect(await codeOf(person.media.selectDevice('videoinput', 'nowhere'))).not.to.equal('resolved');
      expect(person.platform.storage.size).to.equal(0);
    });
  });

  describe('flipCamera', () => {
    it('turns to the other side and back', async () => {
      const person = new Person();
      person.devices.list.push({ kind: 'videoinput', deviceId: 'back', facingMode: 'environment' });
      await person.open();
      expect(person.preview.facing).to.equal('user');
      person.devices.automatic = 'grant';
      await person.media.flipCamera();
      expect(person.sent.video?.label).to.equal('back');
      expect(person.preview.facing).to.equal('environment');
      await person.media.flipCamera();
      expect(person.sent.video?.label).to.equal('camera-1');
      expect(person.preview.facing).to.equal('user');
    });

    it('keeps the camera where the other can not be opened', async () => {
      const person = new Person();
      await person.open();
      person.rejectWhere('NotReadableError', ({ video }) => JSON.stringify(video).includes('environment'));
      expect(await codeOf(person.media.flipCamera())).to.equal('device-busy');
      expect(person.sent.video?.label).to.equal('camera-1');
      expect(person.preview.facing).to.equal('user');
    });
  });

  describe('setScreenShare', () => {
    it('sends the screen beside the camera, and stops', async () => {
      const person = new Person();
      await person.open();
      const sharing = person.media.setScreenShare(true);
      expect(person.status.screen).to.equal('starting');
      const [screen] = person.devices.grant();
      await sharing;
      expect(person.sent.screen).to.equal(screen);
      expect(person.sent.video?.label).to.equal('camera-1');
      expect(person.status.screen).to.equal('on');
      await person.media.setScreenShare(false);
      expect(screen?.readyState).to.equal('ended');
      expect(person.sent.screen).to.be.null;
      expect(person.status.screen).to.equal('off');
    });

    it("follows the browser's own stop", async () => {
      const person = new Person();
      const sharing = person.media.setScreenShare(true);
      const [screen] = person.devices.grant();
      await sharing;
      screen?.end();
      expect(person.sent.screen).to.be.null;
      expect(person.status.screen).to.equal('off');
    });

    it('rejects where the person declines', async () => {
      const person = new Person();
      const sharing = person.media.setScreenShare(true);
      person.devices.refuse('NotAllowedError');
      expect(await codeOf(sharing)).to.equal('permission-denied');
      expect(person.status.screen).to.equal('off');
      expect(person.errors.screen?.code).to.equal('permission-denied');
    });

    it('stops what arrives after it was taken back', async () => {
      const person = new Person();
      const sharing = person.media.setScreenShare(true);
      await person.media.setScreenShare(false);
      const [late] = person.devices.grant();
      await sharing;
      expect(late?.readyState).to.equal('ended');
      expect(person.sent.screen).to.be.null;
      expect(person.status.screen).to.equal('off');
    });

    it('stops what arrives after close', async () => {
      const person = new Person();
      const sharing = person.media.setScreenShare(true);
      person.media.close();
      const [late] = person.devices.grant();
      await sharing;
      expect(late?.readyState).to.equal('ended');
      expect(person.status.screen).to.equal('off');
    });

    it('is shared once, however often it is asked for', async () => {
      const person = new Person();
      const first = person.media.setScreenShare(true);
      person.devices.grant();
      await first;
      await person.media.setScreenShare(true);
      expect(person.devices.asked).to.have.length(1);
    });

    it('ends with close', async () => {
      const person = new Person();
      const sharing = person.media.setScreenShare(true);
      const [screen] = person.devices.grant();
      await sharing;
      person.media.close();
      expect(screen?.readyState).to.equal('ended');
    });

    it('asks once while the person chooses, and takes the answer', async () => {
      const person = new Person();
      const both = [person.media.setScreenShare(true), person.media.setScreenShare(true)];
      expect(person.devices.asked).to.have.length(1);
      const [screen] = person.devices.grant();
      await Promise.all(both);
      expect(person.sent.screen).to.equal(screen);
      expect(person.status.screen).to.equal('on');
    });

    it('asks again after the person declined, and after it was taken back', async () => {
      const person = new Person();
      const declined = person.media.setScreenShare(true);
      person.devices.refuse('NotAllowedError');
      await codeOf(declined);
      const late = person.media.setScreenShare(true);
      await person.media.setScreenShare(false);
      const wanted = person.media.setScreenShare(true);
      const [first] = person.devices.grant();
      const [second] = person.devices.grant();
      await Promise.all([late, wanted]);
      expect(first?.readyState).to.equal('ended');
      expect(person.sent.screen).to.equal(second);
    });
  });

  describe('configure', () => {
    it('stops what it excludes and opens what it allows again', async () => {
      const person = new Person();
      await person.open();
      await person.configure({ noVideo: true });
      expect(person.devices.live.map(({ kind }) => kind)).to.deep.equal(['audio']);
      expect(person.status.camera).to.equal('off');
      person.devices.automatic = 'grant';
      await person.configure({ noVideo: false });
      expect(person.devices.live.map(({ kind }) => kind)).to.deep.equal(['audio', 'video']);
      expect(person.devices.asked.at(-1)).to.deep.equal({ video: true });
    });

    it('does not open what is still opening a second time', async () => {
      const person = new Person();
      const opening = person.media.open();
      await person.configure({ noVideo: true });
      person.devices.grant();
      await opening;
      expect(person.devices.live.map(({ kind }) => kind)).to.deep.equal(['audio']);
      expect(person.status.camera).to.equal('off');
    });
  });
});
