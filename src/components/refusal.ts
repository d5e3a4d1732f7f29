import type { CallError } from '../core/errors.js';
import type { Localize } from './localize.js';

/** Why a call could not be joined at all, in words. What the page's author has to mend keeps its details, in English. */
export const refusalText = ({ code, message }: CallError, localize: Localize): string =>
  code === 'room-full' || code === 'unsupported'
    ? localize.term(code)
    : `${localize.term('invalid-config')} ${message}`;
