// What one row says of its units and times. Cells are read by the rules of units and times; here it is decided which cells
// they get, what a merged cell means for each of its rows (read once, said for all), and what an empty one asks.

import { canonicalName } from '../../domain/directory.ts';
import type { Role } from '../../domain/notice.ts';
import { type ActorContext, firstLeadsFrom, readActors, readUnitCell } from '../actors/index.ts';
import { deadlineIdentity } from '../../domain/deadline.ts';
import type { SourceDocument } from '../document.ts';
import type { Passage } from '../passage.ts';
import { type Doubt, isOpen, type OpenDeadline, type ReadDeadline, type ReadUnit, type TimeContext } from '../reading.ts';
import type { Cells } from './rows-cells.ts';
import type { Column, Header } from './header.ts';
import { Marks } from './rows-marks.ts';
import { readTimes } from '../times/index.ts';

export interface RowContext {
  readonly times: TimeContext;
  readonly actors: ActorContext;
}

export interface RowUnits {
  readonly lead: readonly ReadUnit[];
  readonly cooperate: readonly ReadUnit[];
  readonly doubts: readonly Doubt[];
}

export interface RowTimes {
  readonly deadlines: readonly (ReadDeadline | OpenDeadline)[];
  readonly doubts: readonly Doubt[];
}

/** How a time that is more than a day was dated, and how many months it has. */
const SPANS: readonly (readonly [string, number])[] = [
  ['按月底', 1],
  ['按季度末', 3],
  ['按半年末', 6],
  ['按年底', 12],
];

export class RowFields {
  readonly #header: Header;
  readonly #cells: Cells;
  readonly #context: RowContext;
  readonly #marks: Marks;
  readonly #units = new Map<string, RowUnits>();
  readonly #times = new Map<string, RowTimes>();

  constructor(header: Header, cells: Cells, document: SourceDocument, context: RowContext) {
    this.#header = header;
    this.#cells = cells;
    // 责任单位（列首位的为牵头单位）.
    const firstLeads = header.columns.some(({ cell }) => firstLeadsFrom(cells.passage(cell)) !== null);
    this.#context = firstLeads ? { ...context, actors: { ...context.actors, firstLeads } } : context;
    this.#marks = new Marks(header.units, cells, document);
  }

