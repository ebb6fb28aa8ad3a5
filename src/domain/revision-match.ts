// Which task of a confirmed schedule is which task of its revision, by the words first and the number last: an inserted
// clause renumbers all that follow. Equal words are paired before like ones, the best likeness first. Grows about linearly.

import { deadlineIdentity } from './deadline.ts';
import { canonicalName } from './directory.ts';
import type { Schedule, Task } from './notice.ts';

export interface Pair {
  readonly before: Task;
  readonly after: Task;
}

export interface Matching {
  /** In the order of the revision. */
  readonly pairs: readonly Pair[];
  readonly gone: readonly Task[];
  readonly fresh: readonly Task[];
}

/** Says when two printed names mean the same. */
export type NameKey = (name: string) => string;

export function matchTasks(confirmed: Schedule, revised: Schedule, nameKey: NameKey = canonicalName): Matching {
  const before = confirmed.tasks.map((task, position) => described(task, position, nameKey));
  const after = revised.tasks.map((task, position) => described(task, position, nameKey));
  const matched = new Map<Described, Described>();
  const left = (): [Described[], Described[]] => {
    const taken = new Set(matched.values());
    return [before.filter((each) => !matched.has(each)), after.filter((each) => !taken.has(each))];
  };
  const keys: readonly ((task: Described) => string)[] = [
    ({ ref, content }) => `${ref}\n${content}`,
    ({ content }) => content,
    ({ ref, words }) => `${ref}\n${words}`,
    ({ words }) => words,
  ];
  for (const key of keys) pairEqual(...left(), key, matched);
  pairAlike(...left(), matched);
  const ofAfter = new Map([...matched].map(([one, other]) => [other, one]));
  return {
    pairs: after.flatMap((each) => {
      const one = ofAfter.get(each);
      return one === undefined ? [] : [{ before: one.task, after: each.task }];
    }),
    gone: before.filter((each) => !matched.has(each)).map(({ task }) => task),
    fresh: after.filter((each) => !ofAfter.has(each)).map(({ task }) => task),
  };
}

interface Described {
  readonly task: Task;
  readonly position: number;
  readonly ref: string;
  /** What the document says; the title where the task was typed by hand. */
  readonly words: string;
  /** Everything that a person would call the task, without its number. */
  readonly content: string;
  readonly quote: Grams | null;
  readonly title: Grams;
  readonly units: ReadonlySet<string>;
  readonly times: ReadonlySet<string>;
}

/** Pairs of neighbouring characters, with how often they stand there. */
type Grams = ReadonlyMap<string, number>;

function described(task: Task, position: number, nameKey: NameKey): Described {
  const words = plainWords(task.quote ?? task.title);
  const lead = task.lead.map(nameKey).toSorted();
  const cooperate = task.cooperate.map(nameKey).toSorted();
  const times = task.deadlines.map((each) => `${deadlineIdentity(each)} ${each.text}`);
  const groups = Object.entries(task.groups).map(([name, members]) => [nameKey(name), members.map(nameKey)]);
  return {
    task,
    position,
    ref: canonicalName(task.ref),
    words,
    content: JSON.stringify([words, task.title, lead, cooperate, times, groups]),
    quote: task.quote === null ? null : gramsOf(words),
    title: gramsOf(plainWords(task.title)),
    units: new Set([...lead, ...cooperate]),
    times: new Set(task.deadlines.map(deadlineIdentity)),
  };
}

const LONGEST_COMPARED = 2_000;

/** Printed words without line breaks, width of characters and the number in front, which are no part of what is said. */
export function plainWords(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\s/gu, '')
    .replace(
      /^(?:\([〇零一二三四五六七八九十百\d]{1,4}\)|[〇零一二三四五六七八九十百\d]{1,4}[、.,:]|第[〇零一二三四五六七八九十百\d]{1,4}[条项])/u,
      '',
    );
}

function gramsOf(words: string): Grams {
  const grams = new Map<string, number>();
  const characters = Array.from(words.slice(0, LONGEST_COMPARED));
  for (let at = 0; at + 1 < characters.length; at += 1) {
    const gram = `${characters[at]}${characters[at + 1]}`;
    grams.set(gram, (grams.get(gram) ?? 0) + 1);
  }
  if (grams.size === 0 && words !== '') grams.set(words, 1);
  return grams;
}

/** Of several with the same key the first goes with the first. */
function pairEqual(
  before: readonly Described[],
  after: readonly Described[],
  key: (task: Described) => string,
  matched: Map<Described, Described>,
): void {
  const waiting = new Map<string, Described[]>();
  for (const each of after) {
    const same = waiting.get(key(each));
    if (same === undefined) waiting.set(key(each), [each]);
    else same.push(each);
  }
  for (const same of waiting.values()) same.reverse();
  for (const each of before) {
    const other = waiting.get(key(each))?.pop();
    if (other !== undefined) matched.set(each, other);
  }
}

interface Candidate {
  readonly one: Described;
  readonly other: Described;
  readonly score: number;
}

