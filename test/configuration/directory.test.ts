import { describe, expect, it } from 'vitest';

import { readDirectory } from '../../src/configuration/directory.ts';
import { resolveName } from '../../src/domain/directory.ts';
import { formatErrors } from '../../src/yaml.ts';

const ruicheng = `office: ruicheng
supervisor: 芮城县人民政府办公室
units:
  - id: county-office
    name: 县政府办公室
    aliases: [芮城县人民政府办公室]
    contacts:
      - { post: 联络员, name: 王芳, email: liaison@county-office.ruicheng.example, mobile: +8612000010001, until: 2022-08-31 }
      - { post: 联络员, name: 李强, from: 2022-09-01 }
      - { post: 主要负责人, name: 赵敏 }
  - { id: tax, name: 国家税务总局芮城县税务局, aliases: [县税务局], external: true }
groups:
  - { name: 各部门各单位, members: [县政府办公室, 县税务局], review: 名单请确认 }
`;

function complaints(text: string): string[] {
  const read = readDirectory({ file: 'directory.yaml', text });
  return read.ok ? [] : formatErrors(read.errors).split('\n');
}

function withContact(fields: string): string[] {
  return complaints(
    `office: x\nsupervisor: 甲局\nunits:\n  - id: a\n    name: 甲局\n    contacts:\n      - { post: 联络员, name: 王芳, ${fields} }\n`,
  );
}

describe('a directory', () => {
  it('is read with ids in place of names and a number for each holder of a post', () => {
    const read = readDirectory({ file: 'directory.yaml', text: ruicheng });
    expect(read).toMatchObject({
      ok: true,
      value: {
        supervisor: 'county-office',
        units: [
          {
            external: false,
            contacts: [
              { id: 'county-office/联络员/1', mobile: '+8612000010001', from: null, until: '2022-08-31' },
              { id: 'county-office/联络员/2', email: null, mobile: null, from: '2022-09-01' },
              { id: 'county-office/主要负责人/1' },
            ],
          },
          { external: true, contacts: [] },
        ],
        groups: [{ members: ['county-office', 'tax'], review: '名单请确认', aliases: [] }],
      },
    });
    expect(read.ok && resolveName(read.value, '各部门 各单位')).toMatchObject({ kind: 'group' });
  });

  it('tells everything that is wrong, one bad row never hiding another', () => {
    expect(
      complaints(`office: x
supervisor: 无此单位
units:
  - { id: a, name: 县甲局, aliases: [甲局, 县 甲局], contacts: [{ post: 联络员, name: 王, email: 1 }] }
  - { id: a, name: 县乙局, alias: [甲局] }
  - 3
  - { id: B, name: 县丙局（一）, aliases: [甲局] }
  - { id: c, name: 县丙局(一) }
groups:
  - { name: 各局, members: [县甲局, 甲局, 县丁局, 各单位] }
  - { name: 各单位, members: [县甲局] }
  - { name: 县乙局, members: [县甲局] }
`).map((each) => each.replace('directory.yaml:', '')),
    ).toEqual([
      '2:13: supervisor: 无此单位 不在 units 中，需要写一个单位的 name 或别名',
      expect.stringMatching(/^4:\d+: units\[1\]\.contacts\[1\]\.email: 需要一个邮箱地址/u),
      '5:11: units[2].id: 代号 a 与第 1 个单位重复，需要各不相同',
      '5:25: units[2].alias: 不认识的键 alias，是否想写 aliases？',
      expect.stringMatching(/^6:5: units\[3\]: 需要若干“键: 值”/u),
      '7:11: units[4].id: 需要由小写字母、数字和连字符组成的代号（如 county-office），现为 "B"',
      '7:38: units[4].aliases[1]: 甲局 已是 县甲局 的名称或别名，一个名称只能指一个',
      '8:20: units[5].name: 县丙局(一) 已是 县丙局（一） 的名称或别名，一个名称只能指一个',
      '10:32: groups[1].members[2]: 甲局 与前面的 县甲局 是同一单位，只需一次',
      '10:36: groups[1].members[3]: 县丁局 不在 units 中，需要写一个单位的 name 或别名',
      '10:41: groups[1].members[4]: 各单位 是另一个统称，需要逐个写出其中的单位',
      '12:13: groups[3].name: 县乙局 已是 县乙局 的名称或别名，一个名称只能指一个',
    ]);
  });

  it.each(['a@b.example', "o'neil+x@b-c.example.cn", `${'a'.repeat(64)}@b.example`])('takes %s as an email address', (email) => {
    expect(withContact(`email: "${email}"`)).toEqual([]);
  });

  it.each([
    'a@b',
    '@b.example',
    'a@b.example, c@d.example',
    'a@b.example;c@d.example',
    '王芳 <a@b.example>',
    'a b@c.example',
    'a..b@c.example',
    '.a@c.example',
    'a@-c.example',
    'a@c.例子',
    'ａ@c.example',
    'a@c.example\\r\\nBcc: x@y.example',
    'a@c.example\\n',
    'a@[127.0.0.1]',
    '\\"a\\"@c.example',
    'a@c.1',
    `${'a'.repeat(65)}@b.example`,
    `a@${'b.'.repeat(130)}cn`,
  ])('refuses %s as an email address without repeating it', (email) => {
    const [first, ...rest] = withContact(`email: "${email}"`);
    expect(first).toMatch(/:7:\d+: units\[1\]\.contacts\[1\]\.email: 需要一个邮箱地址.*现值不合要求$/u);
    expect(rest).toEqual([]);
  });

  it.each(['13800000000', '+86138000000000', '+85212345678', '+86 13800000000', '+8623800000000'])(
    'refuses %s as a mobile number',
    (mobile) => {
      expect(withContact(`mobile: "${mobile}"`)[0]).toMatch(/mobile: 需要 '\+861' 加 10 位数字/u);
    },
  );

  it('refuses a term of office that ends before it begins, or on no real day', () => {
    expect(withContact('from: 2022-02-01, until: 2022-01-31')[0]).toMatch(/until: 止日 2022-01-31 早于起日 2022-02-01/u);
    expect(withContact('from: 2022-02-30')[0]).toMatch(/from: 需要 YYYY-MM-DD/u);
  });

  it('refuses names that would break a mail header', () => {
    expect(
      complaints('office: x\nsupervisor: 甲局\nunits:\n  - { id: a, name: 甲局, aliases: ["甲\\r\\nBcc: x"] }\n'),
    ).toHaveLength(1);
  });
});
