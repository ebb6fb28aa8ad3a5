// Letters whose readers are programs: what is said of which duty, and the truth about it, in JSON.

import { deadlineKey } from '../../src/domain/assignment.ts';
import type { Message, Rendered } from '../../src/domain/message.ts';
import type { Said } from './sink.ts';

export function letter(message: Message): Rendered {
  const said = message.items.map(
    ({ stage, occurrence, rung, copy, assignment, remindedOn }): Said & { before: readonly string[]; status: string } => ({
      schedule: assignment.schedule,
      ref: assignment.ref,
      unit: assignment.unit,
      deadline: deadlineKey(assignment),
      originalDue: assignment.originalDue,
      due: assignment.due,
      sequence: assignment.sequence,
      stage,
      occurrence,
      rung,
      copy,
      status: assignment.status,
      before: remindedOn,
    }),
  );
  return { subject: `${said.length}`, text: JSON.stringify(said), html: '' };
}
