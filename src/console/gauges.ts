/**
 * The figures of the whole: asked of ledger and queue when somebody scrapes, at most once in some seconds however many scrape. Where
 * one of them does not answer its figures are left out and `..._up` is 0: an old figure would look like a good one.
 */
import { Gauge, type Registry } from 'prom-client';

import type { Instant } from '../domain/time.ts';
import type { LedgerHealth, PoolState, ProviderState, TableState } from '../ledger/ledger.ts';
import { anyOpen, nextYearMissing, type Surroundings } from './verdict.ts';

/** What the queue says of itself. */
export interface QueueSays {
  /** Prometheus text by BullMQ itself. */
  readonly text: string;
  /** Milliseconds that the job which is next has waited, by queue; null where none waits. */
  readonly waited: Readonly<Record<string, number | null>>;
}

export interface Figures {
  readonly health: () => Promise<LedgerHealth>;
  readonly tables: () => Promise<readonly TableState[]>;
  readonly providers: () => Promise<readonly ProviderState[]>;
  readonly queue: () => Promise<QueueSays>;
  readonly pool: () => PoolState;
  /** Whether what this process last wrote was taken. */
  readonly writable: () => boolean;
  readonly surroundings: () => Surroundings;
  readonly version: string;
  readonly roles: readonly string[];
}

/** The largest ones; the others are small. */
const TABLES = 15;

