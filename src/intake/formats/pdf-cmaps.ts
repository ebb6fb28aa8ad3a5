// Character codes of Chinese fonts that a PDF names but doesn't hold (STSong-Light with GBK-EUC-H or UniGB-UCS2-H, as older systems
// write them). unpdf comes without Adobe's tables. What is wanted is the text alone: so a code's CID is its Unicode here, and
// the table from CIDs to Unicode says so.

/** Asks for tables by name, as pdf.js does; what was asked for in vain is remembered. */
export interface CodeTables {
  /** The class that pdf.js makes its factory of. */
  readonly Factory: new () => { fetch(request: { readonly kind: string; readonly filename: string }): Promise<Uint8Array> };
  /** Text in these encodings was lost. */
  readonly missing: ReadonlySet<string>;
}

const TO_UNICODE = 'Adobe-GB1-UCS2';
const DOUBLE_BYTE = /^(?:GBK-EUC|GBKp-EUC|GBK2K|GB-EUC|GBpc-EUC)-[HV]$/u;
const UNICODE = /^UniGB-(?:UCS2|UTF16)-[HV]$/u;

/** For one document. */
export function codeTables(): CodeTables {
  const missing = new Set<string>();
  let encodings = 0;
  class Factory {
    async fetch({ kind, filename }: { readonly kind: string; readonly filename: string }): Promise<Uint8Array> {
      if (kind !== 'cMapUrl') throw new Error(`no ${kind}`);
      if (UNICODE.test(filename) || DOUBLE_BYTE.test(filename)) encodings += 1;
      const table = tableOf(filename);
      // Without an encoding of ours before it, the CIDs are Adobe's own.
      if (table === null || (filename === TO_UNICODE && encodings === 0)) {
        missing.add(filename);
        throw new Error(`no table ${filename}`);
      }
      return Buffer.from(table, 'latin1');
    }
  }
  return { Factory, missing };
}

function tableOf(name: string): string | null {
  if (name === TO_UNICODE) return cmap(name, '<0000> <FFFF>', ['1 beginbfrange <0000> <FFFF> <0000> endbfrange']);
  const vertical = name.endsWith('-V') ? ['/WMode 1 def'] : [];
  if (UNICODE.test(name)) return cmap(name, '<0000> <FFFF>', [...vertical, '1 begincidrange <0000> <FFFF> 0 endcidrange']);
  return DOUBLE_BYTE.test(name) ? cmap(name, '<00> <80> <8140> <FEFE>', [...vertical, ...gbk()]) : null;
}

function cmap(name: string, space: string, body: readonly string[]): string {
  const spaces = space.split(' ').length / 2;
  return `/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /${name} def ${spaces} begincodespacerange ${space} endcodespacerange ${body.join('\n')} endcmap`;
}

let gbkCodes: readonly string[] | undefined;

function gbk(): readonly string[] {
  if (gbkCodes !== undefined) return gbkCodes;
  const decoder = new TextDecoder('gbk');
  const codes: string[] = [];
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const unit = trail === 0x7f ? '' : decoder.decode(Uint8Array.of(lead, trail));
      if (unit.length !== 1 || unit === '\uFFFD') continue;
      codes.push(`<${lead.toString(16)}${trail.toString(16)}> ${unit.charCodeAt(0)}`);
    }
  }
  gbkCodes = ['1 begincidrange <20> <7E> 32 endcidrange', `${codes.length} begincidchar ${codes.join(' ')} endcidchar`];
  return gbkCodes;
}
