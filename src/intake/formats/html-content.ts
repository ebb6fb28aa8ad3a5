// Which part of a web page is the document: what the page hides, its menus and its footer are out, and what was left out is told.

import type { CheerioAPI, contains } from 'cheerio/slim';

export type HtmlNode = Parameters<typeof contains>[0];
export type HtmlElement = Extract<HtmlNode, { attribs: unknown }>;

export interface Content {
  readonly roots: readonly HtmlNode[];
  /** Left out with all that is in them. */
  readonly skipped: ReadonlySet<HtmlNode>;
  /** The notice's name where it stands outside the content: the portals' standard ArticleTitle, or the page's own heading. */
  readonly title: string | null;
  readonly remarks: readonly string[];
}

const NO_TEXT =
  'script,style,noscript,template,iframe,object,embed,svg,canvas,audio,video,select,input,button,textarea,link,meta,title,dialog';
/** Where the systems that government portals run on put an article. */
const ARTICLES =
  '#UCAP-CONTENT,.TRS_Editor,.trs_editor_view,#zoom,#Zoom,.pages_content,.article-content,.news_content,.xxgk_content,#js_content,article,main,[role=main]';
const CONTAINERS = new Set(['div', 'ul', 'ol', 'dl', 'p', 'table', 'section', 'center', 'form', 'header', 'footer', 'td']);
const CHROME =
  /(?:^|[-_\s])(?:nav|navbar|menu|footer|foot|header|breadcrumb|crumbs?|sidebar|share|copyright|banner|search|login|pager|related|toolbar)(?:$|[-_\s])/iu;
/** A sentence, or what only a task says: no menu has it. */
const PROSE = /[。；]|责任单位|牵头|配合单位/u;

/** Of all that an element holds: printed characters, those of links, and what keeps it from being a menu. */
interface Measure {
  text: number;
  linked: number;
  links: number;
  prose: boolean;
  heading: boolean;
  table: boolean;
}

export function contentOf($: CheerioAPI): Content {
  const skipped = new Set<HtmlNode>($(NO_TEXT).toArray());
  const left: string[] = [];
  const skip = (node: HtmlElement): void => {
    const start = startOf(node, skipped);
    if (start !== '') left.push(start);
    skipped.add(node);
  };
  for (const node of $('[hidden],[style],nav,aside').toArray()) {
    const hides = /display\s{0,9}:\s{0,9}none/iu.test(node.attribs['style']?.slice(0, 2_000) ?? '');
    if (hides || node.attribs['hidden'] !== undefined || node.name === 'nav' || node.name === 'aside') skip(node);
  }
  const roots: HtmlNode[] = $('body').length > 0 ? $('body').toArray() : $.root().toArray();
  const measures = measured(roots, skipped);
  const plain = (node: HtmlNode): number => (measures.get(node)?.text ?? 0) - (measures.get(node)?.linked ?? 0);
  const whole = roots.reduce((sum, root) => sum + plain(root), 0);
  const article = $(ARTICLES)
    .toArray()
    .find((node) => plain(node) > 0 && plain(node) >= whole * 0.6);
  if (article !== undefined) {
    if (plain(article) < whole) left.push('正文以外的文字');
    return { roots: [article], skipped, title: titleOutside($, article), remarks: told(left) };
  }
  for (const node of chromeIn(roots, skipped, measures, whole)) skip(node);
  return { roots, skipped, title: null, remarks: told(left) };
}

function told(left: readonly string[]): string[] {
  if (left.length === 0) return [];
  return [`网页的菜单、页脚或隐藏内容没有读入（${left.length} 处，如“${left[0]}”）`];
}

function titleOutside($: CheerioAPI, article: HtmlElement): string | null {
  const inside = unspaced($(article).text().slice(0, 4_000));
  const titles = [$('meta[name="ArticleTitle"]').attr('content') ?? '', $('h1').length === 1 ? $('h1').text() : ''];
  const title = titles.map((each) => each.slice(0, 500).trim()).find((each) => each !== '');
  return title === undefined || inside.includes(unspaced(title)) ? null : title;
}

function unspaced(text: string): string {
  return text.replaceAll(/\s/gu, '');
}

/** The first few characters that it prints. */
function startOf(node: HtmlNode, skipped: ReadonlySet<HtmlNode>): string {
  let start = '';
  const open: HtmlNode[] = [node];
  for (let next = open.pop(); next !== undefined && start.length < 12; next = open.pop()) {
    if (skipped.has(next)) continue;
    if (next.nodeType === 3) start += unspaced(next.data.slice(0, 1_000));
    else if ('children' in next) open.push(...next.children.slice(0, 100).toReversed());
  }
  return start.slice(0, 12);
}

/** Menus and footers, none of them inside another. */
function chromeIn(
  roots: readonly HtmlNode[],
  skipped: ReadonlySet<HtmlNode>,
  measures: ReadonlyMap<HtmlNode, Measure>,
  whole: number,
): HtmlElement[] {
  const chrome: HtmlElement[] = [];
  const open: HtmlNode[] = [...roots];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!('children' in node) || skipped.has(node)) continue;
    const measure = measures.get(node);
    if ('attribs' in node && CONTAINERS.has(node.name) && isChrome(node, measure, whole)) chrome.push(node);
    // The cells of a table of data are not taken apart.
    else if (!('attribs' in node && node.name === 'table' && measure?.table === false))
      for (const child of node.children) open.push(child);
  }
  return chrome.toReversed();
}

function isChrome(node: HtmlElement, measure: Measure | undefined, whole: number): boolean {
  if (measure === undefined || measure.text === 0 || measure.prose || measure.heading) return false;
  if (measure.links >= 3 && measure.linked > measure.text * 0.6) return true;
  if (measure.text > whole * 0.3) return false;
  const names = `${node.attribs['class'] ?? ''} ${node.attribs['id'] ?? ''}`.slice(0, 500);
  return node.name === 'header' || node.name === 'footer' || CHROME.test(names);
}

function measured(roots: readonly HtmlNode[], skipped: ReadonlySet<HtmlNode>): Map<HtmlNode, Measure> {
  const measures = new Map<HtmlNode, Measure>();
  const visit = (node: HtmlNode, into: Measure): void => {
    if (skipped.has(node)) return;
    if (node.nodeType === 3) {
      into.text += inked(node.data);
      into.prose ||= PROSE.test(node.data);
      return;
    }
    if (!('children' in node)) return;
    const own: Measure = { text: 0, linked: 0, links: 0, prose: false, heading: false, table: false };
    for (const child of node.children) visit(child, own);
    const name = 'attribs' in node ? node.name : '';
    if (name === 'a' && own.text > 0 && 'attribs' in node && node.attribs['href'] !== undefined) {
      own.linked = own.text;
      own.links += 1;
    }
    measures.set(node, own);
    into.text += own.text;
    into.linked += own.linked;
    into.links += own.links;
    into.prose ||= own.prose;
    into.heading ||= own.heading || name === 'h1';
    into.table ||= own.table || name === 'table';
  };
  const all: Measure = { text: 0, linked: 0, links: 0, prose: false, heading: false, table: false };
  for (const root of roots) visit(root, all);
  return measures;
}

function inked(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x20) count += 1;
  return count;
}
