import { describe, expect, it } from 'vitest';

import { type KnownLetters, letterModel } from '../../src/domain/letter.ts';
import { clipped, remindedInWords, timingOf } from '../../src/domain/letter-words.ts';
import type { MessageItem } from '../../src/domain/message.ts';
import { allYear, calendar, duty, endOfAugust, fromOctober, item, message, on, people } from '../configuration/cast.ts';

const letters: KnownLetters = new Map(
  ['urge', 'overdue', 'today', 'soon', 'reminder', 'assigned', 'progress'].map((name) => [
    name,
    { hasStarting: name === 'soon' },
  ]),
);
const list = duty('公布主动公开事项清单', endOfAugust);
const running = duty('权威信息统一由政府网站先发', allYear);

function model(today: string, items: readonly MessageItem[], to = people.liaison) {
  return letterModel(message(to, items), on(today), letters);
}

describe('how a date stands on a day', () => {
  const on0831 = (today: string) => {
    const { dueOn, dueIn, remaining, state } = timingOf(list, today, calendar);
    return [dueOn, dueIn, remaining, state];
  };

  it('counts the working days that are left, and calls three of them near', () => {
    expect(on0831('2022-08-10')).toEqual(['8月31日（周三）到期', '8月31日（周三）到期', '剩15个工作日', '正常']);
    expect(on0831('2022-08-26')).toEqual(['8月31日（周三）到期', '8月31日（周三）到期', '剩3个工作日', '临期']);
    expect(on0831('2022-08-30')).toEqual(['8月31日（周三）到期', '明日到期', '剩1个工作日', '临期']);
  });

  it('is not late on its own day, but from the next day on', () => {
    expect(on0831('2022-08-31')).toEqual(['8月31日（周三）到期', '今日到期', '今日到期', '今日到期']);
    expect(on0831('2022-09-01').slice(2)).toEqual(['逾期1个工作日', '逾期']);
    expect(on0831('2022-09-05').slice(2)).toEqual(['逾期3个工作日', '逾期']);
  });

  it('calls 30 December 2022 the last working day before 年底, and 3 January the first day late', () => {
    const yearEnd = duty('财政预决算公开', { kind: 'by', text: '年底前', date: '2022-12-31' });
    expect(timingOf(yearEnd, '2022-12-30', calendar)).toMatchObject({
      dueOn: '12月31日（周六）到期',
      remaining: '今日为最后一个工作日',
      state: '临期',
    });
    expect(timingOf(yearEnd, '2022-12-29', calendar).remaining).toBe('剩1个工作日');
    expect(timingOf(yearEnd, '2023-01-03', calendar)).toMatchObject({
      dueOn: '2022年12月31日（周六）到期',
      remaining: '逾期1个工作日',
    });
  });

  it('begins on the first working day after a holiday: 10月起 in 2022 is 8 October', () => {
    const queue = duty('排号公示', fromOctober);
    expect(timingOf(queue, '2022-09-30', calendar)).toMatchObject({
      dueIn: '明日起施行',
      remaining: '剩1个工作日',
      state: '临期',
    });
    expect(timingOf(queue, '2022-10-08', calendar)).toMatchObject({
      dueOn: '10月1日（周六）起施行',
      remaining: '节后首个工作日',
      state: '起施行',
    });
    expect(timingOf(queue, '2022-10-09', calendar)).toMatchObject({ remaining: '逾期1个工作日', state: '逾期' });
  });

  it('gives an undated duty no distance', () => {
    expect(timingOf(running, '2022-08-10', calendar)).toMatchObject({
      dueOn: '无固定时限',
      dueIn: '持续推进',
      remaining: '',
      state: '持续推进',
    });
    const begun = duty('公文公开属性认定', { kind: 'from', text: '7月开始', date: '2022-07-01' }, { due: null });
    expect(timingOf(begun, '2022-08-10', calendar).dueOn).toBe('已于7月1日（周五）起施行');
  });
});

describe('what a duty shows', () => {
  const first = (changes: Partial<MessageItem>, assignment = list, today = '2022-09-05', to = people.liaison) =>
    model(today, [item('overdue', assignment, changes)], to).sections[0]?.duties[0];

  it('names its source, its clause and the words of the notice', () => {
    expect(first({})).toMatchObject({
      notice: '《芮城县2022年政务公开工作要点》（芮政办发〔2022〕26号）',
      clause: '条目三(二)-1，原文“8月底前”（年份取自通知标题）',
    });
  });

  it('calls a bare number an item, and says so where the notice names no time', () => {
    expect(first({}, duty('监督考核', null, { task: { ...list.task, ref: '35' } }))?.clause).toBe('第35项，原文未写明时限');
  });

  it('tells who shares it, as seen from the reader', () => {
    expect(first({})?.division).toBe('贵单位牵头；其他牵头单位：县卫健体局、县民政局；配合单位：县财政局');
    expect(first({}, list, '2022-09-05', people.inspector)?.division).toBe(
      '县教育局牵头；其他牵头单位：县卫健体局、县民政局；配合单位：县财政局',
    );
  });

  it('tells a unit meant by a collective name under which name it is meant', () => {
    const task = { ...running.task, lead: ['各部门各单位'], cooperate: ['县财政局'] };
    expect(first({}, { ...running, task })?.division).toBe('贵单位牵头（原文列“各部门各单位”）；配合单位：县财政局');
  });

  it('keeps other times that the task names in sight', () => {
    const both = {
      ...list,
      task: { ...list.task, deadlines: [endOfAugust, { ...endOfAugust, text: '2022年8月底前' }, fromOctober] },
    };
    expect(first({}, both)?.also).toBe('“10月起”');
  });

  it('shows the date it had before it was moved', () => {
    expect(first({}, { ...list, due: '2022-09-15' })?.originalDue).toBe('8月31日（周三）');
    expect(first({})?.originalDue).toBe('');
  });

  it('says when it was asked for before, and counts when that was often', () => {
    expect(first({ remindedOn: ['2022-08-17', '2022-08-31'] })?.reminded).toBe('已于8月17日、8月31日提醒');
    const often = Array.from({ length: 9 }, (_, index) => `2022-09-0${index + 1}`);
    expect(remindedInWords(often, '2022-09-20')).toBe('自9月1日起已提醒9次，最近一次为9月9日');
  });

  it('is one line of text whatever the document held', () => {
    expect(first({}, duty('清单\r\nBcc: x@y.example\u2028\u202E甲\u0000', endOfAugust))?.title).toBe('清单 Bcc: x@y.example 甲');
  });
});

