// SPDX-License-Identifier: Apache-2.0
// IPv6, and servers that take both families; zones are in networks.test.ts.
import { describe, expect, test } from 'vitest';
import { DatagramPeer, EventLog, modes, Pattern } from '@hp/testkit';
import { ErrorCode, type SocketAddress, SocketOperation, UdpServer, type UdpServerOptions } from '@hp/udp';
import { loggedClient, textsIn } from './support/client-log.js';
import { echo, portOf, serverListener } from './support/served.js';

describe.each(modes)('IPv6 ($name)', ({ workerThreadCount }) => {
  /** A server that echoes, on an address of its own. */
  function served(
    address: string | undefined,
    options: UdpServerOptions = {},
  ): { server: UdpServer; log: EventLog; port: number; from: SocketAddress[] } & AsyncDisposable {
    const log = new EventLog();
    const from: SocketAddress[] = [];
    const listener = serverListener(log, {
      onAccept: (_server, _id, remoteAddress) => void from.push(remoteAddress),
      onReceive: echo,
    });
    const server = new UdpServer(listener, { workerThreadCount, ...options });
    server.start(address);
    return { server, log, port: portOf(server), from, [Symbol.asyncDispose]: () => server.stop() };
  }

  test('a server on ::1 and a client exchange datagrams', async () => {
    await using side = served('::1');
    await using one = loggedClient({ workerThreadCount });
    const { client, log } = one;
    expect(side.server.listenAddress).toEqual({ address: '::1', port: side.port });
    await client.startAsync('::1', side.port);
    const own = client.localAddress!;
    client.send(Buffer.from('hello'));
    await log.next('onReceive');

    expect(textsIn(log)).toEqual(['hello']);
    expect(own.address).toBe('::1');
    expect(side.from).toEqual([own]);
    expect(side.server.getRemoteAddress(1)).toEqual(own);
    expect(client.remoteAddress).toEqual({ address: '::1', port: side.port });
  });

  test('node:dgram and a client, from a port that is fixed', async () => {
    await using peer = await DatagramPeer.bind({ host: '::1' });
    await using other = await DatagramPeer.bind({ host: '::1' });
    await using one = loggedClient({ workerThreadCount });
    const { client, log } = one;
    const localPort = other.port;
    await other.close();
    await client.startAsync('::1', peer.port, { localAddress: '::1', localPort });
    expect(await peer.next()).toMatchObject({ address: '::1', port: localPort });
    await peer.send('welcome', localPort);
    await log.next('onReceive');

    expect(textsIn(log)).toEqual(['welcome']);
  });

  test('a large datagram goes both ways', async () => {
    const options = { workerThreadCount, maxDatagramSize: 65_507 };
    await using side = served('::1', options);
    await using one = loggedClient(options);
    await one.client.startAsync('::1', side.port);
    one.client.send(new Pattern().take(65_507));
    await one.log.next('onReceive');

    expect(one.log.receivedLength()).toBe(65_507);
    expect(() => new Pattern().check(one.log.received())).not.toThrow();
  });

  test('nobody at the port: (Receive, ECONNREFUSED)', async () => {
    await using peer = await DatagramPeer.bind({ host: '::1' });
    const { port } = peer;
    await peer.close();
    await using one = loggedClient({ workerThreadCount });
    await one.client.startAsync('::1', port);

    expect(await one.log.next('onClose')).toMatchObject({
      operation: SocketOperation.Receive,
      errorCode: ErrorCode.ConnectionRefused,
    });
  });

  test.each([{ address: '::' }, { address: undefined }])(
    'dualStack on $address: peers of IPv4 have addresses of IPv4',
    async ({ address }) => {
      await using side = served(address, { dualStack: true });
      expect(side.server.listenAddress?.address).toBe('::');
      for (const [index, host] of ['127.0.0.1', '::1', '127.0.0.2'].entries()) {
        await using peer = await DatagramPeer.bind({ host });
        await peer.send(`from ${host}`, side.port, host);
        expect(await peer.next()).toMatchObject({ address: host, port: side.port });
        expect(peer.texts).toEqual([`from ${host}`]);
        const remote = { address: host, port: peer.port };
        expect(side.from[index]).toEqual(remote);
        expect(side.server.getRemoteAddress(index + 1)).toEqual(remote);
      }
    },
  );

  test('dualStack: clients of both families', async () => {
    await using side = served('::', { dualStack: true });
    for (const host of ['127.0.0.1', '::1']) {
      await using one = loggedClient({ workerThreadCount });
      await one.client.startAsync(host, side.port);
      one.client.send(Buffer.from(host));
      await one.log.next('onReceive');
      expect(textsIn(one.log)).toEqual([host]);
      expect(side.from.at(-1)).toEqual(one.client.localAddress);
    }
  });

  test('without dualStack a server on :: does not have the port of IPv4', async () => {
    await using side = served('::');
    await using four = loggedClient({ workerThreadCount });
    await using six = loggedClient({ workerThreadCount });
    await four.client.startAsync('127.0.0.1', side.port);
    expect(await four.log.next('onClose')).toMatchObject({ errorCode: ErrorCode.ConnectionRefused });
    await six.client.startAsync('::1', side.port);
    six.client.send(Buffer.from('hello'));
    await six.log.next('onReceive');

    expect(side.log.count('onAccept')).toBe(1);
  });
});
