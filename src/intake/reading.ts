// What was read of a notice: every field with the words it rests on, where they stand and the rule that made it.

import type { Deadline, IsoDate } from '../domain/deadline.ts';
import type { SourceDocument, Span } from './document.ts';

/** Where a value comes from. `quote` is `document.text.slice(span.start, span.end)`, never empty. */
export interface Origin {
  readonly quote: string;
  readonly span: Span;
  /** The rule's name, in words a coordinator understands: 括号内责任单位, 月底前, 题名中的年份. */
  readonly rule: string;
}

export interface Read<T> extends Origin {
  readonly value: T;
}

/** A time of a task. Its `quote` holds the time words that it was made of: none can be made without them. */
export type ReadDeadline = Deadline & Origin;

/** A time phrase whose date needs a year or a day that nobody has told: kind and words, no date. Always doubted. */
export interface OpenDeadline extends Origin {
  readonly kind: 'by' | 'from';
  readonly date: null;
  readonly text: string;
}

/** It needs a year or a day that nobody has told. */
export function isOpen(deadline: ReadDeadline | OpenDeadline): deadline is OpenDeadline {
  return 'date' in deadline && deadline.date === null;
}

/** A unit or a group as printed, without line breaks and emphasis. */
export interface ReadUnit extends Origin {
  readonly name: string;
}

export type DoubtField = 'task' | 'title' | 'deadlines' | 'lead' | 'cooperate';

/** What a person must look at. */
export interface Doubt {
  readonly field: DoubtField;
  /** One sentence in Chinese that quotes the words and says what to decide. */
  readonly reason: string;
}

export interface ReadTask {
  /** The clause: 三(二)-1, an item's number, a row's number. Unique in its document. */
  readonly ref: string;
  /** Proposed: a few words of the document. */
  readonly title: string;
  /** The whole text of the task. */
  readonly source: Omit<Origin, 'rule'>;
  /** Where a person finds it: 第 12 行, 表 1 第 4 行. */
  readonly place: string;
  readonly deadlines: readonly (ReadDeadline | OpenDeadline)[];
  readonly lead: readonly ReadUnit[];
  readonly cooperate: readonly ReadUnit[];
  readonly doubts: readonly Doubt[];
}

export interface ReadNotice {
  readonly title: Read<string> | null;
  /** 文号. */
  readonly number: Read<string> | null;
  readonly issuer: Read<string> | null;
  /** 成文日期. */
  readonly issuedOn: Read<IsoDate> | null;
  /** The year that times without one belong to. */
  readonly year: Read<number> | null;
}

export interface Reading {
  readonly document: SourceDocument;
  readonly notice: ReadNotice;
  readonly tasks: readonly ReadTask[];
  /** What concerns the whole notice. */
  readonly doubts: readonly string[];
}

/** What is known from elsewhere and outranks or completes the document. */
export interface Hints {
  /** --year: outranks the document. */
  readonly year: number | null;
  /** --issued. */
  readonly issuedOn: IsoDate | null;
}

/** What a time without year or month is completed from. */
export interface TimeContext {
  /** Null: not known; a time that needs it stays open. */
  readonly year: number | null;
  /** Where the year is from, the end of 年份取自…: 题名, 成文日期, --year. */
  readonly yearSource: string;
  readonly issuedOn: IsoDate | null;
}
