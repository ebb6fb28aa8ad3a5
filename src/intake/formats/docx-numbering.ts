// The numbers that Word makes and does not write into the text: 一、 （二） 3. before a paragraph of a list.
// Counters are kept as Word keeps them (ECMA-376, 17.9): per definition, not per list, so that two lists of one definition go on
// counting; a level with a start of its list's own begins anew when that list first uses it; a level begins anew after a higher one.

import { numeral } from './numerals.ts';
import type { NumberingRequest, Styles } from './docx-styles.ts';
import { attribute, childOf, chosenOf, switchOf, valueOf, type XmlElement } from './docx-xml.ts';

const LEVELS = 9;

interface Level {
  readonly start: number;
  readonly format: string;
  /** `%1.%2、`: each % with a digit stands for the number of that level. */
  readonly text: string;
  /** Begins anew after levels below this one, from 0; 0: never. Undefined: after any higher level. */
  readonly restart: number | undefined;
  /** All numbers in Arabic digits, as laws want it. */
  readonly legal: boolean;
  readonly hidden: boolean;
  /** The paragraph style that goes with it. */
  readonly style: string | undefined;
}

interface List {
  readonly definition: string;
  readonly levels: readonly (Level | undefined)[];
  readonly starts: readonly (number | undefined)[];
}

type Counters = (number | null)[];

export class Numbering {
  readonly #styles: Styles;
  readonly #definitions = new Map<string, XmlElement>();
  readonly #instances = new Map<string, XmlElement>();
  /** Which list a numbering style stands for. */
  readonly #listOfStyle = new Map<string, string>();
  readonly #lists = new Map<string, List | null>();
  readonly #counters = new Map<string, Counters>();
  /** Level and list of what was counted. */
  readonly #used = new Set<string>();

  /** @param root of word/numbering.xml; undefined: there is none */
  constructor(root: XmlElement | undefined, styles: Styles) {
    this.#styles = styles;
    for (const element of root?.children ?? []) {
      const id = attribute(element, 'abstractNumId');
      if (element.name === 'abstractNum' && id !== undefined) this.#definitions.set(id, element);
      const number = attribute(element, 'numId');
      if (element.name === 'num' && number !== undefined) this.#instances.set(number, element);
    }
    for (const [number, element] of this.#instances) {
      const style = valueOf(this.#definitions.get(valueOf(element, 'abstractNumId') ?? ''), 'styleLink');
      if (style !== undefined) this.#listOfStyle.set(style, number);
    }
  }

  /**
   * Counts a paragraph and gives what Word prints before it, with a space where it needs one; '' where it is not numbered or the
   * number is a bullet. To be asked once for each paragraph that is printed, in the order of the document.
   */
  label(own: NumberingRequest, style: string | undefined): string {
    const inherited = this.#styles.ofParagraph(style).numbering;
    const number = own.list ?? inherited.list;
    const list = number === null || number === '0' ? null : this.#list(number);
    if (number === null || list === null) return '';
    const linked = own.list === null ? this.#levelOfStyle(list, style) : null;
    const level = own.level ?? linked ?? inherited.level ?? 0;
    const counters = this.#count(number, list, level);
    return labelOf(list, counters, level);
  }

  #count(number: string, list: List, level: number): Counters {
    const counters = this.#counters.get(list.definition) ?? Array.from<null>({ length: LEVELS }).fill(null);
    this.#counters.set(list.definition, counters);
    const use = `${level} ${number}`;
    if (!this.#used.has(use) && list.starts[level] !== undefined) counters[level] = null;
    this.#used.add(use);
    // Higher levels that nothing has used yet count as used: 1.1 is followed by 2.
    for (let at = 0; at <= level; at += 1) {
      const before = counters[at] ?? null;
      if (before === null) counters[at] = list.starts[at] ?? list.levels[at]?.start ?? 1;
      else if (at === level) counters[at] = before + 1;
    }
    for (let at = level + 1; at < LEVELS; at += 1) {
      const restart = list.levels[at]?.restart;
      if (restart === undefined || level < restart) counters[at] = null;
    }
    return counters;
  }

  #levelOfStyle(list: List, style: string | undefined): number | null {
    for (const id of this.#styles.ofParagraph(style).chain) {
      const level = list.levels.findIndex((each) => each?.style === id);
      if (level !== -1) return level;
    }
    return null;
  }

