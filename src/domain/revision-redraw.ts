// One standing duty after another is drawn anew: its role, its deadline, or its end. Each keeps what was done and sent.

import { type Approval, type Assignment, deadlineKey, isClosed, type NewAssignment, occurrenceKey } from './assignment.ts';
import type { Deadline, IsoDate, Rule } from './deadline.ts';
import type { Notice, Role } from './notice.ts';
import { nextBegins } from './recurrence.ts';
import type { Instant } from './time.ts';

export interface DutyChange {
  readonly before: Assignment;
  readonly after: Assignment;
  /** For the history and for people. */
  readonly note: string;
  /** Why what was planned and not yet sent is void; null where it still holds. */
  readonly voids: { readonly reason: 'superseded' | 'cancelled' | 'completed'; readonly detail: string } | null;
  /** When the planner must look: as arranged, at an instant, or (null) never. */
  readonly look: Instant | 'kept' | null;
}

export interface Redrawn {
  readonly changed: readonly DutyChange[];
  /** Closed assignments whose next occurrence is not to be opened any more. */
  readonly stopped: readonly string[];
}

export interface RedrawContext {
  readonly at: Instant;
  readonly today: IsoDate;
  readonly zone: string;
  readonly notice: Notice;
  readonly noticeBefore: Notice;
}

interface Drawn {
  readonly before: Assignment;
  after: Assignment;
  readonly notes: string[];
  voids: DutyChange['voids'];
  look: DutyChange['look'];
}

const ROLE_WORDS: Readonly<Record<Role, string>> = { lead: '牵头', cooperate: '配合' };

export class Redrawing {
  readonly #context: RedrawContext;
  readonly #drawn = new Map<string, Drawn>();
  readonly #stopped = new Set<string>();
  /** No two assignments of a unit stand for one date of one deadline. */
  readonly #taken: Set<string>;

  constructor(context: RedrawContext, standing: readonly Assignment[]) {
    this.#context = context;
    this.#taken = new Set(standing.map(placeOf));
  }

  /** The assignment as drawn so far. */
  now(row: Assignment): Assignment {
    return this.#drawn.get(row.id)?.after ?? row;
  }

