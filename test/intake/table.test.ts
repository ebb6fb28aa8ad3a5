import { deflateRawSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';
import writeExcel from 'write-excel-file/node';

import { readSchedule, writeSchedule } from '../../src/intake/schedule.ts';
import { readTable } from '../../src/intake/table.ts';
import { formatErrors } from '../../src/yaml.ts';

const options = { name: 'shangdang-2022', office: 'shangdang', year: 2022, issued: '2022-05-01', title: null, number: null };
const csv = `2022年政务公开工作要点任务分解表,,,,,
序号,任务名称,任务内容,责任单位,配合单位,完成时限
一、主动公开,,,,,
1,政策发布,在政府网站首发,县教育局、县公安局,,8月底前
2,政策解读,每季度至少听取一次汇报,"县教育局牵头，
县公安局配合",县财政局,全年
`;

async function read(bytes: Uint8Array | string, file = 'tasks.csv') {
  return readTable({ file, bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes }, options);
}

async function complaint(bytes: Uint8Array | string, file = 'tasks.csv'): Promise<string> {
  const result = await read(bytes, file);
  return result.ok ? '' : formatErrors(result.errors);
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

/** A zip with the given parts; sizes in its headers may lie. */
function zip(parts: readonly { name: string; content: Buffer; size?: number }[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, size = content.length } of parts) {
    const packed = deflateRawSync(content);
    const title = Buffer.from(name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(size, 18);
    fields.writeUInt16LE(title.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    locals.push(Buffer.from('PK\u0003\u0004'), fields, title, packed);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), fields, tail, title);
    offset += 30 + title.length + packed.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, ...directory, Buffer.from('PK\u0005\u0006'), end]);
}

