// SPDX-License-Identifier: Apache-2.0
import { cpus, release, type } from 'node:os';

export function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const node = `Node ${process.version} with OpenSSL ${process.versions.openssl}`;
  return `${processors.length} cores (${model}), ${type()} ${release()}, ${node}`;
}
