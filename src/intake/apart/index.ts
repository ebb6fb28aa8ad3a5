// Reads documents of strangers in a process of its own, which may take so long and so much memory and no more. Whatever a file does
// to it (hang, crash, exhaust the heap), the caller gets an error in words and the next file a fresh process.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { Result } from '../../domain/result.ts';
import type { SourceError } from '../../yaml.ts';
import { fileError, type InputFile } from '../document.ts';
import type { NoticeOptions } from '../clauses/read-notice.ts';
import type { Reading } from '../reading.ts';

export interface Limits {
  /** For one file, from the moment it is handed over. */
  readonly timeMs: number;
  /** Of the process and whatever it starts (LibreOffice). */
  readonly memoryMb: number;
}

const LIMITS: Limits = { timeMs: 60_000, memoryMb: 1_000 };

export interface Reader {
  /** One after the other, in the order of the calls. Never rejects. */
  read(input: InputFile, options: NoticeOptions): Promise<Result<Reading, SourceError>>;
  /** Ends the process; what is under way ends with an error. */
  close(): void;
}

export type Request = NoticeOptions & { readonly input: InputFile };
export type Reply =
  | { readonly kind: 'ready' }
  /** `spent`: it has grown so much that the next file deserves another process. */
  | { readonly kind: 'read'; readonly result: Result<Reading, SourceError>; readonly spent: boolean };

/** Reads one file. */
export async function readApart(
  input: InputFile,
  options: NoticeOptions,
  limits: Limits = LIMITS,
): Promise<Result<Reading, SourceError>> {
  const reader = openReader(limits);
  try {
    return await reader.read(input, options);
  } finally {
    reader.close();
  }
}

/** Reads one file after the other; the process starts at once. `close` it: until then the caller's process stays alive. */
export function openReader(limits: Limits = LIMITS): Reader {
  let child = new Apart(limits);
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();
  const read = async (request: Request): Promise<Result<Reading, SourceError>> => {
    for (;;) {
      if (closed) return fileError(request.input.file, ENDINGS.closed(limits));
      if (child.ending !== null) child = new Apart(limits);
      const { worn } = child;
      const outcome = await child.read(request);
      if (typeof outcome !== 'string') return outcome;
      // It may have died of what an earlier file left behind: only a fresh one tells.
      if (outcome === 'time' || !worn || closed)
        return fileError(request.input.file, ENDINGS[closed ? 'closed' : outcome](limits));
    }
  };
  return {
    read(input, options) {
      const reading = last.then(() => read({ input, ...options }));
      last = reading;
      return reading;
    },
    close() {
      closed = true;
      child.end();
    },
  };
}

type Ending = 'start' | 'time' | 'memory' | 'crash' | 'closed';

const ENDINGS: Readonly<Record<Ending, (limits: Limits) => string>> = {
  start: () => '读取程序没能启动，与这个文件无关；请再试一次，仍不行请检查程序是否完整',
  time: ({ timeMs }) => `这个文件读了 ${timeMs / 1_000} 秒还没有读完，已停止；请拆成几个小文件，或另存为 docx、txt 再导入`,
  memory: ({ memoryMb }) => `这个文件读不下去：占用内存超过 ${memoryMb} MB，已停止；请拆成几个小文件，或另存为 docx、txt 再导入`,
  crash: () => '这个文件读不下去：读取程序意外停止；请另存为 docx、xlsx 或 txt 再导入',
  closed: () => '已停止，这个文件没有读完',
};

const PROGRAM = fileURLToPath(new URL('../../child.mjs', import.meta.url));
/** Of the limit: the rest is for what stands outside V8's heap. */
const HEAP_SHARE = 0.7;
/** Loading our own code has nothing to do with the file; a machine may be busy. */
const START_MS = 60_000;
/** To end in order before it is killed. */
const GRACE_MS = 300;

/** One process, from its start to its end. */
class Apart {
  /** Why it ended; null while it lives. */
  ending: Ending | null = null;
  /** It has read something already. */
  worn = false;
  readonly #child: ChildProcess;
  readonly #limits: Limits;
  readonly #ready: Promise<Reply | Ending>;
  #settle: ((outcome: Reply | Ending) => void) | null = null;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#child = fork(PROGRAM, ['src/intake/apart/child.ts', String(limits.memoryMb)], {
      execArgv: [`--max-old-space-size=${Math.ceil(limits.memoryMb * HEAP_SHARE)}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // A ctrl-C is for the command; what becomes of its reader is told by the end of the connection.
      detached: true,
    });
    this.#child.on('message', (reply: Reply) => this.#settle?.(reply));
    this.#child.on('exit', (code, signal) => this.#end(wasMemory(code, signal) ? 'memory' : 'crash'));
    // It could not be started, or nothing can be sent to it any more.
    this.#child.on('error', () => this.#end('crash'));
    this.#ready = this.#answer(START_MS);
  }

  async read(request: Request): Promise<Result<Reading, SourceError> | Ending> {
    const started = await this.#ready;
    if (typeof started === 'string') return started === 'closed' || started === 'memory' ? started : 'start';
    if (this.ending !== null) return this.ending;
    const answer = this.#answer(this.#limits.timeMs);
    // A failure to send comes with the end of the process.
    this.#child.send(request, () => undefined);
    const reply = await answer;
    this.worn = true;
    if (typeof reply === 'string') return reply;
    if (reply.kind !== 'read') return 'crash';
    if (reply.spent) this.#end('closed');
    return reply.result;
  }

  end(): void {
    this.#end('closed');
  }

  #answer(withinMs: number): Promise<Reply | Ending> {
    return new Promise((resolve) => {
      const alarm = setTimeout(() => this.#end('time'), withinMs);
      this.#settle = (outcome) => {
        clearTimeout(alarm);
        this.#settle = null;
        resolve(outcome);
      };
    });
  }

  #end(ending: Ending): void {
    if (this.ending !== null) return;
    this.ending = ending;
    // Left alone it ends by itself and stops its converter, if it still can.
    if (this.#child.connected) this.#child.disconnect();
    setTimeout(() => killGroup(this.#child), GRACE_MS).unref();
    this.#settle?.(ending);
  }
}

/** Its own watch or the kernel killed it, or V8 gave up. */
function wasMemory(code: number | null, signal: NodeJS.Signals | null): boolean {
  return signal === 'SIGKILL' || signal === 'SIGABRT' || signal === 'SIGTRAP' || code === 134;
}

function killGroup(leader: ChildProcess): void {
  if (leader.pid === undefined || leader.exitCode !== null || leader.signalCode !== null) return;
  try {
    process.kill(-leader.pid, 'SIGKILL');
  } catch {
    // A system without process groups.
    leader.kill('SIGKILL');
  }
}