  /** Of the row that the cells have entered; `body` is the task's own text. */
  units(body: Passage | null): RowUnits {
    const read: RowUnits[] = [];
    const seen = new Set<unknown>();
    const columns = this.#header.columns.filter(({ role }) => role === 'lead' || role === 'cooperate');
    for (const { at, role } of columns) {
      const value = this.#cells.value(at);
      if (value.kind !== 'cell' || seen.has(value.cell)) continue;
      seen.add(value.cell);
      read.push(this.#unitCell(value.passage, role === 'lead' ? 'lead' : 'cooperate'));
    }
    if (this.#header.units.length > 0) read.push(this.#marks.read());
    if (body !== null && read.every(({ lead, cooperate }) => lead.length + cooperate.length === 0)) {
      read.push(this.#remember(this.#units, `body ${key(body)}`, () => readActors(body, this.#context.actors)));
    }
    const units = settled(read);
    const isAsked = columns.length + this.#header.units.length > 0 && units.lead.length === 0;
    if (!isAsked || units.doubts.some(({ field }) => field === 'lead')) return units;
    return { ...units, doubts: [...units.doubts, { field: 'lead', reason: '没有牵头单位，请填写；表中可能是合并单元格' }] };
  }

  times(body: Passage | null): RowTimes {
    const columns = this.#header.columns.filter(({ role }) => role === 'deadline');
    const stated = this.#passages(columns);
    // 责任单位及完成时限: units and all, as in a bracket.
    const mixed = this.#passages(
      this.#header.columns.filter(({ role, heading }) => role === 'lead' && /时限|时间|期限/u.test(heading)),
    );
    const starts = this.#passages(this.#header.columns.filter(({ role }) => role === 'start'));
    const read = [
      this.#time(body, stated[0] ?? null),
      ...stated.slice(1).map((passage) => this.#time(null, passage)),
      ...mixed.map((passage) => this.#time(null, passage, 'bracket')),
      ...starts.map((passage) => asStart(this.#time(null, passage))),
      ...this.#periods(),
    ];
    const deadlines = once(read.flatMap((each) => each.deadlines));
    const doubts = distinct(read.flatMap((each) => each.doubts));
    const isBlank = columns.some(({ at }) => this.#cells.value(at).kind === 'blank');
    if (deadlines.length === 0 && doubts.length === 0 && isBlank && stated.length === 0) {
      return { deadlines, doubts: [{ field: 'deadlines', reason: '没有完成时限，请填写；表中可能是合并单元格' }] };
    }
    return { deadlines, doubts };
  }

  /** Months or quarters that are filled: with words of their own, or with a mark; of marks side by side the last is the term. */
  #periods(): RowTimes[] {
    const { periods } = this.#header;
    const values = periods.map(({ at }) => this.#cells.value(at));
    const isMark = (index: number): boolean => {
      const value = values[index];
      return value?.kind === 'cell' && value.passage.length <= 2 && !/[\d\p{L}]/u.test(value.passage.text);
    };
    return periods.flatMap(({ at, cell }, index) => {
      const value = values[index];
      const goesOn = periods[index + 1]?.at === at + 1 && isMark(index) && isMark(index + 1);
      if (value?.kind !== 'cell' || goesOn) return [];
      const read = this.#time(isMark(index) ? null : value.passage, this.#cells.passage(cell));
      if (!isMark(index) || !isMark(index - 1) || periods[index - 1]?.at !== at - 1) return [read];
      const reason = `“${this.#cells.passage(cell).printed()}”和前一期都有标记，取最后一期为时限，请确认`;
      return [{ ...read, doubts: [...read.doubts, { field: 'deadlines', reason }] }];
    });
  }

  #passages(columns: readonly Column[]): Passage[] {
    const found = columns.map(({ at }) => this.#cells.value(at)).flatMap((value) => (value.kind === 'cell' ? [value] : []));
    return [...new Map(found.map(({ cell, passage }) => [cell, passage])).values()];
  }

  #unitCell(passage: Passage, role: Role): RowUnits {
    return this.#remember(this.#units, `${role} ${key(passage)}`, () => readUnitCell(passage, role, this.#context.actors));
  }

  #time(body: Passage | null, stated: Passage | null, kind: 'bracket' | 'column' = 'column'): RowTimes {
    return this.#remember(this.#times, `${kind} ${key(body)} ${key(stated)}`, () =>
      readTimes({ body, stated, statedKind: stated === null ? null : kind }, this.#context.times),
    );
  }

  #remember<T>(memory: Map<string, T>, at: string, read: () => T): T {
    const known = memory.get(at) ?? read();
    memory.set(at, known);
    return known;
  }
}

/** Each unit once; one that both leads and cooperates leads, and a person is told. */
export function settled(read: readonly RowUnits[]): RowUnits {
  const lead = named(read.flatMap((each) => each.lead));
  const leading = new Set(lead.map(({ name }) => canonicalName(name)));
  const others = named(read.flatMap((each) => each.cooperate));
  const both = others.filter(({ name }) => leading.has(canonicalName(name)));
  return {
    lead,
    cooperate: others.filter((unit) => !both.includes(unit)),
    doubts: distinct([
      ...read.flatMap((each) => each.doubts),
      ...both.map(({ name }): Doubt => ({ field: 'lead', reason: `“${name}”既写在牵头又写在配合，按牵头读入` })),
    ]),
  };
}

function named(units: readonly ReadUnit[]): ReadUnit[] {
  return [...new Map(units.toReversed().map((unit) => [canonicalName(unit.name), unit])).values()].toReversed();
}

function distinct(doubts: readonly Doubt[]): Doubt[] {
  return [...new Map(doubts.map((doubt) => [`${doubt.field} ${doubt.reason}`, doubt])).values()];
}

function once(deadlines: RowTimes['deadlines']): RowTimes['deadlines'] {
  const seen = new Set<string>();
  return deadlines.filter((each) => {
    const identity = isOpen(each) ? `open ${each.span.start}` : `${deadlineIdentity(each)} ${each.span.start}`;
    return !seen.has(identity) && seen.add(identity);
  });
}

/** In a column of beginnings 3月 and 第二季度 are not their ends but their first days, and may well be past. */
function asStart({ deadlines, doubts }: RowTimes): RowTimes {
  return {
    doubts: doubts.filter(({ reason }) => !reason.includes('早于成文日期')),
    deadlines: deadlines.map((each) => {
      if (each.kind !== 'by') return each;
      if (each.date === null) return { ...each, kind: 'from' };
      const { inferred = '', ...rest } = each;
      const span = SPANS.find(([ending]) => inferred.endsWith(ending));
      if (span === undefined) return { ...each, kind: 'from' };
      const [ending, months] = span;
      const month = Number(each.date.slice(5, 7)) - months + 1;
      const why = inferred.slice(0, -ending.length).replace(/，$/u, '');
      const date = `${each.date.slice(0, 5)}${String(month).padStart(2, '0')}-01`;
      return { ...rest, kind: 'from', date, ...(why === '' ? {} : { inferred: why }) };
    }),
  };
}

function key(passage: Passage | null): string {
  if (passage === null || passage.length === 0) return '-';
  const { start, end } = passage.span();
  return `${start}-${end}/${passage.length}`;
}
