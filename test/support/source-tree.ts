/** Source text as the house's rules see it: its imports, and the few expressions that reach for a clock, the environment or SQL. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

import { parseAst } from 'vitest/node';

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  readonly line: number;
  /** `computed`: the target is no literal, so nothing can be said of it. */
  readonly kind: 'file' | 'package' | 'node' | 'computed';
  /** A path from the root, the name of a package, or `node:…`. */
  readonly target: string;
  /** Gone at run time: `import type { X }`. An `import { type X }` is not, it still loads the file. */
  readonly typeOnly: boolean;
}

export interface Mention {
  readonly line: number;
  readonly kind: 'wall clock' | 'monotonic clock' | 'environment' | 'sql';
  readonly words: string;
}

export interface Parsed extends SourceFile {
  readonly imports: readonly Import[];
  readonly mentions: readonly Mention[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

const CODE = /\.(?:ts|tsx|mts|js|mjs)$/;
const SQL =
  /\bselect\b[^;]+?\bfrom\b|\binsert\s+into\b|\bdelete\s+from\b|\bupdate\s+\S+\s+set\b|\b(?:create|alter|drop|truncate)\s+table\b/i;

/** What a member of something is, by their two last names, however they are reached: `Date.now`, `globalThis.process['env']`. */
const MEMBERS: Readonly<Record<string, Mention['kind']>> = {
  'Date.now': 'wall clock',
  'DateTime.now': 'wall clock',
  'Temporal.Now': 'wall clock',
  'performance.timeOrigin': 'wall clock',
  'performance.now': 'monotonic clock',
  'process.hrtime': 'monotonic clock',
  'process.env': 'environment',
};

/** The files under the folders, whatever they are. */
export function readFiles(root: string, folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const absolute = join(entry.parentPath, entry.name);
        return { path: absolute.slice(root.length + 1).replaceAll('\\', '/'), text: readFileSync(absolute, 'utf8') };
      })
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  );
}

/** @throws what the parser says, with the file's name before it. */
export function parse(files: readonly SourceFile[]): Parsed[] {
  return files.map((file) => {
    if (!CODE.test(file.path)) return { ...file, imports: [], mentions: [] };
    const imports: Import[] = [];
    const mentions: Mention[] = [];
    const lines = lineStarts(file.text);
    for (const node of nodesOf(programOf(file))) {
      const line = lines.findLastIndex((start) => start <= node.start) + 1;
      imports.push(...importsOf(node, file.path, line));
      mentions.push(...mentionsOf(node, line));
    }
    return { ...file, imports, mentions };
  });
}

function programOf(file: SourceFile): Node {
  const lang = file.path.endsWith('.d.ts') ? 'dts' : file.path.endsWith('.tsx') ? 'tsx' : file.path.endsWith('js') ? 'js' : 'ts';
  try {
    return parseAst(file.text, { lang }) as unknown as Node;
  } catch (error) {
    throw new Error(`${file.path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function lineStarts(text: string): number[] {
  return [0, ...Array.from(text.matchAll(/\n/g), (newline) => newline.index + 1)];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Node>).type === 'string';
}

function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) if (isNode(child)) yield* nodesOf(child);
  }
}

function importsOf(node: Node, from: string, line: number): Import[] {
  // a type written as import('./x.ts').X, a mocked require, an import() and the three plain forms
  const call = node.type === 'CallExpression' && lastName(node['callee']) === 'require';
  const source = call ? (node['arguments'] as unknown[])[0] : node['source'];
  const forms = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression', 'TSImportType'];
  if ((!call && !forms.includes(node.type)) || !isNode(source)) return [];
  const typeOnly = node.type === 'TSImportType' || node['importKind'] === 'type' || node['exportKind'] === 'type';
  const specifier = typeof source['value'] === 'string' ? source['value'] : null;
  if (specifier === null) return [{ line, kind: 'computed', target: 'a computed name', typeOnly }];
  if (specifier.startsWith('.')) {
    return [{ line, kind: 'file', target: posix.join(posix.dirname(from), specifier), typeOnly }];
  }
  if (specifier.startsWith('node:')) return [{ line, kind: 'node', target: specifier, typeOnly }];
  const parts = specifier.split('/');
  return [{ line, kind: 'package', target: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/'), typeOnly }];
}

function mentionsOf(node: Node, line: number): Mention[] {
  const of = (kind: Mention['kind'] | undefined, words: string): Mention[] => (kind === undefined ? [] : [{ line, kind, words }]);
  const member = (object: unknown, property: unknown): Mention[] => {
    const words = `${lastName(object)}.${lastName(property)}`;
    return of(MEMBERS[words], words);
  };
  switch (node.type) {
    case 'MemberExpression':
      return member(node['object'], node['property']);
    case 'VariableDeclarator': {
      // const { env } = process
      const pattern = node['id'];
      if (!isNode(pattern) || pattern.type !== 'ObjectPattern' || !isNode(node['init'])) return [];
      return (pattern['properties'] as Node[]).flatMap((property) => member(node['init'], property['key']));
    }
    case 'ImportDeclaration': {
      const module = isNode(node['source']) ? String(node['source']['value']).replace(/^node:/, '') : '';
      const owner = module === 'perf_hooks' ? 'performance' : module;
      return (node['specifiers'] as Node[]).flatMap((each) => {
        const words = `${owner}.${lastName(each['imported'])}`;
        return of(MEMBERS[words], words);
      });
    }
    case 'NewExpression':
    case 'CallExpression':
      return of(readsClock(node) ? 'wall clock' : undefined, `${callWords(node)}()`);
    case 'Literal':
      return of(typeof node['value'] === 'string' && SQL.test(node['value']) ? 'sql' : undefined, excerpt(String(node['value'])));
    case 'TemplateLiteral': {
      const text = (node['quasis'] as { value: { raw: string } }[]).map((quasi) => quasi.value.raw).join('…');
      return of(SQL.test(text) ? 'sql' : undefined, excerpt(text));
    }
    default:
      return [];
  }
}

/** `new Date()`, `Date()`, and luxon's `local` and `utc` when no year is given to them. */
function readsClock(node: Node): boolean {
  const [first] = node['arguments'] as Node[];
  if (lastName(node['callee']) === 'Date') return first === undefined || node.type === 'CallExpression';
  return /^DateTime\.(?:local|utc)$/.test(callWords(node)) && (first === undefined || first.type === 'ObjectExpression');
}

function callWords(node: Node): string {
  const callee = node['callee'];
  if (isNode(callee) && callee.type === 'MemberExpression')
    return `${lastName(callee['object'])}.${lastName(callee['property'])}`;
  return `${node.type === 'NewExpression' ? 'new ' : ''}${lastName(callee)}`;
}

function lastName(node: unknown): string {
  if (!isNode(node)) return '';
  if (node.type === 'MemberExpression') return lastName(node['property']);
  return typeof node['name'] === 'string' ? node['name'] : typeof node['value'] === 'string' ? node['value'] : '';
}

function excerpt(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ').slice(0, 60);
}
