// SPDX-License-Identifier: Apache-2.0
// Connections that begin in plain text: autoHandshake: false and startHandshake.
import { describe, expect, test } from 'vitest';
import { dialPeer, modes, TemporaryDirectory } from '@hp/testkit';
import type { SslAgent } from '@hp/ssl';
import { ErrorCode, SocketOperation, SslClient, SslServer } from '@hp/ssl';
import type { Side } from '../../tcp/test/support/sides.js';
import { clientContext, serverContext } from './support/contexts.js';
import { Pair, type PairOptions } from './support/pair.js';
import { infoOf, roles, secure } from './support/sides.js';
import { dialOver } from './support/tls-peer.js';

const { Close, Receive } = SocketOperation;
const { AlreadyInitialized, BadMessage, InvalidState, NotSupported, ObjectNotFound, TimedOut } = ErrorCode;

function startHandshake({ component, id }: Side): boolean {
  if (component instanceof SslClient) return component.startHandshake();
  return (component as SslServer | SslAgent).startHandshake(id);
}

describe.each(modes)('a handshake that is asked for ($name)', ({ workerThreadCount }) => {
  const manual = { workerThreadCount, autoHandshake: false };

  describe.each(roles)('of a $role', ({ role, openPlain }) => {
    test('plain text both ways, then the handshake, then TLS', async () => {
      await using side = await openPlain({}, manual);
      side.peer.resume();
      expect(side.isConnected).toBe(true);
      expect(infoOf(side)).toBeUndefined();
      side.send(Buffer.from('plain from here'));
      expect(String(await side.peer.receivedBytes(15))).toBe('plain from here');
      await side.peer.send('plain from there');
      expect(String(await side.log.receivedBytes(16))).toBe('plain from there');
      expect(side.log.count('onHandshake')).toBe(0);

      // Who is the server knows by a word of the other that what comes next is TLS.
      const begun = role === 'server' ? [side.send(Buffer.from('.')), startHandshake(side)] : [];
      await side.peer.receivedBytes(15 + Number(role === 'server'));
      side.peer.pause();
      side.peer.socket.removeAllListeners('data');
      const secured = secure(role, side);
      if (role !== 'server') begun.push(startHandshake(side));
      expect(begun).not.toContain(false);
      await using peer = await secured;
      await side.log.next('onHandshake');
      side.send(Buffer.from('secret from here'));
      expect(String(await peer.receivedBytes(16))).toBe('secret from here');
      await peer.send('secret from there');
      expect(String(await side.log.receivedBytes(33))).toBe('plain from theresecret from there');
      expect(infoOf(side)?.protocol).toBe('TLSv1.3');
      expect(side.log.count('onHandshake')).toBe(1);
    });

    test('sends are refused from startHandshake to onHandshake', async () => {
      await using directory = await TemporaryDirectory.create();
      const file = await directory.file('small', 'small file');
      await using side = await openPlain({}, manual);
      expect(side.send(Buffer.from('before'))).toBe(true);
      expect(startHandshake(side)).toBe(true);
      const answers = [side.send(Buffer.from('x')), side.lastErrorCode];
      answers.push(side.sendPackets([Buffer.from('x')]), side.lastErrorCode);
      answers.push(side.sendSmallFile(file), side.lastErrorCode);

      expect(answers).toEqual([false, InvalidState, false, InvalidState, false, InvalidState]);
    });

    test('startHandshake inside the opening, and a second time', async () => {
      const answers: unknown[] = [];
      await using side = await openPlain(
        {
          onOpen: (it) => {
            answers.push(startHandshake(it), startHandshake(it), it.lastErrorCode);
          },
        },
        manual,
      );
      await using peer = await secure(role, side);
      await side.log.next('onHandshake');
      answers.push(startHandshake(side), side.lastErrorCode);
      side.send(Buffer.from('once'));
      await peer.receivedBytes(4);

      expect(answers).toEqual([true, false, AlreadyInitialized, false, AlreadyInitialized]);
    });

    test('startHandshake where the handshake begins by itself: NotSupported', async () => {
      await using side = await openPlain({}, { workerThreadCount });
      expect([startHandshake(side), side.lastErrorCode]).toEqual([false, NotSupported]);
    });

    test('startHandshake without a connection', async () => {
      await using side = await openPlain({}, manual);
      side.close();
      await side.log.next('onClose');
      await side.component.stop();

      expect(startHandshake(side)).toBe(false);
      expect([InvalidState, ObjectNotFound]).toContain(side.lastErrorCode);
    });

    test('an end in plain text is an orderly one: (Close, 0)', async () => {
      await using side = await openPlain({}, manual);
      side.peer.resume();
      side.peer.end(Buffer.from('bye'));

      expect(await side.log.next('onClose')).toMatchObject({ operation: Close, errorCode: 0 });
      expect(String(side.log.received())).toBe('bye');
    });

    test('bytes that are no TLS after startHandshake: (Receive, BadMessage)', async () => {
      await using side = await openPlain({}, manual);
      side.peer.resume();
      side.send(Buffer.from('go on'));
      startHandshake(side);
      await side.peer.receivedBytes(5);
      await side.peer.send('still plain, and more than a record’s head');

      expect(await side.log.next('onClose')).toMatchObject({ operation: Receive, errorCode: BadMessage });
      expect(side.log.count('onReceive')).toBe(0);
    });
  });

  function plainPair(options: Partial<PairOptions> = {}): Pair {
    return new Pair({
      workerThreadCount,
      server: { autoHandshake: false },
      agent: { autoHandshake: false },
      ...options,
    });
  }

  /** Bytes in plain text before each end of ours begins. */
  const protocol: Partial<PairOptions> = {
    onServer: {
      onReceive: (server, id, data) => {
        if (String(data) !== 'STARTTLS') return void server.send(id, data);
        server.send(id, Buffer.from('GO ON'));
        server.startHandshake(id);
      },
    },
    onAgent: {
      onReceive: (agent, id, data) => {
        if (String(data) === 'GO ON') agent.startHandshake(id);
      },
    },
  };

  test('both ends of ours: connectAsync settles in plain text, and the handshake comes where it is agreed on', async () => {
    await using pair = plainPair(protocol);
    const id = await pair.agent.connectAsync('127.0.0.1', pair.port);
    expect(pair.agentLog.count('onHandshake')).toBe(0);
    pair.agent.send(id, Buffer.from('STARTTLS'));
    await pair.agentLog.next('onHandshake');
    const { id: serverId } = await pair.serverLog.next('onHandshake');
    pair.agent.send(id, Buffer.from('secret'));

    expect(String(await pair.agentLog.receivedBytes(11))).toBe('GO ONsecret');
    expect(pair.server.getSslInfo(serverId)?.protocol).toBe('TLSv1.3');
    expect(pair.agent.getSslInfo(id)).toMatchObject({ isVerified: true });
  });

  test('what a client sends in one piece with its STARTTLS is no secret, and not taken for one', async () => {
    await using pair = plainPair({
      onServer: {
        onReceive: (server, id, data) => {
          if (!String(data).startsWith('STARTTLS')) return;
          server.send(id, Buffer.from('GO ON'));
          server.startHandshake(id);
        },
      },
    });
    await using peer = await dialPeer(pair.port);
    await peer.send('STARTTLS\r\nMAIL FROM: somebody who was in the middle\r\n');
    await peer.receivedBytes(5);
    await peer.send('more that is not TLS at all');

    expect(await pair.serverLog.closed()).toMatchObject({ operation: Receive, errorCode: BadMessage });
    expect(pair.serverLog.count('onHandshake')).toBe(0);
  });

  test('handshakeTimeoutMs counts from startHandshake', async () => {
    await using pair = plainPair({ server: { autoHandshake: false, handshakeTimeoutMs: 150 } });
    await using peer = await dialPeer(pair.port);
    const { id } = await pair.serverLog.next('onAccept');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(pair.server.isConnected(id)).toBe(true);
    const begun = performance.now();
    expect(pair.server.startHandshake(id)).toBe(true);

    expect(await pair.serverLog.closed()).toMatchObject({ operation: Receive, errorCode: TimedOut });
    expect(performance.now() - begun).toBeGreaterThan(100);
    await peer.ended;
  });

  test('the peer begins at once after our word, by node:tls', async () => {
    const context = serverContext();
    await using server = new SslServer(
      {
        onReceive: (it, id, data) => {
          if (String(data) !== 'STARTTLS') return void it.send(id, data);
          it.send(id, Buffer.from('GO'));
          it.startHandshake(id);
        },
      },
      { ...manual, context },
    );
    server.start('127.0.0.1');
    const plain = await dialPeer(server.listenAddress!.port, { reads: false });
    await plain.send('STARTTLS');
    const word = await new Promise<Buffer>((resolve) => void plain.socket.once('data', resolve));
    expect(String(word)).toBe('GO');
    await using peer = await dialOver(plain.socket, { greeting: 'hello' });

    expect(String(await peer.receivedBytes(5))).toBe('hello');
  });

  test('a client that never asks stays in plain text', async () => {
    await using pair = plainPair(protocol);
    await using client = new SslClient({}, { ...manual, context: clientContext() });
    await client.startAsync('127.0.0.1', pair.port);
    client.send(Buffer.from('plain'));
    await pair.serverLog.receivedBytes(5);

    expect(client.sslInfo).toBeUndefined();
    expect(client.isSecure).toBe(true);
  });
});
