import { z } from 'zod';

import type { Assignment } from '../src/domain/assignment.ts';
import type { ChannelName } from '../src/domain/delivery.ts';
import { type Directory, unitById } from '../src/domain/directory.ts';
import type { Escalation } from '../src/domain/escalation.ts';
import { plan } from '../src/domain/plan.ts';
import type { Plan } from '../src/domain/reminder.ts';
import type { SweepResult } from '../src/ledger/ledger.ts';
import type { Context, Job } from './context.ts';
import { handOver } from './hand-over.ts';

/** Assignments planned in one transaction. */
const BATCH = 1_000;
/** Transactions at once while there is more than one of them to do: one decides while the other is written. */
const LANES = 2;

/** Plans what is due and hands the messages that became due to the queue. A tick missed is a tick owed. */
export const sweep: Job<Record<string, never>> = {
  name: 'sweep',
  payload: z.strictObject({}),
  concurrency: 1,
  async run(context, _payload, signal) {
    // Plans take room too. What falls due meanwhile is found by the next look.
    if ((await context.ledger.holds()).some(({ reason }) => reason === 'disk')) {
      context.log.error({}, 'the disk is low: nothing is planned until there is room');
      return;
    }
    const now = context.now();
    const { version } = context.config();
    const open = await context.ledger.follow(version, now);
    if (open > 0) context.log.info({ version, open }, 'another configuration is in force; all open work is looked at again');
    const decide = planner(context, now);
    const directories = new Map<string, Directory>();
    for (let lanes = 1; ;) {
      const { looked, ...planned } = await inLanes(lanes, () => context.ledger.sweep(now, BATCH, decide, directories));
      if (looked > 0) context.log.info({ looked, ...planned }, 'planned');
      // A look may open the next occurrence of a recurring duty, which is due for a look of its own.
      if (looked === 0 || signal.aborted || context.stopping.aborted) break;
      lanes = looked < BATCH ? 1 : LANES;
    }
    if (context.briefs === true) await context.ledger.planBriefings(now);
    if (!context.stopping.aborted) await handOver(context, now, signal);
  },
};

async function inLanes(lanes: number, sweepOnce: () => Promise<SweepResult>): Promise<SweepResult> {
  // All of them end before an error of one is told: nothing goes on behind a job that failed.
  const ended = await Promise.allSettled(Array.from({ length: lanes }, sweepOnce));
  const total = { looked: 0, reminders: 0, suppressions: 0 };
  for (const each of ended) {
    if (each.status === 'rejected') throw each.reason;
    total.looked += each.value.looked;
    total.reminders += each.value.reminders;
    total.suppressions += each.value.suppressions;
  }
  return total;
}

function planner(context: Context, now: number): (assignment: Assignment, escalation: Escalation, directory: Directory) => Plan {
  const { offices, policy, calendar } = context.config();
  const channels = new Set<ChannelName>(context.channels.sms === null ? ['email'] : ['email', 'sms']);
  return (assignment, escalation, directory) => {
    const office = offices.get(assignment.office);
    if (office === undefined) throw new RangeError(`office ${assignment.office} is not in config/office.yaml`);
    const unit = unitById(directory, assignment.unit);
    const supervisor = unitById(directory, directory.supervisor);
    return plan(assignment, { office, policy, calendar, unit, supervisor, channels, escalation, now });
  };
}
