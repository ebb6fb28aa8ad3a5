// A few things used by one caller at a time: connections of a pool, places in a window. First come, first served.

export interface Turns<Thing> {
  /** Waits for a free one; null when `signal` aborts first. */
  take(signal: AbortSignal): Promise<Thing | null>;
  giveBack(thing: Thing): void;
  /** Resolves when none is out and nobody waits. */
  allBack(): Promise<void>;
}

/** Shares `things` out. */
export function openTurns<Thing>(things: readonly Thing[]): Turns<Thing> {
  const free = [...things];
  const waiting: ((thing: Thing) => void)[] = [];
  const idle: (() => void)[] = [];

  return {
    take: async (signal) => {
      if (signal.aborted) return null;
      const first = free.shift();
      if (first !== undefined) return first;
      return new Promise((resolve) => {
        const served = (thing: Thing): void => {
          signal.removeEventListener('abort', leave);
          resolve(thing);
        };
        const leave = (): void => {
          waiting.splice(waiting.indexOf(served), 1);
          resolve(null);
        };
        waiting.push(served);
        signal.addEventListener('abort', leave, { once: true });
      });
    },
    giveBack: (thing) => {
      const next = waiting.shift();
      if (next !== undefined) return next(thing);
      free.push(thing);
      if (free.length === things.length) for (const done of idle.splice(0)) done();
    },
    allBack: async () => {
      if (free.length < things.length) await new Promise<void>((resolve) => idle.push(resolve));
    },
  };
}
