// SPDX-License-Identifier: Apache-2.0
// A server and an agent of ours, and what both of them tell.
import {
  type AgentListener,
  type ServerListener,
  SslAgent,
  type SslAgentOptions,
  type SslConnectAsyncOptions,
  type SslConnectionInfo,
  type SslContextOptions,
  SslServer,
  type SslServerOptions,
} from '@hp/ssl';
import { clientContext, serverContext } from './contexts.js';
import { notedAgent, notedServer, SecureLog } from './secure-log.js';

export interface PairOptions {
  readonly workerThreadCount: number;
  /** Beside the certificate of `serverContext`. */
  readonly serverContext?: SslContextOptions;
  /** Beside the authority of `clientContext`. */
  readonly clientContext?: SslContextOptions;
  readonly server?: SslServerOptions;
  readonly agent?: SslAgentOptions;
  readonly onServer?: ServerListener<SslServer>;
  readonly onAgent?: AgentListener<SslAgent>;
}

/** Both ends of one connection. */
export interface Ends {
  readonly id: number;
  readonly serverId: number;
  readonly info: SslConnectionInfo;
  readonly serverInfo: SslConnectionInfo;
}

export class Pair implements AsyncDisposable {
  readonly serverLog: SecureLog = new SecureLog();
  readonly agentLog: SecureLog = new SecureLog();
  readonly server: SslServer;
  readonly agent: SslAgent;

  constructor(options: PairOptions) {
    const { workerThreadCount, onServer, onAgent } = options;
    this.server = new SslServer(notedServer(this.serverLog, onServer), {
      context: serverContext(options.serverContext),
      workerThreadCount,
      ...options.server,
    });
    this.agent = new SslAgent(notedAgent(this.agentLog, onAgent), {
      context: clientContext(options.clientContext),
      workerThreadCount,
      ...options.agent,
    });
    this.server.start('127.0.0.1');
    this.agent.start();
  }

  get port(): number {
    return this.server.listenAddress?.port ?? 0;
  }

  /** Connects the agent to the server, and waits until both have done the handshake. */
  async connect(host = '127.0.0.1', options: SslConnectAsyncOptions = {}): Promise<Ends> {
    const handshakes = this.serverLog.count('onHandshake');
    const id = await this.agent.connectAsync(host, this.port, options);
    const { id: serverId } = await this.serverLog.next('onHandshake', handshakes + 1);
    const [info, serverInfo] = [this.agent.getSslInfo(id), this.server.getSslInfo(serverId)];
    if (info === undefined || serverInfo === undefined) throw new Error('nothing is known of the connection');
    return { id, serverId, info, serverInfo };
  }

  /** Has the agent connect where that is to fail; how both ends close. */
  async refused(host = '127.0.0.1', options: SslConnectAsyncOptions = {}): Promise<Refusal> {
    const closes = this.serverLog.count('onClose');
    const id = this.agent.connect(host, this.port, options);
    const [agent, server] = [await this.agentLog.closeOf(id), await this.serverLog.closed(closes + 1)];
    return { agent, server };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.server.stop(), this.agent.stop()]);
  }
}

/** How both ends of a connection that was refused were closed. */
export interface Refusal {
  readonly agent: Awaited<ReturnType<SecureLog['closed']>>;
  readonly server: Awaited<ReturnType<SecureLog['closed']>>;
}
