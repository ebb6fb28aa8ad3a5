// The fields of one task: its text is split into sentences and statement, and each is read by the rules of times and units.

import type { ActorContext } from '../actors/index.ts';
import { readActors, type ReadActors, readHeadingUnits } from '../actors/index.ts';
import { type Block, within } from './blocks.ts';
import type { Span } from '../document.ts';
import { Passage } from '../passage.ts';
import type { Doubt, ReadTask, TimeContext } from '../reading.ts';
import type { Found } from './tasks.ts';
import { readTimes } from '../times/index.ts';

export interface FieldContext {
  readonly times: TimeContext;
  readonly actors: ActorContext;
}

export type Fields = Pick<ReadTask, 'deadlines' | 'lead' | 'cooperate' | 'doubts'>;

export function readFields(source: string, found: Found, context: FieldContext): Fields {
  const { heading, over, blocks } = found;
  const whole = Passage.of(
    source,
    blocks.flatMap((block) => within(source, block, 0, block.passage.length)),
  );
  const said = readActors(whole, context.actors);
  const units = said.lead.length + said.cooperate.length > 0 ? said : { ...said, ...headed(found, context.actors) };
  const body = Passage.of(
    source,
    [...(heading !== null && SAYS_WHEN.test(heading.passage.text) ? [heading] : []), ...blocks].flatMap((block) =>
      spansOf(source, block, sentences(block)),
    ),
  );
  const stated = Passage.of(
    source,
    blocks.flatMap((block) => spansOf(source, block, statements(block))),
  );
  const times = readTimes(
    {
      body: body.length === 0 ? null : body,
      stated: stated.length === 0 ? null : stated,
      statedKind: stated.length === 0 ? null : 'bracket',
    },
    context.times,
  );
  const above: Doubt[] =
    over !== null && SAYS_WHEN.test(over.passage.text)
      ? [{ field: 'deadlines', reason: `标题“${over.passage.printed().slice(0, 60)}”里写有时间，没有算到它下面的各段，请核对` }]
      : [];
  return {
    deadlines: times.deadlines,
    lead: units.lead,
    cooperate: units.cooperate,
    doubts: [...units.doubts, ...times.doubts, ...above],
  };
}

/** Where an item names nobody: the units that its own heading is, or that of a clause it stands in. */
function headed({ heading, over, clause }: Found, context: ActorContext): Pick<ReadActors, 'lead' | 'doubts'> {
  const above: Block[] = [heading, over].filter((each) => each !== null);
  for (let each: typeof clause | null = clause.parent; each !== null; each = each.parent)
    if (each.own !== null) above.push(each.own);
  for (const block of above) {
    const units = readHeadingUnits(block.passage, context);
    if (units.lead.length > 0) return units;
  }
  return { lead: [], doubts: [] };
}

/** A heading that says by when: （一）6月底前完成摸底. */
const SAYS_WHEN = /\d月|[月年]底|季度|[上下]半年|日前/u;

type Range = readonly [start: number, end: number];

function statements({ statements: all }: Block): Range[] {
  return all.map(({ start, end }) => [start, end]);
}

function sentences({ statements: all, passage }: Block): Range[] {
  const starts = [0, ...all.map(({ end }) => end)];
  return starts.map((start, index): Range => [start, all[index]?.start ?? passage.length]).filter(([start, end]) => end > start);
}

function spansOf(source: string, block: Block, ranges: readonly Range[]): Span[] {
  return ranges.flatMap(([start, end]) => within(source, block, start, end));
}
