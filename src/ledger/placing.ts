// Gives reminders their places in messages: locks each recipient's days, asks domain/placement, writes what it says.
// Lock order everywhere: own assignments or messages, then recipients in key order; messages reached through a
// recipient are only ever locked if they are free, so nobody waits in a circle.

import type { Calendar } from '../domain/calendar.ts';
import type { IsoDate } from '../domain/deadline.ts';
import type { ChannelName } from '../domain/delivery.ts';
import type { Office } from '../domain/office.ts';
import { type Intention, intend, merge, type MergeCandidate, type Placement, placeFrom } from '../domain/placement.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import { Columns } from './columns.ts';
import { recordset } from './json.ts';
import type { Db } from './pool.ts';
import { required } from './rows.ts';

export interface PlacingRules {
  readonly offices: ReadonlyMap<string, Office>;
  readonly calendar: Calendar;
  readonly newId: () => string;
}

export interface Addressee {
  readonly office: string;
  readonly channel: ChannelName;
  readonly address: string;
}

/** Who a new message is addressed to: the holder of the first reminder in it. */
export interface Recipient extends Addressee {
  readonly unit: string;
  readonly post: string;
  readonly name: string;
}

interface Slot {
  readonly id: string;
  readonly slot: number;
  readonly open: boolean;
}

interface NewMessage {
  readonly id: string;
  readonly to: Recipient;
  readonly day: IsoDate;
  readonly slot: number;
  owedAt: Instant;
}

interface AddresseeToday extends Addressee {
  readonly day: IsoDate;
}

const addressees = new Columns<AddresseeToday>({
  office: ['text', ({ office }) => office],
  channel: ['text', ({ channel }) => channel],
  address: ['text', ({ address }) => address],
  day: ['date', ({ day }) => day],
});

// The update that never happens locks rows that are there without writing them.
const lockStatement = {
  name: 'cuiban lock recipients',
  text: `INSERT INTO cuiban.recipient AS known (office_id, channel, address)
       SELECT k.office, k.channel, k.address FROM ${addressees.as('k')} WHERE k.day IS NOT NULL ORDER BY k.n
       ON CONFLICT (office_id, channel, address) DO UPDATE SET address = excluded.address WHERE false`,
};

interface MessageOfDay extends Addressee {
  readonly id: string;
  readonly day: IsoDate;
  readonly slot: number;
  readonly open: boolean;
}

// OFFSET: each by its place in the index. A join would be planned for many recipients and few messages, and read all of these.
const messagesStatement = {
  name: 'cuiban messages of recipients',
  text: `SELECT m.* FROM ${addressees.as('k')} CROSS JOIN LATERAL (
         SELECT m.id, m.office_id AS office, m.channel, m.address, m.day, m.slot,
                m.status IN ('created', 'temporary-failure') AND m.queued_at IS NULL AS open
           FROM cuiban.message m
          WHERE m.office_id = k.office AND m.channel = k.channel AND m.address = k.address AND m.day >= k.day AND m.status <> 'cancelled'
            AND m.kind = 'reminders'
         OFFSET 0) AS m
        ORDER BY m.day, m.slot`,
};

interface Opened {
  readonly message: NewMessage;
  readonly urgent: boolean;
}

const fresh = new Columns<Opened>({
  id: ['uuid', ({ message }) => message.id],
  office: ['text', ({ message }) => message.to.office],
  channel: ['text', ({ message }) => message.to.channel],
  address: ['text', ({ message }) => message.to.address],
  unit: ['text', ({ message }) => message.to.unit],
  post: ['text', ({ message }) => message.to.post],
  name: ['text', ({ message }) => message.to.name],
  day: ['date', ({ message }) => message.day],
  slot: ['int', ({ message }) => message.slot],
  urgent: ['boolean', ({ urgent }) => urgent],
  owed: ['float8', ({ message }) => message.owedAt],
});

const openStatement = {
  name: 'cuiban open messages',
  text: `INSERT INTO cuiban.message (id, office_id, channel, address, to_unit, to_post, to_name, day, slot, urgent, owed_at, due_at, created_at)
         SELECT m.id, m.office, m.channel, m.address, m.unit, m.post, m.name, m.day, m.slot, m.urgent, cuiban.instant(m.owed),
                cuiban.instant(m.owed), cuiban.instant(${fresh.next})
           FROM ${fresh.as('m')}`,
};

