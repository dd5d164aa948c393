// SPDX-License-Identifier: Apache-2.0
import type { ReceiveModel } from '@hp/core-native';
import {
  type AgentListener,
  type AgentOptions,
  type ClientListener,
  type ClientOptions,
  type ServerListener,
  type ServerOptions,
  TcpAgent,
  TcpClient,
  TcpServer,
} from '@hp/tcp';
import { pull } from './pull.js';
import { pullRules, type PullSettings } from './settings.js';
import { definePullClient, definePullSocket, type PullClient, type PullSocket } from './socket.js';

/** What the constructor of a TcpPullServer takes. */
export type TcpPullServerOptions = Omit<ServerOptions<number>, 'model'> & Partial<PullSettings>;
/** What the constructor of a TcpPullAgent takes. */
export type TcpPullAgentOptions = Omit<AgentOptions<number>, 'model'> & Partial<PullSettings>;
/** What the constructor of a TcpPullClient takes. */
export type TcpPullClientOptions = Omit<ClientOptions<number>, 'model'> & Partial<PullSettings>;

// The settings are properties too; defineSettings makes them.

export interface TcpPullServer<TExtra = unknown> extends PullSettings, PullSocket {
  /** Phantom: the type of the extra value. */
  readonly extraType?: TExtra;
}

/** A TcpServer whose bytes are fetched. HP-Socket: `ITcpServer` + `IPullSocket`, `TcpPullServer`. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class TcpPullServer<TExtra = unknown> extends TcpServer<TExtra, number> {
  static {
    this.defineSettings(this.prototype, pullRules);
    definePullSocket(this.prototype);
  }

  /**
   * @param listener - the events; `onReceive` gets the number of bytes that can be fetched.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(listener: ServerListener<TcpPullServer<TExtra>, number>, options: TcpPullServerOptions = {}) {
    super(listener, options, pullRules);
  }

  protected override createModel(): ReceiveModel<number> {
    return pull({ maxBufferedBytes: this.maxBufferedBytes });
  }
}

export interface TcpPullAgent<TExtra = unknown> extends PullSettings, PullSocket {
  /** Phantom: the type of the extra value. */
  readonly extraType?: TExtra;
}

/** A TcpAgent whose bytes are fetched. HP-Socket: `ITcpAgent` + `IPullSocket`, `TcpPullAgent`. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class TcpPullAgent<TExtra = unknown> extends TcpAgent<TExtra, number> {
  static {
    this.defineSettings(this.prototype, pullRules);
    definePullSocket(this.prototype);
  }

  /**
   * @param listener - the events; `onReceive` gets the number of bytes that can be fetched.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(listener: AgentListener<TcpPullAgent<TExtra>, number>, options: TcpPullAgentOptions = {}) {
    super(listener, options, pullRules);
  }

  protected override createModel(): ReceiveModel<number> {
    return pull({ maxBufferedBytes: this.maxBufferedBytes });
  }
}

export interface TcpPullClient<TExtra = unknown> extends PullSettings, PullClient {
  /** Phantom: the type of the extra value. */
  readonly extraType?: TExtra;
}

/** A TcpClient whose bytes are fetched. HP-Socket: `ITcpClient` + `IPullClient`, `TcpPullClient`. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class TcpPullClient<TExtra = unknown> extends TcpClient<TExtra, number> {
  static {
    this.defineSettings(this.prototype, pullRules);
    definePullClient(this.prototype);
  }

  /**
   * @param listener - the events; `onReceive` gets the number of bytes that can be fetched.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(listener: ClientListener<TcpPullClient<TExtra>, number>, options: TcpPullClientOptions = {}) {
    super(listener, options, pullRules);
  }

  protected override createModel(): ReceiveModel<number> {
    return pull({ maxBufferedBytes: this.maxBufferedBytes });
  }
}