  #list(number: string): List | null {
    const known = this.#lists.get(number);
    if (known !== undefined) return known;
    const list = this.#read(number);
    this.#lists.set(number, list);
    return list;
  }

  #read(number: string): List | null {
    const instance = this.#instances.get(number);
    const definition = this.#definition(instance);
    if (instance === undefined || definition === null) return null;
    const levels = levelsIn(definition.element);
    const starts: (number | undefined)[] = [];
    for (const override of instance.children) {
      const at = override.name === 'lvlOverride' ? levelNumber(override) : null;
      if (at === null) continue;
      const level = childOf(override, 'lvl');
      if (level) levels[at] = levelOf(level);
      starts[at] = wholeNumber(valueOf(override, 'startOverride'));
    }
    return { definition: definition.id, levels, starts };
  }

  /** A definition that only names a numbering style is the definition which that style stands for. */
  #definition(instance: XmlElement | undefined): { readonly id: string; readonly element: XmlElement } | null {
    let id = valueOf(instance, 'abstractNumId') ?? '';
    const link = valueOf(this.#definitions.get(id), 'numStyleLink');
    if (link !== undefined) {
      const list = this.#listOfStyle.get(link) ?? this.#styles.ofRun(link).numbering.list ?? '';
      id = valueOf(this.#instances.get(list), 'abstractNumId') ?? id;
    }
    const element = this.#definitions.get(id);
    return element === undefined ? null : { id, element };
  }
}

function levelsIn(definition: XmlElement): (Level | undefined)[] {
  const levels: (Level | undefined)[] = [];
  for (const element of definition.children) {
    const at = element.name === 'lvl' ? levelNumber(element) : null;
    if (at !== null) levels[at] = levelOf(element);
  }
  return levels;
}

function levelNumber(element: XmlElement): number | null {
  const level = wholeNumber(attribute(element, 'ilvl'));
  return level !== undefined && level < LEVELS ? level : null;
}

function levelOf(element: XmlElement): Level {
  const restart = wholeNumber(valueOf(element, 'lvlRestart'));
  return {
    start: wholeNumber(valueOf(element, 'start')) ?? 1,
    format: formatOf(element),
    text: valueOf(element, 'lvlText') ?? '',
    restart,
    legal: switchOf(element, 'isLgl') ?? false,
    hidden: switchOf(childOf(element, 'rPr'), 'vanish') ?? false,
    style: valueOf(element, 'pStyle'),
  };
}

/** Formats newer than the standard stand in an alternative, with an old one for old readers. */
function formatOf(level: XmlElement): string {
  const alternate = childOf(level, 'AlternateContent');
  const choice = alternate && childOf(chosenOf(alternate), 'numFmt');
  const custom = choice && attribute(choice, 'format');
  // 001, 002, 003, …
  const zeros = custom === undefined ? null : /^(0{1,9})1(?:,|$)/u.exec(custom);
  if (zeros) return `zeros${(zeros[1] ?? '').length + 1}`;
  return valueOf(level, 'numFmt') ?? valueOf(childOf(alternate, 'Fallback'), 'numFmt') ?? 'decimal';
}

function labelOf({ levels }: List, counters: Counters, at: number): string {
  const level = levels[at];
  if (level === undefined || level.hidden || level.format === 'bullet') return '';
  const label = level.text
    .slice(0, 200)
    .replaceAll(/%([1-9])/gu, (_, digit: string) => {
      const index = Number(digit) - 1;
      const number = counters[index] ?? null;
      const format = levels[index]?.format ?? 'decimal';
      if (number === null || index > at) return '';
      return written(number, level.legal && format !== 'bullet' && format !== 'none' ? 'decimal' : format);
    })
    .trim();
  return label === '' || /[、，．：。）】〕》]$/u.test(label) ? label : `${label} `;
}

function written(number: number, format: string): string {
  const zeros = /^zeros(\d)$/u.exec(format);
  return zeros ? `${number}`.padStart(Number(zeros[1]), '0') : numeral(number, format);
}

function wholeNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,9}$/u.test(value) ? Number(value) : undefined;
}
