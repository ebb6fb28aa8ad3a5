// A flat table of tasks, one row a task, as a draft schedule. What is doubtful is put into `review` beside what was read;
// what cannot be a task is an error with its row and column. Nothing is guessed in silence.

import { basename } from 'node:path';

import type { IsoDate } from '../domain/deadline.ts';
import type { Schedule, Task } from '../domain/notice.ts';
import type { Result } from '../domain/result.ts';
import type { SourceError } from '../yaml.ts';
import { isLine } from '../yaml-fields.ts';
import { MOST_ROWS, readSheets, type TableFile } from './cells.ts';
import { findHeader, type Header, letterOf } from './table-header.ts';
import { type AssumedYear, hiddenTimes, quote, readDeadlines } from './phrases.ts';
import { readUnits, settled } from './units.ts';
import type { Sheet } from './xlsx.ts';

export interface TableOptions {
  /** The schedule's name: lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly office: string;
  /** Supplied where a deadline has no year. */
  readonly year: number;
  /** 成文日期; null where unknown: then the first day of the year is assumed. */
  readonly issued: IsoDate | null;
  /** The notice's full name; null: the line above the header, else the file's name, which is flagged. */
  readonly title: string | null;
  /** 文号. */
  readonly number: string | null;
}

const LONGEST_TITLE = 200;

/** Reads a .csv or .xlsx into a draft that a person confirms; `readSchedule` accepts what `writeSchedule` writes of it. */
export async function readTable(table: TableFile, options: TableOptions): Promise<Result<Schedule, SourceError>> {
  const sheets = await readSheets(table);
  if (!sheets.ok) return sheets;
  const found = sheets.value.map((sheet) => ({ sheet, header: findHeader(sheet.rows) }));
  const [first, ...others] = found.filter(({ header }) => header !== null);
  const refuse = (line: number, message: string) => ({
    ok: false as const,
    errors: [{ file: table.file, line, column: 1, field: '', message }],
  });
  if (first === undefined || first.header === null) {
    return refuse(1, '没有找到表头：前 30 行里需要有一行写着任务（任务名称、事项或任务内容）以及责任单位或完成时限');
  }
  const { sheet, header } = first;
  if (sheet.rows.length > MOST_ROWS) return refuse(MOST_ROWS + 1, `表格过大：最多 ${MOST_ROWS} 行`);
  const errors = header.doubled.map(([column, message]) => ({
    file: table.file,
    line: header.row + 1,
    column: column + 1,
    field: '',
    message,
  }));
  const reader = new RowReader(table.file, sheet, header, options);
  for (let row = header.row + 1; row < sheet.rows.length; row += 1) reader.read(row);
  errors.push(...reader.errors);
  if (errors.length > 0) return { ok: false, errors };
  const title = options.title ?? titleAbove(sheet, header);
  const general = [
    ...(title === null ? ['表中没有通知题名，暂用文件名；它会写进每封信，请在 notice.title 改为通知全称'] : []),
    ...header.unread.map((each) => `表中“${quote(each)}”一列没有读入`),
    ...others.map((other) => `工作表“${quote(other.sheet.name)}”也有任务表头，没有读入`),
  ];
  const tasks = reader.finish(general);
  if (tasks.length === 0) return refuse(header.row + 1, '表头下面没有任务');
  const notice = {
    title: title ?? clean(basename(table.file), 200),
    number: options.number,
    issuer: null,
    issuedOn: options.issued,
    assumedIssuedOn: options.issued === null ? `${options.year}-01-01` : null,
    year: options.year,
  };
  return { ok: true, value: { name: options.name, office: options.office, notice, tasks } };
}

type Draft = { -readonly [K in keyof Task]: Task[K] } & { review: string[] };

class RowReader {
  readonly errors: SourceError[] = [];
  readonly #tasks: Draft[] = [];
  readonly #refs = new Set<string>();
  /** What was said of rows that are no tasks; it goes to the next task. */
  #asides: string[] = [];
  readonly #assumed: AssumedYear;
  readonly #file: string;
  readonly #sheet: Sheet;
  readonly #header: Header;
  readonly #options: TableOptions;

  constructor(file: string, sheet: Sheet, header: Header, options: TableOptions) {
    this.#file = file;
    this.#sheet = sheet;
    this.#header = header;
    this.#options = options;
    this.#assumed = { year: options.year, source: '通知年度' };
  }

