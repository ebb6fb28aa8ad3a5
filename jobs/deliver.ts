import { createHash } from 'node:crypto';

import { z } from 'zod';

import { acceptedOf } from '../src/domain/accepted.ts';
import type { ChannelName, Outcome } from '../src/domain/delivery.ts';
import { type ClaimedMessage, type Frozen, messageIdOf, type Settlement } from '../src/domain/message.ts';
import type { Office } from '../src/domain/office.ts';
import { settlementOf } from '../src/domain/retry.ts';
import { nextSendable, withinHours } from '../src/domain/time.ts';
import type { Context, Job } from './context.ts';
import { DELIVER, refill } from './hand-over.ts';
import { Settler } from './settler.ts';

/**
 * Nothing is begun later than this after its claim, its wait for a turn on the line included: what was completed since would be pressed for
 * all the same (delivery.md, invariant 8). What is left over is given back and claimed anew.
 */
const BEGIN_MS = 60_000;
/** The same as a part of the lease, where that is short. */
const LAST_SEND = 0.5;
/** Part of the lease after which a send under way is broken off, so that it ends while the claim is still ours. */
const LEASE_END = 0.9;
/** A message that cannot be rendered is tried so often, so far apart: a template or an office that is missing may be mended meanwhile. */
const RENDERINGS = 3;
const RENDER_AGAIN_MS = 10 * 60_000;
/** Messages of a chunk under way at once, so that one slow recipient holds up nobody. */
const LANES = 10;

/** Claims a chunk of messages, renders them, sends them with no transaction open, and settles what became of them. */
export const deliver: Job<{ ids: string[] }> = {
  name: DELIVER,
  payload: z.strictObject({ ids: z.array(z.string()).min(1).max(100) }),
  concurrency: 4,
  async run(context, { ids }, signal) {
    let rest: readonly string[] = ids;
    let channel: ChannelName | null = null;
    while (rest.length > 0) {
      const { begun, left, of } = await round(context, rest, signal);
      channel ??= of;
      // A line on which nothing moves is left to the next sweep.
      rest = begun === 0 || signal.aborted || context.stopping.aborted ? [] : left;
    }
    if (channel !== null && !signal.aborted && !context.stopping.aborted) await refill(context, channel);
  },
};

/** One claim and all that could be begun in time. `left` was not, and is owed as before; `of` is the chunk's channel if anything was claimed. */
async function round(
  context: Context,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly begun: number; readonly left: readonly string[]; readonly of: ChannelName | null }> {
  // What could not be written down when it is accepted would go out again after a crash.
  if (!(await context.journal.ready())) {
    context.log.error({ messages: ids.length }, 'the delivery journal cannot be written: nothing is claimed');
    return { begun: 0, left: ids, of: null };
  }
  const claimedAt = context.monotonic();
  const now = context.now();
  const claimed = await context.ledger.claim(ids, now, context.worker, context.leaseMs);
  const beginMs = Math.min(BEGIN_MS, context.leaseMs * LAST_SEND);
  const ends = AbortSignal.any([signal, context.timers.expiry(context.leaseMs * LEASE_END)]);
  const turn = AbortSignal.any([signal, context.stopping, context.timers.expiry(beginMs)]);
  const within = (ms: number): boolean => context.monotonic() - claimedAt < ms;
  const settler = new Settler(context, () => within(context.leaseMs));
  const prepared: Prepared[] = [];
  for (const message of claimed) {
    const body = compose(context, message, now);
    if ('frozen' in body) prepared.push({ message, ...body });
    else settler.add({ id: message.id, fence: message.fence, ...poisoned(context, message, body.error) });
  }
  const ours = await context.ledger.freeze(
    prepared.map(({ message, frozen }) => ({ id: message.id, fence: message.fence, frozen })),
  );
  const outcomes = new Map<Outcome['outcome'], number>();
  const waiting = prepared.filter(({ message }) => ours.has(message.id));
  const left: string[] = [];
  let away: Outcome | null = null;
  const giveBack = ({ message, office }: Prepared): void => {
    left.push(message.id);
    settler.add({ id: message.id, fence: message.fence, ...notBegun(context, message, office) });
  };
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { message, office } = next;
      const open = withinHours(office.hours, context.config().calendar, context.now());
      if (!within(beginMs) || turn.aborted || !open) {
        giveBack(next);
        continue;
      }
      // The relay is away: what it would say of the others is known, and asking may cost half a minute each.
      const outcome = away ?? (await hand(context, next, now, ends, turn));
      if (outcome.outcome === 'retryable' && (outcome.begun === false || signal.aborted)) {
        giveBack(next);
        continue;
      }
      outcomes.set(outcome.outcome, (outcomes.get(outcome.outcome) ?? 0) + 1);
      if (outcome.outcome === 'accepted') {
        const { providerIds } = outcome;
        const { revision } = next.frozen;
        await context.journal.accepted(acceptedOf(message, { revision, providerIds, at: context.now() }));
      } else if (outcome !== away) {
        context.log.warn({ ...outcome, id: message.id, channel: message.channel }, 'a message was not accepted');
      }
      if (outcome.outcome === 'retryable' && outcome.unreachable === true) away = outcome;
      settler.add({ id: message.id, fence: message.fence, ...judge(context, message, office, outcome) });
    }
  };
  // At once, though every lane may be with a server that says nothing.
  const giveAllBack = (): void => {
    for (const each of waiting.splice(0)) giveBack(each);
  };
  turn.addEventListener('abort', giveAllBack, { once: true });
  await Promise.all(Array.from({ length: LANES }, lane));
  await settler.done();
  if (outcomes.size > 0) context.log.info(Object.fromEntries(outcomes), 'handed over');
  return { begun: [...outcomes.values()].reduce((sum, count) => sum + count, 0), left, of: claimed[0]?.channel ?? null };
}

