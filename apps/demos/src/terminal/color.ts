// SPDX-License-Identifier: Apache-2.0
import { styleText } from 'node:util';

/** How a piece of text stands out. */
export type Color = Parameters<typeof styleText>[0];

/** Puts text in a colour, or leaves it as it is. */
export type Paint = (color: Color, text: string) => string;

/** Paints where the output is a terminal with colours; `NO_COLOR` says that none are wanted. */
export const paint: Paint = (color, text) => (hasColors() ? styleText(color, text) : text);

function hasColors(): boolean {
  return process.stdout.isTTY && process.stdout.hasColors();
}
