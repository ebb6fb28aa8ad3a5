// A table of tasks, row by row: which cells make a task, which rows a merged cell binds together, and what the table leaves
// open. What a row says of units and times is read in rows-fields.ts.

import type { Cell, SourceDocument, Span, Table } from '../document.ts';
import { type Column, type Header, headerOf } from './header.ts';
import type { Passage } from '../passage.ts';
import type { Doubt, ReadTask } from '../reading.ts';
import { Cells, excerpt, joined, LONGEST_CELL, partsOf, type Value } from './rows-cells.ts';
import { type RowContext, RowFields, type RowTimes, type RowUnits, settled } from './rows-fields.ts';
import { kindOfRow } from './rows-kinds.ts';
import { type NamedRow, withRefs } from './rows-refs.ts';
import { covering, trimmed } from './rows-spans.ts';
import { columnDoubts } from './rows-columns.ts';
import { proposeTitle } from '../clauses/title.ts';

export type { RowContext } from './rows-fields.ts';

export interface ReadTable {
  readonly tasks: readonly ReadTask[];
  /** What concerns the table as a whole. */
  readonly doubts: readonly string[];
  /** Cells that cannot be read, with their place; their rows are not among the tasks. */
  readonly errors: readonly string[];
}

const MOST_ROWS = 5_000;
/** Of all tasks together: a merged cell is said of every row that it covers. */
const MOST_TEXT = 5_000_000;
/** A longer quote spans rows of others. */
const LONGEST_QUOTE = 5_000;
const MOST_ERRORS = 100;
const MOST_ASIDES = 5;
const FORMULA_ERROR = /^#(?:REF!|N\/A|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!)$/u;
const TELLING_REMARK =
  /\d月|[年月季]底|季度|上旬|中旬|下旬|延|推迟|提前|暂缓|取消|改为|调整|变更|不再|已完成|牵头|配合|另行|视情/u;

/** Null where the table has no header that we know: then it is no task table. Linear in the number of cells. */
export function readRows(table: Table, document: SourceDocument, context: RowContext): ReadTable | null {
  const header = headerOf(table, document.text);
  if (header === null) return null;
  const rows = table.rows.length - header.endRow;
  if (rows > MOST_ROWS) {
    const place = header.columns[0]?.cell.place ?? '';
    return { tasks: [], doubts: [], errors: [`${place}：表格过大：最多 ${MOST_ROWS} 行，这里有 ${rows} 行`] };
  }
  const reader = new TableReader(table, document, header, context);
  for (let row = header.endRow; row < table.rows.length; row += 1) reader.read(row);
  return reader.finish();
}

/** A row on its way to a task. */
interface Draft extends NamedRow {
  /** What the name and content columns hold, in order. */
  readonly text: readonly Cell[];
  readonly name: Passage | null;
  readonly body: Passage;
  readonly span: Span;
  readonly place: string;
  units: RowUnits;
  readonly times: RowTimes;
  readonly timeWords: string;
  readonly doubts: readonly Doubt[];
}

class TableReader {
  readonly #table: Table;
  readonly #document: SourceDocument;
  readonly #context: RowContext;
  readonly #cells: Cells;
  #header: Header;
  #fields: RowFields;
  readonly #drafts: Draft[] = [];
  readonly #asides: string[] = [];
  readonly #errors: string[] = [];
  #section: string | null = null;
  #room = MOST_TEXT;
  /** Rows of one merged task ask for the same words. */
  #lastJoined: { readonly cells: readonly Cell[]; readonly passage: Passage | null }[] = [];
  /** Rows above it belong to a header already. */
  #next = 0;

  constructor(table: Table, document: SourceDocument, header: Header, context: RowContext) {
    this.#table = table;
    this.#document = document;
    this.#context = context;
    this.#header = header;
    this.#cells = new Cells(table, document);
    this.#fields = new RowFields(header, this.#cells, document, context);
  }

