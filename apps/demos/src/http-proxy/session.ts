// SPDX-License-Identifier: Apache-2.0
import { type ErrorCode, HpSocketError, type SocketOperation, type TcpAgent, type TcpServer } from '@hp/tcp';
import type { Errand } from './errand.js';
import { Exchange, type Outcome } from './exchange.js';
import { UnknownCoding } from './message/framing.js';
import { headLength, MalformedMessage } from './message/head.js';
import { parseRequest, type Request, UnknownVersion } from './message/request.js';
import { isOwnAddress } from './own-address.js';
import { Pair } from './pair.js';
import type { ProxyLog } from './proxy-log.js';
import { formatRefusal, Refusal } from './refusal.js';
import { Tunnel } from './tunnel.js';

/** What all sessions have in common. Both components keep the session with each of its connections, as their extra. */
export interface Proxy {
  readonly server: TcpServer<Session>;
  readonly agent: TcpAgent<Session>;
  readonly log: ProxyLog;
}

const EMPTY_LINE_BYTES = 2;
const LONGEST_REQUEST_LINE_BYTES = 8 * 1024;
const LONGEST_HEAD_BYTES = 32 * 1024;
/** What a client may send ahead before it is no longer read: more than a head. */
const INBOX_BYTES = 64 * 1024;
/** How long a client whose connection ends may take to close its side. */
const FAREWELL_MS = 2000;

/**
 * A client's connection. Its requests are carried out one after another, so that the responses keep their
 * order; what the client has sent ahead waits in the inbox.
 */
export class Session {
  readonly #proxy: Proxy;
  readonly #pair: Pair;
  #inbox: Buffer = Buffer.alloc(0);
  #errand: Errand | undefined;
  /** Which host the pair's connection is to. */
  #authority = '';
  #isHostUsed = false;
  #isLeaving = false;

  constructor(proxy: Proxy, id: number) {
    this.#proxy = proxy;
    this.#pair = new Pair(proxy.server, id, proxy.agent);
  }

  get id(): number {
    return this.#pair.client;
  }

