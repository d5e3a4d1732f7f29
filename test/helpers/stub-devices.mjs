/**
 * Runs in the page before everything else: devices of the test's own, the same in every browser. The pictures of the
 * cameras are drawn (`window.picture` of test/e2e/pages/people.html); of the microphones the browser's own are used,
 * and tones where `hertz` says so. Speakers are names alone.
 *
 * `window.stub` holds them: `devices` is the list, `questions` what the page has asked for, `refusal` the name of the
 * exception that answers it, `pull(id)` and `plug(device)` take a device away and bring one.
 */
export function stubDevices() {
  const { mediaDevices } = navigator;
  if (!mediaDevices) return; // the empty page before
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  const camera = (colour, facing) => ({
    kind: 'videoinput',
    deviceId: colour,
    label: `${colour} camera`,
    groupId: '',
    facing,
  });
  const tracks = new Map();
  const stub = {
    devices: [
      camera('red', 'user'),
      camera('blue', 'environment'),
      { kind: 'audioinput', deviceId: 'own', label: 'own microphone', groupId: '' },
      { kind: 'audiooutput', deviceId: 'desk', label: 'Desk', groupId: '' },
      { kind: 'audiooutput', deviceId: 'headset', label: 'Headset', groupId: '' },
    ],
    questions: [],
    refusal: '',
    pull(id) {
      const device = stub.devices.find(({ deviceId }) => deviceId === id);
      stub.devices = stub.devices.filter((one) => one !== device);
      for (const track of tracks.get(id) ?? []) {
        if (track.readyState === 'ended') continue;
        track.stop();
        track.dispatchEvent(new Event('ended')); // the browser's part, where it takes a device away
      }
      mediaDevices.dispatchEvent(new Event('devicechange'));
      return device;
    },
    plug(device) {
      stub.devices = [device, ...stub.devices];
      mediaDevices.dispatchEvent(new Event('devicechange'));
    },
  };
  window.stub = stub;

  /** A tone from a file of one second: an AudioContext stands still in Firefox where no sound card is. */
  const tone = async (hertz) => {
    const rate = 48_000;
    const wave = new DataView(new ArrayBuffer(44 + 2 * rate));
    const write = (at, text) =>
      [...text].forEach((letter, index) => wave.setUint8(at + index, letter.charCodeAt(0)));
    write(0, 'RIFF');
    wave.setUint32(4, 36 + 2 * rate, true);
    write(8, 'WAVEfmt ');
    wave.setUint32(16, 16, true);
    wave.setUint16(20, 1, true); // PCM
    wave.setUint16(22, 1, true); // channels
    wave.setUint32(24, rate, true);
    wave.setUint32(28, 2 * rate, true);
    wave.setUint16(32, 2, true);
    wave.setUint16(34, 16, true);
    write(36, 'data');
    wave.setUint32(40, 2 * rate, true);
    for (let at = 0; at < rate; at++)
      wave.setInt16(44 + 2 * at, 16_000 * Math.sin((2 * Math.PI * hertz * at) / rate), true);
    const audio = new Audio(URL.createObjectURL(new Blob([wave], { type: 'audio/wav' })));
    audio.loop = true;
    await audio.play();
    const stream = audio.captureStream?.() ?? audio.mozCaptureStream();
    if (stream.getAudioTracks().length === 0)
      await new Promise((resolve) => stream.addEventListener('addtrack', resolve, { once: true }));
    return stream;
  };
  const openOne = async ({ kind, deviceId, label, facing, hertz }) => {
    const stream =
      kind === 'videoinput'
        ? window.picture(deviceId)
        : hertz
          ? await tone(hertz)
          : await open({ audio: true });
    const [track] = stream.getTracks();
    track.getSettings = () => ({ deviceId, ...(facing && { facingMode: facing }) });
    Object.defineProperty(track, 'label', { value: label });
    tracks.set(deviceId, [...(tracks.get(deviceId) ?? []), track]);
    return track;
  };
  mediaDevices.getUserMedia = async (wishes) => {
    stub.questions.push(JSON.stringify(wishes));
    if (stub.refusal) throw new DOMException('refused by the test', stub.refusal);
    const chosen = [];
    for (const [kind, wish] of [
      ['audioinput', wishes.audio],
      ['videoinput', wishes.video],
    ]) {
      if (!wish) continue;
      const fitting = stub.devices.filter((device) => device.kind === kind);
      if (fitting.length === 0) throw new DOMException('none', 'NotFoundError');
      const id = wish.deviceId?.exact;
      const device = id
        ? fitting.find(({ deviceId }) => deviceId === id)
        : (fitting.find(({ facing }) => facing === wish.facingMode) ?? fitting[0]);
      if (!device)
        throw Object.assign(new DOMException('none', 'OverconstrainedError'), { constraint: 'deviceId' });
      chosen.push(device);
    }
    return new MediaStream(await Promise.all(chosen.map(openOne)));
  };
  mediaDevices.enumerateDevices = async () => stub.devices;
  // Where no sound card is, Chromium refuses its own fake speakers.
  HTMLMediaElement.prototype.setSinkId = async function (id) {
    Object.defineProperty(this, 'sinkId', { value: id, configurable: true });
  };
  // Firefox does not know what the test grants.
  const query = navigator.permissions.query.bind(navigator.permissions);
  navigator.permissions.query = async (descriptor) => {
    const status = await query(descriptor);
    Object.defineProperty(status, 'state', {
      get: () => (stub.refusal === 'NotAllowedError' ? 'denied' : 'granted'),
    });
    return status;
  };
}
