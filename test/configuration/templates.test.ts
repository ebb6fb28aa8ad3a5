import { beforeAll, describe, expect, it } from 'vitest';

import {
  compileTemplates,
  readTemplates,
  readTemplateSources,
  type Templates,
  type TemplateSources,
} from '../../src/configuration/templates.ts';
import { readConfiguration } from '../../src/configuration/index.ts';
import type { MessageItem } from '../../src/domain/message.ts';
import { allYear, duty, endOfAugust, fromOctober, item, message, on, people } from './cast.ts';
import { errorsOf, shipped, valueOf } from './support.ts';

const DIR = 'config/templates';
const LETTERS = `${DIR}/letters.yaml`;
let templates: Templates;
let sources: TemplateSources;
beforeAll(async () => {
  templates = valueOf(await readTemplates(DIR));
  sources = valueOf(await readTemplateSources(DIR));
});

const list = duty('公布主动公开事项清单', endOfAugust);
const running = duty('权威信息统一由政府网站先发', allYear);
const reminded = ['2022-08-17', '2022-08-26', '2022-08-30', '2022-08-31', '2022-09-01'];
const taxDuty = { ...list, unit: 'tax', task: { ...list.task, lead: ['国家税务总局芮城县税务局'] } };
const tax = { unitName: '国家税务总局芮城县税务局', external: true };

const mail = (today: string, items: readonly MessageItem[], to = people.liaison, drill = false) =>
  templates.render(message(to, items), on(today, drill));
const sms = (today: string, items: readonly MessageItem[], to = people.liaison, drill = false) =>
  templates.render(message(to, items, { channel: 'sms' }), on(today, drill));

describe('the subject alone tells what is the matter', () => {
  it.each([
    ['【交办】“公布主动公开事项清单”（县教育局牵头）', '2022-07-13', [item('assigned', list)]],
    ['【交办】芮城县2022年政务公开工作要点（县教育局，2项）', '2022-07-13', [item('assigned', list), item('assigned', running)]],
    ['【提醒】“公布主动公开事项清单”8月31日（周三）到期，剩15个工作日', '2022-08-10', [item('reminder', list)]],
    ['【临期】“公布主动公开事项清单”明日到期，剩1个工作日', '2022-08-30', [item('soon', list)]],
    ['【临期】2项任务将到期，最早明日到期', '2022-08-30', [item('soon', list), item('soon', list)]],
    ['【今日到期】“公布主动公开事项清单”请于下班前反馈', '2022-08-31', [item('today', list)]],
    ['【逾期1个工作日】“公布主动公开事项清单”尚未反馈', '2022-09-01', [item('overdue', list)]],
    [
      '【季度进展】请反馈第三季度“权威信息统一由政府网站先发”进展',
      '2022-09-23',
      [item('progress', running, { occurrence: '2022-09-30' })],
    ],
    [
      '【时限调整】“公布主动公开事项清单”由8月31日（周三）调整为9月15日（周四）',
      '2022-08-25',
      [item('extended', { ...list, due: '2022-09-15' })],
    ],
    ['【起施行】“排号公示”10月1日（周六）起施行', '2022-10-08', [item('today', duty('排号公示', fromOctober))]],
    [
      '【逾期未结】“公布主动公开事项清单”逾期12个工作日；另有1项',
      '2022-09-19',
      [item('weekly', list), item('progress', running)],
    ],
    ['【催办】县教育局“公布主动公开事项清单”逾期3个工作日（抄送）', '2022-09-05', [item('urge', list, { copy: true })]],
  ])('%s', (subject, today, items) => {
    expect(mail(today, items).subject).toBe(subject);
  });

  it('shortens a long title, never the date', () => {
    const long = duty('公'.repeat(200), endOfAugust);
    const { subject } = mail('2022-08-10', [item('reminder', long)]);
    expect(subject).toMatch(/^【提醒】“公+…”8月31日（周三）到期，剩15个工作日$/u);
    expect(subject.length).toBeLessThanOrEqual(60);
  });

  it('says 演练 in a drill, before all else', () => {
    const { subject, text, html } = mail('2022-08-10', [item('reminder', list)], people.liaison, true);
    expect(subject.startsWith('【演练】【提醒】')).toBe(true);
    expect(text.startsWith('【演练】本信为系统演练')).toBe(true);
    expect(html).toContain('【演练】本信为系统演练');
  });
});

