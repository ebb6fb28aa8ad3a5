// The delivery journal of this process, and the look each minute at those of its neighbours on this host.

import { replay } from '../jobs/replay.ts';
import type { Context } from '../jobs/context.ts';
import { wallClock } from './app-clock.ts';
import { FileJournal } from './journal.ts';
import type { Logger } from './log.ts';

const MINUTE = 60_000;

export function openJournal(folder: string, worker: string, log: Logger): FileJournal {
  return new FileJournal({ folder, worker, wall: () => wallClock.now(), log });
}

/** Replays before anything is claimed, then each minute: a lease of a killed neighbour has not run out by then. */
export async function keepJournal(journal: FileJournal, context: Context): Promise<{ close(): Promise<void> }> {
  await replay(context);
  const timer = setInterval(() => {
    const look = async (): Promise<void> => {
      await replay(context);
      await journal.tidy();
    };
    look().catch((error: unknown) => context.log.warn({ err: error }, 'the delivery journal could not be looked after'));
  }, MINUTE);
  return {
    close: async () => {
      clearInterval(timer);
      await journal.close();
    },
  };
}
