// Is all well? One answer, from figures of the ledger, for the heartbeat, for `cuiban status` and for whoever asks next.

import type { Calendar } from '../domain/calendar.ts';
import type { Office } from '../domain/office.ts';
import { dateOf, type Instant, withinHours } from '../domain/time.ts';
import type { LedgerHealth } from '../ledger/ledger.ts';

/** Sweeps come each minute; after so long without one something has stopped. */
export const SWEEP_STALE_MS = 3 * 60_000;
/** What is due leaves within a minute or so; a retry or a full queue may take some more. */
const UNSENT_AFTER_MS = 10 * 60_000;

export interface Wrong {
  /** Short, for machines; stands in the heartbeat's body. */
  readonly code: 'no-sweep' | 'no-reconcile' | 'no-scheduler' | 'no-worker' | 'unsent' | 'looks-late' | 'held' | 'unwritable';
  /** In Chinese, for a person; no name, address or title. */
  readonly text: string;
}

export interface Surroundings {
  readonly now: Instant;
  readonly offices: ReadonlyMap<string, Office>;
  readonly calendar: Calendar;
}

/** Whether any office may be sent to now. */
export function anyOpen({ now, offices, calendar }: Surroundings): boolean {
  return [...offices.values()].some(({ hours }) => withinHours(hours, calendar, now));
}

/** Whether the year after the current one is counted Monday to Friday because nobody has entered its holidays. */
export function nextYearMissing({ now, offices, calendar }: Surroundings): boolean {
  const zone = offices.values().next().value?.hours.zone ?? 'Asia/Shanghai';
  return !calendar.isOfficial(`${Number(dateOf(zone, now).slice(0, 4)) + 1}-01-01`);
}

/** What keeps, or will soon keep, somebody from being reminded in time. Empty: all is well. */
export function wrongs(health: LedgerHealth, surroundings: Surroundings): readonly Wrong[] {
  const { now } = surroundings;
  const found: Wrong[] = [];
  const minutes = (since: Instant): string => `${Math.floor((now - since) / 60_000)} 分钟`;
  const alive = (role: string): number => health.processes.find((each) => each.role === role)?.alive ?? 0;
  if (alive('scheduler') === 0) found.push({ code: 'no-scheduler', text: '没有在运行的排程进程（scheduler）' });
  if (alive('worker') === 0) found.push({ code: 'no-worker', text: '没有在运行的发送进程（worker）' });
  if (health.lastSweep === null) found.push({ code: 'no-sweep', text: '还没有巡查过' });
  else if (now - health.lastSweep > SWEEP_STALE_MS)
    found.push({ code: 'no-sweep', text: `已 ${minutes(health.lastSweep)}没有巡查` });
  else if (health.lastReconcile === null || now - health.lastReconcile > SWEEP_STALE_MS + UNSENT_AFTER_MS) {
    found.push({ code: 'no-reconcile', text: '失联发送的清理（reconcile）没有在运行' });
  }
  if (health.looks.oldest !== null && now - health.looks.oldest > UNSENT_AFTER_MS) {
    found.push({ code: 'looks-late', text: `${health.looks.count} 项到点未规划，最早的已等 ${minutes(health.looks.oldest)}` });
  }
  const doubted = health.holds.filter(({ reason }) => reason !== 'operator');
  if (doubted.length > 0) {
    const since = Math.min(...doubted.map(({ oldest }) => oldest));
    found.push({ code: 'held', text: `系统自行暂停了发送，已 ${minutes(since)}，等人核实后恢复` });
  }
  const unsent = oldestOf(health);
  if (unsent !== null && now - unsent > UNSENT_AFTER_MS && anyOpen(surroundings)) {
    const count = health.due.count + health.queued.count + health.sending.count;
    found.push({ code: 'unsent', text: `${count} 条到点未发，最早的已等 ${minutes(unsent)}` });
  }
  return found;
}

/** Since when the longest waiting message is due; null where none is. */
function oldestOf({ due, queued, sending }: LedgerHealth): Instant | null {
  const all = [due, queued, sending].flatMap(({ oldest }) => (oldest === null ? [] : [oldest]));
  return all.length === 0 ? null : Math.min(...all);
}
