// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { EventLog, type LoggedEvent, once, within } from '@hp/testkit';
import type {
  ClientStartOptions,
  UdpCastOptions,
  UdpCastStartOptions,
  UdpClientOptions,
  UdpServerOptions,
} from '@hp/udp';

/** An event that a component of a host has told; `from`: the address it came from. */
export interface HostEvent extends LoggedEvent {
  readonly from?: string;
}

interface Message {
  readonly component?: string;
  readonly event?: HostEvent;
  readonly call?: number;
  readonly result?: unknown;
  readonly failure?: { readonly message: string };
}

interface Call {
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** A component in the process of a host. */
export class HostComponent<TStart extends readonly unknown[]> {
  readonly log: EventLog = new EventLog();

  constructor(
    readonly name: string,
    private readonly host: Host,
  ) {}

  /** As `start` of the component. */
  async start(...args: TStart): Promise<void> {
    await this.host.call('start', this.name, ...args);
  }

  /** As `send`; of a server to a connection. */
  async send(text: string, id?: number): Promise<boolean> {
    return (await this.host.call('send', this.name, text, id)) as boolean;
  }

  /** Sends datagrams of so many bytes, each its number and blanks; answers how many of `count` were taken. */
  async sendMany(bytes: number, count: number): Promise<number> {
    return (await this.host.call('sendMany', this.name, bytes, count)) as number;
  }

  /** The value of a property. */
  async get(property: string): Promise<unknown> {
    return await this.host.call('get', this.name, property);
  }

  /** As `stop`. */
  async stop(): Promise<void> {
    await this.host.call('stop', this.name);
  }

  /** The datagrams received so far: whom each came from, and its text. */
  get received(): { readonly from: string | undefined; readonly text: string }[] {
    const events: readonly HostEvent[] = this.log.all('onReceive');
    return events.map(({ from, data }) => ({ from, text: String(data) }));
  }
}

/** A process with components, in a network of its own where it is started so; ended by `await using`. */
export class Host implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #components = new Map<string, HostComponent<never>>();
  readonly #calls = new Map<number, Call>();
  #called = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message: Message) => this.#hear(message));
  }

  /** @param wrapper - a command that runs it, such as `['unshare', '-n']`. */
  static async start(wrapper: readonly string[] = []): Promise<Host> {
    const script = path.join(import.meta.dirname, '../children/host.mjs');
    const [command, ...args] = [...wrapper, process.execPath, script];
    const child = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    await once(child, 'message', 25_000);
    return new Host(child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  server(name: string, options: UdpServerOptions & { echoes?: boolean }): Promise<HostServer> {
    return this.#make(name, 'UdpServer', options);
  }

  client(name: string, options: UdpClientOptions): Promise<HostClient> {
    return this.#make(name, 'UdpClient', options);
  }

  cast(name: string, options: UdpCastOptions): Promise<HostCast> {
    return this.#make(name, 'UdpCast', options);
  }

  /** Runs `ip` with these arguments, separated by blanks; answers what it prints. */
  async ip(command: string): Promise<string> {
    return (await this.call('ip', command)) as string;
  }

  /** Keeps its JavaScript from doing anything for so long. */
  async block(ms: number): Promise<void> {
    await this.call('block', ms);
  }

  /** Has it do something; see children/host.mjs. */
  async call(action: string, ...args: readonly unknown[]): Promise<unknown> {
    const call = ++this.#called;
    const answer = new Promise((resolve, reject) => this.#calls.set(call, { resolve, reject }));
    this.#child.send({ call, action, args });
    return await within(answer, 20_000, `The answer of a host to '${action}'`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await closed;
  }

  async #make<TStart extends readonly unknown[]>(
    name: string,
    kind: string,
    options: object,
  ): Promise<HostComponent<TStart>> {
    const component = new HostComponent<TStart>(name, this);
    this.#components.set(name, component);
    await this.call('make', name, kind, options);
    return component;
  }

  #hear({ component, event, call, result, failure }: Message): void {
    if (component !== undefined && event !== undefined)
      this.#components.get(component)?.log.add(toOwn(event));
    if (call === undefined) return;
    const waiting = this.#calls.get(call);
    this.#calls.delete(call);
    if (failure === undefined) waiting?.resolve(result);
    else waiting?.reject(Object.assign(new Error(failure.message), failure));
  }
}

export type HostServer = HostComponent<[address?: string, port?: number]>;
export type HostClient = HostComponent<[host: string, port: number, options?: ClientStartOptions]>;
export type HostCast = HostComponent<[group: string, port: number, options?: UdpCastStartOptions]>;

/** Bytes come as those of a Uint8Array. */
function toOwn(event: HostEvent): HostEvent {
  return event.data === undefined ? event : { ...event, data: Buffer.from(event.data) };
}
