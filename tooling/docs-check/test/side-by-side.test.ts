// SPDX-License-Identifier: Apache-2.0
import ts from 'typescript';
import { expect, test } from 'vitest';
import { dialPeer } from '@hp/testkit';
import { openDocument } from './support/documents.js';
import { Program } from './support/program.js';

const guide = openDocument('docs/porting-from-hp-socket.md');

test('the server of the porting guide echoes packs, counts them, and stops when a key is pressed', async () => {
  const [program] = guide.blocks('ts');
  const { outputText } = ts.transpileModule(program?.code ?? '', {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  await guide.withFile('server.mjs', outputText, async (file) => {
    await using server = new Program(file, '0');
    await using peer = await dialPeer(await server.port());
    // Flag 0x169, 5 bytes: as HP-Socket writes it.
    const pack = Buffer.concat([Buffer.from('0500405a', 'hex'), Buffer.from('hello')]);
    const two = Buffer.concat([pack, pack]);
    await peer.send(two);
    expect(await peer.receivedBytes(two.length)).toEqual(two);
    peer.end();
    expect(await server.line()).toBe('connection 1: 2 packs, Close, OK');
    expect(await server.quit()).toBe(0);
  });
});
