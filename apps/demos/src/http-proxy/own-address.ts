// SPDX-License-Identifier: Apache-2.0
import type { SocketAddress } from '@hp/tcp';

const EVERY_ADDRESS = ['0.0.0.0', '::'];
const LOOPBACK = /^127\.|^::1$/;

/** Whether a connection from `local` to `remote` has reached the server of this process that listens on `listening`. */
export function isOwnAddress(
  listening: SocketAddress | undefined,
  remote: SocketAddress | undefined,
  local: SocketAddress | undefined,
): boolean {
  if (remote === undefined || remote.port !== listening?.port) return false;
  if (!EVERY_ADDRESS.includes(listening.address)) return remote.address === listening.address;
  // This host connects to an address of its own from that address, and to loopback from loopback.
  return remote.address === local?.address || LOOPBACK.test(remote.address);
}
