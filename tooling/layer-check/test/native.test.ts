// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { violationsIn } from './workspace.js';

const core = 'packages/core-native';

function nativeViolations(files: Readonly<Record<string, string>>): string[] {
  const headers = {
    'include/hp/stream_filter.h': '#include <stdint.h>\n',
    'native/base/slot_table.h': '#include <vector>\n',
    'native/sys/backend.h': '#include "base/slot_table.h"\n',
    'native/sys/linux/epoll_backend.h': '#include <sys/epoll.h>\n\n#include "sys/backend.h"\n',
    'native/net/reactor.h': '#include "hp/stream_filter.h"\n#include "sys/backend.h"\n',
  };
  const sources = Object.entries({ ...headers, ...files });
  return violationsIn({
    [`${core}/package.json`]: '{}',
    ...Object.fromEntries(sources.map(([name, text]) => [`${core}/${name}`, text])),
  }).map((violation) => violation.replace(`${core}/`, ''));
}

test('every layer may use what stands below it', () => {
  const violations = nativeViolations({
    'native/base/slot_table.cc':
      '#include "base/slot_table.h"\n#include "slot_table.h"\n#include <string.h>\n',
    'native/sys/linux/epoll_backend.cc':
      '#include "sys/linux/epoll_backend.h"\n#ifdef _WIN32\n#endif\n#include <netinet/tcp.h>\n',
    'native/net/reactor.cc':
      '#include "net/reactor.h"\n#include "base/slot_table.h"\n#ifndef NDEBUG\n#endif\n',
    'native/node/addon.cc': '#include <napi.h>\n#include <uv.h>\n#include "net/reactor.h"\n',
  });

  expect(violations).toEqual([]);
});

test.each([
  ['base', '#include <unistd.h>', 'native/base may not include <unistd.h>'],
  ['base', '#include <net/if.h>', 'native/base may not include <net/if.h>'],
  ['base', '#include <node_api.h>', 'native/base may not include <node_api.h>'],
  ['base', '#include "uv.h"', 'native/base may not include <uv.h>'],
  ['base', '#include "sys/backend.h"', 'native/base may not include native/sys/backend.h'],
  ['base', '#if defined(__linux__)', 'native/base may not ask for __linux__'],
  ['sys', '  #  include <napi.h>', 'native/sys may not include <napi.h>'],
  ['sys', '#include "net/reactor.h"', 'native/sys may not include native/net/reactor.h'],
  ['sys', '#include "../net/reactor.h"', 'native/sys may not include native/net/reactor.h'],
  ['net', '#include <sys/socket.h>', 'native/net may not include <sys/socket.h>'],
  ['net', '#include <openssl/ssl.h>', 'native/net may not include <openssl/ssl.h>'],
  [
    'net',
    '#include "sys/linux/epoll_backend.h"',
    'native/sys/linux/epoll_backend.h is private to native/sys',
  ],
  ['net', '#ifdef _WIN32', 'native/net may not ask for _WIN32'],
  ['node', '#elif defined(_WIN32)', 'native/node may not ask for _WIN32'],
  ['node', '#include <sys/epoll.h>', 'native/node may not include <sys/epoll.h>'],
  ['node', '#include "net/gone.h"', 'includes "net/gone.h", which does not exist'],
  ['node', '#include HEADER', 'includes a name made by a macro, which cannot be checked'],
])('in native/%s: %s', (layer, line, message) => {
  const violations = nativeViolations({ [`native/${layer}/bad.cc`]: `#include <vector>\n\n${line}\n` });

  expect(violations).toEqual([`native/${layer}/bad.cc:3: ${message}`]);
});

test('the public headers use the C library alone', () => {
  const violations = nativeViolations({ 'include/hp/bad.h': '#include "base/slot_table.h"\n' });

  expect(violations).toEqual(['include/hp/bad.h:1: include may not include native/base/slot_table.h']);
});

test('a file outside the layers is a violation', () => {
  const violations = nativeViolations({ 'native/helpers.h': '', 'native/extra/more.h': '' });

  expect(violations).toEqual([
    'native/extra/more.h:1: is in no layer that has a rule',
    'native/helpers.h:1: is in no layer that has a rule',
  ]);
});

describe('a package that builds on another one', () => {
  const ssl = 'packages/ssl';
  const rest = {
    'packages/core-native/package.json': '{}',
    'packages/core-native/include/hp/stream_filter.h': '#include <stdint.h>\n',
    'packages/core-native/include/hp/other.h': '',
    'packages/core-native/native/base/slot_table.h': '',
    [`${ssl}/package.json`]: '{}',
    [`${ssl}/native/tls/filter.h`]: '#include <openssl/ssl.h>\n\n#include "hp/stream_filter.h"\n',
  };

  test('has layers of its own, and includes the public headers of the other that it may', () => {
    const addon = '#include <napi.h>\n\n#include "tls/filter.h"\n';

    expect(violationsIn({ ...rest, [`${ssl}/native/node/addon.cc`]: addon })).toEqual([]);
  });

  test.each([
    ['tls', '#include <napi.h>', 'native/tls may not include <napi.h>'],
    ['tls', '#include "node/addon.h"', 'native/tls may not include native/node/addon.h'],
    ['tls', '#include "hp/other.h"', 'native/tls may not include core-native/hp/other.h'],
    ['tls', '#include "base/slot_table.h"', 'includes "base/slot_table.h", which does not exist'],
    [
      'tls',
      '#include "../../../core-native/include/hp/stream_filter.h"',
      'includes ../../../core-native/include/hp/stream_filter.h, outside its package',
    ],
    ['node', '#include <openssl/ssl.h>', 'native/node may not include <openssl/ssl.h>'],
    ['node', '#include <hp/stream_filter.h>', 'native/node may not include core-native/hp/stream_filter.h'],
  ])('in native/%s: %s', (layer, line, message) => {
    const violations = violationsIn({
      ...rest,
      [`${ssl}/native/node/addon.h`]: '',
      [`${ssl}/native/${layer}/bad.cc`]: `${line}\n`,
    });

    expect(violations).toEqual([`${ssl}/native/${layer}/bad.cc:1: ${message}`]);
  });
});
