// A table of tasks, row by row: which rows are tasks, which are headings, totals and notes, which rows a merged cell binds
// together, and how each is called. What a row says of units and times is read in rows-fields.ts.

import type { Cell, SourceDocument, Span, Table } from './document.ts';
import type { Passage } from './passage.ts';
import type { Doubt, ReadTask } from './reading.ts';
import { Cells, excerpt, joined, LONGEST_CELL, type Value } from './rows-cells.ts';
import { type RowContext, RowFields, type RowTimes, type RowUnits, settled } from './rows-fields.ts';
import { type Column, headerOf, type Header, MOST_COLUMNS } from './header.ts';
import { plainHeading } from './rows-headings.ts';
import { type NamedRow, withRefs } from './rows-refs.ts';
import { proposeTitle } from './title.ts';

export type { RowContext } from './rows-fields.ts';

export interface ReadTable {
  readonly tasks: readonly ReadTask[];
  /** What concerns the table as a whole. */
  readonly doubts: readonly string[];
  /** Cells that cannot be read, with their place; their rows are not among the tasks. */
  readonly errors: readonly string[];
  /** Text above the header, a candidate for the title. */
  readonly caption: Span | null;
}

const MOST_ROWS = 5_000;
const MOST_ERRORS = 100;
const FORMULA_ERROR = /^#(?:REF!|N\/A|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!)$/u;
const TOTAL = /^(?:合计|总计|小计|共计)(?:[:(].{0,20})?$/u;
const NOTE = /^(?:注|备注|说明|附注|填表|填报|制表|审核|联系|单位负责人|主要负责人)/u;
const SECTION =
  /^(?:第[一二三四五六七八九十百]{1,4}(?:部分|章|节|类)|[(]?[一二三四五六七八九十]{1,3}[、.)]|[(]?\d{1,2}[、.)](?!\d))/u;
const TELLING_REMARK =
  /\d月|[年月季]底|季度|上旬|中旬|下旬|延|推迟|提前|暂缓|取消|改为|调整|变更|不再|已完成|牵头|配合|另行|视情/u;

/** Null where the table has no header that we know: then it is no task table. Linear in the number of cells. */
export function readRows(table: Table, document: SourceDocument, context: RowContext): ReadTable | null {
  const header = headerOf(table, document.text);
  if (header === null) return null;
  const caption = captionOf(table, header, document.text);
  if (table.rows.length - header.endRow > MOST_ROWS) {
    const errors = [`${header.columns[0]?.cell.place ?? ''}：表格过大：最多 ${MOST_ROWS} 行，这里有 ${table.rows.length} 行`];
    return { tasks: [], doubts: [], errors, caption };
  }
  const reader = new TableReader(table, document, header, context);
  for (let row = header.endRow; row < table.rows.length; row += 1) reader.read(row);
  return { ...reader.finish(), caption };
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
  readonly doubts: Doubt[];
}

class TableReader {
  readonly #table: Table;
  readonly #document: SourceDocument;
  readonly #header: Header;
  readonly #cells: Cells;
  readonly #fields: RowFields;
  readonly #drafts: Draft[] = [];
  readonly #asides: string[] = [];
  readonly #errors: string[] = [];
  readonly #headings: ReadonlySet<string>;
  #section: string | null = null;

  constructor(table: Table, document: SourceDocument, header: Header, context: RowContext) {
    this.#table = table;
    this.#document = document;
    this.#header = header;
    this.#cells = new Cells(table, document);
    this.#fields = new RowFields(header, this.#cells, document, context);
    const top = table.rows
      .slice(header.firstRow, header.endRow)
      .flat()
      .slice(0, MOST_COLUMNS * 2);
    this.#headings = new Set(top.map((cell) => this.#plain(cell)).filter((heading) => heading !== ''));
  }

  read(row: number): void {
    this.#cells.enter(row);
    const filled = this.#cells.filled();
    // A row that holds nothing but cells merged from above says nothing new.
    const isOwn = filled.some((cell) => cell.row === row);
    if (isOwn && !this.#isHeader(filled) && !this.#isAside(filled)) this.#task(row, filled);
    this.#cells.leave();
  }

  finish(): Omit<ReadTable, 'caption'> {
    const unread = this.#header.columns.filter((column) => column.role === 'unread' && this.#isUsed(column));
    const wide = (this.#table.rows[0]?.length ?? 0) > MOST_COLUMNS;
    const has = (role: Column['role']) => this.#header.columns.some((column) => column.role === role);
    const named = withRefs(this.#drafts, has('ref'));
    const doubts = [
      ...(this.#drafts.length === 0 ? ['表头下面没有任务'] : []),
      ...(wide ? [`表格超过 ${MOST_COLUMNS} 列，后面的列没有读入`] : []),
      ...doubled(this.#header.columns),
      ...unread.map(({ heading }) => `表中“${excerpt(heading)}”一列没有读入`),
      ...(has('lead') || this.#header.units.length > 0 ? [] : ['表中没有责任单位一列']),
      ...named.doubts,
      ...this.#asides,
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

  #task(row: number, filled: readonly Cell[]): void {
    if (this.#hasErrors(filled)) return;
    const [title, content] = [this.#first('title'), this.#all('content')];
    const text = [...(title.kind === 'cell' ? [title.cell] : []), ...content];
    const [only] = text;
    if (only === undefined) {
      this.#error(this.#rowPlace(row, filled), '缺少任务：需要写明任务名称；若是合并单元格，请取消合并并逐行填写');
      return;
    }
    const body = joined(this.#document.text, text);
    if (body === null) return;
    const fields = joined(this.#document.text, content) ?? body;
    const times = this.#fields.times(body);
    const units = this.#fields.units(fields);
    const timeWords = this.#words(['deadline', 'start']);
    const before = this.#drafts.at(-1);
    // Rows of one merged task that differ in their units alone are one task.
    if (before !== undefined && sameCells(before.text, text) && before.timeWords === timeWords) {
      before.units = settled([before.units, units]);
      return;
    }
    const own = filled.filter((cell) => cell.row === row);
    const name = title.kind === 'cell' && content.length > 0 ? title.passage : null;
    const start = Math.min(...own.map((cell) => cell.start), ...(content.length > 0 ? content : text).map((cell) => cell.start));
    const end = Math.max(...own.map((cell) => cell.end), ...(content.length > 0 ? content : text).map((cell) => cell.end));
    const ref = this.#first('ref');
    this.#drafts.push({
      row: row + 1,
      written: ref.kind === 'cell' ? ref.passage.text : null,
      number: ref.kind === 'cell' ? ref.cell : null,
      section: this.#sectionOf(),
      // An empty number and an empty name below a row that has them: the sheet showed one cell over both.
      continues: ref.kind !== 'cell' && title.kind === 'blank' && content.length > 0 && this.#hasNames(),
      text,
      name,
      body: fields,
      span: trimmed(this.#document.text, { start, end }),
      place: (own[0] ?? only).place,
      units,
      times,
      timeWords,
      doubts: this.#remarks(),
    });
  }

  /** The header again, as on each page. */
  #isHeader(filled: readonly Cell[]): boolean {
    return filled.length >= 2 && filled.every((cell) => cell.end - cell.start <= 60 && this.#headings.has(this.#plain(cell)));
  }

  /** Rows that are no tasks: headings over several, totals, notes. What is not plainly one of them is told. */
  #isAside(filled: readonly Cell[]): boolean {
    const [first] = filled;
    if (first === undefined) return true;
    const passage = this.#cells.passage(first);
    if (TOTAL.test(passage.text)) return true;
    if (filled.length > 1) return false;
    if (NOTE.test(passage.text)) return true;
    const role = this.#header.columns.find(({ at }) => at === first.column)?.role;
    const isWide = first.columnSpan >= 2;
    const isText = !isWide && (role === 'content' || role === 'title');
    if (isText && /[。；;]/u.test(passage.text)) return false;
    if (SECTION.test(passage.text)) this.#section = passage.text;
    else if (role === 'content' && !isWide && this.#drafts.length > 0) return false;
    else if (role !== 'ref' || isWide || !/^\d{1,4}$/u.test(passage.text)) {
      this.#section = passage.text;
      this.#asides.push(`${first.place}只有一格“${excerpt(passage.text)}”，当作小标题或附注，没有读为任务`);
    }
    return true;
  }

  #hasErrors(filled: readonly Cell[]): boolean {
    const before = this.#errors.length;
    for (const cell of filled) {
      if (FORMULA_ERROR.test(this.#cells.passage(cell).text)) {
        this.#error(cell.place, `公式出错（${this.#cells.passage(cell).text}），请改为文字`);
      } else if (cell.end - cell.start > LONGEST_CELL) this.#error(cell.place, `这一格超过 ${LONGEST_CELL} 字，没有读入`);
    }
    return this.#errors.length > before;
  }

  #error(place: string, message: string): void {
    if (this.#errors.length < MOST_ERRORS) this.#errors.push(`${place}：${message}`);
  }

  #rowPlace(row: number, filled: readonly Cell[]): string {
    const columns = this.#header.columns.filter(({ role }) => role === 'title' || role === 'content');
    const wanted = columns.map(({ at }) => this.#table.rows[row]?.[at]).find((cell) => cell !== undefined);
    return (wanted ?? filled[0])?.place ?? '';
  }

  #first(role: Column['role']): Value {
    const column = this.#header.columns.find((each) => each.role === role);
    return column === undefined ? { kind: 'none' } : this.#cells.value(column.at);
  }

  #all(role: Column['role']): Cell[] {
    const values = this.#header.columns.filter((each) => each.role === role).map(({ at }) => this.#cells.value(at));
    return [...new Set(values.flatMap((value) => (value.kind === 'cell' ? [value.cell] : [])))];
  }

  #words(roles: readonly Column['role'][]): string {
    return roles
      .flatMap((role) => this.#all(role))
      .map((cell) => this.#cells.passage(cell).text)
      .join(' ');
  }

  #hasNames(): boolean {
    return this.#drafts.at(-1)?.name !== null && this.#drafts.length > 0;
  }

  #sectionOf(): string | null {
    const column = this.#first('section');
    return column.kind === 'cell' ? column.passage.text : this.#section;
  }

  /** A remark that changes a time or a unit is asked; the others stand in the quote. */
  #remarks(): Doubt[] {
    return this.#all('remarks')
      .map((cell) => this.#cells.passage(cell))
      .filter(({ text }) => TELLING_REMARK.test(text))
      .map((passage) => ({ field: 'task', reason: `备注：“${excerpt(passage.quote())}”` }));
  }

  #isUsed({ at }: Column): boolean {
    return this.#table.rows
      .slice(this.#header.endRow)
      .some((row) => row[at] !== undefined && this.#cells.passage(row[at]).length > 0);
  }

  #plain(cell: Cell): string {
    return plainHeading(this.#document.text.slice(cell.start, Math.min(cell.end, cell.start + 200)));
  }
}

function sameCells(before: readonly Cell[], now: readonly Cell[]): boolean {
  return before.length === now.length && now.every((cell, index) => cell === before[index] && cell.rowSpan > 1);
}

/** The name in its column; a name that stands over several rows, with what is this row's own. */
function titleOf({ name, body, text: [named, ...others] }: Draft): string {
  const isShared = named !== undefined && others.some(({ rowSpan }) => rowSpan < named.rowSpan);
  return name !== null && isShared ? `${proposeTitle(name, body)}：${proposeTitle(null, body)}` : proposeTitle(name, body);
}

function doubled(columns: readonly Column[]): string[] {
  const doubts: string[] = [];
  for (const role of ['ref', 'title'] as const) {
    const [first, ...others] = columns.filter((column) => column.role === role);
    const cells = new Set([first?.cell]);
    for (const { heading, cell } of others) {
      if (cells.has(cell) || first === undefined) continue;
      doubts.push(`表中“${excerpt(first.heading)}”和“${excerpt(heading)}”两列是同一个意思，只读前一列`);
    }
  }
  return doubts;
}

/** The longest line over the header: 附件 and 单位：个 stand there as well. */
function captionOf(table: Table, header: Header, text: string): Span | null {
  const above = table.rows.slice(0, header.firstRow).flat().slice(0, 1_000);
  const spans = above.map((cell) => trimmed(text, cell)).filter(({ start, end }) => end - start > 4 && end - start <= 200);
  return spans.toSorted((one, other) => other.end - other.start - (one.end - one.start))[0] ?? null;
}

function trimmed(text: string, { start, end }: Span): Span {
  let [from, to] = [start, end];
  while (from < to && /\s/u.test(text.charAt(from))) from += 1;
  while (to > from && /\s/u.test(text.charAt(to - 1))) to -= 1;
  return { start: from, end: to };
}
