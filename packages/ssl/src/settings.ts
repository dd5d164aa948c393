// SPDX-License-Identifier: Apache-2.0
import { flag, type SettingRule, type SettingRules, wholeNumber } from '@hp/core-native';
import { isContext, type SslContext } from './context.js';

/** Settings that every SSL component has beside those of its TCP one. */
export interface SslSettings {
  /**
   * Whether the handshake begins by itself. `false`: bytes pass as they are, both ways, until
   * `startHandshake` (as STARTTLS does). Default `true`. HP-Socket: `SSLAutoHandShake`.
   */
  autoHandshake: boolean;
  /**
   * Milliseconds a handshake may take before the connection is closed with (Receive, `TimedOut`), from 0 (no
   * limit). Default 30,000. HP-Socket has none.
   */
  handshakeTimeoutMs: number;
}

/** Settings that SSL agents and clients have beside those of their TCP ones. */
export interface SslDialSettings extends SslSettings {
  /**
   * The name that servers are asked for, and that their certificates must have, unless a connect is given
   * another. Default `''`: the host that is dialled. HP-Socket: the host, which is never checked.
   */
  serverName: string;
}

/** What the `context` of a component may be. */
export interface SslContextProperty {
  /**
   * Certificate, key and who is trusted; `undefined`: what `initializeSsl` has made. Like a setting it can be
   * changed while the component is stopped. HP-Socket: `SetupSSLContext`.
   */
  context: SslContext | undefined;
}

const MAX = 2_147_483_647;

/** What a server name may be. */
export const serverNameRule: SettingRule = {
  initial: '',
  range: 'a host name, an IP address or empty',
  accepts: (value) => typeof value === 'string' && !/[\s/\0]/.test(value),
};

/** What the `context` may be. */
export const contextRules: SettingRules = {
  context: {
    initial: undefined,
    range: 'an SslContext',
    accepts: (value) => value === undefined || isContext(value),
  },
};

/** What each of the `SslSettings` may be. */
export const sslRules: SettingRules = {
  autoHandshake: flag(true),
  handshakeTimeoutMs: wholeNumber(30_000, 0, MAX),
};

/** What each of the `SslDialSettings` may be. */
export const sslDialRules: SettingRules = { ...sslRules, serverName: serverNameRule };
