// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { SslContext, SslVerifyMode } from '@hp/ssl';
import type { OptionValues } from '../options/letters.js';
import { demoCertificates, demoFolder, type IdentityFiles } from './demo-certificates.js';
import { MARK } from './issue-certificates.js';

type SecureOption = 'cert' | 'key' | 'ca' | 'verify';
type SecureOptions = Pick<OptionValues, SecureOption>;
type Print = (line: string) => void;

/** The options of every command that speaks TLS. */
export const secureOptions: readonly SecureOption[] = ['cert', 'key', 'ca', 'verify'];

/** What is wrong with them. */
export function secureConflict({ cert, key }: SecureOptions): string | undefined {
  return (cert === undefined) === (key === undefined) ? undefined : '--cert and --key belong together';
}

/** The context of a server; shows which files it is made of. What is not named is taken from those for demos. */
export async function serverContext(options: SecureOptions, print: Print): Promise<SslContext> {
  const { ca, verify } = options;
  const demo = await demoCertificates();
  return toContext({ ...(namedIn(options) ?? demo.server), ca: ca ?? demo.authority, verify }, print);
}

/** The context of a client or an agent. Who names another authority talks with strangers, and shows them none of ours. */
export async function clientContext(options: SecureOptions, print: Print): Promise<SslContext> {
  const { ca, verify } = options;
  const demo = await demoCertificates();
  const identity = namedIn(options) ?? (ca === undefined ? demo.client : {});
  return toContext({ ...identity, ca: ca ?? demo.authority, verify }, print);
}

/** What a context is made of. */
interface Parts extends Partial<IdentityFiles>, Pick<OptionValues, 'verify'> {
  readonly ca: string;
}

function namedIn({ cert, key }: SecureOptions): IdentityFiles | undefined {
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

function toContext({ verify, ...sources }: Parts, print: Print): SslContext {
  const context = new SslContext({ ...sources, verifyMode: verify });
  print(`certificate: ${sources.cert === undefined ? 'none' : describeFile(sources.cert)}`);
  print(`trusted: ${verify === SslVerifyMode.None ? 'everybody' : describeFile(sources.ca)}`);
  return context;
}

function describeFile(file: string): string {
  const isDemo = path.dirname(file) === demoFolder();
  return `${path.relative('', file)}${isDemo ? ` (${MARK})` : ''}`;
}