describe('the body keeps the order of an official letter', () => {
  it('reads, as text, like this', () => {
    expect(mail('2022-09-05', [item('urge', list, { remindedOn: reminded })], people.inspector).text)
      .toBe(`县政府办公室（督办闫思远同志）：

　　以下任务由县教育局承担，已超过时限，尚未收到办结反馈。此前已于8月17日、8月26日、8月30日、8月31日、9月1日提醒。

公布主动公开事项清单
　　时　　限：8月31日（周三）到期，逾期3个工作日〔逾期〕
　　依　　据：《芮城县2022年政务公开工作要点》（芮政办发〔2022〕26号）条目三(二)-1，原文“8月底前”（年份取自通知标题）
　　责任单位：县教育局牵头；其他牵头单位：县卫健体局、县民政局；配合单位：县财政局
　　当前状态：已签收

　　请联系责任单位了解情况，并回告处理意见。

答复方式：意见可直接回复本邮件（保留信件编号），或致电咨询电话，由本办登记办理。
咨　　询：0359-0000000，县政府办公室政务公开股

　　　　　　　　　　　　芮城县人民政府办公室
　　　　　　　　　　　　2022年9月5日

────────
本信由催办系统发送，因您登记为县政府办公室督办。
信件编号：20220810-5F2C9B1E　发送时间：2022年9月5日 09:00
工作日按国务院办公厅放假安排计算（日历版本：tyme4ts 1.5.2 + config 2026-11-21）。
`);
  });

  it('numbers the parts of a digest and mentions them in the first sentence', () => {
    const { text } = mail('2022-09-05', [
      item('overdue', list, { copy: true }),
      item('reminder', list),
      item('progress', running),
    ]);
    expect(text).toContain('另有提醒1项、进展1项，一并列后。');
    expect(text).toContain('一、逾期（1项，抄送）\n\n1．公布');
    expect(text).toContain('二、提醒（1项）\n　　以下任务临近时限，请按进度办理。\n\n2．公布');
    expect(text).toContain('三、进展（1项）');
  });

  it('tells each reader how to answer: a unit, a leader, a unit outside the line', () => {
    expect(mail('2022-09-01', [item('overdue', list)], people.head).text).toContain('写明“进展”“办结”“申请延期”');
    expect(mail('2022-09-09', [item('supervise', list)], people.leader).text).toContain(
      '建议：约谈责任单位／限期整改／同意延期，请批示。',
    );
    expect(mail('2022-09-09', [item('supervise', list)], people.leader).text).not.toContain('申请延期');
    expect(mail('2022-09-01', [item('overdue', taxDuty, tax)], people.taxLiaison).text).toContain('可函复，或直接回复本邮件');
  });

  it('tells a copied head of unit that it is a copy, and still how to answer', () => {
    const { text } = mail('2022-09-09', [item('supervise', list, { copy: true })], people.head);
    expect(text).toContain('现报请分管领导督办，抄送贵单位。');
    expect(text).toContain('答复方式：直接回复本邮件');
    expect(text).toContain('因您登记为县教育局主要负责人，抄送知悉。');
  });

  it('words a request to a unit outside the line as one', () => {
    const assigned = mail('2022-07-13', [item('assigned', taxDuty, tax)], people.taxLiaison);
    expect(assigned.subject).toBe('【商请】请支持办理“公布主动公开事项清单”');
    expect(assigned.text).toContain('商请予以办理');
    const overdue = mail('2022-09-01', [item('overdue', taxDuty, tax)], people.taxLiaison);
    expect(overdue.subject).toBe('【商请反馈】“公布主动公开事项清单”办理情况');
    expect(overdue.text).not.toContain('请尽快办理');
  });

  it('takes a person at posts of two units for both', () => {
    const other = item('soon', { ...list, unit: 'library' }, { unitName: '县图书馆' });
    const { text } = mail('2022-08-30', [item('soon', list), other]);
    expect(text).toContain('责任单位：贵单位牵头');
    expect(text).toContain('责任单位：县图书馆牵头');
    expect(text.match(/答复方式/gu)).toHaveLength(1);
    expect(text).toContain('写明“进展”');
  });

  it('says each state in words beside its colour', () => {
    const { html } = mail('2022-09-05', [
      item('overdue', list),
      item('reminder', duty('远期任务', { kind: 'by', text: '9月底前', date: '2022-09-30' })),
    ]);
    expect(html).toMatch(/background:#c62828;color:#ffffff;">逾期</u);
    expect(html).toMatch(/background:#2e7d32;color:#ffffff;">正常</u);
  });

  it('sets no colour for what is read, so that dark mode may', () => {
    const { html } = mail('2022-08-10', [item('reminder', list)]);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html.match(/<body[^>]*>/u)?.[0]).not.toMatch(/color|background/u);
    expect(html).not.toMatch(/<(?:script|table|img|a)\b/u);
  });
});

describe('hostile words stay words', () => {
  const hostile = duty('<script>alert("1")</script>&amp;\r\nBcc: evil@x.example {{ office.phone }}', endOfAugust);
  const rendered = () =>
    mail('2022-08-10', [item('reminder', hostile)], { ...people.liaison, name: '<img src=x onerror=alert(1)>' });

  it('in HTML, where they are escaped', () => {
    expect(rendered().html).not.toMatch(/<script|<img/u);
    expect(rendered().html).toContain(
      '&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;&amp;amp; Bcc: evil@x.example {{ office.phone }}',
    );
  });

  it('in text, where nothing is escaped', () => {
    expect(rendered().text).toContain('<script>alert("1")</script>&amp; Bcc: evil@x.example {{ office.phone }}\n');
    expect(rendered().text).not.toContain('&lt;');
  });

  it('in the subject, which is one line', () => {
    expect(rendered().subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
  });
});

describe('an SMS', () => {
  it('carries the signature, the title, the date and the landline in one part', () => {
    const { text, subject, html } = sms('2022-08-30', [item('soon', list)]);
    expect(text).toBe(
      '【芮城县政府办】“公布主动公开事项清单”（牵头）明日到期，剩1个工作日，请办理并反馈。详见邮件，咨询0359-0000000。',
    );
    expect(text.length).toBeLessThanOrEqual(70);
    expect(subject).toBe('【芮城县政府办】“公布主动公开事项清单”（牵头）明日到期，剩1个工作日，请办理…');
    expect(html).toBe('');
  });

  it('shortens the title to stay within 70 characters', () => {
    const { text } = sms('2022-08-26', [item('soon', duty('公共企事业单位信息公开清单和责任分工一览表', endOfAugust))]);
    expect(text).toBe(
      '【芮城县政府办】“公共企事业单位信息…”（牵头）8月31日（周三）到期，剩3个工作日，请办理并反馈。详见邮件，咨询0359-0000000。',
    );
    expect(text).toHaveLength(70);
  });

  it('tells of many duties by their number and the first date', () => {
    expect(
      sms('2022-08-30', [item('soon', list), item('soon', list), item('overdue', { ...list, due: '2022-08-29' })]).text,
    ).toBe('【芮城县政府办】您有3项任务，最早8月29日（周一）到期（逾期1个工作日），请办理并反馈。详见邮件，咨询0359-0000000。');
  });

  it('says 演练 in a drill', () => {
    expect(sms('2022-08-30', [item('soon', list)], people.liaison, true).text.startsWith('【芮城县政府办】演练：')).toBe(true);
  });

  it('holds nothing a cloud refuses: brackets of its own, document numbers, links, line breaks', () => {
    const { text } = sms('2022-08-30', [item('soon', duty('【★】〔2022〕26号\nhttps://x.example/a 『清单』', endOfAugust))]);
    expect(text.slice('【芮城县政府办】'.length)).not.toMatch(/[【】〔〕『』★\n]|https?:/u);
    expect(text).toContain('(2022)26号');
  });

  it('asks a unit outside the line with 商请', () => {
    expect(sms('2022-08-30', [item('soon', taxDuty, tax)], people.taxLiaison).text).toContain('，商请办理并反馈。');
  });
});

describe('a slip in a template is told with its file, line and column', () => {
  const withLetters = (...change: readonly [string, string]) =>
    errorsOf(compileTemplates({ ...sources, letters: shipped(LETTERS, change) }));
  const withLayout = (file: 'text' | 'html' | 'sms', from: string, to: string) =>
    errorsOf(compileTemplates({ ...sources, [file]: shipped(sources[file].file, [from, to]) }));
  const lineOf = (file: string, words: string): number =>
    shipped(file)
      .text.split('\n')
      .findIndex((each) => each.includes(words)) + 1;

  it('an unknown placeholder in a wording', () => {
    const line = lineOf(LETTERS, '【临期】“{{ title }}”');
    const [error = ''] = withLetters('【临期】“{{ title }}”', '【临期】“{{ titel }}”');
    expect(error.slice(0, error.indexOf('title、') + 6)).toBe(
      `${LETTERS}:${line}:20: letters.soon.subject.one: 没有占位词 {{ titel }}，可用：count、title、`,
    );
  });

  it('an unknown filter and an unfinished placeholder', () => {
    expect(withLetters('【临期】“{{ title }}”', '【临期】“{{ title | upcas }}”')[0]).toContain('没有过滤器 upcas');
    expect(withLetters('详见邮件，咨询{{ phone }}。\n\n# 怎样', '详见邮件，咨询{{ phone 。\n\n# 怎样')[0]).toContain('少了 }}');
  });

  it('a letter without a subject', () => {
    expect(withLetters('    label: 提醒\n    subject:', '    label: 提醒\n    subjekt:')).toContainEqual(
      expect.stringMatching(/letters\.reminder\.subjekt: 不认识的键 subjekt，是否想写 subject？$/u),
    );
  });

  it('an unknown name in a layout, and an unknown part of a duty', () => {
    const html = sources.html.file;
    expect(withLayout('html', '{{ date }}', '{{ datum }}')).toEqual([
      expect.stringContaining(`${html}:${lineOf(html, '{{ date }}')}:`),
    ]);
    expect(withLayout('text', '{{ duty.basis }}', '{{ duty.bais }}')[0]).toMatch(
      /^config\/templates\/letter\.txt\.liquid:\d+:\d+: 没有占位词 duty\.bais$/u,
    );
    expect(withLayout('sms', '{{ body }}', '{{ boddy }}')[0]).toContain('没有占位词 {{ boddy }}，可用：signature、drill、body');
  });

  it('a tag that is never closed', () => {
    expect(withLayout('text', '{%- if drill %}', '{% if drill %}{% if drill %}')[0]).toMatch(/letter\.txt\.liquid:\d+:\d+: /u);
  });

  it('a file that is not there', async () => {
    expect(errorsOf(await readTemplates('config/nowhere'))).toEqual(
      ['letters.yaml', 'letter.txt.liquid', 'letter.html.liquid', 'sms.txt.liquid'].map(
        (file) => `config/nowhere/${file}:1:1: 没有这个文件`,
      ),
    );
  });
});

describe('the configuration as a whole', () => {
  it('reads as shipped, under a version made of its bytes', async () => {
    const { offices, policy, version } = valueOf(await readConfiguration('config'));
    expect([offices.size, policy.ladders.size]).toEqual([6, 8]);
    expect(version).toMatch(/^[\da-f]{12}$/u);
    expect(valueOf(await readConfiguration('config')).version).toBe(version);
  });

  it('lists the errors of all files when none is there', async () => {
    expect(errorsOf(await readConfiguration('config/nowhere'))).toHaveLength(7);
  });
});
