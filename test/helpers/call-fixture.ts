/** What the element tests share: calls with real media, and verbs that act like a person. */
import { fixture, html } from '@open-wc/testing';
import { LitElement, type TemplateResult } from 'lit';
import type { RtcCall } from '../../src/components/rtc-call.js';
import type { CallPhase, CallState } from '../../src/core/call-state.js';
import '../../src/define.js';

/** Long enough for a busy machine; only a failure waits so long. */
const deadlineMs = 25_000;

/** For suites with real connections: a busy machine needs more than the runner's own limit. */
export const connectionTimeoutMs = 40_000;

// A tile renders again when its video has got a stream: on purpose, but lit warns in its development build.
LitElement.disableWarning?.('change-in-update');

const undo: (() => void)[] = [];

afterEach(() => {
  for (const action of undo.splice(0).reverse()) action();
});

/** Runs after the present test, in reverse order. */
export const afterTest = (action: () => void): void => void undo.push(action);

// Two calls side by side, so that both are in the viewport.
const sheet = new CSSStyleSheet();
sheet.replaceSync('body { display: flex; flex-wrap: wrap; margin: 0 } rtc-call { inline-size: 380px }');
document.adoptedStyleSheets.push(sheet);

// ---- Waiting.

/** Resolves in the first animation frame in which the condition holds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Never happened: ${what}`);
    await new Promise(requestAnimationFrame);
  }
}

/** Resolves as soon as the call's state fulfils the condition. */
export function state(call: RtcCall, condition: (state: CallState) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const { controller } = call;
    const finish = (): void => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const stop = controller.subscribe(condition, (holds) => {
      if (holds) finish();
    });
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`Never: ${condition.toString()} in ${JSON.stringify(controller.state)}`));
    }, deadlineMs);
    if (condition(controller.state)) finish();
  });
}

export const phase = (call: RtcCall, wanted: CallPhase): Promise<void> =>
  state(call, (current) => current.phase === wanted);

/** Every element with its shadow tree, in document order. */
export function* deep(root: Element | Document | ShadowRoot): Generator<Element> {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    if (element.shadowRoot) yield* deep(element.shadowRoot);
  }
}

const withShadow = function* (root: Element): Generator<Element> {
  yield root;
  if (root.shadowRoot) yield* deep(root.shadowRoot);
  yield* deep(root);
};

/** Resolves when nothing in the element, slotted or in shadow trees, waits for its update. */
export async function rendered(root: Element): Promise<void> {
  const isPending = (element: Element): element is LitElement =>
    (element as Partial<LitElement>).isUpdatePending === true;
  for (;;) {
    const pending = [...withShadow(root)].filter(isPending);
    if (pending.length === 0) return;
    await Promise.all(pending.map((element) => element.updateComplete));
  }
}

// ---- Finding.

/** All matches in the element, slotted or in shadow trees. */
export const findAll = <T extends Element = HTMLElement>(root: Element, selector: string): T[] =>
  [...withShadow(root)].filter((element): element is T => element !== root && element.matches(selector));

/** The first match; fails when there is none. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as in querySelector<T>()
export function find<T extends Element = HTMLElement>(root: Element, selector: string): T {
  const [found] = findAll<T>(root, selector);
  if (!found) throw new Error(`No '${selector}' in <${root.localName}>`);
  return found;
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as in querySelector<T>()
export const part = <T extends Element = HTMLElement>(root: Element, name: string): T =>
  find<T>(root, `[part~='${name}']`);

export const hasPart = (root: Element, name: string): boolean =>
  findAll(root, `[part~='${name}']`).length > 0;

/** The `<video>` of a tile; of a call, that of its first remote tile. */
export const videoOf = (root: Element): HTMLVideoElement =>
  find(root.localName === 'rtc-call' ? find(root, 'rtc-remote-video') : root, 'video');

/** The text that a person can read or hear: without styles and scripts, white space folded, slots filled. */
export const textOf = (element: Element): string => {
  const read = (node: Node): string => {
    if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? '';
    if (node.nodeType !== Node.ELEMENT_NODE) return '';
    const inside = node as HTMLSlotElement; // by its name, since elements of frames are of other classes
    if (inside.matches('style, script')) return '';
    const assigned = inside.localName === 'slot' ? inside.assignedNodes() : [];
    const children = assigned.length > 0 ? assigned : [...(inside.shadowRoot ?? inside).childNodes];
    return children.map(read).join(' ');
  };
  return read(element).replace(/\s+/g, ' ').trim();
};

