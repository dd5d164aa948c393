// SPDX-License-Identifier: Apache-2.0

const WINDOW_MS = 1000;

/** How fast a total grows just now: over about the last second. */
export class LiveRate {
  readonly #samples: { readonly at: number; readonly total: number }[] = [];

  /** Takes the total of this moment; returns its growth per second. */
  update(total: number, at: number = performance.now()): number {
    this.#samples.push({ at, total });
    while (this.#samples.length > 2 && at - (this.#samples[1]?.at ?? at) >= WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0] ?? { at, total };
    return at > first.at ? (1000 * (total - first.total)) / (at - first.at) : 0;
  }
}
