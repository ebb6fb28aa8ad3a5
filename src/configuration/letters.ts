// config/templates/letters.yaml: the wording of each letter, compiled.

import { z } from 'zod';

import type { Answerer, LetterSection, LetterWords } from '../domain/letter.ts';
import type { Result } from '../domain/result.ts';
import { errorAt, type Path, type Position, readYaml, type Source, type SourceError, sorted } from '../yaml.ts';
import { compile } from './liquid.ts';

export type Phrase = (words: LetterWords) => string;

/** One letter in one of its voices: to units or others, to be done or to begin, for action or copied. */
export interface Wording {
  readonly one: Phrase;
  readonly many: Phrase;
  readonly opening: Phrase;
  readonly ask: Phrase | null;
  readonly sms: Phrase | null;
}

export interface Letter {
  readonly label: string;
  readonly toSupervisor: boolean;
  readonly hasSms: boolean;
  readonly hasStarting: boolean;
  wording(section: Pick<LetterSection, 'starting' | 'external' | 'copy'>): Wording;
}

export interface Letters {
  /** Most urgent first. */
  readonly letters: ReadonlyMap<string, Letter>;
  readonly smsMany: Phrase;
  /** In the place of a mail that somebody's mailbox takes no more. */
  readonly smsInstead: (words: LetterWords & { readonly insteadOf: string }) => string;
  readonly answers: Readonly<Record<Answerer, Phrase>>;
  /** `file:line:column` of each letter, by name. */
  readonly places: ReadonlyMap<string, string>;
}

/** Named here once more so that a file can be checked against them. */
const PLACEHOLDERS = Object.keys({
  count: 0,
  title: 0,
  due: 0,
  dueIn: 0,
  remaining: 0,
  originalDue: 0,
  role: 0,
  units: 0,
  whose: 0,
  notice: 0,
  notices: 0,
  reminded: 0,
  lacking: 0,
  please: 0,
  month: 0,
  quarter: 0,
  half: 0,
  year: 0,
  replies: 0,
  office: 0,
  phone: 0,
  contactPerson: 0,
  letterNo: 0,
} satisfies Record<keyof LetterWords, 0>);

const SMS_INSTEAD =
  '“{{ title }}”{% if count > 1 %}等{{ count }}项任务{% endif %}{{ dueIn }}。{{ insteadOf }}收不到信，请致电{{ phone }}了解详情并更正。';

const text = z.string().min(1).max(400);
const voices = {
  subject: z.strictObject({ one: text, many: text }),
  subjectExternal: z.strictObject({ one: text, many: text }).optional(),
  opening: text,
  openingExternal: text.optional(),
  openingCopy: text.optional(),
  ask: text.optional(),
  askExternal: text.optional(),
  askCopy: text.optional(),
  sms: text.optional(),
};
const letter = z.strictObject({
  label: z.string().min(1).max(10),
  answer: z.enum(['unit', 'supervisor']).default('unit'),
  ...voices,
  starting: z.strictObject({ ...voices, subject: voices.subject.optional(), opening: text.optional() }).optional(),
});
const file = z.strictObject({
  letters: z.record(z.string().regex(/^[a-z][\w-]{0,30}$/u), letter),
  smsMany: text,
  smsInstead: text.default(SMS_INSTEAD),
  answers: z.strictObject({ unit: text, external: text, supervisor: text, copy: text }),
});
type Written = z.output<typeof letter>;
type Voices = Omit<Written, 'label' | 'answer' | 'starting'>;

