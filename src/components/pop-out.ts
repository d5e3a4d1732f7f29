import type { RtcCall } from './rtc-call.js';

/** A window that stays above all others (Document Picture-in-Picture). */
interface DocumentPictureInPicture {
  requestWindow(options: { width: number; height: number }): Promise<Window & typeof globalThis>;
}

const size = { width: 400, height: 300 };

const browser = globalThis as { documentPictureInPicture?: DocumentPictureInPicture };

/** Whether a call can have a window of its own here. */
export const canPopOut = (): boolean => browser.documentPictureInPicture !== undefined;

/**
 * Shows a call in a small window above all others, with its controls: a second element with the same controller,
 * since the call itself stays in the page. What the page has put into the call goes along and comes back, as its
 * nodes are. Allowed only just after a click or key.
 *
 * @param words the language and direction of the call
 * @param onClose the window is gone, in whatever way
 * @returns the way to close it
 */
export async function popOut(
  call: RtcCall,
  words: { lang: string; dir: string },
  onClose: () => void,
): Promise<() => void> {
  const pip = await browser.documentPictureInPicture?.requestWindow(size);
  if (!pip) throw new DOMException('documentPictureInPicture is missing', 'NotSupportedError');
  const twin = document.createElement('rtc-call');
  const { controller, layout, noHotkeys, id, className } = call;
  Object.assign(twin, { controller, layout, noHotkeys, id, className, ...words });
  const { style } = twin;
  style.cssText = 'position:fixed;inset:0;inline-size:auto;block-size:auto;margin:0;border-radius:0';
  const computed = getComputedStyle(call);
  style.colorScheme = computed.colorScheme;
  // Firefox has no such map: there the tokens come with the page's rules alone.
  const map = (call as Partial<Pick<Element, 'computedStyleMap'>>).computedStyleMap?.call(call) ?? [];
  for (const [name] of map as unknown as Iterable<[string]>)
    if (name.startsWith('--rtc-')) style.setProperty(name, computed.getPropertyValue(name));
  pip.document.title = document.title;
  // The page's rules, for parts and fonts.
  pip.document.adoptedStyleSheets = [
    copy(readable([...document.styleSheets, ...document.adoptedStyleSheets]), pip),
  ];
  pip.document.body.append(twin);
  const dressed = rootsIn(call).map((root) => [root, [...root.adoptedStyleSheets]] as const);
  twin.append(...call.childNodes);
  for (const [root, sheets] of dressed) root.adoptedStyleSheets = sheets.map((sheet) => copy([sheet], pip));
  pip.addEventListener('pagehide', () => {
    call.append(...twin.childNodes);
    for (const [root, sheets] of dressed) root.adoptedStyleSheets = [...sheets];
    twin.remove();
    onClose();
  });
  return () => {
    pip.close();
  };
}

/** The shadow roots of what the page has put into the call: in another document they lose their style sheets. */
const rootsIn = (node: ParentNode): ShadowRoot[] =>
  [...node.querySelectorAll('*')].flatMap(({ shadowRoot }) =>
    shadowRoot ? [shadowRoot, ...rootsIn(shadowRoot)] : [],
  );

/** The same rules for another document. */
function copy(sheets: CSSStyleSheet[], view: typeof globalThis): CSSStyleSheet {
  let text = '';
  for (const { cssRules } of sheets) for (const rule of cssRules) text += rule.cssText;
  const sheet = new view.CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

/** A style sheet of another origin keeps its rules to itself. */
const readable = (sheets: CSSStyleSheet[]): CSSStyleSheet[] =>
  sheets.filter((sheet) => {
    try {
      return sheet.cssRules;
    } catch {
      return false;
    }
  });
