// SPDX-License-Identifier: Apache-2.0
import type { ReceiveModel } from '@hp/core-native';
import {
  type AgentListener,
  type ClientListener,
  type ServerListener,
  SslAgent,
  type SslAgentOptions,
  SslClient,
  type SslClientOptions,
  SslServer,
  type SslServerOptions,
} from '@hp/ssl';
import { pull } from './pull.js';
import { pullRules, type PullSettings } from './settings.js';
import { definePullClient, definePullSocket, type PullClient, type PullSocket } from './socket.js';

/** What the constructor of an SslPullServer takes. */
export type SslPullServerOptions = Omit<SslServerOptions<number>, 'model'> & Partial<PullSettings>;
/** What the constructor of an SslPullAgent takes. */
export type SslPullAgentOptions = Omit<SslAgentOptions<number>, 'model'> & Partial<PullSettings>;
/** What the constructor of an SslPullClient takes. */
export type SslPullClientOptions = Omit<SslClientOptions<number>, 'model'> & Partial<PullSettings>;

// The settings are properties too; defineSettings makes them.

export interface SslPullServer<TExtra = unknown> extends PullSettings, PullSocket {
  /** Phantom: the type of the extra value. */
  readonly extraType?: TExtra;
}

/** An SslServer whose bytes are fetched. HP-Socket: `ITcpServer` + `IPullSocket`, `SSLPullServer`. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class SslPullServer<TExtra = unknown> extends SslServer<TExtra, number> {
  static {
    this.defineSettings(this.prototype, pullRules);
    definePullSocket(this.prototype);
  }

  /**
   * @param listener - the events; `onReceive` gets the number of bytes that can be fetched.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(listener: ServerListener<SslPullServer<TExtra>, number>, options: SslPullServerOptions = {}) {
    super(listener, options, pullRules);
  }

  protected override createModel(): ReceiveModel<number> {
    return pull({ maxBufferedBytes: this.maxBufferedBytes });
  }
}

export interface SslPullAgent<TExtra = unknown> extends PullSettings, PullSocket {
  /** Phantom: the type of the extra value. */
  readonly extraType?: TExtra;
}

/** An SslAgent whose bytes are fetched. HP-Socket: `ITcpAgent` + `IPullSocket`, `SSLPullAgent`. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class SslPullAgent<TExtra = unknown> extends SslAgent<TExtra, number> {
  static {
    this.defineSettings(this.prototype, pullRules);
    definePullSocket(this.prototype);
  }

  /**
   * @param listener - the events; `onReceive` gets the number of bytes that can be fetched.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(listener: AgentListener<SslPullAgent<TExtra>, number>, options: SslPullAgentOptions = {}) {
    super(listener, options, pullRules);
  }

  protected override createModel(): ReceiveModel<number> {
    return pull({ maxBufferedBytes: this.maxBufferedBytes });
  }
}

export interface SslPullClient<TExtra = unknown> extends PullSettings, PullClient {
  /** Phantom: the type of the extra value. */
  readonly extraType?: TExtra;
}

/** An SslClient whose bytes are fetched. HP-Socket: `ITcpClient` + `IPullClient`, `SSLPullClient`. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class SslPullClient<TExtra = unknown> extends SslClient<TExtra, number> {
  static {
    this.defineSettings(this.prototype, pullRules);
    definePullClient(this.prototype);
  }

  /**
   * @param listener - the events; `onReceive` gets the number of bytes that can be fetched.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(listener: ClientListener<SslPullClient<TExtra>, number>, options: SslPullClientOptions = {}) {
    super(listener, options, pullRules);
  }

  protected override createModel(): ReceiveModel<number> {
    return pull({ maxBufferedBytes: this.maxBufferedBytes });
  }
}
