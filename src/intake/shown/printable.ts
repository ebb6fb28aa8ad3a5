// Words of a document made fit for a file that people edit and for a terminal: nothing that moves a cursor, hides or turns
// text around gets through, and long texts stand in lines that a reader takes in.

// Control characters, direction marks, line separators, halves of characters: what `isLine` refuses, and what a terminal obeys.
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\uFEFF]/gu;

/** One line of at most so many characters; '' where nothing printable is left. */
export function oneLine(text: string, maximum = 500): string {
  const line = text
    .replace(/[\n\r\t]/gu, ' ')
    .replace(UNPRINTABLE, '')
    .trim();
  if (line.length <= maximum) return line;
  // A half of a character may be left at the cut.
  return `${line.slice(0, maximum - 1).replace(/\p{Cs}$/u, '')}…`;
}

/** The same lines, tabs as spaces, nothing else that is not printed. */
export function printable(text: string): string {
  return text
    .replace(/\r\n?/gu, '\n')
    .replace(/\t/gu, ' ')
    .split('\n')
    .map((line) => line.replace(UNPRINTABLE, ''))
    .join('\n');
}

const CLOSING = '，。；：、！？）》】〕”’」』…,.;:!?)';
const SENTENCE_ENDS = '。；！？';
const PAUSES = '，、：）';

/**
 * Broken into lines of at most `width` characters: behind a sentence where there is one in the second half, else behind a pause, else
 * where the line is full. Without the line breaks it is the same text. Linear.
 */
export function inLines(text: string, width = 46): readonly string[] {
  const lines: string[] = [];
  let start = 0;
  while (text.length - start > width) {
    const end = breakIn(text, start, width);
    lines.push(text.slice(start, end));
    start = end;
  }
  if (start < text.length || lines.length === 0) lines.push(text.slice(start));
  return lines;
}

function breakIn(text: string, start: number, width: number): number {
  for (const marks of [SENTENCE_ENDS, PAUSES]) {
    for (let at = start + width - 1; at >= start + width / 2; at -= 1) {
      if (marks.includes(text[at] ?? '') && !isClosing(text[at + 1])) return at + 1;
    }
  }
  let end = start + width;
  // No line begins with what closes; not even the longest run of such marks makes a line much longer.
  for (let room = 4; room > 0 && isClosing(text[end]); room -= 1) end += 1;
  return isLowSurrogate(text.charCodeAt(end)) ? end + 1 : end;
}

function isClosing(character: string | undefined): boolean {
  return character !== undefined && CLOSING.includes(character);
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
