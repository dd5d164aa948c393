// SPDX-License-Identifier: Apache-2.0
import { type Field, type Head, listIn, MalformedMessage, valuesOf } from './head.js';

/** How the end of a message's body is known. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  /** It ends with the connection: responses only. */
  | { readonly kind: 'close' };

export const NO_BODY: Framing = { kind: 'none' };

/** A body is coded in a way that nobody has to understand. */
export class UnknownCoding extends MalformedMessage {}

/** The fields of a message that say where its body ends, where they say so; `isOldest`: of HTTP/1.0. */
export function statedFraming(fields: readonly Field[], isOldest: boolean): Framing | undefined {
  const codings = listIn(fields, 'transfer-encoding');
  const lengths = valuesOf(fields, 'content-length');
  if (valuesOf(fields, 'transfer-encoding').length === 0) {
    return lengths.length === 0 ? undefined : { kind: 'length', length: parseLength(lengths) };
  }
  if (isOldest) throw new MalformedMessage('HTTP/1.0 has no Transfer-Encoding');
  if (lengths.length > 0) throw new MalformedMessage('there are both Content-Length and Transfer-Encoding');
  if (codings.at(-1) !== 'chunked' || codings.indexOf('chunked') !== codings.length - 1) {
    throw new MalformedMessage('the last of the transfer codings, and no other, must be chunked');
  }
  if (codings.length > 1) throw new UnknownCoding(`the transfer coding ${codings[0] ?? ''} is not known`);
  return { kind: 'chunked' };
}

/** About one connection only, or told anew by whoever passes a message on (RFC 9110, 7.6.1). */
const HOP_BY_HOP = [
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  // It is for this proxy, which asks for none.
  'proxy-authorization',
];

/** The fields of a message that are passed on: those about one connection go, and those that `Connection` names. */
export function endToEndFields({ fields }: Head, ...more: readonly string[]): Field[] {
  const dropped = new Set([...HOP_BY_HOP, ...listIn(fields, 'connection'), ...more]);
  return fields.filter(({ name }) => !dropped.has(name.toLowerCase()));
}

/** The fields that tell of a framing. */
export function framingFields(framing: Framing): Field[] {
  if (framing.kind === 'length') return [{ name: 'Content-Length', value: String(framing.length) }];
  if (framing.kind === 'chunked') return [{ name: 'Transfer-Encoding', value: 'chunked' }];
  return [];
}

/** Who has passed a message on (RFC 9110, 7.6.3). */
export function viaField(isOldest: boolean): Field {
  return { name: 'Via', value: `${isOldest ? '1.0' : '1.1'} hp-demos` };
}

/** Several lengths are refused even where they agree. */
function parseLength([value = '', ...more]: readonly string[]): number {
  if (more.length === 0 && /^\d{1,15}$/.test(value)) return Number(value);
  throw new MalformedMessage('Content-Length must be one number');
}
