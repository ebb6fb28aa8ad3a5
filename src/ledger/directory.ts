// Who there is: offices with their settings, units, groups and contacts, stored and read back.

import type { Contact, Directory, Group, Unit } from '../domain/directory.ts';
import type { Office } from '../domain/office.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import { recordset } from './json.ts';
import { LedgerRefusal } from './ledger.ts';
import { tellNewcomers } from './newcomers.ts';
import type { Db } from './pool.ts';
import { closeProblems } from './record.ts';
import { forgetRefused, refusedAddresses } from './refused.ts';

/** Confirmations and directory updates of one office take turns: each sees what the one before stored. */
export async function lockOffice(db: Db, office: string): Promise<void> {
  await db.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`cuiban office ${office}`]);
}

/**
 * Stores the office and its directory as they are now. Units that are gone stay as retired, contacts as removed.
 * @throws LedgerRefusal when a unit with open duties is gone: nobody would hear of them any more.
 */
export async function storeDirectory(db: Db, office: Office, directory: Directory, at: Instant): Promise<void> {
  if (directory.office !== office.id) throw new RangeError(`directory of ${directory.office} stored for ${office.id}`);
  await db.query(
    `INSERT INTO cuiban.office (id, settings, supervisor, updated_at) VALUES ($1, $2::jsonb, $3, cuiban.instant($4))
     ON CONFLICT (id) DO UPDATE SET settings = excluded.settings, supervisor = excluded.supervisor, updated_at = excluded.updated_at`,
    [office.id, JSON.stringify(office), directory.supervisor, at],
  );
  await refuseToOrphan(db, office.id, directory.units);
  await storeUnits(db, office.id, directory.units);
  await storeGroups(db, office.id, directory.groups);
  await storeContacts(db, office.id, directory.units);
  await forgetRefused(db, office.id, at);
}

async function refuseToOrphan(db: Db, office: string, units: readonly Unit[]): Promise<void> {
  const { rows } = await db.query<{ name: string }>(
    `SELECT u.name FROM cuiban.unit u
      WHERE u.office_id = $1 AND u.id <> ALL($2::text[])
        AND EXISTS (SELECT 1 FROM cuiban.assignment a
                     WHERE a.office_id = u.office_id AND a.unit_id = u.id AND a.status NOT IN ('completed', 'cancelled'))
      ORDER BY u.position, u.id`,
    [office, units.map(({ id }) => id)],
  );
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => name).join('、');
  throw new LedgerRefusal(`通讯录里没有${names}，而这些单位还有未办结的任务；请把单位补回通讯录，或先办结、撤销它们的任务`);
}

async function storeUnits(db: Db, office: string, units: readonly Unit[]): Promise<void> {
  const rows = units.map(({ id, name, external }, position) => ({ id, name, external, position }));
  const aliases = units.flatMap((unit) => unit.aliases.map((alias, position) => ({ unit: unit.id, alias, position })));
  await db.query(
    `INSERT INTO cuiban.unit (office_id, id, position, name, external)
     SELECT $1, u.id, u.position, u.name, u.external
       FROM json_to_recordset($2::json) AS u(id text, position int, name text, external boolean) ORDER BY u.id
     ON CONFLICT (office_id, id) DO UPDATE
       SET position = excluded.position, name = excluded.name, external = excluded.external, retired = false`,
    [office, recordset(rows)],
  );
  await db.query('UPDATE cuiban.unit SET retired = true WHERE office_id = $1 AND id <> ALL($2::text[])', [
    office,
    units.map(({ id }) => id),
  ]);
  await db.query('DELETE FROM cuiban.unit_alias WHERE office_id = $1', [office]);
  await db.query(
    `INSERT INTO cuiban.unit_alias (office_id, unit_id, position, alias)
     SELECT $1, a.unit, a.position, a.alias FROM json_to_recordset($2::json) AS a(unit text, position int, alias text)`,
    [office, recordset(aliases)],
  );
}

