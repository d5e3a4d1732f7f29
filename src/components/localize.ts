import { LocalizeController, registerTranslation } from '@shoelace-style/localize';
import { en } from './locales/en.js';
import type { RtcTranslation } from './locales/translation.js';

registerTranslation(en);

/** The words of an element in its language: that of the nearest ancestor with `lang`. */
export class Localize extends LocalizeController<RtcTranslation> {}
