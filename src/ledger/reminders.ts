// Reminders on their way into the ledger: which are new, which message each goes into, and the rows themselves.

import type { IsoDate } from '../domain/deadline.ts';
import { type Reminder, reminderKey, type Suppression } from '../domain/reminder.ts';
import type { Instant } from '../domain/time.ts';
import { Columns } from './columns.ts';
import type { Days } from './placing.ts';
import type { Decided } from './planned.ts';
import type { Db } from './pool.ts';

export interface Wanted {
  readonly office: string;
  readonly due: IsoDate | null;
  readonly reminder: Reminder;
}

const keys = new Columns<Wanted>({
  assignment: ['bigint', ({ reminder }) => reminder.assignment],
  sequence: ['int', ({ reminder }) => reminder.sequence],
  stage: ['text', ({ reminder }) => reminder.stage],
  occurrence: ['text', ({ reminder }) => reminder.occurrence],
  contact: ['text', ({ reminder }) => reminder.contact],
  channel: ['text', ({ reminder }) => reminder.channel],
  address: ['text', ({ reminder }) => reminder.address],
});

// LIMIT: each by its key. A join would be planned for many keys and few reminders, and read all of these.
const knownStatement = {
  name: 'cuiban known reminders',
  text: `SELECT k.n::int AS n FROM ${keys.as('k')} CROSS JOIN LATERAL (
     SELECT FROM cuiban.reminder r
      WHERE r.assignment_id = k.assignment AND r.sequence = k.sequence AND r.stage = k.stage AND r.occurrence = k.occurrence
        AND r.contact = k.contact AND r.channel = k.channel
        AND NOT (r.state = 'void' AND r.void_reason IN ('absent', 'rung-order', 'refused')
                 OR r.state = 'undeliverable' AND r.address <> k.address)
      LIMIT 1) AS known`,
};

/**
 * Those that the ledger lacks. One that was void because its contact had changed, its address took nothing or it was not its turn counts
 * as lacking, and so does one that could not be delivered to another address than this.
 */
export async function newReminders(db: Db, decided: readonly Decided[]): Promise<readonly Wanted[]> {
  const all: Wanted[] = [];
  for (const { assignment, plan } of decided) {
    for (const reminder of once(plan.reminders)) all.push({ office: assignment.office, due: assignment.due, reminder });
  }
  if (all.length === 0) return all;
  const { rows } = await db.prepared<{ n: number }>(knownStatement, keys.values(all));
  if (rows.length === 0) return all;
  const known = new Set(rows.map(({ n }) => n));
  return all.filter((_, index) => !known.has(index + 1));
}

function once(reminders: readonly Reminder[]): Iterable<Reminder> {
  if (reminders.length < 2) return reminders;
  return new Map(reminders.map((reminder) => [reminderKey(reminder), reminder])).values();
}

export interface PlacedReminder extends Wanted {
  readonly message: string;
}

export interface AllPlaced {
  readonly reminders: readonly PlacedReminder[];
  readonly holds: readonly (Suppression & { readonly office: string })[];
  /** Messages that may now mention an assignment twice. */
  readonly crowded: readonly string[];
  /** Assignments for which a reminder could not be placed: none of theirs is. */
  readonly failed: ReadonlyMap<string, unknown>;
}

export function placeAll(days: Days, wanted: readonly Wanted[], now: Instant): AllPlaced {
  const failed = new Map<string, unknown>();
  const placed = wanted.flatMap(({ office, due, reminder }) => {
    if (failed.has(reminder.assignment)) return [];
    const { channel, address, unit, post, name } = reminder;
    try {
      return [
        { office, due, reminder, ...days.place({ office, channel, address, unit, post, name }, Math.max(reminder.at, now)) },
      ];
    } catch (error) {
      failed.set(reminder.assignment, error);
      return [];
    }
  });
  const kept = placed.filter(({ reminder }) => !failed.has(reminder.assignment));
  const holds = kept.flatMap(({ office, reminder, placement }) => {
    const { assignment, sequence, stage, occurrence, contact, channel, at } = reminder;
    return placement.holds.map((hold) => ({ office, assignment, sequence, stage, occurrence, contact, channel, at, ...hold }));
  });
  const mentioned = new Set<string>();
  const crowded = new Set<string>();
  for (const { message, existing, reminder, due, placement } of kept) {
    days.use(message, reminder.rung > 0 || due === placement.day);
    const mention = `${message}|${reminder.assignment}`;
    if (existing || mentioned.has(mention)) crowded.add(message);
    mentioned.add(mention);
  }
  return { reminders: kept, holds, crowded: [...crowded], failed };
}

const columns = new Columns<PlacedReminder>({
  office: ['text', ({ office }) => office],
  assignment: ['bigint', ({ reminder }) => reminder.assignment],
  sequence: ['int', ({ reminder }) => reminder.sequence],
  stage: ['text', ({ reminder }) => reminder.stage],
  occurrence: ['text', ({ reminder }) => reminder.occurrence],
  contact: ['text', ({ reminder }) => reminder.contact],
  channel: ['text', ({ reminder }) => reminder.channel],
  letter: ['text', ({ reminder }) => reminder.letter],
  rung: ['int', ({ reminder }) => reminder.rung],
  unit: ['text', ({ reminder }) => reminder.unit],
  post: ['text', ({ reminder }) => reminder.post],
  copy: ['boolean', ({ reminder }) => reminder.copy],
  address: ['text', ({ reminder }) => reminder.address],
  name: ['text', ({ reminder }) => reminder.name],
  at: ['float8', ({ reminder }) => reminder.at],
  reason: ['text', ({ reminder }) => reminder.reason],
  instead_of: ['text', ({ reminder }) => reminder.insteadOf ?? null],
  message: ['uuid', ({ message }) => message],
});

const insertStatement = {
  name: 'cuiban insert reminders',
  text: `INSERT INTO cuiban.reminder AS known
       (office_id, assignment_id, sequence, stage, occurrence, contact, channel, letter, rung, unit_id, post, copy, address, name, at, reason, instead_of, message_id)
     SELECT r.office, r.assignment, r.sequence, r.stage, r.occurrence, r.contact, r.channel, r.letter, r.rung, r.unit, r.post, r.copy,
            r.address, r.name, cuiban.instant(r.at), r.reason, r.instead_of, r.message
       FROM ${columns.as('r')}
     ON CONFLICT (assignment_id, sequence, stage, occurrence, contact, channel) DO UPDATE
       SET state = 'planned', void_reason = NULL, message_id = excluded.message_id, address = excluded.address, name = excluded.name,
           post = excluded.post, copy = excluded.copy, unit_id = excluded.unit_id, reason = excluded.reason, instead_of = excluded.instead_of
     WHERE known.state = 'void' AND known.void_reason IN ('absent', 'rung-order', 'refused')
        OR known.state = 'undeliverable' AND known.address <> excluded.address`,
};

/** Returns how many were stored. */
export async function insertReminders(db: Db, reminders: readonly PlacedReminder[]): Promise<number> {
  if (reminders.length === 0) return 0;
  const { count } = await db.prepared(insertStatement, columns.values(reminders));
  return count;
}
