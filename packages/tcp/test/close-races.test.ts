// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { EventLog, modes, netListener, repeats } from '@hp/testkit';
import { TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { agentListener, clientListener, serverListener } from './support/listeners.js';

const ROUNDS = repeats(10, 2);
const CONNECTIONS = 100;

/** One of the ways to end a connection, by turns. */
function endSomehow(component: TcpServer | TcpAgent, id: number, way: number): void {
  if (way === 0) component.disconnect(id);
  else if (way === 1) component.reset(id);
  else if (way === 2) component.end(id);
  else if (way === 3) component.send(id, Buffer.alloc(100_000));
}

function expectOneCloseEach(log: EventLog, opening: string, ids: readonly number[]): void {
  expect(
    log
      .all('onClose')
      .map(({ id }) => id)
      .sort((a, b) => a - b),
  ).toEqual(ids);
  for (const { id } of log.all(opening)) expect(log.names(id).at(-1)).toBe('onClose');
  expect(log.names().at(-1)).toBe('onShutdown');
  expect(log.count('onShutdown')).toBe(1);
}

describe.each(modes)('closes that race ($name)', ({ workerThreadCount }) => {
  test('peer close, reset, disconnect and stop: exactly one onClose each, then onShutdown', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const serverLog = new EventLog();
      const agentLog = new EventLog();
      await using server = new TcpServer(serverListener(serverLog), { workerThreadCount });
      await using agent = new TcpAgent(agentListener(agentLog), { workerThreadCount });
      server.start('127.0.0.1');
      agent.start();
      const { port } = server.listenAddress!;
      const ids = await Promise.all(
        Array.from({ length: CONNECTIONS }, () => agent.connectAsync('127.0.0.1', port)),
      );
      await serverLog.next('onAccept', CONNECTIONS);

      for (const id of ids) {
        endSomehow(agent, id, (id + round) % 5);
        endSomehow(server, id, Math.trunc(id / 5 + round) % 5);
      }
      if (round % 2 === 0) await new Promise(setImmediate);
      await Promise.all([server.stop(), agent.stop()]);

      expectOneCloseEach(serverLog, 'onAccept', ids);
      expectOneCloseEach(agentLog, 'onConnect', ids);
    }
  });

  test('stop while connections are still being made', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const serverLog = new EventLog();
      const agentLog = new EventLog();
      await using server = new TcpServer(serverListener(serverLog), { workerThreadCount });
      await using agent = new TcpAgent(agentListener(agentLog), { workerThreadCount });
      server.start('127.0.0.1');
      agent.start();
      const { port } = server.listenAddress!;
      const connecting = Array.from({ length: CONNECTIONS }, () => agent.connectAsync('127.0.0.1', port));
      const settled = Promise.allSettled(connecting);
      if (round % 3 !== 0) await serverLog.next('onAccept', round * 5 + 1);
      await Promise.all([server.stop(), agent.stop()]);
      await settled;

      // A connect that did not get through is closed too; an accept that was not told is not.
      expectOneCloseEach(
        agentLog,
        'onConnect',
        Array.from({ length: CONNECTIONS }, (_, index) => index + 1),
      );
      expectOneCloseEach(
        serverLog,
        'onAccept',
        serverLog
          .all('onAccept')
          .map(({ id }) => id)
          .sort((a, b) => a - b),
      );
    }
  });

  test('clients: exactly one onClose per start', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    const clients = Array.from(
      { length: CONNECTIONS },
      () => new TcpClient(clientListener(log), { workerThreadCount }),
    );
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(
        clients.map(async (client, index) => {
          await client.startAsync(listener.host, listener.port);
          const peer = await listener.accepted();
          if (index % 3 === 0) peer.reset();
          if (index % 3 === 1) peer.end();
          if (index % 2 === 0) await new Promise(setImmediate);
          await client.stop();
          peer.socket.destroy();
        }),
      );
    }

    expect(log.count('onConnect')).toBe(CONNECTIONS * ROUNDS);
    const closed = log.all('onClose').map(({ id }) => id);
    expect(closed).toHaveLength(CONNECTIONS * ROUNDS);
    expect(new Set(closed).size).toBe(CONNECTIONS * ROUNDS);
  });
});
