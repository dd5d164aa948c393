// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { closedPort, deferred, dialPeer, EventLog, modes, netListener } from '@hp/testkit';
import { SendPolicy, ServiceState, SocketOperation, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { agentListener, clientListener, serverListener } from './support/listeners.js';

const { Close, Connect } = SocketOperation;

describe.each(modes)('events in order ($name)', ({ workerThreadCount }) => {
  test('of a server: prepare, accept, receive, close, shutdown', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    expect(log.names()).toEqual(['onPrepareListen']);

    await using peer = await dialPeer(server.listenAddress!.port);
    await peer.send('hello');
    await log.next('onReceive');
    peer.end();
    await log.next('onClose');
    await server.stop();

    expect(log.names()).toEqual(['onPrepareListen', 'onAccept', 'onReceive', 'onClose', 'onShutdown']);
    expect(String(log.received())).toBe('hello');
    expect(log.all('onClose')).toMatchObject([{ id: 1, operation: Close, errorCode: 0 }]);
  });

  test('of an agent: prepare, connect, receive, close, shutdown', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    agent.start();
    const id = agent.connect(listener.host, listener.port);
    expect(log.names()).toEqual(['onPrepareConnect']);

    const peer = await listener.accepted();
    await peer.send('hello');
    await log.next('onReceive');
    peer.end();
    await log.next('onClose');
    await agent.stop();

    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect', 'onReceive', 'onClose', 'onShutdown']);
    expect(log.names(id)).toEqual(['onPrepareConnect', 'onConnect', 'onReceive', 'onClose']);
    expect(log.all('onClose')).toMatchObject([{ id, operation: Close, errorCode: 0 }]);
  });

  test('of a client: prepare, connect, receive, close, and no shutdown', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    client.start(listener.host, listener.port);
    expect(log.names()).toEqual(['onPrepareConnect']);
    expect(client.state).toBe(ServiceState.Starting);

    const peer = await listener.accepted();
    await peer.send('hello');
    await log.next('onReceive');
    expect(client.state).toBe(ServiceState.Started);
    peer.end();
    await log.next('onClose');
    await client.wait();

    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect', 'onReceive', 'onClose']);
    expect(log.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
    expect(client.state).toBe(ServiceState.Stopped);
  });

  test('of a connect that fails: prepare, close, and no connect', async () => {
    const port = await closedPort();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    agent.start();
    const id = agent.connect('127.0.0.1', port);
    expect(log.names()).toEqual(['onPrepareConnect']);
    await log.next('onClose');

    expect(log.names(id)).toEqual(['onPrepareConnect', 'onClose']);
    expect(log.all('onClose')).toMatchObject([{ id, operation: Connect, errorCode: 111 }]);
  });

  test('of each connection when stop ends several: all closes, then the shutdown', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    const { port } = server.listenAddress!;
    await using a = await dialPeer(port);
    await using b = await dialPeer(port);
    await using c = await dialPeer(port);
    await log.next('onAccept', 3);

    await server.stop();

    expect(log.names().slice(4)).toEqual(['onClose', 'onClose', 'onClose', 'onShutdown']);
    expect(
      log
        .all('onClose')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([1, 2, 3]);
    expect(log.all('onClose').every((event) => event.operation === Close && event.errorCode === 0)).toBe(
      true,
    );
    await Promise.all([a.ended, b.ended, c.ended]);
  });

  test('the state is Stopping inside onClose of stop and inside onShutdown', async () => {
    const states: ServiceState[] = [];
    const accepted = deferred();
    await using server = new TcpServer(
      {
        onAccept: () => accepted.resolve(),
        onClose: (sender) => void states.push(sender.state),
        onShutdown: (sender) => void states.push(sender.state),
      },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    await accepted.promise;

    const stopped = server.stop();
    expect(server.state).toBe(ServiceState.Stopping);
    expect(server.hasStarted).toBe(false);
    await stopped;

    expect(states).toEqual([ServiceState.Stopping, ServiceState.Stopping]);
    expect(server.state).toBe(ServiceState.Stopped);
    await peer.ended;
  });

  test('sends queued inside onAccept and onConnect arrive in order before later ones', async () => {
    const log = new EventLog();
    await using server = new TcpServer(
      {
        onAccept: (sender, id) => {
          sender.send(id, Buffer.from('1'));
          sender.send(id, Buffer.from('2'));
        },
        onReceive: (sender, id, data) => void sender.send(id, data),
      },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    await using client = new TcpClient(
      clientListener(log, {
        onConnect: (sender) => {
          sender.send(Buffer.from('3'));
          sender.send(Buffer.from('4'));
        },
      }),
      { workerThreadCount },
    );
    await client.startAsync('127.0.0.1', server.listenAddress!.port);
    client.send(Buffer.from('5'));

    expect(String(await log.receivedBytes(5))).toBe('12345');
  });

  test('nothing is received before onAccept and onConnect have returned', async () => {
    const log = new EventLog();
    await using server = new TcpServer(
      serverListener(log, { onAccept: (sender, id) => void sender.setConnectionExtra(id, 'set') }),
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    await peer.send('early');
    await log.next('onReceive');

    expect(log.names(1)).toEqual(['onAccept', 'onReceive']);
    expect(server.getConnectionExtra(1)).toBe('set');
  });

  test('no onHandshake without TLS', async () => {
    const log = new EventLog();
    const onHandshake = () => log.add({ name: 'onHandshake', id: 0 });
    await using server = new TcpServer({ ...serverListener(log), onHandshake }, { workerThreadCount });
    await using agent = new TcpAgent({ ...agentListener(log), onHandshake }, { workerThreadCount });
    await using client = new TcpClient({ ...clientListener(log), onHandshake }, { workerThreadCount });
    server.start('127.0.0.1');
    agent.start();
    const { port } = server.listenAddress!;
    agent.send(await agent.connectAsync('127.0.0.1', port), Buffer.from('hello'));
    await client.startAsync('127.0.0.1', port);
    client.send(Buffer.from('hello'));
    await log.receivedBytes(10);

    expect(log.count('onHandshake')).toBe(0);
  });

  test.each([SendPolicy.Pack, SendPolicy.Direct])(
    'one at a time: what a callback does is told after it (policy %i)',
    async (sendPolicy) => {
      const ways: ((server: TcpServer, id: number) => void)[] = [
        (server, id) => void server.send(id, Buffer.alloc(10)),
        (server, id) => void server.send(id, Buffer.alloc(100_000)),
        (server, id) => void server.sendPackets(id, [Buffer.alloc(10), Buffer.alloc(20_000)]),
        (server, id) => void server.disconnect(id),
      ];
      const log = new EventLog();
      let inside = 0;
      let nested = 0;
      const act = (server: TcpServer, id: number): void => {
        if (++inside > 1) nested++;
        for (const way of ways) way(server, id);
        inside--;
      };
      await using server = new TcpServer(
        serverListener(log, { onReceive: act, onSend: () => void (nested += inside), onClose: act }),
        { workerThreadCount, sendPolicy },
      );
      server.start('127.0.0.1');
      await using first = await dialPeer(server.listenAddress!.port);
      await using second = await dialPeer(server.listenAddress!.port);
      await Promise.all([first.send('x'), second.send('x')]);
      await log.next('onClose', 2);

      expect(nested).toBe(0);
      expect(log.count('onReceive')).toBe(2);
    },
  );

  test('no events of a connection follow its onClose', async () => {
    const log = new EventLog();
    await using server = new TcpServer(
      serverListener(log, {
        onReceive: (sender, id) => {
          sender.disconnect(id);
        },
        onSend: () => {},
      }),
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    await log.next('onAccept');
    server.send(1, Buffer.alloc(1000));
    await peer.receivedBytes(1000);
    await peer.send(Buffer.alloc(500_000)).catch(() => {});
    await log.next('onClose');
    await server.stop();

    expect(log.names(1).at(-1)).toBe('onClose');
    expect(log.names(1).filter((name) => name === 'onReceive')).toHaveLength(1);
  });
});