// ---- Acting.

/** Clicks the button with this part, wherever it is in the element. */
export function click(root: Element, partName: string): void {
  const button = part<HTMLButtonElement>(root, partName);
  if (button.disabled) throw new Error(`'${partName}' is disabled`);
  button.click();
}

/** Presses a key in an element; returns whether the page's own action is left alone. */
export const press = (element: Element, key: string, init: KeyboardEventInit = {}): boolean =>
  element.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...init }),
  );

/** A call in the page, rendered. It is ended after the test. */
export async function makeCall(template: TemplateResult = html`<rtc-call></rtc-call>`): Promise<RtcCall> {
  const call = await fixture<RtcCall>(template);
  afterTest(() => {
    call.end();
  });
  await rendered(call);
  return call;
}

/** Brings every signal of each call to the others, as a transport would: cloned and later. */
export function wire(...calls: RtcCall[]): void {
  for (const call of calls) {
    call.addEventListener('rtc-signal', ({ detail }) => {
      const message = structuredClone(detail);
      queueMicrotask(() => {
        for (const other of calls) if (other !== call) other.receiveSignal(message);
      });
    });
  }
}

/** Starts calls that are wired; resolves when each sees all others connected, and everything is rendered. */
export async function connect(...calls: RtcCall[]): Promise<void> {
  wire(...calls);
  await Promise.all(calls.map((call) => call.start()));
  const others = calls.length - 1;
  const isComplete = ({ participants }: CallState): boolean =>
    participants.length === others && participants.every(({ connection }) => connection === 'connected');
  await Promise.all(calls.map((call) => state(call, isComplete)));
  await Promise.all(calls.map(rendered));
}

/** Two calls with pictures of different colours and no devices: Ada is red, Ben is blue. */
export async function connectTwo(
  ada: TemplateResult = html`<rtc-call name="Ada" .localStream=${colourStream('red')}></rtc-call>`,
  ben: TemplateResult = html`<rtc-call name="Ben" .localStream=${colourStream('blue')}></rtc-call>`,
): Promise<[RtcCall, RtcCall]> {
  const calls: [RtcCall, RtcCall] = [await makeCall(ada), await makeCall(ben)];
  await connect(...calls);
  return calls;
}

// ---- Pictures.

export type Colour = 'red' | 'green' | 'blue';

/** A picture of one colour that never stands still, so that frames keep coming. */
export function colourStream(colour: Colour): MediaStream {
  const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 120 });
  const context = canvas.getContext('2d')!;
  let count = 0;
  let request = 0;
  const paint = (): void => {
    context.fillStyle = colour === 'green' ? '#0f0' : colour;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = count++ % 2 ? 'black' : 'white';
    context.fillRect(0, 0, 2, 2);
    request = requestAnimationFrame(paint);
  };
  paint();
  const stream = canvas.captureStream();
  afterTest(() => {
    cancelAnimationFrame(request);
    for (const track of stream.getTracks()) track.stop();
  });
  return stream;
}

/** Resolves when the video has shown `count` further frames. */
export async function frames(video: HTMLVideoElement, count: number): Promise<void> {
  for (let shown = 0; shown < count; shown++) await nextFrame(video);
}

