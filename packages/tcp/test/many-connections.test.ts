// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { deferred, EventLog, many, modes, within } from '@hp/testkit';
import { TcpAgent, TcpServer } from '@hp/tcp';
import { agentListener, serverListener } from './support/listeners.js';

const COUNT = many(5000);
const STOPPED = many(2000);
/** Connections that are being made at the same time; the kernel's queue is limited. */
const AT_ONCE = many(500);

describe.each(modes)('many connections ($name)', ({ workerThreadCount }) => {
  test(`${COUNT} at the same time: each is served, then each is closed`, async () => {
    const serverLog = new EventLog();
    const echoes = new Map<number, string>();
    const finished = deferred();
    await using server = new TcpServer(
      {
        ...serverListener(serverLog),
        onReceive: (sender, id, data) => void sender.send(id, data),
      },
      { workerThreadCount },
    );
    const agentLog = new EventLog();
    await using agent = new TcpAgent(
      {
        ...agentListener(agentLog),
        onReceive: (_agent, id, data) => {
          echoes.set(id, (echoes.get(id) ?? '') + data.toString());
          if (echoes.size === COUNT && echoes.get(id) === message(id)) finished.resolve();
        },
      },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    agent.start();
    const { port } = server.listenAddress!;
    for (let made = 0; made < COUNT; made += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => agent.connectAsync('127.0.0.1', port)));
    }
    await serverLog.next('onAccept', COUNT);
    expect([server.connectionCount, agent.connectionCount]).toEqual([COUNT, COUNT]);
    for (const id of agent.getAllConnectionIds()) agent.send(id, Buffer.from(message(id)));
    await within(finished.promise, 15_000, 'The last echo');
    await within(
      (async () => {
        while ([...echoes].some(([id, echo]) => echo !== message(id))) await new Promise(setImmediate);
      })(),
      5000,
      'Every echo in full',
    );
    expect(server.stats().accepted).toBe(COUNT);

    await agent.stop();
    await serverLog.next('onClose', COUNT);
    expect(agentLog.count('onClose')).toBe(COUNT);
    await server.stop();
    expect(serverLog.count('onClose')).toBe(COUNT);
    expect(serverLog.all('onClose').every(({ errorCode }) => errorCode === 0)).toBe(true);
  });

  test(`a stop with ${STOPPED} open connections closes each once`, async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    await using agent = new TcpAgent({}, { workerThreadCount });
    server.start('127.0.0.1');
    agent.start();
    const { port } = server.listenAddress!;
    for (let made = 0; made < STOPPED; made += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => agent.connectAsync('127.0.0.1', port)));
    }
    await log.next('onAccept', STOPPED);
    await server.stop();

    expect(new Set(log.all('onClose').map(({ id }) => id)).size).toBe(STOPPED);
    expect(log.count('onClose')).toBe(STOPPED);
    expect(log.names().at(-1)).toBe('onShutdown');
  });
});

function message(id: number): string {
  return `hello from connection ${id}`;
}
