// The words of responsibility: who leads, who helps, what a unit's name ends and begins with.
// Every pattern is anchored at one end or sticky, bounded and un-nested: each look costs the same whatever follows.

/** What a verb or a label makes of the names it belongs to. */
export type Duty =
  /** 牵头, 主办: leads whatever else is said. */
  | 'lead'
  /** 负责, 落实: leads unless somebody 牵头. */
  | 'act'
  /** 配合, 协办, 会同…: cooperates. */
  | 'help'
  /** 指导, 督促: watches; read as cooperating, and asked. */
  | 'guide';

/** Singles that close a unit's name, and the longer words where the last character alone would say too little. */
const STRONG_ENDING = new RegExp(
  `(?:(?<![格布结全大])局|(?<![督承主协举兴])办|(?<![全内干])部|(?<!部)署|(?<![平后前])台|(?<!网)站|(?<!场)所|(?<![好之用到随各])处|(?<!学)科|[委厅院馆室股队]|(?<!社|机|晚|宴|展|大|体)会|中心|公司|企业|政府|部门|单位|机关|海关|机构|集团|兵团|银行|[支分]行|农商行|[农工]发行|国开行|` +
    `信用社|联社|供销社|新华社|报社|学校|高校|院校|大学|中学|小学|幼儿园|各校|党校|地区|开发区|园区|新区|景区|矿区|经开区|高新区|保税区|` +
    `示范区|功能区|合作区|街道|社区|乡镇|镇街|大厅|有关方面|相关方面|(?<![词机])组|专班|(?<!职|社|全)工?商联|妇联|残联|文联|侨联|科协|政协|记协|人大|中央|` +
    `林场|农场|书店|电网|窗口单位|主体|组织)$`,
  'u',
);
/** Places and levels: 城关镇, 各市. They are units in a list that says so, and too common a word elsewhere. */
const WEAK_ENDING =
  /(?:[\p{Script=Han}][镇乡县市区州旗盟省村道]|各[地校级]|县区|市区|地方|移动|联通|电信|邮政|供电|银保监|人行)$/u;
/** The last characters of all the endings above, and of a bracket behind them. */
const LAST = new Set(
  '局办委部厅署台站所处科院馆室股队会心司业府门位关构团行社校学园区道镇街组班联协大央场店网体织地级方省市县州盟旗村乡通动信政电监>)面',
);
const GENERIC = /^(?:部门|单位|乡镇|镇街|街道|社区|企业|机构|机关|地区|县区|市区|组织|村|镇|乡|主体)$/u;
/** What may be the second half of one expression: 各乡镇、街道. */
const SECOND_HALF = /^(?:部门|单位|乡镇|镇街|街道|社区|县区|村|镇|乡)$/u;
/** Not a name though it ends like one. */
const NO_NAME =
  /^(?:责任单位|本单位|本部门|本地区|该单位|各自部门|上述单位|以上单位|以上部门|上述部门|社会|同上|主办单位|政府|部门|单位)$/u;

/** What a unit's name begins with: a level, a share of all, a place, or the field it works in. */
const START = new RegExp(
  `^(?:各|全[国省市县区]|[省市县区州盟旗乡镇村]|地级|地市|设区|国家|国务院|国网|国有|中央|中国|中共|共青团|有关|相关|其他|试点|示范|上级|下级|地方|本级|驻|` +
    `街道办|[^\\P{Script=Han}由的对将把被]{1,5}?(?:省|市|县|区|州|盟|旗|镇|乡|街道)|` +
    `发展|发改|教育|教体|科技|科学技术|工业|工信|经信|公安|民政|司法|财政|人社|人力资源|自然资源|国土|规划|生态环境|环保|环境保护|住建|住房|` +
    `城管|城市管理|综合|行政|交通|水利|水务|农业|林业|林草|商务|文化|文旅|旅游|广电|广播|卫生|卫健|退役|应急|安监|审计|市场监|工商|质监|食药|` +
    `药监|药品|统计|医保|医疗保障|审批|政务|大数据|数据|信访|乡村振兴|扶贫|税务|海关|气象|地震|人民|政府|金融|证监|银保监|体育|民族|民宗|宗教|` +
    `外事|侨务|国资|机关|档案|融媒|网信|宣传|组织部|统战|编办|机构编制|总工会|工会|团委|妇联|残联|工商联|科协|文联|法院|检察|消防|供电|电力|` +
    `邮政|烟草|通信|供销|住房公积金|公积金|粮食|能源|铁路|民航|知识产权|疾控|主管|牵头|承办|成员|最高)`,
  'u',
);

