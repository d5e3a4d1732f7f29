import type {} from 'rtc-call/react';

export const calls = [
  <rtc-call key="wrong" layout="diamond" />,
  <rtc-call key="wrong" iceServer={[]} />,
  <rtc-call key="wrong" maxParticipants="many" />,
  <rtc-call key="wrong" onrtc-error={({ detail }) => detail.reason} />,
  <rtc-remote-video key="wrong" participant-id={42} />,
  <rtc-local-video key="wrong" no-mirror={false} />,
  <rtc-remote-videos key="wrong" />,
];
