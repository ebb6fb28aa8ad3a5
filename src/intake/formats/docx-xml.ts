// Reads a part of a .docx as a tree of elements by their local names, so that transitional, strict and oddly prefixed files look
// alike. Strict where an HTML parser is lenient, for a damaged part must be refused, not half read; and bounded where that parser
// is not: nesting, count of elements, no DOCTYPE, no entities but the five of XML. One pass, linear in the length.

import { isUtf8 } from 'node:buffer';

import { DocxRefusal } from './docx-refusal.ts';

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  /** As written in the tag; read it with `attribute`. */
  readonly attributes: string;
  readonly children: readonly XmlElement[];
  /** Its own character data: WordprocessingML has no mixed content. */
  readonly text: string;
}

const MAX_ELEMENTS = 1_500_000;
/** Characters of one piece of text. */
const MAX_TEXT = 1_000_000;
/** Nested tables in text boxes in content controls come to some dozens. */
const MAX_DEPTH = 400;

const [DOUBLE_QUOTE, SINGLE_QUOTE, LESS, GREATER] = [0x22, 0x27, 0x3c, 0x3e];

const TOO_LARGE = '文档过大；请拆分成几个文件后再导入';
const BROKEN = '文件内容已损坏（XML 不完整）；请用 Word 或 WPS 打开后另存一份';

/** @throws DocxRefusal */
export function parseXml(bytes: Uint8Array): XmlElement {
  return new XmlReader(decoded(bytes)).root();
}

/** The value of the attribute of that local name, the first where prefixes differ. @throws DocxRefusal for an unknown entity */
export function attribute(element: XmlElement, name: string): string | undefined {
  const pattern = /\s*([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/uy;
  for (let match = pattern.exec(element.attributes); match !== null; match = pattern.exec(element.attributes)) {
    if (localName(match[1] ?? '') !== name || match[1]?.startsWith('xmlns') === true) continue;
    return withoutEntities(match[2] ?? match[3] ?? '');
  }
  return undefined;
}

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((each) => each.name === name);
}

/** `w:val` of a child: `<w:numId w:val="3"/>`. */
export function valueOf(element: XmlElement | undefined, name: string): string | undefined {
  const child = childOf(element, name);
  return child && attribute(child, 'val');
}

/** An on/off property; undefined where it is not said. `<w:vanish/>` is on, `w:val` may say 0, false or off. */
export function switchOf(element: XmlElement | undefined, name: string): boolean | undefined {
  const child = childOf(element, name);
  return child && !['0', 'false', 'off'].includes(attribute(child, 'val') ?? '1');
}

/** mc:AlternateContent says one thing in several ways: the first choice, or the fallback where there is none. */
export function chosenOf(alternate: XmlElement): XmlElement | undefined {
  return childOf(alternate, 'Choice') ?? childOf(alternate, 'Fallback');
}

function decoded(bytes: Uint8Array): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  if (utf16 !== null) return new TextDecoder(utf16).decode(bytes);
  if (!isUtf8(bytes)) throw new DocxRefusal(BROKEN);
  const xml = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return xml.startsWith('\uFEFF') ? xml.slice(1) : xml;
}

interface OpenElement extends XmlElement {
  readonly children: OpenElement[];
  text: string;
}

/** The name in a tag, kept once for all elements of that name. */
interface Tag {
  /** With its prefix, as the closing tag must say it. */
  readonly whole: string;
  readonly local: string;
}

/** Of elements that hold none: most. */
const NONE: OpenElement[] = [];

class XmlReader {
  readonly #xml: string;
  readonly #open: OpenElement[] = [];
  /** Of the open elements. */
  readonly #tags: Tag[] = [];
  readonly #names = new Map<string, Tag>();
  #root: OpenElement | undefined;
  #count = 0;

  constructor(xml: string) {
    this.#xml = xml;
  }