async function storeGroups(db: Db, office: string, groups: readonly Group[]): Promise<void> {
  await db.query('DELETE FROM cuiban.unit_group WHERE office_id = $1', [office]);
  await db.query(
    `INSERT INTO cuiban.unit_group (office_id, name, position, aliases, members, review)
     SELECT $1, g.name, g.position, ARRAY(SELECT json_array_elements_text(g.aliases)), ARRAY(SELECT json_array_elements_text(g.members)), g.review
       FROM json_to_recordset($2::json) AS g(name text, position int, aliases json, members json, review text)`,
    [office, recordset(groups.map((group, position) => ({ ...group, position })))],
  );
}

async function storeContacts(db: Db, office: string, units: readonly Unit[]): Promise<void> {
  const rows = units.flatMap((unit) => unit.contacts.map((contact, position) => ({ ...contact, unit: unit.id, position })));
  await db.query(
    `INSERT INTO cuiban.contact (office_id, id, unit_id, position, post, name, email, mobile, valid_from, valid_until)
     SELECT $1, c.id, c.unit, c.position, c.post, c.name, c.email, c.mobile, c."from", c."until"
       FROM json_to_recordset($2::json) AS c(id text, unit text, position int, post text, name text, email text, mobile text, "from" date, "until" date)
      ORDER BY c.id
     ON CONFLICT (office_id, id) DO UPDATE SET unit_id = excluded.unit_id, position = excluded.position, post = excluded.post,
       name = excluded.name, email = excluded.email, mobile = excluded.mobile,
       valid_from = excluded.valid_from, valid_until = excluded.valid_until, removed = false`,
    [office, recordset(rows)],
  );
  await db.query('UPDATE cuiban.contact SET removed = true WHERE office_id = $1 AND id <> ALL($2::text[])', [
    office,
    rows.map(({ id }) => id),
  ]);
}

/**
 * Planned reminders to people who left, or whose address is another now, are void; the planner says them again
 * to whoever holds the post. Returns how many were voided.
 */
export async function followContacts(db: Db, office: Office, at: Instant): Promise<number> {
  const today = dateOf(office.hours.zone, at);
  const gone = `SELECT r.id, r.assignment_id, r.at FROM cuiban.reminder r
      JOIN cuiban.message m ON m.id = r.message_id
      LEFT JOIN cuiban.contact c ON c.office_id = r.office_id AND c.id = r.contact
     WHERE r.office_id = $1 AND r.state = 'planned' AND m.status IN ('created', 'temporary-failure')
       AND (c.id IS NULL OR c.removed OR c.post <> r.post OR c.unit_id <> r.unit_id
            OR c.valid_from > $2::date OR c.valid_until < $2::date
            OR r.address IS DISTINCT FROM CASE r.channel WHEN 'email' THEN c.email ELSE c.mobile END)`;
  await tellNewcomers(db, office.id, at);
  const { rows } = await db.query<{ assignment: string }>(
    `WITH stale AS (SELECT DISTINCT assignment_id FROM (${gone}) AS gone)
     SELECT a.id::text AS assignment FROM cuiban.assignment a JOIN stale ON stale.assignment_id = a.id
      ORDER BY a.id FOR NO KEY UPDATE OF a`,
    [office.id, today],
  );
  if (rows.length === 0) return 0;
  const { count } = await db.query(
    `WITH gone AS (${gone} AND r.assignment_id = ANY($4::bigint[]) ORDER BY r.id FOR NO KEY UPDATE OF r),
     void AS (
       UPDATE cuiban.reminder r SET state = 'void', void_reason = 'absent' FROM gone WHERE r.id = gone.id RETURNING r.*),
     again AS (
       UPDATE cuiban.assignment a
          SET planned_through = least(a.planned_through, first.at - interval '1 millisecond'), next_at = least(a.next_at, cuiban.instant($3))
         FROM (SELECT assignment_id, min(at) AS at FROM gone GROUP BY assignment_id) AS first
        WHERE a.id = first.assignment_id AND a.status NOT IN ('completed', 'cancelled'))
     INSERT INTO cuiban.suppression
       (office_id, assignment_id, sequence, stage, occurrence, contact, channel, reason, detail, at, until, recorded_at)
     SELECT office_id, assignment_id, sequence, stage, occurrence, contact, channel, 'absent', '联系人或其联系方式已变更', at, NULL, cuiban.instant($3)
       FROM void
     ON CONFLICT DO NOTHING`,
    [office.id, today, at, rows.map(({ assignment }) => assignment)],
  );
  await closeProblems(
    db,
    rows.map(({ assignment }) => assignment),
    ['nobody-at-post', 'no-address'],
    at,
  );
  return count;
}

