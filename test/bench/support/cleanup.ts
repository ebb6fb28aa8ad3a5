// What a benchmark starts it also ends: in the reverse order, once, also after Ctrl-C or a failure.

export type Undo = () => Promise<void> | void;

export class Cleanup {
  readonly #undos: Undo[] = [];
  #ended: Promise<void> | null = null;

  /** Called at the end, the last added first. Returns a function that does it now and not again. */
  add(undo: Undo): Undo {
    let done: Promise<void> | null = null;
    const once = (): Promise<void> => (done ??= Promise.resolve(undo()));
    this.#undos.push(once);
    return once;
  }

  /** One that cannot be undone keeps none of the others from it. */
  end(): Promise<void> {
    this.#ended ??= (async () => {
      for (let undo = this.#undos.pop(); undo !== undefined; undo = this.#undos.pop()) {
        try {
          await undo();
        } catch (error) {
          console.warn(error);
        }
      }
    })();
    return this.#ended;
  }
}

/** Runs `work`, and cleans up after it; a first Ctrl-C cleans up too, a second one ends the process at once. */
export async function cleanly<T>(work: (cleanup: Cleanup) => Promise<T>): Promise<T> {
  const cleanup = new Cleanup();
  let told = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (told) process.exit(130);
    told = true;
    console.warn(`\n${signal}：正在停下各进程……`);
    void cleanup.end().then(() => process.exit(130));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(cleanup);
  } finally {
    // What fails because everything is being stopped is no news.
    if (told) await new Promise(() => undefined);
    await cleanup.end();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
