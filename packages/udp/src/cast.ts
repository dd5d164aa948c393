// SPDX-License-Identifier: Apache-2.0
import {
  binding,
  CastMode,
  checkObject,
  connectFailure,
  type Dial,
  type DialledConnection,
  DialingClient,
  type Engine,
  ErrorCode,
  type SocketAddress,
} from '@hp/core-native';
import { dialAsync, dialBlocking, type ReadySocket, withSocket } from './dial.js';
import type { UdpClientListener } from './listeners.js';
import { castRules, type UdpCastSettings } from './settings.js';
import { anyLike, bind } from './sockets.js';

/** What the constructor of a member takes: any settings. */
export type UdpCastOptions = Partial<UdpCastSettings>;

/** What a start of a member may be given. */
export interface UdpCastStartOptions {
  /** An address of the interface to join and send on; nothing: chosen by the system. */
  readonly localAddress?: string;
}

/** Everybody in the network of the interface. */
const EVERYBODY = '255.255.255.255';

// The settings are properties too; Component.defineSettings makes them.

export interface UdpCast<TExtra = unknown> extends UdpCastSettings {
  /** Phantom: the type of the extra value. */
  readonly extraType?: TExtra;
}

/**
 * A member of a multicast group, or of those who hear a broadcast: what it sends goes to all, and it
 * receives from anyone. HP-Socket: `IUdpCast`, `UdpCast`.
 *
 * @example
 * ```ts
 * const member = new UdpCast({
 *   onReceive: (member, data) => console.log(member.remoteAddress?.address, String(data)),
 * });
 * member.start('233.0.0.1', 5555);
 * member.send(Buffer.from('hello, all'));
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- defineSettings makes what the interface declares
export class UdpCast<TExtra = unknown> extends DialingClient<TExtra> {
  static {
    DialingClient.defineSettings(this.prototype, castRules);
  }

  /**
   * @param listener - the events; its functions are read at each start.
   * @throws HpSocketError where an option is out of its range.
   */
  constructor(listener: UdpClientListener<UdpCast<TExtra>>, options: UdpCastOptions = {}) {
    super(castRules, listener);
    checkObject(options);
    this.settings.setAll(options);
  }

  /**
   * Binds the port and joins; `onConnect` is called before it returns. HP-Socket: `Start`.
   * @param host - the group, or the broadcast address; nothing: everybody in the network, with
   * `CastMode.Broadcast` only.
   * @param port - of all members, its own too.
   * @throws HpSocketError for a wrong argument, while it runs, where `onPrepareConnect` or `onConnect`
   * refuses, and with the step that failed.
   */
  override start(host: string, port: number, options: UdpCastStartOptions = {}): void {
    this.noting(() => {
      checkObject(options);
    });
    super.start(this.#toHost(host), port, { ...options, asyncConnect: false });
  }

  /**
   * As `start`, and looks up the name without blocking.
   * @throws HpSocketError as `start`.
   */
  override startAsync(host: string, port: number, options: UdpCastStartOptions = {}): Promise<void> {
    return super.startAsync(this.#toHost(host), port, options);
  }

  /**
   * Inside `onReceive`: who sent the datagram in hand. Else where it sends to; `undefined` while it does
   * not run. HP-Socket: `GetRemoteAddress`.
   */
  override get remoteAddress(): SocketAddress | undefined {
    return this.engine?.datagrams.sender ?? super.remoteAddress;
  }

  protected override dialAsync(engine: Engine, connection: DialledConnection, dial: Dial): void {
    dialAsync(engine, connection, dial, (...args) => this.#join(...args));
  }

  protected override dialBlocking(engine: Engine, connection: DialledConnection, dial: Dial): void {
    dialBlocking(engine, connection, dial, (...args) => this.#join(...args));
  }

  get #isBroadcast(): boolean {
    return this.castMode === CastMode.Broadcast;
  }

  #toHost(host: string): string {
    return host === '' && this.#isBroadcast ? EVERYBODY : host;
  }

  /** The socket of a member, bound to the port of all. */
  #join(engine: Engine, address: string, dial: Dial): ReadySocket {
    const { port, localAddress } = dial;
    if (this.#isBroadcast && binding.isAddress(address) === 6) {
      throw connectFailure(dial, ErrorCode.AddressFamily, 'setsockopt');
    }
    return withSocket(engine, address, dial, (handle) => {
      bind(handle, { address: anyLike(address), port });
      const step = this.#isBroadcast
        ? binding.sendThrough(handle, localAddress)
        : binding.joinGroup(handle, {
            group: address,
            interface: localAddress,
            ttl: this.multiCastTtl,
            loop: this.multiCastLoop,
          });
      if (step.error !== ErrorCode.Ok) throw connectFailure(dial, step.error, step.call);
      return { handle, peer: { address, port, isCast: true } };
    });
  }
}
