// An element of the second copy, inside a call of the first.
customElements.define('second-remote-video', class extends window.RtcCallElements.RtcRemoteVideo {});
