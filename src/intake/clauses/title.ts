// A short title for a task, in the notice's words: the sentence that heads its clause, else the first clause that says what is done.

import type { Passage } from '../passage.ts';

const LONGEST = 30;
const SHORTEST = 4;

/** `heading`: a paragraph that only heads the clause; null where the clause begins with its text. Never empty for a text that is not. */
export function proposeTitle(heading: Passage | null, body: Passage): string {
  if (heading !== null && heading.length > 0) {
    const end = withoutTail(heading.text).length;
    return heading.printed(0, end <= LONGEST * 1.5 ? end : cutOf(heading.text));
  }
  const start = leading(body.text.slice(0, 60));
  const text = body.text.slice(start);
  const sentence = withoutTail(/^(?:[^。.;!?:]|(?<=\d)\.|\.(?=\d)){0,200}/u.exec(text)?.[0] ?? '');
  const end = sentence.length >= SHORTEST && sentence.length <= LONGEST ? sentence.length : cutOf(text);
  return body.printed(start, start + end).replace(/[，、,.。；;：:]$/u, '');
}

/** Without a closing mark, and without the dates of a stage: 宣传发动阶段（3月1日—3月31日）. */
function withoutTail(text: string): string {
  const end = text.slice(-60);
  return (
    text.slice(0, text.length - end.length) +
    end.replace(/[。.:;,、]{1,2}$/u, '').replace(/\([^()]{0,40}[\d年月日][^()]{0,40}\)$/u, '')
  );
}

// Where to end: after whole clauses as long as they fit, else before what would be cut.
function cutOf(text: string): number {
  const head = text.slice(0, LONGEST + 1);
  let end = 0;
  for (let at = SHORTEST; at < head.length; at += 1) {
    const isPoint = /\d/u.test(head.charAt(at - 1)) && head.charAt(at) === '.';
    if (/[,;。.:!?]/u.test(head.charAt(at)) && !isPoint) end = at;
  }
  if (end > 0) return end;
  for (let at = head.length - 1; at >= LONGEST / 3; at -= 1) if (/[、(]/u.test(head.charAt(at))) return at;
  return Math.min(LONGEST, text.length);
}

/** On what ground, who and by when, before what is done: the last two have fields of their own. */
function leading(text: string): number {
  const ground = /^(?:按照|根据|依据|遵循|围绕|结合)[^,。;]{2,40},(?=.{6})/u.exec(text)?.[0].length ?? 0;
  if (ground > 0) return ground;
  const time =
    /^(?:[^,。;]{0,14}[年月日前底起],|(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|[上中下]旬|底)?前)(?=.{4})/u.exec(text)?.[0].length ?? 0;
  const rest = text.slice(time);
  if (/^[^,。;.]{1,30}[,。;.]/u.test(rest)) return time;
  const subject = /^[^,。;]{2,40}?(?:要|应|须|将|请)?(?:在|于)[^,。;、]{2,12}[前内]将?(?=.{6})/u.exec(rest)?.[0].length ?? 0;
  return time + subject;
}
