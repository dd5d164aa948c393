// SPDX-License-Identifier: Apache-2.0
import type { ModelConnection } from '@hp/core-native';

/** What the core is told of one connection: whether reading is held, and what was delivered. */
export class Connection implements ModelConnection<number> {
  readonly id = 1;
  readonly lends: boolean = false;
  isHeld = false;
  totals: number[] = [];
  inReceive: () => void = () => {};

  deliver(total: number): boolean {
    this.totals.push(total);
    this.inReceive();
    return true;
  }
  lend(): boolean {
    throw new Error('PULL lends nothing');
  }
  borrow(): void {
    throw new Error('PULL borrows nothing');
  }
  fail(): void {
    throw new Error('PULL refuses nothing');
  }
  pauseReading(): void {
    if (this.isHeld) throw new Error('paused twice');
    this.isHeld = true;
  }
  resumeReading(): void {
    if (!this.isHeld) throw new Error('resumed without a pause');
    this.isHeld = false;
  }
}
