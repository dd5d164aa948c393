// SPDX-License-Identifier: Apache-2.0
import { endToEndFields, type Framing, framingFields, NO_BODY, statedFraming, viaField } from './framing.js';
import { type Field, formatHead, type Head, listIn, MalformedMessage, parseHead, valuesOf } from './head.js';
import { type Request, upgradeFields } from './request.js';

/** What a host answers. */
export interface Response {
  readonly head: Head;
  readonly status: number;
  readonly framing: Framing;
  /** Another response follows: 100 Continue and its like. */
  readonly isInterim: boolean;
  /** What follows belongs to another protocol. */
  readonly isUpgrade: boolean;
  /** Whether the host may be asked for more on the connection. */
  readonly persists: boolean;
}

const STATUS_LINE = /^HTTP\/1\.(\d) (\d{3})(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const SWITCHING_PROTOCOLS = 101;

export function parseResponse(data: Buffer, request: Request): Response {
  const head = parseHead(data);
  const [, minor, status] = STATUS_LINE.exec(head.startLine) ?? [];
  if (status === undefined || Number(status) < 100) throw new MalformedMessage('the status line is none');
  const isUpgrade = Number(status) === SWITCHING_PROTOCOLS;
  if (isUpgrade && request.upgrade === undefined) {
    throw new MalformedMessage('nobody has asked for another protocol');
  }
  const isOldest = minor === '0';
  return {
    head,
    status: Number(status),
    framing: framingOf(head, Number(status), request, isOldest),
    isInterim: Number(status) < 200 && !isUpgrade,
    isUpgrade,
    persists: !isOldest && !listIn(head.fields, 'connection').includes('close'),
  };
}

/** How a response leaves for a client that has sent `request`: its length may be unknown, but its end is not to be guessed. */
export function outgoingFraming({ framing }: Response, { isOldest }: Request): Framing {
  if (framing.kind !== 'close' && framing.kind !== 'chunked') return framing;
  return { kind: isOldest ? 'close' : 'chunked' };
}

/** The head as the client gets it; `closes`: no other response follows on the connection. */
export function formatResponse(response: Response, outgoing: Framing, closes: boolean): Buffer {
  const { head, status, isUpgrade } = response;
  // What a response to HEAD, or 304, says of a length is about another response.
  const told = status >= 200 && status !== 204 && outgoing.kind === 'none' ? statedLength(head) : [];
  return formatHead({
    startLine: head.startLine.replace(/^HTTP\/1\.\d/, 'HTTP/1.1'),
    fields: [
      ...endToEndFields(head),
      ...framingFields(outgoing),
      ...told,
      ...(isUpgrade ? upgradeFields(valuesOf(head.fields, 'upgrade').join(', ')) : []),
      ...(closes ? [{ name: 'Connection', value: 'close' }] : []),
      viaField(false),
    ],
  });
}

/** RFC 9112, 6.3. */
function framingOf(head: Head, status: number, { method }: Request, isOldest: boolean): Framing {
  const stated = statedFraming(head.fields, isOldest);
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return NO_BODY;
  return stated ?? { kind: 'close' };
}

function statedLength({ fields }: Head): Field[] {
  return valuesOf(fields, 'content-length').map((value) => ({ name: 'Content-Length', value }));
}
