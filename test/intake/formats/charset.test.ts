import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeText } from '../../../src/intake/formats/charset.ts';
import { gb18030, utf16, utf8 } from '../../support/documents.ts';

const notice = '示例县2022年政务公开工作要点\n一、主动公开。8月底前完成政策梳理，由县司法局牵头，各乡镇（街道）配合。\n';
const decoded = (bytes: Uint8Array) => decodeText({ file: '要点.txt', bytes });
const concat = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const message = (bytes: Uint8Array): string => {
  const result = decoded(bytes);
  return result.ok ? '' : result.errors.map((error) => `${error.file}:${error.line} ${error.message}`).join();
};

describe('a text file', () => {
  it.each([
    ['utf-8', utf8(notice)],
    ['utf-8', utf8(`\uFEFF${notice}`)],
    ['gb18030', gb18030(notice)],
    ['gb18030', concat(Uint8Array.of(0x84, 0x31, 0x95, 0x33), gb18030(notice))],
    ['utf-16le', utf16(notice, 'le', true)],
    ['utf-16be', utf16(notice, 'be', true)],
    ['utf-16le', utf16(notice, 'le', false)],
    ['utf-16be', utf16(notice, 'be', false)],
  ] as const)('is decoded from %s (%#) to the same text', (encoding, bytes) => {
    expect(decoded(bytes)).toEqual({ ok: true, value: { encoding, text: notice, remarks: [] } });
  });

  it('is decoded from UTF-16 without a mark where no byte of it is zero', () => {
    const text = '示例县政务公开工作要点：各乡镇、街道，县直各部门';
    expect(decoded(utf16(text, 'be', false))).toMatchObject({ ok: true, value: { encoding: 'utf-16be', text } });
  });

  it('of common Chinese is decoded from UTF-8, GB18030 and marked UTF-16', () => {
    const common = [
      ...'的一是在有和国中大为人上地会不经发展以要政对年工到公开行部方实提改务业加理机进全市制社合全责任单位月底前县乡镇街道',
    ];
    const hanzi = fc.string({ unit: fc.constantFrom(...common, '，', '。', '2', '\n'), minLength: 12 });
    fc.assert(
      fc.property(hanzi, (text) => {
        for (const bytes of [utf8(text), gb18030(text), utf16(text, 'le', true), utf16(text, 'be', true)]) {
          expect(decoded(bytes)).toMatchObject({ ok: true, value: { text } });
        }
      }),
      { numRuns: 200 },
    );
  });

  it('with a few broken bytes is read with a remark that says where', () => {
    const long = utf8(notice.repeat(20));
    long[long.length - 10] = 0xff;
    expect(decoded(long)).toMatchObject({
      ok: true,
      value: { encoding: 'utf-8', remarks: [expect.stringContaining('第一处在第 40 行')] },
    });
  });

  it('cut in the middle of its last character is read with a remark', () => {
    const cut = utf8(notice.repeat(20)).subarray(0, -2);
    expect(decoded(cut)).toMatchObject({ ok: true, value: { remarks: [expect.stringContaining('1 处字符损坏')] } });
  });

  it('in two encodings is refused with the line where the other begins', () => {
    expect(message(concat(gb18030(notice), utf8(notice)))).toBe(
      '要点.txt:3 这一行是 UTF-8 编码，其余各行不是；请在同一个编辑器里另存为 UTF-8 后再导入',
    );
    expect(message(concat(utf8(notice), gb18030(notice)))).toContain('UTF-8');
  });

  it('that is no text is refused', () => {
    expect(message(Uint8Array.from({ length: 4_000 }, (_, index) => (index * 7_919) % 256))).toContain('不是文字文件');
    expect(message(utf8(`${notice}\u0000${notice}`))).toContain('二进制');
  });

  it('in Big5 is refused, for it would be read as nonsense', () => {
    // What `iconv -t BIG5` makes of 示例縣政務公開工作要點⏎主動公開⏎
    const bytes = Buffer.from('a5dca8d2bfa4ac46b0c8a4bdb67da475a740ad6ec2490aa544b0caa4bdb67d0a', 'hex');
    expect(message(bytes)).toContain('文字编码无法辨认');
  });

  it('of any bytes is a text or an error, never an exception', () => {
    const start = fc.constantFrom(
      new Uint8Array(),
      Uint8Array.of(0xff, 0xfe),
      Uint8Array.of(0xef, 0xbb, 0xbf),
      utf8(notice),
      gb18030(notice),
    );
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 300 }), (head, tail) => {
        const result = decoded(concat(head, tail));
        expect(result.ok ? typeof result.value.text : result.errors[0]?.message.length).toBeTruthy();
      }),
      { numRuns: 400 },
    );
  });
});
