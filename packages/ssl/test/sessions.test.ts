// SPDX-License-Identifier: Apache-2.0
// Sessions that go on: who has shaken hands before does less of it the next time.
import { connect, createServer, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { modes, once } from '@hp/testkit';
import {
  SslAgent,
  SslClient,
  type SslConnectOptions,
  type SslContextOptions,
  SslServer,
  SslVerifyMode,
} from '@hp/ssl';
import { authority } from './support/certificates.js';
import { clientContext, REQUIRED, serverContext } from './support/contexts.js';
import { type Ends, Pair } from './support/pair.js';
import { notedServer, SecureLog } from './support/secure-log.js';

/** Answers whatever comes, so that tickets have come too where an answer has. */
const echo = { onReceive: (server: SslServer, id: number, data: Buffer) => void server.send(id, data) };

/** Connects, exchanges a message, ends; whether each end took it for a session that goes on. */
async function visit(
  pair: Pair,
  options: SslConnectOptions = {},
  host?: string,
): Promise<readonly boolean[]> {
  const ends = await pair.connect(host, options);
  await leave(pair, ends);
  return [ends.info.isResumed, ends.serverInfo.isResumed];
}

async function leave(pair: Pair, { id, serverId }: Ends): Promise<void> {
  pair.agent.send(id, Buffer.from('hello'));
  await pair.agentLog.receivedBytes(5, id);
  pair.agent.disconnect(id);
  await pair.serverLog.closeOf(serverId);
}

const [full, resumed] = [
  [false, false],
  [true, true],
];

describe.each(modes)('sessions ($name)', ({ workerThreadCount }) => {
  const pairWith = (
    server: SslContextOptions = {},
    client: SslContextOptions = {},
    agent: object = {},
  ): Pair =>
    new Pair({ workerThreadCount, serverContext: server, clientContext: client, onServer: echo, agent });

  describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (maxVersion) => {
    test('an agent goes on with the session it had with a host', async () => {
      await using pair = pairWith({ maxVersion });
      expect(await visit(pair)).toEqual(full);
      for (let time = 0; time < 3; time++) expect(await visit(pair)).toEqual(resumed);
    });

    test('what was known of the first handshake is known again', async () => {
      const mutual = {
        ca: authority().cert,
        verifyMode: REQUIRED,
      };
      await using pair = pairWith(
        { ...mutual, maxVersion, alpnProtocols: ['hp'] },
        { ...authority().issue({ client: true, commonName: 'a client' }), alpnProtocols: ['hp'] },
      );
      const first = await pair.connect();
      await leave(pair, first);
      const second = await pair.connect();
      const known = {
        isVerified: true,
        verifyError: undefined,
        alpnProtocol: 'hp',
        cipher: first.info.cipher,
      };

      expect(second.info).toMatchObject({ ...known, isResumed: true });
      expect(second.serverInfo).toMatchObject({ ...known, isResumed: true });
      expect(second.info.peerCertificate?.raw).toEqual(first.info.peerCertificate?.raw);
      expect(second.serverInfo.peerCertificate?.subject).toContain('CN=a client');
    });

    test('0 tickets: nobody goes on', async () => {
      await using pair = pairWith({ maxVersion, tickets: 0 });
      expect(await visit(pair)).toEqual(full);
      expect(await visit(pair)).toEqual(full);
    });

    test('sessions end after sessionTimeoutMs', async () => {
      await using pair = pairWith({ maxVersion, sessionTimeoutMs: 1000 });
      expect(await visit(pair)).toEqual(full);
      const limit = performance.now() + 10_000;
      // Each visit may renew the session, so that only a pause lets it end.
      await new Promise((resolve) => setTimeout(resolve, 2100));

      expect(await visit(pair)).toEqual(full);
      expect(performance.now()).toBeLessThan(limit);
    });

    test('a client of ours, started again and again', async () => {
      await using pair = pairWith({ maxVersion });
      await using client = new SslClient({}, { workerThreadCount, context: clientContext() });
      const seen: unknown[] = [];
      for (let time = 0; time < 3; time++) {
        await client.startAsync('127.0.0.1', pair.port);
        seen.push(client.sslInfo?.isResumed);
        client.send(Buffer.from('hello'));
        await pair.serverLog.receivedBytes(5 * (time + 1));
        await pair.serverLog.until(() => client.stats().bytesReceived > 0, 'An answer');
        await new Promise(setImmediate);
        client.end();
        await client.wait();
      }

      expect(seen).toEqual([false, true, true]);
    });

    test('a client of node:tls', async () => {
      await using pair = pairWith({ maxVersion });
      let session: Buffer | undefined;
      const seen: boolean[] = [];
      for (let time = 1; time <= 3; time++) {
        const socket = connect({ port: pair.port, host: '127.0.0.1', ca: authority().cert, session });
        socket.on('session', (next) => (session = next));
        await once(socket, 'secureConnect');
        socket.write('hello');
        await once(socket, 'data');
        seen.push(socket.isSessionReused());
        const { id } = await pair.serverLog.next('onHandshake', time);
        seen.push(pair.server.getSslInfo(id)?.isResumed ?? false);
        socket.end();
        await once(socket, 'close');
      }

      expect(seen).toEqual([false, false, true, true, true, true]);
    });

    test('a server of node:tls', async () => {
      const reused: boolean[] = [];
      const server = createServer({ ...authority().issue(), maxVersion }, (socket: TLSSocket) => {
        reused.push(socket.isSessionReused());
        socket.pipe(socket);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const log = new SecureLog();
      await using agent = new SslAgent(
        { onReceive: (_, id, data) => log.add({ name: 'onReceive', id, data }) },
        { workerThreadCount, context: clientContext() },
      );
      agent.start();
      const seen: unknown[] = [];
      for (let time = 0; time < 3; time++) {
        const id = await agent.connectAsync('127.0.0.1', (server.address() as AddressInfo).port);
        seen.push(agent.getSslInfo(id)?.isResumed);
        agent.send(id, Buffer.from('hello'));
        await log.receivedBytes(5, id);
        agent.disconnect(id);
      }
      server.close();

      expect(seen).toEqual([false, true, true]);
      expect(reused).toEqual([false, true, true]);
    });
  });

  test.each([1, 2, 4])('%i tickets: as many connections at once go on', async (tickets) => {
    await using pair = pairWith({ tickets });
    await visit(pair);
    for (let round = 0; round < 2; round++) {
      const ends: Ends[] = [];
      for (let count = 0; count < tickets; count++) ends.push(await pair.connect());
      expect(ends.every(({ info }) => info.isResumed)).toBe(true);
      for (const each of ends) await leave(pair, each);
    }
  });

  test('agents and clients with one context share sessions; other contexts have none of them', async () => {
    const shared = clientContext();
    await using pair = pairWith({}, {}, { context: shared });
    await using client = new SslClient({}, { workerThreadCount, context: shared });
    await using other = new SslClient({}, { workerThreadCount, context: clientContext() });
    expect(await visit(pair)).toEqual(full);
    await client.startAsync('127.0.0.1', pair.port);
    await other.startAsync('127.0.0.1', pair.port);

    expect(client.sslInfo?.isResumed).toBe(true);
    expect(other.sslInfo?.isResumed).toBe(false);
  });

  test('each host and each server name has sessions of its own', async () => {
    const names = { names: ['localhost', 'a.example', 'b.example'], ip: ['127.0.0.1'] };
    await using pair = pairWith(authority().issue(names));
    expect(await visit(pair, { serverName: 'a.example' })).toEqual(full);
    expect(await visit(pair, { serverName: 'b.example' })).toEqual(full);
    expect(await visit(pair)).toEqual(full);
    expect(await visit(pair, {}, 'localhost')).toEqual(full);
    expect(await visit(pair, { serverName: 'a.example' })).toEqual(resumed);
  });

  test('two servers of one host on other ports: the session of the one does no harm with the other', async () => {
    const context = clientContext();
    await using one = pairWith({}, {}, { context });
    await using two = pairWith({}, {}, { context });
    for (const pair of [one, two, one, two]) await visit(pair);

    expect(one.agentLog.receivedLength() + two.agentLog.receivedLength()).toBe(20);
  });

  test('servers with one context take each other’s tickets; those of another context are no use', async () => {
    const context = serverContext();
    await using first = new SslServer({}, { workerThreadCount, context });
    await using second = new SslServer({}, { workerThreadCount, context });
    await using third = new SslServer({}, { workerThreadCount, context: serverContext() });
    for (const server of [first, second, third]) server.start('127.0.0.1');
    let session: Buffer | undefined;
    const seen: boolean[] = [];
    for (const server of [first, second, third]) {
      const port = server.listenAddress?.port ?? 0;
      const socket = connect({ port, host: '127.0.0.1', ca: authority().cert, session });
      socket.on('session', (next) => (session = next));
      await once(socket, 'secureConnect');
      if (server === first) await once(socket, 'session');
      seen.push(socket.isSessionReused());
      socket.destroy();
    }

    expect(seen).toEqual([false, true, false]);
  });

  test('a server that was stopped and started goes on with its clients', async () => {
    await using pair = pairWith();
    expect(await visit(pair)).toEqual(full);
    const { port } = pair;
    await pair.server.stop();
    pair.server.start('127.0.0.1', port);
    expect(await visit(pair)).toEqual(resumed);
  });

  test('a session that was not verified is not taken for one that was', async () => {
    const stranger = authority('a stranger').issue();
    const context = clientContext({ verifyMode: SslVerifyMode.None });
    await using pair = pairWith(stranger, {}, { context });
    await visit(pair);
    const again = await pair.connect();
    await leave(pair, again);

    expect(again.info).toMatchObject({ isResumed: true, isVerified: false });
    expect(again.info.verifyError).toMatch(/unable to/);
    context.reload({ verifyMode: SslVerifyMode.Peer });
    expect((await pair.refused()).agent.reason).toMatch(/certificate verify failed/);
  });

  test('a session that ended in a failure is not used again', async () => {
    const log = new SecureLog();
    await using server = new SslServer(notedServer(log, echo), {
      workerThreadCount,
      context: serverContext(),
    });
    server.start('127.0.0.1');
    const { port } = server.listenAddress!;
    const context = clientContext();
    await using agent = new SslAgent({}, { workerThreadCount, context });
    agent.start();
    await agent.connectAsync('127.0.0.1', port);
    await server.stop();
    await using stranger = new SslServer(
      {},
      {
        workerThreadCount,
        context: serverContext(authority('a stranger').issue()),
      },
    );
    stranger.start('127.0.0.1', port);

    await expect(agent.connectAsync('127.0.0.1', port)).rejects.toThrow(/certificate verify failed/);
  });
});
