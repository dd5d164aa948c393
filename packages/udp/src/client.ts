// SPDX-License-Identifier: Apache-2.0
import {
  checkObject,
  type ComponentStats,
  DialingClient,
  type Dial,
  type DialledConnection,
  type Engine,
} from '@hp/core-native';
import { connectTo, dialAsync, dialBlocking } from './dial.js';
import type { UdpClientListener } from './listeners.js';
import { clientRules, type UdpClientSettings } from './settings.js';

/** What the constructor of a client takes: any settings. */
export type UdpClientOptions = Partial<UdpClientSettings>;

// The settings are properties too; Component.defineSettings makes them.

export interface UdpClient<TExtra = unknown> extends UdpClientSettings {
  /** Phantom: the type of the extra value. */
  readonly extraType?: TExtra;
}

/**
 * Exchanges datagrams with one server, and finds out when that is no longer there. To connect says
 * nothing about that: it succeeds as soon as the system knows a way. HP-Socket: `IUdpClient`, `UdpClient`.
 *
 * @example
 * ```ts
 * const client = new UdpClient({ onReceive: (client, data) => console.log(String(data)) });
 * await client.startAsync('127.0.0.1', 5555);
 * client.send(Buffer.from('hello'));
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class UdpClient<TExtra = unknown> extends DialingClient<TExtra> {
  static {
    DialingClient.defineSettings(this.prototype, clientRules);
  }

  /**
   * @param listener - the events; its functions are read at each start.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(listener: UdpClientListener<UdpClient<TExtra>>, options: UdpClientOptions = {}) {
    super(clientRules, listener);
    checkObject(options);
    this.settings.setAll(options);
  }

  /** To connect says nothing: who was reached has sent something. */
  protected override wasReached({ receives, heartbeats }: ComponentStats): boolean {
    return receives + heartbeats > 0;
  }

  protected override dialAsync(engine: Engine, connection: DialledConnection, dial: Dial): void {
    dialAsync(engine, connection, dial, connectTo);
  }

  protected override dialBlocking(engine: Engine, connection: DialledConnection, dial: Dial): void {
    dialBlocking(engine, connection, dial, connectTo);
  }
}
