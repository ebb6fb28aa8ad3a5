import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { readConfiguration } from '../../src/configuration/index.ts';
import { readRenames, renamesSource } from '../../src/configuration/renames.ts';
import { renamedTo } from '../../src/domain/renames.ts';
import { formatErrors } from '../../src/yaml.ts';

const read = (text: string) => readRenames({ file: 'config/renames.yaml', text });
const refused = (text: string) => {
  const result = read(text);
  return result.ok ? [] : formatErrors(result.errors).split('\n');
};
const entry = (from: string, to: string) =>
  `renames:\n  - from: [${from}]\n    to: [${to}]\n    since: 2018-03-17\n    source: 方案\n`;

describe('config/renames.yaml', () => {
  it('is part of the configuration and knows the reforms of 2018, 2021 and 2023', async () => {
    const configuration = await readConfiguration('config');
    const { renames } = configuration.ok ? configuration.value : { renames: [] };
    const first = (name: string) => renamedTo(name, renames)[0];
    expect(
      [
        '县卫计委',
        '县国土资源局',
        '市规划局',
        '县工商局',
        '县质监局',
        '县环保局',
        '县安监局',
        '县旅游局',
        '县农业局',
        '县国税局',
      ].map(first),
    ).toEqual([
      '县卫生健康局',
      '县自然资源局',
      '市自然资源局',
      '县市场监管局',
      '县市场监管局',
      '县生态环境局',
      '县应急管理局',
      '县文化和旅游局',
      '县农业农村局',
      '县税务局',
    ]);
    expect(renamedTo('县扶贫办', renames)).toContain('县农业农村局');
    expect(renamedTo('银监会', renames)).toContain('金融监管总局');
    expect(renamedTo('县编办', renames)).toContain('县委编办');
    expect(renamedTo('县大数据局', renames)).toContain('县数据局');
  });

  it('tells what is wrong with its line and column', () => {
    expect(refused(entry('卫计局', '卫健局'))).toEqual([]);
    expect(refused(entry('卫计局', '卫健局, 卫计局'))).toEqual([
      'config/renames.yaml:3:15: renames[1].to[2]: 卫计局 也写在 from 里，新旧名称不能相同',
    ]);
    expect(refused(entry('局', '卫健局'))[0]).toContain('config/renames.yaml:2:12: renames[1].from[1]: 需要至少两字的机构名称');
    expect(refused(entry('卫计局', '卫健局').replace('2018-03-17', '2018-13-17'))[0]).toContain(
      'renames[1].since: 需要 YYYY-MM-DD',
    );
    expect(refused('rename: []')[0]).toContain('是否想写 renames');
  });

  it('may be absent, but not broken', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cuiban-'));
    expect(await renamesSource(folder)).toBeNull();
    await writeFile(join(folder, 'renames.yaml'), 'renames: {}');
    const source = await renamesSource(folder);
    expect(source?.ok === true && readRenames(source.value).ok).toBe(false);
    await rm(folder, { recursive: true });
  });
});
