// SPDX-License-Identifier: Apache-2.0
import type { PackSettings } from '@hp/pack';
import type { SslDialSettings } from '@hp/ssl';
import type { ReuseAddressPolicy, SendPolicy } from '@hp/tcp';
import type { DatagramSettings, DetectSettings } from '@hp/udp';
import type { OptionValues } from './letters.js';

/** What the system keeps of datagrams that have arrived and are not yet read; it may allow less. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

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

/** The settings of every UDP demo, as `options` ask for them. */
export function toDatagramSettings({
  maxDatagram,
}: Partial<Pick<OptionValues, 'maxDatagram'>>): Partial<DatagramSettings> {
  return {
    recvBufferSize: RECEIVE_BUFFER_BYTES,
    ...(maxDatagram !== undefined && { maxDatagramSize: maxDatagram }),
  };
}

type DetectOption = 'detectAttempts' | 'detectInterval' | 'closeNotify';

/** The options that say how it is found out whether a peer is still there. */
export const detectOptions: readonly DetectOption[] = ['detectAttempts', 'detectInterval', 'closeNotify'];

/** The settings that those ask for. */
export function toDetectSettings({
  detectAttempts,
  detectInterval,
  closeNotify,
}: Pick<OptionValues, DetectOption>): DetectSettings {
  return { detectAttempts, detectInterval: 1000 * detectInterval, closeNotify };
}

/** The settings of a client or agent of TLS that `options` ask for. */
export function toDialSettings({ serverName }: Pick<OptionValues, 'serverName'>): Partial<SslDialSettings> {
  return serverName === undefined ? {} : { serverName };
}
