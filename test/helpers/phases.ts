/** The phases of a call that a person can meet, each reached by facts alone: for pictures, boxes, axe and the tree. */
import type { RtcCall } from '../../src/components/rtc-call.js';
import { CallEvent } from '../../src/core/call-events.js';
import type { CallFact, Participant } from '../../src/core/call-state.js';
import type { Diagnosis } from '../../src/core/diagnosis.js';
import { CallError } from '../../src/core/errors.js';
import { networkAdvice, type Finding } from '../../src/core/verdict.js';
import { drawnStream } from './drawn-stream.js';
import { ScriptedController } from './scripted-controller.js';

/** When the pictures are taken, in milliseconds since 1970. */
export const now = Date.UTC(2026, 5, 1, 14, 30);

export interface Phase {
  readonly facts: (controller: ScriptedController) => unknown;
  /** What the person does then, in the call that shows it. */
  readonly act?: (call: RtcCall) => unknown;
}

const devices: CallFact = {
  type: 'devices-changed',
  devices: (
    [
      ['videoinput', 'Front camera'],
      ['audioinput', 'Built-in microphone'],
      ['audiooutput', 'Built-in speaker'],
    ] as const
  ).map(([kind, label]) => ({ kind, label, deviceId: kind })),
};

const media = (kind: 'microphone' | 'camera' | 'screen', status: 'on' | 'off'): CallFact => ({
  type: 'media-changed',
  kind,
  status,
});

const denied = (kind: 'microphone' | 'camera'): CallFact => ({
  type: 'media-changed',
  kind,
  status: 'denied',
  error: new CallError('permission-denied', ''),
});

const used = (['microphone', 'camera'] as const).map((kind): CallFact => ({
  type: 'device-used',
  kind,
  deviceId: kind === 'camera' ? 'videoinput' : 'audioinput',
}));

/** Camera and microphone open. */
const open = (): CallFact[] => [
  devices,
  ...used,
  media('microphone', 'on'),
  media('camera', 'on'),
  { type: 'local-stream-changed', stream: drawnStream(0), facing: 'user' },
];

const connectedAt: CallFact = { type: 'connected', at: now - 754_000 };

const names = ['Ben', 'Cleo', ...Array.from({ length: 5 }, (_, index) => `Person ${index + 3}`)];

/** So many others, with pictures unless `changes` say otherwise. */
function others(
  controller: ScriptedController,
  count: number,
  changes: (index: number) => Partial<Participant> = () => ({}),
): ScriptedController {
  for (const [index, name] of names.slice(0, count).entries()) {
    const changed = changes(index);
    controller.join(
      `p${index}`,
      { name, camera: 'on', microphone: 'on', ...changed },
      changed.camera === 'off' ? new MediaStream() : drawnStream(index + 1),
    );
  }
  return controller.tell(connectedAt);
}

const oneToOne = (controller: ScriptedController): unknown =>
  others(controller.tell({ type: 'started' }, ...open()), 1);

const three = (controller: ScriptedController): unknown =>
  others(controller.tell({ type: 'started' }, ...open()), 2, (index) =>
    index === 0 ? { speaking: true } : { microphone: 'off', quality: 'fair', qualityReason: 'delay' },
  );

const say = (from: string, name: string, text: string, minutes: number): CallFact => ({
  type: 'message-added',
  message: { from, name, text, at: now - minutes * 60_000 },
});

/** Presses a button of the bar. */
const press = (name: string) => (call: RtcCall) =>
  call.shadowRoot
    ?.querySelector('rtc-controls')
    ?.shadowRoot?.querySelector<HTMLButtonElement>(`[part~='${name}']`)
    ?.click();

const finding = (code: keyof typeof networkAdvice, subject = ''): Finding => ({
  code,
  subject,
  text: networkAdvice[code](subject),
});

export const phases: Readonly<Record<string, Phase>> = {
  join: { facts: () => undefined },
  preview: { facts: (controller) => controller.tell(...open()) },
  calling: {
    facts: (controller) =>
      controller.tell({ type: 'incoming-changed', caller: { id: 'ben', name: 'Ben' } }, ...open()),
  },
  denied: { facts: (controller) => controller.tell(devices, denied('microphone'), denied('camera')) },
  alone: { facts: (controller) => controller.tell({ type: 'started' }, ...open()) },
  'one to one': { facts: oneToOne },
  three: { facts: three },
  eight: { facts: (controller) => others(controller.tell({ type: 'started' }, ...open()), 7) },
  screen: {
    facts: (controller) =>
      others(controller.tell({ type: 'started' }, ...open()), 2, (index) =>
        index === 0 ? { screenStream: drawnStream('screen') } : { microphone: 'off' },
      ),
  },
  'sound only': {
    facts: (controller) =>
      others(controller.tell({ type: 'started' }, devices, media('microphone', 'on')), 2, (index) => ({
        camera: 'off',
        ...(index === 0 ? { speaking: true } : { microphone: 'off' }),
      })),
  },
  reconnecting: {
    facts: (controller) => {
      oneToOne(controller);
      controller.tell({ type: 'participant-changed', id: 'p0', changes: { connection: 'reconnecting' } });
    },
  },
  chat: {
    facts: (controller) => {
      three(controller);
      controller.tell(
        say('p0', 'Ben', 'Here is the plan: https://example.org/plan', 9),
        say('p0', 'Ben', 'Shall we begin with the second page?', 9),
        say('', '', 'Yes, let us do that.', 8),
        say('p1', 'Cleo', 'One moment, please.', 1),
      );
    },
    act: (call) => call.toggleChat(),
  },
  'more menu': { facts: three, act: press('more-button') },
  'device panel': { facts: oneToOne, act: press('devices-button') },
  ended: { facts: (controller) => controller.tell(devices, { type: 'started' }, { type: 'ended' }) },
  refused: {
    facts: (controller) =>
      controller.tell(
        { type: 'started' },
        { type: 'refused', error: new CallError('room-full', 'The call is full.') },
        { type: 'ended' },
      ),
  },
  failed: {
    facts: (controller) => {
      controller.diagnose = () =>
        Promise.resolve({ verdict: [finding('udp-blocked'), finding('no-relay')] } as unknown as Diagnosis);
      controller.tell({ type: 'started' }, ...open());
      controller.join('p0', { name: 'Ben', connection: 'connecting' });
    },
    act: ({ controller }) => {
      controller.dispatchEvent(new CallEvent('error', { error: new CallError('ice-failed', '') }));
    },
  },
};

/** A controller in a phase of this name, whose microphone is always as loud. */
export function controllerIn({ facts }: Phase): ScriptedController {
  const controller = new ScriptedController();
  controller.watchLevel = (tell) => {
    tell(0.5);
    return () => undefined;
  };
  facts(controller);
  return controller;
}
