// Plans a year for so many counties, duty by duty, as the sweep would: a look, what it says, the next look it asks for.

import { type Assignment, assignmentOf } from '../../src/domain/assignment.ts';
import { assign } from '../../src/domain/assign.ts';
import { addDays } from '../../src/domain/calendar.ts';
import { unitById } from '../../src/domain/directory.ts';
import type { Escalation } from '../../src/domain/escalation.ts';
import { plan } from '../../src/domain/plan.ts';
import { dateOf, type Instant, instantOf } from '../../src/domain/time.ts';
import { type PlannedYear, STAGES, TASKS } from './planner.ts';
import { obey } from './support/child.ts';
import { type County, makeProvince, type Province, ZONE } from './support/province.ts';

const CONFIRMED = instantOf(ZONE, '2026-03-03', '09:00');
const EMAIL = new Set(['email'] as const);

obey<{ kind: 'plan'; counties: number; folder: string }>(async ({ counties, folder }) => {
  const province = await makeProvince(folder, 1, TASKS);
  const [county] = province.counties;
  if (county === undefined) throw new Error('a province without counties');
  return planYear(province, county, counties);
});

/** The same county again and again is as much work as others would be: every duty is made anew and forgotten. */
function planYear(province: Province, county: County, counties: number): PlannedYear {
  const schedule = { ...county.schedule, tasks: county.schedule.tasks.map((task, n) => ({ ...task, deadlines: [due(n)] })) };
  const { assignments } = assign(schedule, county.directory, dateOf(ZONE, CONFIRMED));
  const all = Math.round(assignments.length * counties);
  const tenth = Math.round(all / 10);
  let reminders = 0;
  let looks = 0;
  let heapMbAtTenth = 0;
  let collecting = 0;
  const began = cpuSeconds();
  for (let n = 0; n < all; n += 1) {
    const fresh = assignments[n % assignments.length];
    if (fresh === undefined) break;
    const lived = live(province, county, assignmentOf(fresh, schedule, CONFIRMED, String(n + 1)));
    reminders += lived.reminders;
    looks += lived.looks;
    if (n === tenth) {
      const before = cpuSeconds();
      heapMbAtTenth = heapMb();
      collecting = cpuSeconds() - before;
    }
  }
  const seconds = cpuSeconds() - began - collecting;
  return { reminders, looks, seconds, heapMbAtTenth, heapMbAtEnd: heapMb() };
}

/** One duty that nobody answers, through as many stages. */
function live(
  { configuration: { policy, calendar } }: Province,
  { office, directory }: County,
  fresh: Assignment,
): { readonly reminders: number; readonly looks: number } {
  const unit = unitById(directory, fresh.unit);
  const supervisor = unitById(directory, directory.supervisor);
  let assignment = fresh;
  let reminders = 0;
  let looks = 0;
  let stages = 0;
  let lastOn: Escalation['lastOn'] = null;
  for (let now: Instant | null = CONFIRMED; now !== null && stages < STAGES;) {
    const escalation: Escalation = { pending: false, lastOn, said: null };
    const decided = plan(assignment, { office, policy, calendar, unit, supervisor, channels: EMAIL, escalation, now });
    looks += 1;
    stages += decided.reminders.length > 0 ? 1 : 0;
    reminders += decided.reminders.length;
    // Whatever is said is taken to be sent the same day.
    if (decided.reminders.some(({ rung }) => rung > 0)) lastOn = dateOf(ZONE, now);
    assignment = { ...assignment, plannedThrough: decided.plannedThrough, ladder: decided.ladder };
    now = decided.nextAt;
  }
  return { reminders, looks };
}

function due(n: number) {
  const date = addDays('2026-05-31', (n * 7) % 210);
  return { kind: 'by' as const, date, text: `${date}前` };
}

/** Of this process alone: what others do on the machine changes it little. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function heapMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