  drawn(): Redrawn {
    const changed = [...this.#drawn.values()].map(({ before, after, notes, voids, look }) => ({
      before,
      after,
      note: `通知修订：${notes.join('；')}`,
      voids,
      look,
    }));
    return { changed, stopped: [...this.#stopped] };
  }

  /** Open ones are cancelled; closed ones stay, and nothing follows them. */
  end(row: Assignment, why: string): void {
    if (!isClosed(this.now(row).status)) {
      this.#draw(row, { status: 'cancelled' }, why, { voids: { reason: 'cancelled', detail: why }, look: null });
    } else if (row.deadline?.kind === 'recurring') {
      this.#stopped.add(row.id);
    }
  }

  /** A unit that leads where it helped, or helps where it led, is told so; what it has done stays done. */
  turn(row: Assignment, role: Role): void {
    const { at, today } = this.#context;
    const now = this.now(row);
    if (now.role === role) return;
    const why = `由${ROLE_WORDS[now.role]}改为${ROLE_WORDS[role]}`;
    if (isClosed(now.status)) {
      this.#draw(row, { role }, why);
      return;
    }
    // Whoever comes to lead what is overdue has had no warning: a person decides, as for any duty handed out too late.
    const late = role === 'lead' && now.due !== null && now.due < today;
    const pursuit = late ? { pursuit: 'undecided' as const, extendedAt: null } : {};
    const told = {
      role,
      ...pursuit,
      confirmedAt: at,
      ladder: null,
      sequence: row.sequence + 1,
      plannedThrough: notYetSaid(now, at),
    };
    this.#draw(row, told, why, { voids: { reason: 'superseded', detail: why }, look: at });
  }

  /** The deadline stays. `revives`: what an earlier revision ended comes back. Returns false where the duty is to be opened. */
  goOn(rows: readonly Assignment[], duty: NewAssignment, revives: boolean): boolean {
    for (const row of rows) this.#reword(row, duty.deadline);
    if (!revives || rows.some(({ status }) => !isClosed(status))) return true;
    const same = duty.deadline?.kind === 'recurring' ? rows.filter(({ originalDue }) => originalDue === duty.due) : rows;
    if (same.some(({ status }) => status === 'completed')) return true;
    const cancelled = same.at(-1);
    if (cancelled !== undefined) this.#revive(cancelled, duty);
    return cancelled !== undefined;
  }

  /** The duty's deadline takes the place of theirs. Returns false where the duty is to be opened all the same. */
  move(rows: readonly Assignment[], duty: NewAssignment): boolean {
    if (rows[0]?.deadline?.kind === 'recurring') return this.#moveRecurring(rows, rows[0].deadline.rule, duty);
    const again = duty.deadline?.kind === 'recurring';
    for (const row of rows) {
      if (!isClosed(row.status)) this.#redate(row, duty, again ? duty.due : row.originalDue);
      else if (row.status === 'cancelled' || sortOf(row) === sortOf(duty)) this.#rekey(row, duty.deadline);
      else return false;
    }
    return true;
  }

  /** When the last lead that was open has left, those who help whoever is done are done too. */
  closeCooperating(rows: readonly Assignment[]): void {
    const of = new Map<string, Assignment[]>();
    for (const row of rows) {
      const key = occurrenceKey(this.now(row));
      const same = of.get(key);
      if (same === undefined) of.set(key, [row]);
      else same.push(row);
    }
    for (const same of of.values()) {
      const left = same.some((row) => row.role === 'lead' && !isClosed(row.status) && this.#hasLeft(row));
      const leading = same.map((row) => this.now(row)).filter(({ role, status }) => role === 'lead' && status !== 'cancelled');
      if (!left || leading.length === 0 || leading.some(({ status }) => !isClosed(status))) continue;
      for (const row of same) {
        if (this.now(row).role === 'cooperate' && !isClosed(this.now(row).status)) this.#completeWithLead(row);
      }
    }
  }

  #hasLeft(row: Assignment): boolean {
    const { role, status } = this.now(row);
    return role !== 'lead' || status === 'cancelled';
  }

  #completeWithLead(row: Assignment): void {
    const { originalDue, deadline } = this.now(row);
    const look = deadline?.kind === 'recurring' && originalDue !== null ? nextBegins(this.#context.zone, originalDue) : null;
    const why = '牵头单位已办结';
    this.#draw(row, { status: 'completed' }, why, { voids: { reason: 'completed', detail: why }, look });
  }

  /** The occurrence that is running moves to the new rule; those behind it are owed for their dates, and nothing follows them. */
  #moveRecurring(rows: readonly Assignment[], rule: Rule, duty: NewAssignment): boolean {
    const { today, zone } = this.#context;
    const [current, ...earlier] = rows.toSorted((a, b) => ((a.originalDue ?? '') < (b.originalDue ?? '') ? 1 : -1));
    if (current === undefined) return false;
    for (const row of earlier) this.#stopAfter(row);
    const running = (current.originalDue ?? '') >= today || (current.due ?? '') >= today;
    const again = duty.deadline?.kind === 'recurring' ? duty.deadline : null;
    if (current.status === 'cancelled') {
      this.#rekey(current, duty.deadline);
      return true;
    }
    if (running && !isClosed(current.status)) {
      this.#redate(current, duty, again === null ? current.originalDue : duty.due);
      return true;
    }
    if (running && again !== null && duty.due !== null && often(again.rule) === often(rule)) {
      const done = { deadline: again, originalDue: duty.due };
      this.#draw(current, done, `周期由“${current.deadline?.text ?? ''}”改为“${again.text}”，本期已办结`, {
        look: nextBegins(zone, duty.due),
      });
      return true;
    }
    this.#stopAfter(current);
    return false;
  }

  #stopAfter(row: Assignment): void {
    if (row.originalDue === null) return;
    const deadline: Deadline = { kind: 'by', date: row.originalDue, text: row.deadline?.text ?? row.originalDue };
    const place = placeOf({ ...row, deadline });
    if (this.#taken.has(place)) {
      this.end(row, `与${row.originalDue}的另一时限重复`);
      return;
    }
    this.#taken.add(place);
    const open = !isClosed(row.status);
    this.#draw(
      row,
      { deadline },
      `周期已改，${row.originalDue}一期${open ? '仍待办结' : '已结，此后按新的周期'}`,
      open ? {} : { look: null },
    );
  }

  #reword(row: Assignment, deadline: Deadline | null): void {
    if (deadline === null || row.deadline === null || row.deadline.text === deadline.text) return;
    this.#draw(row, { deadline }, `时限的文字由“${row.deadline.text}”改为“${deadline.text}”`);
  }

  #rekey(row: Assignment, deadline: Deadline | null): void {
    this.#draw(row, { deadline }, `时限由“${row.deadline?.text ?? '未写'}”改为“${deadline?.text ?? '未写'}”`);
  }

  #redate(row: Assignment, { deadline, due, pursuit }: NewAssignment, originalDue: IsoDate | null): void {
    const { at } = this.#context;
    const approved = extendedTo(row);
    if (approved !== null && due !== null && approved >= due) {
      const why = approved === due ? '' : `，晚于修订后的${due}，不变`;
      this.#draw(
        row,
        { deadline },
        `时限由“${row.deadline?.text ?? ''}”改为“${deadline?.text ?? ''}”；已批准延期至${approved}${why}`,
      );
      return;
    }
    if (due === null && row.due === null) {
      this.#rekey(row, deadline);
      return;
    }
    const told = due === null || pursuit === 'undecided' ? { confirmedAt: at, extendedAt: null } : { extendedAt: at };
    const moved = { deadline, due, pursuit, originalDue, ...told, ladder: null, sequence: row.sequence + 1 };
    const why = `时限由${row.due ?? '无固定时限'}改为${due ?? '无固定时限'}`;
    this.#draw(row, { ...moved, approval: this.#approval(), plannedThrough: notYetSaid(row, at) }, why, {
      voids: { reason: 'superseded', detail: why },
      look: at,
    });
  }

  /** What letters cite: the document that moved the date. A slip that was corrected in the schedule has none. */
  #approval(): Approval | null {
    const { notice, noticeBefore } = this.#context;
    if (notice.number === noticeBefore.number && notice.title === noticeBefore.title) return null;
    return { by: notice.issuer ?? '发文机关', number: notice.number ?? `《${notice.title}》` };
  }

  #revive(row: Assignment, { deadline, due, pursuit }: NewAssignment): void {
    const { at } = this.#context;
    const afresh = { status: 'needs-action' as const, confirmedAt: at, extendedAt: null, approval: null, ladder: null };
    const told = { deadline, due, pursuit, ...afresh, sequence: row.sequence + 1, plannedThrough: notYetSaid(row, at) };
    this.#draw(row, told, '重新交办', { look: at });
  }

  #draw(row: Assignment, change: Partial<Assignment>, note: string, rest: Partial<Pick<Drawn, 'voids' | 'look'>> = {}): void {
    const known = this.#drawn.get(row.id);
    if (known === undefined) {
      this.#drawn.set(row.id, { before: row, after: { ...row, ...change }, notes: [note], voids: null, look: 'kept', ...rest });
      return;
    }
    known.after = { ...known.after, ...change };
    known.notes.push(note);
    known.voids = rest.voids ?? known.voids;
    if (rest.look !== undefined) known.look = rest.look;
  }
}

function placeOf({ ref, unit, originalDue, ...of }: Pick<Assignment, 'ref' | 'unit' | 'originalDue' | 'deadline'>): string {
  return [ref, unit, deadlineKey(of), originalDue ?? ''].join('\n');
}

/** What happens now is said, though everything up to now was planned. */
function notYetSaid({ plannedThrough }: Assignment, at: Instant): Instant {
  return Math.min(plannedThrough, at - 1);
}

/** The date that was approved for this unit alone, or null. */
function extendedTo({ deadline, due, extendedAt }: Assignment): IsoDate | null {
  if (extendedAt === null || due === null || deadline === null || !('date' in deadline)) return null;
  return due === deadline.date ? null : due;
}

/** A date that moved is still the same piece of work; something done once and something that comes again are not. */
function sortOf({ deadline, due }: Pick<Assignment, 'deadline' | 'due'>): 'recurring' | 'running' | 'once' {
  return deadline?.kind === 'recurring' ? 'recurring' : due === null ? 'running' : 'once';
}

/** yearly 03-31 and yearly 04-30 are one rhythm. */
function often(rule: Rule): string {
  return rule.startsWith('yearly') ? 'yearly' : rule;
}
