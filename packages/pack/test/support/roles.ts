// SPDX-License-Identifier: Apache-2.0
import type { PackSettings } from '@hp/pack';
import { TcpPackAgent, TcpPackClient, TcpPackServer } from '@hp/pack/tcp';
import { type Role, rolesOf } from '../../../tcp/test/support/sides.js';

/** How to open a connection in each role of PACK. */
export const roles: readonly Role<Partial<PackSettings>>[] = rolesOf({
  Server: TcpPackServer,
  Agent: TcpPackAgent,
  Client: TcpPackClient,
});
