// What the ladder comes to for 芮城县 2022, worked out on paper. Nothing in this file was computed.
//
// Days that are not what their weekday says, from the State Council's two notices:
//   国办发明电〔2021〕11号 (for 2022)  中秋 Sat 10 – Mon 12 September; 国庆 Sat 1 – Fri 7 October, Sat 8 and Sun 9 are worked.
//   国办发明电〔2022〕16号 (for 2023)  元旦 Sat 31 December – Mon 2 January; 春节 Sat 21 – Fri 27 January, Sat 28 and Sun 29 are
//                                    worked; 清明 Wed 5 April.

/** First and last day of every rest that the notices make, and the weekend days they take back. */
export const RESTS = [
  ['2022-09-10', '2022-09-12'],
  ['2022-10-01', '2022-10-07'],
  ['2022-12-31', '2023-01-02'],
  ['2023-01-21', '2023-01-27'],
  ['2023-04-05', '2023-04-05'],
] as const;
export const WORKED_WEEKEND_DAYS = ['2022-10-08', '2022-10-09', '2023-01-28', '2023-01-29'];

export const ISSUED = '2022-07-12';
export const UNTIL = '2023-04-15';

/** The days of one due date. `from` is the day that is counted from. */
export interface Days {
  readonly from: string;
  readonly before: Readonly<Record<'d-30' | 'd-15' | 'd-7' | 'd-3' | 'd-1' | 'd-0', string>>;
  readonly after: Readonly<Record<'o+1' | 'o+3' | 'o+7', string>>;
  /** Every o-weekly through 15 April 2023. */
  readonly weekly: readonly string[];
}

