// Where the mails go: postfix's smtp-sink where it can be had (it costs next to nothing), else a Node server of the same
// kind. Either counts what it accepted, apart from whoever sent it.

import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import { wall } from './child.ts';
import type { Cleanup } from './cleanup.ts';
import { debianProgram } from './debian.ts';
import { freePort, startChild, startProgram } from './processes.ts';

export interface Sink {
  readonly port: number;
  /** The one clock (`wall`) at which the count reached `mails`. @throws Error when nothing comes for `silenceMs`. */
  reached(mails: number, silenceMs?: number): Promise<number>;
  /** Mails accepted so far. */
  count(): number;
  /** When (`wall`) the count had reached so many; what came since the last look came then at the latest. */
  at(mails: number): number;
  stop(): Promise<void>;
}

export interface SinkKind {
  readonly name: string;
  start(cleanup: Cleanup): Promise<Sink>;
}

/** smtp-sink, or the Node server and why. */
export async function chooseSink(say: (line: string) => void): Promise<SinkKind> {
  const found = await debianProgram('smtp-sink', 'postfix', say);
  if ('missing' in found) {
    say(`收信端改用 Node 写的：${found.missing}`);
    return NODE_SINK;
  }
  return { name: 'postfix smtp-sink', start: (cleanup) => startSmtpSink(found.program, cleanup) };
}

export const NODE_SINK: SinkKind = { name: 'smtp-server（Node）', start: startNodeSink };

async function startSmtpSink(program: string, cleanup: Cleanup): Promise<Sink> {
  const port = await freePort();
  // Counters are printed whenever a session ends, a QUIT or a final dot comes: "sess=1 quit=0 mesg=17\r".
  const privileges = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const sink = startProgram(program, [...privileges, '-c', '-m', '1000', `127.0.0.1:${port}`, '1000'], cleanup);
  const counter = new Counter();
  let last = '';
  sink.process.stdout?.setEncoding('latin1').on('data', (text: string) => {
    last += text;
    for (const found of last.matchAll(/mesg=(\d+)\s*[\r\n]/gu)) counter.set(Number(found[1]));
    last = last.slice(last.lastIndexOf('\r') + 1);
  });
  let words = '';
  sink.process.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()));
  sink.process.once('exit', () => counter.fail(new Error(`smtp-sink ended: ${words}`)));
  await listening(port, () => sink.process.exitCode !== null);
  return { port, ...counter.view(), stop: sink.stop };
}

async function startNodeSink(cleanup: Cleanup): Promise<Sink> {
  const child = startChild(new URL('node-sink.ts', import.meta.url), cleanup);
  const { port } = await child.ask<{ port: number }>({ kind: 'listen' });
  const counter = new Counter();
  let stopped = false;
  const polling = (async () => {
    while (!stopped) {
      const { count, at } = await child.ask<{ count: number; at: number }>({ kind: 'count' });
      counter.set(count, at);
      await wait(5);
    }
  })().catch((error: unknown) => counter.fail(error));
  return {
    port,
    ...counter.view(),
    stop: async () => {
      stopped = true;
      await polling;
      await child.stop();
    },
  };
}

class Counter {
  #count = 0;
  /** Since when the count is what it is. */
  readonly #steps: { readonly count: number; readonly at: number }[] = [];
  #last = wall();
  #waiting: { readonly mails: number; readonly resolve: () => void; readonly reject: (error: unknown) => void } | null = null;

  set(count: number, at = wall()): void {
    if (count <= this.#count) return;
    this.#count = count;
    this.#last = at;
    this.#steps.push({ count, at });
    if (this.#waiting !== null && count >= this.#waiting.mails) this.#waiting.resolve();
  }

  fail(error: unknown): void {
    this.#waiting?.reject(error);
  }

  view(): Pick<Sink, 'reached' | 'count' | 'at'> {
    return {
      reached: (mails, silenceMs) => this.#reached(mails, silenceMs),
      count: () => this.#count,
      at: (mails) => this.#at(mails),
    };
  }

  #at(mails: number): number {
    const step = this.#steps.find(({ count }) => count >= mails);
    if (step === undefined) throw new RangeError(`only ${this.#count} of ${mails} mails came`);
    return step.at;
  }

  async #reached(mails: number, silenceMs = 60_000): Promise<number> {
    if (this.#count >= mails) return this.#at(mails);
    this.#last = wall();
    let watch: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting = { mails, resolve, reject };
        watch = setInterval(() => {
          if (wall() - this.#last > silenceMs)
            reject(new Error(`${silenceMs / 1_000} 秒没有新邮件，只到了 ${this.#count}/${mails}`));
        }, 1_000);
      });
      return this.#at(mails);
    } finally {
      clearInterval(watch);
      this.#waiting = null;
    }
  }
}

async function listening(port: number, gone: () => boolean): Promise<void> {
  for (let left = 200; left > 0 && !gone(); left -= 1) {
    const socket = connect(port, '127.0.0.1');
    const there = await Promise.race([once(socket, 'data').then(() => true), once(socket, 'error').then(() => false)]).catch(
      () => false,
    );
    socket.destroy();
    if (there) return;
    await wait(20);
  }
  throw new Error('the sink does not answer');
}
