// From the ledger to the queue: what is due goes there in chunks, in the order the ledger says, as fast as workers drain it.

import type { ChannelName } from '../src/domain/delivery.ts';
import type { HandedOver } from '../src/ledger/ledger.ts';
import type { Context } from './context.ts';

/** Of the job that carries a chunk. */
export const DELIVER = 'deliver';
/** Messages handed over in one transaction. */
const AT_ONCE = 4_000;

/** All that is due and finds room. */
export async function handOver(context: Context, now: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { messages } = await context.ledger.dispatch(now, AT_ONCE);
    if (messages.length === 0) return;
    await enqueue(context, messages);
    if (signal.aborted) return;
  }
}

/** The next of what is due, if little is left in the queue: for whoever has just finished a chunk, so that nobody waits for the minute. */
export async function refill(context: Context, channel: ChannelName): Promise<void> {
  try {
    const { messages } = await context.ledger.refill(channel, context.now(), AT_ONCE);
    await enqueue(context, messages);
  } catch (error) {
    // The chunk itself is done; running its job again would not help.
    context.log.warn({ err: error }, 'the queue could not be refilled; the next chunk or sweep tries again');
  }
}

/** Gives the queue once more what it was given before: chunks it still has stay single, those it lost are there again. */
export async function handOverAgain(context: Context, beforeMs: number): Promise<number> {
  const messages = await context.ledger.handedOver(beforeMs);
  await enqueue(context, messages);
  return messages.length;
}

async function enqueue(context: Context, messages: readonly HandedOver[]): Promise<void> {
  if (messages.length === 0) return;
  const chunks = new Map<string, { payload: { ids: string[] }; priority: number; jobId: string }>();
  for (const { id, chunk, priority } of messages) {
    const known = chunks.get(chunk);
    if (known === undefined) chunks.set(chunk, { payload: { ids: [id] }, priority, jobId: chunk });
    else known.payload.ids.push(id);
  }
  await context.enqueue(DELIVER, [...chunks.values()]);
}
