// SPDX-License-Identifier: Apache-2.0

/** One line on a terminal that is written over and removed at the end; elsewhere a line each. */
export function showProgress(): Disposable & { show: (what: string) => void } {
  const { stderr } = process;
  return {
    show(what) {
      stderr.write(stderr.isTTY ? `\r\x1b[K${what}` : `${what}\n`);
    },
    [Symbol.dispose]() {
      if (stderr.isTTY) stderr.write('\r\x1b[K');
    },
  };
}
