// The words that times are written with. What they mean together is the grammar's business.

// Where a word goes on as another: 起草 holds no 起, 初步 no 初, 2020年版 no year.
export const GOES_ON: Readonly<Record<string, readonly string[]>> = {
  年: ['版', '代'],
  季: ['节'],
  底: ['线', '蕴', '色', '座', '稿'],
  末: ['端', '梢'],
  初: [...'步级中次审始衷期心'],
  中: [...'央国小心等共华型期学医层介间标东部外断级试考职转文铁'],
  终: ['身', '止', '端', '结', '审', '了'],
  前: ['提', '期', '后', '列', '置', '款', '述', '瞻', '沿', '往', '任', '身'],
  内: ['容', '控', '涵', '外', '部审', '部控', '部管', '部监'],
  起: ['草', '步', '点', '诉', '飞', '码'],
  后: ['勤', '续', '期', '台'],
  // 五一线, 十一月: figures.
  五一: ['线'],
  十一: [...'年月日号个项家条批名届'],
  节: [...'能约目点余日水油育奏'],
  汛: ['情'],
  // 不停推进 is a manner, 持续时间 a measure.
  持续: ['时', '性', '健康', '发展', '增长', '改善', '用力'],
};

/** What a time may be told with; alone they say nothing of one. */
export const CONNECTIVES: readonly string[] = [
  '每 按 逐 逢 第 个 自然 的 于 在 度 从 自 至 到 结束 左右 以上 以下 — - – ~ ― ─ / .',
  '之日起 之日 起 后 之后 以后 以来 期间 间 时间 开始 前后 截止 时 点 上午 下午 下班 前 之前 以前 止 为止 内 以内 之内 底 末 初 中 终 首',
  '印发 发布 下发 公布 颁布 施行 实施 执行 推行 实行 推进 启动 坚持 开展 完成 来临 到来 召开',
  '本通知 本意见 本方案 本要点 本办法 文件',
].flatMap(words);

/** Words of the calendar: a deadline rests on at least one of them. */
export const CALENDAR: ReadonlySet<string> = new Set(
  [
    '今年 本年 当年 明年 次年 来年 翌年 去年 上年 前年 上一年 下一年 下年 后年 今明两年 今明年',
    '上半年 下半年 半年 全年 常年 学年 近年 历年 逐年 往年 多年',
    '本月 当月 次月 下月 上月 上一月 上一季度 上季度 本季度 次季度 下季度 当季 首月 末月 双月 单月 前三季度 本周 下周 半月 双周 学期',
    '年 月 月份 日 号 季 季度 周 星期 天 旬 上旬 中旬 下旬 上中旬 中下旬 工作日 小时 分钟 持续 长期 常态化 即日',
  ].flatMap(words),
);

/** Occasions that work is timed by and whose day an office knows better than a calendar. */
export const EVENTS: ReadonlySet<string> = new Set(
  [
    '春节 元旦 清明 五一 端午 七一 中秋 国庆 十一 节 两会 全国两会 二十大 汛期 主汛期 入汛 汛 入冬 封冻 春耕 秋收',
    '十三五 十四五 十五五 开学 春季开学 秋季开学 高考 中考 暑假 寒假 暑期 供暖期 供暖季 供暖 采暖期 采暖季 采暖',
  ].flatMap(words),
);

/** What an office does again and again to see that work is done. */
export const SUPERVISION: ReadonlySet<string> = new Set(
  [
    '通报 调度 督查 督导 督办 约谈 倒排 考核 评估 会商 研判 报送 汇总 晾晒 点评 排名 例会 小结 检查 盘点 抽查 巡查 核查 暗访 观摩 测评',
    '报告 总结 上报 公布 公示 公开 更新 统计 分析 报',
  ].flatMap(words),
);

/** What follows 一月一, 半年一 and the like beside the words of supervision. */
export const ROUNDS: ReadonlySet<string> = new Set(words('次 轮 调 评 查 会 更 通 考 督 研 测 审 析 结 清 访 巡 训'));

function words(list: string): readonly string[] {
  return list.split(' ');
}
