// SPDX-License-Identifier: Apache-2.0
// Node's own HTTP server on the connections of a component: it takes any stream for a connection.
import { createServer, type RequestListener } from 'node:http';
import { SslContext, type SslContextOptions, SslServer } from '@hp/ssl';
import { TcpServer, toDuplex } from '@hp/tcp';

/**
 * The limits are the component's. Those of node:http (`requestTimeout`, `headersTimeout`, `keepAliveTimeout`)
 * do nothing here: they need a server that listens by itself, and sockets with timers.
 */
const limits = { idleTimeoutMs: 60_000, idleTimeoutOn: 'both', maxConnections: 10_000 } as const;

/** As node:http has its own sockets: it ends them itself. */
const halfOpen = { allowHalfOpen: true };

/** HTTP on a TcpServer. `handler` is that of node:http, so an application of express or the like will do. */
export function serveHttp(port: number, handler: RequestListener): TcpServer {
  const http = createServer(handler);
  const server = new TcpServer(
    { onAccept: (server, id) => void http.emit('connection', toDuplex(server, id, halfOpen)) },
    limits,
  );
  server.start('127.0.0.1', port);
  return server;
}

/** HTTPS: the same on an SslServer, from the end of each handshake on. */
export function serveHttps(port: number, identity: SslContextOptions, handler: RequestListener): SslServer {
  const http = createServer(handler);
  const server = new SslServer(
    { onHandshake: (server, id) => void http.emit('connection', toDuplex(server, id, halfOpen)) },
    { ...limits, context: new SslContext(identity) },
  );
  server.start('127.0.0.1', port);
  return server;
}

if (process.argv[1] === import.meta.filename) {
  const server = serveHttp(Number(process.argv[2] ?? 0), (request, response) => {
    response.end(`${request.method ?? ''} ${request.url ?? ''}\n`);
  });
  console.log(`HTTP: curl http://127.0.0.1:${server.listenAddress?.port ?? 0}/hello`);
}
