// SPDX-License-Identifier: Apache-2.0
import { SocketError, ServiceState } from './enums.js';
import type { Engine } from './engine.js';
import { describeSocketError, ErrorCode, HpSocketError, type HpSocketErrorDetails } from './errors.js';
import { checkTimeout, SettingStore, type SettingRules } from './settings.js';
import { emptyStats, type ComponentStats } from './stats.js';
import { reportLater } from './uncaught.js';

/**
 * What every component has, whatever its role: a state, settings, the last error, and the way it
 * is stopped.
 */
export abstract class Component implements AsyncDisposable {
  /** The settings, set and read by name. */
  protected readonly settings: SettingStore;
  /** The engine of the running component. */
  protected engine: Engine | undefined;
  #state: ServiceState = ServiceState.Stopped;
  #lastError: SocketError = SocketError.Ok;
  #stopped: Promise<void> = Promise.resolve();
  #resolveStopped: (() => void) | undefined;
  #keepsProcess = true;
  #idleErrorCode: ErrorCode = ErrorCode.Ok;

  /** @param rules - the settings it has, see `defineSettings`. */
  protected constructor(rules: SettingRules) {
    this.settings = new SettingStore(rules);
  }

  /** The engine of a component that runs, else `undefined`; for adapters and filters. */
  static engineOf(component: Component): Engine | undefined {
    return component.engine;
  }

  /** The state of the component. HP-Socket: `GetState`. */
  get state(): ServiceState {
    return this.#state;
  }

  /** Whether it is starting or started. HP-Socket: `HasStarted`. */
  get hasStarted(): boolean {
    return this.#state === ServiceState.Starting || this.#state === ServiceState.Started;
  }

  /** Whether its connections are encrypted. HP-Socket: `IsSecure`. */
  readonly isSecure: boolean = false;

  /** Why the last call that threw did so; `SocketError.Ok` before the first. HP-Socket: `GetLastError`. */
  get lastError(): SocketError {
    return this.#lastError;
  }

