import type { MediaErrors } from '../core/call-state.js';
import type { CallErrorCode } from '../core/errors.js';
import type { Localize } from './localize.js';
import type { RtcTranslation } from './locales/translation.js';

type Key = keyof RtcTranslation & string;

const trouble: Partial<Record<CallErrorCode, 'Denied' | 'Missing' | 'Busy'>> = {
  'permission-denied': 'Denied',
  'policy-blocked': 'Denied',
  'insecure-context': 'Denied',
  'device-not-found': 'Missing',
  'constraints-unsatisfied': 'Missing',
  unsupported: 'Missing',
};

const steps: Partial<Record<CallErrorCode, Key>> = {
  'permission-denied': 'deniedSteps',
  'policy-blocked': 'policySteps',
  'insecure-context': 'insecureSteps',
  'device-not-found': 'missingSteps',
  'constraints-unsatisfied': 'missingSteps',
};

/** What is wrong with camera or microphone and what to do, in words; null when nothing is. */
export function deviceTrouble(errors: MediaErrors, localize: Localize): { title: string; text: string } | null {
  for (const kind of ['camera', 'microphone'] as const) {
    const error = errors[kind];
    if (!error) continue;
    const title = `${kind}${trouble[error.code] ?? 'Busy'}Title` as const;
    return { title: localize.term(title), text: localize.term(steps[error.code] as 'busySteps' | undefined ?? 'busySteps') };
  }
  return null;
}
