import { describe, expect, it } from 'vitest';

import { type ActorContext, readActors } from '../../src/intake/actors.ts';
import { Passage } from '../../src/intake/passage.ts';

const context: ActorContext = { firstLeads: false, directory: null, renames: [] };

describe('a tail bracket', () => {
  it('says who leads and who cooperates', () => {
    const text = '各校要公布招生范围。（县教育局牵头，县公安局、县财政局配合，8月底前完成）';
    const read = readActors(Passage.of(text, [{ start: 0, end: text.length }]), context);
    expect(read.lead.map(({ name }) => name)).toEqual(['县教育局']);
    expect(read.cooperate.map(({ name }) => name)).toEqual(['县公安局', '县财政局']);
    expect(read.by).toBe('bracket');
  });
});
