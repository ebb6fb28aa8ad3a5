// What a paragraph is within its clause: a heading, a text, a statement of who answers for it, or a formula of official letters
// that asks nothing of anybody.

import type { Span } from '../document.ts';
import type { Paragraph } from './paragraphs.ts';
import { Passage } from '../passage.ts';
import { isStatement, type Statement, statementsIn } from './statement.ts';

export interface Block {
  /** Its text without the clause's number. */
  readonly passage: Passage;
  /** The lines it stands on, number included. */
  readonly spans: readonly Span[];
  readonly place: string;
  /** See Paragraph. */
  readonly seams: readonly number[];
  /** Within `passage`. */
  readonly statements: readonly Statement[];
  /** It says who answers for it. */
  readonly isStated: boolean;
  /** It is nothing but a statement, on what stands before it. */
  readonly isAlone: boolean;
}

/** `from`: characters of the number at its start. */
export function blockOf({ passage, spans, place, seams }: Paragraph, from = 0): Block {
  const text = passage.slice(from);
  const statements = statementsIn(text.text);
  return {
    passage: text,
    spans,
    place,
    seams,
    statements,
    isStated: statements.some(({ kind }) => kind === 'units'),
    isAlone: statements.length > 0 && isStatement(text.text),
  };
}

/** Only says what its parts are about: 一、把大厅建好, （一）加强领导。 */
export function isHeading({ passage: { text }, statements }: Block): boolean {
  return text.length <= 60 && statements.length === 0 && !/[。;!?:].|[^\d]\.(?=[^\d])/u.test(text) && !/[:;]$/u.test(text);
}

/** The same characters of the document that `passage` has in `[start, end)`, without what lies between its lines. */
export function within(source: string, { passage, spans }: Pick<Block, 'passage' | 'spans'>, start: number, end: number): Span[] {
  if (end <= start) return [];
  const whole = passage.span(start, end);
  return spans
    .map((span) => ({ start: Math.max(span.start, whole.start), end: Math.min(span.end, whole.end) }))
    .filter((span) => span.end > span.start && Passage.of(source, [span]).length > 0);
}

const SHORT_FORMULA =
  /^(?:抄送|主送|抄报|分送|发送|附|附件|注|备注|联系人|联系方式|联系电话|电话|传真|邮箱|电子邮箱|来源|信息来源|责任编辑|作者|审核|编辑|校对|附件\d{1,2}|附表\d{0,2}|发布(?:时间|日期|机构)|索引号|主题分类|主题词|关键词|浏览次数|组长|副组长|成员|办公室主任|打印|关闭|分享)[:\s（(【]|印发\)?$|^\(?(?:此件|本文|本件|主动|依申请|不予)?(?:主动|依申请)?公开(?:发布|方式)?[:)]?|^\(?共印\d|^\((?:本文|此件)?有删减\)|^(?:无障碍|长者模式|关怀版|适老|今天是|设为首页|加入收藏|(?:当前|您的|您现在的)位置)|^特此(?:通知|公告|函|函告|报告|批复|通告)|(?:ICP备|网安备|版权所有|扫一扫|上一篇|下一篇|【打印】|【关闭】)/u;
const FORMULA =
  /^(?:本|该)?[^。,]{0,16}(?:文件|通知|意见|方案|要点|办法|细则|规定|计划)?由[^。]{2,30}(?:负责)?(?:解读|解释)[。.]?$|^(?:(?:本|该|以上|上述|此前|各项|新)[^。,]{0,14},?)?[自从][^。,]{0,16}起,?[^。,]{0,6}(?:施行|实施|执行|生效)[,。.]|^(?:(?:本|该)[^。,]{0,14},?)?[自从][^。,]{0,12}起,《[^。]{1,150}(?:停止执行|废止)|^(?:本|该)[^。]{0,60}有效期(?:为|至|\d)|^[^。要应须]{0,100}(?:同时|即行|予以)废止[。.]?$|^[^。要应须]{0,100}停止执行[。.]?$/u;
/** 联系人：某某，请于5月15日前报送名单; 备注：各单位每月5日前报送进度: a line of such words that asks for something. */
const ASKS = /(?:请|各[^。;:,]{0,12}(?:单位|部门|乡镇|县|区))[^。;:]{0,30}(?:前|内)[^。;:]{0,40}(?:报|送|反馈|提交|填)/u;
const ORGANISATION = /^[\u4E00-\u9FFF()、 ]{2,30}(?:政府|办公[厅室]|委员会|[局厅部委院会]|国务院|领导小组|中心)$/u;

/** 具体措施： */
const LEAD_IN = /^[^,。;:]{1,12}:$/u;
/** 本办法所称某某，是指…: says what a word means, and asks nothing. */
const DEFINITION = /^(?:本|该)[^,。]{1,8}(?:所称|所指)[^。]{1,60}(?:是指|指|包括)/u;

/** Closing formulas, signatures, dates, a page's own words. `text` is plain. */
export function isFormula(text: string): boolean {
  if (text.length <= 160 && SHORT_FORMULA.test(text) && !ASKS.test(text)) return true;
  if (text.length <= 200 && FORMULA.test(text)) return true;
  if (DEFINITION.test(text) || LEAD_IN.test(text)) return true;
  if (text.length > 40) return false;
  return (
    isOrganisation(text) || /^[^,。;:]{0,30}(?:\d{4}|[〇○零一二三四五六七八九]{4})年[^,。年]{2,7}日(?:\(.{2,12}\))?$/u.test(text)
  );
}

/** The name of an office, and nothing else: a signature. */
export function isOrganisation(text: string): boolean {
  return text.length <= 40 && ORGANISATION.test(text);
}

/** Sections that give aims, limits and reasons: what stands there is a task only where it is plainly somebody's by some day. */
export function isAimHeading(text: string): boolean {
  return /^(?:指导思想|基本原则|工作原则|主要原则|(?:总体|总的)?(?:要求|思路|目标|原则)|总体(?:工作)?(?:要求|思路|目标|安排)|(?:工作|基本|主要)思路|[^,。;]{0,6}目标(?:任务|要求)?|(?:试点|适用|实施|工作|改革|整治|治理|覆盖|评选|检查|考核|奖补|支持|活动|参与|申报|参加|任务|推广)?(?:范围|对象)(?:[和及与、](?:对象|范围|内容|期限|时间))?|[^,。;]{0,8}(?:背景|意义|依据|术语|定义|现状|形势)|附则|(?:充分|深刻|准确|切实)?(?:认识|把握|理解)[^,。;]{0,30}(?:意义|性|形势|要求|内涵)|指导思想[和与、].{2,20}|[^,。;]{0,6}要求[和与、](?:基本)?(?:原则|目标))(?:[。.:]?$|(?=以习|以党|根据|坚持|到20|为(?:了|贯|深|进|加)|按照|深入|全面贯))/u.test(
    text.slice(0, 60),
  );
}
