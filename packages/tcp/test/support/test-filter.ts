// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import path from 'node:path';
import type { NativeStreamFilter, StreamFilterParts } from '@hp/core-native';

interface TestFilterAddon {
  /** A filter that changes each byte by a key, after a handshake; see test-filter in @hp/core-native. */
  createFilter(key: number): NativeStreamFilter;
  /** What filters were told of the hosts that were dialled, since the last call. */
  takeNames(): string[];
}

const built = path.join(import.meta.dirname, '../../../core-native/build/release/hp_core.node');
const addons = path.dirname(process.env['HP_NATIVE_PATH'] ?? built);
export const testFilter: TestFilterAddon = createRequire(import.meta.url)(
  process.env['HP_TEST_FILTER_PATH'] ?? path.join(addons, 'hp_test_filter.node'),
) as TestFilterAddon;

/** The event that says why the connection is about to be closed. */
const FAILURE = 3;

/** What a component gives its engine: what the filter tells becomes the reason of a close. */
export function filterParts(): StreamFilterParts {
  return {
    native: testFilter.createFilter(0x2a),
    onEvent: ({ id, engine }, code, data) => {
      if (code === FAILURE) engine.closeReasons.set(id, String(data));
    },
  };
}
