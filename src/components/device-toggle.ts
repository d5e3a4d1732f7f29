import { html, nothing, type TemplateResult } from 'lit';
import type { CallController } from '../core/call-controller.js';
import type { MediaStatus } from '../core/call-state.js';
import { icon } from './icons.js';
import type { Localize } from './localize.js';

/** The device was wanted and could not be had. */
export const isFailed = (status: MediaStatus): boolean =>
  status === 'denied' || status === 'missing' || status === 'busy';

const actions = { microphone: ['unmute', 'mute'], camera: ['cameraOn', 'cameraOff'] } as const;

/** The button that switches the microphone or the camera; pressed while the device is on. */
export function deviceToggle(
  kind: 'microphone' | 'camera',
  status: MediaStatus,
  context: { controller: CallController | null; localize: Localize },
): TemplateResult {
  const { controller, localize } = context;
  const isOn = status === 'on';
  const isOff = !isOn && status !== 'starting';
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
    title=${localize.term(actions[kind][isOff ? 0 : 1])}
    @click=${toggle}
  >
    <slot name="icon-${kind}${isOff ? '-off' : ''}">${icon(isOff ? `${kind}Off` : kind)}</slot>
    ${isFailed(status) ? html`<span class="badge">${icon('alert')}</span>` : nothing}
  </button>`;
}
