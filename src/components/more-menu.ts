import { html, nothing, type TemplateResult } from 'lit';
import { callAround, canRun, isTyping, runCommand } from './commands.js';
import { icon, type IconName } from './icons.js';
import type { Localize } from './localize.js';
import type { RtcControls } from './rtc-controls.js';

/** Two others and oneself: before, there is nothing to arrange. */
const fewestToArrange = 2;

const layouts = { auto: 'layoutAuto', grid: 'layoutGrid', speaker: 'layoutSpeaker' } as const;

/** One choice in the menu; `run` comes after the menu has closed and the focus is back at its button. */
export function menuItem(
  name: IconName | null,
  words: string,
  run: () => void,
  { className = '', pressed = nothing }: { className?: string; pressed?: boolean | typeof nothing } = {},
): TemplateResult {
  const choose = ({ currentTarget }: Event): void => {
    const panel = (currentTarget as HTMLElement).closest<HTMLElement>('[popover]');
    (panel?.previousElementSibling as HTMLElement | null)?.focus();
    panel?.hidePopover();
    run();
  };
  return html`<button
    type="button"
    class="item ${className}"
    part="more-item"
    aria-pressed=${pressed}
    @click=${choose}
  >
    ${name ? icon(name) : html`<span class="icon"></span>`}<span>${words}</span>
  </button>`;
}

/** What the menu offers of the call around the bar: arrangement, full screen, a window of its own, the keys. */
export function moreMenu(
  bar: RtcControls,
  localize: Localize,
  others: number,
): TemplateResult | typeof nothing {
  const term = localize.term.bind(localize);
  const call = callAround(bar);
  if (!call) return nothing;
  const isInPage = bar.ownerDocument === document;
  const command = (name: string, symbol: IconName, words: string): TemplateResult | typeof nothing =>
    canRun(name)
      ? menuItem(symbol, words, () => {
          runCommand(call, name);
        })
      : nothing;
  return html`${
    others < fewestToArrange || call.matches(':state(own-layout)')
      ? nothing
      : html`<div role="group" aria-labelledby="layout">
          <h3 id="layout">${term('layout')}</h3>
          ${(['auto', 'grid', 'speaker'] as const).map((layout) =>
            menuItem(
              call.layout === layout ? 'check' : null,
              term(layouts[layout]),
              () => {
                call.layout = layout;
              },
              { pressed: call.layout === layout },
            ),
          )}
          <hr />
        </div>`
  }
  ${
    isInPage
      ? command(
          '--toggle-fullscreen',
          'expand',
          term(call.matches(':fullscreen') ? 'leaveFullScreen' : 'fullScreen'),
        )
      : nothing
  }
  ${command('--toggle-pip', 'popOut', term(isInPage && !call.shadowRoot?.querySelector('[part=return-button]') ? 'popOut' : 'bringBack'))}
  ${
    call.noHotkeys
      ? nothing
      : html`<div class="keys">
          <hr />
          <h3>${term('shortcuts')}</h3>
          <dl>
            <div>
              <dt>${term('toggleMicrophone')}</dt>
              <dd><kbd>M</kbd></dd>
            </div>
            <div>
              <dt>${term('toggleCamera')}</dt>
              <dd><kbd>V</kbd></dd>
            </div>
          </dl>
        </div>`
  }`;
}

/** The choices of a menu that are on the screen. */
export const shownItems = (menu: HTMLElement): HTMLElement[] =>
  [...menu.querySelectorAll<HTMLElement>('.item')].filter((item) => item.offsetHeight > 0);

/** Two arrow keys, forwards and back, Home and End lead through a menu or a toolbar, round at its ends. */
export function moveFocus(event: KeyboardEvent, stops: readonly HTMLElement[], keys = 'Down Up'): void {
  const [forward = '', back = ''] = keys.split(' ').map((key) => `Arrow${key}`);
  const at = stops.findIndex((stop) => stop.matches(':focus'));
  const to = { [forward]: at + 1, [back]: Math.max(-1, at - 1), Home: 0, End: -1 }[event.key];
  const next = to === undefined ? undefined : stops.at(to % stops.length);
  if (!next || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  next.focus();
}

/** Leads through the choices of the menu in which a key is pressed. */
export function moveInMenu(event: KeyboardEvent): void {
  moveFocus(event, shownItems(event.currentTarget as HTMLElement));
}
