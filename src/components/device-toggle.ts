import { html, nothing, type TemplateResult } from 'lit';
import type { CallController } from '../core/call-controller.js';
import type { CallState, MediaStatus } from '../core/call-state.js';
import { icon } from './icons.js';
import type { Localize } from './localize.js';

/** The device was wanted and could not be had. */
export const isFailed = (status: MediaStatus): boolean =>
  status === 'denied' || status === 'missing' || status === 'busy';

const actions = { microphone: ['unmute', 'mute'], camera: ['cameraOn', 'cameraOff'] } as const;

export interface ToggleContext {
  readonly controller: CallController | null;
  readonly localize: Localize;
  /** The call has keyboard shortcuts. */
  readonly hasKeys?: boolean;
}

const keys = { microphone: 'M', camera: 'V' } as const;

/**
 * The button that switches the microphone or the camera; pressed while the device is on.
 * @param isPlanned the device is not open, but will be by joining: the button switches that plan
 */
export function deviceToggle(
  kind: 'microphone' | 'camera',
  status: MediaStatus,
  { controller, localize, hasKeys }: ToggleContext,
  isPlanned = false,
): TemplateResult {
  const isOn = status === 'on' || isPlanned;
  const isOff = !isOn && status !== 'starting';
  const words = localize.term(actions[kind][isOff ? 0 : 1]);
  const toggle = (): void => {
    const done = kind === 'microphone' ? controller?.setMicrophone(isOff) : controller?.setCamera(isOff);
    done?.catch(() => undefined); // recorded in the state, which is on the screen
  };
  return html`<button
    type="button"
    class="control ${isOff ? 'off' : 'on'}"
    part="button ${kind}-button"
    aria-pressed=${isOn ? 'true' : 'false'}
    aria-label=${localize.term(kind)}
    aria-busy=${status === 'starting' ? 'true' : nothing}
    aria-keyshortcuts=${hasKeys ? keys[kind] : nothing}
    title=${hasKeys ? `${words} (${keys[kind]})` : words}
    ?disabled=${!controller}
    @click=${toggle}
  >
    <slot name="icon-${kind}${isOff ? '-off' : ''}">${icon(isOff ? `${kind}Off` : kind)}</slot>
    ${isFailed(status) ? html`<span class="badge">${icon('alert')}</span>` : nothing}
  </button>`;
}

/** Whether there is another camera to turn to. */
export const hasCameras = ({ devices }: CallState): boolean =>
  devices.filter(({ kind }) => kind === 'videoinput').length > 1;

/** The button that turns to a phone's other camera; styles show it only where one points by finger. */
export function flipButton({ controller, localize }: ToggleContext): TemplateResult {
  const flip = (): void => {
    controller?.flipCamera().catch(() => undefined); // recorded in the state, which is on the screen
  };
  return html`<button
    type="button"
    class="control on flip"
    part="button flip-button"
    aria-label=${localize.term('flipCamera')}
    title=${localize.term('flipCamera')}
    @click=${flip}
  >
    <slot name="icon-flip">${icon('flip')}</slot>
  </button>`;
}
