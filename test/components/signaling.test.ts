import { expect } from '@open-wc/testing';
import '../../src/define.js';
import { CallController } from '../../src/core.js';
import { connectSignaling, type SignalingCall, type SignalingChannel } from '../../src/signaling.js';

/** A call that says what the test wants and notes what it is told. */
class ScriptedCall extends EventTarget {
  readonly heard: unknown[] = [];
  receiveSignal(message: unknown): void {
    this.heard.push(message);
  }
  say(text: string): void {
    this.dispatchEvent(new CustomEvent('signal', { detail: { text } }));
  }
}

/** A socket that opens and closes when the test says so. */
class ScriptedSocket extends EventTarget {
  readonly sent: string[] = [];
  readyState: number | string = 0;
  send(text: string): void {
    this.sent.push(text);
  }
  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }
}

const next = (target: EventTarget, type: string): Promise<MessageEvent> =>
  new Promise((resolve) => {
    target.addEventListener(
      type,
      (event) => {
        resolve(event as MessageEvent);
      },
      { once: true },
    );
  });

type Channel = SignalingChannel & EventTarget;

/** Each says one thing over its end of the channel. @returns what Ana heard, and what Ben did */
async function talk(one: Channel, other: Channel): Promise<[unknown[], unknown[]]> {
  const [ana, ben] = [new ScriptedCall(), new ScriptedCall()];
  const stops = [connectSignaling(ana, one), connectSignaling(ben, other)];
  const heard = next(other, 'message');
  ana.say('hello');
  await heard;
  const answered = next(one, 'message');
  ben.say('welcome');
  await answered;
  for (const stop of stops) stop();
  return [ana.heard, ben.heard];
}

/** The own description, with every candidate in it. */
async function gather(peer: RTCPeerConnection): Promise<RTCSessionDescription> {
  await peer.setLocalDescription();
  while (peer.iceGatheringState !== 'complete') await next(peer, 'icegatheringstatechange');
  return peer.localDescription!;
}

