// config/templates: the wordings and the layouts they stand in, compiled once, tried on sample messages.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type LetterContext, letterModel } from '../domain/letter.ts';
import type { Message, Rendered } from '../domain/message.ts';
import type { Result } from '../domain/result.ts';
import type { Source, SourceError } from '../yaml.ts';
import { briefingLetter } from './briefing.ts';
import { htmlScope, LAYOUT_NAMES, SMS_NAMES, smsText, subjectOf, textScope } from './layout.ts';
import { type Letter, type Letters, readLetters } from './letters.ts';
import { type Compiled, compile, liquidProblem } from './liquid.ts';
import { sampleContext, sampleMessages } from './sample.ts';

export interface Templates {
  readonly letters: ReadonlyMap<string, Pick<Letter, 'label' | 'hasSms'>>;
  /** `file:line:column` of each letter, by name. */
  readonly places: ReadonlyMap<string, string>;
  /**
   * A mail's subject, text and HTML, or an SMS with its signature (`html` empty, `subject` its first words).
   * @throws RangeError for a message without items or with a letter that is not there.
   */
  render(message: Message, context: LetterContext): Rendered;
}

/** Characters of an SMS that a list shows. */
const SMS_SUBJECT = 40;

const TEMPLATE_FILES = {
  letters: 'letters.yaml',
  text: 'letter.txt.liquid',
  html: 'letter.html.liquid',
  sms: 'sms.txt.liquid',
} as const;
export type TemplateSources = { readonly [K in keyof typeof TEMPLATE_FILES]: Source };

/** Reads `config/templates`. All errors of all files at once; a file that is missing is an error of its line 1. */
export async function readTemplates(dir: string): Promise<Result<Templates, SourceError>> {
  const sources = await readTemplateSources(dir);
  return sources.ok ? compileTemplates(sources.value) : sources;
}

/** The files of `config/templates`, unread of meaning. */
export async function readTemplateSources(dir: string): Promise<Result<TemplateSources, SourceError>> {
  const read = (name: keyof typeof TEMPLATE_FILES): Promise<Result<Source, SourceError>> =>
    readSource(join(dir, TEMPLATE_FILES[name]));
  const [letters, text, html, sms] = await Promise.all([read('letters'), read('text'), read('html'), read('sms')]);
  if (letters.ok && text.ok && html.ok && sms.ok) {
    return { ok: true, value: { letters: letters.value, text: text.value, html: html.value, sms: sms.value } };
  }
  return { ok: false, errors: [letters, text, html, sms].flatMap((each) => (each.ok ? [] : each.errors)) };
}

/** A file as a source of errors; the path as given is what errors show. */
export async function readSource(path: string): Promise<Result<Source, SourceError>> {
  try {
    return { ok: true, value: { file: path, text: await readFile(path, 'utf8') } };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const message = code === 'ENOENT' ? '没有这个文件' : `读不了这个文件（${code}）`;
    return { ok: false, errors: [{ file: path, line: 1, column: 1, field: '', message }] };
  }
}

/** Compiles templates already read, and renders every letter once for every kind of message. */
export function compileTemplates(sources: TemplateSources): Result<Templates, SourceError> {
  const letters = readLetters(sources.letters);
  const text = layout(sources.text, LAYOUT_NAMES, 'text');
  const html = layout(sources.html, LAYOUT_NAMES, 'html');
  const sms = layout(sources.sms, SMS_NAMES, 'text');
  if (!letters.ok || !text.ok || !html.ok || !sms.ok) {
    return { ok: false, errors: [letters, text, html, sms].flatMap((each) => (each.ok ? [] : each.errors)) };
  }
  const layouts = { text: text.value, html: html.value, sms: sms.value };
  const templates: Templates = {
    letters: letters.value.letters,
    places: letters.value.places,
    render: (message, context) => render(letters.value, layouts, message, context),
  };
  const errors = trial(letters.value, layouts);
  return errors.length > 0 ? { ok: false, errors } : { ok: true, value: templates };
}

interface Layout {
  readonly file: string;
  readonly render: Compiled;
}
type Layouts = { readonly [K in 'text' | 'html' | 'sms']: Layout };

function layout(source: Source, names: readonly string[], as: 'text' | 'html'): Result<Layout, SourceError> {
  const compiled = compile(source.text, names, as);
  if (compiled.ok) return { ok: true, value: { file: source.file, render: compiled.render } };
  return { ok: false, errors: compiled.problems.map((problem) => ({ file: source.file, field: '', ...problem })) };
}

function render(letters: Letters, layouts: Layouts, message: Message, context: LetterContext): Rendered {
  if (message.briefing !== undefined) return briefingLetter(message.briefing, context);
  const model = letterModel(message, context, letters.letters);
  if (message.channel === 'sms') {
    const text = smsText(model, letters, context, layouts.sms.render);
    return { subject: beginning(text), text, html: '' };
  }
  const subject = subjectOf(model, letters);
  const scope = textScope(model, letters, context, subject);
  return {
    subject,
    text: `${layouts.text
      .render(scope)
      .replace(/\n{3,}/gu, '\n\n')
      .trim()}\n`,
    html: layouts.html.render(htmlScope(scope)),
  };
}

/** Finds what only shows when it is used: a misspelt part of a duty in a layout, an unfit use of a filter. */
function trial(letters: Letters, layouts: Layouts): readonly SourceError[] {
  const errors = new Map<string, SourceError>();
  for (const message of sampleMessages([...letters.letters.keys()])) {
    for (const context of [sampleContext(false), sampleContext(true)]) {
      const model = letterModel(message, context, letters.letters);
      const attempt = (file: string, run: () => unknown): void => {
        try {
          run();
        } catch (error) {
          const found: SourceError = { file, field: '', ...liquidProblem(error) };
          errors.set(`${file}:${found.line}:${found.column}`, found);
        }
      };
      if (message.channel === 'sms') {
        attempt(layouts.sms.file, () => smsText(model, letters, context, layouts.sms.render));
        continue;
      }
      const scope = textScope(model, letters, context, subjectOf(model, letters));
      attempt(layouts.text.file, () => layouts.text.render(scope));
      attempt(layouts.html.file, () => layouts.html.render(htmlScope(scope)));
    }
  }
  return [...errors.values()];
}

function beginning(text: string): string {
  const letters = [...text];
  return letters.length > SMS_SUBJECT ? `${letters.slice(0, SMS_SUBJECT - 1).join('')}…` : text;
}