/** Returns the whole text of `/metrics`. */
export function openGauges(registry: Registry, figures: Figures): () => Promise<string> {
  const all: { readonly made: Gauge; readonly labelled: boolean }[] = [];
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []): Gauge<Label> => {
    const made = new Gauge({ name: `cuiban_${name}`, help, labelNames: [...labelNames], registers: [registry] });
    all.push({ made, labelled: labelNames.length > 0 });
    return made;
  };
  const build = gauge('build_info', 'Version and roles of this process', ['version', 'roles']);
  const ledgerUp = gauge('ledger_up', 'Whether the ledger answered; where it did not, its figures are left out');
  const queueUp = gauge('queue_up', 'Whether the queue answered; where it did not, its figures are left out');
  const open = gauge('office_open', 'Whether any office may be sent to now (working day and office hours)');
  const waiting = gauge('messages_waiting', 'Messages due and not accepted, at most 100000: due, held, queued, sending', [
    'stage',
  ]);
  const waitingAge = gauge('messages_waiting_oldest_seconds', 'How long the oldest of them has been due', ['stage']);
  const looks = gauge('looks_waiting', 'Assignments due for a look, at most 100000');
  const looksAge = gauge('looks_waiting_oldest_seconds', 'How long the oldest look has been due');
  const trouble = gauge(
    'messages_in_trouble',
    'Messages that failed for now; and those that failed for good or whose fate is unknown, of the last day',
    ['status', 'channel'],
  );
  const receipts = gauge('receipts_outstanding', 'SMS accepted and not confirmed, by how long ago', ['age']);
  const problems = gauge('problems_open', 'What coordinators have to look at', ['kind']);
  const problemsAge = gauge('problems_open_oldest_seconds', 'How long the oldest open problem of a kind has been open', ['kind']);
  const holds = gauge('holds_open', 'Holds that stop sending, by why they were opened', ['reason']);
  const holdsAge = gauge('holds_open_oldest_seconds', 'How long the oldest of them has been open', ['reason']);
  const calendar = gauge('calendar_next_year_missing', 'Whether next year’s holidays are not in the calendar yet');
  const sweep = gauge('last_sweep_timestamp_seconds', 'When the last sweep ran, in any process');
  const reconcile = gauge('last_reconcile_timestamp_seconds', 'When stopped work was last looked for, in any process');
  const backup = gauge(
    'last_backup_timestamp_seconds',
    'When the backups written by themselves last held all there was; left out where none are',
  );
  const writable = gauge(
    'ledger_writable',
    'Whether the ledger takes what this process writes: its disk is not full, and it is no read-only copy',
  );
  const resent = gauge('messages_resent', 'Messages that may have arrived twice, since the ledger began');
  const processes = gauge('processes', 'Processes by role: alive in the last minute, or lost without a goodbye', [
    'role',
    'state',
  ]);
  const pool = gauge('db_pool_connections', 'Connections of this process to the ledger', ['state']);
  const poolWaiting = gauge('db_pool_waiting', 'Statements of this process that wait for a connection');
  const rate = gauge('provider_rate', 'Messages a second that may be sent there now, all workers together', ['provider']);
  const configured = gauge('provider_rate_configured', 'The same as it was set up', ['provider']);
  const throttled = gauge('provider_throttled', 'How often the provider said that it was too fast, since the ledger began', [
    'provider',
  ]);
  const connections = gauge('provider_connections', 'Connections there that workers share and that are taken', ['provider']);
  const dead = gauge('table_dead_rows', 'Dead rows of a table, by the server’s own estimate', ['table']);
  const live = gauge('table_live_rows', 'Live rows of a table, by the server’s own estimate', ['table']);
  const bytes = gauge('table_bytes', 'Size of a table with its indexes', ['table']);
  const jobAge = gauge('queue_oldest_job_seconds', 'How long the job that is next has waited in the queue', ['queue']);

  const fill = (health: LedgerHealth, now: Instant): void => {
    const age = (since: Instant | null): number => (since === null ? 0 : Math.max(0, now - since) / 1_000);
    for (const stage of ['due', 'held', 'queued', 'sending'] as const) {
      waiting.set({ stage }, health[stage].count);
      waitingAge.set({ stage }, age(health[stage].oldest));
    }
    looks.set(health.looks.count);
    looksAge.set(age(health.looks.oldest));
    for (const { status, channel, count } of health.trouble) trouble.set({ status, channel }, count);
    receipts.set({ age: 'hour' }, health.receipts.hour);
    receipts.set({ age: 'day' }, health.receipts.day);
    receipts.set({ age: 'three-days' }, health.receipts.threeDays);
    for (const { kind, count, oldest } of health.problems) {
      problems.set({ kind }, count);
      problemsAge.set({ kind }, age(oldest));
    }
    for (const { reason, count, oldest } of health.holds) {
      holds.set({ reason }, count);
      holdsAge.set({ reason }, age(oldest));
    }
    if (health.lastSweep !== null) sweep.set(health.lastSweep / 1_000);
    if (health.lastReconcile !== null) reconcile.set(health.lastReconcile / 1_000);
    if (health.lastBackup !== null) backup.set(health.lastBackup / 1_000);
    resent.set(health.resends);
    // A role that nobody has is the alarm, so it needs a figure.
    for (const role of ['scheduler', 'worker', 'console']) {
      const found = health.processes.find((each) => each.role === role);
      processes.set({ role, state: 'alive' }, found?.alive ?? 0);
      processes.set({ role, state: 'lost' }, found?.lost ?? 0);
    }
  };

  return async () => {
    const [health, queue, providers, tables] = await Promise.allSettled([
      figures.health(),
      figures.queue(),
      figures.providers(),
      figures.tables(),
    ]);
    for (const each of all) forget(each);
    const surroundings = figures.surroundings();
    build.set({ version: figures.version, roles: figures.roles.join(',') }, 1);
    ledgerUp.set(Number(health.status === 'fulfilled'));
    queueUp.set(Number(queue.status === 'fulfilled'));
    writable.set(Number(figures.writable()));
    open.set(Number(anyOpen(surroundings)));
    calendar.set(Number(nextYearMissing(surroundings)));
    if (health.status === 'fulfilled') fill(health.value, surroundings.now);
    for (const each of providers.status === 'fulfilled' ? providers.value : []) {
      const { name: provider } = each;
      if (each.rate !== null) rate.set({ provider }, each.rate);
      if (each.configured !== null) configured.set({ provider }, each.configured);
      throttled.set({ provider }, each.throttled);
      connections.set({ provider }, each.connections);
    }
    for (const each of tables.status === 'fulfilled' ? tables.value.slice(0, TABLES) : []) {
      dead.set({ table: each.name }, each.dead);
      live.set({ table: each.name }, each.live);
      bytes.set({ table: each.name }, each.bytes);
    }
    const state = figures.pool();
    pool.set({ state: 'used' }, state.total - state.idle);
    pool.set({ state: 'idle' }, state.idle);
    poolWaiting.set(state.waiting);
    if (queue.status === 'fulfilled') {
      for (const [name, ms] of Object.entries(queue.value.waited)) jobAge.set({ queue: name }, (ms ?? 0) / 1_000);
    }
    const own = await registry.metrics();
    return queue.status === 'fulfilled' ? `${own}${queue.value.text}` : own;
  };
}

/** `reset` would leave a 0 behind where there are no labels. */
function forget({ made, labelled }: { readonly made: Gauge; readonly labelled: boolean }): void {
  if (labelled) made.reset();
  else made.remove();
}
