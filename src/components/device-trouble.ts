import type { MediaErrors } from '../core/call-state.js';
import type { CallError, CallErrorCode } from '../core/errors.js';
import type { Localize } from './localize.js';

export interface DeviceTrouble {
  readonly title: string;
  /** What to do, as one text. */
  readonly text: string;
  /** The same in steps; a single one is a sentence. */
  readonly steps: readonly string[];
  readonly code: CallErrorCode;
  /** Asking again may help, since nobody has refused yet. */
  readonly isDismissed: boolean;
}

type Category = 'Denied' | 'Dismissed' | 'Missing' | 'Busy';

const categoryOf = (code: CallErrorCode, isDismissed: boolean): Category => {
  switch (code) {
    case 'permission-denied':
      return isDismissed ? 'Dismissed' : 'Denied';
    case 'policy-blocked':
    case 'insecure-context':
      return 'Denied';
    case 'device-not-found':
    case 'constraints-unsatisfied':
    case 'unsupported':
      return 'Missing';
    default:
      return 'Busy';
  }
};

/** What is wrong with camera or microphone and what to do, in words; null when nothing is. */
export function deviceTrouble({ camera, microphone }: MediaErrors, localize: Localize): DeviceTrouble | null {
  const error = camera ?? microphone;
  if (!error) return null;
  const isSame = camera?.code === microphone?.code && camera?.isDismissed === microphone?.isDismissed;
  const subject = isSame ? 'devices' : camera ? 'camera' : 'microphone';
  return troubleOf(subject, error.code, localize, error.isDismissed);
}

/** The same for one device, or for both, and the code of the error. */
export function troubleOf(
  subject: 'camera' | 'microphone' | 'devices',
  code: CallErrorCode,
  localize: Localize,
  isDismissed = false,
): DeviceTrouble {
  const category = categoryOf(code, isDismissed);
  const text = localize.term(
    code === 'policy-blocked'
      ? 'policySteps'
      : code === 'insecure-context'
        ? 'insecureSteps'
        : `${category.toLowerCase() as Lowercase<Category>}Steps`,
  );
  return {
    title: localize.term(`${subject}${category}Title`),
    text: text.replaceAll('\n', ' '),
    steps: text.split('\n'),
    code,
    isDismissed,
  };
}

/** The same in two or three words, for the place where the device's name would stand. */
export function briefTrouble({ code, isDismissed }: CallError, localize: Localize): string {
  const isWithheld = code === 'policy-blocked' || code === 'insecure-context';
  return localize.term(isWithheld ? 'deviceWithheld' : `device${categoryOf(code, isDismissed)}`);
}
