// SPDX-License-Identifier: Apache-2.0
import type { PackSettings } from '@hp/pack';
import type { ReuseAddressPolicy, SendPolicy } from '@hp/tcp';
import type { OptionValues } from './letters.js';

type Tunable = Pick<OptionValues, 'keepAlive' | 'maxConnections' | 'reuseAddress' | 'sendPolicy' | 'threads'>;

/** Settings of a component that options decide. */
export interface TunedSettings {
  keepAliveTime?: number;
  keepAliveInterval?: number;
  maxConnections?: number;
  reuseAddressPolicy?: ReuseAddressPolicy;
  sendPolicy?: SendPolicy;
  workerThreadCount?: number;
}

/** The settings that `options` ask for; what a demo has no option for keeps its default. */
export function toSettings(options: Partial<Tunable>): TunedSettings {
  const { keepAlive, maxConnections, reuseAddress, sendPolicy, threads } = options;
  return {
    ...(keepAlive === false && { keepAliveTime: 0, keepAliveInterval: 0 }),
    ...(maxConnections !== undefined && { maxConnections }),
    ...(reuseAddress !== undefined && { reuseAddressPolicy: reuseAddress }),
    ...(sendPolicy !== undefined && { sendPolicy }),
    ...(threads !== undefined && { workerThreadCount: threads }),
  };
}

/** The settings of the PACK model that `options` ask for. */
export function toPackSettings({ flag, maxPack }: Pick<OptionValues, 'flag' | 'maxPack'>): PackSettings {
  return { headerFlag: flag, maxPackSize: maxPack };
}
