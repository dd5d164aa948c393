// SPDX-License-Identifier: Apache-2.0
// What the tests use of autocannon, which has no types of its own.
declare module 'autocannon' {
  interface LoadRequest {
    readonly method: string;
    readonly path: string;
    readonly body?: string;
    readonly onResponse: (status: number, body: string) => void;
  }

  interface LoadResult {
    readonly errors: number;
    readonly timeouts: number;
    readonly non2xx: number;
    readonly '2xx': number;
  }

  function autocannon(options: {
    readonly url: string;
    readonly connections: number;
    readonly amount: number;
    readonly requests: readonly LoadRequest[];
  }): Promise<LoadResult>;

  export = autocannon;
}
