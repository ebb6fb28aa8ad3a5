// The parts of a .docx that matter to its text. Where they lie is told by relationships, not by their usual names.

import { posix } from 'node:path';

import { DocxRefusal } from './docx-refusal.ts';
import { attribute, parseXml, type XmlElement } from './docx-xml.ts';
import { readZip, ZIP_LIMITS } from './zip.ts';

export interface DocxPackage {
  readonly document: XmlElement;
  readonly styles: XmlElement | undefined;
  readonly numbering: XmlElement | undefined;
}

/** Text of two thousand pages; what is larger is no notice. */
const LIMITS = { ...ZIP_LIMITS, maxEntryBytes: 48_000_000, maxTotalBytes: 64_000_000 };

interface Relationship {
  /** The last word of its type: styles, numbering, header. */
  readonly type: string;
  readonly target: string;
}

/** @throws DocxRefusal */
export async function openDocx(bytes: Uint8Array): Promise<DocxPackage> {
  const roots = relationships(await partsOf(bytes, ['_rels/.rels']), '_rels/.rels', '');
  const main = roots.find(({ type }) => type === 'officeDocument')?.target ?? 'word/document.xml';
  const folder = posix.dirname(main);
  const relations = posix.join(folder, '_rels', `${posix.basename(main)}.rels`);
  const parts = await partsOf(bytes, [main, relations]);
  const document = parts.get(main);
  if (document === undefined)
    throw new DocxRefusal('文件里没有正文（缺少 document.xml），不是完整的 .docx；请用 Word 或 WPS 另存一份');

  const related = relationships(parts, relations, folder);
  const named = (type: string): string => related.find((each) => each.type === type)?.target ?? posix.join(folder, `${type}.xml`);
  const more = await partsOf(bytes, [named('styles'), named('numbering')]);
  const parsed = (type: string): XmlElement | undefined => {
    const content = more.get(named(type));
    return content && parseXml(content);
  };
  return {
    document: parseXml(document),
    styles: parsed('styles'),
    numbering: parsed('numbering'),
  };
}

async function partsOf(bytes: Uint8Array, names: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
  const read = await readZip(bytes, (name) => names.includes(name), LIMITS);
  if (!read.ok) throw new DocxRefusal(read.errors.join('；'));
  return read.value;
}

function relationships(parts: ReadonlyMap<string, Uint8Array>, name: string, folder: string): readonly Relationship[] {
  const content = parts.get(name);
  if (content === undefined) return [];
  return parseXml(content).children.flatMap((element) => {
    const target = attribute(element, 'Target') ?? '';
    if (target === '' || attribute(element, 'TargetMode') === 'External') return [];
    const path = target.startsWith('/') ? target.slice(1) : posix.join(folder, target);
    return [{ type: (attribute(element, 'Type') ?? '').split('/').at(-1) ?? '', target: path }];
  });
}
