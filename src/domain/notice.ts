import type { Deadline, IsoDate } from './deadline.ts';

/** The document an office issued, and under whose clauses every duty stands. */
export interface Notice {
  readonly title: string;
  /** 文号, null where the document carries none. */
  readonly number: string | null;
  readonly issuer: string | null;
  /** 成文日期, or null; then `assumedIssuedOn` stands in and is shown as assumed. */
  readonly issuedOn: IsoDate | null;
  readonly assumedIssuedOn: IsoDate | null;
  readonly year: number;
}

export type Role = 'lead' | 'cooperate';

/** One duty of a notice, as read. `lead` and `cooperate` are names of units or groups as printed. */
export interface Task {
  /** The clause: `三(二)-1`, a row or an item number. Unique in its schedule. */
  readonly ref: string;
  readonly title: string;
  /** The whole text of the task as printed; null where the schedule was typed by hand. */
  readonly quote: string | null;
  readonly deadlines: readonly Deadline[];
  readonly lead: readonly string[];
  readonly cooperate: readonly string[];
  /** What a person must look at, in words. */
  readonly review: readonly string[];
  /** Groups that mean something narrower in this task than in the directory: group name to unit names. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

/** A notice as a plan of work: what a coordinator reads, edits and confirms. */
export interface Schedule {
  /** `ruicheng-2022`: the name of its folder under seeds, unique in its office. */
  readonly name: string;
  readonly office: string;
  readonly notice: Notice;
  readonly tasks: readonly Task[];
}

/** The day the notice speaks from: stages before it are dropped. */
export function noticeDate(notice: Notice): IsoDate {
  const date = notice.issuedOn ?? notice.assumedIssuedOn;
  if (date === null) throw new RangeError('a notice needs issuedOn or assumedIssuedOn');
  return date;
}