function pairAlike(before: readonly Described[], after: readonly Described[], matched: Map<Described, Described>): void {
  if (before.length === 0 || after.length === 0) return;
  const weigh = weightsOf([...before, ...after]);
  const candidates = before.flatMap(candidatesIn(after, weigh));
  candidates.sort(
    (a, b) =>
      b.score - a.score ||
      Math.abs(a.one.position - a.other.position) - Math.abs(b.one.position - b.other.position) ||
      a.one.position - b.one.position,
  );
  const taken = new Set<Described>();
  for (const { one, other } of candidates) {
    if (matched.has(one) || taken.has(other)) continue;
    matched.set(one, other);
    taken.add(other);
  }
}

type Weigh = (gram: string) => number;

/** What stands in many tasks (完善, 制度, 责任单位) tells little of which task this is. */
function weightsOf(tasks: readonly Described[]): Weigh {
  const found = new Map<string, number>();
  for (const { quote, title } of tasks) {
    for (const gram of new Set([...(quote?.keys() ?? []), ...title.keys()])) found.set(gram, (found.get(gram) ?? 0) + 1);
  }
  return (gram) => Math.log(1 + (2 * tasks.length) / (found.get(gram) ?? 1));
}

/** Places in other tasks that are looked up for one task, its rarest words first. */
const LOOKED_UP = 512;
/** So many of the likeliest are compared in full. */
const COMPARED = 8;

function candidatesIn(after: readonly Described[], weigh: Weigh): (one: Described) => Candidate[] {
  const standingAt = new Map<string, Described[]>();
  const byRef = new Map(after.map((each) => [each.ref, each]));
  for (const each of after) {
    for (const shingle of shinglesOf(each)) {
      const standing = standingAt.get(shingle);
      if (standing === undefined) standingAt.set(shingle, [each]);
      else standing.push(each);
    }
  }
  return (one) => {
    const shared = new Map<Described, number>();
    const found = [...shinglesOf(one)].flatMap((shingle) => {
      const standing = standingAt.get(shingle);
      return standing === undefined ? [] : [standing];
    });
    let lookedUp = 0;
    for (const standing of found.toSorted((a, b) => a.length - b.length)) {
      if (lookedUp > 0 && lookedUp + standing.length > LOOKED_UP) break;
      lookedUp += standing.length;
      for (const other of standing) shared.set(other, (shared.get(other) ?? 0) + 1 / standing.length);
    }
    const likeliest = [...shared].toSorted(([, a], [, b]) => b - a).slice(0, COMPARED);
    const others = new Set(likeliest.map(([other]) => other));
    const sameRef = byRef.get(one.ref);
    if (sameRef !== undefined) others.add(sameRef);
    return [...others].flatMap((other) => {
      const score = scoreOf(one, other, weigh);
      return score === null ? [] : [{ one, other, score }];
    });
  };
}

/** Two and four characters in a row: the longer ones are rare even where all tasks are written alike. */
function shinglesOf({ quote, title, words }: Described): ReadonlySet<string> {
  const shingles = new Set([...(quote?.keys() ?? []), ...title.keys()]);
  const compared = words.slice(0, LONGEST_COMPARED);
  for (let at = 0; at + 4 <= compared.length; at += 1) shingles.add(compared.slice(at, at + 4));
  return shingles;
}

/** Null where the two are too unlike to be one task: what was done for the one would count for the other. */
function scoreOf(one: Described, other: Described, weigh: Weigh): number | null {
  const numbered = one.ref === other.ref;
  const units = overlap(one.units, other.units);
  const times = overlap(one.times, other.times);
  const words = likeness(one, other, weigh, numbered);
  const enough = numbered ? (units === 1 && times === 1 ? 0.15 : 0.3) : 0.4;
  return words < enough ? null : words + (numbered ? 0.2 : 0) + 0.1 * units + 0.1 * times;
}

function likeness(one: Described, other: Described, weigh: Weigh, numbered: boolean): number {
  if (one.quote !== null && other.quote !== null) return dice(one.quote, other.quote, weigh);
  const titles = dice(one.title, other.title, weigh);
  // A title that a person typed is often a few words of the sentence that the document has.
  const within = (title: Grams, quote: Grams): number => (numbered || title.size >= 4 ? 0.85 * part(title, quote, weigh) : 0);
  if (one.quote !== null) return Math.max(titles, within(other.title, one.quote));
  if (other.quote !== null) return Math.max(titles, within(one.title, other.quote));
  if (!numbered) return titles;
  return Math.max(titles, 0.6 * part(one.title, other.title, weigh), 0.6 * part(other.title, one.title, weigh));
}

function dice(one: Grams, other: Grams, weigh: Weigh): number {
  const both = weightOf(one, weigh) + weightOf(other, weigh);
  return both === 0 ? 0 : (2 * sharedWeight(one, other, weigh)) / both;
}

/** How much of the smaller stands in the larger. */
function part(small: Grams, large: Grams, weigh: Weigh): number {
  const all = weightOf(small, weigh);
  return all === 0 ? 0 : sharedWeight(small, large, weigh) / all;
}

function weightOf(grams: Grams, weigh: Weigh): number {
  let weight = 0;
  for (const [gram, count] of grams) weight += weigh(gram) * count;
  return weight;
}

function sharedWeight(one: Grams, other: Grams, weigh: Weigh): number {
  let weight = 0;
  for (const [gram, count] of one) weight += weigh(gram) * Math.min(count, other.get(gram) ?? 0);
  return weight;
}

function overlap(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const shared = [...one].filter((each) => other.has(each)).length;
  const all = one.size + other.size - shared;
  return all === 0 ? 1 : shared / all;
}
