// SPDX-License-Identifier: Apache-2.0
export { FetchResult } from '@hp/core-native';
export { pull, type PullModel } from './pull.js';
export type { PullSettings } from './settings.js';
export type { PullClient, PullSocket } from './socket.js';
