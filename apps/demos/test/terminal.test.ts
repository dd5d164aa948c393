// SPDX-License-Identifier: Apache-2.0
import { SocketOperation } from '@hp/tcp';
import { describe, expect, it } from 'vitest';
import { EventLog } from '../src/terminal/event-log.js';
import { ProgressLine } from '../src/terminal/progress-line.js';
import { count, dateAndTime, endpoint, megabytes, printable, quantity } from '../src/terminal/text.js';

describe('an event in the log', () => {
  function logged(show: (log: EventLog) => void): string {
    let line = '';
    show(new EventLog((text) => (line = text)));
    expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} /);
    return line.slice(12).trim().replaceAll(/ +/g, ' ');
  }

  it('shows id, name and what it is about', () => {
    expect(logged((log) => log.event('onAccept', 7, '127.0.0.1:5'))).toBe('#7 onAccept 127.0.0.1:5');
    expect(logged((log) => log.event('onShutdown'))).toBe('onShutdown');
    expect(logged((log) => log.sent(7, 1))).toBe('#7 onSend 1 byte');
  });

  it('has colours on a terminal: what failed is red', () => {
    const lines: string[] = [];
    const log = new EventLog(
      (line) => lines.push(line.slice(line.indexOf('  ')).replaceAll(/ +/g, ' ').trim()),
      (color, text) => `<${String(color)} ${text.trim()}>`,
    );
    log.event('onAccept', 7, '127.0.0.1:5');
    log.closed(7, SocketOperation.Close, 0);
    log.closed(8, SocketOperation.Receive, 104);
    log.event('onShutdown');

    expect(lines).toEqual([
      '#7 <green onAccept>127.0.0.1:5',
      '#7 <yellow onClose>closed',
      expect.stringContaining('#8 <red onClose>Receive failed with 104'),
      '<bold onShutdown>',
    ]);
  });

  it('shows how a connection ended', () => {
    expect(logged((log) => log.closed(7, SocketOperation.Close, 0))).toBe('#7 onClose closed');
    expect(logged((log) => log.closed(7, SocketOperation.Receive, 104))).toBe(
      '#7 onClose Receive failed with 104: the peer reset the connection (ECONNRESET)',
    );
    expect(logged((log) => log.closed(7, SocketOperation.Receive, 74, 'wrong\nversion'))).toBe(
      '#7 onClose Receive failed with 74: the peer broke the protocol (EBADMSG): wrong\uFFFDversion',
    );
  });

  it('shows bytes so that they cannot steer the terminal', () => {
    const line = logged((log) => log.received(7, Buffer.from('a\x1b[2Jb\r\n')));
    expect(line).toBe('#7 onReceive 8 bytes: a\uFFFD[2Jb');
  });
});

describe('text', () => {
  it('is written for people', () => {
    expect(count(1_234_567.8)).toBe('1,234,568');
    expect(quantity(1, 'byte')).toBe('1 byte');
    expect(quantity(0, 'byte')).toBe('0 bytes');
    expect(megabytes(12_345_678)).toBe('12.3 MB');
    expect(endpoint({ address: '::1', port: 80 })).toBe('[::1]:80');
    expect(endpoint(undefined)).toBe('unknown address');
    expect(dateAndTime(new Date(2026, 0, 2, 3, 4, 5))).toBe('2026-01-02 03:04:05');
    expect(printable('x'.repeat(9), 5)).toBe('xxxxx…');
  });
});

describe('a progress line', () => {
  function record(isTTY: boolean): { written: string[]; line: ProgressLine; at: (ms: number) => void } {
    const written: string[] = [];
    let now = 0;
    const line = new ProgressLine({ isTTY, columns: 10, write: (text) => written.push(text) }, () => now);
    return { written, line, at: (ms) => (now = ms) };
  }

  it('is drawn over on a terminal, never wider than it, and removed', () => {
    const { written, line } = record(true);
    line.show('one');
    line.show('twelve letters');
    line[Symbol.dispose]();
    expect(written).toEqual(['\r\x1b[Kone', '\r\x1b[Ktwelve le', '\r\x1b[K']);
  });

  it('is a line now and then elsewhere', () => {
    const { written, line, at } = record(false);
    for (let ms = 0; ms <= 3000; ms += 100) {
      at(ms);
      line.show(String(ms));
    }
    line[Symbol.dispose]();
    expect(written).toEqual(['1000\n', '2000\n', '3000\n']);
  });
});
