// SPDX-License-Identifier: Apache-2.0
import { agentPfm } from './agent-pfm/index.js';
import { asyncChat } from './async-chat/index.js';
import type { Demo } from './demo.js';
import { echoPfm } from './echo-pfm/index.js';
import { echo } from './echo/index.js';
import { start } from './start/index.js';

/** Every demo, in the order of `--list`. */
export const demos: readonly Demo[] = [start, echo, echoPfm, agentPfm, asyncChat];
