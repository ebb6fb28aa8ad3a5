// Many rows in few parameters: one array for each column. PostgreSQL reads those in half the time that it takes to read JSON.

type Value = string | number | boolean | null;

/** The type of a column in PostgreSQL, and its value in a row. Instants are `float8`, in milliseconds. */
type Column<Row> = readonly [type: 'text' | 'bigint' | 'int' | 'float8' | 'boolean' | 'date' | 'uuid', of: (row: Row) => Value];

export class Columns<Row> {
  readonly #columns: readonly (readonly [name: string, ...Column<Row>])[];

  constructor(columns: Readonly<Record<string, Column<Row>>>) {
    this.#columns = Object.entries(columns).map(([name, column]) => [name, ...column]);
  }

  /** `unnest(...) WITH ORDINALITY AS alias(..., n)`: for `$1` and as many more as there are columns. */
  as(alias: string): string {
    // A subquery hides how long the arrays are: a plan for thousands of rows would read whole tables that are not much larger.
    const arrays = this.#columns.map(([, type], index) => `(SELECT $${index + 1}::${type}[])`);
    return `unnest(${arrays.join(', ')}) WITH ORDINALITY AS ${alias}(${this.#columns.map(([name]) => name).join(', ')}, n)`;
  }

  /** The first parameter after these. */
  get next(): string {
    return `$${this.#columns.length + 1}`;
  }

  values(rows: readonly Row[]): readonly string[] {
    return this.#columns.map(([, , of]) => arrayLiteral(rows.map((row) => of(row))));
  }
}

/** An array as PostgreSQL reads it. JSON differs in its brackets, and in how it writes control characters and half a surrogate pair. */
export function arrayLiteral(values: readonly Value[]): string {
  const inner = JSON.stringify(values).slice(1, -1);
  if (!inner.includes('\\')) return `{${inner}}`;
  const plain = inner.replaceAll(/\\(?:u([0-9a-f]{4})|(.))/gu, (escaped, code: string | undefined, character = '') => {
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
    return CONTROL[String(character)] ?? escaped;
  });
  return `{${plain}}`;
}

const CONTROL: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
