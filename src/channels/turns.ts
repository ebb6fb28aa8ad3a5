// A few things used by one caller at a time: connections of a pool, places in a window. Callers that share a signal belong together: whose
// signal came first is served first, so that groups end one after the other rather than all at once.

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
  const waiting: { readonly rank: number; readonly serve: (thing: Thing) => void }[] = [];
  const ranks = new WeakMap<AbortSignal, number>();
  let groups = 0;
  const idle: (() => void)[] = [];

  return {
    take: async (signal) => {
      if (signal.aborted) return null;
      const first = free.shift();
      if (first !== undefined) return first;
      return new Promise((resolve) => {
        const rank = ranks.get(signal) ?? groups;
        if (rank === groups) ranks.set(signal, groups++);
        const waiter = {
          rank,
          serve: (thing: Thing): void => {
            signal.removeEventListener('abort', leave);
            resolve(thing);
          },
        };
        const leave = (): void => {
          waiting.splice(waiting.indexOf(waiter), 1);
          resolve(null);
        };
        const after = waiting.findLastIndex((other) => other.rank <= rank);
        waiting.splice(after + 1, 0, waiter);
        signal.addEventListener('abort', leave, { once: true });
      });
    },
    giveBack: (thing) => {
      const next = waiting.shift();
      if (next !== undefined) return next.serve(thing);
      free.push(thing);
      if (free.length === things.length) for (const done of idle.splice(0)) done();
    },
    allBack: async () => {
      if (free.length < things.length) await new Promise<void>((resolve) => idle.push(resolve));
    },
  };
}
