// SPDX-License-Identifier: Apache-2.0
import { STATUS_CODES } from 'node:http';
import { formatHead } from './message/head.js';

/** A request is answered by the proxy itself: why, and with which status. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The answer for it, after which the connection ends. */
export function formatRefusal({ status, message }: Refusal): Buffer {
  const line = `${status} ${STATUS_CODES[status] ?? ''}`;
  const text = Buffer.from(`${line}: ${message}\n`);
  const head = formatHead({
    startLine: `HTTP/1.1 ${line}`,
    fields: [
      { name: 'Content-Type', value: 'text/plain; charset=utf-8' },
      { name: 'Content-Length', value: String(text.length) },
      { name: 'Connection', value: 'close' },
    ],
  });
  return Buffer.concat([head, text]);
}
