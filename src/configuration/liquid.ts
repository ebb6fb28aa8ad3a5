// Liquid as letters use it: strict, from memory alone, errors with a line and a column.

import { Liquid, LiquidError, type Template } from 'liquidjs';

import { plainly } from './liquid-plain.ts';

export interface LiquidProblem {
  /** Within the template, from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type Compiled = (scope: object) => string;

const OPTIONS = {
  strictVariables: true,
  strictFilters: true,
  ownPropertyOnly: true,
  // No file can be included from a template.
  templates: {},
} as const;

const plain = new Liquid(OPTIONS);
const html = new Liquid({ ...OPTIONS, outputEscape: 'escape' });

/**
 * Compiles a template once. `names` is everything it may speak of. What it prints is escaped when `as` is html.
 * The compiled template throws LiquidError where a value is missing at rendering.
 */
export function compile(
  text: string,
  names: readonly string[],
  as: 'text' | 'html',
): { readonly ok: true; readonly render: Compiled } | { readonly ok: false; readonly problems: readonly LiquidProblem[] } {
  const engine = as === 'html' ? html : plain;
  let template: Template[];
  try {
    template = engine.parse(text);
  } catch (error) {
    return { ok: false, problems: [liquidProblem(error)] };
  }
  const unknown = Object.entries(engine.analyzeSync(template).globals).filter(([name]) => !names.includes(name));
  if (unknown.length > 0) {
    const problems = unknown.flatMap(([name, uses]) =>
      uses.map(({ location }) => ({
        line: location.row,
        column: location.col,
        message: `没有占位词 {{ ${name} }}，可用：${names.join('、')}`,
      })),
    );
    return { ok: false, problems };
  }
  const quick = plainly(template, as === 'html');
  return { ok: true, render: (scope) => quick?.(scope) ?? String(engine.renderSync(template, scope)) };
}

/** What went wrong inside a template. Anything else is thrown again. */
export function liquidProblem(error: unknown): LiquidProblem {
  if (!(error instanceof Error) || !LiquidError.is(error)) throw error;
  const [line = 1, column = 1] = error.token.getPosition();
  return { line, column, message: inChinese(error.originalError?.message ?? error.message) };
}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^undefined filter: (.+)$/u, '没有过滤器 $1'],
  [/^undefined variable: (.+)$/u, '没有占位词 $1'],
  [/^tag "?(.+?)"? not found.*$/u, '没有标签 $1'],
  [/^tag (.+) not closed.*$/u, '标签 $1 没有结束'],
  [/^output "?(.+?)"? not closed.*$/u, '占位词没有写完：少了 }}'],
];

function inChinese(message: string): string {
  const found = WORDS.find(([pattern]) => pattern.test(message));
  return found === undefined ? `模板写法不对：${message}` : message.replace(found[0], found[1]);
}
