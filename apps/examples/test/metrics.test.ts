// SPDX-License-Identifier: Apache-2.0
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { dialPeer, eventually, once } from '@hp/testkit';
import { type ComponentStats, TcpAgent, TcpServer } from '@hp/tcp';
import { metricName, type NamedComponents, serveMetrics } from '../src/metrics.js';

/** The endpoint as Prometheus sees it. */
async function endpoint(
  components: NamedComponents,
): Promise<AsyncDisposable & { scrape(): Promise<Map<string, number>> }> {
  const server = serveMetrics(0, components);
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  return {
    async scrape() {
      const response = await fetch(url);
      expect(response.headers.get('content-type')).toContain('text/plain');
      const lines = (await response.text())
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'));
      return new Map(lines.map((line) => [line.replace(/ .*/, ''), Number(line.replace(/.* /, ''))]));
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function sample(stat: keyof ComponentStats, component: string): string {
  return `${metricName(stat)}{component="${component}"}`;
}

test('a scrape shows the traffic of each component, as it is then', async () => {
  await using echo = new TcpServer({ onReceive: (server, id, data) => void server.send(id, data) });
  await using agent = new TcpAgent({});
  echo.start('127.0.0.1');
  agent.start();
  await using metrics = await endpoint({ echo, agent });
  expect((await metrics.scrape()).get(sample('bytesReceived', 'echo'))).toBe(0);

  await using peer = await dialPeer(echo.listenAddress!.port);
  await peer.send(Buffer.alloc(100_000));
  await peer.receivedBytes(100_000);
  await agent.connectAsync('127.0.0.1', echo.listenAddress!.port);
  await eventually(() => echo.stats().accepted === 2, 'Two connections');
  const values = await metrics.scrape();

  const expected = { bytesReceived: 100_000, bytesSent: 100_000, accepted: 2, connected: 0, queuedBytes: 0 };
  for (const [stat, value] of Object.entries(expected)) {
    expect([stat, values.get(sample(stat as keyof ComponentStats, 'echo'))]).toEqual([stat, value]);
  }
  expect(values.get(sample('connected', 'agent'))).toBe(1);
  // Other samples are there too: one for each counter of each component.
  expect(values.size).toBe(2 * Object.keys(echo.stats()).length);
});

test('a component that stops counts nothing, and one that starts anew counts from 0', async () => {
  await using echo = new TcpServer({});
  await using metrics = await endpoint({ echo });
  for (let round = 0; round < 2; round++) {
    echo.start('127.0.0.1');
    await using peer = await dialPeer(echo.listenAddress!.port);
    await eventually(() => echo.stats().accepted === 1, 'The connection');
    expect((await metrics.scrape()).get(sample('accepted', 'echo'))).toBe(1);
    await echo.stop();
    await peer.ended;
    expect((await metrics.scrape()).get(sample('accepted', 'echo'))).toBe(0);
  }
});

test('only what goes down is a gauge', () => {
  expect(metricName('bytesReceived')).toBe('hp_socket_bytes_received_total');
  expect(metricName('queuedBytes')).toBe('hp_socket_queued_bytes');
});
