import { isLoopbackAddress } from './room.mjs';

const FEEDBACK_MS = 2000;

const RELAY_TEXTS = {
  connecting: { words: 'Connecting', title: 'Connecting to the server that carries the signals' },
  open: { words: 'Online', title: 'Connected to the server that carries the signals' },
  reconnecting: {
    words: 'No server',
    title: 'The server is unreachable. Trying again; a call under way goes on without it.',
  },
  closed: { words: 'Offline', title: '' },
};

/**
 * Fills in what the pages with a relay show around the call: the room's link, its copy buttons
 * (`[data-copy-link]`), the links to the same room on other pages (`[data-same-room]`), and how the
 * relay fares. Folds the invitation away on small screens while somebody is there.
 *
 * @param {object} parts
 * @param {import('./relay-socket.mjs').RelaySocket} parts.relay
 * @param {HTMLElement} parts.call - the `<rtc-call>`
 */
export function fillRoomHeader({ relay, call }) {
  const link = document.querySelector('#room-link');
  link.href = location.href;
  link.textContent = location.href;
  for (const other of document.querySelectorAll('[data-same-room]')) other.search = location.search;
  if (isLoopbackAddress()) document.documentElement.classList.add('loopback-address');

  for (const button of document.querySelectorAll('[data-copy-link]')) {
    wireCopyButton(button, link);
  }

  const indicator = document.querySelector('#relay-state');
  const showRelay = () => {
    indicator.dataset.state = relay.state;
    const { words, title } = RELAY_TEXTS[relay.state];
    indicator.querySelector('.words').textContent = words;
    indicator.title = title;
  };
  relay.addEventListener('state-change', showRelay);
  showRelay();

  const invitation = document.querySelector('#invitation');
  const showInvitation = () => invitation.classList.toggle('folds', call.participants.length > 0);
  call.addEventListener('rtc-participant-join', showInvitation);
  call.addEventListener('rtc-participant-leave', showInvitation);
}

function wireCopyButton(button, link) {
  const label = button.querySelector('.label');
  const result = document.querySelector('#copy-result');
  let timer;
  const show = (labelText, resultText) => {
    label.textContent = labelText;
    result.textContent = resultText;
  };
  button.addEventListener('click', async () => {
    const copied = await copyText(link);
    if (copied) show('Copied', 'Link copied');
    else show('Selected', 'The link is selected. Copy it with your keyboard or menu.');
    button.classList.toggle('done', copied);
    clearTimeout(timer);
    timer = setTimeout(() => {
      show('Copy link', '');
      button.classList.remove('done');
    }, FEEDBACK_MS);
  });
}

/** Copies the link's address; false where that is left to the user, with the link selected. */
async function copyText(link) {
  try {
    await navigator.clipboard.writeText(link.href);
    return true;
  } catch {
    // No `navigator.clipboard` without https, and it may be denied. The old way still works there.
    getSelection().selectAllChildren(link);
    const copied = document.execCommand('copy');
    if (copied) getSelection().removeAllRanges();
    return copied;
  }
}
