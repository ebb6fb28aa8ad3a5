// Stops a YAML text that would exhaust the parser before the parser sees it: a megabyte of `[` takes it 12 s, one of `{` kills
// the process. A year's schedule is some 50 kB and 15,000 tokens, ten levels deep.

import { Lexer } from 'yaml';

const MAX_CHARACTERS = 1_000_000;
const MAX_TOKENS = 150_000;
const MAX_DEPTH = 50;
const MAX_INDENT = 200;

/** What is too much, and where; null when the text may be parsed. */
export function overburdened(text: string): { offset: number; message: string } | null {
  if (text.length > MAX_CHARACTERS)
    return { offset: 0, message: `文件过大：最多 ${MAX_CHARACTERS} 个字符，现有 ${text.length} 个` };
  let offset = 0;
  let tokens = 0;
  let flow = 0;
  let inLine = 0;
  let lineStart = true;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > MAX_TOKENS) return { offset, message: '文件过于复杂：请拆成几个文件' };
    const first = token[0];
    if (first === '\n' || first === '\r') {
      inLine = 0;
      lineStart = true;
    } else {
      if (first === '[' || first === '{') flow += 1;
      else if (first === ']' || first === '}') flow -= 1;
      else if (flow === 0 && (token === '-' || token === '?' || token === ':')) inLine += 1;
      if (flow < 0) return { offset, message: `多出一个 ${token}，前面没有与它成对的括号` };
      if (flow > MAX_DEPTH || inLine > MAX_DEPTH) return { offset, message: `嵌套过深：最多 ${MAX_DEPTH} 层` };
      if (lineStart && first === ' ' && token.length > MAX_INDENT)
        return { offset, message: `缩进过深：最多 ${MAX_INDENT} 个空格` };
      lineStart = false;
    }
    // Lexer marks: document start, end of flow, a scalar to come. They stand for no characters.
    if (first !== '\u0002' && first !== '\u0018' && first !== '\u001F') offset += token.length;
  }
  return null;
}
