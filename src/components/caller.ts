import type { CallState } from '../core/call-state.js';

/** Who calls; nobody who has stayed in the call that the person has just left, or whose call has no place. */
export const callerOf = ({ incoming, refusal }: CallState): CallState['incoming'] =>
  incoming && !incoming.isFormer && refusal?.code !== 'room-full' ? incoming : null;