export interface Placed {
  readonly message: string;
  /** The message was there before this transaction. */
  readonly existing: boolean;
  readonly placement: Placement;
}

/** The days of some recipients, locked until the transaction ends. */
export class Days {
  readonly #rules: PlacingRules;
  readonly #slots: Map<string, Slot[]>;
  readonly #opened = new Map<string, NewMessage>();
  readonly #later = new Map<string, Instant>();
  readonly #used = new Set<string>();
  readonly #urgent = new Set<string>();
  readonly #intentions = new Map<string, Intention>();

  private constructor(rules: PlacingRules, slots: Map<string, Slot[]>) {
    this.#rules = rules;
    this.#slots = slots;
  }

  static async lock(db: Db, rules: PlacingRules, recipients: readonly Addressee[], now: Instant): Promise<Days> {
    const today = new Map<string, IsoDate>();
    const todayOf = (office: string): IsoDate => {
      const date = today.get(office) ?? dateOf(required(rules.offices.get(office), `office ${office}`).hours.zone, now);
      today.set(office, date);
      return date;
    };
    const byKey = new Map(recipients.map((each) => [addresseeKey(each), each]));
    const sorted = [...byKey]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([, { office, channel, address }]) => ({ office, channel, address, day: todayOf(office) }));
    if (sorted.length === 0) return new Days(rules, new Map());
    const keys = addressees.values(sorted);
    await db.prepared(lockStatement, keys);
    const { rows } = await db.prepared<MessageOfDay>(messagesStatement, keys);
    const free = await lockOpen(
      db,
      rows.filter((row) => row.open).map((row) => row.id),
    );
    const slots = new Map<string, Slot[]>();
    for (const { id, day, slot, ...row } of rows) {
      const key = dayKey(row, day);
      const known = slots.get(key) ?? [];
      known.push({ id, slot, open: free.has(id) });
      slots.set(key, known);
    }
    return new Days(rules, slots);
  }

  /** Where a reminder for them belongs. @throws RangeError as domain/placement does. */
  find(to: Addressee, wanted: Instant): { readonly placement: Placement; readonly joins: string | null } {
    const { hours, caps } = required(this.#rules.offices.get(to.office), `office ${to.office}`);
    const rules = { hours, calendar: this.#rules.calendar, cap: caps[to.channel] };
    const placement = placeFrom(this.#intend(to.office, wanted, rules), rules, (day) => this.#slots.get(dayKey(to, day)) ?? []);
    const slots = this.#slots.get(dayKey(to, placement.day)) ?? [];
    return { placement, joins: slots.find(({ slot }) => slot === placement.slot)?.id ?? null };
  }

  #intend(office: string, wanted: Instant, rules: Pick<PlacingRules, 'calendar'> & Pick<Office, 'hours'>): Intention {
    const key = `${office}|${wanted}`;
    const intention = this.#intentions.get(key) ?? intend(wanted, rules);
    this.#intentions.set(key, intention);
    return intention;
  }

  /** Places a reminder, in a new message where no open one has room. @throws RangeError; nothing is changed then. */
  place(to: Recipient, wanted: Instant): Placed {
    const { placement, joins } = this.find(to, wanted);
    if (joins !== null) {
      this.postpone(joins, placement.sendAt);
      return { message: joins, existing: !this.#opened.has(joins), placement };
    }
    const message = { id: this.#rules.newId(), to, day: placement.day, slot: placement.slot, owedAt: placement.sendAt };
    this.#opened.set(message.id, message);
    this.#add(to, placement.day, { id: message.id, slot: placement.slot, open: true });
    return { message: message.id, existing: false, placement };
  }

  /** The message will carry something: without this an opened one is not written. What is urgent in it makes all of it urgent. */
  use(message: string, urgent: boolean): void {
    this.#used.add(message);
    if (urgent) this.#urgent.add(message);
  }

  /** A message that is there already takes this slot. */
  occupy(to: Addressee, day: IsoDate, slot: Slot): void {
    this.#add(to, day, slot);
  }

  /** A message never goes before the time of anything in it. */
  postpone(id: string, sendAt: Instant): void {
    const opened = this.#opened.get(id);
    if (opened !== undefined) opened.owedAt = Math.max(opened.owedAt, sendAt);
    else this.#later.set(id, Math.max(this.#later.get(id) ?? 0, sendAt));
  }

  #add(to: Addressee, day: IsoDate, slot: Slot): void {
    const key = dayKey(to, day);
    this.#slots.set(key, [...(this.#slots.get(key) ?? []), slot]);
  }

  async write(db: Db, now: Instant): Promise<void> {
    const used = [...this.#opened.values()].filter(({ id }) => this.#used.has(id));
    if (used.length > 0) {
      const rows = used.map((message) => ({ message, urgent: this.#urgent.has(message.id) }));
      await db.prepared(openStatement, [...fresh.values(rows), now]);
    }
    const urgent = [...this.#urgent].filter((id) => !this.#opened.has(id));
    if (urgent.length > 0) {
      await db.query('UPDATE cuiban.message SET urgent = true WHERE id = ANY($1::uuid[]) AND NOT urgent', [urgent]);
    }
    const later = [...this.#later].filter(([id]) => this.#used.has(id)).map(([id, at]) => ({ id, at }));
    if (later.length > 0) {
      await db.query(
        `UPDATE cuiban.message m SET owed_at = cuiban.instant(l.at), due_at = CASE m.status WHEN 'created' THEN cuiban.instant(l.at) ELSE m.due_at END
           FROM json_to_recordset($1::json) AS l(id uuid, at float8)
          WHERE m.id = l.id AND m.owed_at < cuiban.instant(l.at)`,
        [recordset(later)],
      );
    }
  }
}

/** Those of the messages that are open now and that nobody else is busy with. */
async function lockOpen(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await db.query<{ id: string }>(
    `SELECT id FROM cuiban.message WHERE id = ANY($1::uuid[]) AND status IN ('created', 'temporary-failure') AND queued_at IS NULL
      ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`,
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

interface Mention extends MergeCandidate {
  readonly id: number;
  readonly message: string;
  readonly assignment: number;
  readonly stage: string;
}

/** An assignment is mentioned once in a message; domain/placement says which stage speaks. */
export async function mergeWithin(db: Db, messages: readonly string[], now: Instant): Promise<void> {
  if (messages.length === 0) return;
  const { rows } = await db.query<Mention>(
    `SELECT id, message_id AS message, assignment_id AS assignment, stage, at, rung, copy FROM (
       SELECT r.*, count(*) OVER (PARTITION BY r.message_id, r.assignment_id) AS mentions
         FROM cuiban.reminder r WHERE r.message_id = ANY($1::uuid[]) AND r.state = 'planned') AS mention
      WHERE mentions > 1 ORDER BY id`,
    [messages],
  );
  const crowds = new Map<string, Mention[]>();
  for (const row of rows) {
    const key = `${row.message} ${row.assignment}`;
    crowds.set(key, [...(crowds.get(key) ?? []), row]);
  }
  const merged = [...crowds.values()].flatMap((crowd) =>
    merge(crowd).map(({ one, into }) => ({ id: one.id, speaks: into.stage })),
  );
  if (merged.length === 0) return;
  await db.query(
    `WITH merged AS (
       UPDATE cuiban.reminder r SET state = 'merged' FROM json_to_recordset($1::json) AS m(id bigint, speaks text)
        WHERE r.id = m.id AND r.state = 'planned' RETURNING r.*, m.speaks)
     INSERT INTO cuiban.suppression
       (office_id, assignment_id, sequence, stage, occurrence, contact, channel, reason, detail, at, until, recorded_at)
     SELECT office_id, assignment_id, sequence, stage, occurrence, contact, channel, 'merged', '并入同一封的“' || speaks || '”', at, NULL, cuiban.instant($2)
       FROM merged
     ON CONFLICT DO NOTHING`,
    [recordset(merged), now],
  );
}

function addresseeKey({ office, channel, address }: Addressee): string {
  return `${office}|${channel}|${address}`;
}

function dayKey(to: Addressee, day: IsoDate): string {
  return `${addresseeKey(to)}|${day}`;
}
