// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { deferred, EventLog, modes, Pattern, within } from '@hp/testkit';
import { SendPolicy, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { serverListener } from './support/listeners.js';

const MIB = 1024 * 1024;

function echoServer(workerThreadCount: number, settings: object = {}): TcpServer {
  const server = new TcpServer(
    { onReceive: (sender, id, data) => void sender.send(id, data) },
    { workerThreadCount, ...settings },
  );
  server.start('127.0.0.1');
  return server;
}

describe.each(modes)('much data ($name)', ({ workerThreadCount }) => {
  test('64 MiB pushed to an echo server before anything is read finishes', async () => {
    const total = 64 * MIB;
    await using server = echoServer(workerThreadCount);
    const sent = new Pattern();
    const echoed = new Pattern();
    const finished = deferred();
    await using client = new TcpClient(
      {
        onConnect: (it) => {
          it.pauseReceive();
        },
        onReceive: (_client, data) => {
          echoed.check(data);
          if (echoed.position === total) finished.resolve();
        },
      },
      { workerThreadCount, maxPendingBytes: total },
    );
    await client.startAsync('127.0.0.1', server.listenAddress!.port);
    while (sent.position < total) expect(client.send(sent.take(MIB))).toBe(true);
    client.pauseReceive(false);
    await within(finished.promise, 20_000, 'The last echoed byte');

    expect(echoed.position).toBe(total);
  });

  test('64 MiB pushed in callbacks, while echoes are read', async () => {
    const total = 64 * MIB;
    await using server = echoServer(workerThreadCount);
    const sent = new Pattern();
    const echoed = new Pattern();
    const finished = deferred();
    const fill = (agent: TcpAgent, id: number): void => {
      while (sent.position < total && !agent.isCongested(id)) agent.send(id, sent.take(64 * 1024));
    };
    await using agent = new TcpAgent(
      {
        onConnect: fill,
        onDrain: fill,
        onReceive: (_agent, _id, data) => {
          echoed.check(data);
          if (echoed.position === total) finished.resolve();
        },
      },
      { workerThreadCount },
    );
    agent.start();
    agent.connect('127.0.0.1', server.listenAddress!.port);
    await within(finished.promise, 20_000, 'The last echoed byte');

    // A thread counts what it sent after the peer may have it.
    await expect.poll(() => server.stats()).toMatchObject({ bytesReceived: total, bytesSent: total });
  });

  test.each([
    { policy: 'Pack', sendPolicy: SendPolicy.Pack },
    { policy: 'Safe', sendPolicy: SendPolicy.Safe },
    { policy: 'Direct', sendPolicy: SendPolicy.Direct },
  ])('random sizes from 0 to 1 MiB are echoed byte for byte ($policy)', async ({ sendPolicy }) => {
    const connections = 8;
    const perConnection = 12 * MIB;
    await using server = echoServer(workerThreadCount, { sendPolicy });
    const finished = deferred();
    const flows = new Map<number, { sent: Pattern; echoed: Pattern }>();
    let done = 0;
    await using agent = new TcpAgent(
      {
        onReceive: (it, id, data) => {
          const { sent, echoed } = flows.get(id)!;
          echoed.check(data);
          if (echoed.position === sent.position) {
            if (sent.position < perConnection) sendSome(it, id);
            else if (++done === connections) finished.resolve();
          }
        },
      },
      { workerThreadCount, sendPolicy },
    );
    function sendSome(it: TcpAgent, id: number): void {
      const { sent } = flows.get(id)!;
      // Mostly small, up to 1 MiB; a few in a row, and one of nothing, which is refused.
      it.send(id, sent.take(0));
      for (let count = 0; count < 4; count++) it.send(id, sent.take(Math.trunc(MIB * Math.random() ** 4)));
      it.send(id, sent.take(1 + Math.trunc(MIB * Math.random())));
    }
    agent.start();
    for (let count = 0; count < connections; count++) {
      const id = await agent.connectAsync('127.0.0.1', server.listenAddress!.port);
      flows.set(id, { sent: new Pattern(), echoed: new Pattern() });
      sendSome(agent, id);
    }
    await within(finished.promise, 25_000, 'The last echoed byte');

    for (const { sent, echoed } of flows.values()) expect(echoed.position).toBe(sent.position);
  });

  test('over IPv6: an agent and a client get back what they send', async () => {
    const total = 2 * MIB;
    await using server = new TcpServer(
      { onReceive: (it, id, data) => void it.send(id, data) },
      { workerThreadCount },
    );
    server.start('::1');
    const { port } = server.listenAddress!;
    const echoed = { agent: new Pattern(), client: new Pattern() };
    const finished = deferred();
    const check = (who: keyof typeof echoed, data: Buffer): void => {
      echoed[who].check(data);
      if (Object.values(echoed).every(({ position }) => position === total)) finished.resolve();
    };
    await using agent = new TcpAgent(
      { onReceive: (_agent, _id, data) => check('agent', data) },
      { workerThreadCount },
    );
    await using client = new TcpClient(
      { onReceive: (_client, data) => check('client', data) },
      { workerThreadCount },
    );
    agent.start('::1');
    agent.send(await agent.connectAsync('::1', port), new Pattern().take(total));
    client.start('::1', port, { asyncConnect: false });
    client.send(new Pattern().take(total));
    await within(finished.promise, 10_000, 'The last echoed byte');

    expect(client.localAddress?.address).toBe('::1');
  });

  test('onReceive brings at most socketBufferSize bytes at once', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount, socketBufferSize: 1000 });
    server.start('127.0.0.1');
    const sent = new Pattern();
    await using client = new TcpClient({}, { workerThreadCount });
    await client.startAsync('127.0.0.1', server.listenAddress!.port);
    client.send(sent.take(1_000_000));
    await log.receivedBytes(1_000_000);

    expect(Math.max(...log.all('onReceive').map(({ data }) => data!.length))).toBe(1000);
    expect(() => new Pattern().check(log.received())).not.toThrow();
  });

  test('buffers that onReceive was given stay as they are', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    const sent = new Pattern();
    await using client = new TcpClient({}, { workerThreadCount });
    await client.startAsync('127.0.0.1', server.listenAddress!.port);
    for (let round = 0; round < 200; round++) {
      client.send(sent.take(1 + ((round * 7919) % 60_000)));
      if (round % 10 === 0) await new Promise(setImmediate);
    }
    await log.receivedBytes(sent.position);

    // Looked at only now, after all the memory has been used again and again.
    expect(() => new Pattern().check(log.received())).not.toThrow();
  });
});
