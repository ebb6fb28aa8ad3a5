// Reads a YAML file that people edit, against a zod schema. Every problem is told at once, with its line and column, in Chinese.
// A leaf: it knows YAML and zod and nothing of the work. YAML 1.2 core: an unquoted date stays text; `%YAML 1.1` changes nothing.

import { Alias, type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { z } from 'zod';

import { overburdened } from './yaml-limits.ts';
import { issueWords, nearest, syntaxWords } from './yaml-words.ts';

export interface Source {
  /** As it is shown in errors: relative to where the reader stands. */
  readonly file: string;
  readonly text: string;
}

/** One thing wrong at one place. Lines, columns and list positions count from 1. */
export interface SourceError {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `units[2].contacts[1].email`, or '' for the whole file. */
  readonly field: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** Keys and list indexes from the root; indexes count from 0, as zod gives them. */
export type Path = readonly PropertyKey[];

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A file as parsed: where cross checks, made after the schema or in spite of it, find what they point at. */
export interface YamlDocument {
  readonly file: string;
  /** Plain data before the schema; undefined where the file is no YAML. */
  readonly data: unknown;
  readonly tree: Document | null;
  readonly lines: LineCounter;
}

export type YamlResult<T> =
  | { readonly ok: true; readonly value: T; readonly document: YamlDocument; at(path: Path): Position }
  | { readonly ok: false; readonly errors: readonly SourceError[]; readonly document: YamlDocument };

/**
 * Parses and validates one file. Use `z.strictObject` so that unknown keys are errors; a schema's `.describe('…')` is what
 * "需要 …" says, and `.meta({ private: true })` keeps the value itself (a password, a phone number) out of the message.
 * Where the schema wants text and the file has a bare number, the number is taken as written (`0123` stays `0123`).
 */
export function readYaml<T>(schema: z.ZodType<T>, source: Source): YamlResult<T> {
  const { document, errors } = parse(source);
  if (errors.length > 0) return { ok: false, errors, document };
  const known = new Map<string, readonly string[]>();
  const validate = () => schema.safeParse(document.data, { error: issueWords(known), reportInput: true });
  let result = validate();
  if (!result.success && takeNumbersAsText(document, result.error.issues)) result = validate();
  if (result.success) return { ok: true, value: result.data, document, at: (path) => positionOf(document, path, 'value') };
  return { ok: false, errors: sorted(result.error.issues.flatMap((issue) => issueErrors(document, issue, [], known))), document };
}

/** A problem that another module found at a path: a cross check between fields or files. */
export function errorAt(document: YamlDocument, path: Path, message: string, where: 'value' | 'key' = 'value'): SourceError {
  return { file: document.file, ...positionOf(document, path, where), field: fieldName(path), message };
}

/** `config/office.yaml:4:9: smtp.port: 需要 1–65535 的整数，现为 "abc"`, one line each. */
export function formatErrors(errors: readonly SourceError[]): string {
  return errors
    .map(({ file, line, column, field, message }) => `${file}:${line}:${column}: ${field === '' ? '' : `${field}: `}${message}`)
    .join('\n');
}

/** In the order of the file. */
export function sorted(errors: readonly SourceError[]): SourceError[] {
  return errors.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function parse(source: Source): { document: YamlDocument; errors: SourceError[] } {
  const text = source.text.startsWith('\uFEFF') ? source.text.slice(1) : source.text;
  const lines = new LineCounter();
  const document: Mutable<YamlDocument> = { file: source.file, data: undefined, tree: null, lines };
  const errorHere = (offset: number, message: string): SourceError => {
    return { file: source.file, ...positionAt(lines, offset), field: '', message };
  };
  const burden = overburdened(text);
  if (burden !== null) {
    lines.addNewLine(0);
    for (const match of text.slice(0, burden.offset).matchAll(/\n/gu)) lines.addNewLine(match.index + 1);
    return { document, errors: [errorHere(burden.offset, burden.message)] };
  }
  const tree = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    resolveKnownTags: false,
    schema: 'core',
    stringKeys: true,
    // Its own check compares each key with all before it; ours is one look-up.
    uniqueKeys: false,
    logLevel: 'error',
  });
  document.tree = tree;
  const problems = [...tree.errors, ...tree.warnings]
    // One slip makes many of these; the first few are the true ones.
    .slice(0, 20)
    .map((problem) => errorHere(problem.pos[0], syntaxWords(problem, lineAt(text, problem.pos[0]))));
  if (problems.length > 0) return { document, errors: uniquePlaces(sorted(problems)) };
  const errors = [...missingAnchors(document), ...keyErrors(document, tree.contents, [])];
  if (errors.length > 0) return { document, errors: sorted(errors) };
  try {
    document.data = tree.toJS({ maxAliasCount: 100 });
  } catch {
    return { document, errors: [errorHere(0, '别名（*名）引用过多，请直接写出内容')] };
  }
  return { document, errors: [] };
}

function missingAnchors(document: YamlDocument): SourceError[] {
  const { tree } = document;
  if (tree === null) return [];
  const anchors = new Set<string>();
  const errors: SourceError[] = [];
  visit(tree, {
    Node(_, node) {
      if (!(node instanceof Alias) && 'anchor' in node && typeof node.anchor === 'string') anchors.add(node.anchor);
      if (!isAlias(node) || anchors.has(node.source)) return;
      const message = `别名 *${node.source} 前面没有 &${node.source}；以 * 开头的文字要加引号`;
      errors.push({ file: document.file, ...positionAt(document.lines, node.range?.[0] ?? 0), field: '', message });
    },
  });
  return errors.slice(0, 20);
}

function keyErrors(document: YamlDocument, node: unknown, path: Path): SourceError[] {
  if (isSeq(node)) return node.items.flatMap((item, index) => keyErrors(document, item, [...path, index]));
  if (!isMap(node)) return [];
  const first = new Map<string, number>();
  return node.items.flatMap((pair) => {
    const key = keyText(pair.key);
    const { line, column } = positionAt(document.lines, startOf(pair.key) ?? 0);
    const error = (message: string) => ({ file: document.file, line, column, field: fieldName([...path, key]), message });
    const errors = keyErrors(document, pair.value, [...path, key]);
    const before = first.get(key);
    if (before === undefined) first.set(key, line);
    else errors.push(error(`键 ${key} 重复：第 ${before} 行已写过，只能留一处`));
    // As a plain object's key it would be lost without a word.
    if (key === '__proto__') errors.push(error('不能用 __proto__ 作键'));
    return errors;
  });
}

/** Puts back the digits as written wherever a text was wanted; says whether there was any such place. */
function takeNumbersAsText(document: YamlDocument, issues: readonly z.core.$ZodIssue[]): boolean {
  let any = false;
  for (const issue of issues) {
    if (issue.code !== 'invalid_type' || issue.expected !== 'string' || typeof issue.input !== 'number') continue;
    const node = nodeAt(document, issue.path);
    const last = issue.path.at(-1);
    const parent = issue.path
      .slice(0, -1)
      .reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown>)[part], document.data);
    if (!isScalar(node) || node.source === undefined || last === undefined) continue;
    (parent as Record<PropertyKey, unknown>)[last] = node.source;
    any = true;
  }
  return any;
}

