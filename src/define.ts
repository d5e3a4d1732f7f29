/** `rtc-call/define.js`: registers every element. The entry of the script-tag bundles. */
import { ContextRoot } from '@lit/context';
import { RtcCall } from './components/rtc-call.js';
import { RtcChat } from './components/rtc-chat.js';
import { RtcControls } from './components/rtc-controls.js';
import { RtcDevices } from './components/rtc-devices.js';
import { RtcJoin } from './components/rtc-join.js';
import { RtcLocalVideo } from './components/rtc-local-video.js';
import { RtcRemoteVideo } from './components/rtc-remote-video.js';
import { RtcStatus } from './components/rtc-status.js';

export * from './index.js';

// Without a registry (in Node without lit's own) there is nothing to do; the browser registers later.
if (typeof customElements !== 'undefined') {
  const defined = customElements.get('rtc-call') as { version?: string } | undefined;
  if (!defined) {
    // Keeps the wishes of elements that are upgraded before their call is, and answers them when it is.
    if (typeof document !== 'undefined') new ContextRoot().attach(document.documentElement);
    // The provider first: what is inside finds it when it is upgraded.
    customElements.define('rtc-call', RtcCall);
    customElements.define('rtc-local-video', RtcLocalVideo);
    customElements.define('rtc-remote-video', RtcRemoteVideo);
    customElements.define('rtc-controls', RtcControls);
    customElements.define('rtc-status', RtcStatus);
    customElements.define('rtc-devices', RtcDevices);
    customElements.define('rtc-join', RtcJoin);
    customElements.define('rtc-chat', RtcChat);
  } else if (defined.version !== RtcCall.version) {
    const former = defined.version ?? 'another version';
    console.warn(
      `rtc-call ${RtcCall.version} was loaded after ${former}, which stays in use. Load one version.`,
    );
  }
}
