// A notice that is read again against the schedule that is in force: the draft keeps what was settled by hand, and what would
// change is told. Nothing is changed.

import { type Deadline, deadlineIdentity } from '../domain/deadline.ts';
import type { Directory } from '../domain/directory.ts';
import type { Schedule } from '../domain/notice.ts';
import { diff } from '../domain/revision.ts';
import { merged } from '../domain/revision-merge.ts';
import { oneLine } from '../intake/shown/printable.ts';
import type { Reading } from '../intake/reading.ts';
import type { ConfirmedSchedule } from '../ledger/ledger.ts';
import type { Settings } from '../settings.ts';
import { Failure } from './failure.ts';
import { withLedger } from './ledger.ts';
import { revisionInWords, revisionJson } from './revision.ts';

export interface Against {
  readonly known: ConfirmedSchedule;
  readonly directory: Directory | null;
  readonly zone: string;
}

/** @throws Failure when no such schedule is confirmed */
export async function openAgainst(settings: Settings, name: string): Promise<Against> {
  return withLedger(settings, async ({ ledger, configuration }) => {
    const known = await ledger.confirmed(name);
    if (known === null) {
      const names = (await ledger.schedules()).map((each) => each.name);
      throw new Failure(`还没有确认过“${name}”，无从对照。${names.length === 0 ? '' : `已确认的：${names.join('、')}`}`);
    }
    const { office } = known.schedule;
    return {
      known,
      directory: (await ledger.directories()).find((each) => each.office === office) ?? null,
      zone: configuration.offices.get(office)?.hours.zone ?? 'Asia/Shanghai',
    };
  });
}

/** The draft with what was settled, and the reading with what is still to be asked: what it cites stands beside what it was taken for. */
export function settle(
  { known }: Against,
  reading: Reading,
  drafted: Schedule,
): { readonly schedule: Schedule; readonly reading: Reading } {
  const schedule = merged(known.schedule, drafted);
  const tasks = reading.tasks.map((task, index) => {
    const [was, is] = [drafted.tasks[index], schedule.tasks[index]];
    if (was === undefined || is === undefined || was === is) return task;
    const asked = new Set(is.review);
    return {
      ...task,
      deadlines: saysTheSame(was.deadlines, is.deadlines) ? task.deadlines : [],
      doubts: task.doubts.filter(({ reason }) => asked.has(oneLine(reason, 1_000))),
    };
  });
  return { schedule, reading: { ...reading, tasks } };
}

function saysTheSame(one: readonly Deadline[], other: readonly Deadline[]): boolean {
  const words = (each: Deadline): string => `${deadlineIdentity(each)} ${each.text}`;
  return one.map(words).join('\n') === other.map(words).join('\n');
}

export function differences({ known, directory, zone }: Against, schedule: Schedule): string {
  return revisionInWords(diff(known.schedule, schedule, directory), known, zone, directory);
}

export function differencesJson({ known, directory }: Against, schedule: Schedule): object {
  return revisionJson(diff(known.schedule, schedule, directory));
}
