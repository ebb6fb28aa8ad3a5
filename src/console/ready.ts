// May this process be given work, and does it do the work it has? For whoever restarts processes or sends them traffic.

import type { Instant } from '../domain/time.ts';
import type { LedgerHealth } from '../ledger/ledger.ts';
import type { Run } from './measures.ts';
import type { QueueSays } from './gauges.ts';
import { SWEEP_STALE_MS } from './verdict.ts';

export interface Readiness {
  readonly ready: boolean;
  /** Each with what is wrong, or null; without names and addresses. */
  readonly checks: Readonly<Record<string, string | null>>;
}

export interface ReadyParts {
  readonly roles: readonly string[];
  readonly health: () => Promise<LedgerHealth>;
  readonly pending: () => Promise<readonly string[]>;
  readonly queue: () => Promise<QueueSays>;
  /** Jobs that this process works. */
  readonly jobs: readonly string[];
  /** Whether the ledger took what this process last wrote. */
  readonly writable: () => boolean;
  readonly runs: () => readonly Run[];
  readonly lastEnd: () => number;
  readonly now: () => Instant;
  readonly monotonic: () => number;
  /** A claimed message stays with its worker for so long. */
  readonly leaseMs: number;
}

/** A sweep of a million assignments takes seconds; one that runs for so long hangs. */
const LONGEST_RUN_MS = 10 * 60_000;
/** A job that could be taken is taken at once: after so long without one ended here, and one waiting, nobody takes any. */
const IDLE_WITH_WORK_MS = 2 * 60_000;

export async function readiness(parts: ReadyParts): Promise<Readiness> {
  const [health, pending, queue] = await Promise.allSettled([parts.health(), parts.pending(), parts.queue()]);
  const checks: Record<string, string | null> = {
    ledger: reasonOf(health),
    migrations: reasonOf(pending) ?? missing(pending),
    queue: reasonOf(queue),
    writing: parts.writable() ? null : 'the ledger takes no writes',
    jobs: wedged(parts, queue.status === 'fulfilled' ? queue.value : null),
  };
  if (parts.roles.includes('scheduler')) {
    checks['sweep'] = health.status === 'fulfilled' ? stale(health.value, parts) : 'not known while the ledger is away';
  }
  return { ready: Object.values(checks).every((wrong) => wrong === null), checks };
}

function reasonOf(answer: PromiseSettledResult<unknown>): string | null {
  if (answer.status === 'fulfilled') return null;
  return answer.reason instanceof Error ? answer.reason.message : 'no answer';
}

function missing(pending: PromiseSettledResult<readonly string[]>): string | null {
  if (pending.status === 'rejected' || pending.value.length === 0) return null;
  return `migrations not applied: ${pending.value.join(', ')}`;
}

/** A scheduler that has only just begun is given the time that a sweep may take to come. */
function stale({ lastSweep }: LedgerHealth, { now, monotonic, lastEnd }: ReadyParts): string | null {
  if (lastSweep === null) return monotonic() - lastEnd() > SWEEP_STALE_MS ? 'no sweep has ever run' : null;
  const seconds = Math.round((now() - lastSweep) / 1_000);
  return seconds * 1_000 > SWEEP_STALE_MS ? `the last sweep was ${seconds} s ago` : null;
}

function wedged({ jobs, runs, lastEnd, monotonic, leaseMs }: ReadyParts, queue: QueueSays | null): string | null {
  const now = monotonic();
  const limit = Math.max(LONGEST_RUN_MS, leaseMs * 2);
  const hung = runs().find(({ since }) => now - since > limit);
  if (hung !== undefined) return `a ${hung.job} has run for ${Math.round((now - hung.since) / 1_000)} s`;
  const untaken = jobs.find((job) => (queue?.waited[job] ?? 0) > IDLE_WITH_WORK_MS);
  if (untaken !== undefined && runs().length === 0 && now - lastEnd() > IDLE_WITH_WORK_MS) {
    return `a ${untaken} waits in the queue and nothing is taken`;
  }
  return null;
}
