// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { createInterface } from 'node:readline';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { dialPeer, Tool, within } from '@hp/testkit';
import { Document } from '@hp/testkit/docs';

const folder = path.join(import.meta.dirname, '..');
const guide = new Document(path.join(folder, '../../docs/porting-from-hp-socket.md'), folder);

test('the server of the porting guide echoes packs, counts them, and stops when a key is pressed', async () => {
  const [program] = guide.blocks('ts');
  const { outputText } = ts.transpileModule(program?.code ?? '', {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  await guide.withFile('server.mjs', outputText, async (file) => {
    await using server = new Tool(process.execPath, [file, '0']);
    const lines = createInterface(server.stdout)[Symbol.asyncIterator]();
    const nextLine = async (): Promise<string> =>
      String((await within(lines.next(), 10_000, 'A line')).value);

    const port = Number(/^listening on port (\d+)$/.exec(await nextLine())?.[1]);
    await using peer = await dialPeer(port);
    // Flag 0x169, 5 bytes: as HP-Socket writes it.
    const pack = Buffer.concat([Buffer.from('0500405a', 'hex'), Buffer.from('hello')]);
    await peer.send(Buffer.concat([pack, pack]));
    expect(await peer.receivedBytes(2 * pack.length)).toEqual(Buffer.concat([pack, pack]));
    peer.end();
    expect(await nextLine()).toBe('connection 1: 2 packs, Close, OK');
    server.stdin.write('q');
    expect(await within(server.ended(), 10_000, 'The end of the server')).toBe(0);
  });
});
