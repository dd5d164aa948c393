// SPDX-License-Identifier: Apache-2.0
import { type SettingRules, wholeNumber } from '@hp/core-native';

/** Settings of the PULL model, as options and as properties of the PULL components. */
export interface PullSettings {
  /**
   * Bytes of one connection that may wait to be fetched, from 1 to 2,147,483,647: no more is read from it until
   * some are. A fetch or peek of more than that lifts the limit until something is fetched. Default 16,777,216 (16 MiB).
   */
  maxBufferedBytes: number;
}

/** What each setting may be. */
export const pullRules: SettingRules = {
  maxBufferedBytes: wholeNumber(16 * 1024 * 1024, 1, 2_147_483_647),
};
