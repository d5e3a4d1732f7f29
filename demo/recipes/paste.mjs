/** The script of paste.html: a call without any server. */

import { generate } from 'lean-qr';
import { connectSignaling } from 'rtc-call/signaling.js';
import { warnWhenNotBuilt } from '../not-built.mjs';
import { answer, invite, typeOf } from './one-text.mjs';

warnWhenNotBuilt();

const find = (selector) => document.querySelector(selector);
const call = find('rtc-call');
const say = (text) => (find('#state').textContent = text);

/** What this page has asked for; an answer belongs to the newest. */
let invitation = null;

/** Devices first: until the person allows them, browsers hide the addresses that make a short way. */
async function configure() {
  await call.start();
  const { iceServers, iceTransportPolicy } = call;
  return { iceServers, iceTransportPolicy };
}

function show({ text, channel }, whatToDo) {
  find('#mine').value = text;
  generate(text).toCanvas(find('#code'), { on: [0, 0, 0], off: [255, 255, 255], pad: 4 });
  find('#own').hidden = false;
  say(whatToDo);
  connectSignaling(call, channel);
  channel.addEventListener('close', () => {
    if (find('#own').hidden) return; // it has been open: the call has a connection of its own
    say('No connection came about in time. Try again; where one of you uses Firefox, let that one invite.');
  });
  channel.addEventListener('open', () => {
    find('#own').hidden = true;
    say('Connected. The call looks after itself from here.');
  });
}

async function take(text) {
  try {
    if ((await typeOf(text)) === 'offer') {
      show(await answer(text, await configure()), 'Give them this text, and wait.');
    } else if (invitation) {
      await invitation.accept(text);
      say('Connecting…');
    } else say('This answers an invitation, but this page has made none.');
    find('#theirs').value = '';
  } catch (error) {
    say(error.message);
  }
}

find('#invite').addEventListener('click', async () => {
  invitation = await invite(await configure());
  show(invitation, 'Give them this text. Then paste theirs below.');
});

find('form').addEventListener('submit', (event) => {
  event.preventDefault();
  void take(find('#theirs').value);
});

find('#copy').addEventListener('click', async () => {
  find('#mine').select();
  await navigator.clipboard?.writeText(find('#mine').value);
});

/** Reads codes from the camera of the call, where the browser can (Chromium on Android, ChromeOS and macOS). */
async function scan() {
  await call.preview();
  const scanner = find('#scanner');
  scanner.srcObject = call.controller.state.localStream;
  scanner.hidden = false;
  await scanner.play();
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  let codes = [];
  while (codes.length === 0) {
    await new Promise(requestAnimationFrame);
    codes = await detector.detect(scanner);
  }
  scanner.hidden = true;
  scanner.srcObject = null;
  await take(codes[0].rawValue);
}

if ((await globalThis.BarcodeDetector?.getSupportedFormats())?.includes('qr_code')) {
  find('#scan').hidden = false;
  find('#scan').addEventListener('click', () => void scan());
}
