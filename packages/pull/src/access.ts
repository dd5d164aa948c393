// SPDX-License-Identifier: Apache-2.0
// How components reach what their connections have received.
import { Component, ErrorCode, FetchResult } from '@hp/core-native';
import { PullDecoder } from './decoder.js';

/** How much to fetch: a number of bytes, or memory to be filled. */
export type Wanted = number | Uint8Array;

function decoderOf(component: Component, id: number): PullDecoder | undefined {
  const decoder = Component.engineOf(component)?.find(id)?.decoder;
  if (decoder instanceof PullDecoder) return decoder;
  component.lastErrorCode = ErrorCode.ObjectNotFound;
  return undefined;
}

/** Takes bytes, or looks at them only. */
export function take(
  component: Component,
  id: number,
  wanted: Wanted,
  isPeek: boolean,
): Buffer | FetchResult | undefined {
  const decoder = decoderOf(component, id);
  if (typeof wanted !== 'number') return decoder?.fill(wanted, isPeek) ?? FetchResult.DataNotFound;
  const part = decoder?.part(wanted, isPeek);
  if (decoder !== undefined && part === undefined) component.lastErrorCode = ErrorCode.MessageSize;
  return part;
}

/** Where bytes are, or one byte is; -1: nowhere. */
export function find(component: Component, id: number, bytes: Uint8Array | number, from: number): number {
  if (typeof bytes !== 'number' && bytes.length === 0) return -1;
  return (
    decoderOf(component, id)?.indexOf(typeof bytes === 'number' ? Uint8Array.of(bytes) : bytes, from) ?? -1
  );
}

/** How many bytes there are. */
export function count(component: Component, id: number): number {
  return decoderOf(component, id)?.length ?? 0;
}
