// What the heading of a column means. Offices word their headings freely, so a heading is known by the words in it
// (整改责任单位, 2022年重点工作任务), not by being in a list; what watches a duty (督办单位, 评分部门) does not carry it.

export type ColumnRole =
  | 'ref'
  | 'section'
  | 'title'
  | 'content'
  | 'lead'
  | 'cooperate'
  | 'deadline'
  | 'start'
  | 'people'
  | 'remarks'
  | 'unread';

export interface Meaning {
  readonly role: ColumnRole;
  /** The word stands over tasks and hardly over anything else: 责任单位 and not 单位, 完成时限 and not 时间. */
  readonly strong: boolean;
}

const LONGEST_HEADING = 24;
const BODY = '(?:单位|部门|主体|科室|股室|处室|机构|部室|乡镇|街道|地区)';
/** 责任单位及责任人. */
const MORE = '(?:[及和与、/或].{1,8})?';
/** What stands over a table, not over a column. */
const CAPTION = /.{2}(?:表|台账|方案|汇总|一览)$|\d{4}年.{0,12}(?:清单|要点|安排|计划)$/u;

/** The first that fits: what a heading is not comes before what it is. */
const MEANINGS: readonly (readonly [RegExp, ColumnRole, strong: boolean])[] = [
  [/^(?:序号?|编号|序列|项次|条款号?|条目|(?:任务|事项|项目|工作)(?:序号|编号)|no\.?)$/iu, 'ref', true],
  [/^(?:备注|说明|附注|备考|其他|其它)$/u, 'remarks', false],
  [/^[^及和与、/]*(?:领导|责任人|负责人|联系人|联络员|联络人|电话)$/u, 'people', false],
  [new RegExp(`(?:督办|督导|督查|监督|考核|评价|评分|验收|审核|指导|抄送|来文|发文)${BODY}`, 'u'), 'unread', false],
  [/(?:印发|发文|填报|更新|形成|制定|成立|会议|制表|登记|反馈|交办|接收|受理)(?:时间|日期)/u, 'unread', false],
  [
    /进展|(?:完成|落实|进度|推进|执行|整改)情况|完成率|完成进度|分值|得分|赋分|依据|来源|文号|渠道|方式|对象|层级|链接|网址|金额|投资|资金|预算|地点|是否/u,
    'unread',
    false,
  ],
  [
    new RegExp(`^(?:.{0,6}(?:牵头|责任|主办|主责|负责|承办)).{0,6}(?:配合|协办|协助|参与|参加).{0,2}${BODY}?$`, 'u'),
    'lead',
    true,
  ],
  [new RegExp(`(?:配合|协办|协助|协同|协作|参与|参加|会办|联办)(?:责任)?${BODY}${MORE}$`, 'u'), 'cooperate', true],
  [/^(?:配合|协办|协助|参与|参加)$/u, 'cooperate', true],
  [
    new RegExp(
      `(?:责任|牵头|主办|承办|负责|主责|主管|落实|实施|执行|完成|公开|整改|推进|组织|报送|办理|分工|具体|项目|建设|业主|申报).{0,4}${BODY}${MORE}$`,
      'u',
    ),
    'lead',
    true,
  ],
  [/^(?:(?:责任|任务|职责|工作)?分工|牵头|主办|承办|负责)$/u, 'lead', true],
  [/领导|责任人|负责人|联系人|联络员|联络人|经办人|承办人|电话|联系方式|手机|姓名|职务|签字|签收|路长|专班/u, 'people', false],
  [/^责任$/u, 'lead', true],
  [/^(?:计划|预计|拟)?(?:开始|起始|启动|开工)(?:时间|日期|时限)?$/u, 'start', true],
  [
    /时限|期限|节点|(?:完成|办结|截止|截至|结束|起止|报送|整改|计划|推进|实施|要求|竣工|建成|投用|交付|验收).{0,2}(?:时间|日期)|时间(?:安排|要求|进度|表)|(?:进度|阶段)(?:安排|要求|计划)|推进进度|工作进度|计划进度|频次|频率|工期/u,
    'deadline',
    true,
  ],
  [/^(?:时间|日期|完成|进度)$/u, 'deadline', false],
  [new RegExp(`^${BODY}(?:名称)?$`, 'u'), 'lead', false],
  [
    /类别|分类|类型|领域|板块|章节|方面|维度|大类|[一二三四]级(?:指标|任务|事项|目录|分类)|^(?:部分|指标|条线)$/u,
    'section',
    false,
  ],
  [/^(?:目标任务|任务目标|目标名称)$/u, 'title', true],
  [
    /(?:任务|工作|事项|措施|具体|整改|落实|公开|改革|建设|推进).{0,4}(?:内容|要求|措施|举措|目标|标准|成果)|(?:内容|要求|目标).{0,2}(?:任务|措施|举措)|措施|举措|(?:具体|细化|分解)(?:任务|事项|工作)|任务分解/u,
    'content',
    true,
  ],
  [/内容|要求|目标|标准|成果|做法/u, 'content', false],
  [/任务|事项|工作|要点/u, 'title', true],
  [/项目|问题|名称|议题|重点/u, 'title', false],
];