  read(row: number): void {
    if (row < this.#next) return;
    this.#cells.enter(row);
    const found = kindOfRow(row, this.#cells, this.#header);
    if (found.kind === 'task' || (found.kind === 'header' && !this.#isNewHeader(row))) this.#task(row);
    else if (found.kind === 'section') {
      const { text } = this.#cells.passage(found.cell);
      this.#section = text;
      if (!found.isPlain) {
        this.#asides.push(`${found.cell.place}只有一格“${excerpt(text)}”，当作小标题或附注，没有读为任务`);
      }
    }
    this.#cells.leave();
  }

  finish(): ReadTable {
    const named = withRefs(
      this.#drafts,
      this.#header.columns.some(({ role }) => role === 'ref'),
    );
    const doubts = [
      ...(this.#drafts.length === 0 ? ['表头下面没有任务'] : []),
      ...columnDoubts(this.#header, this.#table, this.#cells),
      ...named.doubts,
      ...this.#asides.slice(0, MOST_ASIDES),
      ...(this.#asides.length > MOST_ASIDES ? [`另有 ${this.#asides.length - MOST_ASIDES} 行也只有一格，没有读为任务`] : []),
    ];
    const tasks = named.rows.map(({ row: draft, ref, doubts: said }): ReadTask => {
      const { start, end } = draft.span;
      return {
        ref,
        title: titleOf(draft),
        source: { quote: this.#document.text.slice(start, end), span: draft.span },
        place: draft.place,
        deadlines: draft.times.deadlines,
        lead: draft.units.lead,
        cooperate: draft.units.cooperate,
        doubts: [...said, ...draft.doubts, ...draft.units.doubts, ...draft.times.doubts],
      };
    });
    return { tasks, doubts, errors: this.#errors };
  }

  /** The same again, as on each page; or other columns from here on. */
  #isNewHeader(row: number): boolean {
    const rows = this.#table.rows.slice(row, row + 2);
    const header = headerOf({ ...this.#table, rows }, this.#document.text);
    if (header === null || header.firstRow > 0) return false;
    this.#next = row + header.endRow;
    const headings = (each: Header) => each.columns.map(({ at, heading }) => `${at} ${heading}`).join();
    if (headings(header) === headings(this.#header)) return true;
    this.#header = header;
    this.#fields = new RowFields(header, this.#cells, this.#document, this.#context);
    return true;
  }

  #task(row: number): void {
    const filled = this.#cells.filled();
    if (this.#hasErrors(filled)) return;
    const [title, content, ref] = [this.#first('title'), this.#all('content'), this.#first('ref')];
    const text = [...(title.kind === 'cell' ? [title.cell] : []), ...content];
    const [only] = text;
    const body = this.#joined(text);
    if (only === undefined || body === null) {
      this.#error(this.#textPlace(row, filled), '缺少任务：需要写明任务名称；若是合并单元格，请取消合并并逐行填写');
      return;
    }
    const duty = this.#joined(content) ?? body;
    this.#room -= body.length;
    if (this.#room < 0) {
      if (this.#room + body.length >= 0)
        this.#error(only.place, `任务文字合计超过 ${MOST_TEXT} 字（合并单元格对每一行都算），后面的没有读入`);
      return;
    }
    const times = this.#fields.times(body);
    const units = this.#fields.units(duty);
    const timeWords = [...this.#all('deadline'), ...this.#all('start')].map((cell) => this.#cells.passage(cell).text).join(' ');
    const number = ref.kind === 'cell' ? ref.cell : null;
    const before = this.#drafts.at(-1);
    // Rows of one merged task that differ in their units alone are one task.
    if (before !== undefined && isSameTask(before, text, number) && before.timeWords === timeWords) {
      before.units = settled([before.units, units]);
      return;
    }
    const own = filled.filter((cell) => cell.row === row);
    this.#drafts.push({
      row: row + 1,
      written: ref.kind === 'cell' ? ref.passage.text : null,
      number,
      section: this.#sectionHere(),
      // An empty number and an empty name below a row that has them: the sheet showed one cell over both.
      continues:
        ref.kind !== 'cell' && title.kind === 'blank' && content.length > 0 && before !== undefined && before.name !== null,
      text,
      name: title.kind === 'cell' && content.length > 0 ? title.passage : null,
      body: duty,
      span: this.#spanOf(own, content.length > 0 ? content : text),
      place: (own[0] ?? only).place,
      units,
      times,
      timeWords,
      doubts: this.#remarks(),
    });
  }

  /** The row from its first cell to its last, and its content where that is merged from above; the content alone where it is far. */
  #spanOf(own: readonly Cell[], content: readonly Cell[]): Span {
    const whole = covering([...own, ...content]);
    const isFar = whole.end - whole.start > LONGEST_QUOTE && content.some((cell) => !own.includes(cell));
    return trimmed(this.#document.text, isFar ? covering(content) : whole);
  }

  #joined(cells: readonly Cell[]): Passage | null {
    const known = this.#lastJoined.find(
      (each) => each.cells.length === cells.length && each.cells.every((cell, at) => cell === cells[at]),
    );
    if (known !== undefined) return known.passage;
    const passage = joined(this.#document.text, cells);
    this.#lastJoined = [{ cells, passage }, ...this.#lastJoined.slice(0, 1)];
    return passage;
  }

  #hasErrors(filled: readonly Cell[]): boolean {
    let found = false;
    for (const cell of filled) {
      const { text } = this.#cells.passage(cell);
      const isVast = partsOf(cell).some(({ start, end }) => end - start > LONGEST_CELL);
      if (!isVast && !FORMULA_ERROR.test(text)) continue;
      found = true;
      this.#error(cell.place, isVast ? `这一格超过 ${LONGEST_CELL} 字，没有读入` : `公式出错（${text}），请改为文字`);
    }
    return found;
  }

  #error(place: string, message: string): void {
    if (this.#errors.length < MOST_ERRORS) this.#errors.push(`${place}：${message}`);
    else if (this.#errors.length === MOST_ERRORS) this.#errors.push('出错的单元格太多，其余不再列出');
  }

  /** Where the text of a row should stand. */
  #textPlace(row: number, filled: readonly Cell[]): string {
    const column = this.#header.columns.find(({ role }) => role === 'title' || role === 'content');
    return (this.#table.rows[row]?.[column?.at ?? 0] ?? filled[0])?.place ?? '';
  }

  #first(role: Column['role']): Value {
    const column = this.#header.columns.find((each) => each.role === role);
    return column === undefined ? { kind: 'none' } : this.#cells.value(column.at);
  }

  #all(role: Column['role']): Cell[] {
    const values = this.#header.columns.filter((each) => each.role === role).map(({ at }) => this.#cells.value(at));
    return [...new Set(values.flatMap((value) => (value.kind === 'cell' ? [value.cell] : [])))];
  }

  /** The finest section column outranks the heading over the rows. */
  #sectionHere(): string | null {
    const columns = this.#all('section');
    return columns.length === 0 ? this.#section : columns.map((cell) => this.#cells.passage(cell).text).join('/');
  }

  /** A remark that changes a time or a unit is asked; the others stand in the quote. */
  #remarks(): Doubt[] {
    return this.#all('remarks')
      .map((cell) => this.#cells.passage(cell))
      .filter(({ text }) => TELLING_REMARK.test(text))
      .map((passage) => ({ field: 'task', reason: `备注：“${excerpt(passage.quote())}”` }));
  }
}

function isSameTask(before: Draft, text: readonly Cell[], number: Cell | null): boolean {
  const isMerged = text.length === before.text.length && text.every((cell, at) => cell === before.text[at] && cell.rowSpan > 1);
  return isMerged && (number === null || number === before.number);
}

/** The name in its column; a name that stands over several rows, with what is this row's own. */
function titleOf({ name, body, text: [named, ...others] }: Draft): string {
  const isShared = named !== undefined && others.some(({ rowSpan }) => rowSpan < named.rowSpan);
  // Nothing but marks is still what stands there.
  const own = proposeTitle(name, body) || body.printed(0, 30);
  return name !== null && isShared ? `${own}：${proposeTitle(null, body)}` : own;
}
