// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { DemoFailure } from '../failure.js';
import { PageAccess, toUrl } from './page-access.js';
import { loadPage, type PageFile } from './page-files.js';
import { MAX_REQUEST_BYTES } from './protocol.js';

const LOOPBACK = '127.0.0.1';

/** Serves the page on loopback, and hands over the WebSocket that each page opens. */
export class PageServer implements AsyncDisposable {
  readonly #http: Server;
  readonly #files: ReadonlyMap<string, PageFile>;
  readonly #access: PageAccess;
  readonly #sockets: WebSocketServer;

  private constructor(http: Server, files: ReadonlyMap<string, PageFile>) {
    this.#http = http;
    this.#files = files;
    this.#access = new PageAccess((http.address() as AddressInfo).port);
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_REQUEST_BYTES,
      perMessageDeflate: false,
    });
  }

  /**
   * @param port - 0: any that is free.
   * @param serve - gets the socket of each page.
   * @throws DemoFailure where the port cannot be used, or the page is not built.
   */
  static async open(port: number, serve: (socket: WebSocket) => void): Promise<PageServer> {
    const files = await loadPage();
    const http = createServer();
    http.listen(port, LOOPBACK);
    await once(http, 'listening').catch((error: unknown) => {
      throw new DemoFailure(`the console cannot be served: ${String(error)}`);
    });
    const server = new PageServer(http, files);
    http.on('request', (request, response) => server.#answer(request, response));
    http.on('upgrade', (request, stream, head) => server.#upgrade(request, stream, head, serve));
    return server;
  }

  /** The address of the page; who has it may do everything. */
  get url(): string {
    return this.#access.url;
  }

  /** Ends every connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    const closed = once(this.#http, 'close');
    this.#http.close();
    this.#http.closeAllConnections();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = toUrl(request)?.pathname ?? '';
    const name = path === '/' ? '/index.html' : path;
    const file = this.#files.get(name);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Security-Policy', this.#access.policy);
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (!this.#access.isForUs(request)) refuse(response, 403, 'This is not the address of the console.');
    else if (request.method !== 'GET') refuse(response, 405, 'There is nothing to do here but to look.');
    else if (file === undefined) refuse(response, 404, 'There is no such file.');
    else if (name === '/index.html' && !this.#access.hasToken(request)) {
      refuse(response, 403, 'Open the address that the console has printed, with its token.');
    } else response.setHeader('Content-Type', file.type).end(file.content);
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer, serve: (socket: WebSocket) => void): void {
    stream.on('error', () => undefined);
    if (!this.#access.allowsSocket(request)) {
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, stream, head, serve);
  }
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${reason}\n`);
}
