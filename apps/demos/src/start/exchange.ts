// SPDX-License-Identifier: Apache-2.0
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { HandleResult, type SocketAddress, TcpAgent, TcpServer } from '@hp/tcp';
import { describeClose } from '../terminal/event-log.js';
import { echoBack } from '../echo-back.js';
import { DemoFailure } from '../failure.js';
import { Pattern } from '../load/pattern.js';
import { Tally } from '../load/tally.js';
import { VerifiedStream } from '../load/verified-stream.js';

/** How many connections talk, in messages of which size, and for how long. */
export interface ExchangePlan {
  readonly connections: number;
  readonly size: number;
  readonly seconds: number;
}

/** One connection, which waits for the echo of a message before it sends the next. */
interface Talk {
  readonly stream: VerifiedStream;
  isGoingOn: boolean;
  askedAt: number;
}

const LOOPBACK = '127.0.0.1';

/** A server and an agent on loopback that exchange echo traffic and check every byte of it. */
export class Exchange implements AsyncDisposable {
  readonly tally: Tally = new Tally();
  /** Nanoseconds from a send to the last byte of its echo. */
  readonly latency: RecordableHistogram = createHistogram();
  messages = 0;

  readonly #plan: ExchangePlan;
  readonly #server = new TcpServer({ onReceive: echoBack });
  readonly #agent: TcpAgent<Talk> = new TcpAgent({
    onReceive: (agent, id, piece) => this.#receive(id, agent.getConnectionExtra(id), piece),
    onClose: (agent, id, operation, errorCode) =>
      this.#close(agent.getConnectionExtra(id), describeClose(operation, errorCode)),
  });
  readonly #talks: Map<number, Talk> = new Map();
  #talking = 0;
  #deadline = 0;
  #end: () => void = () => undefined;

  constructor(plan: ExchangePlan) {
    this.#plan = plan;
  }

  /** Starts both sides and makes the connections; returns where the server listens. */
  async connect(): Promise<SocketAddress> {
    this.#server.start(LOOPBACK);
    this.#agent.start(LOOPBACK);
    const address = this.#server.listenAddress;
    if (address === undefined) throw new DemoFailure('the server does not listen');
    const pattern = new Pattern();
    const connect = async (index: number): Promise<void> => {
      const stream = new VerifiedStream(pattern, this.tally, index);
      const talk: Talk = { stream, isGoingOn: true, askedAt: 0 };
      this.#talks.set(await this.#agent.connectAsync(LOOPBACK, address.port, { extra: talk }), talk);
    };
    await Promise.all(Array.from({ length: this.#plan.connections }, (_, index) => connect(index)));
    return address;
  }

  /** Talks on all connections until the time is over and the last echo is back. */
  async talk(): Promise<void> {
    const ended: Promise<void> = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#deadline = performance.now() + 1000 * this.#plan.seconds;
    this.#talking = this.#talks.size;
    for (const [id, talk] of this.#talks) this.#ask(id, talk);
    await ended;
    const { bytesReceived, bytesSent } = this.#server.stats();
    const { sentBytes } = this.tally;
    if (bytesReceived !== sentBytes || bytesSent !== sentBytes) {
      this.tally.fail(`the server received ${bytesReceived} and sent ${bytesSent} of ${sentBytes} bytes`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.stop();
    await this.#server.stop();
  }

  #ask(id: number, talk: Talk): void {
    talk.askedAt = performance.now();
    if (!talk.stream.send(this.#plan.size, (bytes) => this.#agent.send(id, bytes))) this.#finish(talk);
  }

  #receive(id: number, talk: Talk | undefined, piece: Buffer): HandleResult {
    if (talk === undefined) return HandleResult.Error;
    if (!talk.stream.receive(piece)) {
      this.#finish(talk);
      return HandleResult.Error;
    }
    if (talk.stream.outstanding > 0) return HandleResult.Ok;
    const now = performance.now();
    this.latency.record(Math.max(1, Math.round(1e6 * (now - talk.askedAt))));
    this.messages++;
    if (now < this.#deadline) this.#ask(id, talk);
    else this.#finish(talk);
    return HandleResult.Ok;
  }

  /** A connection that closes while it talks is an error. */
  #close(talk: Talk | undefined, reason: string): void {
    if (talk?.isGoingOn !== true) return;
    this.tally.fail(`a connection was lost: ${reason}`);
    this.#finish(talk);
  }

  #finish(talk: Talk): void {
    talk.isGoingOn = false;
    if (--this.#talking === 0) this.#end();
  }
}
