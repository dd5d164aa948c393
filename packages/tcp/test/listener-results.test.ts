// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { deferred, dialPeer, EventLog, modes, netListener } from '@hp/testkit';
import {
  ErrorCode,
  HandleResult,
  ServiceState,
  SocketError,
  SocketOperation,
  TcpAgent,
  TcpClient,
  TcpServer,
} from '@hp/tcp';
import { agentListener, clientListener, serverListener } from './support/listeners.js';
import { roles } from './support/sides.js';
import { thrownBy } from '../../core-native/test/support/thrown.js';

/** What may be returned without consequence. */
const harmless = [undefined, HandleResult.Ok, HandleResult.Ignore, Promise.resolve(HandleResult.Error)];

describe.each(modes)('results of callbacks ($name)', ({ workerThreadCount }) => {
  test.each(harmless)('%o changes nothing at any event of a server and an agent', async (result) => {
    const log = new EventLog();
    const everywhere = {
      onPrepareListen: () => result,
      onAccept: () => result,
      onPrepareConnect: () => result,
      onConnect: () => result,
      onReceive: () => result,
      onSend: () => result,
      onClose: () => result,
      onShutdown: () => result,
    };
    await using server = new TcpServer(serverListener(log, everywhere), { workerThreadCount });
    await using agent = new TcpAgent(agentListener(log, everywhere), { workerThreadCount });
    server.start('127.0.0.1');
    agent.start();
    const id = await agent.connectAsync('127.0.0.1', server.listenAddress!.port);
    agent.send(id, Buffer.from('ping'));
    await log.receivedBytes(4);
    expect(agent.isConnected(id)).toBe(true);
    expect(server.connectionCount).toBe(1);
    await agent.stop();
    await log.next('onClose', 2);
    await server.stop();

    expect(log.all('onClose').map(({ errorCode }) => errorCode)).toEqual([0, 0]);
    expect(log.count('onShutdown')).toBe(2);
  });

  test('Error at onPrepareListen: start throws, the state is Stopped, onShutdown has been called', async () => {
    const log = new EventLog();
    let refuses = true;
    await using server = new TcpServer(
      serverListener(log, { onPrepareListen: () => (refuses ? HandleResult.Error : HandleResult.Ok) }),
      { workerThreadCount },
    );
    const error = thrownBy(() => server.start('127.0.0.1'));

    expect(error).toMatchObject({ socketError: SocketError.SocketPrepare, code: 'SE_SOCKET_PREPARE' });
    expect(server.state).toBe(ServiceState.Stopped);
    expect(server.lastError).toBe(SocketError.SocketPrepare);
    expect(log.names()).toEqual(['onPrepareListen', 'onShutdown']);

    refuses = false;
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    await log.next('onAccept');
    expect(peer.socket.readyState).toBe('open');
  });

  test('Error at onAccept: the peer is closed, no onClose, others are served', async () => {
    const log = new EventLog();
    await using server = new TcpServer(
      serverListener(log, { onAccept: (_server, id) => (id === 1 ? HandleResult.Error : HandleResult.Ok) }),
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    const { port } = server.listenAddress!;
    await using refused = await dialPeer(port);
    await refused.ended;
    await using served = await dialPeer(port);
    await served.send('hello');
    await log.next('onReceive');

    expect(server.getAllConnectionIds()).toEqual([2]);
    await server.stop();
    expect(log.names(1)).toEqual(['onAccept']);
    expect(log.names(2)).toEqual(['onAccept', 'onReceive', 'onClose']);
  });

  test('Error at onAccept: what was sent before is not received', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log, { onAccept: () => HandleResult.Error }), {
      workerThreadCount,
    });
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    peer.socket.write('too early');
    await Promise.race([peer.ended, peer.closed]);
    await server.stop();

    expect(log.names()).toEqual(['onPrepareListen', 'onAccept', 'onShutdown']);
  });

  test('Error at onPrepareConnect of an agent: connect throws, no onClose', async () => {
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log, { onPrepareConnect: () => HandleResult.Error }), {
      workerThreadCount,
    });
    agent.start();
    const error = thrownBy(() => agent.connect('127.0.0.1', 9));

    expect(error).toMatchObject({ socketError: SocketError.SocketPrepare, errno: ErrorCode.Canceled });
    await expect(agent.connectAsync('127.0.0.1', 9)).rejects.toMatchObject({ code: 'SE_SOCKET_PREPARE' });
    expect(agent.connectionCount).toBe(0);
    expect(agent.state).toBe(ServiceState.Started);
    await agent.stop();
    expect(log.names()).toEqual(['onPrepareConnect', 'onPrepareConnect', 'onShutdown']);
  });

  test('a code set in onPrepareConnect is what connect throws with', async () => {
    await using agent = new TcpAgent(
      {
        onPrepareConnect: (sender) => {
          sender.lastErrorCode = ErrorCode.NetworkUnreachable;
          return HandleResult.Error;
        },
      },
      { workerThreadCount },
    );
    agent.start();

    expect(thrownBy(() => agent.connect('127.0.0.1', 9))).toMatchObject({
      errno: ErrorCode.NetworkUnreachable,
      systemCode: 'ENETUNREACH',
    });
  });

  test('Error at onPrepareConnect of a client: start throws, no onClose, Stopped', async () => {
    const log = new EventLog();
    await using client = new TcpClient(clientListener(log, { onPrepareConnect: () => HandleResult.Error }), {
      workerThreadCount,
    });
    const error = thrownBy(() => client.start('127.0.0.1', 9));

    expect(error).toMatchObject({ socketError: SocketError.SocketPrepare });
    expect(client.state).toBe(ServiceState.Stopped);
    expect(client.lastError).toBe(SocketError.SocketPrepare);
    await client.wait();
    expect(log.names()).toEqual(['onPrepareConnect']);
  });

  test('Error at onConnect of an agent: closed, no onClose, connectAsync rejects', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log, { onConnect: () => HandleResult.Error }), {
      workerThreadCount,
    });
    agent.start();
    const connecting = agent.connectAsync(listener.host, listener.port);

    await expect(connecting).rejects.toMatchObject({
      socketError: SocketError.ConnectServer,
      errno: ErrorCode.Canceled,
    });
    const peer = await listener.accepted();
    await peer.ended;
    await agent.stop();
    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect', 'onShutdown']);
  });

  test('Error at onConnect of a client: closed, no onClose, startAsync rejects, Stopped', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using client = new TcpClient(clientListener(log, { onConnect: () => HandleResult.Error }), {
      workerThreadCount,
    });

    await expect(client.startAsync(listener.host, listener.port)).rejects.toMatchObject({
      code: 'SE_CONNECT_SERVER',
      errno: ErrorCode.Canceled,
    });
    const peer = await listener.accepted();
    await peer.ended;
    await client.wait();
    expect(client.state).toBe(ServiceState.Stopped);
    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect']);
  });

  describe.each(roles)('of a $role', ({ open }) => {
    test('Error at onReceive closes with (Receive, ECANCELED)', async () => {
      await using side = await open({ onReceive: () => HandleResult.Error }, { workerThreadCount });
      await side.peer.send('x');
      const close = await side.log.next('onClose');

      expect(close).toMatchObject({ operation: SocketOperation.Receive, errorCode: ErrorCode.Canceled });
      await Promise.race([side.peer.ended, side.peer.closed]);
    });

    test('Error at onReceive closes with the code that the callback has set', async () => {
      await using side = await open(
        {
          onReceive: ({ component }) => {
            component.lastErrorCode = ErrorCode.BadMessage;
            return HandleResult.Error;
          },
        },
        { workerThreadCount },
      );
      await side.peer.send('x');
      const close = await side.log.next('onClose');

      expect(close).toMatchObject({ operation: SocketOperation.Receive, errorCode: ErrorCode.BadMessage });
    });

    test('a code left from an earlier call does not become the code of a close', async () => {
      let count = 0;
      await using side = await open(
        {
          onReceive: ({ component }) => {
            component.lastErrorCode = ErrorCode.BadMessage;
            return ++count === 1 ? HandleResult.Ok : HandleResult.Error;
          },
          onOpen: ({ component }) => {
            component.lastErrorCode = ErrorCode.BadMessage;
          },
        },
        { workerThreadCount },
      );
      await side.peer.send('x');
      await side.log.next('onReceive');
      side.component.lastErrorCode = ErrorCode.BrokenPipe;
      await side.peer.send('y');

      // The callback has set it anew.
      expect(await side.log.next('onClose')).toMatchObject({ errorCode: ErrorCode.BadMessage });
    });

    test('Error at onSend, onClose and onShutdown is ignored', async () => {
      const closed = deferred();
      await using side = await open(
        {
          onReceive: (it, data) => void it.send(data),
          onSend: () => HandleResult.Error,
          onClose: () => {
            closed.resolve();
            return HandleResult.Error;
          },
        },
        { workerThreadCount },
      );
      await side.peer.send('one');
      await side.log.next('onSend');
      await side.peer.send('two');
      await side.peer.receivedBytes(6);
      expect(side.isConnected).toBe(true);
      side.peer.end();
      await closed.promise;
      expect(side.log.all('onClose')).toMatchObject([{ operation: SocketOperation.Close, errorCode: 0 }]);
    });
  });
});
