/**
 * Notices that the queue is stuck: jobs wait and none of ours begins, or the backend gives no answer, while a fresh connection would
 * do. BullMQ and its drivers have stayed deaf after failovers more than once (bullmq#2466, #3088, #4138, #4378, #4479).
 */
import type { Line } from './queue-line.ts';

export class Watch {
  private readonly stuckMs: number;
  private readonly waiting: () => Promise<Readonly<Record<string, number>>>;
  private answered = performance.now();
  private line: Line | undefined;
  private readonly wellAt = new Map<string, number>();

  /** @param waiting how many jobs of each kind wait; throws when the backend gives no answer */
  constructor(stuckMs: number, waiting: () => Promise<Readonly<Record<string, number>>>) {
    this.stuckMs = stuckMs;
    this.waiting = waiting;
  }

  /** What is stuck, in words for the log; nothing while all is well. */
  async look(line: Line): Promise<string | undefined> {
    const waiting = await this.waiting().catch(() => undefined);
    const now = performance.now();
    if (line !== this.line) {
      this.line = line;
      this.answered = now;
      this.wellAt.clear();
    }
    if (waiting === undefined) {
      return now - this.answered > this.stuckMs ? 'the backend has not answered' : undefined;
    }
    this.answered = now;
    for (const worker of line.workers) {
      const { name, busy, begun } = worker;
      // Whoever has no hand free need not take what waits.
      if (busy > 0 || (waiting[name] ?? 0) === 0) this.wellAt.set(name, now);
      else if (now - Math.max(begun, this.wellAt.get(name) ?? now) > this.stuckMs)
        return `jobs of "${name}" wait and none begins`;
      else if (!this.wellAt.has(name)) this.wellAt.set(name, now);
    }
    return undefined;
  }
}
