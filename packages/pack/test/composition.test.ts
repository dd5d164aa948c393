// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { pack } from '@hp/pack';
import { TcpPackAgent, TcpPackClient, TcpPackServer } from '@hp/pack/tcp';
import { ErrorCode, SocketOperation, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { closedPort, deferred, EventLog, modes, within } from '@hp/testkit';

describe.each(modes)('PACK components ($name)', ({ workerThreadCount }) => {
  test('are components of TCP', () => {
    expect(new TcpPackServer({})).toBeInstanceOf(TcpServer);
    expect(new TcpPackAgent({})).toBeInstanceOf(TcpAgent);
    expect(new TcpPackClient({})).toBeInstanceOf(TcpClient);
  });

  test('and the model as an option come to the same', async () => {
    const model = pack({ headerFlag: 9 });
    await using server = new TcpServer(
      { onReceive: (it, id, data) => void it.send(id, data) },
      { workerThreadCount, model },
    );
    server.start('127.0.0.1');
    const answers = [deferred<string>(), deferred<string>()] as const;
    await using agent = new TcpPackAgent(
      { onReceive: (_agent, _id, data) => answers[0].resolve(String(data)) },
      { workerThreadCount, headerFlag: 9 },
    );
    await using client = new TcpClient(
      { onReceive: (_client, data) => answers[1].resolve(String(data)) },
      { workerThreadCount, model },
    );
    agent.start();
    const port = server.listenAddress?.port ?? 0;
    agent.send(await agent.connectAsync('127.0.0.1', port), Buffer.from('from the agent'));
    await client.startAsync('127.0.0.1', port);
    client.send(Buffer.from('from the client'));

    expect(await within(answers[0].promise, 5000, 'The answer')).toBe('from the agent');
    expect(await within(answers[1].promise, 5000, 'The answer')).toBe('from the client');
  });

  test('flag 0 here and another there: the strict side closes', async () => {
    const log = new EventLog();
    await using strict = new TcpPackServer(
      { onClose: (_, id, operation, errorCode) => log.add({ name: 'onClose', id, operation, errorCode }) },
      { workerThreadCount, headerFlag: 5 },
    );
    strict.start('127.0.0.1');
    await using client = new TcpPackClient({}, { workerThreadCount });
    await client.startAsync('127.0.0.1', strict.listenAddress?.port ?? 0);
    client.send(Buffer.from('hello'));

    expect(await log.next('onClose')).toMatchObject({
      operation: SocketOperation.Receive,
      errorCode: ErrorCode.BadMessage,
    });
  });

  test('a connect that fails is one onClose, and harms nothing', async () => {
    const log = new EventLog();
    await using server = new TcpPackServer(
      { onReceive: (it, id, data) => void it.send(id, data) },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    await using agent = new TcpPackAgent(
      {
        onConnect: (_, id) => log.add({ name: 'onConnect', id }),
        onReceive: (_, id, data) => log.add({ name: 'onReceive', id, data }),
        onClose: (_, id, operation, errorCode) => log.add({ name: 'onClose', id, operation, errorCode }),
      },
      { workerThreadCount },
    );
    agent.start();
    const good = await agent.connectAsync('127.0.0.1', server.listenAddress?.port ?? 0);
    const bad = agent.connect('127.0.0.1', await closedPort());
    expect(agent.send(bad, Buffer.from('too early'))).toBe(false);
    const close = await log.next('onClose');
    agent.send(good, Buffer.from('still here'));
    await log.next('onReceive');

    expect(close).toMatchObject({
      id: bad,
      operation: SocketOperation.Connect,
      errorCode: ErrorCode.ConnectionRefused,
    });
    expect(log.names(bad)).toEqual(['onClose']);
    expect(String(log.received(good))).toBe('still here');
    expect(agent.getAllConnectionIds()).toEqual([good]);
  });
});
