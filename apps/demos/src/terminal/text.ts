// SPDX-License-Identifier: Apache-2.0
// Values as the demos show them.
import type { SocketAddress } from '@hp/tcp';

/** `1,234,567` */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `1 byte`, `1,234 bytes` */
export function quantity(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `12.3 MB`: millions of bytes. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} MB`;
}

/** `1.23 s` */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** `127.0.0.1:5555`, `[::1]:5555` */
export function endpoint(address: SocketAddress | undefined): string {
  if (address === undefined) return 'unknown address';
  const host = address.address.includes(':') ? `[${address.address}]` : address.address;
  return `${host}:${address.port}`;
}

/** `14:02:11.123`, local time. */
export function timeOfDay(date: Date = new Date()): string {
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${[date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':')}.${milliseconds}`;
}

/** `2026-10-31 14:02:11`, local time. */
export function dateAndTime(date: Date = new Date()): string {
  const day = [date.getFullYear(), twoDigits(date.getMonth() + 1), twoDigits(date.getDate())].join('-');
  return `${day} ${timeOfDay(date).slice(0, 8)}`;
}

/** Text from a peer as it may be shown: no character in it can steer the terminal. */
export function printable(text: string, longest = 1000): string {
  const clean = text.replaceAll(/\p{C}/gu, '\uFFFD');
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
