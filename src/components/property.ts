import type { PropertyDeclaration, ReactiveElement } from 'lit';

type Decorator = (prototype: object, name: string) => void;

/**
 * A reactive property, as lit's own `@property` makes it; that one knows the decorators of ECMAScript as well, which
 * take more code in every element.
 */
export const property =
  (options?: PropertyDeclaration): Decorator =>
  (prototype, name) => {
    (prototype.constructor as typeof ReactiveElement).createProperty(name, options);
    // Or the compiler's helper would put the accessor of the class back in the place of lit's.
    return Object.getOwnPropertyDescriptor(prototype, name);
  };

/** A reactive property of the element's own, without attribute. */
export const state = (): Decorator => property({ state: true, attribute: false });
