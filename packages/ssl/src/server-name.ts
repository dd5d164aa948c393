// SPDX-License-Identifier: Apache-2.0
import { binding, checkSetting, HpSocketError, SocketError } from '@hp/core-native';
import { serverNameRule } from './settings.js';

const NOT_ASCII = /[^\0-\x7f]/;
/** Labels of something each: to OpenSSL an empty name is any, and one that begins with a dot any below. */
const HOST_NAME = /^[^.\s/\0]+(\.[^.\s/\0]+)*$/;

/**
 * What a server is asked for and has to prove, as certificates have it.
 * @param host - what is dialled.
 * @param serverName - what is asked for instead; `''`: the host.
 * @throws HpSocketError where the name can be none.
 */
export function toServerName(host: string, serverName: string): string {
  checkSetting('serverName', serverNameRule, serverName);
  const name = serverName === '' ? host : serverName;
  // The scope of an address says which of the own interfaces leads there.
  if (binding.isAddress(name) !== 0) return name.replace(/%.*$/, '');
  const ascii = NOT_ASCII.test(name) ? process.getBuiltinModule('node:url').domainToASCII(name) : name;
  // A name that is complete may end with a dot, but does not in TLS.
  const asked = ascii.replace(/\.$/, '');
  if (HOST_NAME.test(asked)) return asked;
  throw new HpSocketError(
    SocketError.InvalidParam,
    `serverName must be a host name that a certificate can have; it is '${name}'.`,
  );
}
