// The worker of the demo is a process of its own, so that it can be killed like any other. This file starts it, hands it the
// time, notices its death and starts the next one.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { Instant } from '../domain/time.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Settings } from '../settings.ts';

export interface Orders {
  readonly settings: Settings;
  readonly databaseUrl: string;
  readonly now: Instant;
}

export type ToWorker =
  | { readonly kind: 'begin'; readonly orders: Orders }
  | { readonly kind: 'tick'; readonly now: Instant }
  | { readonly kind: 'stop' };
export type FromWorker =
  | { readonly kind: 'ready'; readonly worker: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly message: string };

export interface CrewOptions {
  readonly orders: Omit<Orders, 'now'>;
  readonly ledger: Ledger;
  readonly onDeath: (pid: number, signal: string | null) => void;
  readonly onStart: (pid: number) => void;
}

/** Thrown to whoever waits for a worker that died. */
class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

export class Crew {
  readonly #options: CrewOptions;
  #child: ChildProcess | null = null;
  #worker = '';
  #stopping = false;

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  /**
   * Everything owed up to `now` is tried; a worker killed meanwhile is replaced and the next one goes on.
   * @throws Error with the worker's words when it refuses to go on.
   */
  async tick(now: Instant): Promise<void> {
    for (;;) {
      try {
        const child = this.#child ?? (await this.#start(now));
        await ask(child, { kind: 'tick', now });
        return;
      } catch (error) {
        if (!(error instanceof WorkerDied) || this.#stopping) throw error;
        await this.#bury(now);
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child === null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (child.connected) child.send({ kind: 'stop' } satisfies ToWorker);
    await gone;
  }

  async #start(now: Instant): Promise<ChildProcess> {
    const program = fileURLToPath(new URL('../child.mjs', import.meta.url));
    const child = fork(program, ['src/demo/worker.ts'], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.once('exit', (_code, signal) => {
      if (this.#child === child) this.#child = null;
      if (!this.#stopping) this.#options.onDeath(child.pid ?? 0, signal);
    });
    const answer = await ask(child, { kind: 'begin', orders: { ...this.#options.orders, now } });
    if (answer.kind === 'ready') this.#worker = answer.worker;
    this.#options.onStart(child.pid ?? 0);
    return child;
  }

  /** The dead worker's claims are given back at once: nobody else can know that it is dead and not merely slow. */
  async #bury(now: Instant): Promise<void> {
    await this.#options.ledger.releaseWorker(this.#worker, now);
    await this.#options.ledger.reconcile(now, 0);
  }
}

function ask(child: ChildProcess, question: ToWorker): Promise<FromWorker> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      child.off('message', onMessage);
      child.off('exit', onExit);
    };
    const onMessage = (answer: FromWorker): void => {
      settle();
      if (answer.kind === 'failed') reject(new Error(answer.message));
      else resolve(answer);
    };
    const onExit = (): void => {
      settle();
      reject(new WorkerDied('the worker ended'));
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
    if (child.exitCode !== null || child.signalCode !== null) onExit();
    else child.send(question, (error) => (error === null ? undefined : onExit()));
  });
}
