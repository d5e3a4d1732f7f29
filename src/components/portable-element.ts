import { adoptStyles, LitElement, type CSSResultOrNative } from 'lit';

const sheets = new WeakMap<Document, Map<CSSResultOrNative, CSSStyleSheet>>();

/**
 * A lit element that keeps its styles in every document: a constructed style sheet belongs to the document for
 * which it was made, so that an element in a pop-out window needs sheets of that window (CSSOM, adoptedStyleSheets).
 */
export class PortableElement extends LitElement {
  protected override createRenderRoot(): ShadowRoot {
    // Not lit's own: it would adopt the sheets of another document, which throws.
    const { shadowRootOptions } = this.constructor as typeof LitElement;
    // eslint-disable-next-line wc/attach-shadow-constructor -- lit creates it as late
    const root = this.shadowRoot ?? this.attachShadow(shadowRootOptions);
    // What a server rendered gives way, and nothing is hydrated: words and devices are those of this browser.
    root.replaceChildren();
    this.#dress(root);
    return root;
  }

  adoptedCallback(): void {
    if (this.shadowRoot) this.#dress(this.shadowRoot);
  }

  #dress(root: ShadowRoot): void {
    const { elementStyles } = this.constructor as typeof LitElement;
    const { ownerDocument } = this;
    if (ownerDocument === document) {
      adoptStyles(root, elementStyles);
      return;
    }
    const view = ownerDocument.defaultView;
    if (!view) return;
    const made = sheets.get(ownerDocument) ?? new Map<CSSResultOrNative, CSSStyleSheet>();
    sheets.set(ownerDocument, made);
    root.adoptedStyleSheets = elementStyles.map((style) => {
      let sheet = made.get(style);
      if (!sheet) {
        sheet = new view.CSSStyleSheet();
        sheet.replaceSync((style as { cssText: string }).cssText);
        made.set(style, sheet);
      }
      return sheet;
    });
  }
}