type Known = ReadonlyMap<string, readonly string[]>;

function issueErrors(document: YamlDocument, issue: z.core.$ZodIssue, base: Path, known: Known): SourceError[] {
  const path = [...base, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const wanted = known.get(issue.keys.join('\n')) ?? [];
      return issue.keys.map((key) => {
        const close = nearest(key, wanted);
        const advice = close === null ? `可用的键：${wanted.join('、')}` : `是否想写 ${close}？`;
        return errorAt(document, [...path, key], `不认识的键 ${key}，${advice}`, 'key');
      });
    }
    case 'invalid_union': {
      // The branch that got furthest is the one that was meant.
      const meant = issue.errors.filter((branch) =>
        branch.every((each) => each.path.length > 0 || each.code === 'unrecognized_keys'),
      );
      const [branch] = meant.toSorted((a, b) => a.length - b.length);
      if (branch === undefined) return [errorAt(document, path, issue.message)];
      return branch.flatMap((each) => issueErrors(document, each, path, known));
    }
    case 'invalid_key':
      return issue.issues.map((each) => errorAt(document, path, each.message, 'key'));
    default:
      return [errorAt(document, path, issue.message)];
  }
}

function positionOf(document: YamlDocument, path: Path, where: 'value' | 'key'): Position {
  let node: unknown = document.tree?.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, part] of path.entries()) {
    const child = childOf(document, node, part);
    // What is missing is reported where it should stand: at its parent.
    if (child === null) break;
    const wantsKey = where === 'key' && depth === path.length - 1;
    // An empty value has no place of its own worth pointing at.
    const empty = isScalar(child.value) && child.value.source === '';
    offset = (wantsKey || empty ? startOf(child.key) : startOf(child.value)) ?? startOf(child.key) ?? offset;
    node = child.value;
  }
  return positionAt(document.lines, offset);
}

function nodeAt(document: YamlDocument, path: Path): unknown {
  return path.reduce<unknown>((node, part) => childOf(document, node, part)?.value, document.tree?.contents);
}

function childOf(document: YamlDocument, parent: unknown, part: PropertyKey): { key: unknown; value: unknown } | null {
  const node = isAlias(parent) && document.tree !== null ? parent.resolve(document.tree) : parent;
  if (isMap(node)) return node.items.find((pair) => keyText(pair.key) === String(part)) ?? null;
  if (isSeq(node) && typeof part === 'number' && part < node.items.length) return { key: null, value: node.items[part] };
  return null;
}

function keyText(key: unknown): string {
  // `stringKeys` made it a text already.
  return isScalar(key) && typeof key.value === 'string' ? key.value : '';
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return line === 0 ? { line: 1, column: 1 } : { line, column: col };
}

function lineAt(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, end === -1 ? undefined : end);
}

function uniquePlaces(errors: readonly SourceError[]): SourceError[] {
  return errors.filter((error, index) => error.line !== errors[index - 1]?.line);
}

function fieldName(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part + 1}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');
}
