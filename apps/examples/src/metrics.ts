// SPDX-License-Identifier: Apache-2.0
// The counters of components for Prometheus: `stats()` is read when a scrape asks, and there is no timer.
import { createServer, type Server } from 'node:http';
import { type Component, type ComponentStats, TcpServer } from '@hp/tcp';
import { Counter, Gauge, Registry } from 'prom-client';

/** Components, each by the name that the label `component` has for it. */
export type NamedComponents = Readonly<Record<string, Component>>;

type Stat = keyof ComponentStats;

/** These go down again. All others only grow, until the component is started anew: what Prometheus expects of counters. */
const gauges: ReadonlySet<string> = new Set<Stat>(['queuedBytes', 'cachedBuffers', 'cachedConnections']);

/** `bytesReceived` → `hp_socket_bytes_received_total` */
export function metricName(stat: string): string {
  const words = stat.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return `hp_socket_${words}${gauges.has(stat) ? '' : '_total'}`;
}

/** Adds one metric for each counter to a registry. */
export function registerMetrics(components: NamedComponents, registry: Registry): void {
  const named = Object.entries(components);
  const stats = new Set(named.flatMap(([, component]) => Object.keys(component.stats()) as Stat[]));
  for (const stat of stats) {
    const metric = {
      name: metricName(stat),
      help: `ComponentStats.${stat}`,
      labelNames: ['component'],
      registers: [registry],
      collect(this: Counter | Gauge): void {
        this.reset();
        for (const [name, component] of named) this.inc({ component: name }, component.stats()[stat]);
      },
    };
    if (gauges.has(stat)) new Gauge(metric);
    else new Counter(metric);
  }
}

/** An HTTP server for Prometheus to scrape; close it when the components are stopped. */
export function serveMetrics(port: number, components: NamedComponents): Server {
  const registry = new Registry();
  registerMetrics(components, registry);
  const server = createServer((_request, response) => {
    registry.metrics().then(
      (text) => response.setHeader('content-type', registry.contentType).end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  return server.listen(port, '127.0.0.1');
}

if (process.argv[1] === import.meta.filename) {
  const echo = new TcpServer({ onReceive: (server, id, data) => void server.send(id, data) });
  echo.start('127.0.0.1');
  const metrics = serveMetrics(Number(process.argv[2] ?? 9464), { echo });
  metrics.once('listening', () => {
    console.log(
      `counters of the echo server on port ${echo.listenAddress?.port ?? 0}, at`,
      metrics.address(),
    );
  });
}
