import { z } from 'zod';

import type { Assignment } from '../src/domain/assignment.ts';
import type { ChannelName } from '../src/domain/delivery.ts';
import { type Directory, unitById } from '../src/domain/directory.ts';
import type { Escalation } from '../src/domain/escalation.ts';
import { plan } from '../src/domain/plan.ts';
import type { Plan } from '../src/domain/reminder.ts';
import type { Context, Job } from './context.ts';
import { deliver } from './deliver.ts';

/** Assignments planned in one transaction. */
const BATCH = 1_000;
/** Messages handed to the queue at a time; a job carries one chunk of ids (performance.md). */
const DISPATCH = 2_000;
const CHUNK = 50;

/** Plans what is due and hands the messages that became due to the queue. A tick missed is a tick owed. */
export const sweep: Job<Record<string, never>> = {
  name: 'sweep',
  payload: z.strictObject({}),
  concurrency: 1,
  async run(context, _payload, signal) {
    const now = context.now();
    const { version } = context.config();
    const open = await context.ledger.follow(version, now);
    if (open > 0) context.log.info({ version, open }, 'another configuration is in force; all open work is looked at again');
    const decide = await planner(context, now);
    for (;;) {
      const { looked, reminders, suppressions } = await context.ledger.sweep(now, BATCH, decide);
      if (looked > 0) context.log.info({ looked, reminders, suppressions }, 'planned');
      // A look may open the next occurrence of a recurring duty, which is due for a look of its own.
      if (looked === 0 || signal.aborted) break;
    }
    for (;;) {
      const { messages } = await context.ledger.dispatch(now, DISPATCH);
      await context.enqueue(deliver.name, chunks(messages));
      if (messages.length < DISPATCH || signal.aborted) break;
    }
  },
};

async function planner(context: Context, now: number): Promise<(assignment: Assignment, escalation: Escalation) => Plan> {
  const { offices, policy, calendar } = context.config();
  const channels = new Set<ChannelName>(context.channels.sms === null ? ['email'] : ['email', 'sms']);
  const directories = new Map<string, Directory>();
  for (const directory of await context.ledger.directories()) directories.set(directory.office, directory);
  return (assignment, escalation) => {
    const office = offices.get(assignment.office);
    const directory = directories.get(assignment.office);
    if (office === undefined || directory === undefined) {
      throw new RangeError(`office ${assignment.office} is not in config/office.yaml or has no directory`);
    }
    const unit = unitById(directory, assignment.unit);
    const supervisor = unitById(directory, directory.supervisor);
    return plan(assignment, { office, policy, calendar, unit, supervisor, channels, escalation, now });
  };
}

interface Handed {
  readonly id: string;
  readonly channel: string;
  readonly urgent: boolean;
}

/** Urgent messages first; a chunk never mixes channels, so that a slow SMS gateway holds up no mail. */
function chunks(messages: readonly Handed[]): { payload: { ids: string[] }; priority: number }[] {
  const jobs: { payload: { ids: string[] }; priority: number }[] = [];
  for (const urgent of [true, false]) {
    for (const channel of ['email', 'sms']) {
      const ids = messages.filter((each) => each.urgent === urgent && each.channel === channel).map(({ id }) => id);
      for (let from = 0; from < ids.length; from += CHUNK) {
        jobs.push({ payload: { ids: ids.slice(from, from + CHUNK) }, priority: urgent ? 1 : 2 });
      }
    }
  }
  return jobs;
}
