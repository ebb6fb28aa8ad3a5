// The tasks of a notice's clauses, with their fields. What stands where aims, introductions and closing words do is kept only
// where somebody must do something by some day; a clause without units among others that have them is asked about.

import type { ActorContext } from '../actors/index.ts';
import { type Fields, readFields } from './fields.ts';
import type { Clause, Part } from './outline.ts';
import { Passage } from '../passage.ts';
import type { Doubt, ReadTask, TimeContext } from '../reading.ts';
import { type Found, tasksOf } from './tasks.ts';
import { proposeTitle } from './title.ts';

/** One part's tasks, in reading order. */
export interface PartTasks {
  /** 附件2, or ''. */
  readonly label: string;
  readonly tasks: readonly ReadTask[];
}

interface Candidate {
  readonly found: Found;
  readonly fields: Fields;
}

export function readClauses(
  source: string,
  parts: readonly Part[],
  times: TimeContext,
  actorsAt: (offset: number) => ActorContext,
): PartTasks[] {
  let numbered = false;
  return parts.map((part) => {
    const read = tasksOf(part)
      .filter(mayBeTask)
      .map((found) => ({ found, fields: readFields(source, found, { times, actors: actorsAt(found.span.end) }) }))
      .filter((candidate) => isTask(candidate));
    const candidates = numbered && isReference(read) ? read.filter((candidate) => isAssigned(candidate)) : read;
    numbered ||= part.root.children.length > 0;
    const missing = withoutUnits(candidates);
    return {
      label: part.label,
      tasks: candidates.map((candidate, index) => {
        const task = taskOf(source, candidate, missing.has(candidate));
        // Paragraphs of a letter without numbers are counted.
        return part.root.children.length === 0 ? { ...task, ref: String(index + 1) } : task;
      }),
    };
  });
}

const DUTY = /要|应|须|请|负责|务必|报送|不得/u;
const REPORT = /(?:请|要|须|应|务必|于)[^。]{0,60}(?:报|反馈|提交|送|上传|完成)/u;

const WHEN = /\d[月日天]|[年月季]底|季度|半年|每[年月周季]|年[内中末初]|[上中下]旬|之日/u;

/** Without a word of time what only introduces is no task: it is not read at all. */
function mayBeTask({ certainty, blocks }: Found): boolean {
  return certainty === 'item' || certainty === 'closing' || blocks.some(({ passage }) => WHEN.test(passage.text));
}

function isTask({ found: { certainty, blocks }, fields: { lead, deadlines } }: Candidate): boolean {
  const dated = deadlines.some(({ kind }) => kind !== 'ongoing');
  const says = (pattern: RegExp): boolean => blocks.some(({ passage }) => pattern.test(passage.text));
  switch (certainty) {
    case 'item':
      return blocks.reduce((sum, { passage }) => sum + passage.length, 0) >= 6;
    case 'loose':
      return dated && lead.length > 0;
    case 'closing':
      return dated || (lead.length > 0 && says(DUTY));
    case 'cover':
      return dated && says(REPORT);
  }
}

function isAssigned({ found: { blocks }, fields: { lead, deadlines } }: Candidate): boolean {
  return blocks.some(({ isStated }) => isStated) || (lead.length > 0 && deadlines.length > 0);
}

const DOES = /[要应须]|加强|推进|完善|建立|健全|开展|落实|做好|加快|强化|优化|组织|严格|推动|提升|公开|完成/u;

/** An annex of indicators, forms or explanations: hardly anything in it is anybody's, or is to be done. */
function isReference(candidates: readonly Candidate[]): boolean {
  const somebodys = candidates.filter(({ fields: { lead, deadlines } }) => lead.length > 0 || deadlines.length > 0);
  const duties = candidates.filter(({ found: { blocks } }) => blocks.some(({ passage }) => DOES.test(passage.text)));
  return somebodys.length < candidates.length * 0.3 && duties.length < candidates.length * 0.5;
}

function taskOf(source: string, { found, fields }: Candidate, asksUnits: boolean): ReadTask {
  const { ref, span, heading, blocks } = found;
  const [first] = blocks;
  const asked: Doubt[] = asksUnits ? [{ field: 'lead', reason: '没有读到责任单位，而同级的条目都写明了，请补上或确认' }] : [];
  return {
    ref,
    title: first === undefined ? ref : proposeTitle(heading?.passage ?? null, first.passage) || ref,
    source: { quote: source.slice(span.start, span.end), span },
    place: (heading ?? first)?.place ?? '',
    deadlines: fields.deadlines,
    lead: fields.lead,
    cooperate: fields.cooperate,
    doubts: [...fields.doubts, ...asked, ...seamsIn(source, found)],
  };
}

/** 各乡镇要…, 6月底前…: what may as well begin a task of its own. */
const BEGINS = /^(?:[^,.。;([〔【][^,.。;]{1,19}(?:要|应|须|负责|牵头)|(?:\d{4}年)?\d{1,2}月)/u;

function seamsIn(source: string, { blocks }: Found): Doubt[] {
  return blocks
    .flatMap(({ seams }) => seams)
    .map((at) => Passage.of(source, [{ start: at, end: Math.min(at + 60, source.length) }]))
    .filter(({ text }) => BEGINS.test(text))
    .slice(0, 3)
    .map((passage) => ({
      field: 'task',
      reason: `“${passage.printed(0, 16)}…”一句起可能另是一段，原文在此换行，看不出是否另起，请核对是一项还是两项任务`,
    }));
}

/** Items of a clause whose other items mostly state who leads. */
function withoutUnits(candidates: readonly Candidate[]): ReadonlySet<Candidate> {
  const siblings = new Map<Clause | null, Candidate[]>();
  for (const candidate of candidates) {
    if (candidate.found.certainty !== 'item') continue;
    const { parent } = candidate.found.clause;
    const known = siblings.get(parent);
    if (known === undefined) siblings.set(parent, [candidate]);
    else known.push(candidate);
  }
  const missing = new Set<Candidate>();
  for (const group of siblings.values()) {
    const without = group.filter(({ fields: { lead, cooperate } }) => lead.length + cooperate.length === 0);
    const stated = group.filter(({ found }) => found.blocks.some(({ isStated }) => isStated));
    if (group.length < 3 || stated.length < group.length * 0.6) continue;
    for (const candidate of without) if (!candidate.fields.doubts.some(({ field }) => field === 'lead')) missing.add(candidate);
  }
  return missing;
}