describe('connectSignaling', () => {
  const objects = [[{ text: 'welcome' }], [{ text: 'hello' }]];
  const texts = [['{"text":"welcome"}'], ['{"text":"hello"}']];

  it('brings objects over a BroadcastChannel', async () => {
    const ends = [new BroadcastChannel('signaling-test'), new BroadcastChannel('signaling-test')] as const;
    expect(await talk(...ends)).to.deep.equal(objects);
    for (const end of ends) end.close();
  });

  it('brings objects over a MessagePort, which it starts', async () => {
    const { port1, port2 } = new MessageChannel();
    expect(await talk(port1, port2)).to.deep.equal(objects);
    port1.close();
  });

  it('brings texts over an RTCDataChannel, also what was said while that connected', async () => {
    const peers = [new RTCPeerConnection(), new RTCPeerConnection()] as const;
    const [one, other] = peers.map((peer) => peer.createDataChannel('', { negotiated: true, id: 0 }));
    const talked = talk(one!, other!);
    await peers[1].setRemoteDescription(await gather(peers[0]));
    await peers[0].setRemoteDescription(await gather(peers[1]));
    expect(await talked).to.deep.equal(texts);
    for (const peer of peers) peer.close();
  });

  it('connects <rtc-call> and CallController: each hears the hello of the other', async () => {
    const { port1, port2 } = new MessageChannel();
    const element = document.createElement('rtc-call');
    const controller = new CallController({ noAudio: true, noVideo: true, name: 'Ben' });
    Object.assign(element, { noAudio: true, noVideo: true });
    connectSignaling(element, port1);
    connectSignaling(controller, port2);
    void element.start();
    void controller.start();
    await next(controller, 'participant-join');
    if (element.participants.length === 0) await next(element, 'rtc-participant-join');
    expect(element.participants[0]?.name).to.equal('Ben');
    element.end();
    controller.end();
    port1.close();
  });

  it('keeps what is said while the channel connects, 100 messages of it, and sends it in order at open', () => {
    const [call, socket] = [new ScriptedCall(), new ScriptedSocket()];
    connectSignaling(call, socket);
    for (let i = 0; i < 101; i += 1) call.say(`${i}`);
    expect(socket.sent).to.deep.equal([]);
    socket.open();
    expect(socket.sent).to.have.length(100);
    expect([socket.sent[0], socket.sent[99]]).to.deep.equal(['{"text":"0"}', '{"text":"99"}']);
    socket.open();
    expect(socket.sent).to.have.length(100);
  });

  it('drops what is said while the channel is closed, and goes on when it is open again', () => {
    const [call, socket] = [new ScriptedCall(), new ScriptedSocket()];
    connectSignaling(call, socket);
    for (const state of [2, 3, 'closing', 'closed']) {
      socket.readyState = state;
      call.say('lost');
    }
    socket.open();
    call.say('heard');
    expect(socket.sent).to.deep.equal(['{"text":"heard"}']);
  });

  it('survives a channel that refuses to send', () => {
    const [call, socket] = [new ScriptedCall(), new ScriptedSocket()];
    connectSignaling(call, socket);
    call.say('once');
    socket.send = () => {
      throw new DOMException('The buffer is full.', 'OperationError');
    };
    socket.open();
    const closed = new BroadcastChannel('signaling-test');
    connectSignaling(call, closed);
    closed.close();
    call.say('again');
  });

  it('sends nothing twice for a pair that is connected twice, until it is disconnected', () => {
    const [call, socket] = [new ScriptedCall(), new ScriptedSocket()];
    const disconnect = connectSignaling(call, socket);
    expect(connectSignaling(call, socket)).to.equal(disconnect);
    socket.open();
    call.say('1');
    disconnect();
    disconnect();
    call.say('2');
    socket.dispatchEvent(new MessageEvent('message', { data: 'late' }));
    expect([socket.sent, call.heard]).to.deep.equal([['{"text":"1"}'], []]);

    connectSignaling(call, socket);
    disconnect(); // of the former connection: nothing happens
    expect(connectSignaling(call, socket)).not.to.equal(disconnect);
    call.say('3');
    expect(socket.sent).to.deep.equal(['{"text":"1"}', '{"text":"3"}']);
  });

  it('connects a call with several channels', () => {
    const [call, one, other] = [new ScriptedCall(), new ScriptedSocket(), new ScriptedSocket()];
    connectSignaling(call, one)();
    connectSignaling(call, other);
    for (const socket of [one, other]) socket.open();
    call.say('x');
    expect([one.sent, other.sent]).to.deep.equal([[], ['{"text":"x"}']]);
  });

  it('takes an element whose definition has not come yet', () => {
    const early = document.createElement('rtc-not-defined-yet') as HTMLElement & SignalingCall;
    const socket = new ScriptedSocket();
    connectSignaling(early, socket);
    const heard: unknown[] = [];
    socket.dispatchEvent(new MessageEvent('message', { data: 'too early' }));
    early.receiveSignal = (message) => heard.push(message);
    socket.dispatchEvent(new MessageEvent('message', { data: 'in time' }));
    expect(heard).to.deep.equal(['in time']);
  });

  it('says what is wrong with what is no channel, and with what is no call', () => {
    const call = new ScriptedCall();
    for (const wrong of [null, {}, new EventTarget(), { send: () => undefined }]) {
      const connect = (): unknown => connectSignaling(call, wrong as SignalingChannel);
      expect(connect).to.throw(
        TypeError,
        /channel lacks message events, or both send\(\) and postMessage\(\)/,
      );
    }
    for (const wrong of [null, {}, new EventTarget()]) {
      const connect = (): unknown => connectSignaling(wrong as SignalingCall, new ScriptedSocket());
      expect(connect).to.throw(TypeError, /neither an <rtc-call> nor a CallController/);
    }
  });
});
