/**
 * The house's rules on where things live. Each rule is a sentence and a function that tells the lines that break it.
 * `test/architecture.test.ts` runs them on the real tree, and on small trees that break them on purpose.
 */
import { type Import, type Mention, parse, type Parsed, readFiles, type SourceFile } from './source-tree.ts';

export interface Rule {
  readonly sentence: string;
  /** One line each: where, and what is wrong there. */
  readonly offences: (tree: readonly Parsed[]) => string[];
}

type Allowance = (to: Import) => boolean;

/** One row of the import table: these files may import what one of the allowances allows. */
interface Row {
  readonly files: RegExp;
  readonly sentence: string;
  readonly may: readonly Allowance[];
}

const MAX_LINES = 300;
const DOMAIN = /^src\/domain\//;
const QUEUE = /^src\/queue(?:-[a-z-]+)?\.ts$/;
const POSTGRES = /^src\/postgres(?:-[a-z-]+)?\.ts$/;
const JOURNAL = /^src\/journal(?:-[a-z-]+)?\.ts$/;
const YAML = /^src\/yaml(?:-[a-z-]+)?\.ts$/;
/** What puts the rooms together, and what a person starts. */
const FRONT = /^src\/(?:app(?:-[a-z-]+)?\.ts|main\.ts|commands\/|demo\/)/;

