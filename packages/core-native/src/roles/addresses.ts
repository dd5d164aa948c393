// SPDX-License-Identifier: Apache-2.0
import { SocketError } from '../enums.js';
import { HpSocketError } from '../errors.js';
import { binding } from '../load-binding.js';

/** Throws unless `host` is a host name or an address literal. */
export function checkHost(host: unknown, name = 'host'): asserts host is string {
  if (typeof host === 'string' && host !== '' && !/[\s/]/.test(host)) return;
  throw new HpSocketError(
    SocketError.InvalidParam,
    `${name} must be a host name or an IP address; it is ${typeof host === 'string' ? `'${host}'` : String(host)}.`,
  );
}

/** Throws unless `address` is an IP address literal. */
export function checkLiteral(address: string, name: string): void {
  if (binding.isAddress(address) !== 0) return;
  throw new HpSocketError(
    SocketError.InvalidParam,
    `${name} must be an IP address such as 127.0.0.1 or ::1; it is '${address}'.`,
  );
}

/** All addresses of a host, of the family of `localAddress` where that is given. */
export async function resolveHost(host: string, localAddress: string): Promise<string[]> {
  if (binding.isAddress(host) !== 0) return [host];
  const { lookup } = await import('node:dns/promises');
  const family = binding.isAddress(localAddress);
  const found = await lookup(host, { all: true, family });
  return found.map(({ address }) => address);
}
