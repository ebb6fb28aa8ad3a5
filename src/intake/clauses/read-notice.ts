// The reading of a whole notice: head, then the tasks of its clauses and of its tables, in reading order. Pure and synchronous;
// what the document does not say stays open, what is doubtful is told with the field it concerns.

import type { Directory } from '../../domain/directory.ts';
import type { Rename } from '../../domain/renames.ts';
import type { ActorContext } from '../actors/index.ts';
import type { SourceDocument } from '../document.ts';
import { readClauses } from './clause-tasks.ts';
import { conventionOf } from './convention.ts';
import { readHead } from './head.ts';
import { hinted } from './hints.ts';
import { setApart } from './inline.ts';
import { partsOf } from './outline.ts';
import { paragraphsOf } from './paragraphs.ts';
import type { Hints, Reading, ReadNotice, TimeContext } from '../reading.ts';
import { withSharedDoubts } from '../shared-doubts.ts';
import { captionOf, firstCellOf, readTables, withoutLayout } from '../tables/table-tasks.ts';
import { together } from './together.ts';
import { withTextTables } from '../tables/text-table.ts';

export interface NoticeOptions {
  readonly hints: Hints;
  /** Null: names are not looked up. */
  readonly directory: Directory | null;
  readonly renames: readonly Rename[];
}

/** Never throws; linear in the length of the document. */
export function readNotice(document: SourceDocument, { hints, directory, renames }: NoticeOptions): Reading {
  const { text } = document;
  const tabled = withoutLayout(withTextTables(document));
  const paragraphs = setApart(text, paragraphsOf(tabled));
  const parts = partsOf(paragraphs);
  const firstLeads = conventionOf(tabled, paragraphs);
  const first = parts[0]?.root.children[0]?.paragraph ?? null;
  const head = readHead(text, paragraphs, first === null ? paragraphs.length : paragraphs.indexOf(first), captionOf(tabled));
  const notice = hinted(head, hints, paragraphs[0]?.passage ?? firstCellOf(tabled));
  const times = timesOf(notice);
  const actorsAt = (offset: number): ActorContext => ({ firstLeads: offset >= firstLeads, directory, renames });
  const clauses = readClauses(text, parts, times, actorsAt);
  const tables = readTables(tabled, times, actorsAt);
  const { tasks, doubts } = together(clauses, tables);
  return { document, notice, ...withSharedDoubts(tasks, doubts) };
}

function timesOf({ year, issuedOn }: ReadNotice): TimeContext {
  return { year: year?.value ?? null, yearSource: year?.rule ?? '', issuedOn: issuedOn?.value ?? null };
}
