// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { modes, TemporaryDirectory, UncaughtErrors } from '@hp/testkit';
import {
  ErrorCode,
  HandleResult,
  SocketError,
  SocketOperation,
  SslAgent,
  SslClient,
  SslServer,
} from '@hp/ssl';
import type { Side } from '../../tcp/test/support/sides.js';
import { authority } from './support/certificates.js';
import { clientContext, serverContext } from './support/contexts.js';
import { Pair } from './support/pair.js';
import { notedClient, SecureLog } from './support/secure-log.js';
import { roles, secure } from './support/sides.js';
import { tlsListener } from './support/tls-peer.js';
import { Wire } from './support/wire.js';

const { Close, Receive } = SocketOperation;
const { Canceled, InvalidState } = ErrorCode;

const opening = {
  server: ['onPrepareListen', 'onAccept'],
  agent: ['onPrepareConnect', 'onConnect'],
  client: ['onPrepareConnect', 'onConnect'],
};
const versions = ['TLSv1.2', 'TLSv1.3'] as const;

describe.each(modes)('the handshake ($name)', ({ workerThreadCount }) => {
  describe.each(roles)('of a $role', ({ role, open, openPlain }) => {
    test('the opening, the handshake, data, the close: each once and in this order', async () => {
      await using it = await open({}, { workerThreadCount });
      await it.peer.send('hello');
      await it.side.log.next('onReceive');
      it.peer.end();
      await it.side.log.next('onClose');

      expect(it.side.log.names()).toEqual([...opening[role], 'onHandshake', 'onReceive', 'onClose']);
      expect(String(it.side.log.received())).toBe('hello');
      expect(it.side.log.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
      expect(it.side.component.isSecure).toBe(true);
    });

    test.each(versions)(
      'data that comes with the end of the handshake is told after it (%s)',
      async (version) => {
        const before: number[] = [];
        await using side = await openPlain(
          { onHandshake: (it) => void before.push(it.log.count('onReceive')) },
          { workerThreadCount, context: { maxVersion: version } },
        );
        await using peer = await secure(role, side, { peer: { greeting: 'at once' } });
        await side.log.receivedBytes(7);
        expect(peer.socket.getProtocol()).toBe(version);

        expect(before).toEqual([0]);
        expect(side.log.names().indexOf('onHandshake')).toBeLessThan(side.log.names().indexOf('onReceive'));
      },
    );

    test('sends are refused before it, and taken inside onHandshake', async () => {
      await using directory = await TemporaryDirectory.create();
      const file = await directory.file('small', 'small file');
      const answers: unknown[] = [];
      const trySends = (side: Side): void => {
        answers.push(side.send(Buffer.from('one')), side.lastErrorCode);
        answers.push(side.sendPackets([Buffer.from('two')]), side.lastErrorCode);
        answers.push(side.sendSmallFile(file), side.lastErrorCode);
      };
      await using it = await open(
        { onOpen: trySends, onHandshake: (side) => void answers.push(side.send(Buffer.from('in time'))) },
        { workerThreadCount },
      );

      const refused = [false, InvalidState];
      expect(answers).toEqual([...refused, ...refused, ...refused, true]);
      expect(String(await it.peer.receivedBytes(7))).toBe('in time');
    });

    test('sends while it is under way are refused, and do it no harm', async () => {
      await using side = await openPlain({}, { workerThreadCount });
      expect([side.isConnected, side.send(Buffer.from('early')), side.lastErrorCode]).toEqual([
        ...[true, false, InvalidState],
      ]);
      await using peer = await secure(role, side);
      await side.log.next('onHandshake');
      expect(side.send(Buffer.from('late'))).toBe(true);

      expect(String(await peer.receivedBytes(4))).toBe('late');
    });

    test('onHandshake that returns Error: (Receive, Canceled), nothing received, and the peer sees an end', async () => {
      await using it = await open({ onHandshake: () => HandleResult.Error }, { workerThreadCount });
      it.peer.socket.write('never heard');
      const close = await it.side.log.next('onClose');
      await Promise.race([it.peer.ended, it.peer.closed]);

      expect(close).toMatchObject({ operation: Receive, errorCode: Canceled });
      expect(it.side.log.count('onReceive')).toBe(0);
    });

    test('onHandshake that throws: the same, and uncaught', async () => {
      using uncaught = new UncaughtErrors();
      const fail = (): never => {
        throw new Error('thrown by onHandshake');
      };
      await using it = await open({ onHandshake: fail }, { workerThreadCount });

      expect(await it.side.log.next('onClose')).toMatchObject({ operation: Receive, errorCode: Canceled });
      expect(await uncaught.messages(1)).toEqual(['thrown by onHandshake']);
    });

    test('a close from here while it is under way: no onHandshake, (Close, 0)', async () => {
      await using side = await openPlain({}, { workerThreadCount });
      side.close();

      expect(await side.log.next('onClose')).toMatchObject({ operation: Close, errorCode: 0 });
      expect(side.log.count('onHandshake')).toBe(0);
    });

    test('a close from inside onHandshake: (Close, 0), once', async () => {
      await using it = await open({ onHandshake: (side) => side.close() }, { workerThreadCount });
      await it.side.log.next('onClose');
      await it.side.component.stop();

      expect(it.side.log.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
      expect(it.side.log.count('onHandshake')).toBe(1);
    });

    test('a veto in the opening: nothing of TLS is done, and no close is told', async () => {
      await using side = await openPlain({ onOpen: () => HandleResult.Error }, { workerThreadCount });
      side.peer.resume();
      await side.peer.ended;
      await side.component.stop();

      expect(side.peer.receivedLength).toBe(0);
      expect(side.log.names()).not.toContain('onHandshake');
      expect(side.log.names()).not.toContain('onClose');
    });
  });

  test('connectAsync and startAsync settle after it, when sends are taken', async () => {
    const order: string[] = [];
    await using pair = new Pair({
      workerThreadCount,
      onAgent: { onHandshake: () => void order.push('handshake') },
    });
    const log = new SecureLog();
    await using client = new SslClient(
      notedClient(log, { onHandshake: () => void order.push('handshake') }),
      {
        workerThreadCount,
        context: clientContext(),
      },
    );
    const id = await pair.agent.connectAsync('127.0.0.1', pair.port);
    order.push('connectAsync');
    expect(pair.agent.send(id, Buffer.from('agent'))).toBe(true);
    await client.startAsync('127.0.0.1', pair.port);
    order.push('startAsync');
    expect(client.send(Buffer.from('client'))).toBe(true);
    await pair.serverLog.receivedBytes(11);

    expect(order).toEqual(['handshake', 'connectAsync', 'handshake', 'startAsync']);
  });

  test('connectAsync and startAsync reject where onHandshake refuses', async () => {
    const onHandshake = () => HandleResult.Error;
    await using pair = new Pair({ workerThreadCount, onAgent: { onHandshake } });
    await using client = new SslClient({ onHandshake }, { workerThreadCount, context: clientContext() });
    const failure = { socketError: SocketError.ConnectServer, errno: Canceled };

    await expect(pair.agent.connectAsync('127.0.0.1', pair.port)).rejects.toMatchObject(failure);
    await expect(client.startAsync('127.0.0.1', pair.port)).rejects.toMatchObject(failure);
    await client.wait();
  });

  test('connectAsync that is aborted during the handshake rejects with the reason', async () => {
    await using listener = await tlsListener();
    await using agent = new SslAgent({}, { workerThreadCount, context: clientContext() });
    agent.start();
    const abort = new AbortController();
    const connected = agent.connectAsync(listener.host, listener.port, { signal: abort.signal });
    setImmediate(() => {
      abort.abort(new Error('no longer wanted'));
    });

    await expect(connected).rejects.toThrow('no longer wanted');
  });

  describe.each(versions)('%s', (version) => {
    test.each(['rsa', 'ec'] as const)('with a certificate of an %s key, both ends agree', async (keyType) => {
      await using pair = new Pair({
        workerThreadCount,
        serverContext: { ...authority().issue({ keyType }), minVersion: version, maxVersion: version },
      });
      const { id, serverId, info, serverInfo } = await pair.connect();
      pair.agent.send(id, Buffer.from('to the server'));
      pair.server.send(serverId, Buffer.from('to the agent'));

      expect(String(await pair.serverLog.receivedBytes(13))).toBe('to the server');
      expect(String(await pair.agentLog.receivedBytes(12))).toBe('to the agent');
      expect(info.protocol).toBe(version);
      expect(serverInfo).toMatchObject({
        protocol: version,
        cipher: info.cipher,
        cipherBits: info.cipherBits,
      });
      const keyTypeSeen = info.peerCertificate?.publicKey.asymmetricKeyType;
      expect(keyTypeSeen).toBe(keyType);
    });

    test('over a line that passes byte after byte', async () => {
      await using pair = new Pair({
        workerThreadCount,
        serverContext: { maxVersion: version },
        onServer: { onReceive: (server, id, data) => void server.send(id, data) },
      });
      await using wire = await Wire.to(pair.port);
      wire.change = (chunk) => Array.from(chunk, (_, index) => chunk.subarray(index, index + 1));
      const id = await pair.agent.connectAsync('127.0.0.1', wire.port);
      pair.agent.send(id, Buffer.from('byte after byte'));

      expect(String(await pair.agentLog.receivedBytes(15))).toBe('byte after byte');
    });
  });

  test('a server has many handshakes at once', async () => {
    await using pair = new Pair({ workerThreadCount });
    const ids = await Promise.all(
      Array.from({ length: 20 }, () => pair.agent.connectAsync('127.0.0.1', pair.port)),
    );
    for (const id of ids) pair.agent.send(id, Buffer.from('hello'));
    await pair.serverLog.receivedBytes(100);

    expect(pair.serverLog.count('onHandshake')).toBe(20);
    expect(pair.server.connectionCount).toBe(20);
  });

  test('stop during handshakes closes each with (Close, 0)', async () => {
    await using listener = await tlsListener();
    const log = new SecureLog();
    await using client = new SslClient(notedClient(log), { workerThreadCount, context: clientContext() });
    client.start(listener.host, listener.port);
    await log.next('onConnect');
    await client.stop();

    expect(await log.closed()).toMatchObject({ operation: Close, errorCode: 0, reason: undefined });
    expect(log.count('onHandshake')).toBe(0);
  });

  test('a blocking connect: the handshake follows as an event', async () => {
    await using server = new SslServer({}, { workerThreadCount: 1, context: serverContext() });
    server.start('127.0.0.1');
    const log = new SecureLog();
    await using client = new SslClient(notedClient(log), { workerThreadCount, context: clientContext() });
    client.start('127.0.0.1', server.listenAddress!.port, { asyncConnect: false });
    expect(client.isConnected).toBe(true);
    await log.next('onHandshake');

    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect', 'onHandshake']);
  });
});
