// SPDX-License-Identifier: Apache-2.0
// What a native addon needs of the system that loads it, and what it shows, read from its file.
import { execFileSync } from 'node:child_process';
import { supportedNodes } from '../../node-versions/src/index.mjs';

/** @import { Binary, Target } from './binaries.mjs' */

/** The newest C library that may be needed: that of RHEL 8 and Debian 10. */
const NEWEST_GLIBC = [2, 28];

const entryPoints = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];
// glibc has it from 2.18 on; it has no version where the C library of the build has it not.
const unversioned = ['__cxa_thread_atexit_impl'];
const linuxLibraries = ['libc.so.6', 'libm.so.6', 'libpthread.so.0', 'ld-linux-x86-64.so.2'];
// Windows' own. What is needed of Node is found in the program that loads the addon.
const windowsLibraries = [
  'kernel32.dll',
  'ws2_32.dll',
  'mswsock.dll',
  'iphlpapi.dll',
  'msvcrt.dll',
  'node.exe',
];

/** The name of a tool of binutils for files of `target`. @param {Target} target @param {string} name */
export function tool(target, name) {
  return target === 'win32-x64' ? `x86_64-w64-mingw32-${name}` : name;
}

/** @param {string} command @param {string[]} args */
function read(command, ...args) {
  // What nm says of a file without symbols goes nowhere.
  return execFileSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** @param {string} text @param {RegExp} pattern with one group @returns {string[]} */
function all(text, pattern) {
  return [...new Set(Array.from(text.matchAll(pattern), ([, found = '']) => found))];
}

/** Whether a version like `2.17` is newer than the newest that may be needed. @param {string} version */
function isTooNew(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [newestMajor = 0, newestMinor = 0] = NEWEST_GLIBC;
  return major > newestMajor || (major === newestMajor && minor > newestMinor);
}

/** The symbols that a program or library for Linux gives to others. @param {string} file */
function exportsOf(file) {
  return new Set(read('nm', '-D', '--defined-only', '--format=just-symbols', file).split('\n'));
}

/** What is wrong with an addon as it is published. @param {Binary} binary @returns {string[]} */
export function faultsOf({ target, published }) {
  const isLinux = target === 'linux-x64-gnu';
  const { needed, shown, others } = isLinux ? linuxFaults(published) : windowsFaults(published);
  const known = isLinux ? linuxLibraries : windowsLibraries;
  return [
    ...needed
      .filter((library) => !known.includes(library.toLowerCase()))
      .map((library) => `needs ${library}`),
    ...shown.filter((name) => !entryPoints.includes(name)).map((name) => `shows ${name}`),
    ...entryPoints.filter((name) => !shown.includes(name)).map((name) => `does not show ${name}`),
    ...(read(tool(target, 'nm'), published) === '' ? [] : ['is not stripped']),
    ...others,
  ];
}

/** @param {string} file */
function linuxFaults(file) {
  const headers = read('objdump', '-p', file);
  const symbols = read('objdump', '-T', file);
  // Weak ones may be missing.
  const wanted = symbols
    .split('\n')
    .filter((line) => line.includes('*UND*') && !/GLIBC_| w /.test(line))
    .map((line) => line.split(/\s+/).at(-1) ?? '')
    .filter((name) => !unversioned.includes(name));
  return {
    needed: all(headers, /NEEDED\s+(\S+)/g),
    shown: [...exportsOf(file)].filter((name) => name !== ''),
    others: [
      ...all(symbols, /\bGLIBC_([\d.]+)/g)
        .filter(isTooNew)
        .map((version) => `needs GLIBC_${version}`),
      ...(/R(?:UN)?PATH/.test(headers) ? ['looks for libraries in a folder of its build'] : []),
      ...supportedNodes().flatMap(({ version, file: node }) => {
        const exported = exportsOf(node);
        return wanted
          .filter((name) => !exported.has(name))
          .map((name) => `needs ${name}, which ${version} has not`);
      }),
    ],
  };
}

/** @param {string} file */
function windowsFaults(file) {
  const headers = read('x86_64-w64-mingw32-objdump', '-p', file);
  const [, table = ''] = headers.split('[Ordinal/Name Pointer] Table');
  return {
    needed: all(headers, /DLL Name: (\S+)/g),
    shown: all(table, /^\s*\[\s*\d+\] (\S+)$/gm),
    others: [],
  };
}