interface Prepared {
  readonly message: ClaimedMessage;
  readonly office: Office;
  readonly frozen: Frozen;
}

/**
 * The body to send. A message whose fate is unknown goes out again as it was, so that both copies are one mail;
 * anything else says what is true now, and a changed body gets a new Message-ID.
 */
function compose(
  context: Context,
  message: ClaimedMessage,
  now: number,
): { office: Office; frozen: Frozen } | { error: unknown } {
  const { offices, render } = context.config();
  const office = offices.get(message.office);
  if (office === undefined) return { error: new RangeError(`office ${message.office} is not configured`) };
  const items = digest(
    message.items.map(({ assignment, stage }) => `${assignment.id} ${assignment.sequence} ${stage}`).join('\n'),
  );
  const { frozen } = message;
  if (frozen !== null && message.previousStatus === 'unknown' && frozen.hash.startsWith(items)) return { office, frozen };
  try {
    const body = render(message, now);
    // The ledger cannot hold it, and would refuse the bodies of the whole chunk.
    if ([body.subject, body.text, body.html].some((part) => part.includes('\0')))
      throw new RangeError('the letter contains a NUL character');
    const hash = `${items}.${digest(body.subject, '\n', body.text, '\n', body.html)}`;
    if (frozen?.hash === hash) return { office, frozen };
    return { office, frozen: { ...body, hash, revision: frozen === null ? 0 : frozen.revision + 1 } };
  } catch (error) {
    return { error };
  }
}

function digest(...parts: readonly string[]): string {
  return parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');
}

/** Others go on; after the last try it is put to the coordinator. */
function poisoned(context: Context, message: ClaimedMessage, error: unknown): Omit<Settlement, 'id' | 'fence'> {
  context.log.error({ id: message.id, err: error }, 'a message could not be rendered');
  const { offices, calendar } = context.config();
  const later = context.now() + RENDER_AGAIN_MS;
  const hours = offices.get(message.office)?.hours;
  const again = message.attempts + 1 < RENDERINGS;
  return {
    status: !again ? 'permanent-failure' : message.previousStatus === 'unknown' ? 'unknown' : 'temporary-failure',
    providerIds: [],
    code: 'RENDER',
    detail: error instanceof Error ? error.message : String(error),
    retryAt: !again ? null : hours === undefined ? later : nextSendable(hours, calendar, later),
    attempted: true,
    channelDown: false,
  };
}

/** Owed as it was before the claim: of one whose body may be out nothing new is known. */
function notBegun(context: Context, { previousStatus }: ClaimedMessage, office: Office): Omit<Settlement, 'id' | 'fence'> {
  return {
    status: previousStatus === 'unknown' ? 'unknown' : 'temporary-failure',
    providerIds: [],
    code: 'NOT-BEGUN',
    detail: 'not begun in time, or the worker stopped',
    retryAt: nextSendable(office.hours, context.config().calendar, context.now()),
    attempted: false,
    channelDown: false,
  };
}

/** Not noted, so not sent: a lost outcome could not be told from one that never began. */
async function noteLeaving({ ledger, log }: Context, id: string): Promise<Outcome | null> {
  try {
    await ledger.handingOver([id]);
    return null;
  } catch (error) {
    log.warn({ id, err: error }, 'an SMS could not be noted as handed over');
    return { outcome: 'retryable', code: 'NOT-NOTED', message: 'the ledger did not take the note that it leaves' };
  }
}

async function hand(
  context: Context,
  { message, office, frozen }: Prepared,
  now: number,
  signal: AbortSignal,
  turn: AbortSignal,
): Promise<Outcome> {
  const { channels } = context;
  if (message.channel === 'sms') {
    if (channels.sms === null)
      return { outcome: 'permanent', about: 'recipient', code: 'NO-SMS', message: 'no SMS channel is set up' };
    const text = { deliveryId: message.id, to: message.address, text: frozen.text };
    return channels.sms.send(text, signal, turn, () => noteLeaving(context, message.id));
  }
  const domain = office.from.address.slice(office.from.address.lastIndexOf('@') + 1);
  return channels.email.send(
    {
      messageId: messageIdOf(message.id, frozen.revision, domain),
      from: office.from,
      replyTo: office.replyTo,
      to: { name: message.to.name, address: message.address },
      subject: frozen.subject,
      text: frozen.text,
      html: frozen.html,
      date: new Date(now),
    },
    signal,
    turn,
  );
}

function judge(context: Context, message: ClaimedMessage, office: Office, outcome: Outcome): Omit<Settlement, 'id' | 'fence'> {
  return settlementOf(outcome, {
    channel: message.channel,
    attempts: message.attempts + 1,
    wasUnknown: message.previousStatus === 'unknown',
    now: context.now(),
    hours: office.hours,
    calendar: context.config().calendar,
  });
}
