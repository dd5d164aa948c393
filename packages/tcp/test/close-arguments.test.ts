// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { deferred, eventually, modes, netListener, within } from '@hp/testkit';
import {
  ErrorCode,
  HpSocketError,
  type SocketAddress,
  SocketError,
  SocketOperation,
  TcpAgent,
  TcpClient,
  TcpServer,
} from '@hp/tcp';
import { roles } from './support/sides.js';

const { Close, Receive, Send } = SocketOperation;
const resetCodes: number[] = [ErrorCode.ConnectionReset, ErrorCode.BrokenPipe];

describe.each(modes)('what onClose tells ($name)', ({ workerThreadCount }) => {
  describe.each(roles)('of a $role', ({ role, open }) => {
    test('the peer finishes: (Close, 0)', async () => {
      await using side = await open({}, { workerThreadCount });
      side.peer.end();

      expect(await side.log.next('onClose')).toMatchObject({ id: side.id, operation: Close, errorCode: 0 });
    });

    test('ended from here: (Close, 0)', async () => {
      await using side = await open({}, { workerThreadCount });
      side.close();

      expect(side.isConnected).toBe(false);
      expect(await side.log.next('onClose')).toMatchObject({ id: side.id, operation: Close, errorCode: 0 });
      await side.peer.ended;
    });

    test('ended from here inside onReceive: (Close, 0), also where that returns Error', async () => {
      await using side = await open(
        {
          onReceive: (it) => {
            it.close();
            return 2;
          },
        },
        { workerThreadCount },
      );
      await side.peer.send('x');

      expect(await side.log.next('onClose')).toMatchObject({ operation: Close, errorCode: 0 });
    });

    test('stopped: (Close, 0)', async () => {
      await using side = await open({}, { workerThreadCount });
      await side.component.stop();

      expect(side.log.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
    });

    test('the peer resets: (Receive, ECONNRESET)', async () => {
      await using side = await open({}, { workerThreadCount });
      side.peer.reset();

      expect(await side.log.next('onClose')).toMatchObject({
        operation: Receive,
        errorCode: ErrorCode.ConnectionReset,
      });
    });

    test('a send to a peer that has reset: (Send, error)', async () => {
      await using side = await open({}, { workerThreadCount });
      side.pauseReceive();
      await eventually(() => side.component.stats().readPauses === 1, 'The pause');
      await side.peer.send('not for the reader');
      side.peer.reset();
      await side.peer.closed;
      while (side.send(Buffer.from('x')) && side.log.count('onClose') === 0) {
        await new Promise(setImmediate);
      }
      const close = await side.log.next('onClose');

      expect(close.operation).toBe(Send);
      expect(resetCodes).toContain(close.errorCode);
    });

    test('idleTimeoutMs: (Close, ETIMEDOUT)', async () => {
      await using side = await open({}, { workerThreadCount, idleTimeoutMs: 20 });

      expect(await side.log.next('onClose')).toMatchObject({
        operation: Close,
        errorCode: ErrorCode.TimedOut,
      });
    });

    test('inside onClose the connection is gone for all that would use it', async () => {
      const seen = deferred<unknown[]>();
      await using side = await open(
        {
          onClose: (it) => {
            const answers = [it.isConnected, it.send(Buffer.from('x')), it.lastErrorCode];
            answers.push(it.sendPackets([Buffer.from('x')]), it.lastErrorCode);
            answers.push(it.pauseReceive(), it.lastErrorCode, it.end(), it.lastErrorCode);
            answers.push(it.isCongested);
            seen.resolve(answers);
          },
        },
        { workerThreadCount },
      );
      side.peer.end();
      const why = role === 'client' ? ErrorCode.InvalidState : ErrorCode.ObjectNotFound;

      expect(await within(seen.promise, 5000, 'onClose')).toEqual([
        false,
        false,
        why,
        false,
        why,
        false,
        why,
        false,
        why,
        false,
      ]);
    });
  });

  test('inside onClose of a server its connection still counts, with extra and remote address', async () => {
    const seen = deferred<unknown>();
    await using server: TcpServer<string> = new TcpServer(
      {
        onAccept: (sender, id) => {
          sender.setConnectionExtra(id, 'mine');
        },
        onClose: (sender, id) => {
          seen.resolve({
            count: sender.connectionCount,
            ids: sender.getAllConnectionIds(),
            extra: sender.getConnectionExtra(id),
            remote: sender.getRemoteAddress(id),
            local: sender.getLocalAddress(id),
            disconnected: sender.disconnect(id),
            code: sender.lastErrorCode,
          });
        },
      },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    await using client = new TcpClient({}, { workerThreadCount });
    await client.startAsync('127.0.0.1', server.listenAddress!.port);
    const own = client.localAddress;
    await client.stop();

    expect(await within(seen.promise, 5000, 'onClose')).toEqual({
      count: 1,
      ids: [1],
      extra: 'mine',
      remote: own,
      local: undefined,
      disconnected: false,
      code: ErrorCode.ObjectNotFound,
    });
    expect(server.connectionCount).toBe(0);
    expect(server.getConnectionExtra(1)).toBeUndefined();
    expect(server.getRemoteAddress(1)).toBeUndefined();
  });

  test('inside onClose of a client both addresses are known, and start throws', async () => {
    await using listener = await netListener();
    let seen: [SocketAddress | undefined, SocketAddress | undefined, unknown] | undefined;
    let failure: unknown;
    await using client = new TcpClient(
      {
        onClose: (sender) => {
          seen = [sender.localAddress, sender.remoteAddress, sender.remoteHost];
          try {
            sender.start(listener.host, listener.port);
          } catch (error) {
            failure = error;
          }
        },
      },
      { workerThreadCount },
    );
    await client.startAsync(listener.host, listener.port);
    const peer = await listener.accepted();
    const own = client.localAddress;
    peer.end();
    await client.wait();

    expect(seen).toEqual([
      own,
      { address: listener.host, port: listener.port },
      { host: listener.host, port: listener.port },
    ]);
    expect(failure).toBeInstanceOf(HpSocketError);
    expect(failure).toMatchObject({ socketError: SocketError.IllegalState });
    expect([client.localAddress, client.remoteAddress, client.remoteHost]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('an agent may connect again inside onClose', async () => {
    await using listener = await netListener();
    const again = deferred<number>();
    await using agent = new TcpAgent(
      {
        onClose: (sender, id) => {
          if (id === 1) sender.connect(listener.host, listener.port);
        },
        onConnect: (_sender, id) => {
          if (id !== 1) again.resolve(id);
        },
      },
      { workerThreadCount },
    );
    agent.start();
    await agent.connectAsync(listener.host, listener.port);
    (await listener.accepted()).end();

    expect(await within(again.promise, 5000, 'The second connection')).toBe(2);
    expect(agent.getAllConnectionIds()).toEqual([2]);
  });
});
