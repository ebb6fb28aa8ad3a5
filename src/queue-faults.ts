// How the queue complains about its server: in few words, however many connections it has.

import type { QueueLog } from './queue-worker.ts';

const QUIET_MS = 30_000;

/** While a server is away every connection complains several times a second; each complaint is told once, then counted. */
export class FaultLog {
  private readonly told = new Map<string, { again: number; readonly timer: NodeJS.Timeout }>();
  private readonly log: QueueLog;
  private closed = false;

  constructor(log: QueueLog) {
    this.log = log;
  }

  report(error: unknown, queue?: string): void {
    if (this.closed) return; // what is cut at the close complains once more
    const complaint = reason(error);
    const known = this.told.get(complaint);
    if (known) {
      known.again += 1;
      return;
    }
    this.log.error({ queue, err: error }, `queue: ${complaint}`);
    const quiet = setTimeout(() => this.recount(complaint), QUIET_MS);
    this.told.set(complaint, { again: 0, timer: quiet.unref() });
  }

  close(): void {
    this.closed = true;
    for (const [complaint, { timer: quiet }] of this.told) {
      clearTimeout(quiet);
      this.recount(complaint);
    }
  }

  private recount(complaint: string): void {
    const again = this.told.get(complaint)?.again ?? 0;
    this.told.delete(complaint);
    if (again > 0) this.log.error({ again }, `queue: ${complaint} (and ${again} times more)`);
  }
}

/** A refused connection to a name with two addresses arrives as an AggregateError without a message. */
export function reason(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(reason).join('; ');
  // A cluster of which no node can be used says why of the last one only in passing.
  if (error instanceof Error && 'lastNodeError' in error && error.lastNodeError instanceof Error)
    return `${error.message} ${error.lastNodeError.message}`;
  return error instanceof Error ? error.message : String(error);
}
