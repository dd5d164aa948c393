// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder of this package, from its sources and from what is built of them. */
export function packageFolder(): string {
  let place = import.meta.dirname;
  while (!existsSync(path.join(place, 'package.json'))) place = path.dirname(place);
  return place;
}
