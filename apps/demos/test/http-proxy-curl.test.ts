// SPDX-License-Identifier: Apache-2.0
import { closedPort, hasCommand, TemporaryDirectory, Tool } from '@hp/testkit';
import { describe, expect, it } from 'vitest';
import { demoCertificates } from '../src/secure/demo-certificates.js';
import { launchProxy, type LaunchedProxy, webServer } from './http-proxy.js';

const hasCurl = hasCommand('curl');

interface CurlResult {
  readonly code: number | null;
  readonly output: string;
}

async function curl(proxy: LaunchedProxy, ...args: readonly string[]): Promise<CurlResult> {
  await using tool = new Tool('curl', ['--silent', '--show-error', '-m', '10', '-x', proxy.url, ...args]);
  return { code: await tool.ended(), output: await tool.output };
}

describe.skipIf(!hasCurl)('curl through http-proxy', () => {
  it('fetches pages of several hosts over one connection', async () => {
    await using first = await webServer((_, response) => response.end('one\n'));
    await using second = await webServer((_, response) => response.end('two\n'));
    await using proxy = await launchProxy();
    const [one, two] = [`http://127.0.0.1:${first.port}/1`, `http://localhost:${second.port}/2`];
    const { code, output } = await curl(proxy, '-w', '%{num_connects} connects\n', one, two, one);
    expect(output).toBe('one\n1 connects\ntwo\n0 connects\none\n0 connects\n');
    expect(code).toBe(0);
    await proxy.demo.quits();
    expect(proxy.demo.output.match(/onAccept/g)).toHaveLength(1);
  });

  it('fetches over HTTPS through a tunnel', async () => {
    await using web = await webServer((_, response) => response.end('secret\n'), { isSecure: true });
    await using proxy = await launchProxy();
    const { authority } = await demoCertificates();
    const url = `https://localhost:${web.port}/`;
    expect(await curl(proxy, '--cacert', authority, url, url)).toEqual({
      code: 0,
      output: 'secret\nsecret\n',
    });
    await proxy.demo.quits();
    expect(proxy.demo.output).toMatch(new RegExp(`#1 +request +CONNECT localhost:${web.port} HTTP/1\\.1\n`));
    expect(proxy.demo.output).not.toContain('secret');
  });

  it.each([
    ['with a length', []],
    ['with a length, after 100 Continue', ['-H', 'Expect: 100-continue']],
    ['in chunks', ['-H', 'Transfer-Encoding: chunked']],
    ['in chunks, after 100 Continue', ['-H', 'Transfer-Encoding: chunked', '-H', 'Expect: 100-continue']],
  ])('posts a body %s', async (_, options) => {
    await using web = await webServer((request, response) => request.pipe(response));
    await using proxy = await launchProxy();
    await using directory = await TemporaryDirectory.create();
    const body = Array.from({ length: 100_000 }, (_entry, index) => `line ${index}\n`).join('');
    const file = await directory.file('body.txt', body);
    const url = `http://127.0.0.1:${web.port}/`;
    const { code, output } = await curl(proxy, ...options, '--data-binary', `@${file}`, url);
    expect(code).toBe(0);
    expect(output === body).toBe(true);
    await proxy.demo.quits();
  });

  it('asks with HEAD, and with HTTP/1.0', async () => {
    await using web = await webServer((_, response) => {
      response.write('in ');
      response.end('chunks\n');
    });
    await using proxy = await launchProxy();
    const url = `http://127.0.0.1:${web.port}/`;
    expect((await curl(proxy, '--head', url)).output).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/);
    expect(await curl(proxy, '--http1.0', url)).toEqual({ code: 0, output: 'in chunks\n' });
    await proxy.demo.quits();
  });

  it('is told what is wrong', async () => {
    await using proxy = await launchProxy();
    const port = await closedPort();
    expect((await curl(proxy, `http://127.0.0.1:${port}/`)).output).toBe(
      `502 Bad Gateway: 127.0.0.1:${port} cannot be connected: nobody listens at the address\n`,
    );
    const CANNOT_TUNNEL = 56;
    expect((await curl(proxy, `https://127.0.0.1:${port}/`)).code).toBe(CANNOT_TUNNEL);
    await proxy.demo.quits();
  });

  it('sees that a response has been cut off', async () => {
    await using web = await webServer((_, response) => {
      response.write('the beginning', () => response.destroy());
    });
    await using proxy = await launchProxy();
    const { code } = await curl(proxy, `http://127.0.0.1:${web.port}/`);
    expect([18, 56]).toContain(code);
    await proxy.demo.quits();
  });
});
