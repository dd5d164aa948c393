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
import { pack } from './pack.js';
import { packRules, type PackSettings } from './settings.js';

/** What the constructor of a TcpPackServer takes. */
export type TcpPackServerOptions = Omit<ServerOptions, 'model'> & Partial<PackSettings>;
/** What the constructor of a TcpPackAgent takes. */
export type TcpPackAgentOptions = Omit<AgentOptions, 'model'> & Partial<PackSettings>;
/** What the constructor of a TcpPackClient takes. */
export type TcpPackClientOptions = Omit<ClientOptions, 'model'> & Partial<PackSettings>;

// The settings are properties too; defineSettings makes them.

export interface TcpPackServer<TExtra = unknown> extends PackSettings {
  /** Phantom: the type of the extra value. */
  readonly extraType?: TExtra;
}

/** A TcpServer that receives and sends packs. HP-Socket: `ITcpServer` + `IPackSocket`, `TcpPackServer`. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class TcpPackServer<TExtra = unknown> extends TcpServer<TExtra> {
  static {
    this.defineSettings(this.prototype, packRules);
  }

  /**
   * @param listener - the events; `onReceive` gets the body of one pack.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(listener: ServerListener<TcpPackServer<TExtra>>, options: TcpPackServerOptions = {}) {
    super(listener, options, packRules);
  }

  protected override createModel(): ReceiveModel<Buffer> {
    return pack({ maxPackSize: this.maxPackSize, headerFlag: this.headerFlag });
  }
}

export interface TcpPackAgent<TExtra = unknown> extends PackSettings {
  /** Phantom: the type of the extra value. */
  readonly extraType?: TExtra;
}

/** A TcpAgent that receives and sends packs. HP-Socket: `ITcpAgent` + `IPackSocket`, `TcpPackAgent`. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class TcpPackAgent<TExtra = unknown> extends TcpAgent<TExtra> {
  static {
    this.defineSettings(this.prototype, packRules);
  }

  /**
   * @param listener - the events; `onReceive` gets the body of one pack.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(listener: AgentListener<TcpPackAgent<TExtra>>, options: TcpPackAgentOptions = {}) {
    super(listener, options, packRules);
  }

  protected override createModel(): ReceiveModel<Buffer> {
    return pack({ maxPackSize: this.maxPackSize, headerFlag: this.headerFlag });
  }
}

export interface TcpPackClient<TExtra = unknown> extends PackSettings {
  /** Phantom: the type of the extra value. */
  readonly extraType?: TExtra;
}

/** A TcpClient that receives and sends packs. HP-Socket: `ITcpClient` + `IPackClient`, `TcpPackClient`. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class TcpPackClient<TExtra = unknown> extends TcpClient<TExtra> {
  static {
    this.defineSettings(this.prototype, packRules);
  }

  /**
   * @param listener - the events; `onReceive` gets the body of one pack.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(listener: ClientListener<TcpPackClient<TExtra>>, options: TcpPackClientOptions = {}) {
    super(listener, options, packRules);
  }

  protected override createModel(): ReceiveModel<Buffer> {
    return pack({ maxPackSize: this.maxPackSize, headerFlag: this.headerFlag });
  }
}
