// Opens the ledger: a pool of connections behind the verbs of ledger.ts, each in one transaction.

import type { Assignment } from '../domain/assignment.ts';
import type { Schedule } from '../domain/notice.ts';
import { acknowledge, cancel, complete, extend, reopen } from './answers.ts';
import { planBriefings } from './briefings.ts';
import { Counted } from './bursts.ts';
import { claim } from './claim.ts';
import { clocks, markTime } from './clocks.ts';
import { confirm } from './confirm.ts';
import { followContacts, lockOffice, readDirectories, storeDirectory } from './directory.ts';
import { dispatch, refill } from './dispatch.ts';
import { changes } from './dump.ts';
import { follow } from './follow.ts';
import { freeze, handingOver } from './freeze.ts';
import { mayWork, outdated, throughGate } from './gate.ts';
import { hold, holds, release } from './holds.ts';
import { backedUp, installationProblems, unwritable } from './installation.ts';
import type { Ledger } from './ledger.ts';
import { giveBackConnection, keepConnection, provide, providers, reserve, takeConnection, tooFast } from './limit.ts';
import { chosen, trouble } from './failures.ts';
import { alive, gone, health, processes, takeTurn } from './health.ts';
import { cancelMessages, retry } from './interventions.ts';
import { codeVersion, migrate, pending } from './migrate.ts';
import { type Db, type LedgerLog, openPool } from './pool.ts';
import { receive } from './receipts.ts';
import { handedOver, reconcile, releaseWorker } from './reconcile.ts';
import { reconcileRestored, restoredFrom } from './reconcile-restored.ts';
import { held, sent, summary } from './reports.ts';
import { type AssignmentRow, assignmentColumns, assignmentsOf } from './rows.ts';
import { confirmedSchedule, revise } from './revise.ts';
import type { RulesSource } from './rules.ts';
import { isPlain, settle, settlePlain } from './settle.ts';
import { closeSession, openSession, useSession } from './sessions.ts';
import { nextAlarm, nextOwed, status } from './status.ts';
import { sweep } from './sweep.ts';
import { settleAccepted } from './settle-accepted.ts';
import { tables } from './tables.ts';
import { scheduleOf } from './target.ts';

export type { LedgerLog } from './pool.ts';

export interface LedgerOptions extends RulesSource {
  readonly url: string;
  readonly poolSize?: number;
  readonly log?: LedgerLog;
}

const silent: LedgerLog = { warn: () => undefined, error: () => undefined };