/** Libraries with one room each: whoever else needs them asks that room. */
const RESERVED: Readonly<Record<string, RegExp>> = { bullmq: QUEUE, kysely: /^src\/ledger\// };

const file =
  (pattern: RegExp): Allowance =>
  (to) =>
    to.kind === 'file' && pattern.test(to.target);
const typesOf =
  (pattern: RegExp): Allowance =>
  (to) =>
    to.typeOnly && file(pattern)(to);
const named =
  (...names: string[]): Allowance =>
  (to) =>
    names.includes(to.target);
const anyPackage: Allowance = (to) => to.kind === 'package';
const anyNode: Allowance = (to) => to.kind === 'node';
const computed: Allowance = (to) => to.kind === 'computed';

/** A folder that knows the domain, itself and its libraries, and none of its neighbours. */
function room(name: string, also: string, ...more: Allowance[]): Row {
  const own = new RegExp(`^src/${name}/`);
  return {
    files: own,
    sentence: `src/${name} imports the domain, itself${also}, libraries and node:, never another room`,
    may: [file(DOMAIN), file(own), anyPackage, anyNode, ...more],
  };
}

const LEDGER_TYPE = typesOf(/^src\/ledger\/ledger\.ts$/);

export const TABLE: readonly Row[] = [
  {
    files: DOMAIN,
    sentence: 'src/domain is pure: it imports luxon, zod and itself, and nothing of node:',
    may: [named('luxon', 'zod'), file(DOMAIN)],
  },
  room('intake', ', src/yaml*.ts', file(YAML)),
  room('configuration', ', src/yaml*.ts', file(YAML)),
  room('ledger', ''),
  room('channels', ''),
  room('console', ', the types of src/ledger/ledger.ts', LEDGER_TYPE),
  {
    files: /^jobs\//,
    sentence: 'jobs import the domain, each other, zod, the types of src/ledger/ledger.ts, node:crypto and node:timers',
    may: [file(DOMAIN), file(/^jobs\//), LEDGER_TYPE, named('zod', 'node:crypto', 'node:timers', 'node:timers/promises')],
  },
  {
    files: QUEUE,
    sentence: 'src/queue*.ts import bullmq, ioredis, pg, zod, node: and themselves',
    may: [named('bullmq', 'ioredis', 'pg', 'zod'), anyNode, file(QUEUE)],
  },
  {
    files: POSTGRES,
    sentence: 'src/postgres*.ts import libraries, node: and themselves',
    // the binaries of a platform are a package whose name is known at run time only
    may: [anyPackage, anyNode, computed, file(POSTGRES)],
  },
  {
    files: YAML,
    sentence: 'src/yaml*.ts import yaml, zod, themselves and src/domain/result.ts',
    may: [named('yaml', 'zod', 'src/domain/result.ts'), file(YAML)],
  },
  {
    files: JOURNAL,
    sentence: 'src/journal*.ts import the domain, zod, node: and themselves',
    may: [file(DOMAIN), named('zod'), anyNode, file(JOURNAL)],
  },
  { files: /^src\/(?:backup|disk)\.ts$/, sentence: 'src/backup.ts and src/disk.ts import node: alone', may: [anyNode] },
  { files: /^src\/settings\.ts$/, sentence: 'src/settings.ts imports zod and node:', may: [named('zod'), anyNode] },
  {
    files: /^src\/log\.ts$/,
    sentence: 'src/log.ts imports pino and the type of the settings',
    may: [named('pino'), typesOf(/^src\/settings\.ts$/)],
  },
  {
    files: /^src\/(?:bin|built|child)\.mjs$/,
    sentence:
      'src/bin.mjs, src/built.mjs and src/child.mjs import esbuild, tsx, node:, src/main.ts, each other, and what was built',
    may: [named('esbuild', 'tsx', 'src/main.ts', 'src/built.mjs'), anyNode, computed],
  },
  {
    files: FRONT,
    sentence: 'src/app*.ts, src/main.ts, src/commands and src/demo import anything of src and jobs but src/main.ts',
    may: [(to) => to.target !== 'src/main.ts' && file(/^(?:src|jobs)\//)(to), named('package.json'), anyPackage, anyNode],
  },
];

function importRule(row: Row): Rule {
  return {
    sentence: row.sentence,
    offences: (tree) =>
      eachImport(
        tree,
        (from, to) => row.files.test(from.path) && !row.may.some((allows) => allows(to)),
        (to) => `imports ${to.target}${to.typeOnly ? ' (type)' : ''}`,
      ),
  };
}

function eachImport(
  tree: readonly Parsed[],
  offends: (from: Parsed, to: Import) => boolean,
  words: (to: Import) => string,
): string[] {
  return tree.flatMap((from) =>
    from.imports.filter((to) => offends(from, to)).map((to) => `${from.path}:${to.line} ${words(to)}`),
  );
}

function eachMention(tree: readonly Parsed[], kind: Mention['kind'], allowed: RegExp): string[] {
  return tree
    .filter(({ path }) => !allowed.test(path))
    .flatMap(({ path, mentions }) =>
      mentions.filter((mention) => mention.kind === kind).map(({ line, words }) => `${path}:${line} ${words}`),
    );
}

/** Every circle of files that load each other, told once, from its first file by name, with the line of each step. */
function cycles(tree: readonly Parsed[]): string[] {
  const byPath = new Map(tree.map((each) => [each.path, each]));
  const found = new Map<string, string>();
  const done = new Set<string>();
  const walk = (at: string, trail: readonly { path: string; line: number }[]): void => {
    const start = trail.findIndex(({ path }) => path === at);
    if (start !== -1) {
      const circle = trail.slice(start);
      const first = circle.reduce((least, each, index) => (each.path < (circle[least]?.path ?? '') ? index : least), 0);
      const steps = [...circle.slice(first), ...circle.slice(0, first)].map(({ path, line }) => `${path}:${line}`);
      found.set(steps.join(), [...steps, circle[first]?.path ?? at].join(' -> '));
      return;
    }
    if (done.has(at)) return;
    for (const to of byPath.get(at)?.imports ?? []) {
      if (to.kind === 'file' && !to.typeOnly) walk(to.target, [...trail, { path: at, line: to.line }]);
    }
    done.add(at);
  };
  for (const { path } of tree) walk(path, []);
  return [...found.values()];
}

export const RULES: readonly Rule[] = [
  ...TABLE.map(importRule),
  {
    sentence: 'every file of src and jobs has a row in the import table',
    offences: (tree) =>
      tree.filter(({ path }) => !TABLE.some((row) => row.files.test(path))).map(({ path }) => `${path}:1 has no row`),
  },
  {
    sentence: 'nobody but src/app*.ts, src/main.ts, src/commands and src/demo imports one of them',
    offences: (tree) =>
      eachImport(
        tree,
        (from, to) => !FRONT.test(from.path) && from.path !== 'src/bin.mjs' && file(FRONT)(to),
        (to) => `imports ${to.target}`,
      ),
  },
  {
    sentence: 'bullmq is imported by src/queue*.ts alone, kysely by src/ledger alone',
    offences: (tree) =>
      eachImport(
        tree,
        (from, to) => to.kind === 'package' && RESERVED[to.target]?.test(from.path) === false,
        (to) => `imports ${to.target}`,
      ),
  },
  { sentence: 'no files of src and jobs load each other in a circle', offences: cycles },
  {
    sentence: 'src/app-clock.ts alone looks at the clock on the wall',
    offences: (tree) => eachMention(tree, 'wall clock', /^src\/app-clock\.ts$/),
  },
  {
    sentence:
      'time is measured only where hard limits are: src/app-clock.ts, src/channels, src/postgres*.ts, src/queue*.ts, src/demo',
    offences: (tree) =>
      eachMention(tree, 'monotonic clock', /^src\/(?:app-clock\.ts|channels\/|demo\/|(?:postgres|queue)(?:-[a-z-]+)?\.ts)/),
  },
  {
    sentence: 'src/settings.ts alone reads the environment',
    offences: (tree) => eachMention(tree, 'environment', /^src\/settings\.ts$/),
  },
  {
    sentence: `no file of src and jobs has more than ${MAX_LINES} lines`,
    offences: (tree) =>
      tree
        .map(({ path, text }) => ({ path, lines: text.replace(/\n$/, '').split('\n').length }))
        // A dump is written by a test and read by nobody from top to bottom.
        .filter(({ path, lines }) => lines > MAX_LINES && !path.endsWith('/schema.sql'))
        .map(({ path, lines }) => `${path}:${MAX_LINES + 1} has ${lines} lines`),
  },
  {
    sentence: 'SQL is written in src/ledger alone (and where the queue and the server are set up)',
    offences: (tree) => {
      const allowed = /^src\/(?:ledger\/|(?:postgres|queue)(?:-[a-z-]+)?\.ts)/;
      return [
        ...tree.filter(({ path }) => path.endsWith('.sql') && !allowed.test(path)).map(({ path }) => `${path}:1 is SQL`),
        ...eachMention(tree, 'sql', allowed),
      ];
    },
  },
];

/** The real `src` and `jobs`. */
export function realTree(root: string): Parsed[] {
  return parse(readFiles(root, ['src', 'jobs']));
}

/** A tree that stands in a test: paths and their text. */
export function treeOf(files: Readonly<Record<string, string>>): Parsed[] {
  return parse(Object.entries(files).map(([path, text]): SourceFile => ({ path, text })));
}