interface UnitRow extends Omit<Unit, 'contacts' | 'aliases'> {
  readonly office: string;
  readonly aliases: readonly string[] | null;
}

/** All of them, or those of some offices. */
export async function readDirectories(db: Db, wanted: readonly string[] | null = null): Promise<readonly Directory[]> {
  const offices = await db.query<{ id: string; supervisor: string }>(
    'SELECT id, supervisor FROM cuiban.office WHERE $1::text[] IS NULL OR id = ANY($1) ORDER BY id',
    [wanted],
  );
  const units = await db.query<UnitRow>(
    `SELECT u.office_id AS office, u.id, u.name, u.external,
            (SELECT array_agg(a.alias ORDER BY a.position) FROM cuiban.unit_alias a WHERE a.office_id = u.office_id AND a.unit_id = u.id) AS aliases
       FROM cuiban.unit u
      WHERE ($1::text[] IS NULL OR u.office_id = ANY($1)) AND (NOT u.retired OR EXISTS (
              SELECT 1 FROM cuiban.assignment a
               WHERE a.office_id = u.office_id AND a.unit_id = u.id AND a.status NOT IN ('completed', 'cancelled')))
      ORDER BY u.office_id, u.retired, u.position`,
    [wanted],
  );
  const contacts = await db.query<Contact & { office: string; unit: string }>(
    `SELECT office_id AS office, unit_id AS unit, id, post, name, email, mobile, valid_from AS "from", valid_until AS "until"
       FROM cuiban.contact WHERE NOT removed AND ($1::text[] IS NULL OR office_id = ANY($1)) ORDER BY office_id, unit_id, position`,
    [wanted],
  );
  const groups = await db.query<Group & { office: string }>(
    `SELECT office_id AS office, name, aliases, members, review FROM cuiban.unit_group
      WHERE $1::text[] IS NULL OR office_id = ANY($1) ORDER BY office_id, position`,
    [wanted],
  );
  const refused = await refusedAddresses(db, wanted);
  const contactsOf = new Map<string, Contact[]>();
  for (const { office, unit, ...stored } of contacts.rows) {
    const key = `${office}|${unit}`;
    const contact = refused.size === 0 ? stored : withRefused(stored, office, refused);
    const known = contactsOf.get(key);
    if (known === undefined) contactsOf.set(key, [contact]);
    else known.push(contact);
  }
  const groupOf = ({ name, aliases, members, review }: Group): Group => ({ name, aliases, members, review });
  return offices.rows.map(({ id, supervisor }) => ({
    office: id,
    supervisor,
    units: units.rows
      .filter((unit) => unit.office === id)
      .map(({ office, aliases, ...unit }) => ({
        ...unit,
        aliases: aliases ?? [],
        contacts: contactsOf.get(`${office}|${unit.id}`) ?? [],
      })),
    groups: groups.rows.filter((group) => group.office === id).map(groupOf),
  }));
}

function withRefused(contact: Contact, office: string, known: ReadonlySet<string>): Contact {
  const ways = [
    ['email', contact.email],
    ['sms', contact.mobile],
  ] as const;
  const refused = ways
    .filter(([channel, address]) => known.has(`${office}|${channel}|${address ?? ''}`))
    .map(([channel]) => channel);
  return refused.length === 0 ? contact : { ...contact, refused };
}
