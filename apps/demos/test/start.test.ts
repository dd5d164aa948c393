// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { launch } from './launch.js';

describe('start', () => {
  it('verifies every byte and sums up', async () => {
    await using demo = launch('start', '--seconds', '1.5', '--connections', '50', '--size', '3000');
    await demo.exits(0);
    expect(demo.output).toContain('50 connections, messages of 3,000 bytes, for 1.5 s.');
    expect(demo.output).toMatch(/^\[#+-+\] {2}1\.\d s {2}[\d,]+ messages .* 0 errors$/m);
    expect(demo.output).toMatch(/^ {2}messages {2}[\d,]+ in 1\.\d\d s$/m);
    expect(demo.output).toMatch(/^ {2}data {6}[\d,.]+ MB each way$/m);
    expect(demo.output).toMatch(/^ {2}errors {4}0$/m);
    expect(demo.output).toMatch(/^ {2}rate {6}[\d,]+ messages\/s, [\d,.]+ MB\/s each way$/m);
    expect(demo.output).toMatch(/^ {2}latency {3}p50 [\d.]+ ms, p99 [\d.]+ ms$/m);
    expect(demo.output).toMatch(/^PASSED: every byte was right$/m);
  });

  it('takes messages that are received in pieces', async () => {
    await using demo = launch('start', '--seconds', '0.3', '-c', '3', '-l', '1000000');
    await demo.exits(0);
    expect(demo.output).toMatch(/PASSED/);
  });

  it('fails when it is interrupted', async () => {
    await using demo = launch('start', '--seconds', '3600', '-c', '2');
    await demo.shows(/messages/);
    await demo.shows(/errors/);
    demo.interrupt();
    await demo.exits(1);
    expect(demo.output).toContain('error: interrupted');
  });
});
