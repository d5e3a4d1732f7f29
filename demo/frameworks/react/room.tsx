import { useEffect, useRef, useState } from 'react';
import type { Participant, RtcCall, SignalMessage } from 'rtc-call';
import 'rtc-call/define.js';
import type {} from 'rtc-call/react';

const constraints = { video: { width: 320, height: 240 } };

export function Room({ name }: { name: string }) {
  const call = useRef<RtcCall>(null);
  const channel = useRef<BroadcastChannel>(null);
  const [people, setPeople] = useState<readonly Participant[]>([]);

  useEffect(() => {
    const opened = new BroadcastChannel('room-42');
    opened.onmessage = ({ data }: MessageEvent<unknown>) => call.current?.receiveSignal(data);
    channel.current = opened;
    return () => opened.close();
  }, []);

  const send = (signal: SignalMessage) => channel.current?.postMessage(signal);

  return (
    <section id={name.toLowerCase()}>
      <rtc-call
        ref={call}
        name={name}
        autostart
        no-audio
        constraints={constraints}
        onrtc-signal={(event) => send(event.detail)}
        onrtc-participant-join={({ detail }) => setPeople((before) => [...before, detail.participant])}
      >
        <rtc-remote-video />
        <rtc-local-video no-mirror />
        <rtc-controls />
      </rtc-call>
      <output>{people.map((person) => person.name)}</output>
    </section>
  );
}