/** Reads and compiles all wordings; every unknown placeholder is told with its line and column. */
export function readLetters(source: Source): Result<Letters, SourceError> {
  const read = readYaml(file, source);
  if (!read.ok) return read;
  const errors: SourceError[] = [];
  const phrase = (path: Path, written: string, also: readonly string[] = []): ((words: LetterWords) => string) => {
    const compiled = compile(written, [...PLACEHOLDERS, ...also], 'text');
    if (compiled.ok) return (words) => compiled.render(words).trim();
    const start = read.at(path);
    for (const problem of compiled.problems) {
      errors.push({ ...errorAt(read.document, path, problem.message), ...inside(source.text, start, problem) });
    }
    return () => '';
  };
  const { letters, smsMany, smsInstead, answers } = read.value;
  const places = new Map<string, string>();
  const compiled = new Map<string, Letter>();
  for (const [name, written] of Object.entries(letters)) {
    const { line, column } = read.at(['letters', name, 'label']);
    places.set(name, `${source.file}:${line}:${column}`);
    compiled.set(
      name,
      compileLetter(written, (path, each) => phrase(['letters', name, ...path], each)),
    );
  }
  const value: Letters = {
    letters: compiled,
    smsMany: phrase(['smsMany'], smsMany),
    smsInstead: phrase(['smsInstead'], smsInstead, ['insteadOf']),
    answers: {
      unit: phrase(['answers', 'unit'], answers.unit),
      external: phrase(['answers', 'external'], answers.external),
      supervisor: phrase(['answers', 'supervisor'], answers.supervisor),
      copy: phrase(['answers', 'copy'], answers.copy),
    },
    places,
  };
  return errors.length > 0 ? { ok: false, errors: sorted(errors) } : { ok: true, value };
}

type Compile = (path: Path, text: string) => Phrase;

function compileLetter({ label, answer, starting, ...base }: Written, phrase: Compile): Letter {
  const ending = compileVoices(base, phrase);
  const beginning = starting === undefined ? null : compileVoices(starting, (path, each) => phrase(['starting', ...path], each));
  return {
    label,
    toSupervisor: answer === 'supervisor',
    hasSms: base.sms !== undefined,
    hasStarting: starting !== undefined,
    wording(section) {
      const first = ending(section);
      const second = section.starting && beginning !== null ? beginning(section) : null;
      return {
        one: second?.one ?? first.one ?? impossible,
        many: second?.many ?? first.many ?? impossible,
        opening: second?.opening ?? first.opening ?? impossible,
        ask: second?.ask ?? first.ask,
        sms: second?.sms ?? first.sms,
      };
    },
  };
}

type Voiced = { readonly [K in keyof Wording]: Phrase | null };

function compileVoices(
  written: { readonly [K in keyof Voices]?: Voices[K] | undefined },
  phrase: Compile,
): (section: Pick<LetterSection, 'external' | 'copy'>) => Voiced {
  const of = (key: Exclude<keyof Voices, 'subject' | 'subjectExternal'>): Phrase | null => {
    const each = written[key];
    return each === undefined ? null : phrase([key], each);
  };
  const subjects = (key: 'subject' | 'subjectExternal'): { readonly one: Phrase | null; readonly many: Phrase | null } => {
    const each = written[key];
    if (each === undefined) return { one: null, many: null };
    return { one: phrase([key, 'one'], each.one), many: phrase([key, 'many'], each.many) };
  };
  const [subject, subjectExternal] = [subjects('subject'), subjects('subjectExternal')];
  const [opening, openingExternal, openingCopy] = [of('opening'), of('openingExternal'), of('openingCopy')];
  const [ask, askExternal, askCopy, sms] = [of('ask'), of('askExternal'), of('askCopy'), of('sms')];
  return ({ external, copy }) => ({
    one: (external ? subjectExternal.one : null) ?? subject.one,
    many: (external ? subjectExternal.many : null) ?? subject.many,
    opening: (copy ? openingCopy : null) ?? (external ? openingExternal : null) ?? opening,
    ask: (copy ? askCopy : null) ?? (external ? askExternal : null) ?? ask,
    sms,
  });
}

function impossible(): never {
  throw new RangeError('the schema lets no letter pass without subject and opening');
}

/** A place inside a text of one line; in folded text the start of the text is near enough. */
function inside(file_: string, start: Position, problem: { readonly line: number; readonly column: number }): Position {
  const written = file_.split('\n')[start.line - 1]?.[start.column - 1] ?? '';
  if (problem.line > 1 || written === '|' || written === '>') return start;
  const quote = written === '"' || written === "'" ? 1 : 0;
  return { line: start.line, column: start.column + quote + problem.column - 1 };
}
