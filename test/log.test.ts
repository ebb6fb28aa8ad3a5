import { Writable } from 'node:stream';

import { describe, expect, it } from 'vitest';

import { mask, openLog } from '../src/log.ts';

describe('what reaches the log', () => {
  it.each([
    ['a mobile number', 'sent to 13812341234 at once', 'sent to 138****1234 at once'],
    ['a number with its country code', '+8613812341234', '+86138****1234'],
    ['a mail address', 'to zhang.san@edu.ruicheng.gov.cn', 'to z***@edu.ruicheng.gov.cn'],
    ['the password of a URL', 'smtp://cuiban:geheim@mail.example:587', 'smtp://cuiban:***@mail.example:587'],
  ])('never shows %s whole', (_what, text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  it('keeps times, ids and counts as they are', () => {
    const line = '{"time":1795272264424,"message":"37f2f952-8cf4-47ae-b1d6-a87b62bec761","looked":589}';
    expect(mask(line)).toBe(line);
  });

  it('is masked also inside errors and nested facts', () => {
    const lines: string[] = [];
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString());
        done();
      },
    });
    openLog('info', sink).error({ err: new Error('550 <li@edu.example> unknown'), deep: { to: '13900001111' } }, 'refused');
    expect(lines.join('')).not.toMatch(/li@edu|13900001111/u);
    expect(lines.join('')).toContain('refused');
  });

  it('has of an error its words, code and stack, not what a library hung on it', () => {
    const lines: string[] = [];
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString());
        done();
      },
    });
    const error = Object.assign(new Error('terminating connection'), { code: '57P01', client: { password: 'geheim' } });
    openLog('info', sink).error({ err: error }, 'broken');
    expect(JSON.parse(lines.join(''))).toMatchObject({ err: { message: 'terminating connection', code: '57P01' } });
    expect(lines.join('')).not.toContain('geheim');
  });
});
