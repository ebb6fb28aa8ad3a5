import { describe, expect, it } from 'vitest';

import type { Directory } from '../../../src/domain/directory.ts';
import type { Rename } from '../../../src/domain/renames.ts';
import { type ActorContext, firstLeadsFrom, readActors, readUnitCell } from '../../../src/intake/actors/index.ts';
import { Passage } from '../../../src/intake/passage.ts';
import { BRACKETS, type Case, CELLS } from './actors-cases.ts';
import { LABELS, SENTENCES } from './actors-cases-text.ts';

const context: ActorContext = { firstLeads: false, directory: null, renames: [] };
const passage = (text: string) => Passage.of(text, [{ start: 0, end: text.length }]);
const names = (units: readonly { name: string }[]) => units.map(({ name }) => name);
const cases = (table: readonly Case[]) => table.map(([text, lead, cooperate = []]) => ({ text, lead, cooperate }));

function read(text: string, given: Partial<ActorContext> = {}) {
  const { lead, cooperate, by, doubts, stated } = readActors(passage(text), { ...context, ...given });
  return { lead: names(lead), cooperate: names(cooperate), by, doubts: doubts.map(({ reason }) => reason), stated };
}

function cell(text: string, column: 'lead' | 'cooperate' = 'lead', given: Partial<ActorContext> = {}) {
  const { lead, cooperate, doubts } = readUnitCell(passage(text), column, { ...context, ...given });
  return { lead: names(lead), cooperate: names(cooperate), doubts: doubts.map(({ reason }) => reason) };
}

describe('a bracket', () => {
  it.each(cases(BRACKETS))('in “$text” names $lead to lead, $cooperate to cooperate', ({ text, lead, cooperate }) => {
    expect(read(text)).toMatchObject({ lead, cooperate, by: 'bracket' });
  });

  it.each([
    '民办机构（含培训机构）要公开。',
    '依据《示例办法》（县政府令第3号）。',
    '示例县人民政府办公室（以下简称县政府办公室）。',
    '按照方案（试行）。',
    '自然人（法人）名称。',
    '指导村（居）民委员会。',
    '国办发（2020）3号。',
    '选择试点（甲县、乙县）先行。',
    '开展培训（不少于两次）。',
    '优先支持（企业直接向县发展改革局申报，不需乡镇转报）。',
  ])('in “%s” states nobody', (text) => {
    expect(read(text)).toEqual({ lead: [], cooperate: [], by: 'none', doubts: [], stated: null });
  });

  it('is told as a range of the text without its brackets, time and all', () => {
    const text = '公开学区（含调整）。（县教育局负责，8月底前完成）';
    const { stated } = read(text);
    expect(passage(text).text.slice(stated!.start, stated!.end)).toBe('县教育局负责,8月底前完成');
  });

  it('gives each name with its exact words and a rule in words', () => {
    const text = '公开学区。（县教\n育局**牵头**，县财政局配合）';
    const { lead, cooperate } = readActors(passage(text), context);
    expect(lead).toEqual([{ name: '县教育局', quote: '县教\n育局', span: { start: 6, end: 11 }, rule: '括号内“牵头”' }]);
    expect(cooperate).toMatchObject([{ quote: '县财政局', rule: '括号内“配合”' }]);
  });
});

describe('a label', () => {
  it.each(cases(LABELS))('in “$text” names $lead to lead, $cooperate to cooperate', ({ text, lead, cooperate }) => {
    expect(read(text)).toMatchObject({ lead, cooperate, by: 'label' });
  });

  it('is told as a range with the time beside it', () => {
    const text = '公开学区。责任单位：县教育局　完成时限：8月底前。附表另发。';
    const { stated } = read(text);
    expect(passage(text).text.slice(stated!.start, stated!.end)).toBe('责任单位:县教育局完成时限:8月底前');
  });

  it('within a sentence is none', () => {
    expect(read('要压实责任：推动落实到位。').by).toBe('none');
  });
});

