// A guard before the HTML parser: its work grows with the depth of open elements, and a page may open a hundred thousand.

const VOID = new Set([
  'area',
  'base',
  'br',
  'col',
  'embed',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'param',
  'source',
  'track',
  'wbr',
]);
const ROW_ENDS = ['td', 'th', 'tr'];
const SECTION_ENDS = [...ROW_ENDS, 'thead', 'tbody', 'tfoot'];
/** An opening tag ends these, so that leaving out closing tags is no nesting. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  p: ['p'],
  li: ['li'],
  dt: ['dt', 'dd'],
  dd: ['dt', 'dd'],
  td: ['td', 'th'],
  th: ['td', 'th'],
  tr: ROW_ENDS,
  thead: SECTION_ENDS,
  tbody: SECTION_ENDS,
  tfoot: SECTION_ENDS,
  option: ['option'],
};
const BLOCKS_END_P = new Set([
  'div',
  'table',
  'ul',
  'ol',
  'dl',
  'section',
  'article',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'form',
  'pre',
  'hr',
]);

const MAX_DEPTH = 300;

/** Whether more than `MAX_DEPTH` elements are ever open at once. One pass; what is not HTML counts as little as a browser lets it. */
export function nestsTooDeep(html: string): boolean {
  const open: string[] = [];
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', at)) {
    const tag = /^<(\/?)([a-z][a-z0-9:-]{0,30})/iu.exec(html.slice(at, at + 40));
    if (tag === null) {
      at = html.startsWith('<!--', at) ? endOf(html, '-->', at) : at + 1;
      continue;
    }
    const name = (tag[2] ?? '').toLowerCase();
    at = tagEnd(html, at + tag[0].length);
    if (tag[1] === '/') {
      const index = open.lastIndexOf(name);
      if (index !== -1) open.length = index;
      continue;
    }
    if (VOID.has(name)) continue;
    if (name === 'script' || name === 'style') {
      at = endOf(html, `</${name}`, at);
      continue;
    }
    const ends = ENDS[name] ?? (BLOCKS_END_P.has(name) ? ['p'] : []);
    while (ends.includes(open.at(-1) ?? '')) open.pop();
    if (open.push(name) > MAX_DEPTH) return true;
  }
  return false;
}

/** Past the tag's `>`; one in a quoted value is none. */
function tagEnd(html: string, from: number): number {
  for (let at = from; at < html.length; at += 1) {
    const character = html[at];
    if (character === '>') return at + 1;
    if (character !== '=') continue;
    while (/\s/u.test(html[at + 1] ?? '')) at += 1;
    const quote = html[at + 1];
    if (quote !== '"' && quote !== "'") continue;
    const closing = html.indexOf(quote, at + 2);
    if (closing === -1) return html.length;
    at = closing;
  }
  return html.length;
}

function endOf(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from);
  return found === -1 ? html.length : found + mark.length;
}