/** Of a heading as printed; null where it says nothing that we know. */
export function meaningOf(heading: string): Meaning | null {
  const flat = plainHeading(heading);
  if (flat === '' || flat.length > LONGEST_HEADING * 2) return null;
  const aside = /\(([^()]{0,24})\)/u.exec(flat)?.[1] ?? '';
  const bare = flat.replaceAll(/\([^()]{0,24}\)/gu, '');
  if (bare === '' || bare.length > LONGEST_HEADING || /[,。;!?]/u.test(bare)) return null;
  if (CAPTION.test(bare)) return null;
  const found = MEANINGS.find(([shape]) => shape.test(bare));
  if (found === undefined) return null;
  const [, role, strong] = found;
  // 责任单位（配合） names its role in the bracket; 责任单位（牵头、配合） has both.
  if (role === 'lead' && /配合|协办/u.test(aside) && !/牵头|主办|责任/u.test(aside)) return { role: 'cooperate', strong: true };
  return { role, strong };
}

/** Of a heading that stands under another: 牵头 under 责任单位, 完成 under 时限, 名称 under 工作任务. */
export function meaningUnder(top: Meaning | null, heading: string): Meaning | null {
  const flat = plainHeading(heading);
  if (top?.role === 'lead' || top?.role === 'cooperate') {
    if (/^(?:牵头|主办|主责|责任|负责|承办)/u.test(flat) && !/人|领导/u.test(flat)) return { role: 'lead', strong: true };
    if (/^(?:配合|协办|协助|协同|参与|参加)/u.test(flat)) return { role: 'cooperate', strong: true };
    const meaning = meaningOf(heading);
    return meaning?.role === 'people' || meaning?.role === 'lead' ? meaning : null;
  }
  if (top?.role === 'deadline' || top?.role === 'start') {
    if (/^(?:开始|起|起始|启动|开工|自)(?:时间|日期)?$/u.test(flat)) return { role: 'start', strong: true };
    if (/^(?:完成|止|终止|结束|截止|办结|竣工|至)(?:时间|日期|时限)?$/u.test(flat)) return { role: 'deadline', strong: true };
    return null;
  }
  if (top?.role === 'title' || top?.role === 'content') {
    if (/^(?:名称|任务|事项|项目)$/u.test(flat)) return { role: 'title', strong: true };
    if (/^(?:内容|要求|措施|目标|举措|标准)$/u.test(flat)) return { role: 'content', strong: true };
  }
  return meaningOf(heading);
}

/** 责任\n单位 and 责 任 单 位： are one heading; brackets and letters in their plain form. */
export function plainHeading(heading: string): string {
  return heading
    .slice(0, 200)
    .normalize('NFKC')
    .replaceAll(/[\s*:＊]/gu, '')
    .replaceAll(/[[【〔]/gu, '(')
    .replaceAll(/[\]】〕]/gu, ')');
}