function nextFrame(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const { paused, readyState, videoWidth, srcObject } = video;
      reject(
        new Error(
          `No frame: ${JSON.stringify({ paused, readyState, videoWidth, hasStream: srcObject !== null })}`,
        ),
      );
    }, deadlineMs);
    video.requestVideoFrameCallback(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Resolves when the video shows a frame of this colour. */
export async function showsColour(video: HTMLVideoElement, colour: Colour): Promise<void> {
  const canvas = Object.assign(document.createElement('canvas'), { width: 8, height: 8 });
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  const end = performance.now() + deadlineMs;
  for (;;) {
    await nextFrame(video);
    context.drawImage(video, 0, 0, 8, 8);
    const pixel = context.getImageData(4, 4, 1, 1).data;
    const values = { red: pixel[0]!, green: pixel[1]!, blue: pixel[2]! };
    const others = (Object.keys(values) as Colour[]).filter((name) => name !== colour);
    if (values[colour] > 120 && others.every((name) => values[name] < 100)) return;
    if (performance.now() > end) throw new Error(`Not ${colour}: ${JSON.stringify(values)}`);
  }
}

// ---- The browser, changed for one test.

/** Replaces a member of a browser object until the test ends. */
export function stub<T extends object, Key extends keyof T>(object: T, key: Key, value: T[Key]): void {
  const own = Object.getOwnPropertyDescriptor(object, key);
  Object.defineProperty(object, key, { configurable: true, writable: true, value });
  afterTest(() => {
    if (own) Object.defineProperty(object, key, own);
    else Reflect.deleteProperty(object, key);
  });
}

type GetUserMedia = MediaDevices['getUserMedia'];

/** Puts `answer` in the place of `getUserMedia` and records what was asked. */
export function stubDevices(answer: GetUserMedia): MediaStreamConstraints[] {
  const asked: MediaStreamConstraints[] = [];
  stub(navigator.mediaDevices, 'getUserMedia', async (constraints = {}) => {
    asked.push(constraints);
    return answer(constraints);
  });
  return asked;
}

/** Every device request fails with this `DOMException`. */
export const refuseDevices = (name: string): MediaStreamConstraints[] =>
  stubDevices(() => Promise.reject(new DOMException('for the test', name)));

/** What the browser says of the permission for camera and microphone. */
export function stubPermissions(state: PermissionState): void {
  stub(navigator.permissions, 'query', () =>
    Promise.resolve(Object.assign(new EventTarget(), { state }) as PermissionStatus),
  );
}

/** Records what is asked of the real devices. */
export function watchDevices(): { asked: MediaStreamConstraints[]; tracks: MediaStreamTrack[] } {
  const tracks: MediaStreamTrack[] = [];
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const asked = stubDevices(async (constraints) => {
    const stream = await real(constraints);
    tracks.push(...stream.getTracks());
    return stream;
  });
  return { asked, tracks };
}

/** Timers of one length run when the test says so; all others are left alone. */
export function holdTimers(delayMs: number): { readonly count: number; fire(): void } {
  const held = new Map<number, () => void>();
  const { setTimeout: set, clearTimeout: clear } = window;
  let lastId = -1_000_000;
  stub(window, 'setTimeout', ((callback: () => void, delay?: number): number => {
    if (delay !== delayMs) return set.call(window, callback, delay);
    held.set(--lastId, callback);
    return lastId;
  }) as typeof setTimeout);
  stub(window, 'clearTimeout', (id) => {
    if (id === undefined || !held.delete(id)) clear.call(window, id);
  });
  return {
    get count() {
      return held.size;
    },
    fire() {
      for (const [id, callback] of [...held]) {
        held.delete(id);
        callback();
      }
    },
  };
}

/** Sound is refused as long as `allowed` is false, as browsers do before the first click. */
export function blockSound(): { allowed: boolean; readonly refusals: number } {
  const policy = { allowed: false, refusals: 0 };
  const { play } = HTMLMediaElement.prototype;
  stub(HTMLMediaElement.prototype, 'play', function (this: HTMLMediaElement) {
    if (policy.allowed || this.muted) return play.call(this);
    policy.refusals++;
    return Promise.reject(new DOMException('for the test', 'NotAllowedError'));
  });
  return policy;
}

// ---- Pages of their own.

export type FrameWindow = Window & typeof globalThis;

/** A document with its own element registry, in which nothing is defined yet. */
export async function openFrame(markup: string): Promise<FrameWindow> {
  const frame = document.createElement('iframe');
  frame.srcdoc = `<!doctype html><html lang="en"><title>Frame</title><body>${markup}</body></html>`;
  const loaded = new Promise((resolve) => {
    frame.addEventListener('load', resolve, { once: true });
  });
  document.body.append(frame);
  afterTest(() => {
    frame.remove();
  });
  await loaded;
  return frame.contentWindow as FrameWindow;
}

/** Runs a module in a document, as its own script tag would. */
export async function loadModule({ document: page }: FrameWindow, url = '/src/define.ts'): Promise<void> {
  const script = Object.assign(page.createElement('script'), { type: 'module', src: url });
  const loaded = new Promise((resolve, reject) => {
    script.addEventListener('load', resolve);
    script.addEventListener('error', () => {
      reject(new Error(`${url} did not load`));
    });
  });
  page.head.append(script);
  await loaded;
}
