const palettes = {
  dusk: { wall: ['#f3b08c', '#7c5a93'], lamp: '#ffe2b8', hair: '#3b2440', skin: '#e9b597', shirt: '#2f5d73' },
  morning: {
    wall: ['#b9dcd2', '#5f8fa6'],
    lamp: '#fff6d8',
    hair: '#50352a',
    skin: '#c98d69',
    shirt: '#d9694f',
  },
};
const width = 640;
const height = 360;

/**
 * A picture of somebody drawn on a canvas, who breathes and looks about: stands in for a camera.
 *
 * @param {'dusk' | 'morning'} palette
 * @returns {MediaStream} with one video track of 640×360
 */
export function drawPerson(palette) {
  const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
  const colours = palettes[palette];
  const paint = (ms) => {
    paintRoom(context, colours, ms / 1000);
    paintBust(context, colours, ms / 1000);
    requestAnimationFrame(paint);
  };
  paint(performance.now());
  return context.canvas.captureStream(24);
}

function paintRoom(context, { wall, lamp }, seconds) {
  const light = context.createLinearGradient(0, 0, width, height);
  light.addColorStop(0, wall[0]);
  light.addColorStop(1, wall[1]);
  context.fillStyle = light;
  context.fillRect(0, 0, width, height);

  const glow = context.createRadialGradient(120, 90, 0, 120, 90, 240 + 10 * Math.sin(seconds));
  glow.addColorStop(0, lamp);
  glow.addColorStop(1, 'transparent');
  context.globalAlpha = 0.7;
  context.fillStyle = glow;
  context.fillRect(0, 0, width, height);
  context.globalAlpha = 1;
}

function paintBust(context, { hair, skin, shirt }, seconds) {
  const breath = 3 * Math.sin(seconds * 1.4);
  const sway = 9 * Math.sin(seconds * 0.6);
  context.save();
  context.translate(width / 2 + sway, 0);

  context.fillStyle = shirt;
  context.beginPath();
  context.ellipse(-sway / 2, 372 - breath, 150, 112 + breath, 0, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = hair;
  context.beginPath();
  context.ellipse(0, 148, 77, 86, 0, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = skin;
  context.beginPath();
  context.roundRect(-26, 210, 52, 74, 26);
  context.fill();
  context.fillStyle = 'rgb(40 10 30 / 0.22)'; // the shadow of the chin
  context.fill();
  context.fillStyle = skin;
  context.beginPath();
  context.ellipse(sway / 4, 168, 59, 70, 0, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = hair;
  context.beginPath();
  context.ellipse(sway / 3, 106, 64, 36, -0.12, 0, 2 * Math.PI);
  context.fill();

  const isBlinking = seconds % 4 < 0.14;
  for (const side of [-1, 1]) {
    context.beginPath();
    context.ellipse(22 * side + sway / 2, 164, 5, isBlinking ? 1 : 6, 0, 0, 2 * Math.PI);
    context.fill();
  }
  context.lineWidth = 4;
  context.lineCap = 'round';
  context.strokeStyle = hair;
  context.beginPath();
  context.arc(sway / 2, 186, 20, 0.25 * Math.PI, 0.75 * Math.PI);
  context.stroke();
  context.restore();
}
