import { aTimeout, expect } from '@open-wc/testing';
import { playNotes, ringNotes, testNotes } from '../../src/components/tone.js';
import { stub } from '../helpers/call-fixture.js';

/** Puts an ear to whatever goes to the loudspeaker. @returns how loud each frequency was at most, and when first */
function listen(frequencies: readonly number[]): () => { loudest: number[]; firstAt: number[] } {
  const loudest = frequencies.map(() => -Infinity);
  const firstAt = frequencies.map(() => Infinity);
  const { connect } = AudioNode.prototype;
  let ear: AnalyserNode | null = null;
  let beganAt = 0;
  const hear = (): void => {
    if (!ear || ear.context.state === 'closed') return;
    const spectrum = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(spectrum);
    const widthHz = ear.context.sampleRate / ear.fftSize;
    for (const [index, frequency] of frequencies.entries()) {
      const level = spectrum[Math.round(frequency / widthHz)] ?? -Infinity;
      loudest[index] = Math.max(loudest[index] ?? level, level);
      if (level > -50)
        firstAt[index] = Math.min(firstAt[index] ?? Infinity, ear.context.currentTime - beganAt);
    }
    requestAnimationFrame(hear);
  };
  type Connect = (this: AudioNode, target: AudioNode | AudioParam, ...rest: number[]) => AudioNode;
  const tapped: Connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) {
      if (!ear) {
        ear = new AnalyserNode(this.context, { fftSize: 4096, smoothingTimeConstant: 0 });
        beganAt = this.context.currentTime;
        hear();
      }
      (connect as Connect).call(this, ear);
    }
    return (connect as Connect).call(this, target, ...rest);
  };
  stub(AudioNode.prototype, 'connect', tapped as typeof connect);
  return () => ({ loudest, firstAt });
}

describe('tones', () => {
  before(async function () {
    if (!navigator.userAgent.includes('Firefox')) return;
    // Without any sound card Firefox starts no context, and there is nothing to be heard.
    const context = new AudioContext();
    const starts = new Promise((resolve) => (context.onstatechange = () => resolve(true)));
    const isRunning = context.state === 'running' || (await Promise.race([starts, aTimeout(1000)]));
    await context.close();
    if (!isRunning) this.skip();
  });

  for (const [name, notes] of Object.entries({ testNotes, ringNotes })) {
    it(`sounds each note of ${name}, softly and in its order`, async () => {
      const frequencies = [...new Set(notes.map(([frequency]) => frequency))];
      const silence = 2000;
      const heard = listen([...frequencies, silence]);
      await playNotes(notes, '');
      const { loudest, firstAt } = heard();
      expect(loudest.pop(), 'beside the notes').to.be.below(-50);
      for (const [index, level] of loudest.entries())
        expect(level, `${frequencies[index] ?? ''} Hz`).to.be.within(-45, -10);
      firstAt.pop();
      expect(firstAt).to.deep.equal(firstAt.toSorted((one, other) => one - other));
      expect(firstAt.at(-1)).to.be.below(1.2);
    });
  }
});