describe('a sentence', () => {
  it.each(cases(SENTENCES))('“$text” gives $lead to lead, $cooperate to cooperate', ({ text, lead, cooperate }) => {
    expect(read(text)).toMatchObject({ lead, cooperate, by: lead.length > 0 ? 'sentence' : 'none' });
  });

  it('asks about the units that it passes over', () => {
    expect(read('县财政局要保障经费，县人社局要做好培训。')).toMatchObject({
      lead: ['县财政局'],
      doubts: ['句中还写到“县人社局”，没有读为牵头或配合，请确认'],
    });
  });

  it('is not asked where a bracket says it, but for a leader that the bracket leaves out', () => {
    expect(read('县教育局要公开学区。（县财政局负责）')).toMatchObject({ lead: ['县财政局'], cooperate: [], doubts: [] });
    expect(read('县教育局牵头公开学区。（县财政局配合）')).toMatchObject({ lead: ['县教育局'], cooperate: ['县财政局'] });
  });
});

describe('a cell', () => {
  it.each(cases(CELLS))(
    'with “$text” names $lead to lead, $cooperate to cooperate, without a question',
    ({ text, lead, cooperate }) => {
      expect(cell(text)).toEqual({ lead, cooperate, doubts: [] });
    },
  );

  it('of cooperating units makes nobody lead but who 牵头', () => {
    expect(cell('县财政局、各乡镇按职责分工负责', 'cooperate')).toMatchObject({ lead: [], cooperate: ['县财政局', '各乡镇'] });
    expect(cell('县财政局牵头，各乡镇', 'cooperate')).toMatchObject({ lead: ['县财政局'], cooperate: ['各乡镇'] });
  });

  it.each([
    ['区政府办区财政局', ['区政府办', '区财政局'], '“区政府办区财政局”是连写的，已分成 2 个单位，请确认'],
    ['县教育局等', ['县教育局'], '“县教育局等”没有写明另有哪些单位，请补全或确认'],
    [
      '省教育厅负责。具体任务均涉及相关市（州）人民政府，不再分工',
      ['省教育厅'],
      '“具体任务均涉及相关市(州)人民政府”没有读为单位，请确认',
    ],
    ['县发改局等8个部门', ['县发改局'], '“县发改局等8个部门”没有写全是哪些单位，请补全'],
    ['县政府分管领导、县教育局', ['县教育局'], '“县政府分管领导”写的是人，没有读为单位，请确认由哪个单位负责'],
    ['同上', [], '单位写的是“同上”，请写明是哪些单位'],
  ])('with “%s” names %j and asks', (text, lead, question) => {
    expect(cell(text)).toEqual({ lead, cooperate: [], doubts: [question] });
  });

  it('asks about a role left out, a unit in both roles, and one that only watches', () => {
    expect(cell('县教育局牵头，县公安局')).toEqual({
      lead: ['县教育局'],
      cooperate: ['县公安局'],
      doubts: ['“县公安局”没有写明牵头还是配合，按配合读入'],
    });
    expect(cell('县教育局牵头，县教育局、县公安局配合')).toEqual({
      lead: ['县教育局'],
      cooperate: ['县公安局'],
      doubts: ['“县教育局”既写在牵头又写在配合，按牵头读入'],
    });
    expect(cell('县教育局指导，各学校负责')).toMatchObject({
      lead: ['各学校'],
      cooperate: ['县教育局'],
      doubts: [expect.stringContaining('指导')],
    });
  });

  it('splits at a line break between names, not within one', () => {
    expect(cell('县教育局\n县财政局')).toEqual({ lead: ['县教育局', '县财政局'], cooperate: [], doubts: [] });
    expect(cell('国家税务总局\n示例县税务局')).toMatchObject({ lead: ['国家税务总局示例县税务局'] });
    expect(cell('县人力资源和社会\n保障局')).toMatchObject({ lead: ['县人力资源和社会保障局'] });
    expect(cell('县政府\n各有关部门')).toMatchObject({ lead: ['县政府各有关部门'] });
    expect(cell('县政府\n各乡镇')).toMatchObject({ lead: ['县政府', '各乡镇'] });
  });
});

