// SPDX-License-Identifier: Apache-2.0
import { endToEndFields, type Framing, framingFields, NO_BODY, statedFraming, viaField } from './framing.js';
import { type Field, formatHead, type Head, listIn, MalformedMessage, parseHead, valuesOf } from './head.js';
import { parseAbsoluteTarget, parseTunnelTarget, type Target } from './target.js';

/** What a client asks for. */
export interface Request {
  readonly head: Head;
  readonly method: string;
  readonly target: Target;
  readonly framing: Framing;
  /** Of HTTP/1.0: no chunks, and one request for each connection. */
  readonly isOldest: boolean;
  /** Whether the client may go on with the connection. */
  readonly persists: boolean;
  /** The protocols that the client would change to; absent: none. */
  readonly upgrade?: string;
}

/** The request is of a version that is none of HTTP/1. */
export class UnknownVersion extends MalformedMessage {}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e]+) HTTP\/(\d)\.(\d)$/;
/** Asking twice changes no more than asking once, and asks for nothing to be changed. */
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

export function parseRequest(data: Buffer): Request {
  const head = parseHead(data);
  const { startLine, fields } = head;
  const [, method, text, major, minor] = REQUEST_LINE.exec(startLine) ?? [];
  if (method === undefined || text === undefined) throw new MalformedMessage('the request line is none');
  if (major !== '1') throw new UnknownVersion('only HTTP/1.1 and HTTP/1.0 are spoken here');
  const isOldest = minor === '0';
  const hosts = valuesOf(fields, 'host').length;
  if (hosts > 1 || (hosts === 0 && !isOldest)) throw new MalformedMessage('there must be one field Host');
  const isTunnel = method === 'CONNECT';
  const framing = statedFraming(fields, isOldest) ?? NO_BODY;
  if (isTunnel && framing !== NO_BODY) throw new MalformedMessage('CONNECT has no body');
  return {
    head,
    method,
    target: isTunnel ? parseTunnelTarget(text) : parseAbsoluteTarget(method, text),
    framing,
    isOldest,
    persists: !isOldest && !listIn(fields, 'connection').includes('close'),
    ...upgradeIn(fields, framing),
  };
}

/** Whether the same may be asked again when a connection has broken without an answer. */
export function isRepeatable({ method, framing, upgrade }: Request): boolean {
  return SAFE_METHODS.includes(method) && framing.kind === 'none' && upgrade === undefined;
}

/** The head as the host gets it: with a path in the place of the address (RFC 9112, 3.2). */
export function formatRequest({ head, method, target, framing, isOldest, upgrade }: Request): Buffer {
  const connection = upgrade === undefined ? [] : upgradeFields(upgrade);
  return formatHead({
    startLine: `${method} ${target.path} HTTP/1.1`,
    fields: [
      { name: 'Host', value: target.authority },
      ...endToEndFields(head, 'host'),
      ...framingFields(framing),
      ...connection,
      viaField(isOldest),
    ],
  });
}

/** The fields that ask for another protocol, or tell of one. */
export function upgradeFields(protocols: string): Field[] {
  return [
    { name: 'Connection', value: 'Upgrade' },
    { name: 'Upgrade', value: protocols },
  ];
}

function upgradeIn(fields: readonly Field[], framing: Framing): { upgrade?: string } {
  const protocols = valuesOf(fields, 'upgrade').join(', ');
  const isWanted = protocols !== '' && listIn(fields, 'connection').includes('upgrade');
  return isWanted && framing.kind === 'none' ? { upgrade: protocols } : {};
}
