// Which column of a table means what.

type Role = 'ref' | 'title' | 'content' | 'lead' | 'cooperate' | 'deadline';

const SYNONYMS: Readonly<Record<Role, readonly string[]>> = {
  ref: ['序号', '编号', '条款'],
  title: ['任务', '工作任务', '任务名称', '事项', '工作事项', '重点任务'],
  content: ['任务内容', '工作内容', '具体内容', '工作要求'],
  lead: ['责任单位', '牵头单位', '责任部门', '牵头部门', '主办单位', '负责单位'],
  cooperate: ['配合单位', '协办单位', '配合部门', '协办部门'],
  deadline: ['完成时限', '时间节点', '时限', '完成时间', '办结时限', '时间要求'],
};
const REMARKS = ['备注', '说明'];
const SEARCHED_ROWS = 30;
const SEARCHED_COLUMNS = 100;

export interface Header {
  /** From 0. */
  readonly row: number;
  readonly columns: Readonly<Partial<Record<Role, number>>>;
  /** As printed over the tasks: a table over several pages repeats its header. */
  readonly titleHeading: string;
  readonly remarks: readonly number[];
  /** Headings of columns that mean nothing to us. */
  readonly unread: readonly string[];
  /** Two columns that would mean the same, as an error at the second. */
  readonly doubled: readonly (readonly [column: number, message: string])[];
}

/** The first row that names the tasks and their units or times; null where there is none. */
export function findHeader(rows: readonly (readonly string[])[]): Header | null {
  for (const [row, cells] of rows.slice(0, SEARCHED_ROWS).entries()) {
    const header = asHeader(row, cells.slice(0, SEARCHED_COLUMNS));
    const { title, content, lead, deadline } = header.columns;
    if ((title ?? content) !== undefined && (lead ?? deadline) !== undefined) return header;
  }
  return null;
}

/** `A` for 0, as a spreadsheet letters its columns. */
export function letterOf(column: number): string {
  return (column >= 26 ? letterOf(Math.floor(column / 26) - 1) : '') + String.fromCodePoint(65 + (column % 26));
}

function asHeader(row: number, cells: readonly string[]): Header {
  const columns: Partial<Record<Role, number>> = {};
  const doubled: [number, string][] = [];
  const remarks: number[] = [];
  const unread: string[] = [];
  for (const [column, printed] of cells.entries()) {
    const heading = plain(printed);
    const role = (Object.keys(SYNONYMS) as Role[]).find((each) => SYNONYMS[each].includes(heading));
    if (role === undefined) {
      if (REMARKS.includes(heading)) remarks.push(column);
      else if (heading !== '') unread.push(printed.trim());
      continue;
    }
    const before = columns[role];
    if (before === undefined) columns[role] = column;
    else
      doubled.push([
        column,
        `${letterOf(before)} 列“${plain(cells[before] ?? '')}”和 ${letterOf(column)} 列“${heading}”是同一个意思，只能留一列`,
      ]);
  }
  const titleHeading = cells[columns.title ?? columns.content ?? -1]?.trim() ?? '';
  return { row, columns, titleHeading, remarks, unread, doubled };
}

// 责任\n单位 and 责任单位（牵头） mean the same; 责任单位（配合） does not.
function plain(heading: string): string {
  return heading
    .slice(0, 40)
    .normalize('NFKC')
    .replaceAll(/\s/gu, '')
    .replace(/\([^()配协]{0,20}\)$/u, '');
}
