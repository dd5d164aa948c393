// SPDX-License-Identifier: Apache-2.0
// Numbers and layouts that TypeScript and C++ both write down: they must be the same.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { binding, ErrorCode, SendPolicy, SocketOperation } from '@hp/core-native';
import {
  Blocks,
  BOUNDARY_VERSION,
  COMMAND_BUFFER_BYTES,
  COMMAND_HEADER_BYTES,
  CommandKind,
  Control,
  DISCONNECT_ABORT,
  DISCONNECT_FLUSH,
  EventKind,
  MAX_BATCH,
  Record,
  RECORD_WORDS,
} from '../src/boundary.js';
import { STAT_NAMES } from '../src/stats.js';
import { camelCase, CppHeader, groupsOf, readNative } from './support/cpp-header.js';

const WORD_BYTES = 4;

const event = new CppHeader('net/event.h');
const command = new CppHeader('net/command.h');
const boundary = new CppHeader('node/boundary.h');
const memory = new CppHeader('node/js_memory.h');
const component = new CppHeader('net/component.h');
const errorCode = new CppHeader('base/error_code.h');

/** An enum of TypeScript without its way back from number to name. */
function membersOf(enumeration: object): [string, number][] {
  return Object.entries(enumeration).filter((pair): pair is [string, number] => typeof pair[1] === 'number');
}

describe('the two sides of the boundary agree on', () => {
  test('its version', () => {
    expect(boundary.constant('kBoundaryVersion')).toBe(BOUNDARY_VERSION);
    expect(binding.boundaryVersion).toBe(BOUNDARY_VERSION);
  });

  test('the kinds of events and of commands', () => {
    expect(event.enumeration('EventKind')).toEqual(EventKind);
    expect(command.enumeration('CommandKind')).toEqual(CommandKind);
  });

  test('the layout of a record', () => {
    const { fields, size } = event.layout('Event', [errorCode]);
    const { Kind, Operation, Flags: _, ...words } = fields;
    const { Head, ...others } = Record;

    expect([Kind, Operation]).toEqual([Head * WORD_BYTES, Head * WORD_BYTES + 1]);
    expect(words).toEqual(
      Object.fromEntries(Object.entries(others).map(([name, word]) => [name, word * WORD_BYTES])),
    );
    expect(size).toBe(RECORD_WORDS * WORD_BYTES);
    expect(boundary.constant('kEventWords')).toBe(RECORD_WORDS);
    expect(boundary.constant('kMaxBatch')).toBe(MAX_BATCH);
  });

  // As Link writes them: kind, flags and high id in the first word, then slot, low id and length.
  test('the layout of a command', () => {
    const { fields, size } = command.layout('Command');

    expect(fields).toEqual({ Kind: 0, Flags: 1, IdHigh: 2, Slot: 4, IdLow: 8, Length: 12 });
    expect(size).toBe(COMMAND_HEADER_BYTES);
    expect(COMMAND_BUFFER_BYTES % command.constant('kCommandAlignment')).toBe(0);
  });

  test('the flags of a disconnect, beside which every operation has room', () => {
    const operations = command.constant('kDisconnectOperationMask');

    expect(command.constant('kDisconnectAbort')).toBe(DISCONNECT_ABORT);
    expect(command.constant('kDisconnectFlush')).toBe(DISCONNECT_FLUSH);
    expect(operations & (DISCONNECT_ABORT | DISCONNECT_FLUSH)).toBe(0);
    for (const [, operation] of membersOf(SocketOperation)) expect(operation & operations).toBe(operation);
  });

  test('the control block', () => {
    const { ControlWords, ...words } = boundary.enumeration('ControlWord');

    expect({ ...words, Words: ControlWords }).toEqual(Control);
  });

  test('the receive memory', () => {
    const declared = Object.keys(Blocks).map((name) => [name, memory.constant(`k${name}`)]);

    expect(Object.fromEntries(declared)).toEqual(Blocks);
  });

  test('operations and send policies', () => {
    expect(errorCode.enumeration('Operation')).toEqual(Object.fromEntries(membersOf(SocketOperation)));
    expect(component.enumeration('SendPolicy')).toEqual(Object.fromEntries(membersOf(SendPolicy)));
  });

  test('error codes: those that both name, and all of our own', () => {
    const native = errorCode.enumeration('ErrorCode');
    const named = membersOf(ErrorCode);
    const shared = named.filter(([name]) => name in native);

    expect(shared.length).toBeGreaterThan(15);
    expect(shared.filter(([name, code]) => native[name] !== code)).toEqual([]);
    expect(Object.entries(native).filter(([, code]) => code > 1000)).toEqual(
      named.filter(([, code]) => code > 1000),
    );
  });

  test('the counters and their order', () => {
    const text = readNative('node/component_functions.cc');
    const counters = groupsOf(text, /(?:&counters|stats)\.(\w+)/g).map(([name = '']) => camelCase(name));

    expect(counters.map((name) => (name === 'events' ? 'batchedEvents' : name))).toEqual(STAT_NAMES);
  });

  test('the names of the settings and of the functions', () => {
    const types = readFileSync(path.join(import.meta.dirname, '../src/binding.ts'), 'utf8');
    const membersOfType = (name: string, member: RegExp): unknown[] => {
      const body = new RegExp(`interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(types)?.[1] ?? '';
      return groupsOf(body, member).flat().sort();
    };
    const settings = /ToSettings\(const([\s\S]*?)\n\}/.exec(readNative('node/values.cc'))?.[1] ?? '';
    const functions = Object.entries(binding).filter(([, value]) => typeof value === 'function');

    expect(
      groupsOf(settings, /"(\w+)"/g)
        .flat()
        .sort(),
    ).toEqual(membersOfType('NativeSettings', /^ {2}readonly (\w+):/gm));
    expect(functions.map(([name]) => name).sort()).toEqual(membersOfType('NativeBinding', /^ {2}(\w+)\(/gm));
  });
});
