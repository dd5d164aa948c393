// SPDX-License-Identifier: Apache-2.0
// Against node:net, in both directions.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { deferred, echoPeer, EventLog, modes, once, Pattern, within } from '@hp/testkit';
import { SocketOperation, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { serverListener } from './support/listeners.js';

const MIB = 1024 * 1024;

describe.each(modes)('interop with node:net ($name)', ({ workerThreadCount }) => {
  test('our server echoes to twenty sockets at once, each its own bytes', async () => {
    await using server = new TcpServer(
      { onReceive: (it, id, data) => void it.send(id, data) },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    const sockets = Array.from({ length: 20 }, () => connect(server.listenAddress!.port, '127.0.0.1'));
    await Promise.all(
      sockets.map(async (socket, index) => {
        const [sent, echoed] = [new Pattern(), new Pattern()];
        sent.position = echoed.position = index * 1000;
        const until = sent.position + 2 * MIB;
        const finished = deferred();
        socket.on('data', (data) => {
          echoed.check(data);
          if (echoed.position === until) finished.resolve();
        });
        while (sent.position < until) {
          const length = Math.min(50_000, until - sent.position);
          if (!socket.write(sent.take(length))) await once(socket, 'drain');
        }
        await within(finished.promise, 10_000, `The echo of socket ${index}`);
        socket.end();
        await once(socket, 'close');
      }),
    );

    expect(server.stats()).toMatchObject({ bytesReceived: 40 * MIB, bytesSent: 40 * MIB });
  });

  test('our agent and client against its echo server', async () => {
    await using peer = await echoPeer();
    const finished = deferred();
    const until = 4 * MIB;
    const flows = Array.from({ length: 4 }, () => ({ sent: new Pattern(), echoed: new Pattern() }));
    const check = (index: number, data: Buffer): void => {
      flows[index]!.echoed.check(data);
      if (flows.every(({ echoed }) => echoed.position === until)) finished.resolve();
    };
    await using agent = new TcpAgent(
      { onReceive: (_agent, id, data) => check(id, data) },
      { workerThreadCount },
    );
    await using client = new TcpClient(
      { onReceive: (_client, data) => check(0, data) },
      { workerThreadCount },
    );
    agent.start();
    for (let id = 1; id < flows.length; id++) {
      expect(await agent.connectAsync(peer.host, peer.port)).toBe(id);
    }
    await client.startAsync(peer.host, peer.port);
    for (const [index, { sent }] of flows.entries()) {
      while (sent.position < until) {
        const data = sent.take(MIB);
        expect(index === 0 ? client.send(data) : agent.send(index, data)).toBe(true);
      }
    }
    await within(finished.promise, 15_000, 'Every echo');
  });

  test('who ends first: either side, and what the other one sees', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    const { port } = server.listenAddress!;
    const first = connect(port, '127.0.0.1');
    await log.next('onAccept');
    first.end('bye');
    await log.next('onClose');
    expect(String(log.received(1))).toBe('bye');
    await once(first, 'close');
    expect(first.destroyed).toBe(true);

    const second = connect(port, '127.0.0.1');
    await log.next('onAccept', 2);
    server.disconnect(2);
    await once(second, 'close');
    expect(await log.next('onClose', 2)).toMatchObject({ operation: SocketOperation.Close, errorCode: 0 });
  });

  test('our client ends, its server sees the end; its server ends, our client does', async () => {
    const accepted: Socket[] = [];
    const server = createServer((socket) => void accepted.push(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const client = new TcpClient({}, { workerThreadCount });
      await client.startAsync('127.0.0.1', port);
      if (accepted.length === 0) await once(server, 'connection');
      const socket = accepted[0]!;
      socket.resume();
      const ended = once(socket, 'end');
      await client.stop();
      await ended;

      await client.startAsync('127.0.0.1', port);
      if (accepted.length === 1) await once(server, 'connection');
      accepted[1]!.end();
      expect(await within(client.wait(), 5000, 'The end of the client')).toBe(true);
    } finally {
      for (const socket of accepted) socket.destroy();
      server.close();
    }
  });
});
