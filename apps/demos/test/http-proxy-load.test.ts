// SPDX-License-Identifier: Apache-2.0
import autocannon from 'autocannon';
import { describe, expect, it } from 'vitest';
import { launchProxy, webServer } from './http-proxy.js';

const BODY = 'x'.repeat(5000);

describe('http-proxy under load', () => {
  it.each(['GET', 'POST'])('answers every %s on 50 connections right', async (method) => {
    await using web = await webServer((request, response) => {
      if (request.method === 'POST') request.pipe(response);
      else response.end(BODY);
    });
    await using proxy = await launchProxy();
    const path = `http://127.0.0.1:${web.port}/`;
    const amount = 1000;
    let right = 0;
    const onResponse = (_status: number, body: string): void => {
      if (body === BODY) right++;
    };
    const result = await autocannon({
      url: proxy.url,
      connections: 50,
      amount,
      requests: [{ method, path, onResponse, ...(method === 'POST' && { body: BODY }) }],
    });
    expect(result).toMatchObject({ errors: 0, timeouts: 0, non2xx: 0, '2xx': amount });
    expect(right).toBe(amount);
    await proxy.demo.quits();
    expect(proxy.demo.output).not.toContain('refused');
  });
});
