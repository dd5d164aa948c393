// SPDX-License-Identifier: Apache-2.0
// Values as the page shows them.

/** `1,234,567` */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Three digits and a unit of a thousand: `12.3 k`, `1.23 M`. */
export function compact(value: number): string {
  if (value < 999.5) return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
  const units = [' k', ' M', ' G', ' T'];
  let scaled = value / 1000;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${scaled < 999.5 ? scaled.toPrecision(3) : count(scaled)}${units[unit] ?? ''}`;
}

/** `512 B`, `12.3 kB`, `1.23 MB` */
export function bytes(value: number): string {
  return value < 1000 ? `${count(value)} B` : `${compact(value)}B`;
}

/** `0.42 ms`, `12.3 ms` */
export function milliseconds(value: number): string {
  return `${value < 100 ? value.toPrecision(3) : count(value)} ms`;
}

/** `4 s`, `3:05`, `1:02:03` */
export function age(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const rest = two(seconds % 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}

/** `14:02:11.123`, local time. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  const clock = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
