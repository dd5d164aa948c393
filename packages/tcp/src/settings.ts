// SPDX-License-Identifier: Apache-2.0
import {
  type ClientTransportSettings,
  clientTransportRules,
  flag,
  multiTransportRules,
  type MultiTransportSettings,
  ReuseAddressPolicy,
  serverTransportRules,
  type ServerTransportSettings,
  type SettingRules,
  type TransportSettings,
  wholeNumber,
} from '@hp/core-native';

/**
 * Settings of every TCP component, as constructor options and as properties. They can be changed
 * while the component is stopped, and are checked when set: a wrong one throws an HpSocketError. Where
 * no upper limit is named, it is 2,147,483,647.
 */
export interface ConnectionSettings extends TransportSettings {
  /**
   * Largest number of bytes one `onReceive` brings, 8 to 65,536. With `SendPolicy.Safe` also the bytes
   * that may wait unsent in the kernel. Default 65,536. HP-Socket: `SocketBufferSize` (there 4,096).
   */
  socketBufferSize: number;
  /**
   * Idle milliseconds before the first keep-alive probe: 0 (off) or from 1,000; the system rounds up to
   * whole seconds. Default 60,000. HP-Socket: `KeepAliveTime`.
   */
  keepAliveTime: number;
  /**
   * Milliseconds between unanswered probes: 0 (keep-alive off) or from 1,000; the system rounds up to
   * whole seconds. Default 20,000. HP-Socket: `KeepAliveInterval`.
   */
  keepAliveInterval: number;
  /** Unanswered probes after which a connection is closed with (Receive, `TimedOut`), 1 to 127. Default 5. HP-Socket: fixed at 5. */
  keepAliveCount: number;
  /** Whether small sends leave without waiting for others (`TCP_NODELAY`). Default `true`. HP-Socket: `NoDelay` (there off). */
  noDelay: boolean;
  /** Which sockets may share an address. Default `AddressOnly`. HP-Socket: `ReuseAddressPolicy`. */
  reuseAddressPolicy: ReuseAddressPolicy;
  /** Whether a congested connection is not read from. Default `true` for servers, `false` for agents and clients. */
  pauseReadsWhenCongested: boolean;
}

/** Settings of components with many connections. */
export interface MultiConnectionSettings extends ConnectionSettings, MultiTransportSettings {}

/** Settings of a server. */
export interface ServerSettings extends MultiConnectionSettings, ServerTransportSettings {
  /** Accepts asked of the system at a time, from 1. Default 64. HP-Socket: `AcceptSocketCount`. */
  acceptSocketCount: number;
  /**
   * Connections that may wait to be accepted, from 1; the system has a limit of its own. Default 4,096.
   * HP-Socket: `SocketListenQueue`.
   */
  socketListenQueue: number;
}

/** Settings of an agent. */
export interface AgentSettings extends MultiConnectionSettings {
  /** Milliseconds a connect may take, from 0. Default 0: as long as the system tries. HP-Socket: `SyncConnectTimeout`. */
  connectTimeoutMs: number;
}

/** Settings of a client. */
export interface ClientSettings extends ConnectionSettings, ClientTransportSettings {}

const MAX = 2_147_483_647;

/** What TCP adds for every role. */
const streamRules = (pauseReads: boolean) =>
  ({
    socketBufferSize: wholeNumber(65_536, 8, 65_536),
    keepAliveTime: wholeNumber(60_000, 1000, MAX, 'or 0'),
    keepAliveInterval: wholeNumber(20_000, 1000, MAX, 'or 0'),
    keepAliveCount: wholeNumber(5, 1, 127),
    noDelay: flag(true),
    pauseReadsWhenCongested: flag(pauseReads),
  }) satisfies SettingRules;

/** What each server setting may be. */
export const serverRules: SettingRules = {
  ...serverTransportRules(ReuseAddressPolicy.AddressOnly),
  ...streamRules(true),
  acceptSocketCount: wholeNumber(64, 1, MAX),
  socketListenQueue: wholeNumber(4096, 1, MAX),
};

/** What each agent setting may be. */
export const agentRules: SettingRules = {
  ...multiTransportRules(ReuseAddressPolicy.AddressOnly),
  ...streamRules(false),
  connectTimeoutMs: wholeNumber(0, 0, MAX),
};

/** What each client setting may be. */
export const clientRules: SettingRules = {
  ...clientTransportRules(ReuseAddressPolicy.AddressOnly),
  ...streamRules(false),
};
