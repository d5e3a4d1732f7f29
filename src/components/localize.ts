import { LocalizeController, registerTranslation, update, type Translation } from '@shoelace-style/localize';
import type { LitElement } from 'lit';
import { en } from './locales/en.js';
import { readTranslations } from './locales/registry.js';
import type { RtcTranslation } from './locales/translation.js';
import { onServer } from './on-server.js';

// The library falls back to the first one, and keeps the object: what a page changes in it counts there, too.
const english = { ...en };
registerTranslation(english);

readTranslations((words) => {
  registerTranslation(
    ...words.flatMap((translation): Translation[] => {
      // The words of a language's usual region serve the others as well.
      const $code = translation.$code.toLowerCase().replace(/^(zh-cn|pt-br)$/, (code) => code.slice(0, 2));
      if ($code !== 'en') return [{ ...(translation as Translation), $code }];
      Object.assign(english, translation, { $code });
      return [english];
    }),
  );
});

// The library looks at <html> only.
if (typeof MutationObserver !== 'undefined') {
  new MutationObserver(update).observe(document, { subtree: true, attributeFilter: ['lang', 'dir'] });
}

/** The words of an element in its language: that of the nearest ancestor with `lang`, across shadow roots. */
export class Localize extends LocalizeController<RtcTranslation> {
  readonly #element: LitElement;

  constructor(element: LitElement) {
    super(element);
    this.#element = element;
  }

  // The library looks at the element itself and at <html> only.
  override lang(): string {
    const lang = (this.#inherited('lang') ?? super.lang()).toLowerCase().replaceAll('_', '-');
    try {
      // Intl refuses what is no language.
      return new Intl.Locale(lang === 'zh-hant' ? 'zh-tw' : lang).baseName.toLowerCase();
    } catch {
      return english.$code;
    }
  }

  override dir(): string {
    return this.#inherited('dir')?.toLowerCase() ?? super.dir();
  }

  #inherited(attribute: 'lang' | 'dir'): string | undefined {
    let element: Element | null = onServer ? null : this.#element; // there it knows no ancestor
    while (element) {
      const carrier: Element | null = element.closest(`[${attribute}]:not([${attribute}=''])`);
      if (carrier) return carrier.getAttribute(attribute) ?? undefined;
      const root: Node = element.getRootNode();
      element = root instanceof ShadowRoot ? root.host : null;
    }
    return undefined;
  }
}