  /** `lastError` in words. HP-Socket: `GetLastErrorDesc`. */
  get lastErrorDesc(): string {
    return describeSocketError(this.#lastError);
  }

  /**
   * Why the last call on the data path returned `false` or `undefined`. A callback may set it before
   * it returns `HandleResult.Error`: the close then carries it. HP-Socket: `SYS_GetLastError`.
   */
  get lastErrorCode(): ErrorCode {
    return this.engine?.lastErrorCode ?? this.#idleErrorCode;
  }

  set lastErrorCode(code: ErrorCode) {
    if (this.engine === undefined) this.#idleErrorCode = code;
    else this.engine.lastErrorCode = code;
  }

  /** Counters since the component was started, read in one call; all 0 while it is stopped. */
  stats(): ComponentStats {
    return this.engine?.stats() ?? emptyStats();
  }

  /**
   * Ends every connection and the component. May be called at any time, in callbacks too, and more
   * than once. Bytes that are still queued are dropped. HP-Socket: `Stop`.
   * @returns a promise that settles after the last `onClose` and `onShutdown`.
   */
  stop(): Promise<void> {
    if (this.hasStarted) {
      this.#state = ServiceState.Stopping;
      this.beginStop();
    }
    return this.#stopped;
  }

  /**
   * Waits until the component is stopped; stops nothing itself. HP-Socket: `Wait`.
   * @param timeoutMs - how long at most, in milliseconds; for ever where it is absent.
   * @returns whether it is stopped: `false` when the time is over before that.
   * @throws HpSocketError where the time is no number of milliseconds up to 2,147,483,647.
   */
  async wait(timeoutMs?: number): Promise<boolean> {
    this.noting(() => {
      if (timeoutMs !== undefined) checkTimeout(timeoutMs);
    });
    if (timeoutMs === undefined) {
      await this.#stopped;
      return true;
    }
    let timer: NodeJS.Timeout | undefined;
    const timeout: Promise<boolean> = new Promise((resolve) => {
      timer = setTimeout(resolve, timeoutMs, false);
    });
    try {
      return await Promise.race([this.#stopped.then(() => true), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Stops the component; for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Lets the running component keep the process alive, as it does by default. */
  ref(): this {
    this.#keepsProcess = true;
    this.engine?.ref();
    return this;
  }

  /** Lets the process end although the component runs. */
  unref(): this {
    this.#keepsProcess = false;
    this.engine?.unref();
    return this;
  }

  /** Begins to end what runs; `enterStopped` follows once nothing does. */
  protected abstract beginStop(): void;

  /** A further attempt to connect follows. */
  protected enterRestarting(): void {
    this.#state = ServiceState.Starting;
  }

  /** Throws unless the component is stopped; then it is starting. */
  protected enterStarting(): void {
    if (this.#state !== ServiceState.Stopped) {
      throw this.failure(
        SocketError.IllegalState,
        `It cannot be started while it is ${ServiceState[this.#state].toLowerCase()}; await stop() first.`,
      );
    }
    this.#state = ServiceState.Starting;
    this.#stopped = new Promise((resolve) => {
      this.#resolveStopped = resolve;
    });
  }

  /** The start has succeeded. */
  protected enterStarted(): void {
    this.#state = ServiceState.Started;
  }

  /** The end has begun by itself, not by `stop`. */
  protected enterStopping(): void {
    this.#state = ServiceState.Stopping;
  }

  /** Nothing runs any more: lets go of the engine and settles what `stop` and `wait` returned. */
  protected enterStopped(): void {
    this.#idleErrorCode = this.lastErrorCode;
    this.engine = undefined;
    this.#state = ServiceState.Stopped;
    this.#resolveStopped?.();
  }

  /** Takes over the engine of a component that starts. */
  protected adopt(engine: Engine): void {
    this.engine = engine;
    engine.lastErrorCode = ErrorCode.Ok;
    if (!this.#keepsProcess) engine.unref();
  }

  /** Notes a failure and makes the error to throw. */
  protected failure(error: SocketError, message: string, details?: HpSocketErrorDetails): HpSocketError {
    this.#lastError = error;
    return new HpSocketError(error, message, details);
  }

  /** Notes an error that was thrown elsewhere. */
  protected noteError(error: unknown): void {
    if (HpSocketError.isInstance(error)) this.#lastError = error.socketError;
  }

  /** For what nobody waits for: notes an HpSocketError, lets any other surface as uncaught. */
  protected noteOrReport(error: unknown): void {
    if (HpSocketError.isInstance(error)) this.noteError(error);
    else reportLater(error);
  }

  /** Whether it keeps the process alive while it runs, see `unref`. */
  protected get keepsProcess(): boolean {
    return this.#keepsProcess;
  }

  /** Does what `check` does, and notes the HpSocketError it throws. */
  protected noting<T>(check: () => T): T {
    try {
      return check();
    } catch (error) {
      this.noteError(error);
      throw error;
    }
  }

  /** Sets a setting; only while stopped. */
  protected setSetting(name: string, value: unknown): void {
    if (this.#state !== ServiceState.Stopped) {
      throw this.failure(SocketError.IllegalState, `${name} cannot be changed while the component runs.`);
    }
    this.noting(() => {
      this.settings.set(name, value);
    });
  }

  /**
   * Gives a class one property for each of `rules`. The class declares their types by merging with
   * the interface of its settings.
   */
  protected static defineSettings(prototype: Component, rules: SettingRules): void {
    for (const name of Object.keys(rules)) {
      Object.defineProperty(prototype, name, {
        configurable: true,
        enumerable: true,
        get(this: Component): unknown {
          return this.settings.get(name);
        },
        set(this: Component, value: unknown) {
          this.setSetting(name, value);
        },
      });
    }
  }
}
