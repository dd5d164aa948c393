// SPDX-License-Identifier: Apache-2.0
import { type SettingRules, wholeNumber } from '@hp/core-native';
import { MAX_HEADER_FLAG, MAX_PACK_SIZE } from './header.js';

/**
 * Settings of the PACK model, as options and as properties of the PACK components. Both ends have their own;
 * a pack must suit the one that receives it.
 */
export interface PackSettings {
  /** Largest body of a pack, in bytes, 1 to 4,194,303. Default 262,144 (256 KiB). HP-Socket: `MaxPackSize`. */
  maxPackSize: number;
  /**
   * The flag in the headers of sent packs, 0 to 1,023. Received packs must have the same, unless it is 0: then
   * any will do. Default 0. HP-Socket: `PackHeaderFlag`.
   */
  headerFlag: number;
}

/** What each setting may be. */
export const packRules: SettingRules = {
  maxPackSize: wholeNumber(262_144, 1, MAX_PACK_SIZE),
  headerFlag: wholeNumber(0, 0, MAX_HEADER_FLAG),
};
