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
import { pack } from './pack.js';
import { packRules, type PackSettings } from './settings.js';

/** What the constructor of an SslPackServer takes. */
export type SslPackServerOptions = Omit<SslServerOptions, 'model'> & Partial<PackSettings>;
/** What the constructor of an SslPackAgent takes. */
export type SslPackAgentOptions = Omit<SslAgentOptions, 'model'> & Partial<PackSettings>;
/** What the constructor of an SslPackClient takes. */
export type SslPackClientOptions = Omit<SslClientOptions, 'model'> & Partial<PackSettings>;

// The settings are properties too; defineSettings makes them.

export interface SslPackServer<TExtra = unknown> extends PackSettings {
  /** Phantom: the type of the extra value. */
  readonly extraType?: TExtra;
}

/** An SslServer that receives and sends packs. HP-Socket: `ITcpServer` + `IPackSocket`, `SSLPackServer`. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class SslPackServer<TExtra = unknown> extends SslServer<TExtra> {
  static {
    this.defineSettings(this.prototype, packRules);
  }

  /**
   * @param listener - the events; `onReceive` gets the body of one pack.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(listener: ServerListener<SslPackServer<TExtra>>, options: SslPackServerOptions = {}) {
    super(listener, options, packRules);
  }

  protected override createModel(): ReceiveModel<Buffer> {
    return pack({ maxPackSize: this.maxPackSize, headerFlag: this.headerFlag });
  }
}

export interface SslPackAgent<TExtra = unknown> extends PackSettings {
  /** Phantom: the type of the extra value. */
  readonly extraType?: TExtra;
}

/** An SslAgent that receives and sends packs. HP-Socket: `ITcpAgent` + `IPackSocket`, `SSLPackAgent`. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class SslPackAgent<TExtra = unknown> extends SslAgent<TExtra> {
  static {
    this.defineSettings(this.prototype, packRules);
  }

  /**
   * @param listener - the events; `onReceive` gets the body of one pack.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(listener: AgentListener<SslPackAgent<TExtra>>, options: SslPackAgentOptions = {}) {
    super(listener, options, packRules);
  }

  protected override createModel(): ReceiveModel<Buffer> {
    return pack({ maxPackSize: this.maxPackSize, headerFlag: this.headerFlag });
  }
}

export interface SslPackClient<TExtra = unknown> extends PackSettings {
  /** Phantom: the type of the extra value. */
  readonly extraType?: TExtra;
}

/** An SslClient that receives and sends packs. HP-Socket: `ITcpClient` + `IPackClient`, `SSLPackClient`. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class SslPackClient<TExtra = unknown> extends SslClient<TExtra> {
  static {
    this.defineSettings(this.prototype, packRules);
  }

  /**
   * @param listener - the events; `onReceive` gets the body of one pack.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(listener: ClientListener<SslPackClient<TExtra>>, options: SslPackClientOptions = {}) {
    super(listener, options, packRules);
  }

  protected override createModel(): ReceiveModel<Buffer> {
    return pack({ maxPackSize: this.maxPackSize, headerFlag: this.headerFlag });
  }
}
