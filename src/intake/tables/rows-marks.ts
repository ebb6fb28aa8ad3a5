// A matrix: units as the heads of columns, a mark where a unit has part in a row. What a mark means is taken from the words in
// the cells or from the legend (★为牵头单位，☆为配合单位); where neither says it, a person is asked.

import type { Role } from '../../domain/notice.ts';
import type { SourceDocument } from '../document.ts';
import type { Doubt, ReadUnit } from '../reading.ts';
import { type Cells, excerpt } from './rows-cells.ts';
import type { RowUnits } from './rows-fields.ts';
import type { Column } from './header.ts';

const MARKS = '★☆▲△●○◎■□◆◇√✓✔✅☑';
const HOLLOW = '☆△○□◇';
const LEGEND_REACH = 12;
const MOST_LOOKS = 20_000;

export class Marks {
  readonly #units: readonly Column[];
  readonly #cells: Cells;
  readonly #legend: ReadonlyMap<string, Role>;

  constructor(units: readonly Column[], cells: Cells, document: SourceDocument) {
    this.#units = units;
    this.#cells = cells;
    this.#legend = units.length === 0 ? new Map() : legendIn(document.text);
  }

  /** Of the row that the cells have entered. */
  read(): RowUnits {
    const [lead, cooperate]: [ReadUnit[], ReadUnit[]] = [[], []];
    const doubts: Doubt[] = [];
    const guessed = new Map<string, Role>();
    for (const { at, cell } of this.#units) {
      const value = this.#cells.value(at);
      if (value.kind !== 'cell') continue;
      const head = this.#cells.passage(cell);
      const mark = value.passage.text;
      const known = wordRole(mark) ?? this.#legend.get(mark.slice(0, 1)) ?? null;
      const role = known ?? (HOLLOW.includes(mark.slice(0, 1)) ? 'cooperate' : 'lead');
      if (known === null) guessed.set(mark, role);
      const unit: ReadUnit = {
        name: head.printed(),
        quote: head.quote(),
        span: head.span(),
        rule: `列名为单位，格内为“${excerpt(mark)}”`,
      };
      (role === 'lead' ? lead : cooperate).push(unit);
    }
    for (const [mark, role] of guessed) {
      doubts.push({
        field: 'lead',
        reason: `表中没有说明“${excerpt(mark)}”的意思，按${role === 'lead' ? '牵头' : '配合'}读入，请确认`,
      });
    }
    return { lead, cooperate, doubts };
  }
}

function wordRole(word: string): Role | null {
  if (/^(?:牵头|主办|主责|负责|责任|承办|主)/u.test(word)) return 'lead';
  return /^(?:配合|协办|协助|参与|参加|协)/u.test(word) ? 'cooperate' : null;
}

/** Words for a role close behind or before a mark, anywhere in the document. */
function legendIn(text: string): ReadonlyMap<string, Role> {
  const legend = new Map<string, Role>();
  let looks = 0;
  for (let at = 0; at < text.length && looks < MOST_LOOKS; at += 1) {
    const mark = text.charAt(at);
    if (!MARKS.includes(mark) || legend.has(mark)) continue;
    looks += 1;
    // On the same line: in a matrix the next cell stands on the next.
    const behind = text.slice(at + 1, at + 1 + LEGEND_REACH).replace(/^["”’』」 \t]{1,3}/u, '');
    const said =
      /^(?:(?:号|的)?(?:为|是|表示|代表|指|:|：|-|—|=)[^，。；\n★☆▲△●○]{0,6})?(牵头|主办|主责|负责|责任|配合|协办|协助|参与)/u.exec(
        behind,
      );
    const before = /(牵头|主办|主责|配合|协办|协助|参与)(?:单位|部门)?(?:以|用|标|标注|为)?["“‘『「:：\s]{0,3}$/u.exec(
      text.slice(Math.max(0, at - LEGEND_REACH), at),
    );
    const word = said?.[1] ?? before?.[1];
    if (word === undefined) continue;
    legend.set(mark, /配合|协|参与/u.test(word) ? 'cooperate' : 'lead');
  }
  return legend;
}