describe('a table of tasks', () => {
  it('becomes a draft that says what is doubtful', async () => {
    const result = await read(csv);
    expect(result).toMatchObject({
      ok: true,
      value: {
        name: 'shangdang-2022',
        office: 'shangdang',
        notice: { title: '2022年政务公开工作要点任务分解表', issuedOn: '2022-05-01', assumedIssuedOn: null, year: 2022 },
        tasks: [
          {
            ref: '1',
            title: '政策发布',
            lead: ['县教育局', '县公安局'],
            cooperate: [],
            deadlines: [{ kind: 'by', date: '2022-08-31', text: '8月底前', inferred: '年份取自通知年度' }],
            review: ['第 3 行只有一格“一、主动公开”，当作小标题或附注，没有读为任务'],
          },
          {
            ref: '2',
            lead: ['县教育局'],
            cooperate: ['县公安局', '县财政局'],
            deadlines: [{ kind: 'ongoing', text: '全年' }],
            review: ['任务文字里另有时间“每季度”，时限一列没有写，请确认是否要加'],
          },
        ],
      },
    });
  });

  it('is read the same with a byte order mark, from UTF-16 and whatever it is called', async () => {
    const plain = await read(csv);
    expect(await read(`\uFEFF${csv}`)).toEqual(plain);
    expect(await read(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(csv, 'utf16le')]))).toEqual(plain);
    expect(await read(csv, 'tasks.xlsx')).toEqual(plain);
  });

  it('is read from GB18030', async () => {
    // What `iconv -t GB18030` makes of 任务,责任单位⏎发布,县局⏎
    const bytes = Buffer.from('c8cecef12cd4f0c8ceb5a5cebb0ab7a2b2bc2ccfd8bed60a', 'hex');
    expect(await read(bytes)).toMatchObject({ ok: true, value: { tasks: [{ title: '发布', lead: ['县局'] }] } });
  });

  it('is accepted by the schedule reader once written', async () => {
    const result = await read(csv);
    if (!result.ok) throw new Error(formatErrors(result.errors));
    expect(readSchedule({ file: 'draft.yaml', text: writeSchedule(result.value) })).toEqual(result);
  });

  it('is read from a workbook, its dates by the wall clock and its line breaks as separators', async () => {
    const bytes = await writeExcel([
      [{ value: '重点任务表' }],
      [{ value: '编号' }, { value: '工作任务' }, { value: '责任\n部门' }, { value: '完成时间' }],
      [
        { value: 1 },
        { value: '政策发布' },
        { value: '县教育局\n县公安局' },
        { value: new Date('2022-08-31T00:00:00Z'), type: Date, format: 'yyyy-mm-dd' },
      ],
      [{ value: '二(1)' }, { value: '政策解读' }, { value: '各乡镇（街道）' }, { value: '每年3月底前' }],
    ]).toBuffer();
    expect(await read(bytes, 'tasks.xlsx')).toMatchObject({
      ok: true,
      value: {
        notice: { title: '重点任务表' },
        tasks: [
          {
            ref: '1',
            lead: ['县教育局', '县公安局'],
            deadlines: [{ kind: 'by', date: '2022-08-31', text: '2022-08-31' }],
            review: [],
          },
          { ref: '二(1)', lead: ['各乡镇（街道）'], deadlines: [{ kind: 'recurring', rule: 'yearly 03-31' }] },
        ],
      },
    });
  });

  it('asks where a number comes twice, a unit or a time is missing, a date is past or a column was not read', async () => {
    const result = await read('序号,任务,责任单位,时限,备注,进展\n1,甲,,3月底前,延至10月底,x\n1,乙,县局,,,\n,丙,县局,年底前,,\n');
    expect(result.ok && result.value.tasks.map(({ ref, review }) => [ref, review])).toEqual([
      [
        '1',
        [
          '表中没有通知题名，暂用文件名；它会写进每封信，请在 notice.title 改为通知全称',
          '表中“进展”一列没有读入',
          '没有牵头单位，请填写；表中可能是合并单元格',
          '时限“3月底前”（2022-03-31）早于成文日期 2022-05-01，请核对年份',
          '备注：“延至10月底”',
        ],
      ],
      ['1(2)', ['编号 1 在表中重复，这一项改为 1(2)', '没有完成时限，请填写；表中可能是合并单元格']],
      ['第4行', ['没有编号，以行号代替']],
    ]);
  });

  it('takes the name and number of the notice from whoever imports it, and asks nothing then', async () => {
    const bytes = Buffer.from('序号,任务,责任单位,时限\n1,甲,县局,年底前\n');
    const named = { ...options, title: '2022年要点', number: '县政办发〔2022〕1号' };
    const result = await readTable({ file: 'a.csv', bytes }, named);
    expect(result).toMatchObject({
      ok: true,
      value: { notice: { title: '2022年要点', number: '县政办发〔2022〕1号' }, tasks: [{ review: [] }] },
    });
  });

  it('assumes the first of January, and says so, where the date of issue is unknown', async () => {
    const result = await readTable({ file: 'a.csv', bytes: Buffer.from('任务,时限\n甲,年底前\n') }, { ...options, issued: null });
    expect(result).toMatchObject({
      ok: true,
      value: { notice: { title: 'a.csv', issuedOn: null, assumedIssuedOn: '2022-01-01' } },
    });
  });

  it('tells every row that cannot be a task, with row and column', async () => {
    expect(await complaint('序号,任务,责任单位\n1,,县局\n2,甲,#REF!\n3,,乙局\n')).toBe(
      [
        'tasks.csv:2:2: B2: 缺少任务：需要写明任务名称；若是合并单元格，请取消合并并逐行填写',
        'tasks.csv:3:3: C3: 公式出错（#REF!），请改为文字',
        'tasks.csv:4:2: B4: 缺少任务：需要写明任务名称；若是合并单元格，请取消合并并逐行填写',
      ].join('\n'),
    );
  });

  it.each([
    ['two columns of one meaning', '序号,编号,任务,责任单位\n1,1,甲,乙\n', 'A 列“序号”和 B 列“编号”是同一个意思'],
    ['no header', '甲,乙\n1,2\n', '没有找到表头'],
    ['a header alone', '任务,责任单位\n', '表头下面没有任务'],
    ['nothing', '', '没有找到表头'],
    ['a quotation left open', '任务,责任单位\n"甲,乙\n', '引号没有配对'],
    ['bytes that are no text', Buffer.from([0xff, 0xff, 0x00, 0x01]), '既不是 UTF-8 也不是 GB18030'],
    ['an old .xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), '旧版 .xls'],
    ['a PDF', '%PDF-1.7\n', '这是 PDF'],
    ['half a zip', 'PK\u0003\u0004', '文件不完整或已损坏'],
    ['a zip that is no workbook', zip([{ name: 'word/document.xml', content: Buffer.from('<a/>') }]), '不是 Excel 工作簿'],
    ['a workbook without sense', zip([{ name: 'xl/workbook.xml', content: Buffer.from('<a/>') }]), '工作簿已损坏'],
    ['a DOCTYPE', zip([{ name: 'xl/workbook.xml', content: Buffer.from('<!DOCTYPE a [<!ENTITY x "y">]><a/>') }]), 'DOCTYPE'],
    [
      'a cell at the far corner',
      zip([{ name: 'xl/workbook.xml', content: Buffer.from(`${XML}<c r="XFD1048576"/>`) }]),
      '表格过大',
    ],
  ])('with %s is refused in words', async (_, bytes, words) => {
    expect(await complaint(bytes)).toContain(words);
  });

  it('that inflates without end is refused while inflating, whatever size it claims', { timeout: 20_000 }, async () => {
    const bomb = zip([{ name: 'xl/workbook.xml', content: Buffer.alloc(100_000_000), size: 10 }]);
    expect(bomb.length).toBeLessThan(200_000);
    expect(await complaint(bomb)).toContain('工作簿解开后过大');
  });

  it.each(['1', '"', ',', '\n', '[', '任务,责任单位\n', '任务,责任单位\n1,'])(
    'of a megabyte of %j is done with quickly',
    { timeout: 20_000 },
    async (bit) => {
      const result = await read(bit.repeat(1_000_000 / bit.length));
      expect(result.ok).toBe(false);
    },
  );
});
