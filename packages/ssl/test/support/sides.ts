// SPDX-License-Identifier: Apache-2.0
// One TLS connection, seen from the component under test, whatever its role; the other end is node:tls.
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import { SslAgent, SslClient, type SslConnectionInfo, type SslContextOptions, SslServer } from '@hp/ssl';
import { rolesOf, type Side, type SideHooks, type SideOptions } from '../../../tcp/test/support/sides.js';
import { clientContext, serverContext } from './contexts.js';
import { dialOver, type PeerOptions, serveOver, type TlsPeer } from './tls-peer.js';

export interface SecureOptions extends Omit<SideOptions, 'peerReads'> {
  /** Beside what `serverContext` or `clientContext` has. */
  readonly context?: SslContextOptions;
  /** For the end of node:tls. */
  readonly peer?: TlsOptions & ConnectionOptions & PeerOptions;
  /** `false`: that end reads nothing until `resume`. */
  readonly peerReads?: boolean;
  readonly handshakeTimeoutMs?: number;
}

/** Both ends of a connection that has done the handshake. */
export interface SecureSide extends AsyncDisposable {
  readonly side: Side;
  readonly peer: TlsPeer;
  readonly info: SslConnectionInfo | undefined;
  /** What `closeReason` was in `onClose`. */
  readonly reason: string | undefined;
}

export interface SecureRole {
  readonly role: 'server' | 'agent' | 'client';
  /** Opens a connection without the handshake: the peer of the side is one of node:net that reads nothing. */
  readonly openPlain: (hooks?: SideHooks, options?: SecureOptions) => Promise<Side>;
  readonly open: (hooks?: SideHooks, options?: SecureOptions) => Promise<SecureSide>;
}

/** What is known of the connection of a side. */
export function infoOf({ component, id }: Side): SslConnectionInfo | undefined {
  if (component instanceof SslClient) return component.sslInfo;
  return component instanceof SslServer || component instanceof SslAgent
    ? component.getSslInfo(id)
    : undefined;
}

/** Inside `onClose`: why. */
function reasonOf({ component, id }: Side): string | undefined {
  return component instanceof SslClient ? component.closeReason : (component as SslServer).closeReason(id);
}

/** Does the peer's part of the handshake with a side. */
export async function secure(
  role: SecureRole['role'],
  { peer: { socket } }: Side,
  { peer, peerReads }: Pick<SecureOptions, 'peer' | 'peerReads'> = {},
): Promise<TlsPeer> {
  const options = { ...peer, ...(peerReads !== undefined && { reads: peerReads }) };
  return role === 'server' ? dialOver(socket, options) : serveOver(socket, options);
}

const plainRoles = rolesOf({ Server: SslServer, Agent: SslAgent, Client: SslClient });

/** How to open a connection in each role. */
export const roles: readonly SecureRole[] = plainRoles.map(({ role, open }) => {
  const openPlain: SecureRole['openPlain'] = (
    hooks,
    { context, peer: _peer, peerReads: _reads, ...settings } = {},
  ) => {
    const made = role === 'server' ? serverContext(context) : clientContext(context);
    return open(hooks, { ...settings, context: made, peerReads: false } as SideOptions);
  };
  return {
    role,
    openPlain,
    async open(hooks = {}, options = {}) {
      let reason: string | undefined;
      const onClose: SideHooks['onClose'] = (side) => {
        reason = reasonOf(side);
        return hooks.onClose?.(side);
      };
      const side = await openPlain({ ...hooks, onClose }, options);
      const peer = await secure(role, side, options);
      await side.log.next('onHandshake');
      return {
        side,
        peer,
        get info() {
          return infoOf(side);
        },
        get reason() {
          return reason;
        },
        async [Symbol.asyncDispose]() {
          await side[Symbol.asyncDispose]();
          await peer[Symbol.asyncDispose]();
        },
      };
    },
  };
});
