// Reminders on their way into the ledger: which are new, which message each goes into, and the rows themselves.

import type { IsoDate } from '../domain/deadline.ts';
import { type Reminder, reminderKey, type Suppression } from '../domain/reminder.ts';
import type { Instant } from '../domain/time.ts';
import { recordset } from './json.ts';
import type { Days } from './placing.ts';
import type { Decided } from './planned.ts';
import type { Db } from './pool.ts';

export interface Wanted {
  readonly office: string;
  readonly due: IsoDate | null;
  readonly reminder: Reminder;
}

/**
 * Those that the ledger lacks. One that was void because its contact had changed, its address took nothing or it was not its turn counts
 * as lacking, and so does one that could not be delivered to another address than this.
 */
export async function newReminders(db: Db, decided: readonly Decided[]): Promise<readonly Wanted[]> {
  const all = decided.flatMap(({ assignment, plan }) => {
    const once = new Map(plan.reminders.map((reminder) => [reminderKey(reminder), reminder]));
    return [...once.values()].map((reminder) => ({ office: assignment.office, due: assignment.due, reminder }));
  });
  const keys = all.map(({ reminder: { assignment, sequence, stage, occurrence, contact, channel, address } }, n) => ({
    n,
    assignment,
    sequence,
    stage,
    occurrence,
    contact,
    channel,
    address,
  }));
  if (keys.length === 0) return [];
  const { rows } = await db.query<{ n: number }>(
    `SELECT k.n FROM json_to_recordset($1::json) AS k(n int, assignment bigint, sequence int, stage text, occurrence text, contact text, channel text,
            address text)
       JOIN cuiban.reminder r ON r.assignment_id = k.assignment AND r.sequence = k.sequence AND r.stage = k.stage
        AND r.occurrence = k.occurrence AND r.contact = k.contact AND r.channel = k.channel
      WHERE NOT (r.state = 'void' AND r.void_reason IN ('absent', 'rung-order', 'refused')
                 OR r.state = 'undeliverable' AND r.address <> k.address)`,
    [recordset(keys)],
  );
  const known = new Set(rows.map(({ n }) => n));
  return all.filter((_, n) => !known.has(n));
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

/** Returns how many were stored. */
export async function insertReminders(db: Db, reminders: readonly PlacedReminder[]): Promise<number> {
  if (reminders.length === 0) return 0;
  const rows = reminders.map(({ office, message, reminder }) => ({ ...reminder, office, message }));
  const { count } = await db.query(
    `INSERT INTO cuiban.reminder AS known
       (office_id, assignment_id, sequence, stage, occurrence, contact, channel, letter, rung, unit_id, post, copy, address, name, at, reason, instead_of, message_id)
     SELECT r.office, r.assignment, r.sequence, r.stage, r.occurrence, r.contact, r.channel, r.letter, r.rung, r.unit, r.post, r.copy,
            r.address, r.name, cuiban.instant(r.at), r.reason, r."insteadOf", r.message
       FROM json_to_recordset($1::json) AS r(office text, assignment bigint, sequence int, stage text, occurrence text, contact text,
            channel text, letter text, rung int, unit text, post text, copy boolean, address text, name text, at float8, reason text,
            "insteadOf" text, message uuid)
     ON CONFLICT (assignment_id, sequence, stage, occurrence, contact, channel) DO UPDATE
       SET state = 'planned', void_reason = NULL, message_id = excluded.message_id, address = excluded.address, name = excluded.name,
           post = excluded.post, copy = excluded.copy, unit_id = excluded.unit_id, reason = excluded.reason, instead_of = excluded.instead_of
     WHERE known.state = 'void' AND known.void_reason IN ('absent', 'rung-order', 'refused')
        OR known.state = 'undeliverable' AND known.address <> excluded.address`,
    [recordset(rows)],
  );
  return count;
}
