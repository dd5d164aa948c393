// SPDX-License-Identifier: Apache-2.0
// How the text of an option becomes its value. Each throws with the reason where it does not.
import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';

/** Turns the text of an option into its value. */
export type ValueParser<T> = (text: string) => T;

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): ValueParser<number> {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** One of these whole numbers. */
export function oneOf(...values: readonly number[]): ValueParser<number> {
  return (text) => {
    const value = values.find((each) => String(each) === text);
    if (value !== undefined) return value;
    throw new InvalidArgumentError(`It must be one of ${values.join(', ')}.`);
  };
}

/** Seconds, fractions allowed, from `min` to `max`. */
export function seconds(min: number, max: number): ValueParser<number> {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a number of seconds from ${min} to ${max}.`);
  };
}

/** `0` or `1`. */
export function flag(text: string): boolean {
  if (text === '0' || text === '1') return text === '1';
  throw new InvalidArgumentError('It must be 0 or 1.');
}

/** The host name or address of a peer. */
export function host(text: string): string {
  if (/^[^\s/]+$/.test(text) && text !== '-') return text;
  throw new InvalidArgumentError('It must be a host name or an IP address.');
}

/** The path of a file. */
export function file(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It must be the path of a file.');
}

/** An own address; `-` stands for the empty string, and that for every address. */
export function ownAddress(text: string): string {
  if (text === '-') return '';
  if (text === 'localhost') return '127.0.0.1';
  return address(text);
}

/** An IP address. */
export function address(text: string): string {
  if (isIP(text) !== 0) return text;
  throw new InvalidArgumentError('It must be an IP address such as 127.0.0.1.');
}
