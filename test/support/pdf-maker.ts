/** Writes small PDFs by hand: what is printed where, ruled lines, and the ways in which a PDF cannot be read. */

export interface Printed {
  readonly text: string;
  /** Points from the page's upper left corner; `y` is the baseline. */
  readonly x: number;
  readonly y: number;
  readonly size?: number;
  /** Degrees. */
  readonly turned?: number;
}

/** A line from one point to another. */
export type Ruled = readonly [x1: number, y1: number, x2: number, y2: number];

export interface MadePage {
  readonly printed: readonly Printed[];
  readonly ruled?: readonly Ruled[];
  /** As exporters do: thin filled boxes; else stroked paths. */
  readonly boxes?: boolean;
  /** A picture over the whole page. */
  readonly scanned?: boolean;
}

const A4 = { width: 595, height: 842 } as const;

interface Making {
  /** A predefined one is of a font that is not in the file and says nothing else of its characters. */
  readonly encoding?: string;
  readonly codes?: (text: string) => Uint8Array;
  /** The font says which character each code is; else its codes are Adobe's numbers of Chinese characters. */
  readonly named?: boolean;
  /** With a password that nobody knows. */
  readonly locked?: boolean;
}

const utf16Codes = (text: string): Uint8Array => Buffer.from(text, 'utf16le').swap16();

export function pdfOf(
  pages: readonly MadePage[],
  { encoding = 'Identity-H', codes = utf16Codes, named = encoding === 'Identity-H', locked = false }: Making = {},
): Uint8Array {
  const objects: string[] = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, index) => `${7 + index * 2} 0 R`).join(' ')}] >>`,
    `<< /Type /Font /Subtype /Type0 /BaseFont /Sample /Encoding /${encoding} /DescendantFonts [4 0 R] ${named ? '/ToUnicode 5 0 R' : ''} >>`,
    `<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Sample /CIDSystemInfo << /Registry (Adobe) /Ordering (${named ? 'Identity' : 'GB1'}) /Supplement 0 >> /DW 1000 /W [32 [500] 33 126 500] /FontDescriptor << /Type /FontDescriptor /FontName /Sample /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >> >>`,
    stream(
      '/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end',
    ),
    `<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n\u0080\nendstream`,
  ];
  for (const [index, page] of pages.entries()) {
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${A4.width} ${A4.height}] /Resources << /Font << /F1 3 0 R >> /XObject << /I1 6 0 R >> >> /Contents ${8 + index * 2} 0 R >>`,
      stream(contentOf(page, codes)),
    );
  }
  const encryption = `/Encrypt << /Filter /Standard /V 1 /R 2 /P -44 /O <${'41'.repeat(32)}> /U <${'42'.repeat(32)}> >> /ID [<00> <00>]`;
  let file = '%PDF-1.7\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  file += `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R ${locked ? encryption : ''} >>\nstartxref\n${file.length}\n%%EOF\n`;
  return new Uint8Array(Buffer.from(file, 'latin1'));
}

function stream(content: string): string {
  return `<< /Length ${content.length} >>\nstream\n${content}\nendstream`;
}

function contentOf(
  { printed, ruled = [], boxes = false, scanned = false }: MadePage,
  codes: (text: string) => Uint8Array,
): string {
  const steps: string[] = scanned ? [`q ${A4.width} 0 0 ${A4.height} 0 0 cm /I1 Do Q`] : [];
  for (const { text, x, y, size = 16, turned = 0 } of printed) {
    const [cos, sin] = [Math.cos((turned * Math.PI) / 180), Math.sin((turned * Math.PI) / 180)];
    const place = [cos, sin, -sin, cos].map((each) => each.toFixed(4)).join(' ');
    steps.push(`BT /F1 ${size} Tf ${place} ${x} ${A4.height - y} Tm <${Buffer.from(codes(text)).toString('hex')}> Tj ET`);
  }
  for (const [x1, y1, x2, y2] of ruled) {
    const [top, bottom] = [A4.height - y1, A4.height - y2];
    steps.push(
      boxes
        ? `${x1 - 0.25} ${bottom - 0.25} ${x2 - x1 + 0.5} ${top - bottom + 0.5} re f`
        : `0.5 w ${x1} ${top} m ${x2} ${bottom} l S`,
    );
  }
  return steps.join('\n');
}

/** Lines of a grid whose columns part at `xs` and rows at `ys`. */
export function ruledGrid(xs: readonly number[], ys: readonly number[]): Ruled[] {
  const [left = 0, right = 0, top = 0, bottom = 0] = [xs[0], xs.at(-1), ys[0], ys.at(-1)];
  return [...xs.map((x): Ruled => [x, top, x, bottom]), ...ys.map((y): Ruled => [left, y, right, y])];
}
