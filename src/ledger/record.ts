// What several verbs write down in the same words: suppressions, problems, history. Always set-wise.

import type { AssignmentStatus } from '../domain/assignment.ts';
import type { IsoDate } from '../domain/deadline.ts';
import type { Problem, Suppression, SuppressionReason } from '../domain/reminder.ts';
import type { Instant } from '../domain/time.ts';
import { Columns } from './columns.ts';
import { recordset } from './json.ts';
import type { Db } from './pool.ts';

type OfficeSuppression = Suppression & { readonly office: string };

const columns = new Columns<OfficeSuppression>({
  office: ['text', ({ office }) => office],
  assignment: ['bigint', ({ assignment }) => assignment],
  sequence: ['int', ({ sequence }) => sequence],
  stage: ['text', ({ stage }) => stage],
  occurrence: ['text', ({ occurrence }) => occurrence],
  contact: ['text', ({ contact }) => contact],
  channel: ['text', ({ channel }) => channel],
  reason: ['text', ({ reason }) => reason],
  detail: ['text', ({ detail }) => detail],
  at: ['float8', ({ at }) => at],
  until: ['float8', ({ until }) => until],
});

const suppressStatement = {
  name: 'cuiban suppress',
  text: `INSERT INTO cuiban.suppression
       (office_id, assignment_id, sequence, stage, occurrence, contact, channel, reason, detail, at, until, recorded_at)
     SELECT s.office, s.assignment, s.sequence, s.stage, s.occurrence, s.contact, s.channel, s.reason, s.detail,
            cuiban.instant(s.at), cuiban.instant(s.until), cuiban.instant(${columns.next})
       FROM ${columns.as('s')}
     ON CONFLICT DO NOTHING`,
};

/** Returns how many were new. */
export async function recordSuppressions(db: Db, suppressions: readonly OfficeSuppression[], now: Instant): Promise<number> {
  if (suppressions.length === 0) return 0;
  const { count } = await db.prepared(suppressStatement, [...columns.values(suppressions), now]);
  return count;
}

export interface OfficeProblem extends Problem {
  readonly office: string;
  /** What tells it apart from others of its kind that are of no assignment; its detail unless given. */
  readonly subject?: string;
}

/** Opens problems; one of a kind that is open already takes the newer detail. */
export async function openProblems(db: Db, problems: readonly OfficeProblem[], now: Instant): Promise<void> {
  if (problems.length === 0) return;
  const subjectOf = ({ assignment, detail, subject }: OfficeProblem): string => (assignment === null ? (subject ?? detail) : '');
  const key = (problem: OfficeProblem): string =>
    [problem.office, problem.kind, (problem.assignment ?? '').padStart(20, '0'), subjectOf(problem)].join('|');
  const once = new Map(problems.map((problem) => [key(problem), { ...problem, subject: subjectOf(problem) }]));
  const sorted = [...once].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, problem]) => problem);
  await db.query(
    `INSERT INTO cuiban.problem AS open (office_id, kind, assignment_id, subject, detail, opened_at)
     SELECT p.office, p.kind, p.assignment, p.subject, p.detail, cuiban.instant($2)
       FROM json_to_recordset($1::json) AS p(office text, kind text, assignment bigint, subject text, detail text)
     ON CONFLICT (office_id, kind, assignment_id, subject) WHERE closed_at IS NULL
     DO UPDATE SET detail = excluded.detail WHERE open.detail <> excluded.detail`,
    [recordset(sorted), now],
  );
}

export async function closeProblems(
  db: Db,
  assignments: readonly string[],
  kinds: readonly Problem['kind'][] | null,
  now: Instant,
): Promise<void> {
  if (assignments.length === 0) return;
  await db.query(
    `WITH over AS (
       SELECT id FROM cuiban.problem
        WHERE assignment_id = ANY($1::bigint[]) AND closed_at IS NULL AND ($2::text[] IS NULL OR kind = ANY($2))
        ORDER BY id FOR NO KEY UPDATE)
     UPDATE cuiban.problem p SET closed_at = cuiban.instant($3) FROM over WHERE p.id = over.id`,
    [assignments, kinds, now],
  );
}

export interface Change {
  readonly office: string;
  readonly assignment: string;
  readonly actor: string;
  readonly means: string;
  readonly fromStatus: AssignmentStatus | null;
  readonly toStatus: AssignmentStatus;
  readonly fromDue: IsoDate | null;
  readonly toDue: IsoDate | null;
  readonly note: string | null;
  readonly evidence: object | null;
}

export interface Opened {
  readonly office: string;
  readonly assignment: string;
  readonly due: IsoDate | null;
}

/** The first row of every assignment: who opened it, and how. */
export async function recordOpened(
  db: Db,
  opened: readonly Opened[],
  by: Pick<Change, 'actor' | 'means'>,
  at: Instant,
): Promise<void> {
  const changes = opened.map(({ due, ...of }): Change => ({
    ...of,
    ...by,
    fromStatus: null,
    toStatus: 'needs-action',
    fromDue: null,
    toDue: due,
    note: null,
    evidence: null,
  }));
  await recordHistory(db, changes, at);
}

/** One row for every change of an assignment, in the transaction that makes it. */
export async function recordHistory(db: Db, changes: readonly Change[], at: Instant): Promise<void> {
  if (changes.length === 0) return;
  await db.query(
    `INSERT INTO cuiban.history
       (office_id, assignment_id, at, actor, means, from_status, to_status, from_due, to_due, note, evidence)
     SELECT h.office, h.assignment, cuiban.instant($2), h.actor, h.means, h."fromStatus", h."toStatus", h."fromDue", h."toDue", h.note, h.evidence
       FROM json_to_recordset($1::json) AS h(office text, assignment bigint, actor text, means text, "fromStatus" text, "toStatus" text,
            "fromDue" date, "toDue" date, note text, evidence jsonb)`,
    [recordset(changes), at],
  );
}

/**
 * Voids what is planned for these assignments and has not been claimed, and says why. What is on its way
 * stays as it is: its message's next claim reads the assignment again.
 */
export async function voidPlanned(
  db: Db,
  assignments: readonly string[],
  reason: SuppressionReason,
  detail: string,
  now: Instant,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ assignment: string; voided: number }>(
    `WITH owed AS (
       SELECT r.id FROM cuiban.reminder r JOIN cuiban.message m ON m.id = r.message_id
        WHERE r.assignment_id = ANY($1::bigint[]) AND r.state = 'planned' AND m.status IN ('created', 'temporary-failure')
        ORDER BY r.id FOR NO KEY UPDATE OF r),
     gone AS (
       UPDATE cuiban.reminder r SET state = 'void', void_reason = $2 FROM owed WHERE r.id = owed.id RETURNING r.*),
     said AS (
       INSERT INTO cuiban.suppression
         (office_id, assignment_id, sequence, stage, occurrence, contact, channel, reason, detail, at, until, recorded_at)
       SELECT office_id, assignment_id, sequence, stage, occurrence, contact, channel, $2, $3, at, NULL, cuiban.instant($4) FROM gone
       ON CONFLICT DO NOTHING)
     SELECT assignment_id::text AS assignment, count(*)::int AS voided FROM gone GROUP BY assignment_id`,
    [assignments, reason, detail, now],
  );
  return new Map(rows.map(({ assignment, voided }) => [assignment, voided]));
}