  root(): XmlElement {
    let at = 0;
    for (let next = this.#xml.indexOf('<'); next !== -1; next = this.#xml.indexOf('<', at)) {
      this.#text(at, next, withoutEntities);
      at = this.#markup(next);
    }
    this.#text(at, this.#xml.length, withoutEntities);
    if (!this.#root || this.#open.length > 0) throw new DocxRefusal(BROKEN);
    return this.#root;
  }

  /** Takes what starts with the `<` at `start`. @returns where it ends */
  #markup(start: number): number {
    const xml = this.#xml;
    switch (xml[start + 1]) {
      case '/':
        return this.#close(start);
      case '?':
        return this.#after('?>', start + 2);
      case '!': {
        if (xml.startsWith('<!--', start)) return this.#after('-->', start + 4);
        if (!xml.startsWith('<![CDATA[', start)) throw new DocxRefusal('文件里有不允许的内容（DOCTYPE），不予读取');
        const end = this.#after(']]>', start + 9);
        this.#text(start + 9, end - 3, (text) => text);
        return end;
      }
      default:
        return this.#start(start);
    }
  }

  #text(start: number, end: number, decode: (text: string) => string): void {
    if (start === end) return;
    if (end - start > MAX_TEXT) throw new DocxRefusal(TOO_LARGE);
    const inside = this.#open.at(-1);
    const text = this.#xml.slice(start, end);
    if (inside) inside.text += decode(text);
    else if (text.trim() !== '') throw new DocxRefusal(BROKEN);
  }

  #start(start: number): number {
    const end = this.#tagEnd(start + 1);
    const empty = this.#xml[end - 1] === '/';
    const inner = this.#xml.slice(start + 1, empty ? end - 1 : end);
    const space = inner.search(/\s/u);
    const tag = this.#tag(space === -1 ? inner : inner.slice(0, space));
    const element: OpenElement = {
      name: tag.local,
      attributes: space === -1 ? '' : inner.slice(space),
      children: empty ? NONE : [],
      text: '',
    };
    this.#count += 1;
    if (this.#count > MAX_ELEMENTS) throw new DocxRefusal(TOO_LARGE);
    const inside = this.#open.at(-1);
    if (inside) inside.children.push(element);
    else if (this.#root) throw new DocxRefusal(BROKEN);
    else this.#root = element;
    if (empty) return end + 1;
    this.#open.push(element);
    this.#tags.push(tag);
    if (this.#open.length > MAX_DEPTH) throw new DocxRefusal('文档嵌套层次过深，不像公文；请用 Word 或 WPS 打开后另存一份');
    return end + 1;
  }

  #close(start: number): number {
    const end = this.#xml.indexOf('>', start);
    const tag = this.#xml.slice(start + 2, end).trimEnd();
    this.#open.pop();
    if (end === -1 || this.#tags.pop()?.whole !== tag) throw new DocxRefusal(BROKEN);
    return end + 1;
  }

  /** The `>` of a tag, which may also stand inside quotes. */
  #tagEnd(from: number): number {
    for (let at = from; at < this.#xml.length; at += 1) {
      switch (this.#xml.charCodeAt(at)) {
        case GREATER:
          return at;
        case LESS:
          throw new DocxRefusal(BROKEN);
        case DOUBLE_QUOTE:
          at = this.#after('"', at + 1) - 1;
          break;
        case SINGLE_QUOTE:
          at = this.#after("'", at + 1) - 1;
          break;
        default:
      }
    }
    throw new DocxRefusal(BROKEN);
  }

  #after(mark: string, from: number): number {
    const at = this.#xml.indexOf(mark, from);
    if (at === -1) throw new DocxRefusal(BROKEN);
    return at + mark.length;
  }

  #tag(whole: string): Tag {
    const known = this.#names.get(whole);
    if (known !== undefined) return known;
    const tag = { whole, local: localName(whole) };
    if (tag.local === '') throw new DocxRefusal(BROKEN);
    this.#names.set(whole, tag);
    return tag;
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** @throws DocxRefusal for an entity that XML does not know of itself */
function withoutEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&([^;&<\s]{0,10});?/gu, (_, name: string) => {
    const code = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/iu.exec(name);
    const point = code ? Number.parseInt(code[1] ?? code[2] ?? '', code[1] === undefined ? 10 : 16) : Number.NaN;
    const plain = code ? (point <= 0x10ffff ? String.fromCodePoint(point) : undefined) : ENTITIES[name];
    if (plain === undefined) throw new DocxRefusal(BROKEN);
    return plain;
  });
}
