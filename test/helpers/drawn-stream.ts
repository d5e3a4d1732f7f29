/** A picture that is drawn, always the same for the same `subject`: a number is somebody, `screen` a page of text. */
export function drawnStream(subject: number | 'screen'): MediaStream {
  const [width, height] = subject === 'screen' ? [960, 600] : [480, 270];
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('No canvas.');
  const stream = canvas.captureStream(10);
  const [track] = stream.getVideoTracks();
  // Only what is painted again comes as a frame.
  const timer = setInterval(() => {
    if (track?.readyState === 'ended') clearInterval(timer);
    if (subject === 'screen') paintScreen(context);
    else paintPerson(context, subject);
  }, 100);
  return stream;
}

type Canvas = CanvasRenderingContext2D;

function paintPerson(context: Canvas, index: number): void {
  const { width, height } = context.canvas;
  const hue = (index * 67 + 28) % 360;
  const wall = context.createLinearGradient(0, 0, width, height);
  wall.addColorStop(0, `hsl(${hue} 45% 78%)`);
  wall.addColorStop(1, `hsl(${hue + 40} 35% 42%)`);
  context.fillStyle = wall;
  context.fillRect(0, 0, width, height);
  const round = (colour: string, x: number, y: number, rx: number, ry: number): void => {
    context.fillStyle = colour;
    context.beginPath();
    context.ellipse(width / 2 + x, y, rx, ry, 0, 0, 2 * Math.PI);
    context.fill();
  };
  round(`hsl(${hue + 180} 35% 32%)`, 0, height * 1.02, 105, 85);
  round('#40302c', 0, 108, 55, 62);
  round('#d9a283', 0, 122, 43, 52);
  round('#2a201e', -16, 118, 4, 5);
  round('#2a201e', 16, 118, 4, 5);
}

function paintScreen(context: Canvas): void {
  const { width, height } = context.canvas;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.fillStyle = '#22303a';
  context.fillRect(60, 50, 380, 34);
  context.fillStyle = '#9aa7ae';
  for (let line = 0; line < 12; line++) context.fillRect(60, 120 + line * 36, 620 + ((line * 97) % 220), 12);
}
