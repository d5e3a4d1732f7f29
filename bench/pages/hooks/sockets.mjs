/** Messages that a library sends over its own WebSocket take as long as all others, and are counted. */
export const sockets = { delayMs: 0, onsend: () => {} };

const { send } = WebSocket.prototype;

WebSocket.prototype.send = function (data) {
  sockets.onsend(data);
  if (sockets.delayMs > 0)
    setTimeout(() => this.readyState === WebSocket.OPEN && send.call(this, data), sockets.delayMs);
  else send.call(this, data);
};