  read(row: number): void {
    const cells = this.#sheet.rows[row] ?? [];
    const filled = cells.filter((cell) => cell.trim() !== '');
    const cell = (column: number | undefined): string => (column === undefined ? '' : (cells[column] ?? '')).trim();
    const { columns } = this.#header;
    if (filled.length === 0 || cell(columns.title ?? columns.content) === this.#header.titleHeading) return;
    if (filled.length === 1) {
      this.#asides.push(`第 ${row + 1} 行只有一格“${quote(filled[0] ?? '')}”，当作小标题或附注，没有读为任务`);
      return;
    }
    const errorsBefore = this.errors.length;
    for (const [column, each] of cells.entries()) {
      if (/^#(?:REF!|N\/A|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!)$/u.test(each))
        this.#error(row, column, `公式出错（${each}），请改为文字`);
    }
    const [title, content] = [cell(columns.title), cell(columns.content)];
    const own = title === '' ? content : title;
    if (clean(own, LONGEST_TITLE) === '') {
      this.#error(row, columns.title ?? columns.content ?? 0, '缺少任务：需要写明任务名称；若是合并单元格，请取消合并并逐行填写');
    }
    if (this.errors.length > errorsBefore) return;
    this.#tasks.push(this.#task(row, own, content, cell));
    this.#asides = [];
  }

  #task(row: number, own: string, content: string, cell: (column: number | undefined) => string): Draft {
    const { columns } = this.#header;
    const review = [...this.#asides];
    const ref = this.#ref(row, clean(cell(columns.ref), 40), review);
    if (own.length > LONGEST_TITLE) review.push(`任务文字过长，只取开头 ${LONGEST_TITLE} 字`);
    const lead = readUnits(tidy(cell(columns.lead)), 'lead');
    const cooperate = readUnits(tidy(cell(columns.cooperate)), 'cooperate');
    const units = settled([...lead.lead, ...cooperate.lead], [...lead.cooperate, ...cooperate.cooperate]);
    review.push(...lead.review, ...cooperate.review, ...units.review);
    if (units.lead.length === 0) review.push('没有牵头单位，请填写；表中可能是合并单元格');
    const { deadlines, review: doubts } = readDeadlines(tidy(cell(columns.deadline)), this.#assumed);
    review.push(...doubts);
    if (deadlines.length === 0 && doubts.length === 0) review.push('没有完成时限，请填写；表中可能是合并单元格');
    for (const deadline of deadlines) {
      if (deadline.kind === 'by') this.#checkYear(deadline.date, deadline.text, review);
    }
    for (const hidden of hiddenTimes(own === content ? own : `${own}\n${content}`, deadlines, this.#assumed)) {
      review.push(`任务文字里另有时间“${quote(hidden)}”，时限一列没有写，请确认是否要加`);
    }
    for (const column of this.#header.remarks) {
      if (cell(column) !== '') review.push(`备注：“${quote(cell(column))}”`);
    }
    return {
      ref,
      title: clean(own, LONGEST_TITLE),
      quote: null,
      deadlines,
      lead: units.lead,
      cooperate: units.cooperate,
      groups: {},
      review: review.map((each) => clean(each, 1000)),
    };
  }

  /** The row's number, made unique: sections often count from 1 again. */
  #ref(row: number, written: string, review: string[]): string {
    const base =
      written === '' ? (this.#header.columns.ref === undefined ? String(this.#tasks.length + 1) : `第${row + 1}行`) : written;
    let ref = base;
    for (let count = 2; this.#refs.has(ref); count += 1) ref = `${base}(${count})`;
    if (ref !== base) review.push(`编号 ${base} 在表中重复，这一项改为 ${ref}`);
    else if (written === '' && this.#header.columns.ref !== undefined) review.push('没有编号，以行号代替');
    this.#refs.add(ref);
    return ref;
  }

  #checkYear(date: IsoDate, text: string, review: string[]): void {
    const { issued, year } = this.#options;
    if (issued !== null && date < issued) review.push(`时限“${quote(text)}”（${date}）早于成文日期 ${issued}，请核对年份`);
    if (Math.abs(Number(date.slice(0, 4)) - year) > 3) review.push(`时限“${quote(text)}”离通知年度 ${year} 较远，请核对年份`);
  }

  #error(row: number, column: number, message: string): void {
    const place = `${this.#sheet.name === '' ? '' : `${this.#sheet.name}!`}${letterOf(column)}${row + 1}`;
    this.errors.push({ file: this.#file, line: row + 1, column: column + 1, field: place, message });
  }

  /** The tasks; what concerns the whole table stands with the first of them, what follows the last row with the last. */
  finish(general: readonly string[]): readonly Task[] {
    this.#tasks.at(0)?.review.unshift(...general.map((each) => clean(each, 1000)));
    this.#tasks.at(-1)?.review.push(...this.#asides.map((each) => clean(each, 1000)));
    return this.#tasks;
  }
}

function titleAbove(sheet: Sheet, header: Header): string | null {
  const above = sheet.rows.slice(0, header.row).map((row) => row.filter((cell) => cell.trim() !== ''));
  // 附件 stands alone above many a table.
  const title = above.flat().find((cell) => cell.trim().length > 4);
  return title === undefined ? null : clean(title, 200);
}

/** Line breaks kept, everything else that does not print taken out. */
function tidy(text: string): string {
  return text
    .split('\n')
    .map((part) => clean(part, 10_000))
    .join('\n');
}

/** One printable line of at most so many characters. */
function clean(text: string, maximum: number): string {
  const lines = text.slice(0, maximum * 2).split('\n');
  const flat = lines
    .map((each) =>
      Array.from(each)
        .filter((character) => /[ \u3000]/u.test(character) || isLine(character))
        .join('')
        .trim(),
    )
    .join('');
  return flat
    .slice(0, maximum)
    .replaceAll(/\p{Surrogate}/gu, '')
    .trim();
}
