// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { beforeEach } from 'vitest';
import { reasonToSkip } from './skips.mjs';

// The titles of a test's suites and its own, as the reports have them.
function fullName(task) {
  const titles = [task.name];
  for (let suite = task.suite; suite !== undefined; suite = suite.suite) titles.unshift(suite.name);
  return titles.join(' ');
}

beforeEach(({ task, skip }) => {
  const file = path.relative(import.meta.dirname, task.file.filepath).replaceAll('\\', '/');
  const reason = reasonToSkip(file, fullName(task));
  if (reason !== undefined) skip(reason);
});
