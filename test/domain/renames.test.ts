import { describe, expect, it } from 'vitest';

import { type Rename, renamedTo } from '../../src/domain/renames.ts';

const renames: readonly Rename[] = [
  { from: ['卫计局', '卫生和计划生育局'], to: ['卫生健康局', '卫健局'], since: '2018-03-17' },
  { from: ['扶贫办'], to: ['乡村振兴局'], since: '2021-02-25' },
  { from: ['乡村振兴局'], to: ['农业农村局'], since: '2023-03-10' },
  { from: ['甲局'], to: ['乙局'], since: '2018-01-01' },
  { from: ['乙局'], to: ['甲局'], since: '2019-01-01' },
];

describe('an old name', () => {
  it('keeps its place', () => {
    expect(renamedTo('示例县卫生和计划生育局', renames)).toEqual(['示例县卫生健康局', '示例县卫健局']);
    expect(renamedTo('卫计局', renames)).toEqual(['卫生健康局', '卫健局']);
  });

  it('is followed through several reforms, the nearest first', () => {
    expect(renamedTo('县扶贫办', renames)).toEqual(['县乡村振兴局', '县农业农村局']);
  });

  it('that goes in a circle comes to an end', () => {
    expect(renamedTo('县甲局', renames)).toEqual(['县乙局']);
  });

  it('is looked for at the end of a name, behind a place and nothing else', () => {
    expect(renamedTo('县财政局', renames)).toEqual([]);
    expect(renamedTo('县卫计局机关', renames)).toEqual([]);
    expect(renamedTo('县老卫计局', renames)).toEqual([]);
  });
});
