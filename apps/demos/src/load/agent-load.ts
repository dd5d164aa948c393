// SPDX-License-Identifier: Apache-2.0
// What loads by an agent have in common.
import type { MultiConnectionComponent } from '@hp/core-native';
import { loadOptions } from './conduct.js';
import type { Lane } from './run.js';
import type { VerifiedStream } from './verified-stream.js';

type AgentOption =
  'maxConnections' | 'asyncConnect' | 'keepAlive' | 'reuseAddress' | 'sendPolicy' | 'threads';
type AgentLoadOption = (typeof loadOptions)[number] | AgentOption;

/** The options of a command that makes a load with an agent. */
export const agentLoadOptions: readonly AgentLoadOption[] = [
  ...loadOptions,
  'maxConnections',
  'asyncConnect',
  'keepAlive',
  'reuseAddress',
  'sendPolicy',
  'threads',
];

/** A connection of an agent that carries `stream`, with `send`. */
export function agentLane(
  agent: MultiConnectionComponent,
  id: number,
  stream: VerifiedStream,
  send: Lane['send'],
): Lane {
  return { stream, send, isCongested: () => agent.isCongested(id), drained: () => agent.drained(id) };
}
