import { describe, expect, it } from 'vitest';

import { readOffices } from '../../src/configuration/office.ts';
import { errorsOf, shipped, valueOf } from './support.ts';

const FILE = 'config/office.yaml';

describe('office.yaml as shipped', () => {
  const { offices, places } = valueOf(readOffices(shipped(FILE)));

  it('holds the six offices of the seeds', () => {
    expect([...offices.values()].map(({ id, name }) => `${id} ${name}`)).toEqual([
      'ruicheng 芮城县人民政府办公室',
      'shanxi 山西省人民政府办公厅',
      'daixian 代县人民政府办公室',
      'guanxian 冠县人民政府办公室',
      'shangdang 长治市上党区人民政府办公室',
      'shili 示例县人民政府办公室',
    ]);
  });

  it('gives every office the common hours and caps, and mail addresses nobody owns', () => {
    for (const office of offices.values()) {
      expect(office.hours).toEqual({ zone: 'Asia/Shanghai', start: '08:30', end: '17:30', sendAt: '09:00' });
      expect(office.caps).toEqual({ email: 1, sms: 1 });
      expect(office.briefing).toEqual({ every: 'day', at: '08:35' });
      expect([office.from.address, office.replyTo.address].every((address) => address.endsWith(`@${office.id}.example`))).toBe(
        true,
      );
      expect(office.from.name).toBe(office.name);
    }
  });

  it('knows where each office stands', () => {
    expect(places.get('ruicheng')).toBe('config/office.yaml:17:9');
  });
});

describe('an office of its own', () => {
  it('overrides only what it says', () => {
    const source = shipped(FILE, [
      'contactPerson: 省政府办公厅政务公开处',
      'contactPerson: 甲\n    hours: { sendAt: 10:15 }\n    caps: { sms: 3 }',
    ]);
    const { offices } = valueOf(readOffices(source));
    expect(offices.get('shanxi')?.hours).toEqual({ zone: 'Asia/Shanghai', start: '08:30', end: '17:30', sendAt: '10:15' });
    expect(offices.get('shanxi')?.caps).toEqual({ email: 1, sms: 3 });
    expect(offices.get('ruicheng')?.hours.sendAt).toBe('09:00');
  });
});

describe('a briefing', () => {
  it('is every working day at 08:35 where nothing is said, and another where an office wants it', () => {
    const silent = valueOf(readOffices(shipped(FILE, ['  briefing: { every: day, at: 08:35 }', ''])));
    expect(silent.offices.get('ruicheng')?.briefing).toEqual({ every: 'day', at: '08:35' });
    const own = shipped(FILE, ['contactPerson: 省政府办公厅政务公开处', 'contactPerson: 甲\n    briefing: { every: week }']);
    expect(valueOf(readOffices(own)).offices.get('shanxi')?.briefing).toEqual({ every: 'week', at: '08:35' });
  });

  it('outside office hours is refused', () => {
    expect(errorsOf(readOffices(shipped(FILE, ['at: 08:35', 'at: 18:00'])))).toEqual([
      'config/office.yaml:8:5: defaults.hours: briefing 的 at 18:00 应在 start 08:30 与 end 17:30 之间',
    ]);
  });
});

describe('a limit of messages in an hour', () => {
  const limited = (words: string) =>
    readOffices(shipped(FILE, ['contactPerson: 省政府办公厅政务公开处', `contactPerson: 甲\n    burst: ${words}`]));

  it('is set where an office wants one, and by its own figures elsewhere', () => {
    const { offices } = valueOf(limited('300'));
    expect(offices.get('shanxi')?.burst).toBe(300);
    expect(offices.get('ruicheng')).not.toHaveProperty('burst');
  });

  it('that would hold everything is told with its place', () => {
    expect(errorsOf(limited('0'))).toEqual(['config/office.yaml:32:12: offices[2].burst: 需要 1–1000000 的整数，现为 0']);
  });
});

describe('a slip in office.yaml is told with its place', () => {
  const tell = (...change: readonly [string, string]): readonly string[] => errorsOf(readOffices(shipped(FILE, change)));

  it('a time of day that is none', () => {
    expect(tell('sendAt: 09:00', 'sendAt: 9点')).toEqual([
      'config/office.yaml:10:13: defaults.hours.sendAt: 需要 24小时制的时刻，如 08:30，现为 "9点"',
    ]);
  });

  it('a digest outside office hours, once although six offices share it', () => {
    expect(tell('sendAt: 09:00', 'sendAt: 18:00')).toEqual([
      'config/office.yaml:8:5: defaults.hours: sendAt 18:00 应在 start 08:30 与 end 17:30 之间',
    ]);
  });

  it('hours that end before they start', () => {
    expect(tell('start: 08:30', 'start: 18:30')).toEqual([
      'config/office.yaml:8:5: defaults.hours: start 18:30 应早于 end 17:30',
    ]);
  });

  it("a person's mobile number where a landline belongs", () => {
    expect(tell('phone: 0359-0000000', "phone: '13900000000'")[0]).toContain(
      'config/office.yaml:22:12: offices[1].phone: 需要座机或400电话',
    );
  });

  it('a mail address with a line break', () => {
    expect(tell('from: cuiban@ruicheng.example', 'from: "a@ruicheng.example\\nBcc: x@y.example"')[0]).toContain(
      'config/office.yaml:20:11: offices[1].from: 需要一个邮箱地址',
    );
  });

  it('a zone that does not exist', () => {
    expect(tell('zone: Asia/Shanghai', 'zone: Asia/Beijing')[0]).toContain('config/office.yaml:5:9: defaults.zone: 需要时区名称');
  });

  it('a second office of the same id', () => {
    expect(tell('- id: shanxi', '- id: ruicheng')).toEqual(['config/office.yaml:25:9: offices[2].id: 代号 ruicheng 重复']);
  });

  it('a misspelt key, with the one that was meant', () => {
    expect(tell('signature: 芮城县政府办', 'signatur: 芮城县政府办')).toContain(
      'config/office.yaml:19:5: offices[1].signatur: 不认识的键 signatur，是否想写 signature？',
    );
  });

  it('several slips at once', () => {
    const errors = errorsOf(readOffices(shipped(FILE, ['email: 1', 'email: 一'], ['phone: 0351-0000000', 'phone: 无'])));
    expect(errors).toHaveLength(2);
  });
});
