// SPDX-License-Identifier: Apache-2.0
import { cpus, release, type } from 'node:os';

export function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  return `${processors.length} cores (${model}), ${type()} ${release()}, Node ${process.version}`;
}
