import { canPopOut } from './pop-out.js';
import type { RtcCall } from './rtc-call.js';

type Command = (call: RtcCall) => Promise<unknown> | undefined;

const isOn = (status: string): boolean => status === 'on' || status === 'starting';

/** What `<button commandfor="…" command="--…">` can ask of a call (HTML, Invoker Commands). */
const commands: Readonly<Record<string, Command>> = {
  '--start': (call) => call.start(),
  '--end': (call) => {
    call.end();
    return undefined;
  },
  '--toggle-microphone': (call) => call.setMicrophone(!isOn(call.media.microphone)),
  '--toggle-camera': (call) => call.setCamera(!isOn(call.media.camera)),
  '--toggle-screen': (call) => call.setScreenShare(!isOn(call.media.screen)),
  '--flip-camera': (call) => call.flipCamera(),
  '--toggle-fullscreen': (call) => call.toggleFullscreen(),
  '--toggle-pip': (call) => call.togglePictureInPicture(),
  '--toggle-chat': (call) => call.toggleChat(),
};

/** Runs a command; one that is not ours is ignored, since a page may have its own. */
export function runCommand(call: RtcCall, name: string): void {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  command?.(call)?.catch(() => undefined); // a refusal of the call is recorded in `call.error`
}

/** The call around an element, through shadow roots; for buttons that are parts of it. */
export function callAround(element: Element): RtcCall | null {
  for (let from: Element | null = element; from;) {
    const call = from.closest('rtc-call');
    if (call) return call;
    const root: Node = from.getRootNode();
    from = root instanceof ShadowRoot ? root.host : null;
  }
  return null;
}

/** Whether this browser can do what a command asks at all. */
export function canRun(name: string): boolean {
  if (name === '--toggle-fullscreen') return document.fullscreenEnabled;
  return name !== '--toggle-pip' || canPopOut() || document.pictureInPictureEnabled;
}

const commandsOfKeys: Readonly<Record<string, string>> = { m: '--toggle-microphone', v: '--toggle-camera' };

/** Whether a key goes into a field, and so is the field's. */
export function isTyping(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
  );
}

/** The command that a key stands for; null where the key is the page's, a field's or nobody's. */
export function commandOfKey(event: KeyboardEvent): string | null {
  const isTaken = event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat;
  // Keyboards for other scripts have other letters there.
  const key = (
    /^(?!\p{Script=Latin})[\p{L}\p{M}]$/u.test(event.key) ? event.code.slice(3) : event.key
  ).toLowerCase();
  return isTyping(event) || isTaken || !Object.hasOwn(commandsOfKeys, key)
    ? null
    : (commandsOfKeys[key] ?? null);
}
