// SPDX-License-Identifier: Apache-2.0
import {
  CastMode,
  clientTransportRules,
  type ClientTransportSettings,
  flag,
  oneOf,
  ReuseAddressPolicy,
  serverTransportRules,
  type ServerTransportSettings,
  type SettingRule,
  type SettingRules,
  wholeNumber,
} from '@hp/core-native';

/** Settings of every UDP component, beside those that do not depend on the transport. */
export interface DatagramSettings {
  /**
   * Bytes of the largest datagram, sent or received, 1 to 65,507; it must be the same at both ends.
   * Default 1,432, which fits most tunnels whole. HP-Socket: `MaxDatagramSize`.
   */
  maxDatagramSize: number;
  /**
   * Datagrams asked of the system at a time, from 1; beyond 64, or what 256 KiB hold, it asks for as many
   * (Windows: 1,024, or 16 MiB, taken beforehand). Default 64. HP-Socket: `PostReceiveCount`.
   */
  postReceiveCount: number;
  /** Bytes of the system's buffer for datagrams that have arrived, from 0. Default 0: as the system has it. */
  recvBufferSize: number;
  /** Bytes of the system's buffer for datagrams on their way out, from 0. Default 0: as the system has it. */
  sendBufferSize: number;
}

/** Settings of servers and clients, which find out whether their peers are still there. */
export interface DetectSettings {
  /** Silent intervals after which a peer counts as dead less one, from 0 (nobody does). Default 3. HP-Socket: `DetectAttempts`. */
  detectAttempts: number;
  /**
   * Milliseconds between the probes of a client, and by which a server counts: 0 (off) or from 1,000. A
   * peer is dead that was silent for `detectAttempts` + 1 of them: (Close, `TimedOut`). Default 60,000.
   * HP-Socket: `DetectInterval`.
   */
  detectInterval: number;
  /**
   * Whether the peer is told of the end of its connection with 16 bytes that HP-Socket 5.6.1 and later
   * know, and is believed when it says so; anybody can forge them. Default `false`.
   */
  closeNotify: boolean;
}

/** Settings of a UDP server. */
export interface UdpServerSettings extends ServerTransportSettings, DatagramSettings, DetectSettings {}

/** Settings of a UDP client. */
export interface UdpClientSettings extends ClientTransportSettings, DatagramSettings, DetectSettings {}

/** Settings of a member of a multicast group or a broadcast network. */
export interface UdpCastSettings extends ClientTransportSettings, DatagramSettings {
  /** Whether it joins a group or sends to a broadcast address. Default `Multicast`. HP-Socket: `CastMode`. */
  castMode: CastMode;
  /**
   * Routers that a multicast passes, 0 to 255, and itself once: 0 stays on this host, 1 in this network.
   * Default 1. HP-Socket: `MultiCastTtl`.
   */
  multiCastTtl: number;
  /**
   * Whether this host sees the multicasts it sends, its other members included; Windows asks those who
   * receive. Default `false`. HP-Socket: `MultiCastLoop`.
   */
  multiCastLoop: boolean;
}

const MAX = 2_147_483_647;

/** The largest datagram that IPv4 can carry. */
const LARGEST_DATAGRAM = 65_507;

const datagramRules: Record<keyof DatagramSettings, SettingRule> = {
  maxDatagramSize: wholeNumber(1432, 1, LARGEST_DATAGRAM),
  postReceiveCount: wholeNumber(64, 1, MAX),
  recvBufferSize: wholeNumber(0, 0, MAX),
  sendBufferSize: wholeNumber(0, 0, MAX),
};

const detectRules: Record<keyof DetectSettings, SettingRule> = {
  detectAttempts: wholeNumber(3, 0, MAX),
  detectInterval: wholeNumber(60_000, 1000, MAX, 'or 0'),
  closeNotify: flag(false),
};

// Datagrams that find no room are soon out of date.
const pendingRules: SettingRules = { maxPendingBytes: wholeNumber(4 * 1024 * 1024, 1, MAX) };

/** What each setting of a server may be. */
export const serverRules: SettingRules = {
  ...serverTransportRules(ReuseAddressPolicy.None),
  ...pendingRules,
  // Anybody can send from any address: what nobody limits, everybody could fill.
  maxConnections: wholeNumber(100_000, 0, 5_000_000),
  ...datagramRules,
  ...detectRules,
};

/** What each setting of a client may be. */
export const clientRules: SettingRules = {
  ...clientTransportRules(ReuseAddressPolicy.None),
  ...pendingRules,
  ...datagramRules,
  ...detectRules,
};

/** What each setting of a member of a group may be. */
export const castRules: SettingRules = {
  ...clientTransportRules(ReuseAddressPolicy.AddressOnly),
  ...pendingRules,
  ...datagramRules,
  castMode: oneOf(CastMode.Multicast, CastMode.Multicast, CastMode.Broadcast),
  multiCastTtl: wholeNumber(1, 0, 255),
  multiCastLoop: flag(false),
};
