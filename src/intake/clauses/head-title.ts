// The title of a notice. A cover that only sends something (关于印发《某某工作要点》的通知) is called by what it sends;
// a title may be broken over several lines, with the red head, the number and the addressees around it.

import type { Span } from '../document.ts';
import type { Paragraph } from './paragraphs.ts';
import { Passage } from '../passage.ts';
import type { Read } from '../reading.ts';

const KIND =
  '(?:要点|方案|意见|通知|计划|办法|规划|措施|细则|安排|分工|分解|任务|行动|决定|公告|通告|通报|纲要|报告|规定|条例|制度|清单|目录|台账|任务书|责任书|指南|预案|批复|函|令|政策|[一-龥]{0,6}表|要求|事项|工作|条)';
const TITLE_END = new RegExp(`${KIND}(?:\\([^()]{1,20}\\))?$`, 'u');
const SENDS = /(?:关于)?(?:印发|下发|发布)(?:\(|《|〈|<)?(.{2,150}?)(?:》|〉|>|\))?的(?:通知|函)$/u;
const LONGEST = 160;
const LONGEST_LINE = 60;

/** `top`: what stands before the first number. `caption`: the line over a table. */
export function titleOf(source: string, top: readonly Paragraph[], caption: Passage | null): Read<string> | null {
  const groups = groupsOf(source, top);
  const cover = groups.find(({ text }) =>
    /(?:关于|印发|转发|批转).{2,}(?:通知|意见|决定|批复|函|通告|通报|公告|报告|令)$/u.test(text),
  );
  const sent = cover === undefined ? null : sentBy(cover);
  if (sent !== null) return sent;
  if (cover !== undefined) return whole(cover, '题名');
  const titled = groups.filter(({ text }) => TITLE_END.test(text) && text.length >= 6);
  const [best] = titled.toSorted((one, other) => other.length - one.length);
  if (caption !== null && TITLE_END.test(caption.text)) return whole(caption, '表上方的题名');
  if (best !== undefined) return whole(best, '题名');
  if (caption !== null) return whole(caption, '表上方的文字');
  const heading = groups.find(({ text }, index) => index < 3 && /\d{4}年/u.test(text) && text.length >= 8);
  return heading === undefined ? null : whole(heading, '题名');
}

/** Neighbouring lines that may be one title, joined. */
function groupsOf(source: string, top: readonly Paragraph[]): Passage[] {
  const groups: Joined[] = [];
  let open: Joined | null = null;
  for (const paragraph of top) {
    const { text } = paragraph.passage;
    if (!isTitleLine(text)) {
      open = null;
      continue;
    }
    // A new line begins a title of its own where the one before it had come to its end.
    if (open !== null && !endsTitle(open.text) && open.text.length + text.length <= LONGEST) {
      open.text += text;
      for (const span of paragraph.spans) open.spans.push(span);
    } else {
      open = { text, spans: [...paragraph.spans] };
      groups.push(open);
    }
  }
  return groups.map(({ spans }) => Passage.of(source, spans));
}

interface Joined {
  text: string;
  readonly spans: Span[];
}

/** Ends as titles do: …工作要点, …的通知. */
export function isTitleText(text: string): boolean {
  return text.length >= 6 && (TITLE_END.test(text) || /^[^,。]{2,40}关于/u.test(text));
}

/** What a page of a government's site says above a notice. */
const PAGE_LABEL =
  /^(?:索引号|发布机[关构]|发文机[关构]|主题(?:分类|词)|[成发]文日期|发布日期|公开日期|标题|名称|文件名称|有效性|时效|统一编号|发?文字?号|公开(?:方式|形式|目录|责任部门)|信息来源|来源|内容概述|组配分类|体裁分类|生效日期|废止日期|(?:当前|您的|您现在的)位置|首页|无障碍|长者模式|关怀版|适老|今天是|设为首页|加入收藏|收藏本站|繁[体體]|登录|注册)/u;

function isTitleLine(text: string): boolean {
  if (PAGE_LABEL.test(text)) return false;
  if (text.length > LONGEST_LINE || /[。;!?:]/u.test(text)) return false;
  // 某某县人民政府办公室文件 is the letter's head, 关于…规范性文件 the first line of a title.
  if (/^[^关印转]{2,30}文件$/u.test(text)) return false;
  if (/[〔[(【]\d{4}[〕\])】](?:第)?\d{1,5}号/u.test(text)) return false;
  return !/^\(?(?:此件|附件|附表|\d{4}年\d{1,2}月\d{1,2}日)/u.test(text) && /\p{Script=Han}{2}/u.test(text);
}

function endsTitle(text: string): boolean {
  return (
    /(?:的通知|通知|意见|决定|批复|公告|通告|通报)$/u.test(text) || (TITLE_END.test(text) && !/(?:关于|印发|转发)/u.test(text))
  );
}

function sentBy(cover: Passage): Read<string> | null {
  const found = SENDS.exec(cover.text);
  if (found?.[1] === undefined) return null;
  const start = found.index + found[0].indexOf(found[1]);
  const inner = found[1].replace(/[》〉>]$/u, '');
  // 三年行动计划（2026—2028年）: the bracket is the title's own.
  const own = inner.includes('(') && !inner.endsWith(')') && cover.text[start + inner.length] === ')' ? 1 : 0;
  return readOf(cover, start, start + inner.length + own, '所印发文件的题名');
}

function whole(passage: Passage, rule: string): Read<string> {
  return readOf(passage, 0, passage.length, rule);
}

function readOf(passage: Passage, start: number, end: number, rule: string): Read<string> {
  return { value: passage.printed(start, end), quote: passage.quote(start, end), span: passage.span(start, end), rule };
}
