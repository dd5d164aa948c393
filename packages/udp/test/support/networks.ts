// SPDX-License-Identifier: Apache-2.0
import { Host } from './host.js';

/**
 * Two hosts, each in a network namespace of its own, and two wires between them. On the first wire,
 * `hp0`, they are 10.7.0.1 and .2, fd07::1 and ::2, fe80::7:1 and ::7:2; on the second, `hp1`, 10.8.0.1
 * and .2. Needs root.
 */
export class TwoHosts implements AsyncDisposable {
  private constructor(
    readonly left: Host,
    readonly right: Host,
  ) {}

  static async start(): Promise<TwoHosts> {
    const [left, right] = await Promise.all([Host.start(['unshare', '-n']), Host.start(['unshare', '-n'])]);
    for (const wire of ['hp0', 'hp1']) {
      await left.ip(`link add ${wire} type veth peer name ${wire} netns ${right.pid}`);
    }
    for (const [host, number] of [
      [left, 1],
      [right, 2],
    ] as const) {
      await host.ip('link set lo up');
      for (const wire of ['hp0', 'hp1']) {
        // An address that the system makes itself is not to be used for a second.
        await host.ip(`link set ${wire} addrgenmode none`);
        await host.ip(`link set ${wire} up`);
      }
      await host.ip(`address add 10.7.0.${number}/24 broadcast 10.7.0.255 dev hp0`);
      await host.ip(`address add 10.8.0.${number}/24 broadcast 10.8.0.255 dev hp1`);
      await host.ip(`address add fd07::${number}/64 dev hp0 nodad`);
      await host.ip(`address add fe80::7:${number}/64 dev hp0 nodad`);
    }
    return new TwoHosts(left, right);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.left[Symbol.asyncDispose](), this.right[Symbol.asyncDispose]()]);
  }
}
