// SPDX-License-Identifier: Apache-2.0
import { HISTORY } from './console-store.js';

/** The height of the drawing; its width is one for each second. */
export const HEIGHT = 60;

/** The line through the values; where one is absent, it is broken. */
export function toPath(values: readonly (number | undefined)[], top: number): string {
  const first = HISTORY - values.length;
  let isDown = false;
  let path = '';
  for (const [index, value] of values.entries()) {
    if (value !== undefined) {
      const y = HEIGHT - 1 - (value / top) * (HEIGHT - 2);
      path += `${isDown ? 'L' : 'M'}${first + index} ${y.toFixed(1)}`;
      // A value by itself is a dot.
      if (!isDown) path += 'h0';
    }
    isDown = value !== undefined;
  }
  return path;
}

/** The end of an axis: 1, 2 or 5 of some unit, and no less than `value`. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  return unit * ([1, 2, 5].find((step) => value <= step * unit) ?? 10);
}
