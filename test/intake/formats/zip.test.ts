import { strToU8, zipSync } from 'fflate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { listZip, readZip, ZIP_LIMITS } from '../../../src/intake/formats/zip.ts';

const all = (): boolean => true;
const documents = zipSync({
  'word/document.xml': strToU8('<w:document/>'),
  'word/media/image1.png': new Uint8Array(2_000_000),
  'docProps/app.xml': [strToU8('<Properties/>'), { level: 0 }],
});

/** Overwrites the little-endian number that stands `offset` bytes after each `signature`. */
function patched(zip: Uint8Array, signature: string, offset: number, value: number, width: 2 | 4): Uint8Array {
  const copy = Buffer.from(zip);
  for (let at = copy.indexOf(signature); at !== -1; at = copy.indexOf(signature, at + 4)) {
    copy.writeUIntLE(value, at + offset, width);
  }
  return copy;
}

const DIRECTORY = 'PK\u0001\u0002';
const END = 'PK\u0005\u0006';

describe('a zip', () => {
  it('lists its entries without inflating them', async () => {
    expect(await listZip(documents)).toEqual({
      ok: true,
      value: ['word/document.xml', 'word/media/image1.png', 'docProps/app.xml'],
    });
  });

  it('gives the wanted entries, deflated or stored, and no others', async () => {
    const read = await readZip(documents, (name) => name.endsWith('.xml'));
    expect(read.ok && [...read.value].map(([name, content]) => [name, Buffer.from(content).toString()])).toEqual([
      ['word/document.xml', '<w:document/>'],
      ['docProps/app.xml', '<Properties/>'],
    ]);
  });

  it('stands anywhere in its buffer', async () => {
    const around = new Uint8Array(documents.length + 20);
    around.set(documents, 10);
    const read = await readZip(around.subarray(10, 10 + documents.length), (name) => name === 'word/document.xml');
    expect(read.ok && read.value.size).toBe(1);
  });
});

describe('a zip is refused, in words,', () => {
  const refused = async (zip: Uint8Array, words: RegExp, limits = ZIP_LIMITS): Promise<void> => {
    const read = await readZip(zip, all, limits);
    expect(read.ok ? 'was read' : read.errors.join()).toMatch(words);
  };
  const small = zipSync({ a: strToU8('甲乙丙丁'.repeat(100)), b: strToU8('b') });

  it('when it is a bomb by ratio', () => refused(documents, /压缩炸弹/u));

  it('when one entry is too large', () => refused(small, /过大/u, { ...ZIP_LIMITS, maxEntryBytes: 1_199 }));

  it('when all entries together are too large', () => refused(small, /过大/u, { ...ZIP_LIMITS, maxTotalBytes: 1_200 }));

  it('when it declares less than comes out', () => refused(patched(small, DIRECTORY, 24, 10, 4), /损坏/u));

  it('when it declares more than comes out', () => refused(patched(small, DIRECTORY, 24, 5_000, 4), /损坏/u));

  it('when a checksum does not fit', () => refused(patched(small, DIRECTORY, 16, 1, 4), /损坏/u));

  it('when it is encrypted', () => refused(patched(small, DIRECTORY, 8, 1, 2), /密码/u));

  it('when its compression is unknown', () => refused(patched(small, DIRECTORY, 10, 12, 2), /压缩方式/u));

  it('when one name is there twice', () =>
    refused(
      Buffer.from(Buffer.from(zipSync({ aa: strToU8('1'), ab: strToU8('2') })).map((byte) => (byte === 0x62 ? 0x61 : byte))),
      /损坏/u,
    ));

  it('when it has too many entries', () => refused(small, /文件过多/u, { ...ZIP_LIMITS, maxEntries: 1 }));

  it('when it says it had 65,535 entries', () => refused(patched(small, END, 10, 65_535, 2), /文件过多/u));

  it('when it is cut', () => refused(small.subarray(0, -30), /损坏/u));

  it('when it is empty', () => refused(new Uint8Array(0), /损坏/u));
});

describe('a zip, whatever is done to it,', () => {
  const zip = zipSync({ 'a.xml': strToU8('<甲/>'.repeat(40)), 'b.xml': [strToU8('<乙/>'), { level: 0 }] });

  it('is read as it was or refused, and never throws', async () => {
    const edits = fc.array(fc.tuple(fc.nat(zip.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(edits, fc.nat(zip.length), async (bytes, length) => {
        const copy = Uint8Array.from(zip);
        for (const [at, byte] of bytes) copy[at] = byte;
        const read = await readZip(copy.subarray(0, length % 3 === 0 ? length : copy.length), all);
        if (!read.ok) {
          expect(read.errors).toHaveLength(1);
          return;
        }
        for (const content of read.value.values())
          expect(['<甲/>'.repeat(40), '<乙/>']).toContain(Buffer.from(content).toString());
      }),
      { numRuns: 1_000 },
    );
  });
});