/** 县民政局（社会组织科）: the bracket at a name's end says nothing of what kind of name it is. */
function withoutTail(name: string): string {
  return name.length < 80 ? name.replace(/(?:\([^()]{0,30}\)|<[^<>]{0,10}>)$/u, '') : name;
}

/** Ends as units' names do: 局, 委, 公司, 有关部门, but not 城关镇. */
export function endsLikeUnit(name: string): boolean {
  const bare = withoutTail(name);
  return bare.length >= 2 && !NO_NAME.test(bare) && STRONG_ENDING.test(bare.slice(-8));
}

/** Ends as units' names do, places and levels included. */
export function mayBeUnit(name: string): boolean {
  // Most of what is asked about ends like nothing: one look settles it.
  if (!LAST.has(name.at(-1) ?? '')) return false;
  return endsLikeUnit(name) || WEAK_ENDING.test(withoutTail(name).slice(-8));
}

export function startsLikeUnit(name: string): boolean {
  return START.test(name);
}

export function isSecondHalf(words: string): boolean {
  return SECOND_HALF.test(words);
}

/** 街道, 单位: a kind of unit and no more. */
export function isGeneric(name: string): boolean {
  return GENERIC.test(name);
}

/** 各…, 有关…, 26个…部门: names that stand for several units. */
export function isGroup(name: string): boolean {
  return /^(?:各|有关|相关|其他)|(?:有关|相关|直|直属|级|主管|各)(?:部门|单位|机关|地区|企业)|部门$|单位$|地区$/u.test(
    withoutTail(name),
  );
}

/** 列第一位者为牵头单位: said in a list of units, it is no unit. */
export const FIRST_LEADS =
  /(?:第一(?:位|个|名)?|首位|最前面?|前列|首个)(?:者|的)?(?:单位|部门|责任单位|责任部门)?(?:的)?(?:为|是|即为|作为|系)(?:总?牵头|主办|主责|第一责任)(?:单位|部门)?|(?:牵头|主办)(?:单位|部门)?(?:排|列|位|居)(?:在|于)?(?:第一位?|首位)/u;
export const MARKED_LEADS = /(?:标|带|加|注)有?[“"]?[*★▲△#◆●]号?[”"]?(?:号)?(?:者|的)?/u;

const TIME =
  /(?:\d|[〇零一二三四五六七八九十])(?:年|月|日|季度|个工作日|天内|周内)|季度|年内|年底|年末|年初|月底|全年|每[年月季周日半]|半年|长期|持续|常态|即时|适时|实时|及时完成|按时限|立行立改|近期|印发之日/u;

/** 11月底前完成, 年内持续推进: words of time and no name. */
export function isTime(part: string): boolean {
  return part.length <= 60 && TIME.test(part) && (!mayBeUnit(part) || /(?:前|底|起|内|完成)$/u.test(part));
}

/** A person or a post: 县政府分管领导, 李某某同志. */
export function isPerson(name: string): boolean {
  return /(?:领导|负责人|责任人|负责同志|同志|书记|局长|主任|县长|市长|区长|镇长|乡长|省长|班子成员|联系人)$/u.test(
    withoutTail(name),
  );
}
