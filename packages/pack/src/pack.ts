// SPDX-License-Identifier: Apache-2.0
import {
  ErrorCode,
  type ModelConnection,
  type ModelDecoder,
  type PayloadHead,
  type ReceiveModel,
  SettingStore,
} from '@hp/core-native';
import { PackDecoder } from './decoder.js';
import { HEADER_BYTES, isAllowedLength, writeHeader } from './header.js';
import { packRules, type PackSettings } from './settings.js';

/**
 * The PACK receive model, for the option `model` of a component: every `onReceive` gets one whole pack,
 * however the stream was cut, and every `send`, `sendPackets` and `sendSmallFile` sends one. Both ends must
 * speak it. A pack is a header of 4 bytes and a body; the header is a little-endian word of the flag (upper
 * 10 bits) and the length of the body (lower 22).
 *
 * A send of nothing, or of more than `maxPackSize` bytes, is refused with `ErrorCode.MessageSize`. A received
 * pack of such a length ends its connection with (Receive, `MessageSize`), one with another flag with
 * (Receive, `BadMessage`). HP-Socket: the PACK components.
 * @throws HpSocketError where an option is out of its range.
 *
 * @example
 * ```ts
 * const server = new TcpServer({ onReceive: (server, id, pack) => void server.send(id, pack) }, { model: pack() });
 * ```
 */
export function pack(options: Partial<PackSettings> = {}): ReceiveModel<Buffer> {
  const settings = new SettingStore(packRules);
  settings.setAll(options);
  const maxPackSize = settings.get('maxPackSize') as number;
  const headerFlag = settings.get('headerFlag') as number;
  return {
    name: 'pack',
    lends: true,
    head: new PackHead(maxPackSize, headerFlag),
    open: (connection: ModelConnection<Buffer>): ModelDecoder =>
      new PackDecoder(connection, maxPackSize, headerFlag),
  };
}

class PackHead implements PayloadHead {
  readonly #maxPackSize: number;
  readonly #headerFlag: number;

  constructor(maxPackSize: number, headerFlag: number) {
    this.#maxPackSize = maxPackSize;
    this.#headerFlag = headerFlag;
  }

  sizeFor(length: number): number {
    return isAllowedLength(length, this.#maxPackSize) ? HEADER_BYTES : -ErrorCode.MessageSize;
  }

  write(length: number, target: Uint8Array, at: number): void {
    writeHeader(target, at, this.#headerFlag, length);
  }
}
