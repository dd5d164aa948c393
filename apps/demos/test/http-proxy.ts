// SPDX-License-Identifier: Apache-2.0
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { dialPeer, eventually, netListener, type NetListener, type NetPeer, once, within } from '@hp/testkit';
import { createProxy, type ProxySettings } from '../src/http-proxy/proxy.js';
import { ProxyLog } from '../src/http-proxy/proxy-log.js';
import type { Proxy } from '../src/http-proxy/session.js';
import { demoCertificates } from '../src/secure/demo-certificates.js';
import type { DemoProcess } from '../src/smoke/demo-process.js';
import { launch } from './launch.js';

const LOOPBACK = '127.0.0.1';
const CRLF = '\r\n';

/** A proxy in a process of its own; ended by `await using`. */
export interface LaunchedProxy extends AsyncDisposable {
  readonly demo: DemoProcess;
  readonly port: number;
  readonly url: string;
}

export async function launchProxy(...args: readonly string[]): Promise<LaunchedProxy> {
  const demo = launch('http-proxy', '-p', '0', ...args);
  const port = Number(await demo.port());
  return {
    demo,
    port,
    url: `http://${LOOPBACK}:${port}`,
    [Symbol.asyncDispose]: () => demo[Symbol.asyncDispose](),
  };
}

/** A proxy in this process, and a host that a test speaks for itself. */
export interface ProxiedHost extends AsyncDisposable {
  readonly port: number;
  readonly server: Proxy['server'];
  readonly host: NetListener;
  /** The host as requests name it. */
  readonly authority: string;
  readonly log: readonly string[];
  /** How many connections the proxy has now: from clients, and to hosts. */
  connections(): [number, number];
  /** Waits until it has none, and tells both numbers. */
  isEmpty(): Promise<[number, number]>;
}

export async function proxiedHost(
  settings: Partial<ProxySettings> = {},
  bind: string = LOOPBACK,
): Promise<ProxiedHost> {
  const log: string[] = [];
  const host = await netListener();
  const { server, agent } = createProxy(new ProxyLog((line) => log.push(line)), {
    // Longer than any test: no end is to come from it unasked.
    timeoutMs: 60_000,
    server: {},
    agent: {},
    rejected: undefined,
    ...settings,
  });
  agent.start();
  server.start(bind);
  const connections = (): [number, number] => [server.connectionCount, agent.connectionCount];
  return {
    port: server.listenAddress?.port ?? 0,
    server,
    host,
    authority: `${LOOPBACK}:${host.port}`,
    log,
    connections,
    isEmpty: async () => {
      await eventually(() => String(connections()) === '0,0', 'The end of all connections');
      return connections();
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await agent.stop();
      await host[Symbol.asyncDispose]();
    },
  };
}

/** A client of the proxy, which sends `request`. */
export async function ask({ port }: ProxiedHost, request: string): Promise<NetPeer> {
  const client = await dialPeer(port);
  await client.send(Buffer.from(request, 'latin1'));
  return client;
}

/** The text of a message with these lines in its head. */
export function message(lines: readonly string[], body = ''): string {
  return lines.join(CRLF) + CRLF + CRLF + body;
}

/** A request for a path of the host, or for an address. */
export function requestTo(
  { authority }: ProxiedHost,
  line: string,
  fields: readonly string[] = [],
  body = '',
): string {
  const [method = '', target = ''] = line.split(' ');
  const url = target.startsWith('/') ? `http://${authority}${target}` : target;
  return message([`${method} ${url} HTTP/1.1`, `Host: ${authority}`, ...fields], body);
}

/** Waits until what a peer has received matches, and returns all of it. */
export async function hears(peer: NetPeer, pattern: RegExp): Promise<string> {
  const text = (): string => peer.received.toString('latin1');
  const heard = async (): Promise<void> => {
    for (let count = peer.receivedLength; !pattern.test(text()); count = peer.receivedLength) {
      await peer.receivedBytes(count + 1);
    }
  };
  await within(heard(), 10_000, () => `${String(pattern)} in ${JSON.stringify(text().slice(-500))}`);
  return text();
}

/** Waits for the end of a connection, and returns all that was received. */
export async function hearsAll(peer: NetPeer): Promise<string> {
  await within(peer.ended, 10_000, () => `The end after ${JSON.stringify(peer.received.toString('latin1'))}`);
  return peer.received.toString('latin1');
}

/** A server of node:http, or of node:https with the certificate of the demos. */
export async function webServer(
  answer: RequestListener,
  options: { readonly isSecure?: boolean } = {},
): Promise<AsyncDisposable & { readonly port: number; readonly server: Server }> {
  const server = options.isSecure === true ? await secureServer(answer) : createHttpServer(answer);
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    server,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function secureServer(answer: RequestListener): Promise<Server> {
  const { server } = await demoCertificates();
  return createHttpsServer({ cert: readFileSync(server.cert), key: readFileSync(server.key) }, answer);
}
