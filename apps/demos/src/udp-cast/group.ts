// SPDX-License-Identifier: Apache-2.0
import { CastMode, type UdpCastOptions } from '@hp/udp';
import type { OptionValues } from '../options/letters.js';
import { toDatagramSettings, toSettings } from '../options/settings.js';

const GROUP = '233.0.0.1';

type Tuned = Pick<OptionValues, 'castMode'> &
  Partial<Pick<OptionValues, 'ttl' | 'loop' | 'reuseAddress' | 'threads'>>;

/** Meanings of options that are other ones where everybody is a peer. */
export const groupMeanings = {
  bind: 'own address, which chooses the network; - leaves that to the system',
  port: 'port of all members',
};

/** What is wrong with a port. */
export function portConflict({ port }: Pick<OptionValues, 'port'>): string | undefined {
  return port === 0 ? '--port must be one that all members know, from 1 to 65535.' : undefined;
}

/** Where the members send to; `everybody` hears a broadcast unless something else is named. */
export function toGroup(
  { castMode, address }: Pick<OptionValues, 'castMode' | 'address'>,
  everybody: string,
): string {
  if (address !== '') return address;
  return castMode === CastMode.Broadcast ? everybody : GROUP;
}

/** The settings of a member that `options` ask for. */
export function toMember(options: Tuned): UdpCastOptions {
  const { castMode, ttl = 1, loop = true } = options;
  return {
    ...toSettings(options),
    ...toDatagramSettings({}),
    castMode,
    multiCastTtl: ttl,
    multiCastLoop: loop,
  };
}
