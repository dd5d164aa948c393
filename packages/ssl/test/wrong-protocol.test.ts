// SPDX-License-Identifier: Apache-2.0
// Peers that do not speak TLS, or not to its end.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { dialPeer, modes, netListener } from '@hp/testkit';
import { ErrorCode, SocketError, SocketOperation, SslAgent, SslServer } from '@hp/ssl';
import { TcpServer } from '@hp/tcp';
import { clientContext, serverContext } from './support/contexts.js';
import { Pair } from './support/pair.js';
import { notedAgent, notedServer, SecureLog } from './support/secure-log.js';
import { dialTls } from './support/tls-peer.js';

const { Close, Receive } = SocketOperation;
const { BadMessage, TimedOut, Truncated } = ErrorCode;

/** How much of a client's first message is sent before the line is cut. */
const CUTS = [1, 4, 5, 6, 60, 150];

describe.each(modes)('who does not speak TLS ($name)', ({ workerThreadCount }) => {
  interface Started extends AsyncDisposable {
    readonly server: SslServer;
    readonly log: SecureLog;
    readonly port: number;
  }

  function startServer(options: { readonly handshakeTimeoutMs?: number } = {}): Started {
    const log = new SecureLog();
    const server = new SslServer(notedServer(log), {
      workerThreadCount,
      context: serverContext(),
      ...options,
    });
    server.start('127.0.0.1');
    return {
      server,
      log,
      port: server.listenAddress!.port,
      [Symbol.asyncDispose]: () => server.stop(),
    };
  }

  test.each([
    {
      what: 'a request of HTTP',
      bytes: Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      reason: /http request/i,
    },
    { what: 'words', bytes: Buffer.from('hello, who is there?\r\n'), reason: /wrong version number|packet/i },
    {
      what: 'noise',
      bytes: randomBytes(50_000).fill(0xee, 0, 5),
      reason: /wrong version number|packet|record/i,
    },
    { what: 'zeros', bytes: Buffer.alloc(1000), reason: /wrong version number|record/i },
  ])('$what to a TLS port: (Receive, BadMessage), and the peer is sent away', async ({ bytes, reason }) => {
    await using started = startServer();
    const { log, port } = started;
    await using peer = await dialPeer(port);
    await peer.send(bytes).catch(() => {});
    const close = await log.closed();
    await Promise.race([peer.ended, peer.closed]);

    expect(close).toMatchObject({ operation: Receive, errorCode: BadMessage });
    expect(close.reason).toMatch(reason);
    expect(log.names()).toEqual(['onPrepareListen', 'onAccept', 'onClose']);
  });

  test('a port that is not TLS: (Receive, BadMessage), and connectAsync says why', async () => {
    await using plain = new TcpServer(
      { onReceive: (server, id) => void server.send(id, Buffer.from('500 what is this?\r\n')) },
      { workerThreadCount },
    );
    plain.start('127.0.0.1');
    const { port } = plain.listenAddress!;
    const log = new SecureLog();
    await using agent = new SslAgent(notedAgent(log), { workerThreadCount, context: clientContext() });
    agent.start();

    await expect(agent.connectAsync('127.0.0.1', port)).rejects.toMatchObject({
      socketError: SocketError.ConnectServer,
      errno: BadMessage,
      message: expect.stringMatching(/wrong version number|packet|record/i) as string,
    });
    expect(await log.closed()).toMatchObject({ operation: Receive, errorCode: BadMessage });
  });

  test('a port that ends what it cannot read: (Close, Truncated)', async () => {
    await using listener = await netListener();
    const log = new SecureLog();
    await using agent = new SslAgent(notedAgent(log), { workerThreadCount, context: clientContext() });
    agent.start();
    const connected = agent.connectAsync(listener.host, listener.port);
    (await listener.accepted()).end();

    await expect(connected).rejects.toMatchObject({ errno: Truncated });
    expect(await log.closed()).toMatchObject({ operation: Close, errorCode: Truncated });
  });

  test.each(CUTS)('a client that ends after %i bytes: (Close, Truncated)', async (length) => {
    await using started = startServer();
    const { log, port } = started;
    const hello = await clientHello();
    await using peer = await dialPeer(port);
    peer.end(hello.subarray(0, length));

    expect(await log.closed()).toMatchObject({ operation: Close, errorCode: Truncated });
    expect(log.count('onHandshake')).toBe(0);
  });

  test('a client that ends at once: (Close, Truncated)', async () => {
    await using started = startServer();
    const { log, port } = started;
    await using peer = await dialPeer(port);
    peer.end();

    expect(await log.closed()).toMatchObject({ operation: Close, errorCode: Truncated });
  });

  test('a client that ends after its first message was answered: (Close, Truncated)', async () => {
    await using started = startServer();
    const { log, port } = started;
    const hello = await clientHello();
    await using peer = await dialPeer(port);
    await peer.send(hello);
    await peer.receivedBytes(100);
    peer.end();

    expect(await log.closed()).toMatchObject({ operation: Close, errorCode: Truncated });
  });

  test('a client that says nothing is given up after handshakeTimeoutMs: (Receive, TimedOut)', async () => {
    await using started = startServer({ handshakeTimeoutMs: 100 });
    const { log, port } = started;
    await using peer = await dialPeer(port);
    const close = await log.closed();
    await peer.ended;

    expect(close).toMatchObject({ operation: Receive, errorCode: TimedOut });
    expect(started.server.connectionCount).toBe(0);
  });

  test('a client that sends a byte now and then is given up all the same', async () => {
    await using started = startServer({ handshakeTimeoutMs: 300 });
    const { log, port } = started;
    const hello = await clientHello();
    await using peer = await dialPeer(port);
    let sent = 0;
    const timer = setInterval(() => peer.socket.write(hello.subarray(sent, ++sent)), 20);
    try {
      expect(await log.closed()).toMatchObject({ operation: Receive, errorCode: TimedOut });
    } finally {
      clearInterval(timer);
    }
    expect(sent).toBeLessThan(hello.length);
  });

  test('a server that says nothing is given up too', async () => {
    await using listener = await netListener();
    const log = new SecureLog();
    await using agent = new SslAgent(notedAgent(log), {
      workerThreadCount,
      context: clientContext(),
      handshakeTimeoutMs: 100,
    });
    agent.start();

    await expect(agent.connectAsync(listener.host, listener.port)).rejects.toMatchObject({ errno: TimedOut });
    expect(await log.closed()).toMatchObject({ operation: Receive, errorCode: TimedOut });
  });

  test('handshakeTimeoutMs no longer counts once the handshake is done', async () => {
    await using started = startServer({ handshakeTimeoutMs: 150 });
    const { log, port } = started;
    await using peer = await dialTls(port);
    await log.next('onHandshake');
    // Another connection tells when the time is over.
    await using silent = await dialPeer(port);
    await log.closed();
    await silent.ended;
    await peer.send('still there');

    expect(String(await log.receivedBytes(11))).toBe('still there');
    expect(started.server.connectionCount).toBe(1);
  });

  test('one bad connection after another harms none that is good', async () => {
    await using pair = new Pair({
      workerThreadCount,
      onServer: { onReceive: (server, id, data) => void server.send(id, data) },
    });
    const { id } = await pair.connect();
    const hello = await clientHello();
    const wrongs = [Buffer.from('GET / HTTP/1.0\r\n\r\n'), randomBytes(2000), hello.subarray(0, 100)];
    for (let round = 1; round <= 10; round++) {
      for (const wrong of wrongs) {
        await using peer = await dialPeer(pair.port);
        peer.end(wrong);
        await Promise.race([peer.ended, peer.closed]);
      }
      pair.agent.send(id, Buffer.from('well'));
      await pair.agentLog.receivedBytes(4 * round);
    }
    await pair.serverLog.closed(30);

    expect(pair.server.connectionCount).toBe(1);
    expect(pair.serverLog.count('onHandshake')).toBe(1);
  });
});

/** The first message of a client of ours. */
async function clientHello(): Promise<Buffer> {
  await using listener = await netListener();
  await using agent = new SslAgent({}, { workerThreadCount: 1, context: clientContext() });
  agent.start();
  agent.connect(listener.host, listener.port);
  const peer = await listener.accepted();
  const head = await peer.receivedBytes(5);
  return await peer.receivedBytes(5 + head.readUInt16BE(3));
}