describe('the order of a digest', () => {
  it('puts the letter first that the file puts first, copies behind, and the latest duty on top', () => {
    const older = { ...list, due: '2022-08-26', task: { ...list.task, title: '更早的任务' } };
    const { sections, total } = model('2022-09-05', [
      item('progress', running),
      item('reminder', duty('远期任务', { kind: 'by', text: '9月底前', date: '2022-09-30' })),
      item('overdue', list, { copy: true }),
      item('overdue', list),
      item('overdue', older),
    ]);
    expect(sections.map(({ letter, copy, duties }) => [letter, copy, duties.map(({ title }) => title)])).toEqual([
      ['overdue', false, ['更早的任务', '公布主动公开事项清单']],
      ['overdue', true, ['公布主动公开事项清单']],
      ['reminder', false, ['远期任务']],
      ['progress', false, ['权威信息统一由政府网站先发']],
    ]);
    expect(total).toBe(5);
  });

  it('words apart what begins, where the letter has words for it', () => {
    const begin = duty('排号公示', fromOctober);
    expect(model('2022-09-28', [item('soon', list), item('soon', begin)]).sections.map(({ starting }) => starting)).toEqual([
      false,
      true,
    ]);
    expect(model('2022-07-13', [item('assigned', list), item('assigned', begin)]).sections).toHaveLength(1);
  });

  it('refuses a message that says nothing, and a letter that is not there', () => {
    expect(() => model('2022-09-05', [])).toThrow('says nothing');
    expect(() => model('2022-09-05', [item('nope', list)])).toThrow('there is no letter nope');
  });
});

describe('the words of a letter', () => {
  const words = (items: readonly MessageItem[], to = people.liaison) => model('2022-09-05', items, to).words;

  it('speak to the unit itself as 贵单位, and to others of it by name', () => {
    expect(words([item('urge', list)]).whose).toBe('贵单位');
    expect(words([item('urge', list)], people.inspector).whose).toBe('县教育局');
  });

  it('count units, and roles once each with the lead first', () => {
    const other = (unitName: string) => item('urge', { ...list, unit: unitName, role: 'cooperate' }, { unitName });
    expect(words([item('urge', list), other('县民政局')])).toMatchObject({
      units: '县教育局、县民政局',
      role: '牵头或配合',
      count: 2,
    });
    expect(words([item('urge', list), other('县民政局'), other('县财政局')]).units).toBe('县教育局等3个单位');
  });

  it('say of different dates that they begin with the first', () => {
    const later = duty('另一项', { kind: 'by', text: '9月底前', date: '2022-09-30' });
    expect(words([item('reminder', later), item('reminder', list)]).due).toBe('8月31日（周三）起陆续');
  });

  it('put the title of a title between other quotation marks', () => {
    expect(words([item('urge', duty('“双减”信息公开', endOfAugust))]).title).toBe('‘双减’信息公开');
  });

  it('name the period a progress letter asks for by its end', () => {
    expect(words([item('progress', running, { occurrence: '2022-09-30' })])).toMatchObject({
      quarter: '第三季度',
      month: '9月',
      half: '下半年',
      year: '2022年',
    });
  });

  it('ask nobody to sign for what is signed, nor to move what has no date', () => {
    expect(words([item('reminder', list)]).replies).toBe('“进展”“办结”“申请延期”（附理由和拟完成日期）');
    expect(words([item('assigned', { ...running, status: 'needs-action' })]).replies).toBe('“签收”“进展”“无变化”“办结”');
  });

  it('ask a unit outside the line with 商请', () => {
    expect(words([item('overdue', { ...list, unit: 'tax' }, { external: true })], people.taxLiaison).please).toBe('商请');
    expect(words([item('overdue', list)]).please).toBe('请');
  });

  it('give the letter a number that every copy of the message shares', () => {
    expect(words([item('urge', list)]).letterNo).toBe('20220810-5F2C9B1E');
  });
});

describe('a text that is too long', () => {
  it('is cut with an ellipsis and never within a character', () => {
    expect(clipped('一二三四五', 4)).toBe('一二三…');
    expect(clipped('一二𠮷五六', 4)).toBe('一二…');
    expect(clipped('一二', 4)).toBe('一二');
  });
});
