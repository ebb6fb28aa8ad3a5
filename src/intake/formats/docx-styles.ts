// What the styles of a .docx add to a paragraph or a run: outline level, numbering, hidden text. A style takes from the one it
// is based on what it does not say itself.

import { attribute, childOf, switchOf, valueOf, type XmlElement } from './docx-xml.ts';

/** The numbering that properties ask for; null where they do not say. */
export interface NumberingRequest {
  /** `0` takes a numbering away. */
  readonly list: string | null;
  /** From 0. */
  readonly level: number | null;
}

interface Style {
  readonly name: string;
  readonly basedOn: string | undefined;
  readonly properties: XmlElement | undefined;
  readonly runProperties: XmlElement | undefined;
}

/** A style with all that it takes from others. */
interface Resolved {
  /** Its own id and those it is based on, its own first. */
  readonly chain: readonly string[];
  readonly numbering: NumberingRequest;
  readonly heading: number | null;
  readonly hides: boolean;
}

/** Longer chains than any word processor makes; circles end here too. */
const MAX_CHAIN = 32;
const BODY_TEXT = 9;

export class Styles {
  readonly #styles = new Map<string, Style>();
  readonly #resolved = new Map<string, Resolved>();
  /** Of paragraphs that name none. */
  #default: string | undefined;

  /** @param root of word/styles.xml; undefined: there is none */
  constructor(root: XmlElement | undefined) {
    for (const element of root?.children ?? []) {
      const id = element.name === 'style' ? attribute(element, 'styleId') : undefined;
      if (id === undefined) continue;
      this.#styles.set(id, {
        name: valueOf(element, 'name') ?? '',
        basedOn: valueOf(element, 'basedOn'),
        properties: childOf(element, 'pPr'),
        runProperties: childOf(element, 'rPr'),
      });
      const isDefault = ['1', 'true', 'on'].includes(attribute(element, 'default') ?? '');
      if (isDefault && attribute(element, 'type') === 'paragraph') this.#default = id;
    }
  }

  ofParagraph(style: string | undefined): Resolved {
    return this.#resolve(style ?? this.#default ?? '');
  }

  ofRun(style: string | undefined): Resolved {
    return this.#resolve(style ?? '');
  }

  #resolve(id: string): Resolved {
    const known = this.#resolved.get(id);
    if (known !== undefined) return known;
    const chain = this.#chain(id);
    const styles = chain.flatMap((each) => this.#styles.get(each) ?? []);
    const requests = styles.map(({ properties }) => numberingIn(properties));
    const resolved = {
      chain,
      numbering: {
        list: requests.find(({ list }) => list !== null)?.list ?? null,
        level: requests.find(({ level }) => level !== null)?.level ?? null,
      },
      heading: styles.map(headingOf).find((said) => said !== undefined) ?? null,
      hides: styles.map(({ runProperties }) => switchOf(runProperties, 'vanish')).find((said) => said !== undefined) ?? false,
    };
    this.#resolved.set(id, resolved);
    return resolved;
  }

  #chain(id: string): readonly string[] {
    const chain: string[] = [];
    let next = id;
    while (this.#styles.has(next) && chain.length < MAX_CHAIN && !chain.includes(next)) {
      chain.push(next);
      next = this.#styles.get(next)?.basedOn ?? '';
    }
    return chain;
  }
}

/** A style called Title counts as a heading of level 1. */
function headingOf({ name, properties }: Style): number | null | undefined {
  const said = headingIn(properties);
  return said === undefined && /^(?:title|标题)$/iu.test(name) ? 1 : said;
}

export function numberingIn(properties: XmlElement | undefined): NumberingRequest {
  const numbering = childOf(properties, 'numPr');
  const level = Number.parseInt(valueOf(numbering, 'ilvl') ?? '', 10);
  return { list: valueOf(numbering, 'numId') ?? null, level: level >= 0 && level < 9 ? level : null };
}

/** undefined: the properties do not say; null: they say body text. */
export function headingIn(properties: XmlElement | undefined): number | null | undefined {
  const level = Number.parseInt(valueOf(properties, 'outlineLvl') ?? '', 10);
  if (!(level >= 0 && level <= BODY_TEXT)) return undefined;
  return level === BODY_TEXT ? null : level + 1;
}