export const DAYS: Readonly<Record<string, Days>> = {
  // 8月底前: Wednesday 31 August. No holiday between 12 July and it: 30 working days are six weeks.
  // After it, 中秋 takes Monday 12 September: working days 1–12 are Sep 1 2 5 6 7 8 9 13 14 15 16 19.
  '2022-08-31': {
    from: '2022-08-31',
    before: {
      'd-30': '2022-07-20',
      'd-15': '2022-08-10',
      'd-7': '2022-08-22',
      'd-3': '2022-08-26',
      'd-1': '2022-08-30',
      'd-0': '2022-08-31',
    },
    after: { 'o+1': '2022-09-01', 'o+3': '2022-09-05', 'o+7': '2022-09-09' },
    // 27 28 29 30 September, then the Saturday 8 October; 3 4 5 6 January; 20 January, then 28 29 30 31 and 1 February; 30 31 March 3 4 6 April.
    weekly: [
      '2022-09-19',
      '2022-09-26',
      '2022-10-08',
      '2022-10-13',
      '2022-10-20',
      '2022-10-27',
      '2022-11-03',
      '2022-11-10',
      '2022-11-17',
      '2022-11-24',
      '2022-12-01',
      '2022-12-08',
      '2022-12-15',
      '2022-12-22',
      '2022-12-29',
      '2023-01-06',
      '2023-01-13',
      '2023-01-20',
      '2023-02-01',
      '2023-02-08',
      '2023-02-15',
      '2023-02-22',
      '2023-03-01',
      '2023-03-08',
      '2023-03-15',
      '2023-03-22',
      '2023-03-29',
      '2023-04-06',
      '2023-04-13',
    ],
  },
  // 9月底前: Friday 30 September. Back over 中秋: 29 28 27 | 26 23 22 21 | 20 19 16 15 14 13 9 8 = 15; 15 more end on Thursday 18 August.
  // Forward over 国庆: Oct 8 9 10 11 12 13 14 17 18 19 20 21.
  '2022-09-30': {
    from: '2022-09-30',
    before: {
      'd-30': '2022-08-18',
      'd-15': '2022-09-08',
      'd-7': '2022-09-21',
      'd-3': '2022-09-27',
      'd-1': '2022-09-29',
      'd-0': '2022-09-30',
    },
    after: { 'o+1': '2022-10-08', 'o+3': '2022-10-10', 'o+7': '2022-10-14' },
    weekly: [
      '2022-10-21',
      '2022-10-28',
      '2022-11-04',
      '2022-11-11',
      '2022-11-18',
      '2022-11-25',
      '2022-12-02',
      '2022-12-09',
      '2022-12-16',
      '2022-12-23',
      '2022-12-30',
      '2023-01-09',
      '2023-01-16',
      '2023-01-28',
      '2023-02-02',
      '2023-02-09',
      '2023-02-16',
      '2023-02-23',
      '2023-03-02',
      '2023-03-09',
      '2023-03-16',
      '2023-03-23',
      '2023-03-30',
      '2023-04-07',
      '2023-04-14',
    ],
  },
  // 10月起: 1 October is a holiday; the first working day is Saturday 8 October, and from it everything is counted.
  // Back: Sep 30 | 29 28 | 27 26 23 22 | 21 20 19 16 15 14 13 9 = 15; 15 more end on Friday 19 August. Forward: Oct 9 10 11 12 13 14 17 18 19 20 21 24.
  '2022-10-01': {
    from: '2022-10-08',
    before: {
      'd-30': '2022-08-19',
      'd-15': '2022-09-09',
      'd-7': '2022-09-22',
      'd-3': '2022-09-28',
      'd-1': '2022-09-30',
      'd-0': '2022-10-08',
    },
    after: { 'o+1': '2022-10-09', 'o+3': '2022-10-11', 'o+7': '2022-10-17' },
    weekly: [
      '2022-10-24',
      '2022-10-31',
      '2022-11-07',
      '2022-11-14',
      '2022-11-21',
      '2022-11-28',
      '2022-12-05',
      '2022-12-12',
      '2022-12-19',
      '2022-12-26',
      '2023-01-03',
      '2023-01-10',
      '2023-01-17',
      '2023-01-29',
      '2023-02-03',
      '2023-02-10',
      '2023-02-17',
      '2023-02-24',
      '2023-03-03',
      '2023-03-10',
      '2023-03-17',
      '2023-03-24',
      '2023-03-31',
      '2023-04-10',
    ],
  },
  // 11月底前: Wednesday 30 November, no holiday from 10 October to the end of the year.
  '2022-11-30': {
    from: '2022-11-30',
    before: {
      'd-30': '2022-10-19',
      'd-15': '2022-11-09',
      'd-7': '2022-11-21',
      'd-3': '2022-11-25',
      'd-1': '2022-11-29',
      'd-0': '2022-11-30',
    },
    after: { 'o+1': '2022-12-01', 'o+3': '2022-12-05', 'o+7': '2022-12-09' },
    weekly: [
      '2022-12-16',
      '2022-12-23',
      '2022-12-30',
      '2023-01-09',
      '2023-01-16',
      '2023-01-28',
      '2023-02-02',
      '2023-02-09',
      '2023-02-16',
      '2023-02-23',
      '2023-03-02',
      '2023-03-09',
      '2023-03-16',
      '2023-03-23',
      '2023-03-30',
      '2023-04-07',
      '2023-04-14',
    ],
  },
  // 年底前, 年内: Saturday 31 December is a holiday, so Friday 30 December is the last safe day. Forward: Jan 3 4 5 6 9 10 11 12 13 16 17 18.
  '2022-12-31': {
    from: '2022-12-30',
    before: {
      'd-30': '2022-11-18',
      'd-15': '2022-12-09',
      'd-7': '2022-12-21',
      'd-3': '2022-12-27',
      'd-1': '2022-12-29',
      'd-0': '2022-12-30',
    },
    after: { 'o+1': '2023-01-03', 'o+3': '2023-01-05', 'o+7': '2023-01-11' },
    // 19 20 January, then the weekend days 28 29, then Monday 30.
    weekly: [
      '2023-01-18',
      '2023-01-30',
      '2023-02-06',
      '2023-02-13',
      '2023-02-20',
      '2023-02-27',
      '2023-03-06',
      '2023-03-13',
      '2023-03-20',
      '2023-03-27',
      '2023-04-03',
      '2023-04-11',
    ],
  },
  // 每年3月底前 in a notice of July 2022: Friday 31 March 2023. Forward over 清明: Apr 3 4 6 7 10 11 12; the twelfth is the 19th, after the end.
  '2023-03-31': {
    from: '2023-03-31',
    before: {
      'd-30': '2023-02-17',
      'd-15': '2023-03-10',
      'd-7': '2023-03-22',
      'd-3': '2023-03-28',
      'd-1': '2023-03-30',
      'd-0': '2023-03-31',
    },
    after: { 'o+1': '2023-04-03', 'o+3': '2023-04-06', 'o+7': '2023-04-12' },
    weekly: [],
  },
};

/** A dated deadline of a task and the units that answer for it. */
export interface Row {
  readonly ref: string;
  readonly due: string;
  readonly lead: readonly string[];
  /** Of the leads, those outside the county's own line. */
  readonly external: readonly string[];
  readonly cooperate: readonly string[];
}

const ECOLOGY = '市生态环境局芮城分局';
const POWER = '国网芮城县供电公司';
const TAX = '国家税务总局芮城县税务局';

