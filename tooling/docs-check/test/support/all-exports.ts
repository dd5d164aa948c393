// SPDX-License-Identifier: Apache-2.0
// What an application may import, of all packages together.
export * from '@hp/tcp';
export * from '@hp/udp';
export * from '@hp/ssl';
export * from '@hp/pull';
export * from '@hp/pull/tcp';
export * from '@hp/pull/ssl';
export * from '@hp/pack';
export * from '@hp/pack/tcp';
export * from '@hp/pack/ssl';
// Those of streams can do more than those that @hp/udp exports under the same names.
export { MultiConnectionComponent, SingleConnectionComponent } from '@hp/tcp';
