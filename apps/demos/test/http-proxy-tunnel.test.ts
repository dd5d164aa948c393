// SPDX-License-Identifier: Apache-2.0
import { dialPeer, modes, netListener, Pattern } from '@hp/testkit';
import { describe, expect, it } from 'vitest';
import { ask, hears, hearsAll, message, proxiedHost, type ProxiedHost } from './http-proxy.js';

const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n';
const connectTo = (authority: string): string =>
  message([`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`]);

describe.each(modes)('a tunnel of http-proxy ($name)', ({ workerThreadCount }) => {
  const start = (): Promise<ProxiedHost> =>
    proxiedHost({ server: { workerThreadCount }, agent: { workerThreadCount } });

  it.each(['127.0.0.1', 'localhost'])('goes to %s, and carries bytes both ways', async (name) => {
    await using proxy = await start();
    const client = await ask(proxy, connectTo(`${name}:${proxy.host.port}`));
    const host = await proxy.host.accepted();
    expect(await hears(client, /\r\n\r\n$/)).toBe(ESTABLISHED);
    const [there, back] = [new Pattern(), new Pattern()];
    client.socket.write(there.take(3_000_000));
    host.socket.write(back.take(3_000_000));
    const atHost = await host.receivedBytes(3_000_000);
    const atClient = await client.receivedBytes(ESTABLISHED.length + 3_000_000);
    expect(() => new Pattern().check(atHost)).not.toThrow();
    expect(() => new Pattern().check(atClient.subarray(ESTABLISHED.length))).not.toThrow();
  });

  it('goes to an IPv6 address in brackets', async () => {
    await using listener = await netListener({ host: '::1' });
    await using proxy = await start();
    const client = await ask(proxy, `${connectTo(`[::1]:${listener.port}`)}hello`);
    expect(await hears(await listener.accepted(), /^hello$/)).toBe('hello');
    expect(await hears(client, /established/)).toBe(ESTABLISHED);
  });

  it('carries what the client has sent before it was open', async () => {
    await using proxy = await start();
    const early = 'x'.repeat(300_000);
    const client = await dialPeer(proxy.port);
    client.socket.write(connectTo(proxy.authority) + early);
    const host = await proxy.host.accepted();
    expect(String(await host.receivedBytes(early.length))).toBe(early);
  });

  it.each(['client', 'host'] as const)(
    'lets the other side answer when the %s has finished',
    async (side) => {
      await using proxy = await start();
      const client = await ask(proxy, connectTo(proxy.authority));
      const host = await proxy.host.accepted();
      await hears(client, /established/);
      const [one, other] = side === 'client' ? [client, host] : [host, client];
      one.end(Buffer.from('last words'));
      expect(await hearsAll(other)).toMatch(/last words$/);
      await other.send('the answer');
      other.end();
      expect(await hearsAll(one)).toMatch(/the answer$/);
      expect(await proxy.isEmpty()).toEqual([0, 0]);
    },
  );

  it.each(['client', 'host'] as const)('ends for both when the %s resets', async (side) => {
    await using proxy = await start();
    const client = await ask(proxy, connectTo(proxy.authority));
    const host = await proxy.host.accepted();
    await hears(client, /established/);
    const [one, other] = side === 'client' ? [client, host] : [host, client];
    one.reset();
    await other.ended;
    other.end();
    expect(await proxy.isEmpty()).toEqual([0, 0]);
  });

  it('ends for both when a connection is kicked', async () => {
    await using proxy = await start();
    const client = await ask(proxy, connectTo(proxy.authority));
    const host = await proxy.host.accepted();
    await hears(client, /established/);
    proxy.server.disconnect(1);
    await host.ended;
    await client.ended;
    expect(await proxy.isEmpty()).toEqual([0, 0]);
  });
});
