// The plain part of Liquid as closures: text, `{{ a.b }}`, `for x in y`, if, elsif, else, unless with one comparison. LiquidJS runs each node
// as a generator, which costs a letter more than the mail around it. What is not plain (a filter, another tag, a value that is missing or
// of another kind) is left to LiquidJS, whose output and errors are the only truth: this file may give up, never differ.

import {
  type Expression,
  ForTag,
  IfTag,
  Output,
  type PropertyAccessToken,
  type Template,
  type Token,
  TokenKind,
  type TopLevelToken,
  UnlessTag,
  type Value,
} from 'liquidjs';

type Scope = Readonly<Record<string, unknown>>;
type Write = (scope: Scope, locals: unknown[]) => string;
type Read = (scope: Scope, locals: unknown[]) => unknown;
/** The loop variables a node sees; the place of each is its place in `locals`. */
type Loops = readonly string[];

/** Thrown where LiquidJS must decide. */
const UNSURE = Symbol('not plain');

/** The template as a function that returns null where LiquidJS must render; null where nothing of it can be told beforehand. */
export function plainly(templates: readonly Template[], escaped: boolean): ((scope: object) => string | null) | null {
  const write = attempt(() => sequence(templates, [], escaped));
  if (write === null) return null;
  return (scope) => attempt(() => write(scope as Scope, []));
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error === UNSURE) return null;
    throw error;
  }
}

function unsure(): never {
  // eslint-disable-next-line typescript/only-throw-error -- not an error: it never leaves this file
  throw UNSURE;
}

function sequence(templates: readonly Template[], loops: Loops, escaped: boolean): Write {
  const writes = templates.map((template) => node(template, loops, escaped));
  return (scope, locals) => {
    let text = '';
    for (const write of writes) text += write(scope, locals);
    return text;
  };
}

function node(template: Template, loops: Loops, escaped: boolean): Write {
  if (template instanceof Output) return output(template, loops, escaped);
  if (template instanceof ForTag) return loop(template, loops, escaped);
  if (template instanceof IfTag || template instanceof UnlessTag) return choice(template, loops, escaped);
  const token = template.token as TopLevelToken;
  if (token.kind !== TokenKind.HTML || !('getContent' in token)) return unsure();
  const text = (token as unknown as { getContent(): string }).getContent();
  return () => text;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };

function output({ value }: Output, loops: Loops, escaped: boolean): Write {
  // where all output is escaped, LiquidJS puts that filter last, under no name of its own
  const filters = value.filters.map(({ name }) => name);
  if (filters.join() !== (escaped ? '[object Function]' : '')) return unsure();
  const read = expression(value.initial, loops);
  const write: Write = (scope, locals) => {
    const found = read(scope, locals);
    if (typeof found === 'string') return found;
    return typeof found === 'number' ? String(found) : unsure();
  };
  if (!escaped) return write;
  return (scope, locals) => {
    const text = write(scope, locals);
    return /[&<>"']/u.test(text) ? text.replace(/[&<>"']/gu, (each) => ESCAPES[each] ?? each) : text;
  };
}

function loop({ variable, collection, hash, templates, elseTemplates }: ForTag, loops: Loops, escaped: boolean): Write {
  if (Object.keys(hash.hash).length > 0) return unsure();
  const read = operand(collection, loops);
  const place = loops.length;
  const body = sequence(templates, [...loops, variable], escaped);
  const none = sequence(elseTemplates, loops, escaped);
  return (scope, locals) => {
    const found = read(scope, locals);
    if (!Array.isArray(found)) return unsure();
    if (found.length === 0) return none(scope, locals);
    let text = '';
    for (const each of found) {
      locals[place] = each;
      text += body(scope, locals);
    }
    return text;
  };
}

function choice(tag: IfTag | UnlessTag, loops: Loops, escaped: boolean): Write {
  const branches = tag.branches.map(({ value, templates }, n) => {
    const read = condition(value, loops);
    // only the first branch of an unless is turned round
    const wanted = !(tag instanceof UnlessTag && n === 0);
    return { holds: (scope: Scope, locals: unknown[]) => isTruthy(read(scope, locals)) === wanted, templates };
  });
  const written = branches.map(({ holds, templates }) => ({ holds, write: sequence(templates, loops, escaped) }));
  const otherwise = sequence(tag.elseTemplates ?? [], loops, escaped);
  return (scope, locals) => (written.find(({ holds }) => holds(scope, locals))?.write ?? otherwise)(scope, locals);
}

function isTruthy(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' || typeof value === 'number' ? true : unsure();
}

function condition({ filters, initial }: Value, loops: Loops): Read {
  return filters.length > 0 ? unsure() : expression(initial, loops);
}

/** One value, or two compared. */
function expression({ postfix }: Expression, loops: Loops): Read {
  const [left, right, operator] = postfix;
  if (left === undefined) return unsure();
  const one = operand(left, loops);
  if (postfix.length === 1) return one;
  if (postfix.length !== 3 || right === undefined || operator?.kind !== TokenKind.Operator) return unsure();
  const compare = COMPARISONS[operator.getText()] ?? unsure();
  const other = operand(right, loops);
  return (scope, locals) => {
    const a = one(scope, locals);
    const b = other(scope, locals);
    if (typeof a === 'string' && typeof b === 'string') return compare(a, b);
    return typeof a === 'number' && typeof b === 'number' ? compare(a, b) : unsure();
  };
}

type Comparison = <T extends string | number>(a: T, b: T) => boolean;
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};

function operand(token: Token, loops: Loops): Read {
  if (token.kind === TokenKind.Quoted || token.kind === TokenKind.Number) {
    const { content } = token as unknown as { readonly content: string | number };
    return () => content;
  }
  if (token.kind !== TokenKind.PropertyAccess) return unsure();
  const { variable, props } = token as PropertyAccessToken;
  if (variable !== undefined) return unsure();
  const [name, ...path] = props.map((prop) => (prop.kind === TokenKind.Word ? prop.getText() : unsure()));
  if (name === undefined || name === 'forloop') return unsure();
  const place = loops.lastIndexOf(name);
  const root: Read = place === -1 ? (scope) => property(scope, name) : (_scope, locals) => locals[place];
  if (path.length === 0) return root;
  return (scope, locals) => path.reduce(property, root(scope, locals));
}

/** An own property of a plain object, or the size of a list. */
function property(of: unknown, name: string): unknown {
  if (Array.isArray(of)) return name === 'size' ? of.length : unsure();
  if (typeof of !== 'object' || of === null || Object.getPrototypeOf(of) !== Object.prototype || 'toLiquid' in of)
    return unsure();
  const value: unknown = Object.hasOwn(of, name) ? Reflect.get(of, name) : undefined;
  return value === undefined || value === null || typeof value === 'function' ? unsure() : value;
}
