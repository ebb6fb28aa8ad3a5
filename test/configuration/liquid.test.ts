// What the quick way prints is what LiquidJS prints, or nothing at all.

import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { Liquid } from 'liquidjs';
import { describe, expect, it } from 'vitest';

import { compile } from '../../src/configuration/liquid.ts';
import { plainly } from '../../src/configuration/liquid-plain.ts';

const OPTIONS = { strictVariables: true, strictFilters: true, ownPropertyOnly: true, templates: {} } as const;
const engines = { text: new Liquid(OPTIONS), html: new Liquid({ ...OPTIONS, outputEscape: 'escape' }) } as const;

const NAMES = ['a', 'b', 'list', 'deep'];
const path = fc.constantFrom(
  'a',
  'b',
  'list',
  'list.size',
  'deep',
  'deep.a',
  'deep.first',
  'x',
  'x.a',
  'missing',
  'deep.missing',
  'a.size',
);
const literal = fc.constantFrom("''", "'是'", '1', '0', 'true', 'nil', 'empty');
const condition = fc.oneof(
  path,
  fc
    .tuple(path, fc.constantFrom('==', '!=', '>', '<', '>=', '<=', 'contains'), fc.oneof(path, literal))
    .map((all) => all.join(' ')),
);
const { template } = fc.letrec<{ template: string; node: string }>((tie) => ({
  template: fc.array(tie('node'), { maxLength: 4 }).map((nodes) => nodes.join('')),
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('正文', ' ', '\n', '<b>&"\''),
    path.map((each) => `{{ ${each} }}`),
    path.map((each) => `{{- ${each} -}}`),
    path.map((each) => `{{ ${each} | upcase }}`),
    fc
      .tuple(condition, tie('template'), tie('template'))
      .map(([when, one, other]) => `{% if ${when} %}${one}{%- else %}${other}{% endif %}`),
    fc
      .tuple(condition, condition, tie('template'))
      .map(([one, two, text]) => `{% if ${one} %}1{% elsif ${two} %}${text}{% endif -%}`),
    fc.tuple(condition, tie('template')).map(([when, text]) => `{% unless ${when} %}${text}{% endunless %}`),
    tie('template').map((text) => `{%- for x in list %}${text}{% endfor -%}`),
    tie('template').map((text) => `{% for x in deep.list reversed %}${text}{% endfor %}`),
  ),
}));
const value = fc.oneof(
  fc.string(),
  fc.constantFrom('', '是', '<&>"\'', '1'),
  fc.integer({ min: -2, max: 3 }),
  fc.boolean(),
  fc.constant(null),
);
const scope = fc.record({
  a: value,
  b: value,
  list: fc.oneof(fc.array(fc.oneof(value, fc.record({ a: value })), { maxLength: 3 }), fc.constant('list')),
  deep: fc.record({ a: value, first: value, list: fc.array(value, { maxLength: 2 }) }),
});

function told(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return `! ${String(error)}`;
  }
}

describe('a template rendered the quick way', () => {
  it('says what LiquidJS says, its errors included', () => {
    let quick = 0;
    fc.assert(
      fc.property(template, scope, fc.constantFrom('text', 'html'), (text, given, as) => {
        const parsed = engines[as].parse(text);
        const expected = told(() => String(engines[as].renderSync(parsed, given)));
        const compiled = compile(text, [...NAMES, 'x', 'missing'], as);
        expect(compiled.ok ? told(() => compiled.render(given)) : 'not compiled').toBe(expected);
        if (plainly(parsed, as === 'html')?.(given) === expected) quick += 1;
      }),
      { numRuns: 1_500 },
    );
    expect(quick).toBeGreaterThan(300);
  });

  it.each([
    ['letter.txt.liquid', 'text'],
    ['letter.html.liquid', 'html'],
    ['sms.txt.liquid', 'text'],
  ] as const)('is every one of the house: %s', (file, as) => {
    const parsed = engines[as].parse(readFileSync(`config/templates/${file}`, 'utf8'));
    expect(plainly(parsed, as === 'html')).not.toBeNull();
  });
});
