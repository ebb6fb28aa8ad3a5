// The fields of one task: its text is split into sentences and statement, and each is read by the rules of times and units.

import type { ActorContext } from './actors.ts';
import { readActors } from './actors.ts';
import { type Block, within } from './blocks.ts';
import type { Span } from './document.ts';
import { Passage } from './passage.ts';
import type { Doubt, ReadTask, TimeContext } from './reading.ts';
import type { Found } from './tasks.ts';
import { readTimes } from './time.ts';

export interface FieldContext {
  readonly times: TimeContext;
  readonly actors: ActorContext;
}

export type Fields = Pick<ReadTask, 'deadlines' | 'lead' | 'cooperate' | 'doubts'>;

export function readFields(source: string, { heading, over, blocks }: Found, context: FieldContext): Fields {
  const whole = Passage.of(
    source,
    blocks.flatMap((block) => within(source, block, 0, block.passage.length)),
  );
  const units = readActors(whole, context.actors);
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
