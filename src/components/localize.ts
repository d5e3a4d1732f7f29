import { LocalizeController, registerTranslation } from '@shoelace-style/localize';
import type { LitElement } from 'lit';
import { en } from './locales/en.js';
import type { RtcTranslation } from './locales/translation.js';

registerTranslation(en);

/** The words of an element in its language: that of the nearest ancestor with `lang`, across shadow roots. */
export class Localize extends LocalizeController<RtcTranslation> {
  readonly #element: LitElement;

  constructor(element: LitElement) {
    super(element);
    this.#element = element;
  }

  // The library looks at the element itself and at <html> only.
  override lang(): string {
    return this.#inherited('lang')?.toLowerCase() ?? super.lang();
  }

  override dir(): string {
    return this.#inherited('dir')?.toLowerCase() ?? super.dir();
  }

  #inherited(attribute: 'lang' | 'dir'): string | undefined {
    let element: Element | null = this.#element;
    while (element) {
      const carrier: Element | null = element.closest(`[${attribute}]`);
      if (carrier) return carrier.getAttribute(attribute) ?? undefined;
      const root: Node = element.getRootNode();
      element = root instanceof ShadowRoot ? root.host : null;
    }
    return undefined;
  }
}