/** Connects on first use; `migrate` must have run before any other verb. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { url, poolSize = 10, log = silent } = options;
  const code = await codeVersion();
  const pool = openPool(url, poolSize, code, log);
  const counted = new Counted();
  const inOne = <T>(work: (db: Db) => Promise<T>): Promise<T> => pool.transaction(work);
  return {
    migrate: () => migrate(url),
    confirm: (confirmation) => inOne((db) => confirm(db, confirmation)),
    confirmed: (name) => inOne((db) => confirmedSchedule(db, name)),
    revise: (revising) => inOne((db) => revise(db, revising)),
    updateDirectory: (office, directory, at) =>
      inOne(async (db) => {
        await lockOffice(db, office.id);
        await storeDirectory(db, office, directory, at);
        await followContacts(db, office, at);
      }),
    directories: () => readDirectories(pool),
    schedules: () => schedules(pool),
    assignments: (schedule) => openAssignments(pool, schedule),
    follow: (version, now) => follow(pool, version, now),
    sweep: (now, limit, decide, directories = new Map()) => sweep({ pool, rules: options, log, directories }, now, limit, decide),
    planBriefings: (now) => planBriefings(pool, options, now),
    dispatch: (now, limit) => dispatch(pool, options, counted, now, limit),
    refill: (channel, now, limit) => refill(pool, options, counted, channel, now, limit),
    handedOver: (beforeMs) => handedOver(pool, beforeMs),
    provide: (provider) => provide(pool, provider),
    reserve: (provider, count) => reserve(pool, provider, count),
    tooFast: (provider, now) => tooFast(pool, provider, now),
    providers: (now) => providers(pool, now),
    takeConnection: (provider, holder, leaseMs) => takeConnection(pool, provider, holder, leaseMs),
    keepConnection: (holder, leaseMs) => keepConnection(pool, holder, leaseMs),
    giveBackConnection: (holder) => giveBackConnection(pool, holder),
    tables: () => tables(pool),
    claim: (ids, now, worker, leaseMs) =>
      throughGate(
        code,
        inOne((db) => claim(db, options, ids, now, worker, leaseMs)),
      ),
    freeze: (bodies) => pool.retried(() => freeze(pool, bodies)),
    settle: (settlements, now) =>
      settlements.every(isPlain)
        ? pool.retried(() => settlePlain(pool, settlements, now))
        : inOne((db) => settle(db, options, settlements, now)),
    settleAccepted: (entries, now) => inOne((db) => settleAccepted(db, options, entries, now)),
    reconcileRestored: (entries, now) => reconcileRestored(pool, entries, now),
    changes: () => changes(pool),
    outdated: async () => ((await mayWork(pool, code)) ? null : outdated(code).message),
    restoredFrom: () => restoredFrom(pool),
    receive: (channel, receipt, now) => inOne((db) => receive(db, channel, receipt, now)),
    reconcile: (now, queuedForMs) => inOne((db) => reconcile(db, now, queuedForMs)),
    releaseWorker: (worker, now) => inOne((db) => releaseWorker(db, worker, now)),
    handingOver: (ids) => inOne((db) => handingOver(db, ids)),
    hold: (holding) => inOne((db) => hold(db, holding)),
    release: (releasing) => inOne((db) => release(db, releasing)),
    holds: () => holds(pool),
    installationProblems: (kind, found, now) => installationProblems(pool, kind, found, now),
    backedUp: (at) => backedUp(pool, at),
    unwritable: () => unwritable(pool),
    clocks: () => clocks(pool),
    markTime: (at, how) => markTime(pool, at, how),
    acknowledge: (target, by) => inOne((db) => acknowledge(db, target, by)),
    complete: (target, by) => inOne((db) => complete(db, target, by)),
    reopen: (target, by) => inOne((db) => reopen(db, target, by)),
    cancel: (target, by) => inOne((db) => cancel(db, target, by)),
    extend: (target, to, by) => inOne((db) => extend(db, target, to, by)),
    status: (now) => inOne((db) => status(db, now)),
    sent: (from, to) => inOne((db) => sent(db, from, to)),
    held: (from, to) => held(pool, from, to),
    summary: (schedule, now) => inOne((db) => summary(db, schedule, now)),
    nextOwed: () => nextOwed(pool),
    nextAlarm: () => nextAlarm(pool),
    health: (now) => health(pool, now),
    pending: () => pending(pool),
    pool: () => pool.state(),
    alive: (process) => alive(pool, process),
    takeTurn: (name, now, everyMs) => takeTurn(pool, name, now, everyMs),
    gone: (id) => gone(pool, id),
    processes: () => processes(pool),
    trouble: (limit) => trouble(pool, limit),
    messages: (wanted) => chosen(pool, wanted),
    retry: (ids, by) => inOne((db) => retry(db, options, ids, by)),
    cancelMessages: (ids, by) => inOne((db) => cancelMessages(db, ids, by)),
    openSession: (session, now) => openSession(pool, session, now),
    useSession: (tokenHash, now, limits) => useSession(pool, tokenHash, now, limits),
    closeSession: (tokenHash) => closeSession(pool, tokenHash),
    close: () => pool.close(),
  };
}

async function schedules(db: Db): Promise<readonly Schedule[]> {
  const { rows } = await db.query<{ document: Schedule }>(
    'SELECT document FROM cuiban.schedule ORDER BY office_id, confirmed_at, name',
  );
  return rows.map(({ document }) => document);
}

async function openAssignments(db: Db, wanted: string): Promise<readonly Assignment[]> {
  const schedule = await scheduleOf(db, wanted);
  const { rows } = await db.query<AssignmentRow>(
    `SELECT ${assignmentColumns} FROM cuiban.assignment a JOIN cuiban.task t ON t.id = a.task_id
      WHERE t.office_id = $1 AND t.schedule = $2 AND a.status NOT IN ('completed', 'cancelled') ORDER BY a.id`,
    [schedule.office, schedule.name],
  );
  return [...(await assignmentsOf(db, rows)).values()];
}
