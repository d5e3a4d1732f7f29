/** The script of the pages that call over the relay: index.html and own-layout.html. */

import { warnWhenNotBuilt } from './not-built.mjs';
import { RelaySocket } from './relay-socket.mjs';
import { fillRoomHeader } from './room-header.mjs';
import { relayUrl, roomFromAddress } from './room.mjs';

warnWhenNotBuilt();

const call = document.querySelector('rtc-call');
const room = roomFromAddress();
const relay = new RelaySocket(relayUrl(room));

call.setAttribute('room', room);
call.addEventListener('rtc-signal', (e) => relay.send(e.detail));
relay.addEventListener('message', (e) => call.receiveSignal(e.data));

fillRoomHeader({ relay, call });
