// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { modes } from '@hp/testkit';
import { ErrorCode, SocketOperation, SslClient } from '@hp/ssl';
import { authority } from './support/certificates.js';
import { clientContext } from './support/contexts.js';
import { Pair } from './support/pair.js';
import { notedClient, SecureLog } from './support/secure-log.js';

const reconnect = { minDelayMs: 5, maxDelayMs: 20 };
const { BadMessage } = ErrorCode;

describe.each(modes)('dialling again ($name)', ({ workerThreadCount }) => {
  const certificate = authority().issue({ names: ['a.example', 'b.example'] });

  test('an agent asks for the same server name, and verifies it, each time', async () => {
    await using pair = new Pair({
      workerThreadCount,
      serverContext: certificate,
      agent: { context: clientContext(), serverName: 'b.example' },
    });
    pair.agent.connect('127.0.0.1', pair.port, { serverName: 'a.example', reconnect });
    for (let time = 1; time <= 3; time++) {
      const { id } = await pair.agentLog.next('onHandshake', time);
      const { id: serverId } = await pair.serverLog.next('onHandshake', time);
      expect(pair.agent.getSslInfo(id)?.isVerified).toBe(true);
      expect(pair.server.getSslInfo(serverId)?.serverName).toBe('a.example');
      pair.server.disconnect(serverId);
    }
  });

  test('a client as well', async () => {
    await using pair = new Pair({ workerThreadCount, serverContext: certificate });
    const log = new SecureLog();
    await using client = new SslClient(notedClient(log), { workerThreadCount, context: clientContext() });
    client.start('127.0.0.1', pair.port, { serverName: 'a.example', reconnect });
    for (let time = 1; time <= 3; time++) {
      await log.next('onHandshake', time);
      const { id } = await pair.serverLog.next('onHandshake', time);
      expect(client.sslInfo?.isVerified).toBe(true);
      expect(pair.server.getSslInfo(id)?.serverName).toBe('a.example');
      pair.server.disconnect(id);
    }
  });

  test('a server that is not trusted is dialled again too, and each time refused', async () => {
    await using pair = new Pair({ workerThreadCount, serverContext: authority('a stranger').issue() });
    pair.agent.connect('127.0.0.1', pair.port, { reconnect });
    for (let time = 1; time <= 3; time++) {
      const close = await pair.agentLog.closed(time);
      expect(close).toMatchObject({ operation: SocketOperation.Receive, errorCode: BadMessage });
      expect(close.reason).toMatch(/certificate verify failed/);
    }

    expect(pair.agentLog.count('onHandshake')).toBe(0);
  });
});