export const ROWS: readonly Row[] = [
  {
    ref: '二(一)-1',
    due: '2022-11-30',
    lead: ['县司法局'],
    external: [],
    cooperate: [
      '县公安局',
      '县市场监管局',
      '县交通运输局',
      '县自然资源局',
      '县农业农村局',
      '县卫健体局',
      '县应急管理局',
      '县文旅局',
      '县水利局',
      '县住建局',
      ECOLOGY,
    ],
  },
  {
    ref: '二(一)-3',
    due: '2022-11-30',
    lead: ['县公安局'],
    external: [],
    cooperate: ['县交通运输局', '县住建局', '县自然资源局', '县水利局', ECOLOGY, '风陵渡经济开发区'],
  },
  // The plan of spot checks, 每年3月底前.
  {
    ref: '二(二)',
    due: '2023-03-31',
    lead: ['县市场监管局'],
    external: [],
    cooperate: [
      '县公安局',
      '县教育局',
      '县人社局',
      '县住建局',
      '县交通运输局',
      '县农业农村局',
      '县卫健体局',
      '县应急管理局',
      '县文旅局',
      ECOLOGY,
    ],
  },
  {
    ref: '三(一)-1',
    due: '2022-11-30',
    lead: ['县行政审批局'],
    external: [],
    cooperate: [
      '县公安局',
      '县司法局',
      '县教育局',
      '县民政局',
      '县自然资源局',
      '县住建局',
      '县交通运输局',
      '县农业农村局',
      '县卫健体局',
      '县市场监管局',
    ],
  },
  // The queue at the counter: 10月起 in the body, 9月底前 in the bracket. Both are pursued, neither is silently right.
  {
    ref: '三(一)-2',
    due: '2022-10-01',
    lead: ['县行政审批局'],
    external: [],
    cooperate: ['县公安局', '县民政局', '县人社局', '县自然资源局', '县住建局', '县医保局', TAX],
  },
  {
    ref: '三(一)-2',
    due: '2022-09-30',
    lead: ['县行政审批局'],
    external: [],
    cooperate: ['县公安局', '县民政局', '县人社局', '县自然资源局', '县住建局', '县医保局', TAX],
  },
  // The lists of public enterprises, 8月底前.
  {
    ref: '三(二)-1',
    due: '2022-08-31',
    lead: ['县教育局', '县卫健体局', '县民政局', '县住建局', POWER, ECOLOGY, '县交通运输局', '县财政局'],
    external: [POWER, ECOLOGY],
    cooperate: [],
  },
  {
    ref: '三(二)-2',
    due: '2022-09-30',
    lead: ['县教育局'],
    external: [],
    cooperate: ['县行政审批局', '县市场监管局', '县民政局', '县公安局', '县人社局', '县文旅局'],
  },
  {
    ref: '三(三)-2',
    due: '2022-11-30',
    lead: ['县政府办公室'],
    external: [],
    cooperate: ['县行政审批局', '县人社局', '县医保局', '县民政局', '县教育局', '县文旅局', '古魏镇'],
  },
  {
    ref: '四(三)-1',
    due: '2022-12-31',
    lead: ['县财政局'],
    external: [],
    cooperate: [
      '县教育局',
      '县公安局',
      '县民政局',
      '县人社局',
      '县自然资源局',
      '县住建局',
      '县交通运输局',
      '县农业农村局',
      '县水利局',
      '县卫健体局',
    ],
  },
  {
    ref: '五(三)-2',
    due: '2022-11-30',
    lead: ['县政府办公室'],
    external: [],
    cooperate: ['县发改局', '县教育局', '县财政局', '县人社局', '县自然资源局', '县卫健体局', '县行政审批局', '县市场监管局'],
  },
  {
    ref: '六(二)',
    due: '2022-12-31',
    lead: ['县政府办公室'],
    external: [],
    cooperate: ['县司法局', '县财政局', '县行政审批局', '县统计局', '县融媒体中心', '县信访局'],
  },
  {
    ref: '六(三)',
    due: '2022-12-31',
    lead: ['县政府办公室'],
    external: [],
    cooperate: ['县财政局', '县人社局', '县司法局', '县行政审批局', '县教育局', '县融媒体中心'],
  },
];

/** Who hears of a stage of the lead's ladder, and how. `督办` and `分管领导` sit in the office, the others in the unit. */
export const LEAD_RECIPIENTS: Readonly<Record<string, readonly string[]>> = {
  assigned: ['联络员 email'],
  'd-30': ['联络员 email'],
  'd-15': ['联络员 email'],
  'd-7': ['联络员 email'],
  'd-3': ['联络员 email'],
  'd-1': ['联络员 email', '联络员 sms'],
  'd-0': ['联络员 email', '联络员 sms'],
  'o+1': ['主要负责人 email', '主要负责人 sms', '联络员 email copy', '联络员 sms copy'],
  'o+3': ['督办 email', '主要负责人 email copy', '联络员 email copy'],
  'o+7': ['分管领导 email', '主要负责人 email copy'],
  'o-weekly': ['主要负责人 email', '督办 email', '联络员 email'],
};

/** A unit outside the line is asked by its liaison alone; the office's own supervisor learns of it on the third day, and there it ends. */
export const EXTERNAL_RECIPIENTS: Readonly<Record<string, readonly string[]>> = {
  assigned: ['联络员 email'],
  'd-15': ['联络员 email'],
  'd-7': ['联络员 email'],
  'd-1': ['联络员 email', '联络员 sms'],
  'd-0': ['联络员 email', '联络员 sms'],
  'o+1': ['联络员 email'],
  'o+3': ['督办 email'],
};

export const COOPERATE_RECIPIENTS: Readonly<Record<string, readonly string[]>> = {
  assigned: ['联络员 email'],
  'd-15': ['联络员 email'],
  'd-3': ['联络员 email'],
};