  /** The client has sent something; as for `hostReceived`, it may be read until the call returns. */
  clientReceived(data: Buffer): void {
    // Its answer has been given; the rest of a request is of no interest any more.
    if (this.#isLeaving) return;
    this.#inbox = this.#inbox.length === 0 ? data : Buffer.concat([this.#inbox, data]);
    this.#goOn();
    // What is left may be the component's own memory.
    this.#inbox = Buffer.from(this.#inbox);
  }

  clientDrained(): void {
    this.#pair.clientDrained();
    this.#goOn();
  }

  clientClosed(): void {
    this.#errand = undefined;
    this.#pair.dropHost();
  }

  hostConnected(id: number): void {
    const { server, agent, log } = this.#proxy;
    const remote = agent.getRemoteAddress(id);
    const local = agent.getLocalAddress(id);
    log.connectedTo(this.id, id, remote, local);
    this.#orRefuse(400, () => {
      if (isOwnAddress(server.listenAddress, remote, local)) {
        throw new Refusal(508, 'this is the proxy itself');
      }
      this.#errand?.begin();
    });
    this.#goOn();
  }

  hostReceived(data: Buffer): void {
    // A host that nobody has asked anything has nothing to say.
    if (this.#errand === undefined) this.#pair.dropHost();
    this.#orRefuse(502, () => this.#errand?.takeResponse(data));
    this.#goOn();
  }

  hostDrained(): void {
    this.#goOn();
  }

  hostClosed(id: number, operation: SocketOperation, errorCode: ErrorCode): void {
    if (id !== this.#pair.host) return;
    this.#pair.host = undefined;
    const errand = this.#errand;
    if (this.#pair.isJoined || errand === undefined) return;
    this.#orRefuse(502, () => {
      // A host may end a connection just when it is to be used again.
      if (this.#isHostUsed && errand.isRepeatable) this.#dial(errand);
      else errand.lost(operation, errorCode);
    });
    this.#goOn();
  }

  /** Goes on with what the client has sent, as far as that can be done now. */
  #goOn(): void {
    this.#orRefuse(400, () => {
      while (this.#inbox.length > 0) {
        const taken = this.#errand === undefined ? this.#takeHead() : this.#errand.takeRequest(this.#inbox);
        if (taken === 0) break;
        this.#inbox = this.#inbox.subarray(taken);
      }
    });
    this.#proxy.server.pauseReceive(this.id, this.#inbox.length >= INBOX_BYTES);
  }

  /** Begins with the request whose head is in the inbox; returns how many bytes that has. */
  #takeHead(): number {
    // Who does not take its responses gets no more of them.
    if (this.#pair.isClientCongested) return 0;
    const length = headLength(this.#inbox);
    // A client may send an empty line before a request (RFC 9112, 2.2).
    if (length === EMPTY_LINE_BYTES) return length;
    const lineEnd = this.#inbox.indexOf('\r\n');
    if ((lineEnd < 0 ? this.#inbox.length : lineEnd) > LONGEST_REQUEST_LINE_BYTES) {
      throw new Refusal(414, 'the request line is too long');
    }
    if ((length ?? this.#inbox.length) > LONGEST_HEAD_BYTES) throw new Refusal(431, 'the head is too long');
    if (length === undefined) return 0;
    const request = parseRequest(this.#inbox.subarray(0, length));
    this.#proxy.log.request(this.id, request);
    this.#errand = this.#errandFor(request);
    this.#reach(this.#errand);
    return length;
  }

  #errandFor(request: Request): Errand {
    if (request.method === 'CONNECT') return new Tunnel(this.#pair, request.target);
    const beganAt = performance.now();
    return new Exchange(this.#pair, request, (outcome) => this.#end(outcome, performance.now() - beganAt));
  }

  #end(outcome: Outcome, elapsedMs: number): void {
    this.#proxy.log.response(this.id, outcome, elapsedMs);
    this.#errand = undefined;
    if (!outcome.hostPersists) this.#pair.dropHost();
    if (!outcome.clientPersists) this.#leave();
  }

  /** Sees to a connection to the host that an errand needs. */
  #reach(errand: Errand): void {
    const isThere = this.#pair.host !== undefined && this.#authority === errand.target.authority;
    if (isThere && errand.isRepeatable) {
      this.#isHostUsed = true;
      errand.begin();
    } else this.#dial(errand);
  }

  #dial({ target: { host, port, authority } }: Errand): void {
    this.#pair.dropHost();
    this.#isHostUsed = false;
    this.#authority = authority;
    try {
      this.#pair.host = this.#proxy.agent.connect(host, port, { extra: this });
    } catch (error) {
      if (!HpSocketError.isInstance(error)) throw error;
      throw new Refusal(502, error.message);
    }
  }

  /** Answers what `action` throws about messages; `status`: where those are wrong. */
  #orRefuse(status: 400 | 502, action: () => void): void {
    if (this.#isLeaving) return;
    try {
      action();
    } catch (error) {
      this.#refuse(toRefusal(error, status));
    }
  }

  #refuse(refusal: Refusal): void {
    const isAnswered = this.#errand?.isAnswered === true;
    this.#errand = undefined;
    this.#pair.dropHost();
    this.#proxy.log.refused(this.id, refusal);
    if (isAnswered) {
      this.#hearNoMore();
      // An ordinary end may be what the client knows the end of a response by.
      this.#proxy.server.reset(this.id);
    } else {
      this.#pair.toClient(formatRefusal(refusal));
      this.#leave();
    }
  }

  /**
   * Ends the connection after what has been sent on it. It is read until the client has closed, too: who closes
   * with bytes unread resets the connection, and the client may lose its answer.
   */
  #leave(): void {
    const { server } = this.#proxy;
    this.#hearNoMore();
    server.end(this.id);
    setTimeout(() => server.disconnect(this.id, false), FAREWELL_MS).unref();
  }

  #hearNoMore(): void {
    this.#isLeaving = true;
    this.#inbox = Buffer.alloc(0);
  }
}

function toRefusal(error: unknown, status: 400 | 502): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof MalformedMessage)) throw error;
  if (status === 502) return new Refusal(502, `the host has sent a malformed response: ${error.message}`);
  if (error instanceof UnknownCoding) return new Refusal(501, error.message);
  if (error instanceof UnknownVersion) return new Refusal(505, error.message);
  return new Refusal(400, error.message);
}
