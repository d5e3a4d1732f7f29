import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Call } from './network/call.mjs';

for (const browsers of [['chromium','chromium'],['firefox','firefox'],['chromium','firefox']]) {
describe(browsers.join(' and '), () => {
  it('cut 12', async (t) => {
    const call = await Call.start(t, { browsers });
    await call.connected();
    const cutAt = Date.now();
    call.network.block('Ana');
    await pause(12_000);
    const since = Date.now();
    call.network.unblock();
    await call.sawNothing(cutAt, since);
    await call.recovered(since, 5000, 'cut 12');
    await call.wasHonest(cutAt);
    await call.stayedTheSame();
  });
  it('switch', async (t) => {
    const call = await Call.start(t, { browsers });
    await call.connected();
    call.network.switchInterface('Ana');
    const since = Date.now();
    await call.recovered(since, 4000, 'switch');
    await call.stayedTheSame();
  });
});}
