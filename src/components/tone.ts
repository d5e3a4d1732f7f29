/** Frequency in hertz and beginning in seconds of each note. */
type Notes = readonly (readonly [number, number])[];

const lengthS = 0.7;
const loudness = 0.12;

/** Upwards, as a question: heard on any small loudspeaker. */
export const testNotes: Notes = [
  [523, 0],
  [659, 0.22],
  [784, 0.44],
];

/** Two soft steps, twice. */
export const ringNotes: Notes = [
  [587, 0],
  [784, 0.18],
  [587, 0.8],
  [784, 0.98],
];

/**
 * Plays notes, made on the spot, over a loudspeaker (empty: the browser's own choice). Resolves when they have faded
 * away; where no sound may be made or can be made, after as long.
 */
export async function playNotes(notes: Notes, speakerId: string): Promise<void> {
  const endS = Math.max(...notes.map(([, startS]) => startS)) + lengthS;
  const over = new Promise((resolve) => setTimeout(resolve, (endS + 0.1) * 1000));
  let context: AudioContext | undefined;
  try {
    context = new AudioContext();
    const target = await speaker(context, speakerId);
    for (const [frequency, startS] of notes) strike(context, target, frequency, context.currentTime + startS);
  } catch {
    // A browser without sound, or a loudspeaker that has gone.
  }
  await over;
  await context?.close().catch(() => undefined);
}

/** What leads to the loudspeaker. An element carries the sound there, since few contexts can. */
async function speaker(context: AudioContext, speakerId: string): Promise<AudioNode> {
  const audio = new Audio();
  if (!speakerId || !('setSinkId' in audio)) return context.destination;
  await audio.setSinkId(speakerId).catch(() => undefined); // gone: the browser's own choice
  const target = context.createMediaStreamDestination();
  audio.srcObject = target.stream;
  await audio.play();
  return target;
}

/** One soft note that swells quickly and fades slowly. */
function strike(context: AudioContext, target: AudioNode, frequency: number, at: number): void {
  const oscillator = new OscillatorNode(context, { frequency, type: 'triangle' });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(loudness, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, at + lengthS);
  oscillator.connect(gain).connect(target);
  oscillator.start(at);
  oscillator.stop(at + lengthS);
}
