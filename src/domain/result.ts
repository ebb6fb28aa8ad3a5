/** What a reader hands back: the value, or everything that is wrong with its input, never the first thing alone. */
export type Result<Value, Problem> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly errors: readonly Problem[] };
