// SPDX-License-Identifier: Apache-2.0
// What only a network of one's own can show; needs root for the namespaces.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closedDatagramPort, isRoot, modes } from '@hp/testkit';
import { CastMode, ErrorCode, SocketOperation } from '@hp/udp';
import type { HostCast } from './support/host.js';
import { TwoHosts } from './support/networks.js';

const INTERVAL = 1000;
const dead = { operation: SocketOperation.Close, errorCode: ErrorCode.TimedOut };

const families = [
  { family: 'IPv4', group: '239.77.0.7', left: '10.7.0.1', right: '10.7.0.2' },
  { family: 'IPv6', group: 'ff15::7:7', left: 'fd07::1', right: 'fd07::2' },
] as const;

/** Everything received by then: `last` is what is sent last. */
async function receivedUpTo(
  last: string,
  cast: HostCast,
): Promise<{ from: string | undefined; text: string }[]> {
  const isLast = () => cast.received.some(({ text }) => text === last);
  await cast.log.until(isLast, () => `'${last}' (so far ${JSON.stringify(cast.received)})`);
  return cast.received.filter(({ text }) => text !== last);
}

describe.skipIf(!isRoot()).each(modes)('two hosts ($name)', ({ workerThreadCount }) => {
  const settings = { workerThreadCount };
  let hosts: TwoHosts;
  beforeAll(async () => {
    hosts = await TwoHosts.start();
  });
  afterAll(async () => {
    await hosts[Symbol.asyncDispose]();
  });

  describe.each(families)('multicast over $family', ({ family, group, left, right }) => {
    test.concurrent('goes both ways through the interface of localAddress', async () => {
      const port = await closedDatagramPort();
      const name = `${family} both ways`;
      const one = await hosts.left.cast(name, settings);
      const other = await hosts.right.cast(name, settings);
      await one.start(group, port, { localAddress: left });
      await other.start(group, port, { localAddress: right });
      await one.send('from the left');
      await other.log.next('onReceive');
      await other.send('from the right');
      await one.log.next('onReceive');

      // Without multiCastLoop nobody hears itself.
      expect(other.received).toEqual([{ from: left, text: 'from the left' }]);
      expect(one.received).toEqual([{ from: right, text: 'from the right' }]);
    });

    test.concurrent('multiCastLoop: whether the own host hears it, other members there too', async () => {
      const port = await closedDatagramPort();
      const name = `${family} loop`;
      const quiet = await hosts.left.cast(`${name} off`, settings);
      const loud = await hosts.left.cast(`${name} on`, { ...settings, multiCastLoop: true });
      const neighbour = await hosts.left.cast(`${name} neighbour`, settings);
      const other = await hosts.right.cast(name, settings);
      for (const cast of [quiet, loud, neighbour]) await cast.start(group, port, { localAddress: left });
      await other.start(group, port, { localAddress: right });
      await quiet.send('not to the own host');
      await loud.send('to the own host too');
      for (const cast of [quiet, loud, neighbour]) await cast.log.next('onReceive');
      await other.send('the end');

      const heard = { from: left, text: 'to the own host too' };
      for (const cast of [quiet, loud, neighbour]) {
        expect(await receivedUpTo('the end', cast)).toEqual([heard]);
      }
      await other.log.next('onReceive', 2);
      expect(other.received).toEqual([{ from: left, text: 'not to the own host' }, heard]);
    });

    test.concurrent('multiCastTtl 0 does not leave the host', async () => {
      const port = await closedDatagramPort();
      const name = `${family} TTL`;
      const options = { ...settings, multiCastLoop: true };
      const bound = await hosts.left.cast(`${name} 0`, { ...options, multiCastTtl: 0 });
      const free = await hosts.left.cast(`${name} 1`, options);
      const other = await hosts.right.cast(name, settings);
      for (const cast of [bound, free]) await cast.start(group, port, { localAddress: left });
      await other.start(group, port, { localAddress: right });
      await bound.send('on this host');
      await free.log.next('onReceive');
      await free.send('the end');

      expect(await receivedUpTo('the end', other)).toEqual([]);
      expect(free.received[0]).toEqual({ from: left, text: 'on this host' });
    });
  });

  test.concurrent('members of one group on two wires: each hears its own', async () => {
    const port = await closedDatagramPort();
    const group = '239.77.0.8';
    const [first, second] = await Promise.all(
      ['wire 1', 'wire 2'].map((name) => hosts.right.cast(name, settings)),
    );
    await first!.start(group, port, { localAddress: '10.7.0.2' });
    await second!.start(group, port, { localAddress: '10.8.0.2' });
    for (const [index, localAddress] of ['10.7.0.1', '10.8.0.1'].entries()) {
      const cast = await hosts.left.cast(`through wire ${index + 1}`, settings);
      await cast.start(group, port, { localAddress });
      await cast.send(`through wire ${index + 1}`);
      await cast.send('the end');
    }

    expect(await receivedUpTo('the end', first!)).toEqual([{ from: '10.7.0.1', text: 'through wire 1' }]);
    expect(await receivedUpTo('the end', second!)).toEqual([{ from: '10.8.0.1', text: 'through wire 2' }]);
  });

  test.concurrent('a group within the link, through the interface of a zone', async () => {
    const port = await closedDatagramPort();
    const one = await hosts.left.cast('zone', settings);
    const other = await hosts.right.cast('zone', settings);
    await one.start('ff12::7:9', port, { localAddress: 'fe80::7:1%hp0' });
    await other.start('ff12::7:9%hp0', port);
    await one.send('from the left');
    await other.log.next('onReceive');
    await other.send('from the right');
    await one.log.next('onReceive');

    expect(other.received).toEqual([{ from: 'fe80::7:1%hp0', text: 'from the left' }]);
    expect(one.received).toEqual([{ from: 'fe80::7:2%hp0', text: 'from the right' }]);
  });

  test.concurrent('a broadcast to everybody goes through the interface of localAddress', async () => {
    const port = await closedDatagramPort();
    const options = { ...settings, castMode: CastMode.Broadcast };
    const listener = await hosts.right.cast('everybody', options);
    await listener.start('', port);
    for (const [index, localAddress] of ['10.7.0.1', '10.8.0.1'].entries()) {
      const cast = await hosts.left.cast(`to everybody ${index}`, options);
      await cast.start(index === 0 ? '' : '255.255.255.255', port, { localAddress });
      await cast.send(`through ${localAddress}`);
      await listener.log.next('onReceive', index + 1);
      await cast.stop();
    }

    expect(listener.received).toEqual([
      { from: '10.7.0.1', text: 'through 10.7.0.1' },
      { from: '10.8.0.1', text: 'through 10.8.0.1' },
    ]);
  });

  test.concurrent("a broadcast to a network's address goes to that network", async () => {
    const port = await closedDatagramPort();
    const options = { ...settings, castMode: CastMode.Broadcast };
    const listener = await hosts.right.cast('networks', options);
    await listener.start('10.7.0.255', port);
    for (const [index, number] of [7, 8].entries()) {
      const cast = await hosts.left.cast(`to network ${number}`, options);
      await cast.start(`10.${number}.0.255`, port);
      await cast.send(`to network ${number}`);
      await listener.log.next('onReceive', index + 1);
      await cast.stop();
    }

    expect(listener.received).toEqual([
      { from: '10.7.0.1', text: 'to network 7' },
      { from: '10.8.0.1', text: 'to network 8' },
    ]);
  });

  test.concurrent('server and client at link-local addresses, with zones', async () => {
    const server = await hosts.right.server('link-local', { ...settings, echoes: true });
    await server.start('fe80::7:2%hp0');
    const { address, port } = (await server.get('listenAddress')) as { address: string; port: number };
    const client = await hosts.left.client('link-local', settings);
    await client.start('fe80::7:2%hp0', port);
    await client.log.next('onConnect');
    await client.send('hello');
    await client.log.next('onReceive');

    expect(address).toBe('fe80::7:2%hp0');
    expect(await client.get('remoteAddress')).toEqual({ address, port });
    expect(server.log.all('onAccept')).toMatchObject([{ from: 'fe80::7:1%hp0' }]);
    expect(client.received).toMatchObject([{ text: 'hello' }]);
  });

  test.concurrent('an address that nobody has: sends are taken, and detection ends it', async () => {
    const client = await hosts.left.client('nobody', {
      ...settings,
      detectInterval: INTERVAL,
      detectAttempts: 1,
    });
    await client.start('10.7.0.99', 9);
    await client.log.next('onConnect');
    expect(await client.sendMany(1000, 100)).toBe(100);

    expect(await client.log.next('onClose')).toMatchObject(dead);
    expect(client.log.names()).toEqual(['onConnect', 'onClose']);
  });

  test.concurrent('a network to which there is no way: (Connect, ENETUNREACH)', async () => {
    const client = await hosts.left.client('unrouted', settings);
    await client.start('203.0.113.1', 9);

    expect(await client.log.next('onClose')).toMatchObject({
      operation: SocketOperation.Connect,
      errorCode: ErrorCode.NetworkUnreachable,
    });
    await client.stop();
    await expect(client.start('203.0.113.1', 9, { asyncConnect: false })).rejects.toMatchObject({
      code: 'SE_CONNECT_SERVER',
      systemCode: 'ENETUNREACH',
    });
  });

  // As long as nobody says who has the address, datagrams stay in the buffer of the socket.
  test.concurrent('what the socket has no room for waits, and goes out in order', async () => {
    const address = `10.7.0.${100 + workerThreadCount}`;
    const client = await hosts.left.client('waiting', {
      ...{ ...settings, sendBufferSize: 4608, maxDatagramSize: 1000 },
      ...{ highWaterMarkBytes: 20_000, lowWaterMarkBytes: 5000, maxPendingBytes: 40_000 },
    });
    const port = await closedDatagramPort();
    await client.start(address, port);
    await client.log.next('onConnect');
    const taken = await client.sendMany(1000, 1000);
    // Those that may wait, and a few in the buffer.
    expect(taken).toBeGreaterThan(38);
    expect(taken).toBeLessThan(200);
    expect(await client.get('lastErrorCode')).toBe(ErrorCode.PendingLimit);
    expect(await client.get('pendingDataLength')).toBeGreaterThan(5000);
    await hosts.right.ip(`address add ${address}/24 dev hp0`);
    const server = await hosts.right.server('waiting', settings);
    await server.start(address, port);
    await client.log.next('onDrain');
    await client.send('the end');
    await server.log.next('onReceive', taken + 1);

    const numbers = server.received.map(({ text }) => text.trimEnd());
    expect(numbers).toEqual([...Array.from({ length: taken }, (_, index) => String(index)), 'the end']);
    expect(await client.get('pendingDataLength')).toBe(0);
  });

  test.concurrent('the wire is cut: each side finds the other dead, data meets ENETUNREACH', async () => {
    await using own = await TwoHosts.start();
    const { left, right } = own;
    const detecting = { ...settings, detectInterval: INTERVAL, detectAttempts: 1 };
    const server = await right.server('server', detecting);
    await server.start('10.7.0.2');
    const { port } = (await server.get('listenAddress')) as { port: number };
    const client = await left.client('client', detecting);
    const sender = await left.client('sender', detecting);
    for (const each of [client, sender]) await each.start('10.7.0.2', port);
    await server.log.next('onAccept', 2);
    await left.ip('link set hp0 down');
    await sender.send('hello');

    expect(await sender.log.next('onClose')).toMatchObject({
      operation: SocketOperation.Send,
      errorCode: ErrorCode.NetworkUnreachable,
    });
    expect(await client.log.next('onClose')).toMatchObject(dead);
    await server.log.next('onClose', 2);
    expect(server.log.all('onClose')).toMatchObject([dead, dead]);
    await left.ip('link set hp0 up');
    await client.start('10.7.0.2', port);
    await server.log.next('onAccept', 3);
  });
});
