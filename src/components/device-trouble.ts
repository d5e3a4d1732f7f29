import type { MediaErrors } from '../core/call-state.js';
import type { CallErrorCode } from '../core/errors.js';
import type { Localize } from './localize.js';

const trouble: Partial<Record<CallErrorCode, 'Denied' | 'Missing' | 'Busy'>> = {
  'permission-denied': 'Denied',
  'policy-blocked': 'Denied',
  'insecure-context': 'Denied',
  'device-not-found': 'Missing',
  'constraints-unsatisfied': 'Missing',
  unsupported: 'Missing',
};

const steps = {
  'permission-denied': 'deniedSteps',
  'policy-blocked': 'policySteps',
  'insecure-context': 'insecureSteps',
  'device-not-found': 'missingSteps',
  'constraints-unsatisfied': 'missingSteps',
  unsupported: 'missingSteps',
} as const satisfies Partial<Record<CallErrorCode, string>>;

/** What is wrong with camera or microphone and what to do, in words; null when nothing is. */
export function deviceTrouble(
  errors: MediaErrors,
  localize: Localize,
): { title: string; text: string } | null {
  for (const kind of ['camera', 'microphone'] as const) {
    const error = errors[kind];
    if (error) return troubleOf(kind, error.code, localize);
  }
  return null;
}

/** The same for one device and the code of its error. */
export function troubleOf(
  kind: 'camera' | 'microphone',
  code: CallErrorCode,
  localize: Localize,
): { title: string; text: string } {
  const title = `${kind}${trouble[code] ?? 'Busy'}Title` as const;
  const step = Object.hasOwn(steps, code) ? steps[code as keyof typeof steps] : 'busySteps';
  return { title: localize.term(title), text: localize.term(step) };
}
