/** Shows any phase of a call in any theme, and measures it. A test drives it through `globalThis.looks`. */
import type { LitElement } from 'lit';
import type { RtcCall } from '../../../src/components/rtc-call.js';
import '../../../src/components/locales/ar.js';
import '../../../src/define.js';
import { controllerIn, now, phases } from '../../helpers/phases.js';

export type Theme = 'light' | 'dark' | 'rtl' | 'forced';

Date.now = () => now;

const main = document.querySelector('main') as HTMLElement;

function* deep(root: Element | ShadowRoot): Generator<Element> {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    if (element.shadowRoot) yield* deep(element.shadowRoot);
  }
}

/** How much moves at the moment: a document does not tell of shadow trees. */
const moving = (): number =>
  [...deep(main)].flatMap(({ shadowRoot }) => shadowRoot?.getAnimations() ?? []).length;

const frame = (): Promise<unknown> => new Promise(requestAnimationFrame);

/** Until nothing waits for its update, pictures are there, and the layout has followed. */
async function settled(): Promise<void> {
  let calm = 0;
  while (calm < 3) {
    const elements = [...deep(main)];
    const isBusy = elements.some(
      (element) =>
        (element as Partial<LitElement>).isUpdatePending === true ||
        (element instanceof HTMLVideoElement &&
          (element.srcObject as MediaStream | null)?.getVideoTracks().length &&
          !element.videoWidth),
    );
    calm = isBusy || moving() > 0 ? 0 : calm + 1;
    await frame();
  }
}

async function show(name: string): Promise<void> {
  const phase = phases[name];
  if (!phase) throw new Error(`There is no phase ${name}.`);
  for (const { controller } of main.querySelectorAll('rtc-call')) controller.end();
  const call = document.createElement('rtc-call');
  call.controller = controllerIn(phase);
  main.replaceChildren(call);
  await settled();
  await phase.act?.(call);
  await settled();
}

async function dress(theme: Theme): Promise<void> {
  const [call] = main.children;
  const isRtl = theme === 'rtl';
  document.documentElement.lang = isRtl ? 'ar' : 'en';
  document.documentElement.dir = isRtl ? 'rtl' : 'ltr';
  (call as RtcCall).style.colorScheme = theme === 'dark' ? 'dark' : 'light';
  call?.dispatchEvent(new PointerEvent('pointermove', { bubbles: true })); // the controls stay
  await settled();
}

/** What has a size of its own: in which element, and along which axis where words decide over the other one. */
const measured: readonly [host: string, selector: string, axis?: 'inline' | 'block'][] = [
  ...['.frame', '.stage', '.tiles', '.tile', '.pin', '.own', '.seat', '.panel'].map(
    (selector): [string, string] => ['rtc-call', selector],
  ),
  ['rtc-join', '.frame'],
  ...['.stage', '.panel'].map((selector): [string, string, 'inline'] => ['rtc-join', selector, 'inline']),
  ['rtc-controls', '.bar', 'block'],
  ['rtc-controls', '[part~=microphone-button]', 'block'],
  ['rtc-controls', '.menu', 'block'],
  ['rtc-status', '.failing', 'inline'],
];

/** By name the boxes as `x y width height` in whole pixels; `-` along an axis that is not measured. */
function boxes(): Record<string, string> {
  const found: Record<string, string> = {};
  const elements = [...deep(main)];
  for (const [host, selector, axis] of measured) {
    const matches = elements
      .filter(({ localName }) => localName === host)
      .flatMap((element) => [...(element.shadowRoot?.querySelectorAll(selector) ?? [])])
      .filter((element) => element.getClientRects().length > 0);
    for (const [index, element] of matches.entries()) {
      const { x, y, width, height } = element.getBoundingClientRect();
      found[`${host} ${selector}${matches.length > 1 ? ` ${index + 1}` : ''}`] = [
        axis === 'block' ? null : x,
        axis === 'inline' ? null : y,
        axis === 'block' ? null : width,
        axis === 'inline' ? null : height,
      ]
        .map((value) => (value === null ? '-' : Math.round(value)))
        .join(' ');
    }
  }
  return found;
}

Object.assign(globalThis, { looks: { names: Object.keys(phases), show, dress, boxes, moving, settled } });
