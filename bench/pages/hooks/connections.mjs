/** Every `RTCPeerConnection` of the page, counted. None is kept alive by it. */
export const connections = { made: 0, closed: 0, onconnected: () => {} };

const Native = RTCPeerConnection;

globalThis.RTCPeerConnection = class extends Native {
  constructor(configuration) {
    super(configuration);
    connections.made++;
    this.addEventListener('connectionstatechange', () => {
      if (this.connectionState === 'connected') connections.onconnected();
    });
  }

  close() {
    if (this.signalingState !== 'closed') connections.closed++;
    super.close();
  }
};
