// A cell of units: who leads and who cooperates, as printed.

import { canonicalName } from '../domain/directory.ts';
import type { Role } from '../domain/notice.ts';
import { quote } from './phrases.ts';

export interface ReadUnits {
  readonly lead: readonly string[];
  readonly cooperate: readonly string[];
  readonly review: readonly string[];
}

const LONGEST_NAME = 100;
// The longer before the shorter that ends it.
const ENDINGS: readonly (readonly [string, Role])[] = [
  ['按照职责分工负责', 'lead'],
  ['按职责分工负责', 'lead'],
  ['牵头负责', 'lead'],
  ['分别负责', 'lead'],
  ['共同负责', 'lead'],
  ['牵头', 'lead'],
  ['负责', 'lead'],
  ['主办', 'lead'],
  ['配合落实', 'cooperate'],
  ['配合实施', 'cooperate'],
  ['协助配合', 'cooperate'],
  ['配合', 'cooperate'],
  ['协办', 'cooperate'],
  ['协助', 'cooperate'],
];
const HEADING = /^(?:(牵头|责任|主办|负责)|配合|协办|协助)(?:单位|部门)?[:：]/u;
const AND_OTHERS = /^(.{2,60}?)等((?:有关|相关)?(?:部门和单位|部门、单位|部门|单位))?$/u;
const RUN_TOGETHER = /(?:局|办|委|部|院|中心|公司)(?:省|市|县|区)/u;

/** Splits a cell at 、，, ； and line breaks outside brackets; “甲牵头，乙、丙配合” says the roles, else all have the column's. */
export function readUnits(cell: string, column: Role): ReadUnits {
  const listed: { name: string; role: Role }[] = [];
  const review: string[] = [];
  let waiting: string[] = [];
  let heading: Role | null = null;
  let anyEnding = false;
  const assign = (role: Role): void => {
    listed.push(...waiting.map((name) => ({ name, role })));
    waiting = [];
  };
  for (const printed of separate(cell)) {
    const headed = HEADING.exec(printed);
    if (headed !== null) {
      assign(heading ?? column);
      heading = headed[1] === undefined ? 'cooperate' : 'lead';
    }
    const { rest, role } = withoutEnding(headed === null ? printed : printed.slice(headed[0].length).trim());
    waiting.push(...names(rest, review));
    if (role === null) continue;
    assign(role);
    anyEnding = true;
  }
  if (anyEnding && waiting.length > 0 && heading === null) {
    review.push(`“${quote(cell)}”里 ${waiting.join('、')} 没有写明牵头还是配合，按${column === 'lead' ? '牵头' : '配合'}读入`);
  }
  assign(heading ?? column);
  const of = (wanted: Role) => listed.filter(({ role }) => role === wanted).map(({ name }) => name);
  const each = settled(of('lead'), of('cooperate'));
  return { ...each, review: [...review, ...each.review] };
}

/** Each unit once; one that both leads and cooperates leads, and a person is told. */
export function settled(lead: readonly string[], cooperate: readonly string[]): ReadUnits {
  const leading = once(lead);
  const isLeading = new Set(leading.map(canonicalName));
  const both = once(cooperate).filter((name) => isLeading.has(canonicalName(name)));
  return {
    lead: leading,
    cooperate: once(cooperate).filter((name) => !isLeading.has(canonicalName(name))),
    review: both.map((name) => `${name}既写在牵头又写在配合，按牵头读入`),
  };
}

function once(found: readonly string[]): string[] {
  const seen = new Set<string>();
  return found.filter((name) => !seen.has(canonicalName(name)) && seen.add(canonicalName(name)));
}

/** Names out of one part, with what is doubtful about them. */
function names(part: string, review: string[]): string[] {
  if (part === '') return [];
  if (part.length > LONGEST_NAME) {
    review.push(`“${quote(part)}”过长，不像单位名称，没有读入`);
    return [];
  }
  if (part.includes('会同')) review.push(`“${quote(part)}”里有“会同”，请分成牵头和配合`);
  if (RUN_TOGETHER.test(part)) review.push(`“${quote(part)}”可能是几个单位连写，请分开`);
  const others = AND_OTHERS.exec(part);
  if (others === null) return [part];
  review.push(`“${quote(part)}”以“等”字收尾，是否另有单位请确认`);
  return [others[1] ?? '', others[2] ?? ''].filter((name) => name !== '');
}

function withoutEnding(part: string): { rest: string; role: Role | null } {
  // 甲局（牵头） as well as 甲局牵头
  const bare = /[）)]$/u.test(part) ? part.slice(0, -1) : part;
  const found = ENDINGS.find(
    ([ending]) => bare.endsWith(ending) && (bare === part || /[（(]$/u.test(bare.slice(0, -ending.length))),
  );
  if (found === undefined) return { rest: part, role: null };
  const [ending, role] = found;
  const rest = bare.slice(0, -ending.length);
  return { rest: (bare === part ? rest : rest.slice(0, -1)).trim(), role };
}

function separate(cell: string): string[] {
  const opened = cell.split(/[（(<《]/u).length;
  // With a bracket left open nothing after it would be split.
  const balanced = opened === cell.split(/[）)>》]/u).length;
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index <= cell.length; index += 1) {
    const character = cell[index] ?? '\n';
    if (balanced && /[（(<《]/u.test(character)) depth += 1;
    if (balanced && /[）)>》]/u.test(character)) depth -= 1;
    if (index < cell.length && (depth > 0 || !/[、，,；;。\n]/u.test(character))) continue;
    parts.push(cell.slice(start, index).replaceAll(/\s+/gu, ' ').trim());
    start = index + 1;
  }
  return parts.filter((part) => part !== '');
}
