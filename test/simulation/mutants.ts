// Bugs as somebody might write them, planted in a copy of the tree: the simulation must find each one. `find` occurs exactly once.

export interface Mutant {
  readonly name: string;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
  /** Finds it soonest. */
  readonly seed: number;
  /** Found so fast that `npm test` looks for it. */
  readonly daily: boolean;
}

const one = (name: string, seed: number, file: string, find: string, replace: string, daily = false): Mutant => ({
  name,
  seed,
  daily,
  edits: [{ file, find, replace }],
});

const SENT =
  "{ id: message.id, fence: message.fence, status: 'sent', providerIds: [], code: '', detail: '', retryAt: null, attempted: true, channelDown: false }";

export const MUTANTS: readonly Mutant[] = [
  one(
    'mark sent before send',
    5,
    'jobs/deliver.ts',
    'const outcome = away ?? (await hand(context, next, now, ends, turn));',
    `await context.ledger.settle([${SENT}], now);\n      const outcome = away ?? (await hand(context, next, now, ends, turn));`,
    true,
  ),
  one(
    'no completion check at claim',
    1,
    'src/ledger/claim.ts',
    "if (row.status === 'completed') return { reason: 'completed', detail: '发送前已办结' };",
    '',
  ),
  one('no deadline check at claim', 6, 'src/ledger/claim.ts', 'if (row.sequence !== row.planned_sequence)', 'if (false)'),
  one('no contact check at claim', 1, 'src/ledger/claim.ts', 'if (!row.present)', 'if (false)'),
  one(
    'no fence in settle',
    4,
    'src/ledger/settle.ts',
    'JOIN said s ON s.id = m.id AND s.fence = m.fence',
    'JOIN said s ON s.id = m.id',
  ),
  {
    name: 'no lease check before sending',
    seed: 1,
    daily: false,
    edits: [
      { file: 'jobs/deliver.ts', find: 'if (!within(beginMs) || turn.aborted || !open)', replace: 'if (!open)' },
      {
        file: 'jobs/deliver.ts',
        find: 'const outcome = away ?? (await hand(context, next, now, ends, turn));',
        replace: 'const outcome = await hand(context, next, now, new AbortController().signal, new AbortController().signal);',
      },
      {
        file: 'src/ledger/freeze.ts',
        find: "AND m.status = 'sending' AND m.lease_until > cuiban.clock()\n        ORDER BY m.id",
        replace: 'ORDER BY m.id',
      },
    ],
  },
  one(
    'a dead address is asked again',
    4,
    'src/ledger/refused.ts',
    'SET refused_at = excluded.refused_at',
    'SET refused_at = NULL',
  ),
  one(
    'unknown is taken for sent',
    1,
    'src/domain/retry.ts',
    "return failed('unknown', outcome.code, outcome.message, again ? later(UNKNOWN_WAIT) : null);",
    "return failed('sent', outcome.code, outcome.message, again ? null : null);",
  ),
  one(
    'unknown is taken for failed',
    1,
    'src/domain/retry.ts',
    "return failed('unknown', outcome.code, outcome.message, again ? later(UNKNOWN_WAIT) : null);",
    "return failed('permanent-failure', outcome.code, outcome.message, again ? null : null);",
  ),
  one(
    'another Message-ID for every attempt',
    1,
    'jobs/deliver.ts',
    'messageIdOf(message.id, frozen.revision, domain)',
    'messageIdOf(message.id, frozen.revision + message.attempts, domain)',
  ),
  one(
    'what is refused for good is tried for ever',
    1,
    'src/domain/retry.ts',
    "...failed('permanent-failure', outcome.code, `${outcome.about}: ${outcome.message}`, null),",
    '...failed(open, outcome.code, outcome.message, later(backoff(attempt.attempts))),',
  ),
  one('a rung is skipped', 1, 'src/domain/plan.ts', 'ready.find(isRung)', 'ready.findLast(isRung)'),
  one(
    'reminders are told apart without the deadline’s version',
    3,
    'src/ledger/reminders.ts',
    'AND r.sequence = k.sequence AND',
    'AND',
  ),
  {
    name: 'no second look when a contact left',
    seed: 4,
    daily: false,
    edits: [
      { file: 'src/ledger/claim.ts', find: "= ['absent', 'refused', 'rung-order']", replace: "= ['refused', 'rung-order']" },
      {
        file: 'src/ledger/directory.ts',
        find: "WHERE a.id = first.assignment_id AND a.status NOT IN ('completed', 'cancelled'))",
        replace: 'WHERE false)',
      },
    ],
  },
  {
    name: 'sent outside office hours',
    seed: 1,
    daily: false,
    edits: [
      {
        file: 'src/ledger/hours.ts',
        find: '!withinHours(hours, calendar, now)',
        replace: '!withinHours(hours, calendar, now) && false',
      },
      {
        file: 'jobs/deliver.ts',
        find: 'const open = withinHours(office.hours, context.config().calendar, context.now());',
        replace: 'const open = true;',
      },
    ],
  },
  one('the cap is ignored', 3, 'src/domain/placement.ts', 'if (messages.length < cap)', 'if (messages.length < cap + 9)'),
  {
    name: 'what the queue lost is lost',
    seed: 1,
    daily: false,
    edits: [
      {
        file: 'jobs/reconcile.ts',
        find: 'await handOverAgain(context, AGAIN_MS);',
        replace: 'handOverAgain.toString(); AGAIN_MS.toString();',
      },
      {
        file: 'src/ledger/reconcile.ts',
        find: "WHERE queued_at IS NOT NULL AND queued_at <= cuiban.clock() - $1 * interval '1 millisecond'",
        replace: "WHERE false AND queued_at <= cuiban.clock() - $1 * interval '1 millisecond'",
      },
    ],
  },
  one(
    'a lease never ends',
    1,
    'src/ledger/reconcile.ts',
    'lease_until <= cuiban.clock()))',
    "lease_until <= cuiban.clock() - interval '9 years'))",
  ),
  one(
    'leases run on the host’s clock',
    4,
    'src/ledger/claim.ts',
    'lease_until = cuiban.clock() + $4',
    'lease_until = cuiban.instant($2) + $4',
  ),
  one(
    'no later occurrence is opened',
    1,
    'src/domain/plan.ts',
    'return now < at ? { due: null, at } : { due, at: null };',
    'return now < at ? { due: null, at } : { due: null, at: null };',
  ),
  one(
    'what is voided is not recorded',
    6,
    'src/ledger/record.ts',
    '$2, $3, at, NULL, cuiban.instant($4) FROM gone',
    '$2, $3, at, NULL, cuiban.instant($4) FROM gone WHERE false',
  ),
  {
    name: 'a second receipt takes a state back',
    seed: 1,
    daily: false,
    edits: [
      {
        file: 'src/ledger/receipts.ts',
        find: 'SET state = coalesce(part.state, excluded.state)',
        replace: 'SET state = excluded.state',
      },
      {
        file: 'src/ledger/receipts.ts',
        find: "m.status IN ('sent', 'unknown') AND",
        replace: "m.status IN ('sent', 'unknown', 'delivered') AND",
      },
      // Else the graph of states would refuse it.
      {
        file: 'src/ledger/migrations/0020_still_in_doubt.sql',
        find: '  ELSE false',
        replace: "  WHEN 'delivered' THEN new = 'permanent-failure'\n  ELSE false",
      },
    ],
  },
  one('a claim ignores holds', 1, 'src/ledger/claim.ts', "AND NOT ARRAY[office_id, '*'] && (SELECT cuiban.held_at_claim())", ''),
  {
    name: 'another body under the same Message-ID',
    seed: 1,
    daily: false,
    edits: [
      { file: 'jobs/deliver.ts', find: 'frozen === null ? 0 : frozen.revision + 1', replace: '0' },
      { file: 'src/ledger/freeze.ts', find: 'b.revision < w.revision AS kept', replace: 'true AS kept' },
    ],
  },
  one(
    'planned, and not recorded',
    1,
    'src/ledger/sweep.ts',
    'const reminders = await insertReminders(db, placed.reminders);',
    'const reminders = await insertReminders(db, placed.reminders.filter(({ reminder }) => reminder.rung < 3));',
  ),
  one(
    'one duty twice in one letter',
    2,
    'src/ledger/placing.ts',
    'WHERE mentions > 1 ORDER BY id',
    'WHERE mentions > 99 ORDER BY id',
  ),
  one(
    'an SMS is sent again when its fate is unknown',
    1,
    'src/domain/retry.ts',
    "attempt.channel === 'email' && !attempt.wasUnknown",
    '!attempt.wasUnknown',
  ),
  one('an SMS leaves without a note', 2, 'jobs/deliver.ts', 'await ledger.handingOver([id]);', ''),
  one(
    'a change leaves no history',
    1,
    'src/ledger/record.ts',
    'at: Instant): Promise<void> {\n  if (changes.length === 0) return;',
    'at: Instant): Promise<void> {\n  if (changes.length < 2) return;',
  ),
  {
    name: 'a rung goes on the day of the one below',
    seed: 1,
    daily: false,
    edits: [
      {
        file: 'src/domain/escalation.ts',
        find: 'return !pending && (lastOn === null || lastOn < today);',
        replace: 'return !pending || lastOn === today;',
      },
      {
        file: 'src/ledger/claim.ts',
        find: ' ?? reasonToWait(turns.get(row.reminder))',
        replace: ' ?? (turns.size < 0 ? reasonToWait(undefined) : null)',
      },
    ],
  },
];
