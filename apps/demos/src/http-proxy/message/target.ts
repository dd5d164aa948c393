// SPDX-License-Identifier: Apache-2.0
import { isIPv6 } from 'node:net';
import { MalformedMessage } from './head.js';

/** Where a request is to go. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** Both as the client has written them. */
  readonly authority: string;
  /** What the host is asked for; of a tunnel: nothing. */
  readonly path: string;
}

const HTTP_PORT = 80;
const ABSOLUTE = /^http:\/\/([^/?#]*)([/?][^#]*)?$/i;
const AUTHORITY = /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9A-Za-z._-]{1,253}))(?::(\d{1,5}))?$/;

/** The target of a request that is no CONNECT: a whole address. */
export function parseAbsoluteTarget(method: string, text: string): Target {
  const [, authority, rest = ''] = ABSOLUTE.exec(text) ?? [];
  if (authority === undefined) {
    const hint = /^https:/i.test(text) ? 'https goes through CONNECT' : 'this is a proxy';
    throw new MalformedMessage(`the target must be an address like http://example.org/: ${hint}`);
  }
  const root = method === 'OPTIONS' && rest === '' ? '*' : '/';
  return { ...parseAuthority(authority, HTTP_PORT), path: rest.startsWith('/') ? rest : root + rest };
}

/** The target of a CONNECT: a host and a port. */
export function parseTunnelTarget(text: string): Target {
  return { ...parseAuthority(text), path: '' };
}

/** `initialPort` absent: the port must be there. Names of users are refused, as RFC 9110, 4.2.4 asks for. */
function parseAuthority(authority: string, initialPort = 0): Omit<Target, 'path'> {
  const [, address, name, port = initialPort] = AUTHORITY.exec(authority) ?? [];
  const host = address ?? name;
  const isRight = host !== undefined && (address === undefined || isIPv6(address));
  if (!isRight || Number(port) < 1 || Number(port) > 65_535) {
    throw new MalformedMessage('the target has no proper host and port');
  }
  return { host, port: Number(port), authority };
}