describe('“列第一位者为牵头单位，下同”', () => {
  it.each([
    ['教学。（教育局、财政局负责。列第一位者为牵头单位，下同）保障。', 3],
    ['教学。（排在第一位的为牵头单位，下同）', 3],
    ['以下任务中，列首位的单位为牵头单位。', 6],
    ['任务一览。注：排名第一的责任单位为牵头单位。', 0],
  ])('is found in “%s” from %i', (text, from) => {
    expect(firstLeadsFrom(passage(text))).toBe(from);
  });

  it.each(['标*的为牵头单位', '县教育局为牵头单位', '位居全省第一', '列入首位任务'])('is not said by “%s”', (text) => {
    expect(firstLeadsFrom(passage(text))).toBeNull();
  });

  it('holds in its own bracket and strips itself from the list', () => {
    expect(read('教学。（县教育局、县财政局负责。列第一位者为牵头单位，下同）')).toMatchObject({
      lead: ['县教育局'],
      cooperate: ['县财政局'],
      doubts: [],
    });
  });

  it.each([
    ['教学。（县教育局、县财政局、县人社局，各乡镇按职责分工负责）', ['县教育局'], ['县财政局', '县人社局', '各乡镇']],
    ['教学。（县教育局等有关部门和单位负责）', ['县教育局'], ['有关部门和单位']],
    ['教学。（县教育局、县财政局牵头，县人社局配合）', ['县教育局', '县财政局'], ['县人社局']],
    ['教学。（责任单位：县教育局、县财政局）', ['县教育局'], ['县财政局']],
    ['教学。（县教育局负责）', ['县教育局'], []],
    ['一是教学（县教育局、县财政局负责）。二是经费（县财政局、县教育局负责）。', ['县教育局', '县财政局'], []],
  ])('in force, “%s” gives %j and %j', (text, lead, cooperate) => {
    expect(read(text, { firstLeads: true })).toMatchObject({ lead, cooperate });
  });

  it('in force, holds for a cell', () => {
    expect(cell('县教育局、县财政局、各乡镇', 'lead', { firstLeads: true })).toEqual({
      lead: ['县教育局'],
      cooperate: ['县财政局', '各乡镇'],
      doubts: [],
    });
  });
});

describe('a directory', () => {
  const unit = (id: string, name: string, ...aliases: string[]) => ({ id, name, aliases, external: false, contacts: [] });
  const directory: Directory = {
    office: 'shili',
    supervisor: 'office',
    units: [
      unit('office', '县政府办公室', '示例县人民政府办公室'),
      unit('education', '县教育局'),
      unit('finance', '县财政局'),
      unit('health', '县卫生健康局'),
      unit('agriculture', '县农业农村局'),
      unit('gas', '蓝焰燃气'),
    ],
    groups: [{ name: '各乡镇（街道）', aliases: [], members: ['finance'], review: null }],
  };
  const renames: readonly Rename[] = [
    { from: ['卫计局', '卫生和计划生育局'], to: ['卫生健康局'], since: '2018-03-17' },
    { from: ['扶贫办'], to: ['乡村振兴局'], since: '2021-02-25' },
    { from: ['乡村振兴局'], to: ['农业农村局'], since: '2023-03-10' },
  ];
  const known = { directory, renames };

  it('settles names, aliases, brackets of either width and the place said once', () => {
    expect(read('教学。（县教育局、财政局、示例县人民政府办公室、各乡镇(街道)、示例县教育局负责）', known)).toMatchObject({
      lead: ['县教育局', '财政局', '示例县人民政府办公室', '各乡镇(街道)', '示例县教育局'],
      doubts: [],
    });
  });

  it.each([
    ['县卫计局', '“县卫计局”是旧名称，按机构改革对应通讯录里的“县卫生健康局”，请确认'],
    ['县扶贫办', '“县扶贫办”是旧名称，按机构改革对应通讯录里的“县农业农村局”，请确认'],
    ['县教体局', '通讯录里没有“县教体局”，请补录或改为通讯录里的名称'],
    ['县农业局', '通讯录里没有“县农业局”，是否就是“县农业农村局”？'],
    ['有关部门', '通讯录里没有“有关部门”这一统称，请写明是哪些单位'],
  ])('asks about %s', (name, question) => {
    expect(read(`教学。（${name}负责）`, known)).toMatchObject({ lead: [name], doubts: [question] });
  });

  it('helps to find names that no grammar would', () => {
    expect(read('蓝焰燃气要在10月底前完成检修。', known)).toMatchObject({ lead: ['蓝焰燃气'] });
    expect(cell('蓝焰燃气县财政局', 'lead', known)).toMatchObject({ lead: ['蓝焰燃气', '县财政局'] });
  });

  it('splits no name because a part of it is known', () => {
    expect(cell('各乡镇（街道）政务公开工作机构', 'lead', known)).toMatchObject({ lead: ['各乡镇（街道）政务公开工作机构'] });
    expect(cell('县教育局机关党委', 'lead', known)).toMatchObject({ lead: ['县教育局机关党委'] });
  });
});
