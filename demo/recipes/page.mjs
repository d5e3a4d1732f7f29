/** What the recipes have in common and an own page does in its own way. */

import { warnWhenNotBuilt } from '../not-built.mjs';
import { roomFromAddress } from '../room.mjs';

/**
 * Enters the room that the page's address names, or a new one.
 *
 * @returns {{ call: HTMLElement, room: string }} the `<rtc-call>`, and the room's name, which nobody can guess
 */
export function enterRoom() {
  warnWhenNotBuilt();
  const call = document.querySelector('rtc-call');
  const room = roomFromAddress();
  call.room = room;
  document.querySelector('#other-end').href = location.href;
  return { call, room };
}

/**
 * Where a recipe's own server is: as `?server=` says, or on this computer.
 *
 * @param {'http' | 'ws'} scheme
 * @param {number} port - where that server listens unless it is told otherwise
 */
export function serverAddress(scheme, port) {
  const named = new URLSearchParams(location.search).get('server');
  return named ?? `${scheme}://${location.hostname}:${port}`;
}
